"""Questions: a learner's own, the queue, the answers everybody may read, and what is similar to what somebody types."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from enroll.accounts.lifecycle import AccountState
from enroll.accounts.models import Account, RoleGrant
from enroll.accounts.permissions import Permission, Role, granted
from enroll.enrolments.lifecycle import LIVE
from enroll.enrolments.models import Cohort, Enrolment
from enroll.learners.models import Learner
from enroll.questions.models import BankQuestion, QuizAttempt
from enroll.storage.files import StoredFile
from enroll.storage.paging import PAGE_SIZE, Page, page_by_id
from enroll.supervision.lifecycle import WAITING, QuestionState
from enroll.supervision.models import AnswerGram, LearnerQuestion, LearnerQuestionMove, PublicAnswer, QuestionPost
from enroll.supervision.rules.asking import QuestionFacts, QuestionKind, grams_of, is_similar

ANSWERING = tuple(role for role in Role if Permission.ANSWER_QUESTIONS in granted(frozenset({role})))
WHO = joinedload(LearnerQuestion.owner).lazyload(Account.grants)  # the name alone is read
LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True)
class QueueFigures:
    """How the questions stand: waiting, of these one's own, and the middle time to a first answer of the last 30 days
    (None without one)."""

    waiting: int
    mine: int
    to_first_answer: timedelta | None


def my_questions(session: Session, account_id: int, *, after: int | None = None) -> Page[LearnerQuestion]:
    return page_by_id(session, _of(account_id), LearnerQuestion.id, after=after)


def my_question(session: Session, account_id: int, reference: str) -> LearnerQuestion | None:
    """One's own question; another's is not found."""
    whole = selectinload(LearnerQuestion.posts).joinedload(QuestionPost.picture)
    return session.scalar(_of(account_id).where(LearnerQuestion.reference == reference).options(whole))


def question_by_reference(session: Session, reference: str) -> LearnerQuestion | None:
    whole = (joinedload(LearnerQuestion.learner), joinedload(LearnerQuestion.lesson), WHO,
             selectinload(LearnerQuestion.posts).joinedload(QuestionPost.picture))
    return session.scalar(select(LearnerQuestion).where(LearnerQuestion.reference == reference).options(*whole))


def picture_of(question: LearnerQuestion, token: str) -> StoredFile | None:
    return next((post.picture for post in question.posts if post.picture and post.picture.token == token), None)


def moves_of_question(session: Session, number: int) -> Sequence[LearnerQuestionMove]:
    wanted = select(LearnerQuestionMove).where(LearnerQuestionMove.record_id == number)
    return session.scalars(wanted.order_by(LearnerQuestionMove.id)).all()


def facts_of(question: LearnerQuestion) -> QuestionFacts:
    return QuestionFacts(question.learner.account_id)


def waiting_of(session: Session, learner_id: int) -> int:
    wanted = select(func.count(LearnerQuestion.id)).where(
        LearnerQuestion.learner_id == learner_id, LearnerQuestion.state.in_(WAITING))
    return session.scalar(wanted) or 0


def queue_of_questions(
    session: Session, *, owner_id: int | None = None, kind: str = "", after: int | None = None
) -> Page[LearnerQuestion]:
    """What waits for an answer, the oldest first; of one person, where asked for."""
    order = (LearnerQuestion.waiting_since, LearnerQuestion.id)
    wanted = _listed(owner_id, kind).where(LearnerQuestion.state.in_(WAITING))
    last = session.get(LearnerQuestion, after) if after is not None else None
    if last is not None and last.waiting_since is not None:
        wanted = wanted.where(tuple_(*order) > (last.waiting_since, last.id))
    rows = session.scalars(wanted.order_by(*order).limit(PAGE_SIZE + 1)).all()
    return Page(rows[:PAGE_SIZE], rows[PAGE_SIZE - 1].id if len(rows) > PAGE_SIZE else None, after)


def questions_in(
    session: Session, state: str, *, owner_id: int | None = None, kind: str = "", after: int | None = None
) -> Page[LearnerQuestion]:
    """Answered or closed questions, newest first."""
    wanted = _listed(owner_id, kind).where(LearnerQuestion.state == state)
    return page_by_id(session, wanted, LearnerQuestion.id, after=after)


def queue_figures(session: Session, account_id: int, now: datetime) -> QueueFigures:
    waits = LearnerQuestion.state.in_(WAITING)
    mine = waits & (LearnerQuestion.owner_id == account_id)
    waiting, own = session.execute(
        select(func.count(), func.count().filter(mine)).select_from(LearnerQuestion).where(waits)).one()
    wanted = select(LearnerQuestion.asked_at, LearnerQuestion.answered_at).where(
        LearnerQuestion.answered_at >= now - LOOKED_BACK).order_by(LearnerQuestion.id.desc()).limit(500)
    took = sorted(answered - asked for asked, answered in session.execute(wanted) if answered is not None)
    return QueueFigures(waiting, own, took[len(took) // 2] if took else None)


def next_waiting(session: Session, *, but: str, owner_id: int) -> LearnerQuestion | None:
    """The question that has waited longest for this person, else for nobody in particular."""
    mine = or_(LearnerQuestion.owner_id == owner_id, LearnerQuestion.owner_id.is_(None))
    wanted = select(LearnerQuestion).where(
        LearnerQuestion.state.in_(WAITING), LearnerQuestion.reference != but, mine)
    return session.scalar(wanted.order_by(LearnerQuestion.waiting_since, LearnerQuestion.id).limit(1))


# Who answers.

def who_may_answer(session: Session, now: datetime) -> Sequence[Account]:
    """Everybody who answers questions now, by name."""
    return session.scalars(_holding(ANSWERING, now).order_by(Account.name, Account.id)).unique().all()


def who_answers(session: Session, kind: str, learner: Learner, now: datetime) -> int | None:
    """The learner's own adviser, or the trainer with the fewest questions waiting; never the asker. None where nobody
    does that work: the question then stands in the queue of all."""
    if kind == QuestionKind.SERVICE:
        adviser = session.scalar(
            select(Cohort.adviser_id).join(Enrolment, Enrolment.cohort_id == Cohort.id)
            .where(Enrolment.learner_id == learner.id, Enrolment.state.in_(LIVE))
            .order_by(Enrolment.id.desc()).limit(1))
        if adviser is not None and adviser != learner.account_id:
            return adviser
    role = Role.TRAINER if kind == QuestionKind.STUDY else Role.ADVISER
    load = (
        select(LearnerQuestion.owner_id, func.count().label("number"))
        .where(LearnerQuestion.state.in_(WAITING)).group_by(LearnerQuestion.owner_id).subquery()
    )
    wanted = _holding((role,), now).outerjoin(load, load.c.owner_id == Account.id).where(
        Account.id != learner.account_id).order_by(None)
    return session.scalar(wanted.with_only_columns(Account.id).order_by(
        func.coalesce(load.c.number, 0), Account.id).limit(1))


# What everybody may read.

def public_answers(session: Session, *, after: int | None = None) -> Page[PublicAnswer]:
    return page_by_id(session, select(PublicAnswer).where(PublicAnswer.withdrawn_at.is_(None)), PublicAnswer.id,
                      after=after)


def similar_answers(session: Session, text: str, *, at_most: int = 5, loose: bool = False) -> Sequence[PublicAnswer]:
    """The public answers that share most with the text, best first; `loose` (a search) takes any that shares
    something."""
    grams = grams_of(text)
    if not grams:
        return ()
    shared = func.count()
    found = session.execute(
        select(AnswerGram.answer_id, shared).join(PublicAnswer, PublicAnswer.id == AnswerGram.answer_id)
        .where(AnswerGram.gram.in_(grams), PublicAnswer.withdrawn_at.is_(None))
        .group_by(AnswerGram.answer_id).order_by(shared.desc(), AnswerGram.answer_id.desc()).limit(at_most)
    ).all()
    numbers = [number for number, count in found if loose or is_similar(int(count), len(grams))]
    answers = {one.id: one for one in session.scalars(select(PublicAnswer).where(PublicAnswer.id.in_(numbers)))}
    return [answers[number] for number in numbers]


def public_answer_of(session: Session, question_id: int) -> PublicAnswer | None:
    return session.scalar(select(PublicAnswer).where(PublicAnswer.question_id == question_id))


def seen_bank_question(session: Session, account_id: int | None, number: int) -> BankQuestion | None:
    """A question of the bank that stood in one of the person's own papers that is handed in: nobody asks for, or reads,
    a question they have not seen."""
    papers = session.scalars(select(QuizAttempt.paper).where(
        QuizAttempt.account_id == account_id, QuizAttempt.submitted_at.is_not(None)
    ).order_by(QuizAttempt.id.desc()).limit(200))
    if not any(item["question"] == number for paper in papers for item in paper):
        return None
    return session.get(BankQuestion, number)


# For the doctor.

def unsound_questions(session: Session) -> Iterator[str]:
    """Questions whose rows do not bear out what they say."""
    answers = select(QuestionPost.question_id).where(QuestionPost.by_staff)
    answered = LearnerQuestion.state == QuestionState.ANSWERED
    for reference in session.scalars(
        select(LearnerQuestion.reference).where(
            or_(answered, LearnerQuestion.answered_at.is_not(None)), LearnerQuestion.id.not_in(answers))
    ):
        yield f"question {reference} counts as answered and nobody answered it"
    for reference in session.scalars(
        select(LearnerQuestion.reference).where(LearnerQuestion.answered_at < LearnerQuestion.asked_at)
    ):
        yield f"question {reference} was answered before it was asked"
    named = (
        select(LearnerQuestion.reference).join(PublicAnswer, PublicAnswer.question_id == LearnerQuestion.id)
        .join(Learner, Learner.id == LearnerQuestion.learner_id)
        .where(Learner.legal_name != "", PublicAnswer.withdrawn_at.is_(None))
        .where(or_(PublicAnswer.question.contains(Learner.legal_name),
                   PublicAnswer.answer.contains(Learner.legal_name),
                   PublicAnswer.title.contains(Learner.legal_name)))
    )
    for reference in session.scalars(named):
        yield f"the public answer to question {reference} names the learner"


def _of(account_id: int) -> Select[LearnerQuestion]:
    whole = (joinedload(LearnerQuestion.learner), WHO)
    return select(LearnerQuestion).join(Learner, Learner.id == LearnerQuestion.learner_id).where(
        Learner.account_id == account_id).options(*whole)


def _listed(owner_id: int | None, kind: str) -> Select[LearnerQuestion]:
    wanted = select(LearnerQuestion).options(joinedload(LearnerQuestion.learner), WHO)
    if owner_id is not None:
        wanted = wanted.where(LearnerQuestion.owner_id == owner_id)
    return wanted.where(LearnerQuestion.kind == kind) if kind else wanted


def _holding(roles: Sequence[Role], now: datetime) -> Select[Account]:
    held = select(RoleGrant.account_id).where(
        RoleGrant.role.in_([str(role) for role in roles]), RoleGrant.from_at <= now,
        or_(RoleGrant.until_at.is_(None), RoleGrant.until_at > now))
    return select(Account).where(Account.state == AccountState.ACTIVE, Account.id.in_(held))
