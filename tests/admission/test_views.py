"""The learner's ticket and booking: one's own alone, the password on demand alone."""

from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.admission.services.access import GivenAccess, record_access
from enroll.admission.services.seating import allocate_seats
from enroll.admission.services.tickets import release_confirmations, release_tickets
from enroll.audit.models import AuditEntry
from enroll.learners.models import Learner
from enroll.sittings.lifecycle import Part
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from tests.builders.accounts import an_account
from tests.builders.admission import (
    TICKET_DAY,
    a_candidate,
    a_room_sitting,
    an_officer,
    an_online_sitting,
    booking,
    registered,
)
from tests.builders.exams import a_window
from tests.builders.programmes import an_organisation
from tests.conftest import NOON
from tests.pages import press, text_of


def account(name):
    db.session.rollback()
    return db.session.scalars(select(Learner).where(Learner.reference == f"L-{name}")).one().account


def a_ticket(name="a", **more):
    with transaction() as session:
        an_organisation(session)
    window = a_window()
    sittings = a_room_sitting(window), a_room_sitting(window, Part.PRACTICAL)
    references = registered(a_candidate(name, legal_name="李𬱖"), *sittings)
    officer = an_officer()
    for sitting in sittings:
        allocate_seats(sitting.code, by=officer, now=TICKET_DAY)
    release_tickets("202701", by=officer, now=TICKET_DAY)
    return references


def a_confirmation(name="a"):
    with transaction() as session:
        an_organisation(session)
    reference, = registered(a_candidate(name), an_online_sitting(a_window()))
    officer = an_officer()
    record_access(reference, GivenAccess("110127010001", "wu001", "s3cret!", "https://exam.example.org/in"),
                  batch="X2701-0001", by=officer, now=NOON)
    release_confirmations("202701", by=officer, now=NOON)
    return reference


def test_the_ticket_says_everything_and_its_image_follows(app, sign_in, session):
    a_ticket()
    browser = sign_in(account("a"))
    said = text_of(browser.get("/tickets/T2701-0001"))
    for word in ("李𬱖", "301", "1月16日（周六）09:30", "08:50", "北京", "学院路", "正在准备"):
        assert word in said, word
    assert "110101199001" not in browser.get("/tickets/T2701-0001").get_data(as_text=True), "the number stays masked"
    outbox.deliver(TICKET_DAY)
    page = browser.get("/tickets/T2701-0001").get_data(as_text=True)
    assert "/tickets/T2701-0001/image" in page
    assert browser.get("/tickets/T2701-0001/image").data.startswith(b"\x89PNG")
    paper = browser.get("/tickets/T2701-0001/pdf")
    assert paper.data.startswith(b"%PDF")
    assert paper.headers["Content-Disposition"].startswith("attachment")


def test_ticket_and_booking_are_there_in_both_languages(app, sign_in):
    theory, _ = a_ticket()
    browser = sign_in(account("a"))
    for language in ("zh", "en"):
        browser.get(f"/language/{language}")
        for address in ("/tickets/T2701-0001", f"/bookings/{theory}"):
            page = browser.get(address)
            assert page.status_code == 200, (language, address)
            assert ("Report by" in text_of(page)) == (language == "en"), (language, address)


def test_anothers_ticket_and_booking_are_not_there(app, sign_in):
    theory, _ = a_ticket()
    outbox.deliver(TICKET_DAY)
    a_candidate("other")
    pages = [f"/tickets/T2701-0001{end}" for end in ("", "/image", "/pdf")]
    visitor = app.test_client()
    assert {page: visitor.get(page).status_code for page in pages} == dict.fromkeys(pages, 303)
    browser = sign_in(account("other"))
    assert {page: browser.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)
    assert browser.get(f"/bookings/{theory}").status_code == 404
    officer = sign_in(an_account("staff", Role.EXAM_OFFICER))
    assert {page: officer.get(page).status_code for page in pages} == dict.fromkeys(pages, 403)


def test_a_number_that_is_none_is_a_404(app, sign_in):
    a_candidate("a")
    browser, numbers = sign_in(account("a")), ["T2701-9999", "=1+1", "a" * 5000, "%00", "' OR 1=1"]
    assert {one: browser.get(f"/tickets/{one}").status_code for one in numbers} == dict.fromkeys(numbers, 404)


def test_the_password_is_shown_to_its_learner_on_demand_and_never_stored_in_a_page(app, sign_in):
    a_confirmation()
    browser = sign_in(account("a"))
    first = browser.get("/tickets/T2701-0001")
    assert "wu001" in text_of(first)
    assert "s3cret!" not in first.get_data(as_text=True)
    shown = press(browser, "/tickets/T2701-0001", "/tickets/T2701-0001/password")
    assert "s3cret!" in text_of(shown)
    assert shown.headers["Cache-Control"] == "no-store"
    assert "s3cret!" not in browser.get("/tickets/T2701-0001").get_data(as_text=True)
    acts = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "ticket.show_secret")).all()
    assert len(acts) == 1
    assert "s3cret" not in str(acts[0].details)


def test_nobody_else_reads_account_link_or_password_anywhere(app, sign_in):
    a_confirmation()
    a_candidate("other")
    other = sign_in(account("other"), app.test_client())
    assert other.post("/tickets/T2701-0001/password").status_code in {404, 419}
    officer = sign_in(an_account("staff", *Role))
    for address in ("/staff/admission?window=202701", "/staff/admission/202701-ONLINE-T",
                    "/staff/admission/202701-ONLINE-T/record/started"):
        page = officer.get(address)
        assert page.status_code == 200
        for secret in ("s3cret!", "wu001", "exam.example.org"):
            assert secret not in page.get_data(as_text=True)


def test_a_password_is_not_shown_without_the_token(app, sign_in):
    a_confirmation()
    browser = sign_in(account("a"))
    assert browser.post("/tickets/T2701-0001/password").status_code == 419


def test_a_booking_says_when_its_ticket_comes_and_what_happened(app, sign_in):
    with transaction() as session:
        an_organisation(session)
    reference, = registered(a_candidate("a"), a_room_sitting(a_window()))
    said = text_of(sign_in(account("a")).get(f"/bookings/{reference}"))
    assert "1月11日（周一）09:00" in said
    assert "尚未编排" in said


def test_the_equipment_is_tried_on_the_very_page_and_for_an_online_part_alone(app, sign_in):
    reference = a_confirmation()
    browser, here = sign_in(account("a")), f"/bookings/{reference}/equipment"
    assert here in browser.get(f"/bookings/{reference}").text
    page = browser.get(here)
    assert page.headers["Permissions-Policy"].endswith("microphone=(self), camera=(self)")
    assert "microphone=()" in browser.get(f"/bookings/{reference}").headers["Permissions-Policy"], "here alone"
    for word in ("未启用 JavaScript", "不录制", "发证机构的考试系统", "自查清单"):
        assert word in text_of(page), word
    told = browser.get(f"{here}/clock").get_json()["at"]
    assert abs(told - app.extensions["real_clock"].now().timestamp() * 1000) < 60_000
    stranger = a_candidate("b")
    onsite, = registered(stranger, a_room_sitting(booking(reference).window))
    other = sign_in(stranger.account)
    assert other.get(here).status_code == 404
    assert other.get(f"{here}/clock").status_code == 404
    assert other.get(f"/bookings/{onsite}/equipment").status_code == 404, "on site there is nothing to try"
