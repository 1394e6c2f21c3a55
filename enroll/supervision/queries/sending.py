"""What was sent to learners, and to whom more may be sent by itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, case, exists, func, select
from sqlalchemy.orm import Session, joinedload

from enroll.enrolments.lifecycle import EnrolmentState
from enroll.enrolments.models import Cohort, Enrolment
from enroll.hours.lifecycle import ProofState
from enroll.hours.models import HoursBalance, HoursProof, LedgerEntry
from enroll.learners.models import Learner
from enroll.supervision.lifecycle import ContactState
from enroll.supervision.models import Contact, Nudge, ReminderChoice
from enroll.supervision.rules.reminding import NudgeKind, idle_range, is_quiet


def nudges_of(session: Session, learner_id: int, *, at_most: int = 30) -> Sequence[Nudge]:
    wanted = select(Nudge).where(Nudge.learner_id == learner_id, Nudge.kind != NudgeKind.LOOKED)
    return session.scalars(wanted.order_by(Nudge.id.desc()).limit(at_most)).all()


def nudged_since(session: Session, learner_ids: Sequence[int], since: datetime) -> frozenset[int]:
    """Who of these was nudged by an adviser since then."""
    wanted = select(Nudge.learner_id).where(
        Nudge.learner_id.in_(learner_ids), Nudge.kind == NudgeKind.ADVISER, Nudge.sent_at > since)
    return frozenset(session.scalars(wanted))


def choice_of(session: Session, learner_id: int) -> ReminderChoice | None:
    return session.get(ReminderChoice, learner_id)


def to_be_reminded(session: Session, now: datetime, week: str, *, at_most: int) -> Sequence[Enrolment]:
    """Who studies, has no proof yet, was idle for some days but not for weeks, was not looked at this week, and did not
    switch reminders off."""
    first, until = idle_range(now)
    touched = func.coalesce(HoursBalance.last_credit_at, Enrolment.enrolled_at)
    wanted = _unsent(f"reminder:{week}").where(
        touched >= first, touched < until, ReminderChoice.reminders_off_at.is_(None),
        ~_has_proof(),
    ).outerjoin(HoursBalance, HoursBalance.enrolment_id == Enrolment.id)
    return session.scalars(wanted.order_by(Enrolment.id).limit(at_most)).all()


def to_be_summarised(session: Session, week: str, before: datetime, *, at_most: int) -> Sequence[Enrolment]:
    """Who enrolled `before` this week began, studies, got no summary yet, and wants one; whoever has a proof already
    needs none."""
    wanted = _unsent(f"summary:{week}").where(
        Enrolment.enrolled_at < before, ReminderChoice.summary_off_at.is_(None), ~_has_proof())
    return session.scalars(wanted.order_by(Enrolment.id).limit(at_most)).all()


def was_sent(session: Session, enrolment_id: int, key: str) -> bool:
    wanted = select(Nudge.id).where(Nudge.enrolment_id == enrolment_id, Nudge.key == key)
    return session.scalar(wanted) is not None


@dataclass(frozen=True)
class WeekSums:
    """What the ledger says of one week: minutes, days with study, lessons credited."""

    minutes: int = 0
    days: int = 0
    lessons: int = 0


def week_sums(session: Session, enrolment_ids: Sequence[int], first: date, last: date) -> Mapping[int, WeekSums]:
    wanted = select(
        LedgerEntry.enrolment_id, func.sum(LedgerEntry.minutes), func.count(LedgerEntry.local_day.distinct()),
        func.count(LedgerEntry.lesson_code.distinct()),
    ).where(LedgerEntry.enrolment_id.in_(enrolment_ids), LedgerEntry.local_day.between(first, last)).group_by(
        LedgerEntry.enrolment_id)
    return {number: WeekSums(max(int(minutes), 0), days, lessons)
            for number, minutes, days, lessons in session.execute(wanted)}


# For the doctor.

def unsound_supervision(session: Session) -> Iterator[str]:
    """What was sent by itself against the night's rest or somebody's will."""
    by_itself = (NudgeKind.REMINDER, NudgeKind.SUMMARY)
    for nudge in session.scalars(select(Nudge).where(Nudge.kind.in_(by_itself))):
        if is_quiet(nudge.sent_at):
            yield f"nudge {nudge.id} was sent by itself in the night"
    off = case((Nudge.kind == NudgeKind.REMINDER, ReminderChoice.reminders_off_at), else_=ReminderChoice.summary_off_at)
    against = select(Nudge.id).join(ReminderChoice, ReminderChoice.learner_id == Nudge.learner_id).where(
        Nudge.kind.in_(by_itself), Nudge.sent_at > off)
    for number in session.scalars(against):
        yield f"nudge {number} was sent although its reader had switched it off"
    other = select(Nudge.id).join(Enrolment, Enrolment.id == Nudge.enrolment_id).where(
        Enrolment.learner_id != Nudge.learner_id)
    for number in session.scalars(other):
        yield f"nudge {number} belongs to the enrolment of somebody else"
    for reference in session.scalars(select(Contact.reference).where(
            (Contact.state == ContactState.DONE) != Contact.done_at.is_not(None))):
        yield f"contact {reference} is done without a moment, or has one and is not done"


def _unsent(key: str) -> Select[Enrolment]:
    sent = exists().where(Nudge.enrolment_id == Enrolment.id, Nudge.key == key)
    return (
        select(Enrolment).outerjoin(ReminderChoice, ReminderChoice.learner_id == Enrolment.learner_id)
        .where(Enrolment.state == EnrolmentState.ACTIVE, ~sent)
        .options(joinedload(Enrolment.learner).joinedload(Learner.account),
                 joinedload(Enrolment.cohort).joinedload(Cohort.adviser))
    )


def _has_proof() -> Any:
    return exists().where(HoursProof.enrolment_id == Enrolment.id, HoursProof.state == ProofState.ISSUED)
