"""The roster of certificates to be issued: who is in it, what is told of them, and what an answer does. The body
decides and numbers; certificates keep the rules of their own moves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from enroll.admission.rules.tickets import sex_name
from enroll.certificates.models import Certificate
from enroll.certificates.rules import against_dates, read_number
from enroll.certificates.services.numbers import (
    NUMBER_TAKEN,
    REPORTABLE,
    record_number,
    reject_by_body,
    report,
    reportable,
)
from enroll.exchange.models import Batch, BatchRow
from enroll.exchange.queries.batches import in_an_open_row
from enroll.exchange.rules.batches import RowState
from enroll.exchange.rules.replies import issued_on
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.learners.rules.numbers import id_type_as_printed
from enroll.programmes.models import Window
from enroll.sittings.lifecycle import PART_NAMES
from enroll.storage.files import StoredFile

PARTS = {"theory": "理论考试", "practical": "实践考核"}


def waiting(session: Session, window_id: int) -> Sequence[tuple[str, int]]:
    """(reference, learner id) of every approved certificate of a window that stands in no batch, or came back."""
    found = [(one.reference, one.learner_id) for one in reportable(session, session.get_one(Window, window_id))]
    rows = session.scalars(select(BatchRow.subject).where(
        BatchRow.subject.in_([reference for reference, _ in found]), BatchRow.row_state != str(RowState.REJECTED)))
    reported = set(rows)
    return [(reference, learner_id) for reference, learner_id in found if reference not in reported]


def waiting_by_window(session: Session) -> dict[int, int]:
    """How many wait, by window."""
    rows = session.execute(
        select(Certificate.window_id, func.count()).group_by(Certificate.window_id)
        .where(Certificate.state.in_(REPORTABLE), ~in_an_open_row(Certificate.reference))
    )
    return {row[0]: row[1] for row in rows}


def contents(session: Session, subjects: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the body is told, by certificate. Whoever is on hold, or refused since, is not in it."""
    found = session.scalars(
        select(Certificate).where(Certificate.reference.in_(subjects), Certificate.state.in_(REPORTABLE)).options(
            joinedload(Certificate.learner), joinedload(Certificate.window), joinedload(Certificate.outcome))
    ).unique()
    return {one.reference: _content(one) for one in found}


def sent(session: Session, rows: Sequence[BatchRow], batch: Batch, *, by: Actor, now: datetime) -> None:
    """Report every certificate of the batch. Raises Refused naming each that something stands against."""
    found: list[Problem] = []
    for row in rows:
        try:
            report(row.subject, batch.reference, by=by, now=now)
        except Refused as refused:
            found += [problem("not_reportable", N_("%(reference)s: %(why)s"), reference=row.subject, why=one.words)
                      for one in refused.problems]
    if found:
        raise Refused(found)


def against(
    session: Session, rows: Sequence[BatchRow], values: Mapping[str, str], now: datetime
) -> list[tuple[str, Problem]]:
    """What stands against recording this number, told before anything is applied."""
    number, day = read_number(values["certificate_no"]), issued_on(values["issued_on"])
    case = session.scalar(select(Certificate).where(Certificate.reference == rows[0].subject))
    if case is None or day is None:
        return []
    taken = session.scalar(select(Certificate.id).where(Certificate.number == number, Certificate.id != case.id))
    found = [("certificate_no", NUMBER_TAKEN)] if number is None or taken else []
    days = against_dates(day, issued_on(values["valid_until"]), exam_on=case.window.starts_on, today=local_day(now))
    return found + [("issued_on", one) for one in days]


def accept(
    row: BatchRow, values: Mapping[str, str], batch: str, *, by: Actor, now: datetime,
    body_file: StoredFile | None = None,
) -> RowState:
    day = issued_on(values["issued_on"])
    assert day is not None, "the preview refuses a row without a day"
    record_number(row.subject, values["certificate_no"], day, issued_on(values["valid_until"]), body_file, by=by,
                  now=now)
    return RowState.NUMBERED


def reject(row: BatchRow, words: str, *, by: Actor, now: datetime) -> None:
    reject_by_body(row.subject, reason=words, by=by, now=now)


def _content(case: Certificate) -> dict[str, Any]:
    person, window = case.learner, case.window
    return {
        "证书申请号": case.reference, "姓名": person.legal_name, "姓名拼音": person.latin_name,
        "性别": sex_name(person.sex).zh, "证件类型": id_type_as_printed(person.id_type or "").zh,
        "证件号码": person.id_number or "", "出生日期": person.birth_date.isoformat(),
        "证书项目": window.programme.name_zh, "版次": window.programme.edition, "考期": window.code,
        **{f"{PARTS[str(part)]}结果": "合格" if str(part) in case.outcome.by_part else "" for part in PART_NAMES},
        "照片文件名": f"{case.reference}.jpg",
    }
