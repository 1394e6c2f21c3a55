"""Mock exams: which are offered, the person's attempts, and the report by module."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.questions.models import BankQuestion, Quiz, QuizAttempt, Topic
from enroll.questions.queries.papers import editions_on, paper_of
from enroll.questions.rules.papers import GRACE, Section, earned
from enroll.questions.rules.questions import is_right

PURPOSE = "mock:"


@dataclass(frozen=True)
class Row:
    """One row of a blueprint, with the name of its module where it has one."""

    section: Section
    topic: Topic | None

    @property
    def points(self) -> int:
        return self.section.count * self.section.points


@dataclass(frozen=True)
class Blueprint:
    """A mock exam as it is announced: what it holds, how long, how it is marked."""

    quiz: Quiz
    rows: tuple[Row, ...]

    @property
    def questions(self) -> int:
        return sum(row.section.count for row in self.rows)

    @property
    def points(self) -> int:
        return sum(row.points for row in self.rows)


@dataclass(frozen=True)
class ModuleScore:
    """How one module came out in an attempt."""

    topic: Topic | None
    code: str
    questions: int
    right: int
    points: int
    full: int

    @property
    def percent(self) -> int:
        return self.points * 100 // self.full if self.full else 0


def mock_exams(session: Session, programme: str, today: date) -> list[Blueprint]:
    """The mock exams of a programme that are offered today, shortest first."""
    wanted = select(Quiz).where(Quiz.mock_for == programme, Quiz.holds_from <= today,
                                Quiz.holds_until.is_(None) | (Quiz.holds_until > today))
    return [blueprint_of(session, one) for one in session.scalars(wanted.order_by(Quiz.minutes, Quiz.id))]


def every_mock_exam(session: Session) -> list[Blueprint]:
    """All there are, with those no longer offered; newest first."""
    wanted = select(Quiz).where(Quiz.mock_for != "").order_by(Quiz.id.desc())
    return [blueprint_of(session, one) for one in session.scalars(wanted)]


def mock_exam(session: Session, code: str) -> Quiz | None:
    return session.scalar(select(Quiz).where(Quiz.code == code, Quiz.mock_for != ""))


def blueprint_of(session: Session, quiz: Quiz) -> Blueprint:
    sections = [Section(**one) for one in quiz.blueprint]
    names = _names(session, {one.topic for one in sections if one.topic})
    return Blueprint(quiz, tuple(Row(one, names.get(one.topic)) for one in sections))


def my_mock(session: Session, account_id: int | None, token: str) -> QuizAttempt | None:
    """The person's own attempt at a mock exam; anything else is not there."""
    return session.scalar(select(QuizAttempt).where(
        QuizAttempt.token == token, QuizAttempt.account_id == account_id, QuizAttempt.purpose.startswith(PURPOSE)))


def my_mocks(session: Session, account_id: int, *, at_most: int = 30) -> Sequence[QuizAttempt]:
    """The person's attempts, newest first."""
    wanted = select(QuizAttempt).where(QuizAttempt.account_id == account_id, QuizAttempt.purpose.startswith(PURPOSE))
    return session.scalars(wanted.order_by(QuizAttempt.id.desc()).limit(at_most)).all()


def overdue_mocks(session: Session, now: datetime) -> list[tuple[str, int]]:
    """(token, account) of attempts whose time, with the grace for the way here, is over and that nobody handed in."""
    wanted = select(QuizAttempt.token, QuizAttempt.account_id).where(
        QuizAttempt.submitted_at.is_(None), QuizAttempt.due_at <= now - GRACE, QuizAttempt.purpose.startswith(PURPOSE))
    return [(token, account) for token, account in session.execute(wanted.order_by(QuizAttempt.id).limit(500))]


def scores_by_module(session: Session, attempt: QuizAttempt) -> list[ModuleScore]:
    """The points of a handed-in attempt by module, the weakest first."""
    paper = paper_of(attempt)
    said = editions_on(session, paper)
    numbers = [item.question for item in paper]
    bank = session.execute(select(BankQuestion.id, BankQuestion.topic).where(BankQuestion.id.in_(numbers)))
    topics: dict[int, str] = dict(bank.all())
    names = _names(session, set(topics.values()))
    sums: dict[str, list[int]] = {}
    for item in paper:
        edition, chosen = said[item.question, item.edition], attempt.answers.get(str(item.question), ())
        mine = sums.setdefault(topics[item.question], [0, 0, 0, 0])
        mine[0] += 1
        mine[1] += bool(chosen) and bool(is_right(edition.kind, edition.answer, chosen))
        mine[2] += earned(edition.kind, item, edition.answer, chosen)
        mine[3] += item.points
    found = [ModuleScore(names.get(code), code, *numbers) for code, numbers in sums.items()]
    return sorted(found, key=lambda one: (one.percent, one.code))


def _names(session: Session, codes: set[str]) -> dict[str, Topic]:
    return {one.code: one for one in session.scalars(select(Topic).where(Topic.code.in_(codes)))}
