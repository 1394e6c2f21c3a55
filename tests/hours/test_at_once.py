"""Several credits, and people, at the same moment."""

from sqlalchemy import func, select

from enroll.accounts.permissions import Role
from enroll.foundation.problems import Refused
from enroll.hours.models import HoursProof, LedgerEntry
from enroll.hours.queries.soundness import recompute
from enroll.hours.queries.standing import minutes_credited
from enroll.hours.services.crediting import credit, reverse
from enroll.storage.database import again_if_crowded
from tests.at_once import at_once
from tests.builders.study import a_colleague, a_student, credited, learner_of, minutes
from tests.conftest import NOON

CROWD = 8


def test_one_source_credited_by_many_at_once_is_credited_once(app, session):
    student = a_student()
    number, by = student.id, learner_of(student)
    done = at_once(app, *[lambda: again_if_crowded(lambda: credit(number, minutes(30), by=by, now=NOON))] * CROWD)
    session.rollback()
    assert sorted(done) == [0] * (CROWD - 1) + [30]
    assert minutes_credited(session, number) == 30


def test_many_credits_at_once_stay_within_the_day_and_add_up(app, session):
    student = a_student()
    number, by = student.id, learner_of(student)

    def one(key):
        return lambda: again_if_crowded(
            lambda: credit(number, minutes(60, f"session:{key}:x"), by=by, now=NOON)
        )

    done = at_once(app, *[one(key) for key in range(CROWD)])
    session.rollback()
    assert sum(done) == 360
    assert list(recompute(session)) == []


def test_two_credits_that_both_complete_the_hours_bring_one_proof(app, session):
    student = a_student()
    credited(student, 1574)
    number, by = student.id, learner_of(student)

    def one(key):
        return lambda: again_if_crowded(lambda: credit(number, minutes(1, f"session:{key}:x"), by=by, now=NOON))

    assert at_once(app, *[one(key) for key in range(CROWD)]) == [1] * CROWD
    session.rollback()
    assert session.scalar(select(func.count(HoursProof.id))) == 1
    assert list(recompute(session)) == []


def test_an_entry_taken_back_by_two_people_at_once_is_taken_back_once(app, session):
    student = a_student()
    credit(student.id, minutes(30), by=learner_of(student), now=NOON)
    credit(student.id, minutes(30, "session:b:x"), by=learner_of(student), now=NOON)
    entry, number = session.scalars(select(LedgerEntry.id)).first(), student.id
    people = [a_colleague(Role.TRAINER, name=name) for name in ("one", "two")]

    def back(person):
        return lambda: again_if_crowded(lambda: reverse(number, entry, by=person, now=NOON, reason="错"))

    answers = at_once(app, *[back(person) for person in people])
    session.rollback()
    assert sum(isinstance(answer, Refused) for answer in answers) == 1
    assert minutes_credited(session, number) == 30
