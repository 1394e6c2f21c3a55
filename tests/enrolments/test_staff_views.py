"""The staff's list of enrolments, one by itself, and cohorts."""

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.audit.queries import acts_about
from enroll.enrolments.models import Cohort
from enroll.enrolments.services.changing import move_enrolment, set_cohort
from enroll.enrolments.services.cohorts import close_cohort
from enroll.fees.queries.fees import fee_for
from enroll.storage.database import db
from tests.builders.accounts import an_account, an_actor
from tests.builders.enrolments import LOADER, a_cohort, a_place_to_enrol, enrolled, somebody, the_enrolment
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, soup, text_of

LIST = "/staff/enrolments"


@pytest.fixture
def adviser(app, sign_in):
    a_place_to_enrol("C2611", "C2609")
    return sign_in(an_account("du2", Role.ADVISER), app.test_client())


@pytest.fixture
def finance(app, sign_in):
    return sign_in(an_account("caiwu", Role.FINANCE), app.test_client())


def cohort(code):
    db.session.rollback()
    return db.session.scalar(select(Cohort).where(Cohort.code == code))


def test_the_list_is_searched_and_filtered_and_says_when_nobody_is_found(adviser):
    assert "还没有人报读" in text_of(adviser.get(LIST))
    first = enrolled(*somebody("zhangwei", legal_name="张伟"))
    second = enrolled(*somebody("ouyang", legal_name="欧阳思源"), cohort="C2609")
    read = text_of(adviser.get(LIST))
    for words in ("张伟", "欧阳思源", first, second, "待缴费", "C2611班"):
        assert words in read, words
    for query, there, not_there in (("q=张伟", first, second), ("cohort=C2609", second, first),
                                    (f"q={second.lower()}", second, first)):
        read = text_of(adviser.get(f"{LIST}?{query}"))
        assert there in read
        assert not_there not in read
    assert "没有找到报读记录" in text_of(adviser.get(f"{LIST}?state=completed"))
    assert "没有找到报读记录" in text_of(adviser.get(f"{LIST}?q=%25&cohort=NOPE"))
    assert adviser.get(f"{LIST}?q=%00").status_code == 400
    assert adviser.get(f"{LIST}?q={'x' * 5000}").status_code == 200
    assert adviser.get(f"{LIST}?after=abc").status_code == 400
    adviser.get("/language/en")
    assert "Enrolment no." in text_of(adviser.get(LIST))


def test_a_long_list_comes_in_pages_and_keeps_its_filter(adviser):
    for number in range(32):
        enrolled(*somebody(f"n{number:02d}"))
    page = adviser.get(f"{LIST}?cohort=C2611")
    assert len(soup(page).select("tbody tr")) == 30
    onward = soup(page).find("a", rel="next")["href"]
    assert "cohort=C2611" in onward
    rest = adviser.get(onward)
    assert [row.get_text(strip=True) for row in soup(rest).select("tbody th")] == ["n01", "n00"]


def test_the_export_holds_the_filtered_rows_as_texts_and_is_noted(adviser, session):
    enrolled(*somebody("bad", legal_name="=1+1"))
    enrolled(*somebody("other", legal_name="张伟"), cohort="C2609")
    answer = adviser.get(f"{LIST}/export?cohort=C2611")
    assert answer.status_code == 200
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows())
    assert len(rows) == 2
    name = rows[1][2]
    assert (name.value, name.data_type) == ("=1+1", "s")
    noted = acts_about(session, "enrolments")
    assert [(act.act, act.details["rows"], act.details["cohort"]) for act in noted] == [
        ("enrolments.export", 1, "C2611")]


def test_one_enrolment_shows_everything_it_was_made_with(adviser):
    reference = enrolled(*somebody(legal_name="张伟"))
    read = text_of(adviser.get(f"{LIST}/{reference}"))
    for words in ("张伟", reference, "L-ZHANGWEI", "办公与运营提效", "C2611班", "自行报读", "35 学时", "第1版",
                  "¥1,280.00", "提交报读", "待缴"):
        assert words in read, words
    assert "豁免" not in read  # what finance may, advisers are not shown
    assert adviser.get(f"{LIST}/E999999").status_code == 404


def test_the_cohort_is_set_by_the_form_and_an_old_tab_is_told(adviser):
    reference = enrolled(*somebody())
    a_cohort("E2610", open_to_all=False, source="employer")
    page, address = f"{LIST}/{reference}", f"{LIST}/{reference}/cohort"
    old = fields_of(form_on(adviser.get(page), address))
    answer = press(adviser, page, address, cohort="E2610")
    assert (answer.status_code, answer.location) == (303, page)
    assert the_enrolment(reference).cohort.code == "E2610"
    assert "C2611 → E2610" in text_of(adviser.get(page))
    assert adviser.post(address, data=old | {"cohort": "C2609", "key": "k"}).status_code == 409
    for wrong in ("NOPE", "\x00", "", "=1+1"):
        assert press(adviser, page, address, cohort=wrong).status_code == 422, wrong
    assert press(adviser, page, address, cohort="C2609", csrf_token=None).status_code == 419
    assert the_enrolment(reference).cohort.code == "E2610"


def test_a_cohort_closed_meanwhile_is_refused(adviser):
    reference = enrolled(*somebody())
    page, address = f"{LIST}/{reference}", f"{LIST}/{reference}/cohort"
    form = fields_of(form_on(adviser.get(page), address)) | {"cohort": "C2609"}
    close_cohort("C2609", by=LOADER, now=NOON)
    assert adviser.post(address, data=form).status_code == 422
    assert the_enrolment(reference).cohort.code == "C2611"


@pytest.mark.parametrize(("move", "state"), [("waive", "waived"), ("mark_included", "included")])
def test_finance_settles_the_fee_with_a_reason_and_the_study_opens(adviser, finance, session, move, state):
    reference = enrolled(*somebody())
    page, address = f"{LIST}/{reference}", f"{LIST}/{reference}/fee/{move}"
    missing = press(finance, page, address, reason=" ")
    assert missing.status_code == 422
    assert "请写明理由" in text_of(missing)
    assert the_enrolment(reference).state == "pending_payment"
    token = fields_of(form_on(finance.get(page), address))
    assert adviser.post(address, data=token | {"reason": "助学"}).status_code in {403, 419}
    answer = press(finance, page, address, reason="助学名额")
    assert answer.status_code == 303
    assert fee_for(session, reference).state == state
    assert the_enrolment(reference).state == "active"
    assert "开放学习" in text_of(finance.get(page))
    assert finance.post(f"{LIST}/{reference}/fee/pay", data=token).status_code == 404


def test_finance_sees_and_does_not_move_enrolments(adviser, finance):
    reference = enrolled(*somebody())
    page = finance.get(f"{LIST}/{reference}")
    assert page.status_code == finance.get(LIST).status_code == 200
    assert [form["action"] for form in soup(page).find("main").find_all("form")] == [
        f"{LIST}/{reference}/fee/waive", f"{LIST}/{reference}/fee/mark_included"]
    for shut in (f"{LIST}/export", f"{LIST}/{reference}/withdraw", "/staff/cohorts", "/staff/cohorts/C2611"):
        assert finance.get(shut).status_code == 403, shut


def test_withdrawing_goes_through_a_page_that_says_what_comes_back(adviser, session):
    reference = enrolled(*somebody())
    address = f"{LIST}/{reference}/withdraw"
    read = text_of(adviser.get(address))
    assert "按未学学时比例" in read
    assert "请写明理由" in text_of(press(adviser, address, reason=""))
    assert press(adviser, address, reason="x" * 5000).status_code == 422
    assert press(adviser, address, reason="不\x00好").status_code == 422
    assert press(adviser, address, reason="离职", csrf_token=None).status_code == 419
    assert the_enrolment(reference).state == "pending_payment"
    assert press(adviser, address, reason="本人离职").location == f"{LIST}/{reference}"
    assert the_enrolment(reference).state == "withdrawn"
    assert fee_for(session, reference) is None
    assert "本人离职" in text_of(adviser.get(f"{LIST}/{reference}"))
    assert press(adviser, address, reason="再来一次").status_code == 422


def test_studies_are_completed_once_and_only_when_they_run(adviser, finance):
    reference = enrolled(*somebody())
    page, address = f"{LIST}/{reference}", f"{LIST}/{reference}/complete"
    assert address not in str(soup(adviser.get(page)))
    press(finance, page, f"{page}/fee/waive", reason="助学名额")
    form = fields_of(form_on(adviser.get(page), address))
    assert adviser.post(address, data=form).status_code == adviser.post(address, data=form).status_code == 303
    assert the_enrolment(reference).state == "completed"
    assert adviser.post(address, data=form | {"key": "k", "version": ""}).status_code == 422
    assert adviser.post(f"{page}/activate", data=form).status_code == 404


def test_staff_do_not_decide_about_their_own_enrolment(app, sign_in):
    a_place_to_enrol("C2611", "C2609")
    account, learner = somebody("both", Role.ADVISER)
    reference = enrolled(account, learner)
    browser = sign_in(account, app.test_client())
    page = f"{LIST}/{reference}"
    assert press(browser, page, f"{page}/cohort", cohort="C2609").status_code == 422
    assert press(browser, f"{page}/withdraw", reason="自己来").status_code == 422
    assert the_enrolment(reference).state == "pending_payment"


NEW = {"code": "c2701", "name_zh": "2027年1月班", "programme": "CAIP", "adviser": "banzhuren", "source": "school",
       "open_to_all": None}


def test_a_cohort_is_opened_listed_and_closed(adviser):
    answer = press(adviser, "/staff/cohorts/new", **NEW)
    assert (answer.status_code, answer.location) == (303, "/staff/cohorts/C2701")
    made = cohort("C2701")
    assert (made.source, made.open_to_all, made.adviser.username) == ("school", False, "banzhuren")
    read = text_of(adviser.get("/staff/cohorts"))
    for words in ("C2701", "2027年1月班", "院校", "仅由工作人员安排", "招生中"):
        assert words in read, words
    address = "/staff/cohorts/C2701/close"
    assert press(adviser, address, csrf_token=None).status_code == 419
    assert press(adviser, address).location == "/staff/cohorts/C2701"
    assert cohort("C2701").closed_at == NOON
    assert "已停止招生" in text_of(adviser.get("/staff/cohorts/C2701"))
    assert adviser.get(address).status_code == 404
    assert adviser.get("/staff/cohorts/NOPE").status_code == 404


def test_a_cohort_that_cannot_be_is_refused_and_what_was_typed_is_kept(adviser):
    for change in (
        {"code": ""}, {"code": "C2611"}, {"code": "=1+1"}, {"code": "x" * 5000}, {"code": "C\x001"}, {"name_zh": " "},
        {"name_zh": "x" * 5000}, {"programme": "XYZ"}, {"adviser": "du3"}, {"adviser": None}, {"source": "heaven"},
    ):
        page = press(adviser, "/staff/cohorts/new", **(NEW | {"name_en": "January"} | change))
        assert page.status_code == 422, change
        assert soup(page).find("input", id="name_en")["value"] == "January", change
        assert soup(page).find(role="alert"), change
        assert cohort("C2701") is None, change


def test_the_notice_for_the_group_masks_names_and_says_until_when(adviser):
    reference = enrolled(*somebody(legal_name="欧阳思源"))
    account, left = somebody("gone", legal_name="张伟")
    move_enrolment(enrolled(account, left), "cancel", by=account.actor_at(NOON), now=NOON + timedelta(hours=1))
    page = adviser.get("/staff/cohorts/C2611")
    notice = soup(page).find("textarea").get_text()
    assert "欧**源，11月29日（周日）10:00 前" in notice
    assert "欧阳思源" not in notice
    assert "http://localhost/enrolment" in notice
    assert "张" not in notice
    set_cohort(reference, "C2609", by=an_actor("du3", Role.ADVISER), now=NOON)
    assert soup(adviser.get("/staff/cohorts/C2611")).find("textarea") is None


@pytest.mark.one_database
def test_other_roles_stay_outside(app, sign_in):
    opened = []
    for role in (Role.LEARNER, Role.REVIEWER, Role.TRAINER, Role.AUDITOR):
        browser = sign_in(an_account(f"other-{role}", role))
        pages = [LIST, "/staff/cohorts", "/staff/cohorts/new", f"{LIST}/export"]
        opened += [(role, page) for page in pages if browser.get(page).status_code != 403]
    assert opened == []


def test_every_staff_page_is_complete_in_english(adviser, finance):
    reference = enrolled(*somebody())
    for browser, pages in (
        (adviser, [LIST, f"{LIST}/{reference}", f"{LIST}/{reference}/withdraw", "/staff/cohorts", "/staff/cohorts/new",
                   "/staff/cohorts/C2611", "/staff/cohorts/C2611/close"]),
        (finance, [f"{LIST}/{reference}"]),
    ):
        browser.get("/language/en")
        for address in pages:
            page = browser.get(address)
            assert page.status_code == 200, address
            assert len(soup(page).find_all("h1")) == 1
            assert "报读" not in text_of(page), address
