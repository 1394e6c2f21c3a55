"""What practice knows of one person: their modules, rounds, wrong-answer book, favourites, days and numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from enroll.enrolments.lifecycle import EnrolmentState
from enroll.enrolments.models import Enrolment
from enroll.hours.queries.standing import my_enrolment
from enroll.questions.models import (
    BankQuestion,
    PracticeDay,
    PracticeGoal,
    PracticeRound,
    QuestionCard,
    Topic,
)
from enroll.questions.queries.papers import PUBLISHED, editions_of, shown_options
from enroll.questions.rules.practice import USUAL_GOAL, Known, days_in_a_row
from enroll.storage.paging import Page, page_by_id

GENERAL = "general"
DAYS_LOOKED_BACK = 400
PRACTISES = {EnrolmentState.ACTIVE, EnrolmentState.COMPLETED}


@dataclass(frozen=True)
class ModuleNumbers:
    """One module as its practice stands: how many questions there are, how many were met, and how it went."""

    topic: Topic
    questions: int
    met: int
    answered: int
    right: int

    @property
    def percent(self) -> int | None:
        return self.right * 100 // self.answered if self.answered else None


@dataclass(frozen=True)
class Today:
    """The day in Beijing, against the goal."""

    answered: int
    right: int
    goal: int
    days_in_a_row: int

    @property
    def left(self) -> int:
        return max(self.goal - self.answered, 0)


@dataclass(frozen=True)
class ShownPlace:
    """One question of a round. Before it is answered there is no right answer here, so no page can give it away."""

    number: int
    total: int
    question_id: int
    code: str
    topic: str
    kind: str
    stem: str
    options: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...]
    favourite: bool
    answered: bool
    right: tuple[str, ...] | None = None
    explanation: str = ""
    source: str = ""
    recall: str = ""


def practising(session: Session, account_id: int | None) -> Enrolment | None:
    """The enrolment that opens practice to somebody: study has begun, or is complete."""
    enrolment = None if account_id is None else my_enrolment(session, account_id)
    return enrolment if enrolment is not None and enrolment.state in PRACTISES else None


def topics_for(session: Session, enrolment: Enrolment) -> Sequence[Topic]:
    """The modules somebody practises: the general ones, then those of their own direction."""
    own = (Topic.section == GENERAL) | (Topic.area == enrolment.direction_code)
    wanted = select(Topic).where(Topic.programme == enrolment.programme.code, own)
    return session.scalars(wanted.order_by(Topic.section.desc(), Topic.code)).all()


def known_of(session: Session, account_id: int | None, now: datetime) -> dict[int, Known]:
    """What the person's answers say, by question."""
    rows = session.execute(select(
        QuestionCard.question_id, QuestionCard.times_asked, QuestionCard.times_right, QuestionCard.in_book,
        QuestionCard.favourite, QuestionCard.due_at,
    ).where(QuestionCard.account_id == account_id))
    return {number: Known(asked, right, in_book, favourite, due_at is not None and due_at <= now)
            for number, asked, right, in_book, favourite, due_at in rows}


def card_of(session: Session, account_id: int | None, question_id: int) -> QuestionCard | None:
    return session.scalar(select(QuestionCard).where(
        QuestionCard.account_id == account_id, QuestionCard.question_id == question_id))


def cards_in_book(
    session: Session, account_id: int, *, topic: str = "", favourites: bool = False, after: int | None = None
) -> Page[QuestionCard]:
    """The wrong-answer book, or the favourites, a page of them; newest first."""
    kept = QuestionCard.favourite if favourites else QuestionCard.in_book
    wanted = select(QuestionCard).join(QuestionCard.question).options(joinedload(QuestionCard.question)).where(
        QuestionCard.account_id == account_id, kept.is_(True))
    if topic:
        wanted = wanted.where(BankQuestion.topic == topic)
    return page_by_id(session, wanted, QuestionCard.id, after=after)


def kept_by_topic(session: Session, account_id: int, *, favourites: bool) -> dict[str, int]:
    """How many questions of each module are in the wrong-answer book, or among the favourites."""
    kept = QuestionCard.favourite if favourites else QuestionCard.in_book
    wanted = select(BankQuestion.topic, func.count(QuestionCard.id)).join(QuestionCard.question).where(
        QuestionCard.account_id == account_id, kept.is_(True)).group_by(BankQuestion.topic)
    return dict(session.execute(wanted).all())


def own_question(session: Session, account_id: int, code: str) -> BankQuestion | None:
    """A question the person has met; any other is not there for them."""
    return session.scalar(select(BankQuestion).join(QuestionCard, QuestionCard.question_id == BankQuestion.id).where(
        QuestionCard.account_id == account_id, BankQuestion.code == code))


def numbers_in_book(session: Session, account_id: int, now: datetime) -> tuple[int, int, int]:
    """(in the wrong-answer book, of these due, favourites)."""
    mine = QuestionCard.account_id == account_id
    published = select(func.count(QuestionCard.id)).join(QuestionCard.question).where(
        mine, BankQuestion.state == PUBLISHED)
    book = session.scalar(published.where(QuestionCard.in_book.is_(True))) or 0
    due = session.scalar(published.where(QuestionCard.in_book.is_(True), QuestionCard.due_at <= now)) or 0
    return book, due, session.scalar(published.where(QuestionCard.favourite.is_(True))) or 0


def module_numbers(session: Session, account_id: int, topics: Sequence[Topic]) -> list[ModuleNumbers]:
    """Every module with its numbers, in the order given."""
    codes = [one.code for one in topics]
    there = select(BankQuestion.topic, func.count(BankQuestion.id)).where(
        BankQuestion.state == PUBLISHED, BankQuestion.topic.in_(codes)).group_by(BankQuestion.topic)
    met = select(
        BankQuestion.topic, func.count(QuestionCard.id), func.sum(QuestionCard.times_asked),
        func.sum(QuestionCard.times_right),
    ).join(QuestionCard.question).where(
        QuestionCard.account_id == account_id, QuestionCard.times_asked > 0, BankQuestion.topic.in_(codes),
    ).group_by(BankQuestion.topic)
    counts: dict[str, int] = dict(session.execute(there).all())
    mine = {code: (int(seen), int(asked), int(right)) for code, seen, asked, right in session.execute(met)}
    return [ModuleNumbers(one, counts.get(one.code, 0), *mine.get(one.code, (0, 0, 0))) for one in topics]


def goal_of(session: Session, account_id: int | None) -> int:
    return session.scalar(select(PracticeGoal.goal).where(PracticeGoal.account_id == account_id)) or USUAL_GOAL


def day_of(session: Session, account_id: int | None, day: date) -> PracticeDay | None:
    return session.scalar(select(PracticeDay).where(PracticeDay.account_id == account_id, PracticeDay.day == day))


def days_of(session: Session, account_id: int, *, at_most: int = DAYS_LOOKED_BACK) -> Sequence[PracticeDay]:
    """The days of practice, newest first."""
    wanted = select(PracticeDay).where(PracticeDay.account_id == account_id)
    return session.scalars(wanted.order_by(PracticeDay.day.desc()).limit(at_most)).all()


def today_of(session: Session, account_id: int, day: date) -> Today:
    days = days_of(session, account_id)
    reached = [one.day for one in days if one.answered >= one.goal]
    now = next((one for one in days if one.day == day), None)
    return Today(now.answered if now else 0, now.answered_right if now else 0, goal_of(session, account_id),
                 days_in_a_row(reached, day))


def round_of(session: Session, account_id: int | None, token: str) -> PracticeRound | None:
    """The person's own round; another's is the same as none."""
    return session.scalar(select(PracticeRound).where(
        PracticeRound.token == token, PracticeRound.account_id == account_id))


def open_round(session: Session, account_id: int) -> PracticeRound | None:
    """The newest round that was left before its end."""
    wanted = select(PracticeRound).where(PracticeRound.account_id == account_id)
    newest = session.scalar(wanted.order_by(PracticeRound.id.desc()).limit(1))
    return newest if newest is not None and newest.finished_at is None else None


def shown_round(session: Session, found: PracticeRound) -> tuple[ShownPlace, ...]:
    """Every question of the round as far as it may be shown now."""
    numbers = [item["question"] for item in found.paper]
    said = editions_of(session, [(item["question"], item["edition"]) for item in found.paper])
    bank = {one.id: one for one in session.scalars(select(BankQuestion).where(BankQuestion.id.in_(numbers)))}
    liked = set(session.scalars(select(QuestionCard.question_id).where(
        QuestionCard.account_id == found.account_id, QuestionCard.favourite.is_(True),
        QuestionCard.question_id.in_(numbers))))
    shown = []
    for number, item in enumerate(found.paper, start=1):
        question, edition = bank[item["question"]], said[item["question"], item["edition"]]
        answer = found.answers.get(str(number))
        asked = ShownPlace(
            number=number, total=len(found.paper), question_id=question.id, code=question.code, topic=question.topic,
            kind=edition.kind, stem=edition.stem, options=shown_options(edition, item["options"]), chosen=(),
            favourite=question.id in liked, answered=False,
        )
        shown.append(asked if answer is None else replace(
            asked, chosen=tuple(answer["chosen"]), answered=True, right=tuple(edition.answer),
            explanation=edition.explanation, source=edition.source, recall=answer["recall"],
        ))
    return tuple(shown)
