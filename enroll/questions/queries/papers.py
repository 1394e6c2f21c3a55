"""Papers and attempts: always through the account that made them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from enroll.foundation.clock import at_beijing, local_day
from enroll.questions.models import BankQuestion, QuestionEdition, Quiz, QuizAttempt, Topic
from enroll.questions.rules.papers import PaperItem, PooledQuestion, StartFacts, earned
from enroll.questions.rules.questions import CHOSEN, JUDGE_OPTIONS, Kind

PUBLISHED = "published"
EditionKey = tuple[int, int]


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
    """The published questions a quiz draws from: of its topic, of its section, or of its programme. A lesson's quiz has
    only questions that are answered by choosing."""
    wanted = _pooled().where(BankQuestion.state == PUBLISHED)
    if quiz.topic:
        wanted = wanted.where(BankQuestion.topic == quiz.topic)
    elif quiz.section:
        wanted = wanted.where(BankQuestion.section == quiz.section)
    if quiz.mock_for:
        wanted = wanted.where(BankQuestion.topic.in_(select(Topic.code).where(Topic.programme == quiz.mock_for)))
    else:
        wanted = wanted.where(BankQuestion.kind.in_(CHOSEN))
    return as_pool(session, wanted)


def pool_of_topics(session: Session, topics: Iterable[str]) -> list[PooledQuestion]:
    """The published questions of these modules."""
    return as_pool(session, _pooled().where(BankQuestion.state == PUBLISHED, BankQuestion.topic.in_(list(topics))))


def as_pool(session: Session, wanted: Select[int, str, dict[str, str], str, int, int]) -> list[PooledQuestion]:
    return [PooledQuestion(number, kind, tuple(options), topic, difficulty, edition)
            for number, kind, options, topic, difficulty, edition in session.execute(wanted)]


def _pooled() -> Select[int, str, dict[str, str], str, int, int]:
    current = (QuestionEdition.question_id == BankQuestion.id) & (QuestionEdition.number == BankQuestion.edition)
    return select(BankQuestion.id, BankQuestion.kind, QuestionEdition.options, BankQuestion.topic,
                  BankQuestion.difficulty, BankQuestion.edition).join(QuestionEdition, current)


def editions_of(session: Session, keys: Iterable[EditionKey]) -> dict[EditionKey, QuestionEdition]:
    """The wordings that were asked, by (question, edition)."""
    wanted = set(keys)
    numbers = {question for question, _ in wanted}
    found = session.scalars(select(QuestionEdition).where(QuestionEdition.question_id.in_(numbers)))
    return {key: one for one in found if (key := (one.question_id, one.number)) in wanted}


def paper_of(attempt: QuizAttempt) -> tuple[PaperItem, ...]:
    return tuple(
        PaperItem(item["question"], tuple(item["options"]), item["points"], item["partial"], item["edition"])
        for item in attempt.paper
    )


def editions_on(session: Session, paper: Iterable[PaperItem]) -> dict[EditionKey, QuestionEdition]:
    return editions_of(session, [(item.question, item.edition) for item in paper])


def shown_paper(session: Session, attempt: QuizAttempt) -> tuple[ShownQuestion, ...]:
    """The attempt's questions in order; with the right answers only once it has been handed in."""
    paper = paper_of(attempt)
    bank = editions_on(session, paper)
    return tuple(_shown(number, item, bank[item.question, item.edition], attempt)
                 for number, item in enumerate(paper, start=1))


def shown_options(edition: QuestionEdition, keys: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The options in the order in which they were dealt."""
    texts = JUDGE_OPTIONS if edition.kind == Kind.JUDGE else edition.options
    return tuple((key, texts[key]) for key in keys)


def _shown(number: int, item: PaperItem, edition: QuestionEdition, attempt: QuizAttempt) -> ShownQuestion:
    chosen = tuple(attempt.answers.get(str(item.question), ()))
    options = shown_options(edition, item.options)
    if attempt.submitted_at is None:
        return ShownQuestion(item.question, number, edition.kind, edition.stem, options, chosen, item.points)
    return ShownQuestion(
        item.question, number, edition.kind, edition.stem, options, chosen, item.points, right=tuple(edition.answer),
        explanation=edition.explanation, earned=earned(edition.kind, item, edition.answer, chosen),
    )
