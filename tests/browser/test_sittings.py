"""The sitting picker and the waiting list on a phone: a draft that keeps itself; a place joined, followed, accepted."""

import pytest
from playwright.sync_api import expect

from enroll.sittings.lifecycle import Part
from enroll.sittings.services.planning import change_capacity
from tests.browser.conftest import look_over
from tests.browser.test_exam_days import shoot
from tests.builders.applicants import a_lead, an_applicant, both_sittings, seats_taken, the, the_window
from tests.builders.exams import a_sitting
from tests.builders.study import account_of
from tests.conftest import NOON

pytestmark = pytest.mark.browser

NEW = "/applications/new?window=202701"


@pytest.fixture
def world(app):
    """One full theory exam, one with seats elsewhere; an applicant whose photo is missing, and one with everything."""
    codes = both_sittings()
    a_sitting(the_window(), Part.THEORY, seats=3, site="SH01")
    office = a_lead()
    change_capacity(codes["theory"], 0, by=office, now=NOON)
    return codes, account_of(an_applicant("one", photo="draft")), account_of(an_applicant("two")), office


def chooses(page, code):
    page.locator(f"input[value='{code}'] + label").click()


def test_the_draft_keeps_itself_and_what_is_missing_is_said_where_one_begins(world, open_page_as):
    codes, learner, *_ = world
    page = open_page_as(learner, NEW, width=390)
    kept = page.locator(".actionbar [data-draft-state]")
    chooses(page, codes["practical"])
    expect(kept).to_contain_text("草稿已保存")
    expect(page).to_have_url("/applications/A2701-0001/sittings")
    expect(page.locator("#conditions")).to_contain_text("去处理")
    shoot(page, "picker")
    page.set_viewport_size({"width": 390, "height": 844})

    page.evaluate("() => { window.net = fetch; window.fetch = () => Promise.reject(new Error('no network')); }")
    chooses(page, "202701-SH01-T")
    expect(kept).to_contain_text("正在重试")
    page.evaluate("() => { window.fetch = window.net; }")
    expect(kept).to_contain_text("草稿已保存", timeout=15_000)
    assert the("A2701-0001").chosen == {"theory": "202701-SH01-T", "practical": codes["practical"]}

    page.goto(NEW)  # leaving without a press loses nothing
    expect(page.locator("input:checked")).to_have_count(2)
    look_over(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".actionbar button").click()
    page.wait_for_url("**/details")


def test_a_place_in_the_list_is_joined_followed_and_becomes_a_seat(world, open_page_as):
    codes, _, learner, office = world
    page = open_page_as(learner, NEW, width=390)
    chooses(page, codes["practical"])
    expect(page.locator(".actionbar [data-draft-state]")).to_contain_text("草稿已保存")
    page.get_by_role("link", name="加入候补").first.click()
    expect(page.get_by_text("候补将排在第 1 位")).to_be_visible()
    expect(page.locator("input:checked")).to_have_count(2)  # the practical part came along
    shoot(page, "list-join")
    look_over(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".actionbar button").click()
    page.wait_for_url("**/details")
    page.locator(".actionbar a").click()
    for box in page.locator("input[name=agreed]").all():
        box.check()
    page.locator(".actionbar button").click()
    page.wait_for_url("**/done")
    expect(page.get_by_text("收到时间")).to_be_visible()

    own = "/applications/A2701-0001"
    page.goto(own)
    expect(page.get_by_text("候补中，第 1 位")).to_be_visible()
    expect(page.get_by_text("该科不保留座位")).to_be_visible()  # the next step says nothing else
    shoot(page, "list-position")
    look_over(page)
    change_capacity(codes["theory"], 1, by=office, now=NOON)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(own)
    page.get_by_role("link", name="查看空位").first.click()
    expect(page.get_by_text("考试次数：")).to_be_visible()
    shoot(page, "list-offer")
    look_over(page)
    page.get_by_role("button", name="确认座位").click()
    page.wait_for_url(f"**{own}")
    expect(page.get_by_text("座位已为你保留")).to_be_visible()
    shoot(page, "list-accepted")
    assert seats_taken(codes.values()) == [1, 1]
