"""Filling the bank and naming quizzes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select

from enroll.audit.services import record as note_act
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused, problem
from enroll.foundation.words import N_
from enroll.questions.models import BankQuestion, Quiz
from enroll.questions.rules import NewQuestion, Section, question_faults
from enroll.storage.database import transaction


@dataclass(frozen=True)
class NewQuiz:
    """A quiz of a topic (`count` questions of any kind), or drawn from a section by a blueprint. Minutes to answer."""

    code: str
    title: str
    pass_percent: int
    minutes: int
    topic: str = ""
    section: str = ""
    count: int = 0
    blueprint: tuple[Section, ...] = ()
    attempts_a_day: int = 0
    cool_down_minutes: int = 0


def add_questions(new: Sequence[NewQuestion], *, by: Actor, now: datetime) -> int:
    """Put questions into the bank, all or none; gives how many. Raises Refused naming every fault."""
    problems = [fault for one in new for fault in question_faults(one)]
    with transaction() as session:
        codes = [one.code for one in new]
        known = set(session.scalars(select(BankQuestion.code).where(BankQuestion.code.in_(codes))))
        known |= {code for code in codes if codes.count(code) > 1}
        problems += [problem("code_taken", N_("There is a question %(question)s already."), field="code",
                             question=code)
                     for code in sorted(known)]
        if problems:
            raise Refused(problems)
        session.add_all(_row(one) for one in new)
        note_act(session, "questions.add", f"{len(new)} questions", by=by, now=now, count=len(new))
    return len(new)


def add_question(new: NewQuestion, *, by: Actor, now: datetime) -> None:
    add_questions([new], by=by, now=now)


def add_quiz(new: NewQuiz, *, by: Actor, now: datetime) -> None:
    """Name a quiz that lessons, practice and mock exams can draw."""
    with transaction() as session:
        session.add(Quiz(
            code=new.code, title=new.title, topic=new.topic, section=new.section, question_count=new.count,
            blueprint=[asdict(section) for section in new.blueprint], pass_percent=new.pass_percent,
            minutes=new.minutes, attempts_a_day=new.attempts_a_day, cool_down_minutes=new.cool_down_minutes,
        ))
        note_act(session, "questions.add_quiz", new.code, by=by, now=now)


def _row(one: NewQuestion) -> BankQuestion:
    return BankQuestion(
        code=one.code, kind=one.kind, topic=one.topic, section=one.section, difficulty=one.difficulty, stem=one.stem,
        options=dict(one.options), answer=list(one.answer), explanation=one.explanation,
    )
