"""A learner disputes time that was not counted: the lesson and the session that the server kept go along."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from enroll.courses.models.editions import Lesson
from enroll.courses.models.studying import StudySession
from enroll.courses.queries.lessons import lesson_by_code, session_by_token
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NotFound
from enroll.hours.models import Source, UncountedTime
from enroll.hours.queries.disputes import stretch_of
from enroll.hours.queries.standing import my_enrolment
from enroll.hours.rules.crediting import Credit
from enroll.hours.rules.disputes import Stretch
from enroll.hours.services.disputes import raise_dispute, stretch_facts
from enroll.storage.database import transaction
from enroll.storage.files import StoredFile


def disputed_stretch(
    session: Session, enrolment: Enrolment, number: int, now: datetime
) -> tuple[UncountedTime, Stretch]:
    """One's own stretch and what decides whether it may be disputed. Raises NotFound."""
    row, lesson = _own_stretch(session, enrolment, number)
    return row, stretch_facts(session, enrolment, number, lesson.minutes, now)


def dispute_stretch(number: int, words: str, picture: StoredFile | None, *, by: Actor, now: datetime) -> str:
    """Dispute one stretch of one's own; gives the reference. Raises NotFound, and Refused with every reason."""
    with transaction() as session:
        enrolment = my_enrolment(session, by.account_id or 0)
        if enrolment is None:
            raise NotFound("Enrolment")
        row, lesson = _own_stretch(session, enrolment, number)
        kept = session_by_token(session, row.session_token) if row.session_token else None
        return raise_dispute(enrolment.id, number, _credit(row, lesson, kept), lesson.minutes, words, picture,
                             evidence=evidence_of(kept) if kept else {}, by=by, now=now)


def evidence_of(kept: StudySession) -> dict[str, Any]:
    """What the server kept of a session, in plain values."""
    return {"sessions": [{
        "started_at": kept.started_at.isoformat(), "ended_at": (kept.ended_at or kept.last_beat_at).isoformat(),
        "browser": kept.browser, "device": kept.device, "seconds": kept.seconds_credited,
    }], "uncounted": dict(kept.uncounted), "signals": len(kept.heard or [])}


def _own_stretch(session: Session, enrolment: Enrolment, number: int) -> tuple[UncountedTime, Lesson]:
    row = stretch_of(session, enrolment.id, number)
    lesson = lesson_by_code(session, row.lesson_code, enrolment.id) if row else None
    if row is None or lesson is None:
        raise NotFound("UncountedTime")
    return row, lesson


def _credit(row: UncountedTime, lesson: Lesson, kept: StudySession | None) -> Credit:
    """The stretch as it would be credited: within its session where there is one, else up to the moment it was seen."""
    course = lesson.module.course
    ended_at = (kept.ended_at or kept.last_beat_at) if kept else row.happened_at
    started_at = max(kept.started_at if kept else row.happened_at, ended_at - timedelta(seconds=row.seconds))
    return Credit(
        source=Source.DISPUTE, source_key=f"uncounted:{row.id}", section=course.section, kind=lesson.kind,
        course_code=course.code, course_title=course.title, lesson_code=lesson.code, title=lesson.title,
        started_at=min(started_at, ended_at), ended_at=ended_at, minutes=max(row.seconds // 60, 1),
        seconds_observed=row.seconds,
    )
