"""Reading the bank, and attempts: always through the account that made them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enroll.foundation.clock import at_beijing, local_day
from enroll.foundation.words import N_
from enroll.questions.models import BankQuestion, Quiz, QuizAttempt
from enroll.questions.rules import FALSE, TRUE, Kind, PaperItem, PooledQuestion, StartFacts, points_for

JUDGE_OPTIONS = {TRUE: N_("True"), FALSE: N_("False")}


@dataclass(frozen=True)
class ShownQuestion:
    """One question as the page shows it. `right`, `explanation` and `earned` are empty until the attempt is handed in:
    what a page is not given it cannot give away."""

    id: int
    number: int
    kind: str
    stem: str
    options: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...]
    points: int
    right: tuple[str, ...] | None = None
    explanation: str = ""
    earned: int | None = None


def quiz_by_code(session: Session, code: str) -> Quiz | None:
    return session.scalar(select(Quiz).where(Quiz.code == code))


def attempt_of(session: Session, account_id: int | None, token: str) -> QuizAttempt | None:
    """The person's own attempt; another's is the same as none."""
    return session.scalar(select(QuizAttempt).where(QuizAttempt.token == token, QuizAttempt.account_id == account_id))


def attempts_for(session: Session, account_id: int, purpose: str, *, at_most: int = 20) -> Sequence[QuizAttempt]:
    """The person's attempts for one purpose, newest first."""
    wanted = select(QuizAttempt).where(QuizAttempt.account_id == account_id, QuizAttempt.purpose == purpose)
    return session.scalars(wanted.order_by(QuizAttempt.id.desc()).limit(at_most)).all()


def open_attempt(session: Session, account_id: int | None, quiz_id: int, purpose: str) -> QuizAttempt | None:
    return session.scalar(select(QuizAttempt).where(
        QuizAttempt.account_id == account_id, QuizAttempt.quiz_id == quiz_id, QuizAttempt.purpose == purpose,
        QuizAttempt.submitted_at.is_(None),
    ))


def overdue_attempts(session: Session, now: datetime, purpose_begins: str) -> Sequence[QuizAttempt]:
    """Attempts past their time that nobody handed in, of the purposes that begin so."""
    wanted = select(QuizAttempt).where(
        QuizAttempt.submitted_at.is_(None), QuizAttempt.due_at <= now,
        QuizAttempt.purpose.startswith(purpose_begins, autoescape=True),
    )
    return session.scalars(wanted.order_by(QuizAttempt.id).limit(500)).all()


def start_facts(session: Session, account_id: int | None, quiz: Quiz, purpose: str, now: datetime) -> StartFacts:
    today = at_beijing(local_day(now))
    mine = (QuizAttempt.account_id == account_id, QuizAttempt.quiz_id == quiz.id, QuizAttempt.purpose == purpose)
    started = session.scalar(select(func.count(QuizAttempt.id)).where(*mine, QuizAttempt.started_at >= today)) or 0
    last = session.scalar(
        select(QuizAttempt).where(*mine, QuizAttempt.submitted_at.is_not(None)).order_by(QuizAttempt.id.desc()).limit(1)
    )
    failed_at = last.submitted_at if last is not None and not last.passed else None
    return StartFacts(started, quiz.attempts_a_day, failed_at, quiz.cool_down_minutes)


def pool_of(session: Session, quiz: Quiz) -> list[PooledQuestion]:
    """The published questions a quiz draws from: of its topic, or of its section where it has none."""
    wanted = select(BankQuestion.id, BankQuestion.kind, BankQuestion.options).where(BankQuestion.state == "published")
    if quiz.topic:
        wanted = wanted.where(BankQuestion.topic == quiz.topic)
    elif quiz.section:
        wanted = wanted.where(BankQuestion.section == quiz.section)
    return [PooledQuestion(number, kind, tuple(options)) for number, kind, options in session.execute(wanted)]


def questions_by_id(session: Session, numbers: Iterable[int]) -> dict[int, BankQuestion]:
    found = session.scalars(select(BankQuestion).where(BankQuestion.id.in_(list(numbers))))
    return {one.id: one for one in found}


def paper_of(attempt: QuizAttempt) -> tuple[PaperItem, ...]:
    return tuple(
        PaperItem(item["question"], tuple(item["options"]), item["points"], item["partial"]) for item in attempt.paper
    )


def shown_paper(session: Session, attempt: QuizAttempt) -> tuple[ShownQuestion, ...]:
    """The attempt's questions in order; with the right answers only once it has been handed in."""
    bank = questions_by_id(session, [item["question"] for item in attempt.paper])
    return tuple(
        _shown(number, item, bank[item.question], attempt) for number, item in enumerate(paper_of(attempt), start=1)
    )


def _shown(number: int, item: PaperItem, question: BankQuestion, attempt: QuizAttempt) -> ShownQuestion:
    texts = JUDGE_OPTIONS if question.kind == Kind.JUDGE else question.options
    chosen = tuple(attempt.answers.get(str(question.id), ()))
    asked = ShownQuestion(question.id, number, question.kind, question.stem,
                          tuple((key, texts[key]) for key in item.options), chosen, item.points)
    if attempt.submitted_at is None:
        return asked
    return ShownQuestion(
        asked.id, number, asked.kind, asked.stem, asked.options, chosen, item.points, right=tuple(question.answer),
        explanation=question.explanation, earned=points_for(question.answer, chosen, item.points, item.partial),
    )
