"""The balance, and what a proof of hours rests on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import Session

from enroll.enrolments.lifecycle import EnrolmentState
from enroll.enrolments.models import Enrolment
from enroll.enrolments.queries.enrolments import enrolments_of
from enroll.foundation.clock import local_day
from enroll.hours.lifecycle import ClaimState, DisputeState
from enroll.hours.models import HourClaim, HoursBalance, HoursDispute, HoursProof
from enroll.hours.queries.doubts import doubted_minutes
from enroll.hours.rules.pace import WindowDates
from enroll.hours.rules.standing import Totals, directions_complete
from enroll.learners.lifecycle import CheckKind, CheckState
from enroll.learners.models import IdentityCheck
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.models import Window


@dataclass(frozen=True)
class Balance:
    """Credited minutes of one enrolment, as its ledger adds up to."""

    totals: Totals = field(default_factory=Totals)
    last_credit_at: datetime | None = None

    @property
    def minutes(self) -> int:
        return self.totals.minutes

    @property
    def practice_minutes(self) -> int:
        return self.totals.practice


def totals_of(row: HoursBalance) -> Totals:
    return Totals(row.minutes, row.practice_minutes, row.by_course)


def balance(session: Session, enrolment_id: int) -> Balance:
    """The running sums, kept in the crediting transactions; nothing credited yet is zero."""
    row = session.get(HoursBalance, enrolment_id)
    return Balance() if row is None else Balance(totals_of(row), row.last_credit_at)


@dataclass(frozen=True)
class ProofGround:
    """What a proof rests on: the balance, whether the identity is verified, the newest proof there is, and how many
    disputes about time wait for an answer."""

    balance: Balance
    identity_verified: bool
    newest: HoursProof | None
    open_disputes: int


def proof_ground(session: Session, enrolment: Enrolment) -> ProofGround:
    """Asked in one statement, because the pages about hours need all of it."""
    newest = select(func.max(HoursProof.id)).where(HoursProof.enrolment_id == enrolment.id).scalar_subquery()
    disputes = select(func.count(HoursDispute.id)).where(
        HoursDispute.enrolment_id == enrolment.id, HoursDispute.state == DisputeState.OPEN).scalar_subquery()
    row, proof, verified, waiting = session.execute(
        select(HoursBalance, HoursProof, _verified(enrolment.learner_id).exists(), disputes).select_from(Enrolment)
        .outerjoin(HoursBalance, HoursBalance.enrolment_id == Enrolment.id)
        .outerjoin(HoursProof, HoursProof.id == newest)
        .where(Enrolment.id == enrolment.id)
    ).one()
    balance = Balance() if row is None else Balance(totals_of(row), row.last_credit_at)
    return ProofGround(balance, verified, proof, waiting)


def minutes_credited(session: Session, enrolment_id: int) -> int:
    return session.scalar(select(HoursBalance.minutes).where(HoursBalance.enrolment_id == enrolment_id)) or 0


def claimed_minutes(enrolment_id: int) -> Select[str, str, int]:
    """The question behind the minutes claimed from elsewhere: course, kind and minutes of each claim that waits."""
    return select(HourClaim.course_code, HourClaim.kind, HourClaim.minutes).where(
        HourClaim.enrolment_id == enrolment_id, HourClaim.state == ClaimState.SUBMITTED
    )


def pending(session: Session, enrolment_id: int) -> Totals:
    """Minutes that wait for a decision: those in doubt, and those claimed from elsewhere. Practical work that is handed
    in is known to courses, which adds it in its own `pending`."""
    waiting = Totals()
    rows: Iterable[Any] = session.execute(union_all(doubted_minutes(enrolment_id), claimed_minutes(enrolment_id)))
    for course, kind, minutes in rows:
        number = int(minutes)
        waiting = waiting.and_also(Totals(number, number if kind == "practice" else 0, {course: number}))
    return waiting


def pending_minutes(session: Session, enrolment_id: int) -> int:
    return pending(session, enrolment_id).minutes


def complete_directions(session: Session, enrolment: Enrolment) -> tuple[str, ...]:
    """The codes of the directions this enrolment has completed."""
    return directions_complete(enrolment.demands, balance(session, enrolment.id).totals)


def my_enrolment(session: Session, account_id: int) -> Enrolment | None:
    """The enrolment somebody studies on: the live one, else the newest that was not withdrawn."""
    return next((one for one in enrolments_of(session, account_id) if one.state != EnrolmentState.WITHDRAWN), None)


def open_windows(session: Session, programme_id: int, now: datetime) -> tuple[WindowDates, ...]:
    """The published windows whose applications are not closed yet, earliest first. The last day of a half-open end is
    the day its last moment lies on."""
    wanted = select(Window).where(
        Window.programme_id == programme_id, Window.state == WindowState.PUBLISHED, Window.closes_at > now
    )
    return tuple(
        WindowDates(window.code, local_day(window.closes_at - timedelta(microseconds=1)))
        for window in session.scalars(wanted.order_by(Window.closes_at))
    )


def identity_is_verified(session: Session, learner_id: int) -> bool:
    return session.scalar(_verified(learner_id)) is not None


def _verified(learner_id: int) -> Select[int]:
    return select(IdentityCheck.id).where(
        IdentityCheck.learner_id == learner_id, IdentityCheck.kind == CheckKind.IDENTITY,
        IdentityCheck.state == CheckState.VERIFIED,
    )
