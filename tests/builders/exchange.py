"""A registration batch that has gone to the issuing body, and replies as it sends them."""

import io
from typing import Any

import openpyxl

from enroll.accounts.permissions import Role
from enroll.exchange.rules.batches import BatchKind
from enroll.exchange.services.batches import freeze_batch, make_batch, send_batch
from enroll.foundation.actor import Actor
from enroll.sittings.lifecycle import Part
from enroll.storage.database import transaction
from tests.builders.accounts import an_actor
from tests.builders.admission import a_candidate, a_room_sitting, an_online_sitting, registered
from tests.builders.exams import a_window
from tests.builders.workbooks import a_workbook
from tests.conftest import NOON
from tests.worlds import built_once

HEADER = ["报名号/考位号", "姓名", "证件号码后四位", "准考证号", "考试账号", "初始密码", "考试链接", "结果", "说明"]
NUMBERS = ["证书申请号", "姓名", "证件号码后四位", "证书编号", "发证日期", "结果", "说明"]


def a_liaison(name: str = "baosong", *roles: Role) -> Actor:
    return an_actor(name, Role.BODY_LIAISON, *roles)


@built_once
def people_registered(*names: str, online: bool = True) -> list[list[str]]:
    """Each with theory and practical; gives the references by person."""
    with transaction():
        window = a_window()
        make = an_online_sitting if online else a_room_sitting
        theory, practical = make(window), make(window, Part.PRACTICAL)
        return [registered(a_candidate(f"p{place}", legal_name=name), theory, practical)
                for place, name in enumerate(names)]


@built_once
def a_sent_batch(by: Actor, kind: BatchKind = BatchKind.REGISTRATION, window: str = "202701") -> str:
    reference = make_batch(kind, window, by=by, now=NOON)
    freeze_batch(reference, by=by, now=NOON)
    send_batch(reference, by=by, now=NOON)
    return reference


def a_reply(*rows: list[Any], header: list[str] = HEADER) -> bytes:
    return a_workbook([header, *[[*row, *[""] * (len(header) - len(row))] for row in rows]])


def cells(content: bytes) -> list[list[Any]]:
    """The sheet as another program reads it."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def kinds_of_cells(content: bytes) -> set[str]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
