"""Several reviewers, events and replies at the same moment: one case, one approval each, one number."""

import pytest

from enroll.certificates.models import Certificate
from enroll.certificates.services import cases, numbers
from enroll.foundation.problems import Refused
from enroll.results.models import Outcome
from enroll.results.services.publishing import void_result
from enroll.storage.database import again_if_crowded
from enroll.storage.outbox import OutboxEntry
from tests.at_once import at_once
from tests.builders.award import PUBLISHING, House, acting, an_exam, result_of
from tests.builders.certificates import ISSUED_ON, NUMBER, RECORDING, REVIEWING, a_passer, at, case_of, reported


@pytest.fixture
def house(app):
    return House()


@pytest.fixture
def window(app):
    return an_exam()


@pytest.fixture
def ana(window, house):
    return a_passer(window, house)


def crowded(act, *args, **kwargs):
    return lambda: again_if_crowded(lambda: act(*args, **kwargs))


def test_five_events_of_one_pass_open_one_case(app, session, ana):
    outcome = session.query(Outcome).one().id
    session.rollback()
    given = at_once(app, *[crowded(cases.follow_outcome, outcome, now=PUBLISHING)] * 5)
    assert set(given) == {"C2609-0001"}
    assert session.query(Certificate).count() == 1


def test_two_first_approvals_at_once_are_one(app, session, ana, house):
    reference, first, second = case_of(ana).reference, at(house.first), at(house.second)
    session.rollback()
    given = at_once(app, crowded(cases.approve_first, reference, by=first, now=REVIEWING),
                    crowded(cases.approve_first, reference, by=second, now=REVIEWING))
    assert sum(isinstance(one, Refused) for one in given) == 1
    assert case_of(ana).state == "first_approved"


def test_an_approval_while_the_result_falls_never_ends_in_a_report(app, session, window, ana, house):
    reference, first, lead = case_of(ana).reference, at(house.first), acting(house.lead)
    result = result_of(ana, window, "theory").reference
    session.rollback()
    at_once(app, crowded(cases.approve_first, reference, by=first, now=REVIEWING),
            crowded(void_result, result, by=lead, now=REVIEWING, reason="x"))
    with pytest.raises(Refused):
        cases.approve_second(reference, by=at(house.second), now=REVIEWING)


def test_five_replies_with_one_number_make_one_certificate(app, session, ana, house):
    reference, liaison = reported(ana, house).reference, at(house.liaison, RECORDING)
    session.rollback()
    given = at_once(app, *[crowded(numbers.record_number, reference, NUMBER, ISSUED_ON, None, None, by=liaison,
                                   now=RECORDING)] * 5)
    assert sum(one is None for one in given) == 1
    assert sum(isinstance(one, Refused) for one in given) == 4
    assert case_of(ana).number == NUMBER
    assert session.query(OutboxEntry).filter_by(event="CertificateRecorded").count() == 1
