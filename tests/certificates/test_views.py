"""What the learner sees of their certificate, in their own words, until the document can be shared."""

from datetime import date
from pathlib import Path

import pytest

from enroll.certificates.services import cases, measures, numbers
from tests.builders.award import House, a_candidate, an_exam
from tests.builders.certificates import (
    ISSUED_ON,
    NUMBER,
    RECORDING,
    REVIEWING,
    a_passer,
    approved,
    at,
    case_of,
    issued,
    reported,
)
from tests.pages import soup, text_of


@pytest.fixture
def house(app):
    return House()


@pytest.fixture
def ana(app, house, clock):
    clock.set(REVIEWING)
    return a_passer(an_exam(), house)


def shown(browser, session):
    session.rollback()
    return text_of(browser.get("/certificates"))


def test_each_state_is_said_with_who_acts_and_by_when(session, ana, house, sign_in):
    browser = sign_in(ana.account)
    waiting = shown(browser, session)
    assert "待发证审核" in waiting
    assert "11月3日" in waiting, "the roster's date"
    cases.approve_first(case_of(ana).reference, by=at(house.first), now=REVIEWING)
    assert "发证审核中" in shown(browser, session)
    cases.hold(case_of(ana).reference, by=at(house.second), now=REVIEWING, reason="只给内部看的原因")
    held = shown(browser, session)
    assert "发证审核中" in held
    assert "只给内部看的原因" not in held
    cases.release(case_of(ana).reference, by=at(house.second), now=REVIEWING, reason="x")
    reported(ana, house)
    assert "11月18日" in shown(browser, session), "when the body is expected to answer"
    numbers.reject_by_body(case_of(ana).reference, reason="缺照片", by=at(house.liaison), now=REVIEWING)
    assert "发证机构退回" in shown(browser, session)


def test_a_refusal_gives_the_words_and_the_way_to_appeal(session, ana, house, sign_in):
    cases.refuse(
        case_of(ana).reference, "photo_not_current", "照片与考试抓拍非同一人。", by=at(house.first), now=REVIEWING
    )
    page = shown(sign_in(ana.account), session)
    assert "照片与考试抓拍非同一人。" in page
    assert "申诉" in page
    assert "400-000-0000" in page


def test_an_issued_certificate_is_downloaded_saved_as_an_image_and_shared(session, ana, house, sign_in, clock):
    case = issued(ana, house)
    clock.set(RECORDING)
    browser = sign_in(ana.account)
    page = browser.get("/certificates")
    assert NUMBER in text_of(page)
    assert f"http://localhost/verify/{case.token}" in page.get_data(as_text=True)
    pdf = browser.get(f"/certificates/{case.reference}/document")
    assert pdf.mimetype == "application/pdf"
    assert "attachment" in pdf.headers["Content-Disposition"]
    assert browser.get(f"/certificates/{case.reference}/image").mimetype == "image/png"


def test_while_the_document_is_being_prepared_the_page_says_so(session, ana, house, sign_in):
    case = reported(ana, house)
    numbers.record_number(case.reference, NUMBER, ISSUED_ON, None, None, by=at(house.liaison, RECORDING), now=RECORDING)
    browser = sign_in(ana.account)
    assert "正在生成" in shown(browser, session)
    assert browser.get(f"/certificates/{case.reference}/document").status_code == 404


def test_suspended_revoked_and_expired_are_said_and_a_revoked_document_is_not_given_out(
    session, ana, house, sign_in, clock
):
    case = issued(ana, house, valid_until=date(2026, 11, 20))
    browser = sign_in(ana.account)
    clock.set(RECORDING.replace(month=12))
    assert "已过期" in shown(browser, session)
    for move, words in (("suspend", "暂停使用"), ("revoke", "已撤销")):
        measures.propose_measure(case.reference, move, "body_decision", "内部原因", date(2026, 11, 17),
                                 by=at(house.first, RECORDING), now=RECORDING)
        measures.confirm_measure(case.reference, by=at(house.second, RECORDING), now=RECORDING)
        page = shown(browser, session)
        assert words in page
        assert "内部原因" not in page
    assert browser.get(f"/certificates/{case.reference}/document").status_code == 404


def test_a_number_or_name_is_not_shown_before_it_is_recorded(session, ana, house, sign_in):
    approved(ana, house)
    page = sign_in(ana.account).get("/certificates")
    assert "/verify/" not in str(soup(page).main)


@pytest.mark.one_database
def test_signed_out_others_and_staff_do_not_reach_it(app, ana, house, sign_in, clock):
    case = issued(ana, house)
    eve = a_candidate("eve", an_exam("202611", date(2026, 11, 21)), None, None)
    address = f"/certificates/{case.reference}/document"
    assert app.test_client().get("/certificates").status_code in {302, 303}
    assert app.test_client().get(address).status_code in {302, 303}
    assert sign_in(eve.account).get(address).status_code == 404
    assert NUMBER not in text_of(sign_in(eve.account).get("/certificates"))
    assert sign_in(house.first).get(address).status_code == 403
    assert sign_in(ana.account).get("/certificates/C9999-0001/document").status_code == 404


def test_a_file_that_was_changed_on_disk_is_not_given_out(app, ana, house, sign_in):
    case = issued(ana, house)
    stored = Path(app.config["UPLOAD_DIR"]) / case.file.token[:2].lower() / case.file.token
    stored.write_bytes(stored.read_bytes()[::-1])
    assert sign_in(ana.account).get(f"/certificates/{case.reference}/document").status_code == 503
