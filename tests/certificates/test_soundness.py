"""What `flask doctor` asks of certificates: quiet on sound ones, and loud on every fault that is planted."""

from datetime import date

import pytest
from sqlalchemy import text, update

from enroll.certificates.models import Certificate, CertificateMove
from enroll.certificates.queries.soundness import unsound_certificates
from enroll.certificates.services import measures
from enroll.storage.database import transaction
from tests.builders.award import House, an_exam
from tests.builders.certificates import RECORDING, a_passer, at, issued


@pytest.fixture
def house(app):
    return House()


@pytest.fixture
def case(house):
    return issued(a_passer(an_exam(), house), house)


def found(session):
    return " · ".join(unsound_certificates(session))


def plant(**changes):
    with transaction() as session:
        session.execute(update(Certificate).values(**changes))


def test_a_sound_certificate_and_a_measure_by_two_give_no_sentence(session, case, house):
    assert found(session) == ""
    measures.propose_measure(case.reference, "suspend", "body_decision", "x", date(2026, 11, 17),
                             by=at(house.first, RECORDING), now=RECORDING)
    measures.confirm_measure(case.reference, by=at(house.second, RECORDING), now=RECORDING)
    assert found(session) == ""


def test_each_planted_fault_is_named(session, case, house):
    learner = case.learner.account_id
    sound = {"first_by_id": house.first.id, "first_digest": case.first_digest, "facts": case.facts,
             "outcome_id": case.outcome_id}
    for changes, sentence in (
        ({"first_by_id": house.checker.id}, "made or checked a mark"),
        ({"first_by_id": learner}, "by its own learner"),
        ({"first_digest": "0" * 64}, "two different sets of evidence"),
        ({"facts": {}}, "without a number, a date or its frozen facts"),
    ):
        plant(**{**sound, **changes})
        assert sentence in found(session), sentence
    plant(**sound)
    with transaction() as writing:
        writing.execute(text("UPDATE certificate SET state = 'reported'"))
    assert "has a number and is reported" in found(session)
    plant(number=None, first_by_id=None)
    assert "was not approved by two people" in found(session)


def test_a_suspension_by_one_person_alone_is_named(session, case, house):
    with transaction() as writing:
        writing.add(
            CertificateMove(
                record_id=case.id,
                move="suspend",
                from_state="issued",
                to_state="suspended",
                version=9,
                made_at=RECORDING,
                made_by_id=house.first.id,
                made_by_name="x",
                reason="",
            )
        )
    assert "suspend was not proposed by one person and made by another" in found(session)
