"""Hours claimed from elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from enroll.enrolments.models import Enrolment
from enroll.foundation.clock import local_day
from enroll.hours.lifecycle import ClaimState
from enroll.hours.models import ClaimMove, HourClaim, HoursBalance, LedgerEntry
from enroll.hours.queries.standing import open_windows, totals_of
from enroll.hours.rules.pace import PACE_DAYS, WindowDates, forecast
from enroll.hours.rules.standing import Totals, minutes_left
from enroll.learners.models import Learner

WHOLE = joinedload(HourClaim.enrolment).joinedload(Enrolment.learner)
COUNT_AGAINST_THE_LIMIT = (ClaimState.SUBMITTED, ClaimState.RETURNED, ClaimState.ACCEPTED)
MOST_IN_QUEUE = 1_000


@dataclass(frozen=True)
class WaitingClaim:
    """One claim of the queue; `window` is the earliest one its learner makes with it (None: none that is announced),
    by whose closing day it must be decided."""

    claim: HourClaim
    window: WindowDates | None


def decided_claims() -> Select[HourClaim]:
    return select(HourClaim).where(HourClaim.state != ClaimState.SUBMITTED).options(WHOLE)


def claim_by_reference(session: Session, reference: str) -> HourClaim | None:
    wanted = select(HourClaim).where(HourClaim.reference == reference)
    return session.scalar(wanted.options(WHOLE, selectinload(HourClaim.files)))


def my_claim(session: Session, account_id: int, reference: str) -> HourClaim | None:
    """One's own; another's is not there."""
    mine = select(HourClaim).join(Learner, Learner.id == HourClaim.learner_id)
    return session.scalar(mine.where(HourClaim.reference == reference, Learner.account_id == account_id)
                          .options(WHOLE, selectinload(HourClaim.files)))


def claims_of(session: Session, enrolment_id: int) -> Sequence[HourClaim]:
    wanted = select(HourClaim).where(HourClaim.enrolment_id == enrolment_id)
    return session.scalars(wanted.order_by(HourClaim.id.desc())).all()


def claim_history(session: Session, number: int) -> Sequence[ClaimMove]:
    return session.scalars(select(ClaimMove).where(ClaimMove.record_id == number).order_by(ClaimMove.id.desc())).all()


def minutes_claimed_waiting(claims: Iterable[HourClaim]) -> Totals:
    """What waits for a decision; a claim that was returned waits for its learner and is not handed in."""
    waiting = Totals()
    for one in claims:
        if one.state == ClaimState.SUBMITTED:
            practice = one.minutes if one.kind == "practice" else 0
            waiting = waiting.and_also(Totals(one.minutes, practice, {one.course_code: one.minutes}))
    return waiting


def outside_minutes(session: Session, enrolment_id: int, *, but: int | None = None) -> int:
    """Minutes of all claims that are accepted or may still be, without one of them."""
    wanted = select(func.sum(func.coalesce(HourClaim.accepted_minutes, HourClaim.minutes))).where(
        HourClaim.enrolment_id == enrolment_id, HourClaim.state.in_(COUNT_AGAINST_THE_LIMIT),
        HourClaim.id != (but or 0),
    )
    return int(session.scalar(wanted) or 0)


def is_claimed(
    session: Session, learner_id: int, key: str, first: date, last: date, *, but: int | None = None
) -> bool:
    """Whether hours of this partner on these very days are claimed already."""
    return session.scalar(select(HourClaim.id).where(
        HourClaim.learner_id == learner_id, HourClaim.partner_key == key, HourClaim.studied_from == first,
        HourClaim.studied_until == last, HourClaim.state.in_(COUNT_AGAINST_THE_LIMIT), HourClaim.id != (but or 0),
    )) is not None


def waiting_claims(session: Session, now: datetime) -> list[WaitingClaim]:
    """What waits, by the closing of the window the learner makes with it; those that make none come last."""
    wanted = select(HourClaim).where(HourClaim.state == ClaimState.SUBMITTED).options(WHOLE)
    claims = session.scalars(wanted.order_by(HourClaim.submitted_at, HourClaim.id).limit(MOST_IN_QUEUE)).all()
    if not claims:
        return []
    numbers, today = {one.enrolment_id for one in claims}, local_day(now)
    balances = {row.enrolment_id: totals_of(row) for row in session.scalars(
        select(HoursBalance).where(HoursBalance.enrolment_id.in_(numbers)))}
    lately = {number: int(minutes) for number, minutes in session.execute(
        select(LedgerEntry.enrolment_id, func.sum(LedgerEntry.minutes))
        .where(LedgerEntry.enrolment_id.in_(numbers), LedgerEntry.local_day > today - timedelta(days=PACE_DAYS))
        .group_by(LedgerEntry.enrolment_id)
    )}
    windows = {number: open_windows(session, number, now) for number in {one.enrolment.programme_id for one in claims}}
    rows = [WaitingClaim(one, _window_of(one, balances.get(one.enrolment_id, Totals()),
                                         lately.get(one.enrolment_id, 0), windows, today)) for one in claims]
    return sorted(rows, key=lambda row: (row.window is None, row.window.last_day if row.window else date.max,
                                         row.claim.submitted_at))


def _window_of(
    claim: HourClaim, credited: Totals, lately: int, windows: dict[int, tuple[WindowDates, ...]], today: date
) -> WindowDates | None:
    enrolment, offered = claim.enrolment, windows[claim.enrolment.programme_id]
    with_it = credited.and_also(minutes_claimed_waiting([claim]))
    left = minutes_left(enrolment.demands, with_it, enrolment.direction_code)
    seen = forecast(left, enrolment.demands.most_minutes_a_day, max(lately, 0), today, offered)
    code = seen.earliest.code if seen.earliest else ""
    return next((one for one in offered if one.code == code), None)
