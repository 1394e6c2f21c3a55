"""Timed study in a real browser: the player counts, pauses, asks and is told; the pages of study keep nobody out."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from enroll.accounts.permissions import Role
from enroll.courses.models.studying import StudySession
from enroll.courses.services.outline import attach_video
from enroll.courses.services.practice import BroughtFile, hand_in_files
from enroll.foundation.actor import SYSTEM
from enroll.foundation.clock import ShiftedClock
from enroll.hours.services.doubts import raise_doubt
from enroll.storage import outbox
from enroll.storage.database import transaction
from enroll.storage.files import keep_file, keep_stream
from tests.browser.conftest import look_over
from tests.builders.courses import OFFICE, PRACTICE, REPORT, SOURCES, the_courses
from tests.builders.study import CAIP, a_person, a_student, account_of, credited, learner_of, minutes
from tests.conftest import NOON

pytestmark = pytest.mark.browser

FILM = Path(__file__).parents[2] / "enroll" / "demo" / "media" / "G1-M1-L1.mp4"
READING, VIDEO = "/study/G1/G1-M1-L4", "/study/G1/G1-M1-L1"
HIDE = """hidden => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.fixture
def student(app, session):
    """Somebody whose page sends a heartbeat every second; the clock runs."""
    student = a_student(demands=replace(CAIP, heartbeat_seconds=1))
    the_courses()
    app.extensions["clock"] = ShiftedClock(timedelta(0))
    return student


def state(page):
    return page.locator("[data-study-state]")


def credited_seconds(session):
    session.rollback()
    return session.scalars(select(StudySession.seconds_credited).order_by(StudySession.id)).all()


def until(page, condition, *, tries=60):
    for _ in range(tries):
        if condition():
            return
        page.wait_for_timeout(200)
    raise AssertionError("it did not come to pass")


def test_reading_counts_while_the_page_is_in_front_and_pauses_when_it_is_left(student, open_page_as, session):
    page = open_page_as(account_of(student), READING)
    expect(state(page)).to_have_text("正在计时")
    until(page, lambda: credited_seconds(session)[0] >= 2)
    page.evaluate(HIDE, True)
    assert state(page).inner_text() == "已暂停计时，本次已计 0 分钟"
    page.wait_for_timeout(500)
    before = credited_seconds(session)[0]
    page.wait_for_timeout(2500)
    assert credited_seconds(session)[0] == before
    page.evaluate(HIDE, False)
    until(page, lambda: credited_seconds(session)[0] > before)
    page.get_by_role("button", name="暂停").click()
    assert "已暂停计时" in state(page).inner_text()


def test_the_older_of_two_pages_is_told_that_it_no_longer_counts(student, open_page_as, session):
    first = open_page_as(account_of(student), READING)
    until(first, lambda: credited_seconds(session) and credited_seconds(session)[0] >= 1)
    second = first.context.new_page()
    second.goto("/study/D1/D1-M2-L1")
    until(first, lambda: "另一个页面或设备" in state(first).inner_text())
    until(second, lambda: state(second).inner_text() == "正在计时")


def test_the_question_whether_somebody_is_there_is_answered_by_keyboard(student, open_page_as, session):
    page = open_page_as(account_of(student), READING)
    until(page, lambda: bool(credited_seconds(session)))
    with transaction() as inner:
        inner.execute(update(StudySession).values(check_at_seconds=1))
    page.locator("[data-study-ask]").wait_for(state="visible")
    assert page.evaluate("document.activeElement.hasAttribute('data-study-answer')")
    look_over(page)
    page.keyboard.press("Enter")
    page.locator("[data-study-ask]").wait_for(state="hidden")
    before = credited_seconds(session)[0]
    until(page, lambda: credited_seconds(session)[0] > before)


def test_a_lost_line_is_said_and_what_follows_counts_again(student, open_page_as, session):
    page = open_page_as(account_of(student), READING)
    until(page, lambda: bool(credited_seconds(session)))
    page.route("**/study/sessions/*", lambda route: None)  # nothing ever answers
    until(page, lambda: "网络断开" in state(page).inner_text())
    page.unroute("**/study/sessions/*")
    before = credited_seconds(session)[0]
    until(page, lambda: credited_seconds(session)[0] > before)


LOSE_THE_LINE = """() => {
  const kept = window.fetch;
  window.lost = true;
  window.fetch = (...sent) => window.lost ? Promise.reject(new Error('lost')) : kept(...sent);
}"""


@pytest.mark.parametrize("reloaded", [False, True])
def test_what_is_studied_without_a_line_is_kept_sent_later_and_credited_once(student, open_page_as, session, reloaded):
    page = open_page_as(account_of(student), READING)
    until(page, lambda: bool(credited_seconds(session)) and credited_seconds(session)[0] >= 1)
    page.evaluate(LOSE_THE_LINE)
    until(page, lambda: "已暂存在本机" in state(page).inner_text())
    page.wait_for_timeout(6000)  # twice what a heartbeat of one second may be late without being kept
    before = credited_seconds(session)[0]
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert kept.count("seq") >= 5
    if reloaded:
        page.reload()  # the page is left and opened anew, with a line: what it kept goes before it counts again
        until(page, lambda: len(credited_seconds(session)) == 2)
    else:
        page.evaluate("() => { window.lost = false; window.dispatchEvent(new Event('online')); }")
    until(page, lambda: credited_seconds(session)[0] >= before + 6)
    row = session.scalars(select(StudySession).order_by(StudySession.id)).first()
    wall = (row.last_beat_at - row.started_at).total_seconds()
    assert row.seconds_credited <= wall
    assert "gap" not in row.uncounted
    session.rollback()
    until(page, lambda: "enroll-study" not in page.evaluate("Object.keys(localStorage).join()"))
    until(page, lambda: state(page).inner_text() == "正在计时")


def test_a_film_counts_as_it_plays_and_is_not_skipped_ahead(student, open_page_as, session):
    stored = keep_file(FILM.read_bytes(), name="film.mp4", media_type="video/mp4", purpose="lesson_video", now=NOON)
    attach_video("G1-M1-L1", stored, seconds=30, by=OFFICE, now=NOON)
    page = open_page_as(account_of(student), VIDEO)
    until(page, lambda: page.locator("video").evaluate("film => film.readyState") >= 1)
    assert page.evaluate("Math.round(document.querySelector('video').duration)") == 30
    page.wait_for_timeout(1200)
    assert credited_seconds(session) == []
    page.evaluate("(v => { v.muted = true; return v.play(); })(document.querySelector('video'))")
    until(page, lambda: credited_seconds(session) and credited_seconds(session)[0] >= 2)
    page.evaluate("document.querySelector('video').currentTime = 25")
    page.wait_for_timeout(800)
    assert page.evaluate("document.querySelector('video').currentTime") < 10
    page.evaluate("document.querySelector('video').pause()")
    until(page, lambda: "已暂停计时" in state(page).inner_text())
    look_over(page)


def test_a_quiz_saves_by_itself_while_one_works(student, open_page_as):
    page = open_page_as(account_of(student), "/study/G1/G1-M1-Q")
    page.get_by_role("button", name="开始测验").click()
    page.locator("fieldset.q label").first.click()
    until(page, lambda: page.locator("[data-quiz-state]").inner_text() == "已暂存")
    look_over(page)
    page.get_by_role("button", name="交卷").click()
    assert "解析" in page.locator("main").inner_text()
    look_over(page)


def test_the_pages_of_study_keep_nobody_out(student, open_page_as):
    page = open_page_as(account_of(student), "/study")
    for address in ("/study", "/study/G1/G1-M1-Q", "/study/G1/G1-M2-P1", "/hours", "/hours?view=uncounted"):
        page.goto(address)
        look_over(page)
    credited(student, 1600)
    outbox.deliver(NOON)
    files = [_file(REPORT, "简报.pdf", b"%PDF-1.7"), _file(SOURCES, "来源.xlsx", b"PK\x03\x04")]
    work = hand_in_files(PRACTICE, files, "请看", by=learner_of(student), now=NOON)
    doubt = raise_doubt(student.id, minutes(30, "session:x:y"), why="two_devices", words="", evidence={"a": ["b"]},
                        by=SYSTEM, now=NOON)
    for address in ("/study", "/study/G1/G1-M2-P1", "/hours"):
        page.goto(address)
        look_over(page)
    staff = open_page_as(a_person("trainer", Role.TRAINER, Role.REVIEW_LEAD), "/staff/practical")
    for address in ("/staff/practical", f"/staff/practical/{work}", "/staff/hours", f"/staff/hours/doubts/{doubt}",
                    "/staff/hours/proofs", "/staff/hours/proofs/P000001", f"/staff/hours/ledgers/{student.reference}"):
        staff.goto(address)
        look_over(staff)


def _file(deliverable, name, content):
    stored = keep_stream(io.BytesIO(content), name=name, media_type="application/pdf", purpose="practice", now=NOON)
    return BroughtFile(deliverable, stored, content)
