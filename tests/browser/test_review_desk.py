"""The review desk by keyboard alone: look, compare, return with a reason, go on; and all of it switched off."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.applications.models import ReturnedItem
from enroll.learners.services.texts import add_reason
from enroll.storage.database import db
from tests.browser.conftest import look_over
from tests.browser.test_exam_days import shoot
from tests.builders.accounts import an_account
from tests.builders.applicants import a_submitted, an_applicant, both_sittings, the

pytestmark = pytest.mark.browser

DESK = "/staff/applications"


@pytest.fixture
def cases(app):
    """Two cases that wait, a reason for each item, and who reviews them."""
    add_reason("photo", "photo_background", "return", "照片背景不是白色", "Not white", "请换用白底照片。", "Change it.")
    add_reason("other", "other", "both", "其他", "Other", "请按意见办理。", "Follow the words.")
    both_sittings()
    first, second = a_submitted(an_applicant("one")), a_submitted(an_applicant("two", identity="submitted"))
    return first, second, an_account("shenhe1", Role.REVIEWER, Role.REVIEW_LEAD)


def test_a_case_is_looked_at_compared_and_returned_by_keyboard_and_the_next_one_opens(cases, open_page_as):
    first, second, reviewer = cases
    page = open_page_as(reviewer, f"{DESK}/{first}", width=1280)
    keys = page.keyboard

    keys.press("?")
    expect(page.get_by_text("放大影像")).to_be_visible()
    keys.press("?")
    expect(page.get_by_text("放大影像")).to_be_hidden()
    page.locator("main").focus()

    viewer = page.locator("[data-viewer]")
    for key, attribute, value in (("z", "data-zoom", "150"), ("z", "data-zoom", "200"), ("z", "data-zoom", "100"),
                                  ("r", "data-turn", "90"), ("r", "data-turn", "180")):
        keys.press(key)
        expect(viewer).to_have_attribute(attribute, value)
    assert "turn=180" in page.url, "the address says how it is shown: a reload shows the same"
    keys.press("c")
    expect(page.locator(".doc__beside img")).to_be_visible()
    keys.press("v")
    expect(page.locator(".thumbs [aria-current]")).to_have_text("证件国徽面")
    shoot(page, "review-compared")

    focused, seen = page.locator(":focus"), []
    while "photo" not in seen and len(seen) < 9:  # exceptions first, one after the other
        keys.press("j")
        seen.append(focused.get_attribute("data-item"))
    assert "photo" in seen, seen
    keys.press("2")
    expect(page.locator("input[name=decision][value=return]")).to_be_checked()
    reason = page.locator("input[name=return_reasons][value='photo:photo_background']")
    expect(reason).to_be_focused()
    keys.press("Space")
    expect(reason).to_be_checked()
    page.locator("summary", has_text="给学员的补充说明").click()
    words = page.locator("textarea[name=words_photo]")
    words.focus()
    keys.type("1 23zr?")
    expect(words).to_have_value("1 23zr?")
    expect(page.locator("input[name=decision][value=return]")).to_be_checked()
    words.fill("")
    look_over(page)
    reason.focus()
    keys.press("Enter")
    page.wait_for_url(f"**{DESK}/{second}")
    assert the(first).state == "returned"
    assert db.session.scalar(select(ReturnedItem.words)) == "照片背景不是白色。请换用白底照片。"

    keys.press("d")
    keys.press("1")
    expect(page.locator("input[name=decision][value=approve]")).to_be_checked()
    shoot(page, "review-next")


def test_shortcuts_are_switched_off_in_the_account_and_the_desk_works_without_them(cases, open_page_as):
    first, _second, reviewer = cases
    page = open_page_as(reviewer, "/account", width=390)
    page.get_by_label("在审核页面使用单键快捷键").uncheck()
    page.locator("#keys button[type=submit]").click()
    page.wait_for_url("**/account#keys")
    page.goto(f"{DESK}/{first}")
    for key in ("2", "z", "?", "n"):
        page.keyboard.press(key)
    assert page.url.endswith(first)
    expect(page.locator("[data-viewer]")).to_have_attribute("data-zoom", "100")
    expect(page.locator("input[name=decision]:checked")).to_have_count(0)
    page.get_by_label("放大").click()  # a press of the button still enlarges in place
    expect(page.locator("[data-viewer]")).to_have_attribute("data-zoom", "150")
    look_over(page)


def test_without_a_script_pictures_turn_by_links_and_the_form_decides(cases, open_page_as):
    first, _second, reviewer = cases
    page = open_page_as(reviewer, f"{DESK}/{first}", width=390, java_script_enabled=False)
    page.get_by_label("向右旋转").click()
    expect(page.locator(".turned--90")).to_be_visible()
    page.get_by_label("与证件照并排").click()
    expect(page.locator(".doc__beside img")).to_be_visible()
    page.locator("label", has_text="退回补正").first.click()
    page.locator("summary", has_text="需补正的内容").click()
    page.locator("input[value='photo:photo_background']").first.check()
    page.get_by_role("button", name="提交并留在本件").click()
    assert the(first).state == "returned"
