"""The roster of registrations: who is in it, what is told of them, and what an answer does."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from enroll.admission.queries.tickets import number_held_by_another
from enroll.admission.rules.tickets import sex_name, ticket_no_taken
from enroll.admission.services.access import GivenAccess, record_access
from enroll.applications.queries.accommodations import granted_for
from enroll.applications.rules.accommodations import Granted
from enroll.exchange.models import Batch, BatchRow
from enroll.exchange.queries.batches import in_an_open_row
from enroll.exchange.rules.batches import RowState
from enroll.foundation.actor import Actor
from enroll.foundation.clock import beijing
from enroll.foundation.problems import Problem
from enroll.learners.models import Learner
from enroll.learners.rules.numbers import id_type_as_printed
from enroll.programmes.rules.arrangements import printed
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.models import Booking

PARTS = {"theory": "理论考试", "practical": "实践考核"}
REGISTERED = (BookingState.CONFIRMED, BookingState.TICKETED)


def waiting(session: Session, window_id: int) -> Sequence[tuple[str, int]]:
    """(reference, learner id) of every registration of a window that the body has not been told of, or sent back."""
    rows = session.execute(
        select(Booking.reference, Booking.learner_id)
        .where(Booking.window_id == window_id, Booking.state.in_(REGISTERED), ~in_an_open_row(Booking.reference))
        .order_by(Booking.learner_id, Booking.part.desc(), Booking.id)
    )
    return [(reference, learner_id) for reference, learner_id in rows]


def waiting_by_window(session: Session) -> dict[int, int]:
    """How many wait, by window."""
    rows = session.execute(
        select(Booking.window_id, func.count()).group_by(Booking.window_id)
        .where(Booking.state.in_(REGISTERED), ~in_an_open_row(Booking.reference))
    )
    return {row[0]: row[1] for row in rows}


def contents(session: Session, subjects: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the body is told, by booking, in the order of the roster's columns. Who is not registered any more is not
    in it."""
    found = session.scalars(
        select(Booking).where(Booking.reference.in_(subjects), Booking.state.in_(REGISTERED)).options(
            joinedload(Booking.learner).joinedload(Learner.account), joinedload(Booking.sitting))
    ).unique()
    people = found.all()
    granted = granted_for(session, {one.subject for one in people})
    return {one.reference: _content(one, granted.get(one.subject, Granted())) for one in people}


def sent(session: Session, rows: Sequence[BatchRow], batch: Batch, *, by: Actor, now: datetime) -> None:
    """Registrations do not move when the roster leaves the house."""


def against(
    session: Session, rows: Sequence[BatchRow], values: Mapping[str, str], now: datetime
) -> list[tuple[str, Problem]]:
    """What stands against an answer, told before anything is applied."""
    number = values["ticket_no"].upper()
    bookings = session.scalars(select(Booking).where(Booking.reference.in_([row.subject for row in rows])))
    if number and any(number_held_by_another(session, number, one) for one in bookings):
        return [("ticket_no", ticket_no_taken(number))]
    return []


def accept(row: BatchRow, values: Mapping[str, str], batch: str, *, by: Actor, now: datetime) -> RowState:
    given = GivenAccess(values["ticket_no"].upper(), values["exam_account"], values["exam_secret"],
                        values["exam_link"])
    record_access(row.subject, given, batch=batch, by=by, now=now)
    return RowState.ACCEPTED


def reject(row: BatchRow, words: str, *, by: Actor, now: datetime) -> None:
    """What the body sends back is mended by a person and sent again in another batch; the seat stays."""


def _content(booking: Booking, granted: Granted) -> dict[str, Any]:
    person, sitting = booking.learner, booking.sitting
    return {
        "考位号": booking.reference, "报名号": booking.subject, "姓名": person.legal_name,
        "姓名拼音": person.latin_name,
        "性别": sex_name(person.sex).zh, "证件类型": id_type_as_printed(person.id_type or "").zh,
        "证件号码": person.id_number or "", "出生日期": person.birth_date.isoformat(),
        "手机号码": (person.account.phone or "").removeprefix("+86"), "电子邮箱": person.account.email or "",
        "证书项目": booking.window.programme.name_zh, "考期": booking.window.code, "科目": PARTS[booking.part],
        "首考/补考": "补考" if booking.resit else "首考", "考试方式": "线上" if sitting.online else "考点",
        "考点": sitting.site.name, "场次": sitting.code, "开始时间": f"{beijing(sitting.starts_at):%Y-%m-%d %H:%M}",
        "结束时间": f"{beijing(sitting.ends_at):%Y-%m-%d %H:%M}", "照片文件名": f"{booking.reference}.jpg",
        "便利措施": printed(granted.codes, granted.minutes),
    }
