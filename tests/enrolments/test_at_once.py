"""Several people, or several presses, at the same moment."""

from sqlalchemy import func, select

from enroll.enrolments.models import Cohort, Enrolment
from enroll.enrolments.services.changing import move_enrolment
from enroll.enrolments.services.cohorts import add_cohort
from enroll.enrolments.services.enrolling import enrol, start_studying
from enroll.fees.models import Fee
from enroll.fees.queries.fees import fee_for
from enroll.fees.services.payments import record_payment
from enroll.foundation.problems import Refused
from enroll.storage.database import again_if_crowded
from tests.at_once import at_once
from tests.builders.accounts import Role, an_actor
from tests.builders.enrolments import LOADER, a_place_to_enrol, enrolled, somebody, the_enrolment
from tests.builders.mailbox import events_told
from tests.conftest import NOON

CROWD = 8


def outcomes(done):
    """How many of each: what was returned counts as 'done', a refusal as its codes."""
    named = [",".join(sorted(one.codes)) if isinstance(one, Refused) else
             "done" if not isinstance(one, Exception) else repr(one) for one in done]
    return {name: named.count(name) for name in named}


def test_many_presses_at_once_make_one_enrolment_and_one_fee(app, session):
    a_place_to_enrol()
    account, learner = somebody()
    number, by = learner.id, account.actor_at(NOON)
    session.rollback()
    press = lambda: again_if_crowded(lambda: enrol(number, "CAIP", "C2611", "D1", 1, by=by, now=NOON))  # noqa: E731
    assert outcomes(at_once(app, *[press] * CROWD)) == {"done": 1, "already_enrolled": CROWD - 1}
    session.rollback()
    assert session.scalar(select(func.count(Enrolment.id))) == 1
    assert session.scalar(select(func.count(Fee.id))) == 1


def test_many_learners_enrolling_at_once_all_get_their_own(app, session):
    a_place_to_enrol()
    people = [(learner.id, account.actor_at(NOON)) for account, learner in (somebody(f"n{n}") for n in range(CROWD))]
    session.rollback()

    def press(number, by):
        return lambda: again_if_crowded(lambda: enrol(number, "CAIP", "C2611", "D1", 1, by=by, now=NOON))

    done = at_once(app, *[press(number, by) for number, by in people])
    assert sorted(done) == [f"E{number:06d}" for number in range(1, CROWD + 1)]


def test_a_payment_heard_several_times_starts_the_study_once(app, session):
    a_place_to_enrol()
    reference = enrolled(*somebody())
    record_payment(fee_for(session, reference).reference, "bank", "1", 128000, NOON,
                   by=an_actor("caiwu", Role.FINANCE), now=NOON)
    session.rollback()
    hear = lambda: again_if_crowded(lambda: start_studying(reference, now=NOON))  # noqa: E731
    assert outcomes(at_once(app, *[hear] * CROWD)) == {"done": CROWD}
    assert the_enrolment(reference).state == "active"
    assert [event["move"] for event in events_told("EnrolmentMoved")] == ["enrol", "activate"]


def test_two_people_ending_the_same_enrolment_end_it_once(app, session):
    a_place_to_enrol()
    reference, adviser = enrolled(*somebody()), an_actor("du2", Role.ADVISER)
    session.rollback()
    end = lambda: again_if_crowded(  # noqa: E731
        lambda: move_enrolment(reference, "withdraw", "离职", by=adviser, now=NOON))
    assert outcomes(at_once(app, *[end] * 4)) == {"done": 1, "wrong_state": 3}


def test_two_people_adding_the_same_cohort_add_one(app, session):
    a_place_to_enrol()
    session.rollback()
    add = lambda: again_if_crowded(lambda: add_cohort(  # noqa: E731
        "C2701", "一月班", programme_code="CAIP", adviser="banzhuren", source="self", open_to_all=True, by=LOADER,
        now=NOON))
    assert outcomes(at_once(app, *[add] * 4)) == {"done": 1, "cohort_known": 3}
    session.rollback()
    assert session.scalar(select(func.count(Cohort.id)).where(Cohort.code == "C2701")) == 1
