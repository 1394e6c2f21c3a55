"""Reading the bank for the people who keep it: the list, one question with its editions, what is there already."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from enroll.questions.lifecycle import QuestionState
from enroll.questions.models import BankQuestion, QuestionCard, QuestionEdition, QuestionMove, Topic
from enroll.questions.rules.questions import Alike, NewQuestion, digest_of, pieces_of
from enroll.storage.paging import Page, page_by_id

MOST_EXPORTED = 20_000


@dataclass(frozen=True)
class BankFilter:
    """What the list shows; '' and 0 are everything. Retired questions show only when asked for by state."""

    text: str = ""
    topic: str = ""
    kind: str = ""
    difficulty: int = 0
    state: str = ""


@dataclass(frozen=True)
class Use:
    """How often learners were asked a question in practice and mock exams, and how often they were right."""

    asked: int
    right: int

    @property
    def percent(self) -> int | None:
        return self.right * 100 // self.asked if self.asked else None


def topics(session: Session) -> Sequence[Topic]:
    """Every module, in the order of its programme."""
    return session.scalars(select(Topic).order_by(Topic.programme, Topic.section.desc(), Topic.code)).all()


def topic_by_code(session: Session, code: str) -> Topic | None:
    return session.scalar(select(Topic).where(Topic.code == code))


def question_by_code(session: Session, code: str) -> BankQuestion | None:
    return session.scalar(select(BankQuestion).where(BankQuestion.code == code))


def questions_found(session: Session, chosen: BankFilter, *, after: int | None) -> Page[BankQuestion]:
    return page_by_id(session, found_by(chosen), BankQuestion.id, after=after)


def questions_to_export(session: Session, chosen: BankFilter) -> list[NewQuestion]:
    """The list as it is filtered, oldest first, as the formats take it."""
    wanted = found_by(chosen).order_by(BankQuestion.id).limit(MOST_EXPORTED)
    return [as_new(one) for one in session.scalars(wanted)]


def found_by(chosen: BankFilter) -> Select[BankQuestion]:
    wanted = select(BankQuestion)
    exact = ((BankQuestion.topic, chosen.topic), (BankQuestion.kind, chosen.kind), (BankQuestion.state, chosen.state))
    for column, value in exact:
        if value:
            wanted = wanted.where(column == value)
    if chosen.difficulty:
        wanted = wanted.where(BankQuestion.difficulty == chosen.difficulty)
    if not chosen.state:
        wanted = wanted.where(BankQuestion.state != QuestionState.RETIRED)
    if chosen.text:
        wanted = wanted.where(_says(chosen.text) | BankQuestion.code.icontains(chosen.text, autoescape=True))
    return wanted


def _says(text: str) -> Any:
    return select(QuestionEdition.id).where(
        QuestionEdition.question_id == BankQuestion.id, QuestionEdition.number == BankQuestion.edition,
        QuestionEdition.stem.icontains(text, autoescape=True) | QuestionEdition.explanation.icontains(
            text, autoescape=True),
    ).exists()


def counts_by_state(session: Session) -> dict[str, int]:
    rows = session.execute(select(BankQuestion.state, func.count(BankQuestion.id)).group_by(BankQuestion.state))
    return dict(rows.all())


def as_new(one: BankQuestion) -> NewQuestion:
    """A question of the bank as it would be added."""
    said = one.current
    return NewQuestion(one.code, said.kind, one.topic, one.section, said.stem, tuple(said.answer), dict(said.options),
                       said.explanation, one.difficulty, said.source)


def editions(session: Session, question_id: int) -> Sequence[QuestionEdition]:
    """Every wording, newest first."""
    wanted = select(QuestionEdition).where(QuestionEdition.question_id == question_id)
    return session.scalars(wanted.order_by(QuestionEdition.number.desc())).all()


def moves_of(session: Session, question_id: int) -> Sequence[QuestionMove]:
    wanted = select(QuestionMove).where(QuestionMove.record_id == question_id)
    return session.scalars(wanted.order_by(QuestionMove.id.desc())).all()


def use_of(session: Session, question_id: int) -> Use:
    asked, right = session.execute(
        select(func.sum(QuestionCard.times_asked), func.sum(QuestionCard.times_right))
        .where(QuestionCard.question_id == question_id)
    ).one()
    return Use(int(asked or 0), int(right or 0))


# The same question twice.

def codes_taken(session: Session, codes: Iterable[str]) -> set[str]:
    return set(session.scalars(select(BankQuestion.code).where(BankQuestion.code.in_(list(codes)))))


def codes_by_digest(session: Session, new: Iterable[NewQuestion]) -> dict[str, str]:
    """The code of the question that already asks the same, by digest; retired ones do not count."""
    wanted = {digest_of(one) for one in new}
    rows = session.execute(select(BankQuestion.digest, BankQuestion.code).where(
        BankQuestion.digest.in_(wanted), BankQuestion.state != QuestionState.RETIRED))
    return dict(rows.all())


def alike_in_bank(session: Session) -> Alike:
    """What finds, in the whole bank, the question most like another."""
    finder = Alike()
    current = (QuestionEdition.question_id == BankQuestion.id) & (QuestionEdition.number == BankQuestion.edition)
    rows = session.execute(select(BankQuestion.code, QuestionEdition.stem, QuestionEdition.options)
                           .join(QuestionEdition, current).where(BankQuestion.state != QuestionState.RETIRED))
    for code, stem, options in rows:
        finder.add(code, pieces_of(NewQuestion(code, "", "", "", stem, (), options)))
    return finder
