"""Attempting a quiz: draw, save, hand in. The paper is frozen at the start, and the server alone keeps the time."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NotFound, Refused, problem
from enroll.foundation.references import public_token
from enroll.foundation.words import N_
from enroll.questions.models import Quiz, QuizAttempt
from enroll.questions.queries.papers import (
    editions_on,
    open_attempt,
    overdue_attempts,
    paper_of,
    pool_of,
    quiz_by_code,
    start_facts,
)
from enroll.questions.rules.papers import (
    ATTEMPT_CLOSED,
    Section,
    changed_answers,
    draw,
    earned,
    full_points,
    is_over,
    is_passed,
    may_start,
    sensible_answers,
)
from enroll.storage.database import lock, transaction

Given = Mapping[str, Sequence[str]]
# A quiz of a topic: two points a question, one for some but not all of several right answers.
POINTS_EACH, PARTIAL_EACH = 2, 1


@dataclass(frozen=True)
class Marked:
    """How an attempt came out."""

    token: str
    account_id: int
    quiz_code: str
    purpose: str
    points: int
    full_points: int
    passed: bool
    started_at: datetime
    submitted_at: datetime
    questions: int = 0


def start_attempt(quiz_code: str, *, purpose: str, by: Actor, now: datetime, seed: str = "") -> str:
    """Draw a paper and start its clock; an attempt of the same purpose that is still open is gone on with instead.

    The same `seed` draws the same paper while the bank stays as it is. Gives the attempt's token. Raises NotFound, and
    Refused while another attempt must wait.
    """
    with transaction() as session:
        lock(session, Account, Account.id == by.account_id)  # two presses at once open one attempt
        quiz = quiz_by_code(session, quiz_code)
        if quiz is None:
            raise NotFound("Quiz")
        known = open_attempt(session, by.account_id, quiz.id, purpose)
        if known is not None and not is_over(known.due_at, now):
            return known.token
        if known is not None:
            _mark(session, known, now)
            session.flush()
        problems = may_start(start_facts(session, by.account_id, quiz, purpose, now), now)
        if problems:
            raise Refused(problems)
        attempt = _drawn(session, quiz, purpose, seed, by, now)
        session.add(attempt)
        return attempt.token


def save_answers(token: str, given: Given, *, by: Actor, now: datetime, seen: Given | None = None) -> None:
    """Keep what is chosen so far. `seen` is what the page had shown: with it, only what the page changed is written, so
    that a second device loses nothing. Raises NotFound for another's attempt, Refused once it is handed in or over."""
    with transaction() as session:
        attempt = _own(session, token, by)
        if attempt.submitted_at is not None or is_over(attempt.due_at, now):
            raise Refused(ATTEMPT_CLOSED)
        _keep(session, attempt, given, seen, now)


def submit_attempt(
    token: str, given: Given | None, *, by: Actor, now: datetime, seen: Given | None = None
) -> Marked:
    """Hand in, and mark. After the time only what was saved counts; a second press gives the same outcome."""
    with transaction() as session:
        attempt = _own(session, token, by)
        if attempt.submitted_at is None:
            if given is not None and not is_over(attempt.due_at, now):
                _keep(session, attempt, given, seen, now)
            _mark(session, attempt, now)
        return marked(attempt)


def finish_overdue(now: datetime, purpose_begins: str) -> list[Marked]:
    """Hand in, with what was saved, every attempt of these purposes whose time is over."""
    with transaction() as session:
        done = []
        for found in overdue_attempts(session, now, purpose_begins):
            attempt = lock(session, QuizAttempt, QuizAttempt.id == found.id)
            if attempt.submitted_at is None and is_over(attempt.due_at, now):
                _mark(session, attempt, now)
                done.append(marked(attempt))
        return done


def marked(attempt: QuizAttempt) -> Marked:
    """The outcome of an attempt that has been handed in."""
    assert attempt.submitted_at is not None
    return Marked(attempt.token, attempt.account_id, attempt.quiz.code, attempt.purpose, attempt.points or 0,
                  attempt.full_points, bool(attempt.passed), attempt.started_at, attempt.submitted_at,
                  len(attempt.paper))


def _own(session: Session, token: str, by: Actor) -> QuizAttempt:
    return lock(session, QuizAttempt, QuizAttempt.token == token, QuizAttempt.account_id == by.account_id)


def _drawn(session: Session, quiz: Quiz, purpose: str, seed: str, by: Actor, now: datetime) -> QuizAttempt:
    token = public_token()
    blueprint = [Section(**section) for section in quiz.blueprint]
    any_kind = Section("", quiz.question_count, POINTS_EACH, PARTIAL_EACH)
    paper = draw(pool_of(session, quiz), blueprint or [any_kind], seed or token)
    if not paper:
        raise Refused(problem("no_questions", N_("There are no questions for this quiz yet.")))
    return QuizAttempt(
        token=token, quiz_id=quiz.id, account_id=by.account_id, purpose=purpose, seed=seed,
        paper=[{**asdict(item), "options": list(item.options)} for item in paper], answers={}, started_at=now,
        due_at=now + timedelta(minutes=quiz.minutes), full_points=full_points(paper),
    )


def _keep(session: Session, attempt: QuizAttempt, given: Given, seen: Given | None, now: datetime) -> None:
    paper = paper_of(attempt)
    bank = editions_on(session, paper)
    kinds = [(item, bank[item.question, item.edition].kind) for item in paper]
    kept = sensible_answers(kinds, given)
    if seen is not None:
        kept = changed_answers(attempt.answers, kept, sensible_answers(kinds, seen))
    attempt.answers = kept
    attempt.saved_at = now


def _mark(session: Session, attempt: QuizAttempt, now: datetime) -> None:
    paper = paper_of(attempt)
    bank = editions_on(session, paper)
    attempt.points = sum(
        earned(edition.kind, item, edition.answer, attempt.answers.get(str(item.question), ()))
        for item in paper
        for edition in [bank[item.question, item.edition]]
    )
    attempt.passed = is_passed(attempt.points, attempt.full_points, attempt.quiz.pass_percent)
    attempt.submitted_at = min(now, attempt.due_at) if is_over(attempt.due_at, now) else now
