"""Playing study quickly: sessions that lie in the past, heartbeat by heartbeat through the same machine and the same
writer as those of a page. For the demonstration and for rehearsals; nothing here is reachable from a page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enroll.courses.models.editions import Course, Lesson, Module
from enroll.courses.models.studying import LessonProgress, StudySession
from enroll.courses.queries.editions import in_plan
from enroll.courses.queries.lessons import newest_session
from enroll.courses.rules.timing import Beat, Clocked, Policy, begin_at, count
from enroll.courses.services.editions import begin_edition
from enroll.courses.services.settling import carry_over, credits_of, new_row, write_back
from enroll.courses.services.study import policy_of, room_of
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NotFound, Refused, problem
from enroll.foundation.words import N_
from enroll.hours.rules.crediting import Credit
from enroll.hours.services.crediting import credit_all
from enroll.hours.services.doubts import raise_doubt
from enroll.programmes.queries.programmes import rules_at
from enroll.storage.database import lock, transaction

DOES_NOT_FIT = problem("does_not_fit", N_("Another session of this person lies there already."))


@dataclass(frozen=True)
class Sitting:
    """One lesson studied from this moment on, to its end or for so many minutes. With `in_doubt` (a code of the hours'
    doubts, words, evidence) its minutes are put aside instead of credited."""

    lesson: str
    started_at: datetime
    minutes: int | None = None
    browser: str = ""
    in_doubt: tuple[str, str, dict[str, object]] | None = None


def study_lesson(enrolment_id: int, lesson: str, started_at: datetime, *, by: Actor) -> datetime:
    """Study one timed lesson to its end; gives the moment it was done."""
    return study_lessons(enrolment_id, [Sitting(lesson, started_at)], by=by)[0]


def study_lessons(enrolment_id: int, sittings: Sequence[Sitting], *, by: Actor) -> list[datetime]:
    """Study several lessons of one enrolment, earliest first; gives the moment each was ended.

    The proof follows by itself where they complete the hours. Raises NotFound for an unknown lesson, Refused where a
    session would lie over one the person already has.
    """
    with transaction() as session:
        enrolment = lock(session, Enrolment, Enrolment.id == enrolment_id)
        desk = _Desk(session, enrolment, [one.lesson for one in sittings], by)
        ends = [desk.sit(one) for one in sittings]
        desk.settle()
        return ends


class _Desk:
    """What all the sittings of one enrolment share, read once."""

    def __init__(self, session: Session, enrolment: Enrolment, codes: Sequence[str], by: Actor):
        self.session, self.enrolment, self.by = session, enrolment, by
        self.account_id = enrolment.learner.account_id
        last = newest_session(session, self.account_id)
        self.last_end = None if last is None else last.ended_at or last.last_beat_at
        whole = joinedload(Lesson.module).joinedload(Module.course)
        wanted = select(Lesson).join(Module).join(Course, Course.id == Module.course_id).where(
            Course.programme_id == enrolment.programme_id, Lesson.code.in_(codes), in_plan(enrolment.id)
        )
        self.lessons = {lesson.code: lesson for lesson in session.scalars(wanted.options(whole))}
        known = session.scalars(select(LessonProgress).where(
            LessonProgress.enrolment_id == enrolment.id,
            LessonProgress.lesson_id.in_([lesson.id for lesson in self.lessons.values()]),
        ))
        self.progress = {one.lesson_id: one for one in known}
        self.rules = rules_at(session, enrolment.programme.code, local_day(enrolment.enrolled_at))
        self.begun: set[int] = set()
        self.unsettled: dict[int, tuple[StudySession, LessonProgress, Lesson, list[Credit]]] = {}

    def sit(self, one: Sitting) -> datetime:
        lesson = self.lessons.get(one.lesson)
        if lesson is None:
            raise NotFound(one.lesson)
        if begin_at(one.started_at, self.last_end) != one.started_at:
            raise Refused(DOES_NOT_FIT)
        if lesson.id in self.unsettled:
            self.settle()
        progress = self._progress(lesson, one.started_at)
        room = room_of(lesson, progress)
        room = room if one.minutes is None else min(room, one.minutes * 60)
        policy = policy_of(self.rules, self.enrolment.demands.heartbeat_seconds, lesson, room)
        row = new_row(
            account_id=self.account_id, enrolment_id=self.enrolment.id, lesson_id=lesson.id,
            started_at=one.started_at, furthest=progress.furthest_seconds, position=progress.position_seconds,
            policy=policy.as_json(), check_at=policy.check_until_minutes * 60 or None, browser=one.browser,
            device=one.browser,
        )
        write_back(row, beats_to_the_end(Clocked(one.started_at, furthest=row.furthest_seconds,
                                                 check_at=row.check_at_seconds), policy))
        row.ended_at, row.ended_why, row.playing = row.last_beat_at, "completed", False
        self.session.add(row)
        self.last_end = row.ended_at
        self._put_down(row, progress, lesson, one)
        return row.ended_at

    def _progress(self, lesson: Lesson, begun_at: datetime) -> LessonProgress:
        if lesson.id not in self.progress:
            if lesson.module.course_id not in self.begun:
                begin_edition(self.session, self.enrolment.id, lesson, begun_at)
                self.begun.add(lesson.module.course_id)
            self.progress[lesson.id] = LessonProgress(
                enrolment_id=self.enrolment.id, lesson_id=lesson.id, seconds=0, ledger_minutes=0, position_seconds=0,
                furthest_seconds=0, begun_at=begun_at,
            )
            self.session.add(self.progress[lesson.id])
        return self.progress[lesson.id]

    def _put_down(self, row: StudySession, progress: LessonProgress, lesson: Lesson, one: Sitting) -> None:
        assert row.ended_at is not None
        credits = credits_of(row, progress, lesson)
        if one.in_doubt is None:
            self.unsettled[lesson.id] = (row, progress, lesson, credits)
            return
        why, words, evidence = one.in_doubt
        for put_aside in credits:
            raise_doubt(self.enrolment.id, put_aside, why=why, words=words, evidence=evidence, by=self.by,
                        now=row.ended_at)
        minutes = [put_aside.minutes for put_aside in credits]
        carry_over(progress, row, lesson, credits, minutes, now=row.ended_at)

    def settle(self) -> None:
        """Carry what was put down over to the ledger, in one go."""
        credits = [one for *_, found in self.unsettled.values() for one in found]
        last = max((one.ended_at for one in credits), default=None)
        counted = iter(credit_all(self.enrolment.id, credits, by=self.by, now=last, as_they_ended=True) if last else ())
        for row, progress, lesson, found in self.unsettled.values():
            minutes = [next(counted) for _ in found]
            carry_over(progress, row, lesson, found, minutes, now=row.ended_at or row.last_beat_at)
        self.unsettled.clear()


def beats_to_the_end(clocked: Clocked, policy: Policy) -> Clocked:
    """Heartbeat after heartbeat at their usual distance, presence checks answered, the video watched as it plays."""
    moment, position = clocked.last_beat_at, clocked.furthest * 1000
    while not clocked.is_complete(policy):
        step = min(policy.heartbeat_seconds, policy.room - clocked.credited - clocked.held)
        moment += timedelta(seconds=max(step, 1))
        asked = clocked.check_asked_at is not None
        beat = Beat(clocked.seq + 1, True, present=asked, media_from=position, media_to=position + step * 1000)
        clocked = count(clocked, beat, policy, moment, lambda: policy.check_until_minutes * 60)
        position += step * 1000
    return replace(clocked, playing=False)
