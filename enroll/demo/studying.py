"""How a learner of the data came to their minutes: evening after evening, lesson by lesson, practice by practice."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from enroll.courses.models.editions import Lesson
from enroll.courses.models.works import PracticeWork
from enroll.courses.queries.lessons import LessonKey
from enroll.courses.rules.practice import MEDIA_TYPES, deliverable_named
from enroll.courses.services.playing import Sitting, study_lessons
from enroll.courses.services.practice import BroughtFile, accept_work, hand_in_files, return_work
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
AT_ONCE = 12  # lessons
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
        """Evening after evening, each lesson at its time; what was watched is recorded for several evenings at once."""
        evening, used, timed = datetime.combine(first_day, time(19), SHANGHAI), 0, list[Sitting]()
        for course, lesson in self._plan():
            minutes = lesson["credit_minutes"]
            if used + minutes > MINUTES_AN_EVENING:
                evening, used = datetime.combine(evening.date() + timedelta(days=1), time(19), SHANGHAI), 0
            starts = evening + timedelta(minutes=used) + PAUSE * (used // 30)
            used += minutes
            if lesson["type"] in {"video", "reading"}:
                timed.append(Sitting(lesson["id"], starts, in_doubt=self._doubt(lesson["id"])))
            else:
                yield from self._work_acts(LessonKey(course, lesson["id"]), lesson, starts)
            if len(timed) == AT_ONCE:
                yield self._study(timed)
                timed = []
        if timed:
            yield self._study(timed)

    def _study(self, sittings: list[Sitting]) -> Planned:
        def do(now: datetime) -> None:
            study_lessons(self.joining.enrolment_id, sittings, by=self.joining.me(now))

        return sittings[-1].started_at + timedelta(minutes=31), "studies", do

    def _work_acts(self, key: LessonKey, lesson: dict[str, Any], starts: datetime) -> Iterator[Planned]:
        if lesson["type"] == "quiz":
            yield starts, "studies: a quiz", lambda now: self._sit_quiz(key, now)
            return
        code, told = key.lesson, self.told.get(key.lesson)
        handed_in = datetime.fromisoformat(told["handed_in_at"]) if told else starts + timedelta(minutes=60)
        yield handed_in, f"studies: hands in {code}", lambda now: self._hand_in(key, lesson, now)
        if told is None:
            morning = datetime.combine(starts.date() + timedelta(days=1), time(9, 30), SHANGHAI)
            yield morning, f"studies: {code} is accepted", lambda now: self._accept(code, now)
        elif told["state"] == "returned":
            back = datetime.fromisoformat(told["returned_at"])
            yield back, f"studies: gets {code} back", lambda now: self._give_back(code, now)

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

    def _sit_quiz(self, key: LessonKey, now: datetime) -> None:
        me = self.joining.me(now)
        token = start_quiz(key, by=me, now=now)
        submit_quiz(token, right_answers(token), by=me, now=now + timedelta(minutes=8))

    def _hand_in(self, key: LessonKey, lesson: dict[str, Any], now: datetime) -> None:
        me, files = self.joining.me(now), list[BroughtFile]()
        for text in lesson["deliverables"]:
            wanted = deliverable_named(text)
            kind = next(one for one in wanted.formats if one in KINDS)
            content = sample(kind, lesson["title"], now, by=self.username)
            stored = keep_file(content, name=f"{lesson['id']}.{kind}", media_type=MEDIA_TYPES[kind],
                               purpose="practice", owner_id=me.account_id, now=now)
            files.append(BroughtFile(wanted.name, stored, content[:64]))
        hand_in_files(key, files, "", by=me, now=now)

    def _accept(self, lesson: str, now: datetime) -> None:
        work = self._work(lesson)
        points = {place: item["points"] - 2 for place, item in enumerate(work.lesson.rubric)}
        accept_work(work.reference, points, "完成度好，来源清楚。", by=self.staff("jiaowu", now), now=now)

    def _give_back(self, lesson: str, now: datetime) -> None:
        told = self.told[lesson]
        return_work(self._work(lesson).reference, {}, told["words"], by=self.staff(told["by"], now), now=now)

    def _work(self, lesson: str) -> PracticeWork:
        wanted = select(PracticeWork).join(Lesson, Lesson.id == PracticeWork.lesson_id)
        return db.session.scalars(wanted.where(PracticeWork.enrolment_id == self.joining.enrolment_id,
                                               Lesson.code == lesson)).one()


def right_answers(token: str) -> dict[str, list[str]]:
    """The answers of somebody who has learned, by the number of each question."""
    session = db.session()
    attempt = session.scalars(select(QuizAttempt).where(QuizAttempt.token == token)).one()
    numbers = [item["question"] for item in attempt.paper]
    known = {one.id: one.answer for one in session.scalars(select(BankQuestion).where(BankQuestion.id.in_(numbers)))}
    return {str(number): list(known[number]) for number in numbers}
