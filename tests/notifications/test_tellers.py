"""What people are told: every event in both languages, once, without a mark, a secret or a hole in the text."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from enroll.accounts.events import AccountChanged, CodeSent
from enroll.accounts.models import Account
from enroll.admission.events import TicketReleased
from enroll.applications.events import ApplicationMoved, DeadlineNear
from enroll.certificates.events import CertificateMoved
from enroll.courses.events import PracticeWorkMoved
from enroll.enrolments.events import EnrolmentMoved
from enroll.fees.events import FeeSettled, RefundMoved
from enroll.hours.events import DoubtDecided, ProofIssued, ProofRevoked
from enroll.hours.models import HoursProof
from enroll.learners.events import IdentityCheckMoved
from enroll.learners.models import IdentityCheck
from enroll.notifications import exam, office, study
from enroll.notifications.models import Dispatch, Message
from enroll.results.events import OutcomePublished, ScoreReviewAnswered
from enroll.sittings.events import BookingMoved
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from enroll.storage.outbox import OutboxSecret
from tests.builders.accounts import an_account
from tests.builders.whole_file import a_whole_file, one
from tests.conftest import NOON

APPLICATION = "A2701-0001"


def events_of(whole):
    """Every event that is told, in every state that has words of its own."""
    learner, proof = whole.learner_id, one(HoursProof).reference
    photo = next(check.reference for check in db.session.query(IdentityCheck) if check.kind == "photo")
    application = [("submit", "submitted"), ("return", "returned"), ("approve", "approved"), ("reject", "rejected"),
                   ("withdraw", "withdrawn"), ("lapse_unpaid", "expired"), ("lapse_correction", "expired"),
                   ("cancel", "cancelled")]  # fmt: skip
    booking = ["confirmed", "absent", "disqualified", "offered", "moved"]
    certificate = [("begin", "eligible"), ("approve_second", "approved"), ("report", "reported"),
                   ("record", "issued"), ("refuse", "refused"), ("revoke", "revoked")]  # fmt: skip
    changes = ["password_changed", "address_changed", "disabled", "enabled", "address_wanted"]
    due_at = (NOON + timedelta(days=1)).isoformat()
    return [
        *[AccountChanged(whole.account_id, what) for what in changes],
        *[IdentityCheckMoved(learner, photo, "photo", "x", state)
          for state in ("submitted", "verified", "returned", "unable")],
        *[EnrolmentMoved(learner, "E-ZHANGWEI", "x", state)
          for state in ("pending_payment", "active", "completed", "withdrawn")],
        FeeSettled(learner, "F000001", APPLICATION, "paid"),
        *[RefundMoved(learner, "R000001", state) for state in ("requested", "approved", "sent", "done", "failed")],
        *[PracticeWorkMoved(learner, "W000001", "x", state) for state in ("handed_in", "accepted", "returned")],
        DoubtDecided(learner, "D000001", "counted"), DoubtDecided(learner, "D000001", "not_counted"),
        ProofIssued(learner, proof), ProofRevoked(learner, proof),
        *[ApplicationMoved(learner, APPLICATION, move, state) for move, state in application],
        *[DeadlineNear(learner, APPLICATION, what, "day", due_at) for what in ("payment", "correction")],
        *[BookingMoved(learner, "B2701-0001", "x", state) for state in booking],
        TicketReleased(learner, whole.ticket, "ticket", 1), TicketReleased(learner, whole.ticket, "ticket", 2),
        TicketReleased(learner, whole.ticket, "confirmation", 1),
        OutcomePublished(learner, "202701", whole.outcome_id), ScoreReviewAnswered(learner, "V000001"),
        *[CertificateMoved(learner, "C2701-0001", move, state) for move, state in certificate],
    ]  # fmt: skip


def a_quiet_file():
    """A whole file of which nothing is left to tell."""
    whole = a_whole_file()
    with transaction() as session:
        session.execute(outbox.update(outbox.OutboxDelivery).values(next_try_at=None))
    return whole


def tell(app, *events):
    """As a worker: without a request. Fails where a handler failed."""
    with transaction() as session:
        for event in events:
            outbox.record(session, event, NOON)
    handlers = app.extensions["outbox"].handlers
    tellers = {f"{module.__name__.removeprefix('enroll.')}.{tell.__name__}" for module in (study, exam, office)
               for _event, tell in module.TELLS}
    for event in events:
        assert any(handler.name in tellers for handler in handlers[type(event).__name__]), event
    with transaction() as session:  # other packages' handlers have their own tests
        session.execute(outbox.update(outbox.OutboxDelivery)
                        .where(outbox.OutboxDelivery.handler.not_in(tellers)).values(next_try_at=None))
    outbox.deliver(NOON, slow=False)
    db.session.rollback()
    failed = db.session.scalars(select(outbox.OutboxDelivery.last_error).where(outbox.OutboxDelivery.last_error != ""))
    assert failed.all() == []


def messages():
    db.session.rollback()
    return db.session.scalars(select(Message).order_by(Message.id)).all()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_event_has_its_words_in_both_languages(app, language):
    whole = a_quiet_file()
    with transaction() as session:
        session.get_one(Account, whole.account_id).language = language
    told = []
    for event in events_of(whole):
        before = len(messages())
        tell(app, event)
        new = messages()[before:]
        assert new or isinstance(event, TicketReleased | BookingMoved), f"nobody was told of {event}"
        told += new
    assert len(told) > 40
    for message in told:
        text = f"{message.subject}\n{message.body}"
        assert message.language == language
        assert 2 < len(message.subject) <= 200
        assert message.body, message.subject
        assert not re.search(r"[{}]|%\(|None|Undefined|\bTrue\b|<[a-z]", text), text
        assert not re.search(r"73[.,]?7|\b737\b", text), f"a mark left the house: {text}"
        chinese = len(re.findall(r"[\u4e00-\u9fff]", message.subject))
        assert (chinese > 1) == (language == "zh") or "智能体" in text, message.subject


def test_an_event_that_comes_again_is_told_once(app):
    whole = a_quiet_file()
    tell(app, *events_of(whole))
    known = [(one.about, one.subject) for one in messages()]
    with transaction() as session:
        session.execute(outbox.update(outbox.OutboxDelivery).values(next_try_at=NOON, delivered_at=None)
                        .where(outbox.OutboxDelivery.handler.startswith("notifications.")))
    outbox.deliver(NOON)
    assert [(one.about, one.subject) for one in messages()] == known


def test_a_fee_that_was_waived_says_so_and_speaks_of_no_payment(app):
    whole = a_quiet_file()
    tell(app, FeeSettled(whole.learner_id, "F000001", APPLICATION, "waived"))
    assert "到账" not in messages()[0].body


def test_one_payment_for_both_parts_is_one_message(app):
    whole = a_quiet_file()
    tell(app, *[BookingMoved(whole.learner_id, seat, "confirm", "confirmed") for seat in ("B2701-0001", "B2701-0002")])
    assert len(messages()) == 1


def test_returned_and_rejected_each_name_their_own_items(app):
    whole = a_quiet_file()
    tell(app, ApplicationMoved(whole.learner_id, APPLICATION, "return", "returned"),
         ApplicationMoved(whole.learner_id, APPLICATION, "reject", "rejected"))
    returned, rejected = [one.body for one in messages()]
    assert "重新拍摄 return" in returned
    assert "重新拍摄 reject" not in returned
    assert "重新拍摄 reject" in rejected


def test_what_changes_no_word_of_the_learners_is_silent(app):
    whole = a_quiet_file()
    tell(app, ApplicationMoved(whole.learner_id, APPLICATION, "reopen", "submitted"),
         CertificateMoved(whole.learner_id, "C2701-0001", "approve_first", "first_approved"),
         CertificateMoved(whole.learner_id, "C2701-0001", "hold", "on_hold"),
         BookingMoved(whole.learner_id, "B2701-0001", "check_in", "present"))
    assert messages() == []


def test_a_code_goes_to_the_address_it_names_and_into_no_list_and_is_gone_afterwards(app, tmp_path):
    app.config.update(MAIL_URL=f"folder:{tmp_path}", MAIL_FROM="enroll@example.org", SMS_URL=f"folder:{tmp_path}")
    account = an_account("newcomer")
    number = account.id
    for address, language in (("new@example.org", "en"), ("+8613800138000", "zh")):
        with transaction() as session:
            outbox.record(session, CodeSent(number, "confirm", address, language, code="471100"), NOON)
    outbox.deliver(NOON)
    assert messages() == []
    letters = db.session.scalars(select(Dispatch).order_by(Dispatch.id)).all()
    assert [(one.channel, one.address) for one in letters] == [("email", "new@example.org"), ("sms", "+8613800138000")]
    assert letters[0].subject == "Your sign-up code"
    assert letters[1].subject == "注册验证码"
    assert [one.body for one in letters] == ["", ""], "sent, so forgotten"
    assert db.session.scalars(select(OutboxSecret)).all() == []
    sent = [file.read_bytes() for file in tmp_path.iterdir()]
    assert len(sent) == 2


def test_a_changed_address_is_told_to_the_old_one_too(app):
    app.config["MAIL_URL"] = "smtp://127.0.0.1"
    account = an_account("zhangwei")
    tell(app, AccountChanged(account.id, "address_changed", before="old@example.org"))
    addresses = [one.address for one in db.session.scalars(select(Dispatch))]
    assert sorted(addresses) == ["old@example.org", "zhangwei@example.org"]


def test_an_address_that_nobody_confirmed_gets_no_letter_but_the_person_a_message(app):
    app.config["MAIL_URL"] = "smtp://127.0.0.1"
    account = an_account("zhangwei")
    with transaction() as session:
        session.get_one(Account, account.id).email_key = None
    tell(app, AccountChanged(account.id, "password_changed"))
    assert len(messages()) == 1
    assert db.session.scalars(select(Dispatch)).all() == []


def test_letters_lead_to_the_configured_address(app):
    app.config.update(MAIL_URL="smtp://127.0.0.1", BASE_URL="https://enroll.example.org")
    whole = a_quiet_file()
    tell(app, FeeSettled(whole.learner_id, "F000001", APPLICATION, "paid"))
    [letter] = db.session.scalars(select(Dispatch)).all()
    assert letter.body.endswith("\n\nhttps://enroll.example.org/fees")
    assert messages()[0].link == "/fees"
