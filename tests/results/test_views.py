"""The learner's results: nothing before the publication, everything after it, and the score review."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from enroll.results.models import ScoreReview
from enroll.results.services.publishing import publish_results
from enroll.results.services.reviews import answer_score_review
from enroll.storage import outbox
from enroll.web.access import PUBLIC, who_may_call
from tests.builders.award import (
    MARKING,
    PUBLISHING,
    House,
    a_candidate,
    acting,
    an_exam,
    locked,
    marked,
    opened,
    points,
    published,
    result_of,
)
from tests.pages import press, soup, text_of

CANARY = {"theory": 73, "practical": 97}
CHANGING = re.compile(r'(name="(?:csrf_token|key|version)"[^>]*value="|value=")[^"]*"|nonce-[\w-]+')
READING = PUBLISHING + timedelta(hours=1)


@pytest.fixture
def house(app):
    return House()


@pytest.fixture
def window(app, clock):
    clock.set(MARKING)
    return an_exam()


@pytest.fixture
def ana(window):
    return a_candidate("ana", window, legal_name="安娜")


def crawl(app, browser):
    """Every page without parameters that this browser may read, and every own link on them: address -> bytes."""
    addresses = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods
        and not rule.arguments
        and not rule.rule.startswith(("/staff", "/demo", "/readyz"))
        and who_may_call(app.view_functions[rule.endpoint]) != (PUBLIC,)
    }
    addresses |= {"/", "/windows", "/windows.ics", "/programmes", "/results", "/home", "/verify"}
    seen: dict[str, bytes] = {}
    while addresses:
        address = addresses.pop()
        if address in seen or address.startswith(("/sign-out", "/language", "/static")):
            continue
        page = browser.get(address)
        seen[address] = page.get_data() if page.status_code == 200 else b""
        if page.mimetype.startswith("text/"):
            seen[address] = CHANGING.sub("", seen[address].decode()).encode()
        if page.mimetype == "text/html":
            links = {str(tag["href"]).split("#")[0] for tag in soup(page).select("a[href^='/']")}
            addresses |= {one for one in links if not one.startswith("/staff")} - seen.keys()
    return seen


def test_before_the_publication_no_byte_of_any_page_changes_whatever_was_entered(app, window, house, ana, sign_in):
    opened(window, by=acting(house.maker))
    browser = sign_in(ana.account)
    before = crawl(app, browser)
    assert "/results" in before
    assert "/home" in before
    marked(window, house, {ana: CANARY})
    assert crawl(app, browser) == before
    locked_pages = {}
    for part in ("theory", "practical"):
        locked_pages[part] = result_of(ana, window, part).reference
        assert browser.get(f"/results/{locked_pages[part]}/review").status_code == 404
    assert browser.get("/results/R2609-9999/review").get_data() is not None


def test_a_result_on_its_way_is_the_same_404_as_one_that_is_not_there(window, house, ana, sign_in):
    marked(window, house, {ana: CANARY})
    browser = sign_in(ana.account)
    there = browser.get(f"/results/{result_of(ana, window, 'theory').reference}/review")
    absent = browser.get("/results/R2609-9999/review")
    assert there.status_code == absent.status_code == 404
    assert len(there.get_data()) == len(absent.get_data())


def test_no_message_or_event_tells_a_mark_before_or_after(app, session, window, house, ana, clock):
    locked(window, house, {ana: CANARY})
    clock.set(PUBLISHING)
    publish_results(window.code, by=acting(house.lead), now=PUBLISHING)
    outbox.deliver(PUBLISHING)
    told = [str(row.details) for row in session.query(outbox.OutboxEntry)]
    assert not [one for one in told if "73" in one or "97" in one]


def test_awaited_results_say_when_they_are_published(window, house, ana, sign_in):
    opened(window, by=acting(house.maker))
    shown = text_of(sign_in(ana.account).get("/results"))
    assert "10月23日" in shown
    assert "待公布" in shown


def test_after_the_publication_the_parts_stand_with_pass_mark_and_source(window, house, ana, sign_in, clock):
    published(window, house, {ana: {"theory": 73, "practical": 54}})
    clock.set(READING)
    browser = sign_in(ana.account)
    shown = text_of(browser.get("/results"))
    for words in ("73 / 100", "54 / 100", "演示默认值", "202703", "部分合格"):
        assert words in shown
    browser.get("/language/en")
    assert "Passed in part" in text_of(browser.get("/results"))


def test_the_resit_is_offered_with_its_date_and_the_fee_of_what_is_missing(session, window, house, ana, sign_in, clock):
    an_exam("202611", window.starts_on + timedelta(days=63))
    published(window, house, {ana: {"theory": 73, "practical": 54}})
    clock.set(READING)
    shown = text_of(sign_in(ana.account).get("/results"))
    assert "¥240.00" in shown
    assert "202611" in shown


def test_a_pass_leads_to_the_certificate_and_offers_no_resit(window, house, ana, sign_in, clock):
    published(window, house, {ana: {"theory": 73, "practical": 80}})
    clock.set(READING)
    page = sign_in(ana.account).get("/results")
    assert soup(page).select_one("main a[href='/certificates']")
    assert "¥" not in text_of(page)


def test_absent_reads_absent_and_shows_no_nought(window, house, sign_in, clock):
    ben = a_candidate("ben", window, "absent", "absent")
    published(window, house, {ben: {}})
    clock.set(READING)
    shown = text_of(sign_in(ben.account).get("/results"))
    assert "缺考" in shown
    assert "0 / 100" not in shown


def test_a_learner_asks_for_a_review_and_reads_the_answer(session, window, house, ana, sign_in, clock):
    published(window, house, {ana: {"theory": 73, "practical": 54}})
    clock.set(READING)
    address = f"/results/{result_of(ana, window, 'practical').reference}/review"
    browser = sign_in(ana.account)
    assert address in browser.get("/results").get_data(as_text=True)
    assert press(browser, address, words="x" * 5000).status_code == 422
    assert press(browser, address, words="\x00").status_code == 422
    assert press(browser, address, words="第3页没有加", csrf_token=None).status_code == 419
    assert press(browser, address, words="第3页没有加").status_code == 303
    reference = session.scalars(select(ScoreReview.reference)).one()
    session.rollback()
    assert press(browser, address, words="again").status_code == 409
    assert address not in browser.get("/results").get_data(as_text=True)
    answer_score_review(
        reference, "corrected", "漏加一页，更正为 64。", by=acting(house.lead), now=READING, corrected=points(64)
    )
    session.rollback()
    shown = text_of(browser.get("/results"))
    assert "漏加一页" in shown
    assert "64 / 100" in shown
    assert "54 / 100" not in shown


def test_after_the_period_the_link_is_gone_and_the_form_says_why(window, house, ana, sign_in, clock):
    published(window, house, {ana: {"theory": 73, "practical": 54}})
    clock.set(window.score_review_closes_at)
    address = f"/results/{result_of(ana, window, 'practical').reference}/review"
    browser = sign_in(ana.account)
    assert address not in browser.get("/results").get_data(as_text=True)
    assert press(browser, address, words="late").status_code == 409


@pytest.mark.one_database
def test_signed_out_another_learner_and_staff_see_nothing_of_it(app, window, house, ana, sign_in, clock):
    published(window, house, {ana: CANARY})
    clock.set(READING)
    address = f"/results/{result_of(ana, window, 'theory').reference}/review"
    other = a_candidate("eve", an_exam("202611", window.starts_on + timedelta(days=63)))
    assert app.test_client().get("/results").status_code in {302, 303}
    assert sign_in(other.account).get(address).status_code == 404
    assert "73" not in text_of(sign_in(other.account).get("/results"))
    assert sign_in(house.maker).get("/results").status_code == 403


def test_somebody_who_never_sat_reads_what_would_be_here(window, sign_in):
    eve = a_candidate("eve", window, None, None)
    shown = text_of(sign_in(eve.account).get("/results"))
    assert "暂无成绩" in shown
