"""An adviser, a trainer, and questions on their way."""

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import Actor
from enroll.learners.models import Learner
from enroll.storage.database import db, transaction
from enroll.supervision.models import LearnerQuestion
from enroll.supervision.queries.asking import question_by_reference
from enroll.supervision.services.asking import NewQuestion, PublicWords, answer_question, ask, publish_answer
from tests.builders.study import a_person, a_student, learner_of
from tests.conftest import NOON
from tests.worlds import built_once

TITLE, TEXT = "提示词里的背景要写多长？", "我写了三行，模型还是答非所问。"


def a_trainer(name: str = "jiangshi") -> Account:
    return a_person(name, Role.TRAINER)


def the_adviser() -> Account:
    """The adviser of the cohort that `a_student` joins; there is one once somebody has joined."""
    return db.session.query(Account).filter_by(username="banzhuren").one()


def of(account: Account) -> Actor:
    return account.actor_at(NOON)


@built_once
def a_followed(name: str = "zhangwei", reference: str = "L000001") -> Enrolment:
    """A student whose learner number fits an address."""
    student = a_student(name)
    with transaction() as session:
        session.get_one(Learner, student.learner_id).reference = reference
    return student


@built_once
def asked(student: Enrolment, *, title: str = TITLE, text: str = TEXT, kind: str = "study", **more: object) -> str:
    return ask(NewQuestion(title, text, kind, **more), by=learner_of(student), now=NOON)  # type: ignore[arg-type]


def the_question(reference: str) -> LearnerQuestion:
    db.session.expire_all()
    found = question_by_reference(db.session(), reference)
    assert found is not None
    return found


@built_once
def a_public_answer(student: Enrolment, trainer: Account, *, title: str = TITLE, answer: str = "一两句就够。") -> str:
    reference = asked(student, title=title)
    answer_question(reference, answer, by=of(trainer), now=NOON)
    publish_answer(reference, PublicWords(title, TEXT, answer), by=of(trainer), now=NOON)
    return reference
