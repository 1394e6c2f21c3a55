"""The exam: the roster to the issuing body and its reply, rooms and seats, tickets, the door."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl

from tests.builders.workbooks import a_workbook
from tests.journeys.people import Page, Person, Upload
from tests.journeys.world import World

Row = dict[str, Any]


def is_reported(world: World, kind: str, answers: Callable[[Row], Row], **files: Upload) -> Page:
    """The liaison makes a batch of everybody who waits, freezes and sends it; the body's reply comes back, is looked at
    and applied. `answers` gives what the body writes beside each row of the roster."""
    liaison = world.staff("shangbao")
    draft = liaison.presses("/staff/exchange", "生成草稿", window="202701", kind=kind)
    sent = liaison.fills_in(liaison.fills_in(draft, "冻结并生成文件"), "标记为已报送").says("已报送")
    roster = rows_of(liaison.downloads(f"{sent.address}/sheet"))
    assert roster, "nobody on the roster"
    header = titles_of(liaison.downloads(f"/staff/exchange/blank/{kind}.xlsx"))
    reply = a_workbook([header, *([answers(row).get(title, "") for title in header] for row in roster)])
    preview = liaison.fills_in(sent, "检查文件", file=Upload(reply, "reply.xlsx"), **files)
    applied = liaison.fills_in(preview, "应用全部行")
    applied.says(f"{len(roster)} 行")
    return liaison.fills_in(applied, "逐行核销完成").says("已核销")


def taken_note_of(row: Row) -> Row:
    """The body registered this seat, and gives nothing further."""
    return {"报名号/考位号": row["考位号"], "姓名": row["姓名"], "证件号码后四位": row["证件号码"][-4:], "结果": "通过"}


def rows_of(sheet: bytes) -> list[Row]:
    """The rows of a roster by the titles of its columns, as the body's spreadsheet program reads them."""
    titles, *rows = _values(sheet)
    return [dict(zip(titles, row, strict=True)) for row in rows]


def titles_of(sheet: bytes) -> list[str]:
    return [str(one) for one in _values(sheet)[0]]


def _values(sheet: bytes) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(sheet)).active
    assert book is not None
    return list(book.iter_rows(values_only=True))


def sitting(part: str, window: str = "202701") -> str:
    return f"/staff/admission/{window}-BJ01-{part}"


def gets_a_ticket(world: World, parts: str = "TP", window: str = "202701") -> None:
    """Rooms and seats, then the tickets of everybody in these sittings; the worker renders them."""
    office = world.staff("kaowu")
    for part in parts:
        plan = f"{sitting(part, window)}/rooming?preview=y"
        office.presses(plan, "按此编排").says("已为 1 人编排座位")
    preview = office.reads(office.reads(sitting(parts[0], window)).link("发放准考证"))
    office.fills_in(preview, "发放 1 张准考证", "/release").says("1 完成", "0 被拒绝")
    world.the_worker_runs()


def downloads_the_ticket(person: Person) -> str:
    """From the front page to the PDF; gives the number."""
    ticket = person.reads(person.reads("/home").link("准考证")).says("仅此版本有效", person.name)
    assert person.downloads(ticket.link("下载 PDF")).startswith(b"%PDF-")
    return ticket.address.rpartition("/")[2]


def is_let_in(world: World, part: str, ticket: str, window: str = "202701") -> None:
    """At the door: the ticket looked up, its version read off, the person compared."""
    office = world.staff("kaowu")
    found = office.presses(f"{sitting(part, window)}/door", "查找考生", shown=ticket)
    office.fills_in(found, "准予入场", ticket_version="1", identity_confirmed=True).says("已入场")


def is_marked_absent(world: World, part: str, window: str = "202701") -> None:
    """Everybody who is not recorded when the sitting is over."""
    office = world.staff("kaowu")
    listed = office.reads(f"{sitting(part, window)}/record/absent")
    office.fills_in(listed, "记为缺考", "/absent")
