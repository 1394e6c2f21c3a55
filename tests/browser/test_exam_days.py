"""The pages of the exam's days, on phones and at a desk, by anybody."""

import os

import pytest

from enroll.accounts.permissions import Role
from enroll.admission.models import Ticket
from enroll.admission.services.access import GivenAccess, record_access
from enroll.admission.services.attendance import check_in
from enroll.admission.services.excuses import ask_excuse
from enroll.admission.services.incidents import Report, report_incident
from enroll.admission.services.seating import allocate_seats
from enroll.admission.services.tickets import release_confirmations, release_tickets
from enroll.exchange.rules.batches import BatchKind
from enroll.exchange.services.replies import check_reply
from enroll.sittings.lifecycle import Part
from enroll.sittings.models import Booking
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from enroll.storage.files import keep_file
from tests.browser.conftest import look_over
from tests.builders.accounts import an_account
from tests.builders.admission import DOORS, TICKET_DAY, a_candidate, a_room_sitting, an_online_sitting, registered
from tests.builders.exams import a_window
from tests.builders.exchange import a_liaison, a_reply, a_sent_batch
from tests.builders.papers import a_photo
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
        f"{at}/record/absent", f"{at}/list", f"{at}/papers", f"{at}/signed",
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


def test_a_list_is_ticked_off_without_a_line_and_sent_when_there_is_one(exam_day, open_page_as):
    _, office, known = exam_day
    page = open_page_as(office, f"/staff/admission/{known['theory']}/offline", width=390)
    look_over(page)
    page.context.set_offline(True)
    tick = page.locator("[name=row]")
    tick.check()
    assert page.locator("[data-offline-count]").text_content().endswith("1")
    page.get_by_label("所勾选的考生").check()
    page.get_by_role("button", name="发送勾选结果").click()
    assert page.url.endswith("/offline"), "without a line nothing is sent and nothing is lost"
    page.context.set_offline(False)
    before = tick.input_value()
    page.reload()
    assert page.locator("[name=row]").is_checked(), "the tick outlives the page"
    assert page.locator("[name=row]").input_value() == before, "with the time at which it was made"
    page.get_by_label("所勾选的考生").check()
    page.get_by_role("button", name="发送勾选结果").click()
    page.wait_for_url("**/offline/*")
    look_over(page)
    shoot(page, "merged")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('enroll-door')).length") == 0


def test_a_list_kept_on_the_device_opens_without_a_line_and_goes_with_its_ticks_or_at_sign_out(exam_day, open_page_as):
    _, office, known = exam_day
    list_at = f"/staff/admission/{known['theory']}/offline"
    page = open_page_as(office, list_at, width=390)
    base = page.url.removesuffix(list_at)
    stored = ("caches.has('enroll-door').then(has => has ? caches.open('enroll-door').then(box => box.keys()) : [])"
              ".then(kept => kept.length)")
    assert page.evaluate(stored) == 0, "names stay on a device only where somebody asks for it"
    page.get_by_role("button", name="在此设备上保存名单").click()
    page.get_by_text("已保存在此设备上").wait_for()
    look_over(page)
    page.context.set_offline(True)
    page.goto("about:blank")
    page.goto(base + list_at)
    page.get_by_role("rowheader", name="欧阳思源").wait_for()
    assert page.locator("[data-offline-line]").text_content().startswith("网络已断"), "opened anew, without a line"
    page.locator("[name=row]").check()
    shoot(page, "kept-offline")
    page.context.set_offline(False)
    page.get_by_label("所勾选的考生").check()
    page.get_by_role("button", name="发送勾选结果").click()
    page.wait_for_url("**/offline/*")
    page.wait_for_function(stored + ".then(n => n === 0)")
    assert db.session.query(Booking).filter_by(reference=known["seat"]).one().state == "present"
    db.session.rollback()
    page.goto(base + list_at)
    page.get_by_role("button", name="在此设备上保存名单").click()
    page.get_by_text("已保存在此设备上").wait_for()
    page.evaluate("document.querySelector('form[action$=\"/sign-out\"]').requestSubmit()")
    page.wait_for_url(lambda url: not url.endswith("/offline"))
    assert page.evaluate(stored) == 0


def test_camera_and_microphone_are_tried_and_nothing_is_promised(exam_day, open_page_as):
    account, _, known = exam_day
    page = open_page_as(account, f"/bookings/{known['online']}/equipment", width=390)
    look_over(page)
    page.get_by_role("button", name="检测摄像头和麦克风").click()
    for words in ("正常：下方能看到你本人", "能听到声音", "往返用时", "与系统时间相差"):
        page.get_by_text(words).first.wait_for()
    shoot(page, "equipment")
    page.get_by_role("button", name="停止").click()
    assert page.locator("[data-view]").is_hidden()


def test_a_ticket_is_read_by_the_camera_where_the_browser_can(exam_day, open_page_as):
    _, office, known = exam_day
    token = db.session.query(Ticket).filter_by(number="T2701-0001").one().token
    db.session.rollback()
    page = open_page_as(office, f"/staff/admission/{known['theory']}/door", width=390)
    assert page.locator("[data-scan]").is_hidden(), "this browser reads no codes: one types"
    page.add_init_script("window.BarcodeDetector = class { detect() { return Promise.resolve([{rawValue: '"
                         + token + "'}]); } };")
    page.reload()
    page.locator("[data-scan]").click()
    page.wait_for_url("**shown=*")
    assert page.get_by_role("heading", name="欧阳思源").is_visible()
    assert page.locator("[name=ticket_version]").get_attribute("type") == "hidden", "the code says which version it is"


def test_an_excuse_and_an_incident_are_asked_for_heard_and_decided(exam_day, open_page_as):
    account, office, known = exam_day
    look_over(open_page_as(account, f"/bookings/{known['online']}/excuse"))
    paper = keep_file(a_photo(), name="证明.jpg", media_type="image/jpeg", purpose="excuse", now=DOORS, sealed=True,
                      owner_id=account.id)
    asked = ask_excuse(known["online"], "发烧", paper, by=account.actor_at(DOORS), now=DOORS)
    seen = report_incident(Report(known["theory"], known["seat"], "device", DOORS, "手机响铃"),
                           by=office.actor_at(DOORS), now=DOORS)
    for who, address in ((account, f"/excuses/{asked}"), (account, f"/incidents/{seen}"),
                         (office, f"/staff/excuses/{asked}"), (office, f"/staff/incidents/{seen}"),
                         (office, "/staff/excuses"), (account, f"/bookings/{known['online']}")):
        look_over(open_page_as(who, address))
