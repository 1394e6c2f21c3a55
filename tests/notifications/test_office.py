"""What changes for many at once: who hears of a date that moved, a window that is off, money that came too late."""

import pytest
from sqlalchemy import update

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.applications.events import ApplicationMoved
from enroll.applications.models import Application
from enroll.fees.events import PaymentCameLate
from enroll.fees.models import Fee, Payment
from enroll.fees.services.payments import record_payment
from enroll.notifications.models import Dispatch
from enroll.programmes.events import WindowDateMoved, WindowMoved
from enroll.sittings.models import Booking
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from tests.builders.accounts import an_account, an_actor
from tests.builders.whole_file import one
from tests.conftest import NOON
from tests.notifications.test_tellers import APPLICATION, a_quiet_file, messages, tell
from tests.pages import text_of

BEFORE, AFTER = "2027-01-04T09:00:00+00:00", "2027-01-05T09:00:00+00:00"


@pytest.fixture
def whole(app):
    app.config["MAIL_URL"] = "smtp://127.0.0.1"
    finance, officer = an_account("caiwu", Role.FINANCE), an_account("kaowu", Role.EXAM_OFFICER)
    found = a_quiet_file()
    with transaction() as session:
        session.execute(update(Account).where(Account.id.in_([found.account_id, finance.id])).values(language="en"))
        session.get_one(Account, officer.id).language = "zh"
    return found


def told():
    """(who, first words) of every message, and that each also went out as a letter."""
    names = {account.id: account.username for account in db.session.query(Account)}
    for message in messages():
        assert message.body
        assert "{" not in message.subject + message.body
    letters = {letter.account_id for letter in db.session.query(Dispatch)}
    assert letters == {message.account_id for message in messages()}
    return {(names[message.account_id], message.subject, message.link) for message in messages()}


def moved(name):
    return WindowDateMoved("202701", name, BEFORE, AFTER)


def test_a_date_that_moved_is_told_to_whoever_waits_for_it_and_to_the_exam_office(app, whole):
    tell(app, moved("scores_publish_at"))
    assert told() == {
        ("zhangwei", "Window 202701, a date has moved: Scores published", "/applications"),
        ("kaowu", "202701期日期调整：成绩公布", "/staff/windows/202701")}
    assert "2027-01-05" in messages()[-1].body or "5" in messages()[-1].body


@pytest.mark.parametrize("name", ["seating_by", "marking_by", "roster_to_issuer_by", "resit_closes_at"])
def test_a_date_of_the_office_or_of_the_other_lane_is_no_news_for_a_learner(app, whole, name):
    tell(app, moved(name))
    assert {who for who, *_ in told()} == {"kaowu"}


def test_who_is_out_of_the_window_hears_nothing_of_its_dates(app, whole):
    with transaction() as session:
        session.execute(update(Application).values(state="withdrawn"))
        session.execute(update(Booking).values(state="cancelled"))
    tell(app, moved("scores_publish_at"))
    assert {who for who, *_ in told()} == {"kaowu"}


def test_a_cancelled_window_is_told_to_who_must_act_and_to_its_learners_by_their_own_application(app, whole):
    tell(app, WindowMoved("202701", "cancel", "cancelled"),
         ApplicationMoved(whole.learner_id, APPLICATION, "cancel_window", "cancelled"))
    assert {(who, link) for who, _, link in told()} == {
        ("caiwu", "/staff/fees/refunds"), ("kaowu", "/staff/sittings"), ("zhangwei", f"/applications/{APPLICATION}")}
    own = next(one for one in messages() if one.account_id == whole.account_id)
    assert "does not take place" in own.body


def test_a_published_window_asks_nobody_to_act(app, whole):
    tell(app, WindowMoved("202701", "publish", "published"))
    assert messages() == []


def test_money_that_came_too_late_is_told_to_finance_and_to_the_learner(app, whole, sign_in):
    with transaction() as session:
        session.execute(update(Account).values(language="en"))
    payment = one(Payment)
    tell(app, PaymentCameLate(whole.learner_id, "F000001", APPLICATION, payment.id))
    assert {(who, link) for who, _, link in told()} == {
        ("caiwu", "/staff/fees/reconciliation"), ("zhangwei", "/fees")}
    office = sign_in(db.session.query(Account).filter_by(username="caiwu").one())
    assert "消息，1 条未读" in office.get("/staff").get_data(as_text=True), "the bell rings for staff as well"
    assert "came too late" in text_of(office.get("/messages"))


def test_a_payment_for_a_lapsed_fee_says_that_it_came_late(app, whole):
    """The event is recorded by the service itself: the fee of the file is paid, so more money is late."""
    with transaction() as session:
        session.execute(update(Fee).values(state="void"))
    record_payment("F000001", "bank", "T-LATE", 100, NOON, by=an_actor("second", Role.FINANCE), now=NOON)
    outbox.deliver(NOON, slow=False)
    assert {who for who, *_ in told()} >= {"caiwu", "second"}
