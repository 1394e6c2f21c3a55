"""The finance office through its pages."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import func, select

from enroll.accounts.permissions import Role
from enroll.fees.models import Fee, Payment, Refund
from enroll.fees.services.payments import record_payment
from enroll.fees.services.raising import raise_fee, void_fee
from enroll.fees.services.refunds import request_refund
from enroll.foundation.actor import SYSTEM
from tests.builders.accounts import an_account
from tests.builders.money import DUE, a_fee, a_payer, a_price_list, finance, paid, the_fee
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, soup, text_of

LISTS = ["/staff/fees", "/staff/fees?group=settled", "/staff/fees?group=void", "/staff/fees?group=all",
         "/staff/fees/refunds", "/staff/fees/refunds?state=done", "/staff/fees/reconciliation", "/staff/fees/days",
         "/staff/fees/days?day=2026-11-20"]


@pytest.fixture(autouse=True)
def prices(app):
    a_price_list(with_rules=True)


@pytest.fixture
def office(app, sign_in):
    return sign_in(an_account("caiwu2", Role.FINANCE))


def test_every_list_opens_empty_and_filled_in_both_languages(office):
    asked = [(path, {"Accept-Language": language}) for path in LISTS for language in ("zh", "en")]
    assert {office.get(path, headers=reads).status_code for path, reads in asked} == {200}
    reference, caiwu = a_fee(), finance()
    a_fee("lidi", "A2701-0002")
    paid(reference, caiwu)
    request_refund(reference, 100, "x", reason="r", by=caiwu, now=NOON)
    record_payment(reference, "bank", "LATE", 100, NOON, by=caiwu, now=NOON)
    for path, reads in asked:
        page = office.get(path, headers=reads)
        assert page.status_code == 200, (path, reads)
        assert len(soup(page).find_all("h1")) == 1, (path, reads)


def test_an_auditor_reads_everything_and_can_press_nothing(client, sign_in):
    reference = a_fee()
    sign_in(an_account("shenji", Role.AUDITOR))
    page = client.get(f"/staff/fees/{reference}")
    assert page.status_code == 200
    assert not soup(page).find_all("form", action=lambda action: action and "/payment" in action)
    assert client.post(f"/staff/fees/{reference}/waive", data={"reason": "x"}).status_code in {400, 403, 419}


def test_the_list_shows_what_is_due_first_and_masks_names(office):
    late = a_fee("a", "A2701-0001", due_at=DUE + timedelta(days=3), legal_name="欧阳思源")
    soon = a_fee("b", "A2701-0002", due_at=DUE - timedelta(days=3))
    page = office.get("/staff/fees")
    shown = [row.a.get_text() for row in soup(page).select("tbody tr")]
    assert shown == [soon, late]
    assert "欧**源" in text_of(page)
    assert "欧阳思源" not in page.get_data(as_text=True)
    notice = soup(page).select_one("#notice").get_text()
    assert "欧**源" in notice
    assert "11月30日（周一）10:00" in notice


def test_the_list_is_paged_by_its_order_and_nobody_is_lost_or_shown_twice(office):
    made = [a_fee(f"p{one}", f"A2701-{one:04d}", due_at=DUE + timedelta(hours=one % 7)) for one in range(33)]
    seen, address = [], "/staff/fees"
    while address:
        page = soup(office.get(address))
        seen += [row.a.get_text() for row in page.select("tbody tr")]
        older = page.select_one("nav.pager a[rel=next]")
        address = older["href"] if older else ""
    assert sorted(seen) == sorted(made)


def test_a_fee_is_found_by_its_number_its_subject_a_trade_number_or_a_full_name(office):
    first = a_fee("zhangwei", "A2701-0001", legal_name="张伟")
    a_fee("lidi", "A2701-0002", legal_name="李迪")
    paid(first, finance(), trade_no="WX-77")
    for text, found in (
        ("F000001", ["F000001"]), ("f000002", ["F000002"]), ("A2701-0002", ["F000002"]), ("wx-77", ["F000001"]),
        ("张伟", ["F000001"]), ("张", []), ("' OR 1=1", []), ("%", []),
    ):
        page = office.get("/staff/fees", query_string={"q": text})
        assert [row.a.get_text() for row in soup(page).select("tbody tr")] == found, text


def test_what_is_typed_into_the_address_breaks_nothing(office):
    for query in ("q=%00", "q=" + "x" * 5000, "after=abc", "after=99999999", "group=nonsense", "payer=nobody",
                  "endpoint=x&_anchor=y"):
        assert office.get(f"/staff/fees?{query}").status_code in {200, 400}, query


def test_a_payment_is_recorded_and_the_fee_settled(office, session):
    reference = a_fee()
    answer = press(office, f"/staff/fees/{reference}", f"/{reference}/payment", provider="wechat", trade_no="wx 1")
    assert answer.status_code == 303
    fee = the_fee(reference)
    assert (fee.state, fee.payments[0].trade_no, fee.payments[0].paid_at) == ("paid", "WX1", NOON)
    assert "缴费已登记" in text_of(office.get(answer.location))


def test_a_double_click_records_once(office, session):
    reference = a_fee()
    sent = fields_of(form_on(office.get(f"/staff/fees/{reference}"), "/payment")) | {
        "provider": "bank", "trade_no": "B1", "amount": "100"}
    answers = [office.post(f"/staff/fees/{reference}/payment", data=sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert session.scalar(select(func.count(Payment.id))) == 1


def test_what_cannot_be_a_payment_is_refused_beside_its_field_and_kept_as_typed(office, session):
    reference = a_fee()
    for change in (
        {"amount": "-1"}, {"amount": "0"}, {"amount": "abc"}, {"amount": "4８0"}, {"amount": "=1+1"},
        {"amount": "480.001"}, {"amount": "9" * 5000}, {"amount": "480.01"}, {"trade_no": ""},
        {"trade_no": "x" * 5000}, {"trade_no": "a\x00"}, {"provider": ""}, {"provider": "paypal"}, {"paid_at": ""},
        {"paid_at": "2026-11-22T10:01"}, {"paid_at": "soon"},
    ):
        typed = {"provider": "wechat", "trade_no": "WX1", "amount": "480.00", "paid_at": "2026-11-22T10:00"} | change
        answer = press(office, f"/staff/fees/{reference}", f"/{reference}/payment", **typed)
        assert answer.status_code == 422, change
        assert soup(answer).select_one(".errsum") is not None, change
    session.rollback()
    assert session.scalar(select(func.count(Payment.id))) == 0


def test_a_trade_number_a_second_time_says_where_it_stands(office):
    first, second = a_fee(), a_fee("lidi", "A2701-0002")
    press(office, f"/staff/fees/{first}", "/payment", provider="wechat", trade_no="WX1")
    again = press(office, f"/staff/fees/{second}", "/payment", provider="wechat", trade_no="WX1")
    assert again.status_code == 422
    assert f"登记在缴费单 {first}" in text_of(again)


def test_an_old_tab_gets_409_when_somebody_else_recorded_meanwhile(office):
    reference = a_fee()
    old = fields_of(form_on(office.get(f"/staff/fees/{reference}"), "/payment"))
    old |= {"provider": "bank", "trade_no": "OLD"}
    paid(reference, finance(), fen=10000, trade_no="NEW")
    answer = office.post(f"/staff/fees/{reference}/payment", data=old)
    assert answer.status_code == 409
    assert "OLD" in answer.get_data(as_text=True)
    assert the_fee(reference).paid_fen == 10000


def test_late_money_is_kept_and_reconciled_through_the_pages(office, session):
    reference = a_fee()
    void_fee("A2701-0001", now=NOON)
    answer = press(office, f"/staff/fees/{reference}", "/payment", provider="bank", trade_no="LATE", amount="480")
    assert "待对账" in text_of(office.get(answer.location))
    number = session.scalars(select(Payment.id)).one()
    empty = press(office, "/staff/fees/reconciliation", f"/{number}", **{f"p{number}-outcome": "refunded"})
    assert empty.status_code == 422
    done = press(office, "/staff/fees/reconciliation", f"/{number}",
                 **{f"p{number}-outcome": "refunded", f"p{number}-reason": "逾期到账，原路退回"})
    assert done.status_code == 303
    assert session.scalars(select(Refund.amount_fen)).one() == 48000
    assert "没有待对账款项" in text_of(office.get("/staff/fees/reconciliation"))


def test_a_fee_is_let_go_with_a_reason(office):
    for reference, move, state in ((a_fee(), "waive", "waived"),
                                   (a_fee("lidi", "A2701-0002"), "mark_included", "included")):
        assert press(office, f"/staff/fees/{reference}", f"/{move}", reason="").status_code == 422, move
        assert press(office, f"/staff/fees/{reference}", f"/{move}", reason="合同约定").status_code == 303, move
        assert the_fee(reference).state == state


def test_money_is_given_back_step_by_step(office, session):
    reference = a_fee()
    paid(reference, finance())
    too_much = press(office, f"/staff/fees/{reference}", f"/{reference}/refund", amount="480.01",
                     rule_code="application_rejected", reason="x")
    assert too_much.status_code == 422
    asked = press(office, f"/staff/fees/{reference}", f"/{reference}/refund", amount="480",
                  rule_code="application_rejected", reason="审核不通过")
    assert asked.status_code == 303
    number = session.scalars(select(Refund.reference)).one()
    for move in ("approve", "send", "done"):
        assert press(office, "/staff/fees/refunds", f"/{number}/{move}").status_code == 303
    session.rollback()
    assert session.scalars(select(Refund.state)).one() == "done"
    assert number in text_of(office.get("/staff/fees/refunds?state=done"))


def test_a_group_transfer_pays_each_fee_with_its_own_suffix_and_names_what_it_cannot(office, session):
    fees = [a_fee(f"e{number}", f"A2701-000{number}", payer="employer") for number in range(3)]
    void_fee("A2701-0002", now=NOON)
    address = "/staff/fees/group?" + "&".join(f"fee={one}" for one in fees)
    page = office.get(address)
    assert "¥960.00" in text_of(page)
    sent = fields_of(form_on(page, "/staff/fees/group")) | {"provider": "bank", "trade_no": "icbc-9", "fee": fees}
    answer = office.post("/staff/fees/group", data=sent)
    assert answer.status_code == 303
    assert [the_fee(one).state for one in fees] == ["paid", "paid", "void"]
    assert sorted(session.scalars(select(Payment.trade_no))) == ["ICBC-9-1", "ICBC-9-2"]
    text = text_of(office.get(answer.location))
    assert "已登记 2 笔缴费" in text
    assert f"{fees[2]} 未登记" in text


def test_a_group_without_fees_goes_back_to_the_list(office):
    assert office.get("/staff/fees/group").status_code == 303
    assert office.get("/staff/fees/group?fee=F999999").status_code == 303


def test_files_of_the_list_hold_masked_names_and_no_formula(office):
    a_fee(legal_name="=1+1")
    a_fee("ouyang", "A2701-0002", legal_name="欧阳思源")
    rows = list(csv.reader(io.StringIO(office.get("/staff/fees/export.csv").get_data().decode("utf-8-sig"))))
    assert len(rows) == 3
    assert rows[2][2] == "欧**源"
    assert rows[2][5] == "480.0"
    assert not rows[1][2].startswith("=")
    book = openpyxl.load_workbook(io.BytesIO(office.get("/staff/fees/export.xlsx?group=all").get_data()))
    assert book.active.max_row == 3


def test_the_days_total_counts_days_of_beijing(office):
    first, second, caiwu = a_fee(), a_fee("lidi", "A2701-0002"), finance()
    midnight = NOON - timedelta(hours=10)
    record_payment(first, "wechat", "A", 48000, midnight, by=caiwu, now=NOON)
    record_payment(second, "cash", "B", 10000, midnight - timedelta(seconds=1), by=caiwu, now=NOON)
    assert "¥480.00" in text_of(office.get("/staff/fees/days"))
    before = text_of(office.get("/staff/fees/days?day=2026-11-21"))
    assert "¥100.00" in before
    assert "¥480.00" not in before
    assert office.get("/staff/fees/days?day=yesterday").status_code == 400


def test_a_fee_that_is_not_there_is_not_found(office):
    for path in ("/staff/fees/F999999", "/staff/fees/X", "/staff/fees/' OR 1"):
        assert office.get(path).status_code == 404, path


def test_nothing_happens_without_a_token(office, session):
    reference = a_fee()
    for action in ("payment", "waive", "mark_included"):
        answer = press(office, f"/staff/fees/{reference}", f"/{action}", csrf_token=None, reason="x", provider="bank",
                       trade_no="1")
        assert answer.status_code in {400, 419}, action
        assert session.scalars(select(Fee.state)).one() == "due", action
        session.rollback()


def test_finance_who_is_also_a_learner_cannot_touch_their_own_fee(client, sign_in):
    account, learner = a_payer("both", roles=(Role.LEARNER, Role.FINANCE))
    reference = raise_fee(learner.id, "A2701-0001", "exam_first", due_at=DUE, by=SYSTEM, now=NOON)
    sign_in(account)
    answer = press(client, f"/staff/fees/{reference}", "/payment", provider="bank", trade_no="1")
    assert answer.status_code == 422
    assert the_fee(reference).state == "due"
