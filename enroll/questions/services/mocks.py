"""Mock exams: begin, hand in, plan a paper. A mock exam is practice: it decides nothing and foretells nothing."""

import random
import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.audit.services import record as note_act
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NotFound, Refused, problem
from enroll.foundation.words import N_
from enroll.questions.models import Quiz, QuizAttempt
from enroll.questions.queries.mocks import PURPOSE, mock_exam, mock_exams, my_mock, overdue_mocks
from enroll.questions.queries.papers import editions_on, paper_of, pool_of
from enroll.questions.queries.practice import practising
from enroll.questions.rules.papers import Section, blueprint_faults
from enroll.questions.rules.questions import is_right
from enroll.questions.rules.repetition import Recall
from enroll.questions.services.attempts import Given, Marked, start_attempt, submit_attempt
from enroll.questions.services.bank import NewQuiz, add_quiz
from enroll.questions.services.practice import remember
from enroll.storage.database import db, lock, transaction

PAPER_NUMBER = re.compile(r"[0-9]{1,8}")


@dataclass(frozen=True)
class NewMock:
    """A mock exam to be offered from a day on. Minutes; points whole; `source` says where the rules come from."""

    code: str
    title: str
    title_en: str
    programme: str
    minutes: int
    sections: tuple[Section, ...]
    holds_from: date
    source: str
    section: str = "general"


def start_mock(code: str, *, by: Actor, now: datetime, paper_number: str = "") -> str:
    """Begin a mock exam, or go on with the one that is open; gives its token.

    The same paper number draws the same paper, for everybody, while the bank stays as it is; without one a number is
    drawn. Raises NotFound, and Refused for a number that is none.
    """
    with transaction() as session:
        enrolment = practising(session, by.account_id)
        offered = [] if enrolment is None else mock_exams(session, enrolment.programme.code, local_day(now))
        if code not in {one.quiz.code for one in offered}:
            raise NotFound(code)
        number = paper_number or f"{random.SystemRandom().randrange(10**6):06d}"
        if not PAPER_NUMBER.fullmatch(number):
            raise Refused(problem("paper_number", N_("A paper number has up to 8 digits."), field="paper_number"))
        return start_attempt(code, purpose=f"{PURPOSE}{code}", by=by, now=now, seed=number)


def submit_mock(
    token: str, given: Given | None, *, by: Actor, now: datetime, seen: Given | None = None
) -> Marked:
    """Hand in and mark; what went wrong goes into the wrong-answer book, once. After the time only what was saved
    counts. Raises NotFound."""
    with transaction() as session:
        lock(session, Account, Account.id == by.account_id)
        attempt = my_mock(session, by.account_id, token)
        if attempt is None:
            raise NotFound(token)
        was_open = attempt.submitted_at is None
        marked = submit_attempt(token, given, by=by, now=now, seen=seen)
        if was_open:
            _remember(session, attempt, by, marked.submitted_at)
        return marked


def finish_overdue_mocks(now: datetime) -> int:
    """Hand in, with what was saved, every mock exam whose time is over; each in a transaction of its own."""
    overdue = overdue_mocks(db.session(), now)
    db.session.rollback()
    for token, account_id in overdue:
        submit_mock(token, None, by=Actor(account_id, SYSTEM.name), now=now)
    return len(overdue)


def add_mock(new: NewMock, *, by: Actor, now: datetime) -> None:
    """Offer a mock exam. Raises Refused where its paper cannot be drawn whole, or its code is taken."""
    with transaction() as session:
        quiz = Quiz(code=new.code, section=new.section, mock_for=new.programme)
        problems = list(blueprint_faults(new.sections, pool_of(session, quiz)))
        if mock_exam(session, new.code) is not None:
            problems.append(problem("code_taken", N_("There is a mock exam with this code already."), field="code"))
        if problems:
            raise Refused(problems)
        add_quiz(NewQuiz(
            code=new.code, title=new.title, title_en=new.title_en, pass_percent=0, minutes=new.minutes,
            section=new.section, blueprint=new.sections, mock_for=new.programme, holds_from=new.holds_from,
            source=new.source,
        ), by=by, now=now)


def end_mock(code: str, *, by: Actor, now: datetime) -> None:
    """Offer a mock exam no longer, from today on; attempts that are open go on. Raises NotFound."""
    with transaction() as session:
        quiz = lock(session, Quiz, Quiz.code == code, Quiz.mock_for != "")
        quiz.holds_until = local_day(now)
        note_act(session, "questions.end_mock", code, by=by, now=now)


def _remember(session: Session, attempt: QuizAttempt, by: Actor, at: datetime) -> None:
    paper = paper_of(attempt)
    said = editions_on(session, paper)
    for item in paper:
        chosen = attempt.answers.get(str(item.question), ())
        if chosen:
            edition = said[item.question, item.edition]
            right = is_right(edition.kind, edition.answer, chosen)
            remember(session, by.account_id, item.question, Recall.RIGHT if right else Recall.WRONG, at)
