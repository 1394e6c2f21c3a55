"""Whom a date of a window concerns: who is told when it moves, and what becomes of each one's own deadline."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from enroll.accounts.models import Account
from enroll.applications.lifecycle import LIVE, ApplicationState
from enroll.applications.models import Application, Extension, ReturnedItem
from enroll.applications.queries.dates import dates_with
from enroll.applications.rules.deadlines import Extended, correction_due, payment_due
from enroll.fees.lifecycle import SETTLED
from enroll.fees.models import Fee
from enroll.foundation.clock import local_day
from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.programmes.queries.programmes import rules_of
from enroll.programmes.rules.windows import FIRST_SITTING_DATES, OFFICE_DATES, RESIT_DATES, WindowDates
from enroll.programmes.rules.working_days import WorkingCalendar
from enroll.sittings import lifecycle as sittings
from enroll.sittings.models import Booking

S = ApplicationState
# Which dates each state waits for.
RESTS_ON = {
    S.DRAFT: ("closes_at", "resit_closes_at"),
    S.RETURNED: ("correction_closes_at", "resit_correction_closes_at"),
    S.APPROVED: ("payment_due_at", "payment_latest_at", "resit_payment_due_at"),
}


@dataclass(frozen=True)
class Affected:
    """One application under way that a moved date concerns, with its learner's own deadline before and after; None
    where they have none now, equal where it stays."""

    application: Application
    before: datetime | None
    after: datetime | None

    @property
    def moves(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class _Case:
    """An application with what its learner's own deadline rests on."""

    one: Application
    settled: bool
    returned_at: datetime | None
    extended: tuple[tuple[str, datetime], ...]


def affected_by(
    session: Session, window: Window, name: str, moved: WindowDates, calendar: WorkingCalendar, now: datetime
) -> list[Affected]:
    """Everybody whom a date of this window concerns, by reference, if its dates were `moved`."""
    days = rules_of(window.programme, local_day(now)).correction_working_days
    found = []
    for case in _cases(session, window, name):
        before = _own_deadline(case, window, name)
        after = _moved_deadline(case, window, moved, calendar, days) if before else None
        found.append(Affected(case.one, before, max(before, after) if before and after else before))
    return found


def _own_deadline(case: _Case, window: Window, name: str) -> datetime | None:
    """What this learner must do next by this date: submit, correct or pay; None where it is none of theirs."""
    one = case.one
    if name not in RESTS_ON.get(S(one.state), ()) or case.settled:
        return None
    if one.state == S.DRAFT:
        return dates_with(case.extended, window, resit=one.resit).lane.closes_at
    return one.correct_by if one.state == S.RETURNED else one.payment_due_at


def concerned_by(session: Session, window: Window, name: str) -> Iterator[tuple[int, datetime | None]]:
    """The accounts of learners who wait for this date, each with their own deadline as it stands; none for a date of
    the office's own."""
    if name in OFFICE_DATES:
        return
    own = {case.one.learner_id: _own_deadline(case, window, name) for case in _cases(session, window, name)}
    among = [Learner.id.in_(list(own))]
    if not _lane(name):
        among.append(Learner.id.in_(select(Booking.learner_id).where(
            Booking.window_id == window.id, Booking.state.in_(sittings.LIVE))))
    wanted = select(Account.id, Learner.id).join(Learner, Learner.account_id == Account.id).where(or_(*among))
    for account_id, learner_id in session.execute(wanted.order_by(Account.id)):
        yield account_id, own.get(learner_id)


def _lane(name: str) -> tuple[ColumnElement[bool], ...]:
    lanes = FIRST_SITTING_DATES | RESIT_DATES
    return (Application.resit.is_(name in RESIT_DATES),) if name in lanes else ()


def _moved_deadline(
    case: _Case, window: Window, moved: WindowDates, calendar: WorkingCalendar, days: int
) -> datetime | None:
    one, own = case.one, dates_with(case.extended, window, resit=case.one.resit, dates=moved)
    if one.state == S.DRAFT:
        return own.lane.closes_at
    if one.state == S.RETURNED and case.returned_at is not None:
        return correction_due(case.returned_at, own.lane, calendar, days, own.extension(Extended.CORRECTION))
    if one.state == S.APPROVED and one.decided_at is not None and one.payment_due_at is not None:
        return payment_due(moved, one.decided_at, resit=one.resit, grace_hours=window.agreed.payment_grace_hours,
                           extended=own.extension(Extended.PAYMENT))
    return None


def _cases(session: Session, window: Window, name: str) -> list[_Case]:
    """The applications under way that a date is about, by reference."""
    settled = exists().where(Fee.subject == Application.reference, Fee.state.in_(SETTLED))
    returned = select(func.max(ReturnedItem.returned_at)).where(
        ReturnedItem.application_id == Application.id, ReturnedItem.mended_at.is_(None)).scalar_subquery()
    wanted = select(Application, settled, returned).where(
        Application.window_id == window.id, Application.state.in_(LIVE), *_lane(name))
    extended = _extensions(session, window)
    rows = session.execute(wanted.options(joinedload(Application.learner)).order_by(Application.id))
    return [_Case(one, paid, returned_at, extended.get(one.learner_id, ())) for one, paid, returned_at in rows]


def _extensions(session: Session, window: Window) -> dict[int, tuple[tuple[str, datetime], ...]]:
    """The extensions of a window, by learner."""
    found: dict[int, tuple[tuple[str, datetime], ...]] = {}
    wanted = select(Extension.learner_id, Extension.name, Extension.until).where(Extension.window_id == window.id)
    for learner_id, name, until in session.execute(wanted):
        found[learner_id] = (*found.get(learner_id, ()), (name, until))
    return found


def told_among(rows: Sequence[Affected], name: str) -> int:
    """How many learners hear of it."""
    return 0 if name in OFFICE_DATES else len({one.application.learner_id for one in rows})
