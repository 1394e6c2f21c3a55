"""What comes back of the training fee when somebody leaves: announced on the page, asked for by the press, once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.enrolments.events import EnrolmentMoved
from enroll.enrolments.services.changing import move_enrolment
from enroll.fees.models import Refund
from enroll.fees.queries.fees import fee_for
from enroll.fees.services.payments import record_payment
from enroll.hours.queries.standing import minutes_credited
from enroll.storage import outbox
from enroll.storage.database import transaction
from tests.builders.accounts import an_account, an_actor
from tests.builders.enrolments import a_place_to_enrol, enrolled, somebody, the_enrolment
from tests.builders.study import credited
from tests.conftest import NOON
from tests.pages import press, text_of

WEEK = timedelta(days=7)


@pytest.fixture
def reference(app):
    """Enrolled and paid at NOON."""
    a_place_to_enrol()
    return enrolled(*somebody())


def pay(session, reference, fen=None):
    fee = fee_for(session, reference)
    session.rollback()
    record_payment(fee.reference, "bank", "T1", fen or fee.owed_fen, NOON, by=an_actor("caiwu", Role.FINANCE), now=NOON)
    outbox.deliver(NOON, slow=False)
    return fee.amount_fen


def refunds(session):
    session.rollback()
    return [(one.amount_fen, one.rule_code, one.state) for one in session.scalars(select(Refund))]


def leave(reference, *, now):
    move_enrolment(reference, "withdraw", "离职", by=an_actor("du2", Role.ADVISER), now=now)
    outbox.deliver(now, slow=False)


def test_within_a_week_and_without_study_the_whole_fee_comes_back(session, reference):
    whole = pay(session, reference)
    leave(reference, now=NOON + WEEK - timedelta(seconds=1))
    assert refunds(session) == [(whole, "not_started", "requested")]


def test_afterwards_the_share_that_was_not_studied_comes_back(session, reference):
    whole = pay(session, reference)
    enrolment = the_enrolment(reference)
    credited(enrolment, 315)
    studied = minutes_credited(session, enrolment.id)
    assert 0 < studied < 1575
    leave(reference, now=NOON + timedelta(days=1))
    assert refunds(session) == [(whole * (1575 - studied) // 1575, "started", "requested")]


def test_who_has_studied_everything_gets_nothing_back(session, reference):
    pay(session, reference)
    credited(the_enrolment(reference), 1600)
    leave(reference, now=NOON + WEEK)
    assert refunds(session) == []


def test_who_never_paid_gets_nothing_back_and_who_paid_a_part_gets_that_part(session, reference):
    pay(session, reference, fen=10000)
    leave(reference, now=NOON)
    assert [fen for fen, *_ in refunds(session)] == [10000]


def test_the_same_news_twice_asks_once(session, reference):
    pay(session, reference)
    leave(reference, now=NOON)
    with transaction() as inner:
        learner_id = the_enrolment(reference).learner_id
        outbox.record(inner, EnrolmentMoved(learner_id, reference, "withdraw", "withdrawn"), NOON)
    outbox.deliver(NOON, slow=False)
    assert len(refunds(session)) == 1


@pytest.mark.parametrize(("language", "words"), [
    ("zh", "本次操作将为学员申请退费"), ("en", "is asked back for the learner")])
def test_the_page_says_what_comes_back_before_the_press(session, sign_in, reference, language, words):
    whole = pay(session, reference)
    adviser = an_account("dudao", Role.ADVISER)
    with transaction() as inner:
        inner.get_one(Account, adviser.id).language = language
    browser = sign_in(adviser)
    browser.get(f"/language/{language}")
    page = f"/staff/enrolments/{reference}/withdraw"
    read = text_of(browser.get(page))
    assert words in read
    assert f"{whole // 100:,}" in read
    assert refunds(session) == [], "looking changes nothing"
    assert press(browser, page, reason="离职").status_code == 303
    assert [fen for fen, *_ in refunds(session)] == [whole]
