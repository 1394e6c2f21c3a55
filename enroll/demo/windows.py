"""What staff did for whole windows: seats, tickets, the day, marks, publication, reviews, certificates, batches."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from enroll.admission.models import Ticket
from enroll.admission.services.attendance import check_in, mark_absent, mark_started
from enroll.admission.services.seating import allocate_seats
from enroll.admission.services.tickets import release_confirmations, release_tickets
from enroll.demo.people import data
from enroll.demo.stories import LearnerStory, at
from enroll.foundation.actor import Actor
from enroll.results.models import Result
from enroll.results.rules.rows import TypedMark
from enroll.results.rules.verdicts import Entered
from enroll.results.services.checking import check_marks, decide_difference
from enroll.results.services.entering import enter_marks
from enroll.results.services.opening import open_results
from enroll.results.services.publishing import lock_sitting, publish_results
from enroll.results.services.reviews import answer_score_review, ask_score_review
from enroll.sittings.models import Booking
from enroll.storage.database import db

Do = Callable[[datetime], None]
Planned = tuple[datetime, str, Do]
ActorAt = Callable[[str, datetime], Actor]
PARTS = ("theory", "practical")
SEPTEMBER, NOVEMBER = "202609", "202611"


def window_events(staff: ActorAt, stories: Sequence[LearnerStory]) -> Iterator[Planned]:
    for window in (SEPTEMBER, NOVEMBER):
        mine = [one for one in stories if one.stage["window"] == window and one.stage["application"] == "approved"]
        yield from ExamDays(window, staff, mine).acts()
    september = [one for one in stories if one.stage["window"] == SEPTEMBER]
    november = [one for one in stories if one.stage["window"] == NOVEMBER]
    yield from Marks(SEPTEMBER, staff, september).whole_way()
    yield from Marks(NOVEMBER, staff, november).as_far_as_today()
    yield from _score_reviews(staff, september)


class ExamDays:
    """Seats, tickets, the door, the lists."""

    def __init__(self, window: str, staff: ActorAt, stories: Sequence[LearnerStory]):
        self.window, self.staff, self.stories = window, staff, stories
        self.dates = next(one for one in data()["exam_windows"] if one["code"] == window)
        self.sittings: list[dict[str, Any]] = [one for one in data()["sittings"] if one["window"] == window]

    def acts(self) -> Iterator[Planned]:
        seating = datetime.fromisoformat(self.dates["seating_by"]) - timedelta(hours=3)
        tickets = datetime.fromisoformat(self.dates["ticket_from"]) + timedelta(minutes=5)
        yield seating, f"{self.window}: seats", self._seats
        yield tickets, f"{self.window}: tickets", self._tickets
        for sitting in self.sittings:
            starts, ends = datetime.fromisoformat(sitting["starts_at"]), datetime.fromisoformat(sitting["ends_at"])
            if sitting["mode"] == "onsite":
                yield starts - timedelta(minutes=25), f"{sitting['code']}: door", self._door(sitting)
                yield ends + timedelta(hours=1), f"{sitting['code']}: absent", self._absent(sitting)
            else:
                yield starts + timedelta(hours=20), f"{sitting['code']}: started", self._started(sitting)

    def _seats(self, now: datetime) -> None:
        for sitting in self.sittings:
            if sitting["mode"] == "onsite":
                allocate_seats(sitting["code"], by=self.staff("kaowu", now), now=now)

    def _tickets(self, now: datetime) -> None:
        release_tickets(self.window, by=self.staff("kaowu", now), now=now)
        release_confirmations(self.window, by=self.staff("kaowu", now), now=now)

    def _door(self, sitting: dict[str, Any]) -> Do:
        def do(now: datetime) -> None:
            for story in self._expected(sitting, "present"):
                shown = ticket_of(story.joining.learner_id, self.window)
                check_in(
                    shown, sitting_code=sitting["code"], identity_confirmed=True, by=self.staff("kaowu", now), now=now
                )

        return do

    def _absent(self, sitting: dict[str, Any]) -> Do:
        def do(now: datetime) -> None:
            missing = [booking_of(story, sitting["part"]) for story in self._expected(sitting, "absent")]
            mark_absent(missing, by=self.staff("kaowu", now), now=now)

        return do

    def _started(self, sitting: dict[str, Any]) -> Do:
        def do(now: datetime) -> None:
            there = [booking_of(story, sitting["part"]) for story in self._expected(sitting, "present")]
            mark_started(there, by=self.staff("kaowu", now), now=now)

        return do

    def _expected(self, sitting: dict[str, Any], state: str) -> list[LearnerStory]:
        part = sitting["part"]
        return [one for one in self.stories
                if one.stage[f"sitting_{part}"] == sitting["code"] and one.stage["bookings"][part] == state]


class Marks:
    """Two people, and a third where they differ."""

    def __init__(self, window: str, staff: ActorAt, stories: Sequence[LearnerStory]):
        self.window, self.staff = window, staff
        self.stories = [one for one in stories if one.stage["application"] == "approved"]
        self.codes = sorted({one.stage[f"sitting_{part}"] for one in self.stories for part in PARTS})
        self.dates = next(one for one in data()["exam_windows"] if one["code"] == window)

    def whole_way(self) -> Iterator[Planned]:
        first = date.fromisoformat(self.dates["ends_on"]) + timedelta(days=13)
        yield at(first, 9), f"{self.window}: results opened", self._open
        yield at(first, 14), f"{self.window}: first entries", self._enter
        yield at(first + timedelta(days=3), 10), f"{self.window}: second entries", self._check
        yield at(first + timedelta(days=4), 10), f"{self.window}: differences decided", self._decide
        yield at(first + timedelta(days=6), 16), f"{self.window}: locked", self._lock
        yield datetime.fromisoformat(self.dates["scores_publish_at"]), f"{self.window}: published", self._publish

    def as_far_as_today(self) -> Iterator[Planned]:
        """The Beijing sittings were marked in the night: entered once, one learner keyed twice with a difference."""
        self.codes = [code for code in self.codes if "-BJ01-" in code]
        today = date(2026, 11, 22)
        yield at(today - timedelta(days=1), 19), f"{self.window}: results opened", self._open
        yield at(today, 8, 30), f"{self.window}: first entries", self._enter
        yield at(today, 9, 15), f"{self.window}: second entries", self._check

    def _open(self, now: datetime) -> None:
        for code in self.codes:
            open_results(code, by=self.staff("luru", now), now=now)

    def _enter(self, now: datetime) -> None:
        for code in self.codes:
            enter_marks(code, self._typed(code, "first"), by=self.staff("luru", now), now=now)

    def _check(self, now: datetime) -> None:
        for code in self.codes:
            check_marks(code, self._typed(code, "second"), by=self.staff("fuhe", now), now=now)

    def _decide(self, now: datetime) -> None:
        for story, part, mark in self._marked("decided"):
            decide_difference(result_of(story, part), Entered(mark * 10), reason="核对原卷，第 3 题漏加 2 分",
                              by=self.staff("caijue", now), now=now)

    def _lock(self, now: datetime) -> None:
        for code in self.codes:
            lock_sitting(code, by=self.staff("zhuguan", now), now=now)

    def _publish(self, now: datetime) -> None:
        publish_results(self.window, by=self.staff("zhuguan", now), now=now)

    def _typed(self, code: str, which: str) -> list[TypedMark]:
        return [TypedMark(result_of(story, part), Entered(mark * 10))
                for story, part, mark in self._marked(which) if story.stage[f"sitting_{part}"] == code]

    def _marked(self, which: str) -> Iterator[tuple[LearnerStory, str, int]]:
        for story in self.stories:
            for part in PARTS:
                given = story.stage["marks"][part]
                if given and given[which] is not None:
                    yield story, part, given[which]


def _score_reviews(staff: ActorAt, stories: Sequence[LearnerStory]) -> Iterator[Planned]:
    for story in stories:
        told = story.stage.get("score_review")
        if not told:
            continue
        references: list[str] = []
        yield (
            datetime.fromisoformat(told["asked_at"]),
            f"{story.username} asks a review",
            _asks(story, told, references),
        )
        if told["state"] == "answered":
            yield (datetime.fromisoformat(told["answered_at"]), f"{story.username}: review answered",
                   _answers(staff, told, references))


def _asks(story: LearnerStory, told: dict[str, Any], references: list[str]) -> Do:
    def do(now: datetime) -> None:
        references.append(ask_score_review(story.joining.learner_id, result_of(story, told["part"]),
                                           "请核对加分是否有误", by=story.me(now), now=now))

    return do


def _answers(staff: ActorAt, told: dict[str, Any], references: list[str]) -> Do:
    def do(now: datetime) -> None:
        answer_score_review(references[0], told["outcome"], "经两人复核，各题得分与合分无误，维持原成绩。",
                            by=staff(told["by"], now), now=now)

    return do


def booking_of(story: LearnerStory, part: str) -> str:
    wanted = select(Booking.reference).where(Booking.subject == story.application, Booking.part == part)
    found = db.session.scalars(wanted.order_by(Booking.id.desc())).first()
    return str(found)


def result_of(story: LearnerStory, part: str) -> str:
    wanted = select(Result.reference).join(Booking, Booking.id == Result.booking_id).where(
        Booking.subject == story.application, Booking.part == part, Result.state != "superseded")
    found = db.session.scalars(wanted).one()
    return found


def ticket_of(learner_id: int, window: str) -> str:
    """What the learner shows at the door: the code of the ticket in force."""
    wanted = select(Ticket).where(
        Ticket.learner_id == learner_id, Ticket.replaced_at.is_(None), Ticket.kind == "ticket"
    )
    found = next(one for one in db.session.scalars(wanted) if one.facts.get("window", window) == window)
    token = found.token
    return token
