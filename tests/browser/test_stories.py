"""What people come for, in a real browser, with the hands they have: a phone, or a keyboard at a desk."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.applications.models import Application
from enroll.learners.models import IdentityCheck, Learner
from tests.browser.conftest import look_over
from tests.builders.accounts import an_account
from tests.builders.applicants import a_submitted, an_applicant, both_sittings, the
from tests.builders.award import MARKING, House, a_candidate, acting, an_exam, opened, result_of, sitting_code
from tests.builders.certificates import NUMBER, RECORDING, a_passer, issued
from tests.builders.learners import a_number, the_texts
from tests.builders.mailbox import codes_sent
from tests.builders.pictures import a_camera_photo, a_picture
from tests.builders.study import account_of

pytestmark = pytest.mark.browser

# A radio card draws the ring around its label, which follows the hidden input.
SHOWS_FOCUS = """e => [e, e.nextElementSibling].some(one => one && getComputedStyle(one).outlineStyle !== 'none'
  && parseFloat(getComputedStyle(one).outlineWidth) >= 2)"""
NAME = "阿依努尔·买买提江"


def press_key_on(page: Page, control, key: str = "Enter") -> None:
    """Reach a control as the keyboard does, see where one is, and press."""
    control.focus()
    page.keyboard.press("Shift")  # from now on the browser takes the keyboard for the way somebody moves
    assert control.evaluate(SHOWS_FOCUS), f"nobody sees where the focus is: {control}"
    page.keyboard.press(key)


def send(page: Page, button) -> None:
    """Press a button that sends a form, and wait for the page that answers."""
    with page.expect_navigation():
        press_key_on(page, button)


def picture(name: str, content: bytes) -> dict:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def test_somebody_signs_up_and_hands_in_their_identity_on_a_phone_by_keyboard(app, open_page, session):
    the_texts()
    page = open_page("/sign-up", width=390)
    page.fill("[name=contact]", "ana@example.org")
    page.fill("[name=birth_date]", "1990-03-12")
    page.fill("[name=password]", "kettle spoon river nine")
    press_key_on(page, page.locator("[name=privacy_notice]"), "Space")
    send(page, page.locator("main form button[type=submit]"))
    page.wait_for_url("**/sign-up/code")
    page.fill("[name=code]", codes_sent("ana@example.org")[-1])
    page.keyboard.press("Enter")
    page.wait_for_url("**/home")
    page.goto("/identity/consents")
    for box in page.locator("main [type=checkbox]").all():
        press_key_on(page, box, "Space")
    send(page, page.locator("main form button[type=submit]").first)
    page.goto("/identity/details")
    for name, value in (("legal_name", "张伟"), ("id_number", a_number()), ("birth_date", "1990-03-12")):
        page.fill(f"[name={name}]", value)
    page.select_option("[name=id_type]", "resident_id")
    choose(page, "sex", "male")
    send(page, page.locator("main form button[type=submit]").last)
    page.goto("/identity/document")
    page.set_input_files("[name=id_front]", picture("a.jpg", a_picture(900, 600)))
    page.set_input_files("[name=id_back]", picture("b.jpg", a_picture(910, 600)))
    send(page, page.locator("main form button[type=submit]").last)
    page.goto("/identity/photo")
    page.set_input_files("[name=photo]", picture("me.jpg", a_camera_photo()))
    send(page, page.locator("main form button[type=submit]").last)
    page.wait_for_url("**/identity/photo/crop*")
    press_key_on(page, page.locator("[data-crop-move=in]"))
    page.wait_for_url("**zoom=125*")
    send(page, page.locator("[data-crop-move=left]"))
    look_over(page)
    send(page, page.locator("[data-crop-form] button"))
    page.wait_for_url("**/identity/photo")
    page.goto("/identity/check")
    send(page, page.locator("main form button[type=submit]").last)
    page.wait_for_url(re.compile("/identity$"))
    session.rollback()
    assert {check.state for check in session.scalars(select(IdentityCheck))} == {"submitted"}
    assert session.scalars(select(Learner)).one().legal_name == "张伟"


def choose(page: Page, name: str, value: str) -> None:
    field = page.locator(f"[name={name}]").first
    if field.evaluate("e => e.tagName") == "SELECT":
        page.select_option(f"[name={name}]", value)
    else:
        press_key_on(page, page.locator(f"[name={name}][value={value}]"), "Space")


def test_somebody_applies_on_a_phone_and_a_reviewer_approves_at_the_desk(app, open_page_as, session):
    sittings = both_sittings()
    learner = an_applicant()
    page = open_page_as(account_of(learner), "/applications", width=390)
    press_key_on(page, page.locator("main a.btn--primary").first)
    for part, code in sittings.items():
        press_key_on(page, page.locator(f"[name=sitting_{part}][value='{code}']"), "Space")
    press_key_on(page, page.locator("button[type=submit]:visible").last)
    page.wait_for_url(re.compile("/(photo|details)$"))
    while not page.url.endswith("/check"):
        before = page.url
        onward = page.locator(".actionbar .btn--primary:visible, main .btn--primary:visible").first
        press_key_on(page, onward)
        page.wait_for_url(lambda url, before=before: url != before)
    for box in page.locator("main [type=checkbox]").all():
        press_key_on(page, box, "Space")
    send(page, page.locator(".actionbar button"))
    page.wait_for_url("**/done")
    session.rollback()
    reference = session.scalars(select(Application.reference)).one()
    expect(page.locator("main")).to_contain_text(reference)

    desk = open_page_as(an_account("shenhe1", Role.REVIEWER), "/staff", width=1280)
    press_key_on(desk, desk.locator("main table a", has_text="张").first)
    desk.wait_for_url(f"**/staff/applications/{reference}*")
    send(desk, desk.locator("#decide button[type=submit]").first)  # takes the case on
    press_key_on(desk, desk.locator("#decide [type=radio]").first, "1")
    for box in desk.locator("#decide [type=checkbox]:visible").all():
        box.check()
    send(desk, desk.locator("#decide button", has=desk.locator("[data-says]")))
    assert the(reference).state == "approved"


def test_marks_are_keyed_down_a_column_without_the_mouse(app, open_page_as, session, clock):
    house, window = House(), an_exam()
    people = [a_candidate(name, window) for name in ("ana", "bo")]
    opened(window, by=acting(house.maker))
    clock.set(MARKING)
    page = open_page_as(house.maker, f"/staff/results/sittings/{sitting_code(window, 'theory')}/enter", width=1280)
    page.locator(".cell-in").first.focus()
    for typed in ("78", "85"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    session.rollback()
    assert {result_of(person, window, "theory").state for person in people} == {"entered"}
    look_over(page)


@pytest.mark.parametrize("scripts", [True, False])
def test_an_employer_looks_a_certificate_up_on_a_phone_with_and_without_scripts(app, open_page, clock, scripts):
    house = House()
    certificate = issued(a_passer(an_exam(), house, legal_name=NAME), house)
    clock.set(RECORDING)
    page = open_page("/verify", width=390, java_script_enabled=scripts)
    page.fill("[name=number]", NUMBER)
    page.fill("[name=name]", NAME)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(NUMBER)
    assert certificate.number == NUMBER
    if scripts:
        look_over(page)


def test_the_frame_works_by_keyboard_and_without_scripts(app, open_page_as, session):
    applicant = an_applicant()
    a_submitted(applicant)
    page = open_page_as(account_of(applicant), "/home", width=390)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    press_key_on(page, page.locator("details.menu summary"))
    expect(page.locator(".menu__list")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".menu__list")).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"

    bare = open_page_as(account_of(applicant), "/home", width=390, java_script_enabled=False)
    assert bare.locator(".js-only:visible").count() == 0
    bare.locator("details.menu summary").click()
    expect(bare.locator(".menu__list a").first).to_be_visible()
    bare.locator("a[hreflang=en]").click()
    expect(bare.locator("html")).to_have_attribute("lang", "en")
    bare.locator(".tabbar a").last.click()
    bare.wait_for_url("**/account")
    bare.locator("details.menu summary").click()
    bare.locator(".menu__list form button").click()
    expect(bare.locator("a[href='/sign-in']").first).to_be_visible()
