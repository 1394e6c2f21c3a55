"""The demo as a stranger meets it: loaded once, served, and walked in a real browser as its tour says."""

import re
from datetime import timedelta
from threading import Thread

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select
from werkzeug.serving import make_server

import config
import enroll
from enroll.accounts.models import Account
from enroll.audit.models import AuditEntry
from enroll.demo.pictures import portrait
from enroll.demo.serving import prepare
from enroll.desk.queries.soundness import CHECKS
from enroll.foundation.clock import SHANGHAI
from enroll.storage.database import db

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    app = enroll.create_app(settings := config.demo_settings(tmp_path_factory.mktemp("demo")))
    with app.app_context():
        prepare(app, settings, fresh=True, size=0)
    return app


@pytest.fixture(scope="module")
def tour(demo, chromium):
    """A browser window in English on the served demo."""
    server = make_server("localhost", 0, demo, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    context = chromium.new_context(base_url=f"http://localhost:{server.port}", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("/language/en")
    yield page
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()


def go_to(page, step):
    """Press the button of this step of the tour."""
    page.goto("/demo")
    page.locator("ol.tasks > li").nth(step - 1).locator("button, a.btn").last.click()
    page.wait_for_load_state()


def open_(page, name):
    page.locator(f"main a[href*='{name}']").first.click()


def press(page, words):
    page.get_by_role("button", name=words, exact=True).click()
    page.wait_for_load_state()


def main(page):
    return page.locator("main").inner_text()


def test_the_loaded_demo_is_sound_in_every_respect(demo):
    with demo.app_context():
        wrong = {name: found for name, check in (*CHECKS, *enroll.SOUNDNESS) if (found := list(check(db.session())))}
        assert not wrong


def test_a_second_start_leaves_everything_as_it_was(demo):
    with demo.app_context():
        before = db.session.scalar(select(func.max(AuditEntry.seq))), db.session.scalar(select(func.count(Account.id)))
        settings = {"SQLALCHEMY_DATABASE_URI": demo.config["SQLALCHEMY_DATABASE_URI"],
                    "UPLOAD_DIR": demo.config["UPLOAD_DIR"]}
        prepare(demo, settings, fresh=False, size=0)
        again = db.session.scalar(select(func.max(AuditEntry.seq))), db.session.scalar(select(func.count(Account.id)))
        db.session.rollback()
        assert again == before
        assert demo.extensions["clock"].now().astimezone(SHANGHAI).strftime("%Y-%m-%d %H") == "2026-11-22 10"


def test_a_stranger_signs_up_with_the_code_from_the_mailbox(tour):
    go_to(tour, 1)
    tour.get_by_role("link", name="Sign up").first.click()
    tour.fill("[name=contact]", "stranger@example.org")
    tour.fill("[name=birth_date]", "1990-05-17")
    tour.fill("[name=password]", "nine quiet herons on a roof")
    tour.check("[name=privacy_notice]")
    press(tour, "Send code and go on")
    asked = tour.url
    tour.goto("/demo/mailbox")
    tour.locator("main tbody a").first.click()
    code = re.search(r"\b\d{6}\b", main(tour))
    tour.goto(asked)
    tour.fill("[name=code]", code[0])
    tour.locator("main form button[type=submit]").first.click()
    tour.wait_for_url("**/home*")


def test_the_lesson_that_completes_the_hours_is_studied_and_the_proof_follows(demo, tour):
    """Half an hour in front of the page: the browser's clock and the demo's go together, presence is answered."""
    tour.clock.install()
    go_to(tour, 2)
    expect(tour.locator("[data-study-state]")).not_to_have_text("Not counting yet")  # before its clock is hurried on
    there, done = tour.locator("[data-study-answer]"), tour.locator("[data-study-done]")
    for _ in range(80):
        demo.extensions["clock"].offset += timedelta(seconds=30)
        with tour.expect_response(lambda answer: answer.request.method == "POST"):
            there.click() if there.is_visible() else tour.clock.run_for(30_000)
        tour.wait_for_timeout(20)
        if done.is_visible():
            break
    assert "This lesson is complete and has been credited." in main(tour)
    tour.goto("/hours")
    assert re.search(r"P\d{6}|P2611-\d+", main(tour)), "the proof of hours has issued itself"


def test_the_trainer_accepts_the_work_and_the_hours_rise(tour):
    go_to(tour, 3)
    open_(tour, "/staff/practical/W0")
    for field in tour.locator("input[name^=points_]").all():
        field.fill("10")
    tour.fill("[name=comment]", "好")
    press(tour, "Accept and credit 90 minutes")
    assert "30.3" in home_of(tour, "ayinuer")


def home_of(page, username):
    page.goto("/demo")
    page.get_by_role("button", name=f"Sign in as {username}", exact=True).click()
    page.wait_for_url("**/home*")
    return main(page)


def test_the_photo_of_a_returned_application_is_corrected_and_submitted_again(tour, tmp_path):
    go_to(tour, 4)
    tour.get_by_role("link", name="Correct and submit again").click()
    assert "27 Nov" in main(tour)
    correction = tour.url
    tour.get_by_role("link", name="Correct this").click()
    better = tmp_path / "photo.jpg"
    better.write_bytes(portrait("lidi, on white", female=True))
    tour.set_input_files("[name=photo]", better)
    press(tour, "Upload and cut")
    press(tour, "Keep this photo")
    tour.goto("/identity")
    hand_in = tour.get_by_role("link", name=re.compile("Hand in|hand it in|hand in")).first
    if hand_in.is_visible():
        hand_in.click()
        tour.get_by_role("button", name=re.compile("^Hand in")).click()
    tour.goto(correction)
    assert "Corrected" in main(tour)
    press(tour, "Submit again")
    assert "Submitted, waiting for review" in main(tour)


def test_review_payment_and_the_learner_hears_what_comes_next(tour):
    go_to(tour, 5)
    open_(tour, "/staff/applications/A2701-0006")
    tour.locator("[name=decision][value=approve]").check()
    press(tour, "Decide and stay")
    go_to(tour, 6)
    tour.locator("main tr", has_text="张").locator("a[href*='/staff/fees/F']").first.click()
    tour.locator("[name=provider]").first.check()
    tour.fill("[name=trade_no]", "TOUR20261122")
    press(tour, "Record the payment")
    go_to(tour, 7)
    assert "Sit your" in main(tour)


def test_the_days_of_the_exam_wait_for_their_attendance(tour):
    go_to(tour, 8)
    open_(tour, "202611-SH01-T")
    assert "唐丽" in main(tour)
    tour.get_by_role("link", name="Record who was absent").click()
    press(tour, "Record as absent")
    assert "1\ndone" in main(tour)


def test_marks_are_keyed_a_second_time(tour):
    go_to(tour, 9)
    open_(tour, "202611-BJ01-P")
    assert "Entered once" in main(tour)
    tour.get_by_role("link", name="Key marks again").first.click()
    tour.locator("main td input:not([type=hidden])").first.fill("75")
    press(tour, "Save this page")
    assert "to correct" not in main(tour)


def test_the_issuance_reviewer_approves_a_first_time(tour):
    go_to(tour, 11)
    open_(tour, "C2609-0005")
    press(tour, "First approval")
    assert "First approval" in main(tour)


def test_the_reply_of_the_body_is_taken_in_and_the_certificate_is_there(tour, tmp_path):
    tour.goto("/demo")
    with tour.expect_download() as got:
        open_(tour, "/demo/replies/X2609-0002")
    reply = tmp_path / "reply.xlsx"
    got.value.save_as(reply)
    go_to(tour, 12)
    open_(tour, "/staff/exchange/X2609-0002")
    tour.set_input_files("[name=file]", reply)
    press(tour, "Check the file")
    press(tour, "Apply all rows")
    home_of(tour, "caozimo")
    tour.goto("/certificates")
    assert re.search(r"CAIP-202609-TX01-\d{5}-[\dX]", main(tour))


def test_a_certificate_is_verified_by_number_and_name(tour):
    go_to(tour, 13)
    number = re.search(r"CAIP-\d{6}-TX01-\d{5}-[\dX]", main(tour))[0]
    go_to(tour, 14)
    tour.fill("[name=number]", number)
    tour.fill("[name=name]", "赵敏")
    press(tour, "Look it up")
    assert number in main(tour)
    assert "Valid" in main(tour)


def test_the_next_deadline_moves_the_clock_and_the_jobs_run(tour):
    tour.goto("/demo")
    before = tour.locator("#clock").inner_text()
    press(tour, "Next deadline")
    assert "It is now" in tour.locator("body").inner_text()
    assert tour.locator("#clock").inner_text() != before
