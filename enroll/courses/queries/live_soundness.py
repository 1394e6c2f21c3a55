"""For the doctor: live classes against the ledger."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enroll.courses.lifecycle import LiveState
from enroll.courses.models.live import LiveAttendance, LiveClass
from enroll.courses.models.studying import StudySession
from enroll.enrolments.models import Enrolment
from enroll.hours.models import LedgerEntry, Source
from enroll.learners.models import Learner


def unsound_live_classes(session: Session) -> Iterator[str]:
    """Attendance that the ledger does not hold, classes credited unsettled, and time counted beside timed study."""
    net = _net_minutes(session)
    decided = select(LiveClass.reference, LiveAttendance.enrolment_id, LiveAttendance.minutes, LiveClass.state,
                     LiveClass.minutes).join(LiveAttendance, LiveAttendance.class_id == LiveClass.id)
    for reference, _, minutes, state, length in session.execute(decided.order_by(LiveAttendance.version)):
        if state != LiveState.SETTLED:
            yield f"live class {reference}: {state}, and attendance is decided"
        if minutes > length:
            yield f"live class {reference}: {minutes} minutes credited of {length}"
    newest = {(reference, number): minutes
              for reference, number, minutes, *_ in session.execute(decided.order_by(LiveAttendance.version))}
    for (reference, number), minutes in newest.items():
        if net.pop((reference, number), 0) not in (minutes, 0):
            yield f"live class {reference}: its attendance says {minutes} minutes, the ledger something else"
    for (reference, number), minutes in net.items():
        if minutes:
            yield f"live class {reference}: {minutes} minutes in the ledger of enrolment {number}, no attendance"
    yield from _beside_study(session)


def _net_minutes(session: Session) -> dict[tuple[str, int], int]:
    sums = select(LedgerEntry.lesson_code, LedgerEntry.enrolment_id, func.sum(LedgerEntry.minutes)).where(
        LedgerEntry.lesson_code.in_(select(LiveClass.reference))).group_by(
        LedgerEntry.lesson_code, LedgerEntry.enrolment_id)
    return {(code, number): int(minutes) for code, number, minutes in session.execute(sums)}


def _beside_study(session: Session) -> Iterator[str]:
    """Minutes of a class and seconds of timed study that lie wholly inside it may not add up to more than its clock."""
    back = select(LedgerEntry.reverses_id).where(LedgerEntry.reverses_id.is_not(None))
    beside = (
        select(LedgerEntry.id, LedgerEntry.lesson_code, LedgerEntry.minutes, LedgerEntry.started_at,
               LedgerEntry.ended_at, func.sum(StudySession.seconds_credited))
        .join(Enrolment, Enrolment.id == LedgerEntry.enrolment_id).join(Learner, Learner.id == Enrolment.learner_id)
        .join(StudySession, StudySession.account_id == Learner.account_id)
        .where(LedgerEntry.source == Source.LIVE, LedgerEntry.id.not_in(back),
               StudySession.started_at >= LedgerEntry.started_at, StudySession.last_beat_at <= LedgerEntry.ended_at)
        .group_by(LedgerEntry.id)
    )
    for _, reference, minutes, start, end, seconds in session.execute(beside):
        if minutes * 60 + int(seconds) > (end - start).total_seconds() + 60:
            yield f"live class {reference}: {minutes} minutes beside {seconds} seconds of timed study"
