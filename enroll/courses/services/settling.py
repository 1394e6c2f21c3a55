"""When a study session ends: what it earned goes to the ledger, or aside where it must be looked at."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from enroll.courses.models.editions import Lesson
from enroll.courses.models.studying import LessonProgress, StudySession
from enroll.courses.queries.lessons import taken_over_lately
from enroll.courses.rules.timing import Clocked
from enroll.foundation.actor import Actor
from enroll.foundation.clock import at_beijing
from enroll.foundation.problems import NotFound
from enroll.foundation.references import public_token
from enroll.hours.models import Source
from enroll.hours.rules.crediting import Credit, NotCounted
from enroll.hours.services.crediting import credit_all, note_uncounted
from enroll.hours.services.doubts import raise_doubt
from enroll.storage.database import lock

# So many take-overs between different devices within an hour are no mishap: two people study, or one person claims to.
TAKEOVERS_IN_DOUBT = 4


def progress_under_lock(session: Session, enrolment_id: int, lesson_id: int, now: datetime) -> LessonProgress:
    """How far the enrolment is in the lesson, locked; begun now where it was not begun."""
    mine = (LessonProgress.enrolment_id == enrolment_id, LessonProgress.lesson_id == lesson_id)
    try:
        return lock(session, LessonProgress, *mine)
    except NotFound:
        begun = session.scalars(_insert_or_nothing(session, enrolment_id, lesson_id, now)).one_or_none()
        return begun or lock(session, LessonProgress, *mine)


def settle(
    session: Session, row: StudySession, progress: LessonProgress, lesson: Lesson, *, by: Actor, now: datetime
) -> None:
    """Carry an ended session over: whole minutes to the ledger, day by day, and the reasons for what did not count.

    The progress is locked by the caller. What the day's limit leaves out is studied again another day.
    """
    credits = credits_of(row, progress, lesson)
    crowd = contested(session, row, now)
    if crowd and credits:
        for one in credits:
            raise_doubt(row.enrolment_id, one, why="two_devices", words="", evidence=crowd, by=by, now=now)
        counted = [one.minutes for one in credits]
    else:
        counted = credit_all(row.enrolment_id, credits, by=by, now=now) if credits else []
    carry_over(progress, row, lesson, credits, counted, now=now)
    note_uncounted(session, row.enrolment_id, [
        NotCounted(lesson.code, lesson.title, reason, seconds, row.token) for reason, seconds in row.uncounted.items()
    ], now)


def credits_of(row: StudySession, progress: LessonProgress, lesson: Lesson) -> list[Credit]:
    """The whole minutes this session completes, one for each local day it lay on. Seconds left over from an earlier
    session of the lesson complete the first of them."""
    found, seconds, in_ledger = [], progress.seconds, progress.ledger_minutes
    for spelled, earned in sorted(row.by_day.items()):
        seconds += earned
        whole = min(seconds // 60, lesson.minutes) - in_ledger
        if whole > 0:
            day = date.fromisoformat(spelled)
            found.append(credit_of(row, lesson, day, whole, seconds - in_ledger * 60))
            in_ledger += whole
    return found


def credit_of(row: StudySession, lesson: Lesson, day: date, minutes: int, seconds: int) -> Credit:
    """These minutes of the lesson, studied on this local day within the session."""
    ended_at = min(row.ended_at or row.last_beat_at, at_beijing(day + timedelta(days=1)) - timedelta(seconds=1))
    course = lesson.module.course
    return Credit(
        source=Source.LESSON, source_key=f"session:{row.token}:{day.isoformat()}", section=course.section,
        kind=lesson.kind, course_code=course.code, course_title=course.title, lesson_code=lesson.code,
        title=lesson.title, started_at=max(row.started_at, at_beijing(day)), ended_at=max(ended_at, row.started_at),
        minutes=minutes, seconds_observed=seconds,
    )


def carry_over(
    progress: LessonProgress, row: StudySession, lesson: Lesson, credits: Sequence[Credit], counted: Sequence[int],
    *, now: datetime,
) -> None:
    """Bring the progress up to what the ledger took (or a doubt put aside)."""
    above_limit = sum(one.minutes for one in credits) - sum(counted)
    progress.seconds = progress.seconds + row.seconds_credited - above_limit * 60
    progress.ledger_minutes += sum(counted)
    progress.position_seconds = row.position_seconds
    progress.furthest_seconds = max(progress.furthest_seconds, row.furthest_seconds)
    if progress.completed_at is None and progress.ledger_minutes >= lesson.minutes:
        progress.completed_at = now


def contested(session: Session, row: StudySession, now: datetime) -> dict[str, Any]:
    """The evidence, where devices took this person's study over from each other again and again; otherwise nothing."""
    crowd = taken_over_lately(session, row.account_id, now)
    if len(crowd) < TAKEOVERS_IN_DOUBT or len({one.device for one in crowd}) < 2:
        return {}
    return {"sessions": [
        {"started_at": one.started_at.isoformat(), "ended_at": (one.ended_at or now).isoformat(),
         "browser": one.browser, "device": one.device, "seconds": one.seconds_credited}
        for one in crowd
    ]}


def write_back(row: StudySession, clocked: Clocked) -> None:
    """What the machine says, on the session's row."""
    row.last_beat_at, row.seq, row.playing = clocked.last_beat_at, clocked.seq, clocked.playing
    row.seconds_credited, row.seconds_held = clocked.credited, clocked.held
    row.furthest_seconds = clocked.furthest
    row.check_at_seconds, row.check_asked_at = clocked.check_at, clocked.check_asked_at
    row.by_day, row.uncounted = dict(clocked.by_day), dict(clocked.uncounted)


def clocked_of(row: StudySession) -> Clocked:
    return Clocked(
        last_beat_at=row.last_beat_at, seq=row.seq, playing=row.playing, credited=row.seconds_credited,
        held=row.seconds_held, furthest=row.furthest_seconds, check_at=row.check_at_seconds,
        check_asked_at=row.check_asked_at, by_day=row.by_day, uncounted=row.uncounted,
    )


def new_row(
    *, account_id: int, enrolment_id: int, lesson_id: int, started_at: datetime, furthest: int, position: int,
    policy: dict[str, Any], check_at: int | None, browser: str = "", device: str = "",
) -> StudySession:
    return StudySession(
        token=public_token(), account_id=account_id, enrolment_id=enrolment_id, lesson_id=lesson_id,
        browser=browser[:200], device=device[:40], policy=policy, started_at=started_at, last_beat_at=started_at,
        seq=0, playing=True, position_seconds=position, furthest_seconds=furthest, seconds_credited=0, seconds_held=0,
        heard=[], by_day={}, uncounted={}, check_at_seconds=check_at,
    )




def _insert_or_nothing(
    session: Session, enrolment_id: int, lesson_id: int, now: datetime
) -> ReturningInsert[LessonProgress]:
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    fresh = {"enrolment_id": enrolment_id, "lesson_id": lesson_id, "seconds": 0, "ledger_minutes": 0,
             "position_seconds": 0, "furthest_seconds": 0, "begun_at": now}
    return insert(LessonProgress).values(fresh).on_conflict_do_nothing().returning(LessonProgress)
