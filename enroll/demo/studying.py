"""How a learner of the data came to their minutes: evening after evening, lesson by lesson, practice by practice."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from enroll.courses.models import PracticeWork
from enroll.courses.queries.lessons import LessonKey
from enroll.courses.rules.practice import MEDIA_TYPES, deliverable_named
from enroll.courses.services.playing import Sitting, study_lessons
from enroll.courses.services.practice import accept_work, add_file, hand_in, return_work
from enroll.courses.services.quizzes import start_quiz, submit_quiz
from enroll.demo.joining import Joining
from enroll.demo.people import data
from enroll.demo.samples import KINDS, sample
from enroll.foundation.actor import Actor
from enroll.foundation.clock import SHANGHAI
from enroll.questions.models import BankQuestion, QuizAttempt
from enroll.storage.database import db
from enroll.storage.files import keep_file

Do = Callable[[datetime], None]
Planned = tuple[datetime, str, Do]
MINUTES_AN_EVENING = 150
PAUSE = timedelta(minutes=5)
DOUBT = {"hours_in_doubt": "two_devices"}


class Studying:
    """One learner's lessons in plan order: the general courses, then their own direction, up to `through`."""

    def __init__(self, one: dict[str, Any], staff: Callable[[str, datetime], Actor], joining: Joining):
        self.stage, self.direction = one["stage"], one["direction"]
        self.staff, self.joining, self.username = staff, joining, one["username"]
        self.pending = {waiting["lesson"]: waiting for waiting in self.stage.get("pending", [])}
        self.told = {task["lesson"]: task for task in self.stage.get("practical_tasks", [])}

    def acts(self, first_day: date) -> Iterator[Planned]:
        evening = datetime.combine(first_day, time(19), SHANGHAI)
        used = 0
        timed: list[Sitting] = []
        for course, lesson in self._plan():
            minutes = lesson["credit_minutes"]
            if used + minutes > MINUTES_AN_EVENING:
                evening, used = datetime.combine(evening.date() + timedelta(days=1), time(19), SHANGHAI), 0
            starts = evening + timedelta(minutes=used) + PAUSE * (used // 30)
            used += minutes
            if lesson["type"] in {"video", "reading"}:
                timed = [Sitting(lesson["id"], starts, in_doubt=self._doubt(lesson["id"]))]
                yield starts + timedelta(minutes=minutes, seconds=20), lesson["id"], self._studies(timed)
            elif lesson["type"] == "quiz":
                yield starts, lesson["id"], self._sits_quiz(LessonKey(course, lesson["id"]))
            else:
                yield from self._practises(LessonKey(course, lesson["id"]), lesson, starts)

    def _plan(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The lessons of the stage; a pending or returned one stands in the plan though it gives nothing yet."""
        through, left_out = self.stage["lessons"]["through"], set(self.stage["lessons"].get("except", []))
        extra = [*self.pending, *self.told]
        for course in data()["courses"]:
            if course["section"] == "direction" and course["code"] != self.direction:
                continue
            for module in course["modules"]:
                for lesson in module["lessons"]:
                    asked = not {lesson["id"], module["code"], course["code"]} & left_out
                    if asked or lesson["id"] in extra:
                        yield course["code"], lesson
                    if lesson["id"] == through:
                        return

    def _doubt(self, lesson: str) -> tuple[str, str, dict[str, object]] | None:
        waiting = self.pending.get(lesson)
        if waiting is None or waiting["why"] not in DOUBT:
            return None
        evidence: dict[str, object] = {"devices": ["Android 14 / WeChat", "Windows 11 / Edge"], "overlap_minutes": 30}
        return DOUBT[waiting["why"]], waiting["words"], evidence

    def _studies(self, sittings: list[Sitting]) -> Do:
        def do(now: datetime) -> None:
            study_lessons(self.joining.enrolment_id, sittings, by=self.joining.me(now))

        return do

    def _sits_quiz(self, key: LessonKey) -> Do:
        def do(now: datetime) -> None:
            me = self.joining.me(now)
            token = start_quiz(key, by=me, now=now)
            submit_quiz(token, right_answers(token), by=me, now=now + timedelta(minutes=8))

        return do

    def _practises(self, key: LessonKey, lesson: dict[str, Any], starts: datetime) -> Iterator[Planned]:
        told = self.told.get(lesson["id"])
        handed_in = datetime.fromisoformat(told["handed_in_at"]) if told else starts + timedelta(minutes=60)
        yield handed_in, f"hands in {lesson['id']}", self._hands_in(key, lesson)
        if told and told["state"] == "handed_in":
            return
        if told and told["state"] == "returned":
            back = datetime.fromisoformat(told["returned_at"])
            yield back, f"gets {lesson['id']} back", self._returned(lesson["id"], told)
            return
        morning = datetime.combine(starts.date() + timedelta(days=1), time(9, 30), SHANGHAI)
        yield morning, f"{lesson['id']} is accepted", self._accepted(lesson["id"])

    def _hands_in(self, key: LessonKey, lesson: dict[str, Any]) -> Do:
        def do(now: datetime) -> None:
            me = self.joining.me(now)
            for text in lesson["deliverables"]:
                wanted = deliverable_named(text)
                kind = next(one for one in wanted.formats if one in KINDS)
                content = sample(kind, lesson["title"], now)
                stored = keep_file(content, name=f"{lesson['id']}.{kind}", media_type=MEDIA_TYPES[kind],
                                   purpose="practice", owner_id=me.account_id, now=now)
                add_file(key, wanted.name, stored, content[:64], by=me, now=now)
            hand_in(key, "", by=me, now=now)

        return do

    def _accepted(self, lesson: str) -> Do:
        def do(now: datetime) -> None:
            work = self._work(lesson)
            points = {place: item["points"] - 2 for place, item in enumerate(work.lesson.rubric)}
            reference = work.reference
            db.session.rollback()
            accept_work(reference, points, "完成度好，来源清楚。", by=self.staff("jiaowu", now), now=now)

        return do

    def _returned(self, lesson: str, told: dict[str, Any]) -> Do:
        def do(now: datetime) -> None:
            reference = self._work(lesson).reference
            db.session.rollback()
            return_work(reference, {}, told["words"], by=self.staff(told["by"], now), now=now)

        return do

    def _work(self, lesson: str) -> PracticeWork:
        wanted = select(PracticeWork).where(PracticeWork.enrolment_id == self.joining.enrolment_id)
        return next(work for work in db.session.scalars(wanted) if work.lesson.code == lesson)


def right_answers(token: str) -> dict[str, list[str]]:
    """The answers of somebody who has learned, by the number of each question."""
    session = db.session()
    attempt = session.scalars(select(QuizAttempt).where(QuizAttempt.token == token)).one()
    numbers = [item["question"] for item in attempt.paper]
    known = {one.id: one.answer for one in session.scalars(select(BankQuestion).where(BankQuestion.id.in_(numbers)))}
    session.rollback()
    return {str(number): list(known[number]) for number in numbers}
