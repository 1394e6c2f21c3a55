"""The pages of the exam's days, on phones and at a desk, by anybody."""

import os

import pytest

from enroll.accounts.permissions import Role
from enroll.admission.services.access import GivenAccess, record_access
from enroll.admission.services.attendance import check_in
from enroll.admission.services.seating import allocate_seats
from enroll.admission.services.tickets import release_confirmations, release_tickets
from enroll.exchange.rules.batches import BatchKind
from enroll.exchange.services.replies import check_reply
from enroll.sittings.lifecycle import Part
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from tests.browser.conftest import look_over
from tests.builders.accounts import an_account
from tests.builders.admission import DOORS, TICKET_DAY, a_candidate, a_room_sitting, an_online_sitting, registered
from tests.builders.exams import a_window
from tests.builders.exchange import a_liaison, a_reply, a_sent_batch
from tests.builders.programmes import an_organisation
from tests.conftest import NOON

pytestmark = pytest.mark.browser


@pytest.fixture
def exam_day(app, clock):
    """One person with a seat at the door, on paper and online, and a batch that has been answered wrongly."""
    with transaction() as session:
        an_organisation(session)
    window = a_window()
    theory, practical = a_room_sitting(window), an_online_sitting(window, Part.PRACTICAL)
    person = a_candidate("zhangwei", legal_name="欧阳思源")
    seat, online = registered(person, theory, practical)
    account = person.account
    office = an_account("kaowu", *(role for role in Role if role is not Role.LEARNER))
    by = office.actor_at(NOON)
    record_access(online, GivenAccess("110127010001", "wu001", "s3cret!", "https://exam.example.org/in"),
                  batch="X2701-0001", by=by, now=NOON)
    allocate_seats(theory.code, by=by, now=TICKET_DAY)
    release_tickets("202701", by=by, now=TICKET_DAY)
    release_confirmations("202701", by=by, now=TICKET_DAY)
    liaison = a_liaison()
    batch = a_sent_batch(liaison)
    reply = check_reply(BatchKind.REGISTRATION, a_reply([seat, "李娜"], [online, "欧阳思源", "", "", "wu001"]),
                        file_name="reply.xlsx", by=liaison, now=NOON, batch=batch).token
    outbox.deliver(TICKET_DAY)
    clock.set(DOORS)
    db.session.rollback()
    return account, office, {"seat": seat, "online": online, "batch": batch, "reply": reply, "theory": theory.code}


def shoot(page, name):
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.set_viewport_size({"width": 390, "height": 844})
        page.screenshot(path=f"{folder}/{name}-390.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 844})
        page.screenshot(path=f"{folder}/{name}-1280.png", full_page=True)


def test_the_learner_reads_ticket_confirmation_and_booking(exam_day, open_page_as):
    account, _, known = exam_day
    for place, address in enumerate(("/tickets/T2701-0001", "/tickets/T2701-0002", f"/bookings/{known['seat']}")):
        page = open_page_as(account, address)
        look_over(page)
        shoot(page, f"learner{place}")


def test_the_office_works_at_the_door_and_with_the_lists(exam_day, open_page_as):
    _, office, known = exam_day
    at = f"/staff/admission/{known['theory']}"
    for place, address in enumerate((
        "/staff/admission", at, f"{at}/door", f"{at}/door?shown={known['seat']}", f"{at}/{known['seat']}/seat",
        f"{at}/record/absent", f"{at}/list", f"{at}/papers",
    )):
        page = open_page_as(office, address)
        look_over(page)
        shoot(page, f"office{place}")


def test_the_alarm_is_seen_and_the_undoing_asks_for_a_reason(exam_day, open_page_as):
    _, office, known = exam_day
    by = office.actor_at(NOON)
    check_in(known["seat"], by=by, now=DOORS, ticket_version=1, identity_confirmed=True)
    at = f"/staff/admission/{known['theory']}"
    page = open_page_as(office, f"{at}/door?shown={known['seat']}")
    look_over(page)
    shoot(page, "alarm")
    look_over(open_page_as(office, f"{at}/{known['seat']}/undo"))


def test_the_liaison_reads_batches_and_replies(exam_day, open_page_as):
    _, office, known = exam_day
    for place, address in enumerate(("/staff/exchange", f"/staff/exchange/{known['batch']}",
                                     f"/staff/exchange/replies/{known['reply']}")):
        page = open_page_as(office, address)
        look_over(page)
        shoot(page, f"exchange{place}")
