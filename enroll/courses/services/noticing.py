"""When a session ends or a quiz is passed: is there anything a person should look at?"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from enroll.courses.models.editions import Lesson
from enroll.courses.models.studying import StudySession
from enroll.courses.queries.lessons import sessions_between
from enroll.courses.rules.noticing import Limits, Part, even_beats, minutes_in, night_of, takeovers, too_fast
from enroll.courses.services.disputes import evidence_of
from enroll.enrolments.models import Enrolment
from enroll.foundation.clock import at_beijing, local_day
from enroll.hours.queries.anomalies import entries_for
from enroll.hours.rules.anomalies import AnomalyKind
from enroll.hours.services.anomalies import Seen, note_anomaly
from enroll.programmes.queries.programmes import rules_at
from enroll.questions.services.attempts import Marked

MOST_HEARD = 600  # heartbeats kept of one session: five hours


def heard_at(row: StudySession, now: datetime) -> list[int]:
    """When the session's heartbeats came, with this one: milliseconds since it began, by the server's clock."""
    known = row.heard or []
    if len(known) >= MOST_HEARD:
        return known
    return [*known, int((now - row.started_at).total_seconds() * 1000)]


def notice_session(session: Session, row: StudySession, *, now: datetime) -> None:
    """Look at a session that has ended, and at the night and the day it belongs to."""
    enrolment = session.get_one(Enrolment, row.enrolment_id)
    limits = _limits(session, enrolment, now)
    if limits is None or row.ended_at is None:
        return
    figures = even_beats(row.heard or [], limits)
    if figures is not None:
        _note(session, enrolment, AnomalyKind.BEATS, f"beats:{row.token}", [row], figures | {"heard": row.heard}, now)
    _notice_night(session, enrolment, row, limits, now)
    _notice_devices(session, enrolment, row, limits, now)


def notice_quiz(session: Session, enrolment: Enrolment, lesson: Lesson, marked: Marked, *, now: datetime) -> None:
    """Look at a quiz that has been passed."""
    limits = _limits(session, enrolment, now)
    seconds = int((marked.submitted_at - marked.started_at).total_seconds())
    if limits is None or not too_fast(marked.questions, seconds, limits):
        return
    found = entries_for(session, enrolment.id, [f"attempt:{marked.token}"])
    note_anomaly(session, enrolment, Seen(AnomalyKind.SPEED, f"speed:{marked.token}", {
        "questions": marked.questions, "seconds": seconds, "limit": limits.seconds_a_question, "lesson": lesson.code,
    }, found), now=now)


def _notice_night(
    session: Session, enrolment: Enrolment, row: StudySession, limits: Limits, now: datetime
) -> None:
    night = night_of(row.ended_at or now, limits)
    if row.started_at >= night[1] or (row.ended_at or now) <= night[0]:
        return
    rows = sessions_between(session, row.account_id, *night)
    minutes = minutes_in(night, [Part(one.started_at, one.ended_at or one.last_beat_at, one.seconds_credited)
                                 for one in rows])
    if minutes >= limits.night_minutes:
        _note(session, enrolment, AnomalyKind.NIGHT, f"night:{enrolment.id}:{local_day(night[0])}", rows,
              {"minutes": minutes, "limit": limits.night_minutes}, now)


def _notice_devices(
    session: Session, enrolment: Enrolment, row: StudySession, limits: Limits, now: datetime
) -> None:
    starts = at_beijing(local_day(row.started_at))
    rows = sessions_between(session, row.account_id, starts, starts + timedelta(days=1))
    number = takeovers([(one.device, one.ended_why == "newer_session") for one in rows])
    if number >= limits.takeovers_a_day:
        _note(session, enrolment, AnomalyKind.DEVICES, f"devices:{enrolment.id}:{local_day(starts)}", rows,
              {"takeovers": number, "limit": limits.takeovers_a_day}, now)


def _note(
    session: Session, enrolment: Enrolment, kind: AnomalyKind, key: str, rows: list[StudySession],
    figures: dict[str, Any], now: datetime,
) -> None:
    shown = [one for row in rows for one in evidence_of(row)["sessions"]]
    found = entries_for(session, enrolment.id, [f"session:{row.token}:" for row in rows])
    note_anomaly(session, enrolment, Seen(kind, key, figures | {"sessions": shown}, found), now=now)


def _limits(session: Session, enrolment: Enrolment, now: datetime) -> Limits | None:
    return Limits.of(rules_at(session, enrolment.programme.code, local_day(now)).unusual_study)
