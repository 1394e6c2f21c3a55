"""Keeping the bank: adding questions, wording them anew, moving them; naming modules, quizzes and papers."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from enroll.audit.moves import begin, expect_version, make_move
from enroll.audit.services import record as note_act
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.questions.lifecycle import QUESTION
from enroll.questions.models import BankQuestion, QuestionEdition, Quiz, Topic
from enroll.questions.queries.bank import alike_in_bank, as_new, codes_by_digest, codes_taken, topic_by_code
from enroll.questions.rules.papers import Section
from enroll.questions.rules.questions import NewQuestion, digest_of, pieces_of, question_faults
from enroll.storage.counters import next_number
from enroll.storage.database import lock, transaction

CODE_SERIES, WRITING_SERIES = "bank", "bank-writing"


@dataclass(frozen=True)
class NewTopic:
    """A module, as far as questions need to know it; `area` is the course or direction it belongs to."""

    code: str
    programme: str
    section: str
    area: str
    title: str
    title_en: str = ""


@dataclass(frozen=True)
class NewQuiz:
    """A quiz of a topic (`count` questions of any kind), or drawn from a section by a blueprint. Minutes to answer.

    A mock exam names its programme, the day its rules hold from, and their source.
    """

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
    title_en: str = ""
    mock_for: str = ""
    holds_from: date | None = None
    source: str = ""


def add_questions(new: Sequence[NewQuestion], *, by: Actor, now: datetime, publish: bool = True) -> int:
    """Put questions into the bank, all or none; gives how many. Raises Refused naming every fault."""
    problems = [fault for one in new for fault in question_faults(one)]
    with transaction() as session:
        next_number(session, WRITING_SERIES)  # one writer at a time: two who add the same question see each other
        codes = [one.code for one in new if one.code]
        known = codes_taken(session, codes) | {code for code in codes if codes.count(code) > 1}
        problems += [problem("code_taken", N_("There is a question %(question)s already."), field="code",
                             question=code)
                     for code in sorted(known)]
        if problems:
            raise Refused(problems)
        for one in new:
            _add(session, one, publish, by, now)
        note_act(session, "questions.add", f"{len(new)} questions", by=by, now=now, count=len(new))
    return len(new)


def add_question(
    new: NewQuestion, *, by: Actor, now: datetime, publish: bool = True, alike_too: bool = False
) -> str:
    """Add one question; gives its code. Raises Refused for faults, for a question that is there already, and, unless
    `alike_too`, for one that is nearly there."""
    with transaction() as session:
        next_number(session, WRITING_SERIES)
        problems = [*question_faults(new), *_same_faults(session, new, alike_too)]
        if new.code and codes_taken(session, [new.code]):
            text = N_("There is a question %(question)s already.")
            problems.append(problem("code_taken", text, field="code", question=new.code))
        if problems:
            raise Refused(problems)
        return _add(session, new, publish, by, now).code


def edit_question(
    code: str, new: NewQuestion, *, by: Actor, now: datetime, version: int | None = None, alike_too: bool = False
) -> None:
    """Word a question anew, as its next edition; answers given so far keep the edition they saw. Raises NotFound, Stale
    and Refused."""
    with transaction() as session:
        next_number(session, WRITING_SERIES)
        question = lock(session, BankQuestion, BankQuestion.code == code)
        expect_version(question, version)
        if problems := [*question_faults(new), *_same_faults(session, new, alike_too, but=code)]:
            raise Refused(problems)
        if new == as_new(question):
            return
        question.edition += 1
        question.version += 1
        question.kind, question.topic, question.section = new.kind, new.topic, new.section
        question.difficulty, question.digest = new.difficulty, digest_of(new)
        session.add(_edition(question, new, by, now))
        note_act(session, "questions.edit", code, by=by, now=now, edition=question.edition)


def move_question(
    code: str, move: str, *, by: Actor, now: datetime, version: int | None = None, reason: str = ""
) -> None:
    """Send for review, publish, retire, restore. Raises NotFound, Stale and Refused."""
    with transaction() as session:
        question = lock(session, BankQuestion, BankQuestion.code == code)
        expect_version(question, version)
        make_move(session, QUESTION, question, move, by=by, now=now, reason=reason)


def name_topics(new: Sequence[NewTopic], *, by: Actor, now: datetime) -> None:
    """Tell the bank of modules, or what they are called now. The package that has the modules calls this."""
    with transaction() as session:
        for one in new:
            row = topic_by_code(session, one.code)
            if row is None:
                session.add(Topic(**asdict(one)))
            else:
                row.programme, row.section, row.area = one.programme, one.section, one.area
                row.title, row.title_en = one.title, one.title_en
        note_act(session, "questions.name_topics", f"{len(new)} modules", by=by, now=now,
                 codes=[one.code for one in new])


def add_quiz(new: NewQuiz, *, by: Actor, now: datetime) -> None:
    """Name a quiz that lessons can draw, or the paper of a mock exam."""
    with transaction() as session:
        session.add(Quiz(
            code=new.code, title=new.title, title_en=new.title_en, topic=new.topic, section=new.section,
            question_count=new.count, blueprint=[asdict(section) for section in new.blueprint],
            pass_percent=new.pass_percent, minutes=new.minutes, attempts_a_day=new.attempts_a_day,
            cool_down_minutes=new.cool_down_minutes, mock_for=new.mock_for, holds_from=new.holds_from,
            source=new.source,
        ))
        note_act(session, "questions.add_quiz", new.code, by=by, now=now)


def _add(session: Session, new: NewQuestion, publish: bool, by: Actor, now: datetime) -> BankQuestion:
    question = BankQuestion(
        code=new.code or f"Q{next_number(session, CODE_SERIES):06d}", kind=new.kind, topic=new.topic,
        section=new.section, difficulty=new.difficulty, edition=1, digest=digest_of(new),
    )
    begin(session, QUESTION, question, by=by, now=now)
    session.add(_edition(question, new, by, now))
    if publish:
        make_move(session, QUESTION, question, "publish", by=by, now=now)
    return question


def _edition(question: BankQuestion, new: NewQuestion, by: Actor, now: datetime) -> QuestionEdition:
    return QuestionEdition(
        question_id=question.id, number=question.edition, kind=new.kind, stem=new.stem, options=dict(new.options),
        answer=list(new.answer), explanation=new.explanation, source=new.source, written_at=now, written_by=by.name,
    )


def _same_faults(session: Session, new: NewQuestion, alike_too: bool, but: str = "") -> list[Problem]:
    same = codes_by_digest(session, [new]).get(digest_of(new), but)
    if same != but:
        text = N_("%(question)s already asks this; only spaces, signs or the order of options differ.")
        return [problem("same_question", text, field="stem", question=same)]
    near = None if alike_too else alike_in_bank(session).nearest(pieces_of(new), but=but)
    if near:
        text = N_("%(question)s is nearly the same. Look at it, and tick here to keep both.")
        return [problem("alike_question", text, field="alike_too", question=near)]
    return []
