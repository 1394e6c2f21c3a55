"""The learner's own fees, and nobody else's."""

import pytest

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.fees.services.payments import record_payment
from enroll.fees.services.raising import void_fee
from enroll.fees.services.refunds import request_refund
from enroll.learners.models import Learner
from enroll.storage.database import db, transaction
from tests.builders.accounts import an_account
from tests.builders.money import DUE, a_fee, a_price_list, finance, paid, the_fee
from tests.builders.programmes import an_organisation
from tests.conftest import NOON
from tests.pages import soup, text_of


@pytest.fixture(autouse=True)
def prices(app):
    a_price_list(with_rules=True)


def owner_of(reference: str) -> Account:
    return db.session.get_one(Account, db.session.get_one(Learner, the_fee(reference).learner_id).account_id)


@pytest.mark.one_database
def test_a_visitor_is_asked_to_sign_in_and_staff_have_no_fees_of_their_own(client, sign_in):
    assert client.get("/fees").status_code == 303
    sign_in(an_account("kaowu", Role.EXAM_OFFICER))
    assert client.get("/fees").status_code == 403


def test_a_learner_reads_what_is_owed_until_when_and_how_to_pay_before_paying(client, sign_in):
    with transaction() as session:
        an_organisation(session)
    reference = a_fee()
    sign_in(owner_of(reference))
    for language, said in (
        ("zh", ("待缴费", "11月27日（周五）10:00 还有 5 天", "对公转账、微信、支付宝或现金。", "全额退费截止前")),
        ("en", ("To be paid", "Fri 27 Nov, 10:00 5 days left", "Bank transfer, WeChat, Alipay or cash.", "In time")),
    ):
        page = client.get("/fees", headers={"Accept-Language": language})
        text = text_of(page)
        assert page.status_code == 200
        assert [words for words in ("¥480.00", reference, *said) if words not in text] == []
        assert len(soup(page).find_all("h1")) == 1


def test_a_learner_without_fees_reads_that_nothing_is_to_be_paid(client, sign_in):
    sign_in(an_account("new", Role.LEARNER))
    assert "没有待缴费用" in text_of(client.get("/fees"))


def test_nobody_sees_another_learners_fees(client, sign_in):
    mine, theirs = a_fee(), a_fee("lidi", "A2701-0002")
    sign_in(owner_of(mine))
    text = text_of(client.get("/fees"))
    assert mine in text
    assert theirs not in text


def test_what_arrived_and_what_comes_back_is_listed(client, sign_in):
    reference, caiwu = a_fee(), finance()
    paid(reference, caiwu, fen=10000, trade_no="WX1")
    owner = owner_of(reference)
    sign_in(owner)
    part = text_of(client.get("/fees"))
    assert "¥380.00" in part
    assert "WX1" in part
    paid(reference, caiwu, fen=38000, trade_no="WX2")
    request_refund(reference, 48000, "application_rejected", reason="x", by=caiwu, now=NOON)
    whole = text_of(client.get("/fees"))
    assert "没有待缴费用" in whole
    assert "已申请退费" in whole


def test_late_money_is_said_to_be_looked_into(client, sign_in):
    reference = a_fee()
    void_fee("A2701-0001", now=NOON)
    record_payment(reference, "bank", "LATE", 48000, NOON, by=finance(), now=NOON)
    sign_in(owner_of(reference))
    assert "正在处理" in text_of(client.get("/fees"))


def test_a_fee_past_its_date_says_what_to_do(client, sign_in, clock):
    reference = a_fee()
    owner = owner_of(reference)
    clock.set(DUE)
    sign_in(owner)
    text = text_of(client.get("/fees"))
    assert "已过截止时间" in text


def test_an_employers_fee_asks_nothing_of_the_learner(client, sign_in):
    reference = a_fee(payer="employer")
    sign_in(owner_of(reference))
    text = text_of(client.get("/fees"))
    assert "由单位或学校缴纳" in text
    assert "付款备注" not in text
