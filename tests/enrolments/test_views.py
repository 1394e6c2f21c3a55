"""Enrolling through the pages, and one's own enrolment."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from enroll.accounts.permissions import Role
from enroll.enrolments.models import Enrolment
from enroll.enrolments.services.changing import change_direction, move_enrolment
from enroll.fees.models import Fee
from enroll.fees.queries.fees import fee_for
from enroll.fees.services.payments import record_payment
from enroll.programmes.models import Programme
from enroll.storage.database import transaction
from enroll.storage.outbox import deliver
from tests.builders.accounts import an_account, an_actor
from tests.builders.enrolments import (
    a_cohort,
    a_place_to_enrol,
    an_agreement,
    enrolled,
    somebody,
    the_enrolment,
)
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, soup, text_of

ENROL = "/enrol/CAIP"
WISH = {"direction": "D2", "cohort": "C2611", "agreement": "y"}


def how_many(session):
    session.rollback()
    return session.scalar(select(func.count(Enrolment.id))), session.scalar(select(func.count(Fee.id)))


@pytest.fixture
def learner(sign_in):
    """A browser of somebody who is not enrolled yet, and their account and record."""
    account, record = somebody()
    browser = sign_in(account)
    browser.account, browser.record = account, record
    return browser


def test_everything_that_binds_stands_on_the_page_before_one_agrees(app, learner):
    a_place_to_enrol()
    page = learner.get(ENROL)
    read = text_of(page)
    for words in ("35 学时", "办公与运营提效", "数据分析与经营决策", "专员", "banzhuren", "¥1,280.00", "按未学学时比例",
                  "7日内未学习", "第1版：机构提供35学时课程。", "¥480.00", "不含考试费", "报读并查看缴费"):
        assert words in read, words
    assert read.index("按未学学时比例") < read.index("我已阅读并同意培训协议")


def test_the_page_speaks_english_too(app, learner):
    a_place_to_enrol()
    learner.get("/language/en")
    read = text_of(learner.get(ENROL))
    for words in ("Office and operations", "Version 1: we provide", "By the share not studied",
                  "Enrol and see what to pay"):
        assert words in read, words


def test_enrolling_leads_to_what_is_next_and_by_when(app, session, learner):
    a_place_to_enrol()
    answer = press(learner, ENROL, **WISH)
    assert (answer.status_code, answer.location) == (303, "/enrolment/E000001/done")
    enrolment = the_enrolment("E000001")
    assert (enrolment.direction_code, enrolment.cohort.code, enrolment.agreement_version) == ("D2", "C2611", 1)
    read = text_of(learner.get(answer.location))
    for words in ("报读成功", "E000001", "¥1,280.00", "11月29日", "7 天", "banzhuren", "查看缴费"):
        assert words in read, words


def test_two_presses_of_one_form_are_one_enrolment(app, session, learner):
    a_place_to_enrol("C2611", "C2609")
    form = fields_of(form_on(learner.get(ENROL), ENROL)) | WISH
    first, second = learner.post(ENROL, data=form), learner.post(ENROL, data=form)
    assert first.location == second.location == "/enrolment/E000001/done"
    assert how_many(session) == (1, 1)


def test_another_form_sent_by_somebody_enrolled_already_says_so(app, session, learner):
    a_place_to_enrol()
    form = fields_of(form_on(learner.get(ENROL), ENROL)) | WISH
    press(learner, ENROL, **WISH)
    again = learner.post(ENROL, data=form | {"key": "another"})
    assert again.status_code == 422
    assert "已有报读记录：E000001" in text_of(again)
    assert "你已报读" in text_of(learner.get(ENROL))
    assert how_many(session) == (1, 1)


def test_a_form_of_another_site_changes_nothing(app, session, learner):
    a_place_to_enrol()
    assert press(learner, ENROL, csrf_token=None, **WISH).status_code == 419
    assert how_many(session) == (0, 0)


NOT_TO_BE_CHOSEN = [
    ({"agreement": None}, "请阅读培训协议并勾选同意"),
    ({"direction": None}, "请从列出的选项中选择"),
    ({"direction": "D9"}, "请从列出的选项中选择"),
    ({"direction": "D1\x00"}, "请从列出的选项中选择"),
    ({"direction": "x" * 5000}, "请从列出的选项中选择"),
    ({"cohort": "=1+1"}, "请从列出的选项中选择"),
    ({"cohort": "E2610"}, "请从列出的选项中选择"),
    ({"cohort": "C\x002611"}, "请从列出的选项中选择"),
    ({"agreement_version": "9"}, "培训协议已更新"),
    ({"agreement_version": "١"}, "培训协议已更新"),
    ({"agreement_version": None}, "培训协议已更新"),
]


def test_what_cannot_be_chosen_is_refused_in_words_and_the_rest_is_kept(app, session, learner):
    a_place_to_enrol("C2611", "C2609")
    a_cohort("E2610", open_to_all=False)
    for change, words in NOT_TO_BE_CHOSEN:
        page = press(learner, ENROL, **(WISH | change))
        assert page.status_code == 422, change
        assert words in text_of(page), change
        assert how_many(session) == (0, 0), change
        if "cohort" not in change:
            assert soup(page).find("input", value="C2611").has_attr("checked"), change


def test_a_tick_under_an_old_text_is_asked_for_again_under_the_new_one(app, session, learner):
    a_place_to_enrol()
    form = fields_of(form_on(learner.get(ENROL), ENROL)) | WISH
    an_agreement(2)
    page = learner.post(ENROL, data=form)
    assert page.status_code == 422
    assert "第2版" in text_of(page)
    assert not soup(page).find("input", id="agreement").has_attr("checked")
    again = fields_of(form_on(page, ENROL)) | {"agreement": "y"}
    assert learner.post(ENROL, data=again).status_code == 303
    assert the_enrolment("E000001").agreement_version == 2


def test_where_nobody_can_enrol_the_page_says_so_and_asks_nothing(app, session, learner):
    a_place_to_enrol()
    with transaction() as changing:
        changing.add(Programme(code="AIE", edition=2026, name_zh="工程师", name_en="Engineer"))
        changing.scalars(select(Programme).where(Programme.code == "CAIP")).one().enrolment_open = False
    for address in (ENROL, "/enrol/AIE"):
        page = learner.get(address)
        assert "暂不接受报读" in text_of(page)
        assert page.status_code == 200
    assert learner.get("/enrol/XYZ").status_code == 404


def test_somebody_without_a_learners_record_has_nothing_here(app, sign_in):
    a_place_to_enrol()
    browser = sign_in(an_account("bare", Role.LEARNER))
    assert browser.get(ENROL).status_code == 404
    assert "你还没有报读" in text_of(browser.get("/enrolment"))


def test_the_own_enrolment_shows_what_was_agreed_and_what_is_owed(app, session, learner):
    a_place_to_enrol()
    assert "报读：人工智能职场应用师" in text_of(learner.get("/enrolment"))
    reference = enrolled(learner.account, learner.record)
    read = text_of(learner.get("/enrolment"))
    for words in (reference, "待缴培训学习费", "缴纳培训学习费 ¥1,280.00", "办公与运营提效", "C2611班", "banzhuren",
                  "35 学时", "演示默认值", "第1版", "取消报读"):
        assert words in read, words
    record_payment(fee_for(session, reference).reference, "bank", "1", 128000, NOON,
                   by=an_actor("caiwu", Role.FINANCE), now=NOON)
    deliver(NOON)
    read = text_of(learner.get("/enrolment"))
    assert "去学课程" in read
    assert "取消报读" not in read
    assert "如需退学" in read
    assert "现在就可以开始学习" in text_of(learner.get(f"/enrolment/{reference}/done"))


def test_the_direction_is_changed_and_an_old_tab_is_told(app, session, learner):
    a_place_to_enrol()
    reference = enrolled(learner.account, learner.record)
    address = f"/enrolment/{reference}/direction"
    page = learner.get(address)
    assert soup(page).find("input", value="D1").has_attr("checked")
    old = fields_of(form_on(page, address))
    answer = press(learner, address, direction="D3")
    assert (answer.status_code, answer.location) == (303, "/enrolment")
    assert the_enrolment(reference).direction_code == "D3"
    assert learner.post(address, data=old | {"direction": "D2", "key": "other"}).status_code == 409
    assert the_enrolment(reference).direction_code == "D3"
    for wrong in ("D3", "D9", "\x00"):
        page = press(learner, address, direction=wrong)
        assert page.status_code == 422, wrong
    assert press(learner, address, direction="D1", csrf_token=None).status_code == 419


def test_the_directions_offered_are_those_of_the_day_one_enrolled(app, session, learner):
    a_place_to_enrol()
    reference = enrolled(learner.account, learner.record)
    with transaction() as changing:
        kept = changing.scalars(select(Enrolment)).one()
        kept.demands_as_stood = kept.demands_as_stood | {"direction_minutes": {"D1": 225, "D2": 225}}
    page = learner.get(f"/enrolment/{reference}/direction")
    assert [one["value"] for one in soup(page).find_all("input", type="radio")] == ["D1", "D2"]


def test_cancelling_asks_once_more_and_lets_the_fee_go(app, session, learner):
    a_place_to_enrol()
    reference = enrolled(learner.account, learner.record)
    address = f"/enrolment/{reference}/cancel"
    assert the_enrolment(reference).state == "pending_payment"
    assert press(learner, address, csrf_token=None).status_code == 419
    answer = press(learner, address)
    assert answer.location == "/enrolment"
    assert the_enrolment(reference).state == "withdrawn"
    assert fee_for(session, reference) is None
    read = text_of(learner.get("/enrolment"))
    assert "已取消报读" in read
    assert "已退学" in read
    assert press(learner, address).status_code == 422
    assert learner.get(f"/enrolment/{reference}/direction").status_code == 404
    assert "报读编号" in text_of(learner.get(f"/enrolment/{reference}/done"))


def test_nobody_cancels_what_is_paid(app, session, learner):
    a_place_to_enrol()
    reference = enrolled(learner.account, learner.record)
    record_payment(fee_for(session, reference).reference, "bank", "1", 128000, NOON,
                   by=an_actor("caiwu", Role.FINANCE), now=NOON)
    page = press(learner, f"/enrolment/{reference}/cancel")
    assert page.status_code == 422
    assert "培训学习费已结清" in text_of(page)


def test_anothers_enrolment_is_not_there(app, session, learner):
    a_place_to_enrol()
    reference = enrolled(*somebody("other"))
    token = soup(learner.get(ENROL)).find("input", attrs={"name": "csrf_token"})["value"]
    for page in ("done", "direction", "cancel"):
        assert learner.get(f"/enrolment/{reference}/{page}").status_code == 404, page
        if page != "done":
            sent = learner.post(f"/enrolment/{reference}/{page}", data={"csrf_token": token, "direction": "D2"})
            assert sent.status_code == 404, page
        assert the_enrolment(reference).direction_code == "D1", page
        assert the_enrolment(reference).state == "pending_payment", page


@pytest.mark.one_database
def test_who_is_signed_out_signs_in_first_and_staff_have_no_enrolment(app, client, sign_in):
    addresses = [ENROL, "/enrolment", "/enrolment/E000001/done"]
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 303)
    adviser = sign_in(an_account("adviser", Role.ADVISER))
    assert {address: adviser.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 403)


def test_a_late_press_after_the_staff_withdrew_is_refused(app, session, learner):
    a_place_to_enrol()
    reference = enrolled(learner.account, learner.record)
    address = f"/enrolment/{reference}/direction"
    form = fields_of(form_on(learner.get(address), address)) | {"direction": "D2", "version": ""}
    change_direction(reference, "D3", by=learner.account.actor_at(NOON), now=NOON)
    move_enrolment(reference, "withdraw", "离职", by=an_actor("du2", Role.ADVISER), now=NOON + timedelta(hours=1))
    assert learner.post(address, data=form).status_code in {404, 422}
    assert the_enrolment(reference).direction_code == "D3"
