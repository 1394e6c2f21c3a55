"""The rows of the makers' and the checkers' pages. What a checker is shown holds no entry at all."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from enroll.admission.models import ExamAccess, Ticket
from enroll.foundation.actor import ALONE_PERMISSION, Actor
from enroll.foundation.masking import mask_name
from enroll.learners.models import Learner
from enroll.results.lifecycle import PUBLIC, ResultState
from enroll.results.models import MarkEntry, Result
from enroll.results.queries.facts import WITH_ALL, round_of
from enroll.results.queries.sampling import BODY, import_checks
from enroll.results.rules.verdicts import BY_ATTENDANCE
from enroll.sittings.models import Booking, Sitting
from enroll.storage.paging import Page, page_by_id

R = ResultState
GRID_SIZE = 25
AGREED = frozenset({R.CHECKED, R.LOCKED, *PUBLIC})


@dataclass(frozen=True)
class Row:
    """One person in a list: reference of the result, the number on their paper, their masked name."""

    result: Result
    reference: str
    number: str
    name: str


@dataclass(frozen=True)
class MakerRow:
    """`mine` is the maker's own entry; somebody else's is told by who made it, never by its mark."""

    reference: str
    number: str
    name: str
    version: int
    mine: MarkEntry | None
    others: bool


@dataclass(frozen=True)
class BlindRow:
    """What a checker is shown."""

    reference: str
    number: str
    name: str


def maker_page(
    session: Session, sitting: Sitting, account_id: int, *, after: int | None, find: str = "", only_open: bool = False
) -> tuple[list[MakerRow], Page[Result]]:
    states = (R.PENDING,) if only_open else (R.PENDING, R.ENTERED)
    wanted = _of(sitting, states).where(Booking.state == "present")
    page = page_by_id(session, _found(wanted, find), Result.id, after=after, descending=False, size=GRID_SIZE)
    numbers = numbers_of(session, page.rows)
    rows = []
    for row in page.rows:
        first = round_of(row).first
        mine = first if first is not None and first.made_by_id == account_id else None
        rows.append(MakerRow(row.reference, numbers[row.id], mask_name(row.booking.learner.called), row.version,
                             mine, first is not None and mine is None))
    return rows, page


def checker_page(
    session: Session, sitting: Sitting, checker: Actor, now: datetime, *, after: int | None, find: str = ""
) -> tuple[list[BlindRow], Page[Result]]:
    """Rows somebody else entered, or any where the checker may act alone; of the issuing body's files those that must
    be checked."""
    wanted = _of(sitting, (R.ENTERED,)).where(
        Booking.state == "present", _left_to(checker),
        or_(Result.source != BODY, Result.reference.in_(_required(session, sitting, now))),
    )
    page = page_by_id(session, _found(wanted, find), Result.id, after=after, descending=False, size=GRID_SIZE)
    return [BlindRow(row.reference, row.number, row.name) for row in rows_of(session, page.rows)], page


def waiting_to_check(session: Session, sitting: Sitting, checker: Actor) -> int:
    """How many rows of a sitting this person may key again, samples not counted out."""
    return session.scalar(
        select(func.count()).select_from(_of(sitting, (R.ENTERED,)).where(_left_to(checker)).subquery())
    ) or 0


def sitting_page(
    session: Session, sitting: Sitting, state: str, *, after: int | None, find: str = ""
) -> tuple[list[Row], Page[Result]]:
    """Everybody of a sitting, by state where one is asked for."""
    states = (R(state),) if state in set(R) else tuple(R)
    wanted = _found(_of(sitting, states), find)
    page = page_by_id(session, wanted, Result.id, after=after, descending=False, size=GRID_SIZE)
    return rows_of(session, page.rows), page


def rows_of(session: Session, results: Collection[Result]) -> list[Row]:
    numbers = numbers_of(session, results)
    return [Row(row, row.reference, numbers[row.id], mask_name(row.booking.learner.called)) for row in results]


def numbers_of(session: Session, results: Iterable[Result]) -> Mapping[int, str]:
    """By result id, what each person was numbered on the day: by the issuing body, our ticket, or the booking."""
    ours = and_(Ticket.learner_id == Booking.learner_id, Ticket.window_id == Booking.window_id,
                Ticket.replaced_at.is_(None))
    wanted = (
        select(Result.id, ExamAccess.ticket_no, Ticket.number, Booking.reference)
        .join(Booking, Booking.id == Result.booking_id)
        .outerjoin(ExamAccess, ExamAccess.booking_id == Booking.id).outerjoin(Ticket, ours)
        .where(Result.id.in_([row.id for row in results]))
    )
    return {number: body or ticket or booking for number, body, ticket, booking in session.execute(wanted)}


def files_in(session: Session, sitting: Sitting) -> set[str]:
    """Digests of the files whose marks wait in this sitting."""
    wanted = select(MarkEntry.source).join(Result, Result.id == MarkEntry.result_id).where(
        Result.sitting_id == sitting.id, Result.state == R.ENTERED, Result.source == BODY, MarkEntry.source != "hand"
    )
    return set(session.scalars(wanted.distinct()))


def values_may_be_seen(result: Result, account_id: int, *, may_decide: bool) -> bool:
    """Marks are shown once two people agreed; a difference only to a third person who may decide it."""
    if result.state in AGREED:
        return True
    now = round_of(result)
    seconds = {now.second.made_by_id} if now.second else set()
    return result.state == R.DISCREPANCY and may_decide and account_id not in now.makers | seconds


def is_settled(result: Result) -> bool:
    return result.source == "attendance" or result.verdict in set(BY_ATTENDANCE.values())


def _required(session: Session, sitting: Sitting, now: datetime) -> set[str]:
    return {one for check in import_checks(session, files_in(session, sitting), now) for one in check.unchecked}


def _of(sitting: Sitting, states: Iterable[str]) -> Select[Result]:
    return (
        select(Result).join(Booking, Booking.id == Result.booking_id)
        .where(Result.sitting_id == sitting.id, Result.state.in_(list(states)))
        .options(*WITH_ALL, joinedload(Result.booking).joinedload(Booking.window))
    )


def _left_to(checker: Actor) -> ColumnElement[bool]:
    if checker.may(ALONE_PERMISSION) or checker.account_id is None:
        return true()
    return ~_entered_by(checker.account_id)


def _entered_by(account_id: int) -> ColumnElement[bool]:
    return exists().where(
        MarkEntry.result_id == Result.id, MarkEntry.entry_round == Result.entry_round, MarkEntry.entry_no == 1,
        MarkEntry.made_by_id == account_id,
    )


def _found(wanted: Select[Result], find: str) -> Select[Result]:
    """By number of ticket, booking or result, or by the whole name."""
    if not find:
        return wanted
    starts = find.upper()
    by_ticket = select(ExamAccess.booking_id).where(ExamAccess.ticket_no.startswith(starts, autoescape=True))
    by_ours = exists().where(Ticket.learner_id == Booking.learner_id, Ticket.window_id == Booking.window_id,
                             Ticket.number == starts)
    by_name = select(Learner.id).where(Learner.legal_name == find)
    return wanted.where(or_(
        Booking.reference.startswith(starts, autoescape=True), Result.reference.startswith(starts, autoescape=True),
        Booking.id.in_(by_ticket), by_ours, Booking.learner_id.in_(by_name),
    ))
