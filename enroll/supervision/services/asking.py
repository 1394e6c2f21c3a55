"""A question's way: asked, answered, asked again, closed by either side, rated, handed on, made public."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.accounts.permissions import Permission
from enroll.audit.moves import begin, expect_version, make_move
from enroll.audit.services import record as note_act
from enroll.courses.models.editions import Lesson
from enroll.courses.queries.lessons import lesson_by_code
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, NotFound, Refused, problem
from enroll.foundation.words import N_
from enroll.hours.queries.standing import my_enrolment
from enroll.learners.models import Learner
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction
from enroll.storage.files import StoredFile
from enroll.supervision.events import QuestionHandedOn, QuestionMoved
from enroll.supervision.lifecycle import LEARNER_QUESTION, WAITING, QuestionState
from enroll.supervision.models import AnswerGram, LearnerQuestion, PublicAnswer, QuestionPost
from enroll.supervision.queries.asking import (
    facts_of,
    public_answer_of,
    seen_bank_question,
    waiting_of,
    who_answers,
    who_may_answer,
)
from enroll.supervision.rules.asking import QuestionKind, grams_of, may_ask_another, names_a_person, rating_faults

NOT_WAITING = problem("not_waiting", N_("This question is answered. Ask again under the answer."))
NOT_ANSWERED = problem("not_answered", N_("There is no answer to rate yet."))
NO_ANSWERER = problem("no_answerer", N_("Choose somebody who answers questions."), field="to")


@dataclass(frozen=True)
class NewQuestion:
    """What somebody asks; `lesson` is a lesson's code, `bank_question` the number of a question they have seen."""

    title: str
    text: str
    kind: str
    lesson: str = ""
    bank_question: int | None = None


@dataclass(frozen=True)
class PublicWords:
    """A question and its answer, worded for everybody."""

    title: str
    question: str
    answer: str


def _lesson(session: Session, code: str, by: Actor) -> Lesson | None:
    """The lesson asked about, in the edition that the person studies."""
    enrolment = my_enrolment(session, by.account_id or 0)
    return lesson_by_code(session, code, enrolment.id if enrolment else None)


def ask(asked: NewQuestion, picture: StoredFile | None = None, *, by: Actor, now: datetime) -> str:
    """Ask; gives the question's reference. Raises NotFound (not a learner), Refused."""
    with transaction() as session:
        learner = lock(session, Learner, Learner.account_id == by.account_id)
        against = may_ask_another(waiting_of(session, learner.id))
        if against:
            raise Refused(against)
        lesson = _lesson(session, asked.lesson, by) if asked.lesson else None
        bank = seen_bank_question(session, by.account_id, asked.bank_question) if asked.bank_question else None
        about = bank.stem[:300] if bank else f"{lesson.code} {lesson.title}" if lesson else ""
        kind = QuestionKind(asked.kind)
        question = LearnerQuestion(
            reference=next_reference(session, "Q"), learner_id=learner.id, kind=str(kind), about=about,
            title=asked.title, lesson_id=lesson.id if lesson else None, bank_question_id=bank.id if bank else None,
            owner_id=who_answers(session, kind, learner, now), asked_at=now, waiting_since=now,
        )
        begin(session, LEARNER_QUESTION, question, by=by, now=now, kind=str(kind))
        _post(session, question, asked.text, picture, staff=False, by=by, now=now)
        _tell(session, question, "begin", now)
        return question.reference


def add_to_question(
    reference: str, text: str, picture: StoredFile | None = None, *, by: Actor, now: datetime
) -> None:
    """The asker adds something while the answer is waited for. Raises NotFound, Refused."""
    with transaction() as session:
        question = _own(session, reference, by)
        if question.state not in WAITING:
            raise Refused(NOT_WAITING)
        _post(session, question, text, picture, staff=False, by=by, now=now)


def reopen_question(
    reference: str, text: str, picture: StoredFile | None = None, *, by: Actor, now: datetime
) -> None:
    """The asker asks again, under the answer or after the question was closed."""
    with transaction() as session:
        question = _own(session, reference, by)
        make_move(session, LEARNER_QUESTION, question, "reopen", by=by, now=now, facts=facts_of(question))
        question.waiting_since = now
        _post(session, question, text, picture, staff=False, by=by, now=now)
        _tell(session, question, "reopen", now)


def close_question(reference: str, *, by: Actor, now: datetime, version: int | None = None) -> None:
    """The asker closes it: it is settled."""
    with transaction() as session:
        question = _own(session, reference, by)
        expect_version(question, version)
        make_move(session, LEARNER_QUESTION, question, "close", by=by, now=now, facts=facts_of(question))
        question.waiting_since = None
        _tell(session, question, "close", now)


def rate_answer(reference: str, rating: int | None, *, by: Actor, now: datetime) -> None:
    """The asker says how good the answer was, 1 to 5; the last word counts."""
    with transaction() as session:
        question = _own(session, reference, by)
        faults = rating_faults(rating) or ([NOT_ANSWERED] if question.answered_at is None else [])
        if faults:
            raise Refused(faults)
        question.rating, question.rated_at = rating, now
        note_act(session, "learner_question.rate", reference, by=by, now=now, learner_id=question.learner_id,
                 rating=rating)


def answer_question(
    reference: str, text: str, picture: StoredFile | None = None, *, by: Actor, now: datetime,
    version: int | None = None,
) -> None:
    """Answer; whoever answers owns the question from then on."""
    with transaction() as session:
        question = _locked(session, reference)
        expect_version(question, version)
        make_move(session, LEARNER_QUESTION, question, "answer", by=by, now=now, facts=facts_of(question))
        question.owner_id, question.waiting_since = by.account_id, None
        question.answered_at = question.answered_at or now
        _post(session, question, text, picture, staff=True, by=by, now=now)
        _tell(session, question, "answer", now)


def conclude_question(
    reference: str, reason: str, *, by: Actor, now: datetime, version: int | None = None
) -> None:
    """Staff close it with a reason, which the asker reads."""
    with transaction() as session:
        question = _locked(session, reference)
        expect_version(question, version)
        make_move(session, LEARNER_QUESTION, question, "conclude", by=by, now=now, facts=facts_of(question),
                  reason=reason)
        question.waiting_since = None
        _tell(session, question, "conclude", now)


def hand_on_question(
    reference: str, to: str, *, by: Actor, now: datetime, version: int | None = None
) -> None:
    """Let somebody else answer it (`to`: a user name); taking it oneself is the same act."""
    with transaction() as session:
        if not by.may(Permission.ANSWER_QUESTIONS):
            raise Refused(NOT_PERMITTED)
        question = _locked(session, reference)
        expect_version(question, version)
        chosen = next((one for one in who_may_answer(session, now) if one.username == to), None)
        if chosen is None or chosen.id == question.learner.account_id:
            raise Refused(NO_ANSWERER)
        if question.owner_id == chosen.id:
            return
        question.owner_id, question.version = chosen.id, question.version + 1
        note_act(session, "learner_question.hand_on", reference, by=by, now=now, learner_id=question.learner_id, to=to)
        if chosen.id != by.account_id and question.state in WAITING:
            outbox.record(session, QuestionHandedOn(reference, chosen.id), now)


def publish_answer(reference: str, words: PublicWords, *, by: Actor, now: datetime) -> None:
    """Show question and answer to everybody who studies, worded anew and without a name; again to change the words."""
    with transaction() as session:
        question = _may_publish(session, reference, by)
        if question.state == QuestionState.OPEN or question.answered_at is None:
            raise Refused(NOT_ANSWERED)
        faults = names_a_person((words.title, words.question, words.answer), question.learner.legal_name)
        if faults:
            raise Refused(faults)
        public = public_answer_of(session, question.id)
        if public is None:
            public = PublicAnswer(question_id=question.id, title="", question="", answer="", published_at=now,
                                  published_by_id=by.account_id)
            session.add(public)
        public.title, public.question, public.answer = words.title, words.question, words.answer
        public.published_at, public.published_by_id, public.withdrawn_at = now, by.account_id or 0, None
        session.flush()
        _index(session, public)
        note_act(session, "learner_question.publish", reference, by=by, now=now, learner_id=question.learner_id)


def withdraw_answer(reference: str, *, by: Actor, now: datetime) -> None:
    """Show it to nobody any more; a second time changes nothing."""
    with transaction() as session:
        question = _may_publish(session, reference, by)
        public = public_answer_of(session, question.id)
        if public is None:
            raise NotFound("PublicAnswer")
        if public.withdrawn_at is None:
            public.withdrawn_at = now
            note_act(session, "learner_question.withdraw", reference, by=by, now=now, learner_id=question.learner_id)


def _may_publish(session: Session, reference: str, by: Actor) -> LearnerQuestion:
    if not by.may(Permission.TEACH):
        raise Refused(NOT_PERMITTED)
    question = _locked(session, reference)
    if question.learner.account_id == by.account_id:
        raise Refused(OWN_RECORD)
    return question


def _index(session: Session, public: PublicAnswer) -> None:
    for kept in session.scalars(select(AnswerGram).where(AnswerGram.answer_id == public.id)):
        session.delete(kept)
    session.flush()
    # The title weighs most: what stands in the answer alone finds little.
    found = grams_of(public.title) | grams_of(public.question)
    session.add_all(AnswerGram(gram=gram, answer_id=public.id) for gram in sorted(found))


def _own(session: Session, reference: str, by: Actor) -> LearnerQuestion:
    question = _locked(session, reference)
    if question.learner.account_id != by.account_id:
        raise NotFound("LearnerQuestion")
    return question


def _locked(session: Session, reference: str) -> LearnerQuestion:
    return lock(session, LearnerQuestion, LearnerQuestion.reference == reference)


def _post(
    session: Session, question: LearnerQuestion, text: str, picture: StoredFile | None, *, staff: bool, by: Actor,
    now: datetime,
) -> None:
    if picture is not None:
        session.add(picture)
        session.flush()
    name = session.get_one(Account, by.account_id).name if staff else by.name
    session.add(QuestionPost(question_id=question.id, by_id=by.account_id, by_name=name[:120], by_staff=staff,
                             text=text, picture_id=picture.id if picture else None, posted_at=now))


def _tell(session: Session, question: LearnerQuestion, move: str, now: datetime) -> None:
    session.flush()
    outbox.record(session, QuestionMoved(question.learner_id, question.reference, move, question.state), now)
