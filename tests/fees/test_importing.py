"""A list of payments: shown first, recorded once, each row by itself."""

import csv
import io

import pytest
from sqlalchemy import func, select

from enroll.accounts.permissions import Role
from enroll.documents.sheets import Column, write_xlsx
from enroll.fees.models import Payment
from enroll.fees.rules import PaymentRow, read_payment
from enroll.fees.services.importing import apply_payments, check_payments, read_again
from enroll.fees.services.raising import void_fee
from enroll.foundation.problems import NotFound, Refused
from enroll.storage.imports import StagedImport
from tests.at_once import at_once
from tests.builders.accounts import an_account, an_actor
from tests.builders.money import a_fee, a_price_list, finance, paid, the_fee
from tests.builders.programmes import beijing
from tests.conftest import NOON
from tests.pages import fields_of, form_on, text_of

HEAD = ["缴费单号", "缴费方式", "交易号", "金额", "缴费时间"]


@pytest.fixture
def prices(app):
    a_price_list()


def a_list(*rows: list[str], head: list[str] = HEAD) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue().encode()


@pytest.mark.parametrize(("changes", "columns"), [
    ({}, []), ({"paid_at": "2026-11-22"}, []), ({"provider": "WeChat Pay"}, []), ({"provider": "cash"}, []),
    ({"reference": " "}, ["reference"]), ({"provider": "paypal"}, ["provider"]), ({"trade_no": ""}, ["trade_no"]),
    ({"amount": "480,00"}, ["amount"]), ({"amount": "0"}, ["amount"]), ({"amount": "=1+1"}, ["amount"]),
    ({"paid_at": "yesterday"}, ["paid_at"]), ({"paid_at": "2026-13-01"}, ["paid_at"]),
    ({"amount": "x", "paid_at": ""}, ["amount", "paid_at"]),
])
def test_a_row_is_a_payment_or_says_every_reason_why_it_is_none(changes, columns):
    values = {"reference": "f000001", "provider": "微信支付", "trade_no": "wx 1", "amount": "480.00",
              "paid_at": "2026-11-21 18:30"} | changes
    read = read_payment(2, values)
    if columns:
        assert [fault.column for fault in read] == columns
    else:
        assert isinstance(read, PaymentRow)
        assert (read.reference, read.trade_no, read.amount_fen) == ("F000001", "WX1", 48000)
        assert read.paid_at == beijing(f"{values['paid_at']} 12:00"[:16])


def test_what_can_be_recorded_is_recorded_and_the_rest_is_named(session, prices):
    first, second, third, caiwu = a_fee(), a_fee("b", "A2701-0002"), a_fee("c", "A2701-0003"), finance()
    paid(third, caiwu, trade_no="OLD")
    content = a_list(
        [first, "微信", "W1", "480", "2026-11-21 10:00"], [second, "微信", "W2", "500", "2026-11-21 10:00"],
        ["F999999", "微信", "W3", "480", "2026-11-21"], [second, "微信", "w1", "480", "2026-11-21"],
        [second, "wechat", "old", "480", "2026-11-21"], [third, "cash", "C1", "10", "2026-11-21"],
    )
    kept = check_payments(content, file_name="bank.csv", by=caiwu, now=NOON)
    assert [one["row"] for one in kept.accepted] == [2, 3, 7]
    assert [(one["row"], one["code"]) for one in kept.refused] == [
        (4, "fee_unknown"), (5, "twice_in_file"), (6, "trade_no_known")]
    assert session.scalar(select(func.count(Payment.id))) == 1
    answers = apply_payments(read_again(kept.token), by=caiwu, now=NOON)
    assert [(one.reference, [why.code for why in one.problems]) for one in answers] == [
        (first, []), (second, ["paid_too_much"]), (third, [])]
    assert (the_fee(first).state, the_fee(second).state) == ("paid", "due")
    assert session.scalars(select(Payment.late).where(Payment.trade_no == "C1")).one()


def test_the_same_file_a_second_time_changes_nothing(session, prices):
    first, caiwu = a_fee(), finance()
    content = a_list([first, "微信", "W1", "480", "2026-11-21"])
    token = check_payments(content, file_name="a.csv", by=caiwu, now=NOON).token
    twin = check_payments(content, file_name="b.csv", by=caiwu, now=NOON).token
    apply_payments(read_again(token), by=caiwu, now=NOON)
    for again in (token, twin):
        with pytest.raises(Refused) as refused:
            apply_payments(read_again(again), by=caiwu, now=NOON)
        assert refused.value.codes == {"file_known"}
    assert check_payments(content, file_name="c.csv", by=caiwu, now=NOON).token == token
    assert session.scalar(select(func.count(Payment.id))) == 1


def test_two_clerks_recording_one_file_at_once_record_it_once(app, session, prices):
    first, caiwu = a_fee(), finance()
    content = a_list([first, "微信", "W1", "480", "2026-11-21"])
    token = check_payments(content, file_name="a.csv", by=caiwu, now=NOON).token
    session.rollback()  # let go of what was read before the others begin
    answers = at_once(app, *[lambda: apply_payments(read_again(token), by=caiwu, now=NOON)] * 4)
    assert sum(isinstance(answer, list) for answer in answers) == 1, answers
    assert session.scalar(select(func.count(Payment.id))) == 1


def test_a_file_that_is_no_list_is_refused_and_nothing_is_kept(session, prices):
    caiwu = finance()
    for content in (b"", b"\x00\x01", a_list(head=["a", "b"]), b"PK\x03\x04 not a workbook", a_list(["F1"])[:10]):
        with pytest.raises(Refused):
            check_payments(content, file_name="x.csv", by=caiwu, now=NOON)
        assert session.scalar(select(func.count(StagedImport.id))) == 0, content
        session.rollback()


def test_only_finance_brings_in_payments_and_a_strange_token_is_not_found(prices):
    with pytest.raises(Refused):
        check_payments(a_list(), file_name="x.csv", by=an_actor("shenhe1", Role.REVIEWER), now=NOON)
    with pytest.raises(NotFound):
        read_again("nothing-of-this-name")


def test_a_workbook_is_brought_in_through_the_pages(client, sign_in, session, prices):
    first, second = a_fee(), a_fee("b", "A2701-0002")
    void_fee("A2701-0002", now=NOON)
    sign_in(an_account("caiwu2", Role.FINANCE))
    book = write_xlsx([Column(one) for one in HEAD], [
        [first, "微信支付", "4200001234567890123456789012", "480.00", "2026-11-21 10:00"],
        [second, "现金", "C2", "480.00", "2026-11-21"], ["F0", "现金", "C3", "1", "2026-11-21"],
    ], sheet_title="x")
    page = client.get("/staff/fees/import")
    sent = fields_of(form_on(page, "/staff/fees/import")) | {"file": (io.BytesIO(book), "bank.xlsx")}
    kept = client.post("/staff/fees/import", data=sent, content_type="multipart/form-data")
    assert kept.status_code == 303
    shown = text_of(client.get(kept.location))
    assert "¥960.00" in shown
    assert "没有这个缴费单号" in shown
    done = client.post(f"{kept.location}/apply", data=fields_of(form_on(client.get(kept.location), "/apply")))
    assert "已登记 2 笔缴费" in text_of(done)
    assert the_fee(first).payments[0].trade_no == "4200001234567890123456789012"
    assert the_fee(second).payments[0].late
    assert "该文件已于" in text_of(client.get(kept.location))


def test_a_press_without_a_list_says_so(client, sign_in, prices):
    sign_in(an_account("caiwu2", Role.FINANCE))
    sent = fields_of(form_on(client.get("/staff/fees/import"), "/staff/fees/import"))
    for file in ({}, {"file": (io.BytesIO(b""), "a.csv")}, {"file": (io.BytesIO(b"x" * 10), "a.exe")}):
        answer = client.post("/staff/fees/import", data=sent | file, content_type="multipart/form-data")
        assert answer.status_code == 422, file


@pytest.mark.one_database
def test_the_pages_of_imports_are_closed_to_others(client, sign_in, prices):
    for path in ("/staff/fees/import", "/staff/fees/import/blank.xlsx"):
        assert client.get(path).status_code == 303
    sign_in(an_account("shenji", Role.AUDITOR))
    assert client.get("/staff/fees/import").status_code == 403
    sign_in(an_account("caiwu2", Role.FINANCE))
    assert client.get("/staff/fees/import/nothing-of-this-name").status_code == 404
    assert client.get("/staff/fees/import/blank.xlsx").status_code == 200
