"""Practice and mock exams in a real browser: answered by keyboard, saved while one works, offline, on two devices."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.questions.models import PracticeRound, QuizAttempt
from tests.browser.conftest import look_over
from tests.builders.quizzes import a_bank, a_mock_exam, the_modules
from tests.builders.study import a_person, a_student, account_of

pytestmark = pytest.mark.browser

LOSE_THE_CONNECTION = """() => {
  const kept = window.fetch;
  window.lost = true;
  window.fetch = (...sent) => window.lost ? Promise.reject(new Error('lost')) : kept(...sent);
}"""


@pytest.fixture
def student(session):
    student = account_of(a_student())
    the_modules()
    a_bank()
    a_mock_exam()
    return student


def saved(session, page):
    expect(page.locator("[data-quiz-state]")).to_have_text("已暂存")
    session.rollback()
    return session.scalar(select(QuizAttempt.answers))


def test_a_round_is_answered_by_keyboard_and_its_pages_keep_nobody_out(session, student, open_page_as):
    page = open_page_as(student, "/practice")
    look_over(page)
    page.get_by_role("button", name="随机").click()
    look_over(page)
    page.locator("input[name=answer]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_selector(".q__why")
    look_over(page)
    session.rollback()
    assert len(session.scalar(select(PracticeRound.answers))) == 1
    page.get_by_role("link", name="暂停，稍后继续").click()
    look_over(page)


def test_a_paper_is_saved_while_one_works_and_after_the_connection_comes_back(session, student, open_page_as):
    page = open_page_as(student, "/mock-exams")
    look_over(page)
    page.get_by_role("button", name="开始作答").click()
    look_over(page)
    page.locator("fieldset#q-1 input").first.check(force=True)
    assert len(saved(session, page)) == 1
    page.evaluate(LOSE_THE_CONNECTION)
    page.locator("fieldset#q-2 input").first.check(force=True)
    expect(page.locator("[data-quiz-state]")).to_have_text("尚未暂存，正在重试")
    page.evaluate("() => { window.lost = false; window.dispatchEvent(new Event('online')); }")
    assert len(saved(session, page)) == 2


def test_a_second_device_goes_on_and_the_first_overwrites_nothing(session, student, open_page_as):
    first = open_page_as(student, "/mock-exams")
    first.get_by_role("button", name="开始作答").click()
    second = open_page_as(student, first.url)
    first.locator("fieldset#q-1 input").first.check(force=True)
    saved(session, first)
    second.locator("fieldset#q-2 input").first.check(force=True)
    assert len(saved(session, second)) == 2
    first.locator("fieldset#q-3 input").first.check(force=True)
    first.wait_for_timeout(2500)
    session.rollback()
    assert len(session.scalar(select(QuizAttempt.answers))) == 3
    second.get_by_role("button", name="交卷").click()
    look_over(second)


def test_the_pages_of_the_bank_keep_nobody_out(session, student, open_page_as):
    page = open_page_as(a_person("jiaowu", Role.TRAINER), "/staff/bank")
    look_over(page)
    for address in ("/staff/bank/questions/G1-M1-single-0", "/staff/bank/questions/G1-M1-single-0/edit",
                    "/staff/bank/mock-exams"):
        page.goto(address)
        look_over(page)
    page.goto("/staff/bank/new")
    page.get_by_label("填空题", exact=True).check(force=True)
    assert page.get_by_label("可接受的答案，每行一个").is_visible()
    assert not page.get_by_label("参考答案").is_visible()
