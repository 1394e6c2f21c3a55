"""Timed study, kept by the server: open a session, hear its heartbeats, end it."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from enroll.courses.models.editions import Lesson
from enroll.courses.models.studying import LessonProgress, StudySession
from enroll.courses.queries.lessons import (
    LessonKey,
    active_enrolment_id,
    lesson_at,
    newest_session,
    silent_sessions,
)
from enroll.courses.rules.plan import TIMED
from enroll.courses.rules.timing import Beat, Clocked, Policy, begin_at, count, ended, seen_through, taken_over
from enroll.courses.services.editions import begin_edition, require_needs
from enroll.courses.services.noticing import heard_at, notice_session
from enroll.courses.services.settling import clocked_of, new_row, progress_under_lock, settle, write_back
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NotFound, Refused, problem
from enroll.foundation.words import N_
from enroll.hours.queries.ledger import watched_minutes_on
from enroll.programmes.queries.programmes import rules_at
from enroll.programmes.rules.figures import ProgrammeRules
from enroll.storage.database import lock, transaction

LESSON_COMPLETE = problem("lesson_complete", N_("This lesson is complete; looking at it again is not counted."))
NOT_STUDYING = problem("not_studying", N_("Study counts while the enrolment is active."), mend="courses.study")
NOT_TIMED = problem("not_timed", N_("This lesson is not counted by the clock."))


@dataclass(frozen=True)
class Opened:
    """A session as the page gets it. Seconds; `before` is what the lesson had, `room` what it still has to give, and
    `left_today` what the day's limit still takes."""

    token: str
    before: int
    room: int
    left_today: int
    position: int
    furthest: int
    policy: Policy


@dataclass(frozen=True)
class Heard:
    """What the server answers to a heartbeat. `state` is counting, paused, check or ended; `why` an ended session's
    reason; `check_left` seconds to answer a presence check; `back_to` where a skipped video must go on (seconds)."""

    state: str
    credited: int
    why: str = ""
    check_left: int = 0
    back_to: int | None = None


def start_session(key: LessonKey, *, by: Actor, now: datetime, browser: str = "", device: str = "") -> Opened:
    """Open a session; another that is still open ends, wherever it is, and the newest counts.

    Raises NotFound for a lesson of another programme, Refused where nothing can be counted.
    """
    with transaction() as session:
        number = active_enrolment_id(session, by.account_id)
        if number is None:
            raise Refused(NOT_STUDYING)
        enrolment = lock(session, Enrolment, Enrolment.id == number)
        lesson = lesson_at(session, enrolment, key)
        if lesson is None:
            raise NotFound("Lesson")
        last = newest_session(session, by.account_id)
        if last is not None and last.ended_at is None:
            last = _take_over(session, last.id, by=by, now=now)
        progress = progress_under_lock(session, enrolment.id, lesson.id, now)
        room = room_of(lesson, progress)
        require_needs(session, enrolment, lesson)
        begin_edition(session, enrolment.id, lesson, now)
        rules = rules_at(session, enrolment.programme.code, local_day(now))
        policy = policy_of(rules, enrolment.demands.heartbeat_seconds, lesson, room)
        row = new_row(
            account_id=enrolment.learner.account_id, enrolment_id=enrolment.id, lesson_id=lesson.id,
            started_at=begin_at(now, last.ended_at if last else None), furthest=progress.furthest_seconds,
            position=progress.position_seconds, policy=policy.as_json(), check_at=_next_check(policy), browser=browser,
            device=device,
        )
        session.add(row)
        today = local_day(now)
        used = watched_minutes_on(session, enrolment.id, [today]).get(today, 0)
        left = max(enrolment.demands.most_minutes_a_day - used, 0) * 60
        return Opened(row.token, progress.seconds, room, left, progress.position_seconds, progress.furthest_seconds,
                      policy)


def hear(token: str, beat: Beat, *, by: Actor, now: datetime, leaving: bool = False) -> Heard:
    """Count one heartbeat of one's own session; the last one of a page that is left ends it.

    Reads and writes the session's row and nothing else, until it ends. Raises NotFound for another's session.
    """
    with transaction() as session:
        row = lock(session, StudySession, StudySession.token == token, StudySession.account_id == by.account_id)
        if row.ended_at is not None:
            return Heard("ended", row.seconds_credited, row.ended_why)
        policy = Policy(**row.policy)
        before = clocked_of(row)
        after = count(before, beat, policy, now, lambda: _next_check(policy) or policy.room + 1)
        write_back(row, after)
        if after.seq != before.seq:
            row.heard = heard_at(row, now)
        if beat.media_to is not None and beat.seq == after.seq:
            row.position_seconds = min(max(beat.media_to // 1000, 0), policy.video_seconds)
        if after.is_complete(policy):
            return _end(session, row, after, "completed", by=by, now=now)
        if leaving:
            return _end(session, row, after, "left", by=by, now=now)
        return _heard(before, after, policy, now)


def close_silent_sessions(now: datetime) -> int:
    """End what has not been heard from for ten minutes, at its last heartbeat: a closed lid, a crash, a lost phone."""
    with transaction() as session:
        numbers = silent_sessions(session, now)
    closed = 0
    for number in numbers:
        with transaction() as session:
            row = lock(session, StudySession, StudySession.id == number)
            if row.ended_at is None:
                _end(session, row, clocked_of(row), "silent", by=SYSTEM, now=now)
                closed += 1
    return closed


def policy_of(rules: ProgrammeRules, heartbeat_seconds: int, lesson: Lesson, room: int) -> Policy:
    """How a session of this lesson is counted under the programme's rules of the day."""
    policy = Policy(heartbeat_seconds, room, video_seconds=lesson.video_seconds,
                    seek_ahead=rules.allow_seek_forward_first_view, offline_seconds=rules.offline_seconds or 0)
    if lesson.minutes <= rules.presence_check_none_up_to_minutes:
        return policy
    low, high = rules.presence_check_minutes
    return replace(policy, check_from_minutes=low, check_until_minutes=high,
                   check_seconds=rules.presence_check_timeout_seconds)


def room_of(lesson: Lesson, progress: LessonProgress) -> int:
    """The seconds a lesson still has to give. Raises Refused where there are none."""
    if lesson.content not in TIMED:
        raise Refused(NOT_TIMED)
    room = lesson.minutes * 60 - progress.seconds
    if room <= 0:
        raise Refused(LESSON_COMPLETE)
    return room


def _next_check(policy: Policy) -> int | None:
    """Counted seconds until the next presence check, at random so that no script can wait for it; None: never."""
    if not policy.check_until_minutes:
        return None
    low, high = policy.check_from_minutes * 60, policy.check_until_minutes * 60
    return low + secrets.randbelow(high - low + 1)


def _take_over(session: Session, number: int, *, by: Actor, now: datetime) -> StudySession:
    row = lock(session, StudySession, StudySession.id == number)
    if row.ended_at is None:
        _end(session, row, taken_over(clocked_of(row), now, Policy(**row.policy)), "newer_session", by=by, now=now)
        session.flush()
    return row


def _end(session: Session, row: StudySession, after: Clocked, why: str, *, by: Actor, now: datetime) -> Heard:
    closed = ended(after)
    write_back(row, closed)
    row.ended_at = row.last_beat_at if why == "silent" else max(now, row.last_beat_at)
    row.ended_why, row.playing = why, False
    session.flush()
    progress = progress_under_lock(session, row.enrolment_id, row.lesson_id, row.started_at)
    settle(session, row, progress, row.lesson, by=by, now=now)
    notice_session(session, row, now=now)
    return Heard("ended", closed.credited, why)


def _heard(before: Clocked, after: Clocked, policy: Policy, now: datetime) -> Heard:
    if after.check_asked_at is not None:
        waited = int((now - after.check_asked_at).total_seconds())
        return Heard("check", after.credited + after.held, check_left=max(policy.check_seconds - waited, 0))
    skipped = any(after.uncounted.get(why, 0) > before.uncounted.get(why, 0) for why in ("seek_on_first_view", "gap"))
    unseen = not seen_through(after.furthest, policy.video_seconds)
    state = "counting" if after.playing else "paused"
    missed = after.uncounted.get("presence_missed", 0) > before.uncounted.get("presence_missed", 0)
    return Heard(state, after.credited, why="presence_missed" if missed else "",
                 back_to=after.furthest if skipped and unseen else None)
