"""Fees fall due, are paid, waived, voided and given back: on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError, IntegrityError

from enroll.accounts.permissions import Role
from enroll.audit.models import AuditEntry
from enroll.fees.models import Fee, FeeMove, Payment, Reconciliation, Refund
from enroll.fees.queries.fees import due_fees, fee_for, fee_is_settled, fees_of
from enroll.fees.services.payments import reconcile_payment, record_payment
from enroll.fees.services.raising import include_fee, postpone_fee, raise_fee, void_fee, waive_fee
from enroll.fees.services.refunds import move_refund, request_refund
from enroll.foundation.actor import SYSTEM
from enroll.foundation.problems import NotFound, Refused, Stale
from enroll.programmes.services.settings import change_price
from enroll.storage.database import transaction
from enroll.storage.outbox import OutboxEntry
from tests.at_once import at_once
from tests.builders.accounts import an_actor
from tests.builders.money import DUE, a_fee, a_payer, a_price_list, finance, paid, the_fee
from tests.builders.programmes import some_terms
from tests.conftest import NOON


@pytest.fixture(autouse=True)
def prices(app):
    a_price_list()


def events(session) -> list[str]:
    return list(session.scalars(select(OutboxEntry.event).order_by(OutboxEntry.id)))


def test_a_fee_falls_due_at_the_price_of_the_day_and_says_so(session):
    reference = a_fee()
    fee = the_fee(reference)
    assert (fee.state, fee.amount_fen, fee.owed_fen, fee.due_at) == ("due", 48000, 48000, DUE)
    assert fee.reference.startswith("F")
    assert fee_for(session, "A2701-0001").id == fee.id
    assert not fee_is_settled(session, "A2701-0001")
    assert events(session) == ["FeeFellDue"]


def test_a_window_keeps_its_prices_whatever_the_list_says_later(app):
    admin = an_actor("admin", Role.ADMINISTRATOR)
    change_price("exam_first", 99900, NOON.date(), source="x", by=admin, now=NOON)
    _, learner = a_payer()
    frozen = raise_fee(learner.id, "A2701-0001", "exam_first", due_at=DUE, prices=some_terms().fees, by=SYSTEM,
                       now=NOON)
    today = raise_fee(learner.id, "A2701-0002", "exam_first", due_at=DUE, by=SYSTEM, now=NOON)
    assert (the_fee(frozen).amount_fen, the_fee(today).amount_fen) == (48000, 99900)


def test_two_parts_of_a_resit_are_one_fee(app):
    fee = the_fee(a_fee(item="resit_theory+resit_practical"))
    assert fee.amount_fen == 42000
    assert fee.title.zh == "补考费（理论）、补考费（实践）"


def test_a_subject_owes_once(session):
    a_fee()
    with pytest.raises(Refused) as refused:
        a_fee("another")
    assert refused.value.codes == {"fee_known"}


def test_an_item_without_a_price_is_refused_and_nothing_is_owed(session):
    for number, item in enumerate(("nothing", "exam_first+nothing", "")):
        with pytest.raises(Refused) as refused:
            a_fee(f"payer{number}", f"A2701-000{number}", item=item)
        assert refused.value.codes == {"price_missing"}, item
        assert session.scalar(select(func.count(Fee.id))) == 0, item
        session.rollback()


def test_a_fee_of_nothing_is_settled_at_once(session):
    admin = an_actor("admin", Role.ADMINISTRATOR)
    change_price("exam_first", 0, NOON.date(), source="x", by=admin, now=NOON)
    assert the_fee(a_fee()).state == "included"
    assert fee_is_settled(session, "A2701-0001")
    assert events(session) == ["FeeSettled"]


def test_a_payment_in_full_settles_the_fee_and_whoever_waits_hears_it(session):
    reference = a_fee()
    recorded = record_payment(reference, "wechat", "wx 0001", 48000, NOON, by=finance(), now=NOON)
    assert (recorded.state, recorded.late) == ("paid", False)
    fee = the_fee(reference)
    assert (fee.paid_fen, fee.owed_fen, fee.settled_at) == (48000, 0, NOON)
    assert fee.payments[0].trade_no == "WX0001"
    assert events(session) == ["FeeFellDue", "FeeSettled"]


def test_part_payments_add_up_and_the_last_one_settles(session):
    reference, caiwu = a_fee(), finance()
    paid(reference, caiwu, fen=10000, trade_no="A1")
    assert (the_fee(reference).state, the_fee(reference).owed_fen) == ("part_paid", 38000)
    paid(reference, caiwu, fen=10000, trade_no="A2")
    assert not fee_is_settled(session, "A2701-0001")
    paid(reference, caiwu, fen=28000, trade_no="A3")
    assert the_fee(reference).state == "paid"
    moves = session.scalars(select(FeeMove.move).order_by(FeeMove.id)).all()
    assert moves == ["begin", "pay_part", "pay_part", "pay"]
    assert events(session).count("FeeSettled") == 1


def test_a_payment_that_cannot_be_is_refused_and_leaves_no_trace(session):
    reference, caiwu = a_fee(), finance()
    for change, code in (
        ({"amount_fen": 48001}, "paid_too_much"), ({"amount_fen": 0}, "amount_missing"),
        ({"amount_fen": -1}, "amount_missing"), ({"trade_no": " "}, "trade_no_missing"),
        ({"paid_at": NOON + timedelta(seconds=1)}, "paid_in_future"),
    ):
        given = {"trade_no": "WX1", "amount_fen": 48000, "paid_at": NOON} | change
        with pytest.raises(Refused) as refused:
            record_payment(reference, "bank", given["trade_no"], given["amount_fen"], given["paid_at"], by=caiwu,
                           now=NOON)
        assert code in refused.value.codes, change
        assert session.scalar(select(func.count(Payment.id))) == 0, change
        assert the_fee(reference).state == "due", change
        session.rollback()


def test_a_trade_number_is_recorded_once_and_the_refusal_names_the_fee(session):
    first, second, caiwu = a_fee(), a_fee("lidi", "A2701-0002"), finance()
    paid(first, caiwu, trade_no="wx-0001")
    with pytest.raises(Refused) as refused:
        paid(second, caiwu, trade_no="WX-0001 ")
    problem = refused.value.problems[0]
    assert (problem.code, dict(problem.words.values)["fee"], problem.field) == ("trade_no_known", first, "trade_no")
    assert the_fee(second).state == "due"
    record_payment(second, "bank", "WX-0001", 48000, NOON, by=caiwu, now=NOON)
    assert the_fee(second).state == "paid"


def test_ten_clerks_record_one_trade_number_at_once_and_one_row_stands(app, session):
    reference, caiwu = a_fee(), finance()
    answers = at_once(app, *[lambda: paid(reference, caiwu, fen=10000, trade_no="WX1")] * 8)
    refusals = [answer for answer in answers if isinstance(answer, Refused)]
    assert answers.count(None) == 1
    assert len(refusals) == 7
    assert {code for refused in refusals for code in refused.codes} == {"trade_no_known"}
    assert the_fee(reference).paid_fen == 10000
    assert session.scalar(select(func.count(Payment.id))) == 1


def test_one_trade_number_for_two_fees_at_once_pays_one_of_them(app, session):
    caiwu = finance()
    fees = [a_fee(f"learner{number}", f"A2701-000{number}") for number in range(4)]
    acts = [lambda one=one: paid(one, caiwu, trade_no="WX1") for one in fees]
    answers = at_once(app, *acts)
    assert answers.count(None) == 1
    assert sorted(the_fee(one).state for one in fees) == ["due", "due", "due", "paid"]


def test_payments_at_once_never_exceed_what_is_owed(app):
    reference, caiwu = a_fee(), finance()
    acts = [lambda number=number: paid(reference, caiwu, fen=20000, trade_no=f"WX{number}") for number in range(6)]
    answers = at_once(app, *acts)
    fee = the_fee(reference)
    assert answers.count(None) == 2
    assert (fee.state, fee.paid_fen) == ("part_paid", 40000)


@pytest.mark.parametrize("end", [
    lambda reference, caiwu: void_fee("A2701-0001", now=NOON),
    lambda reference, caiwu: waive_fee(reference, reason="减免", by=caiwu, now=NOON),
    lambda reference, caiwu: paid(reference, caiwu, trade_no="FIRST"),
])
def test_money_for_a_fee_that_is_no_longer_owed_is_kept_as_late(session, end):
    reference, caiwu = a_fee(), finance()
    end(reference, caiwu)
    before = the_fee(reference).state
    recorded = record_payment(reference, "bank", "LATE", 48000, NOON, by=caiwu, now=NOON)
    assert recorded.late
    assert the_fee(reference).state == before
    assert session.scalars(select(Payment).where(Payment.trade_no == "LATE")).one().late
    assert events(session)[-1] == "PaymentCameLate"


def test_a_late_payment_is_reconciled_once_with_a_reason_and_can_be_given_back(session):
    reference, caiwu = a_fee(), finance()
    void_fee("A2701-0001", now=NOON)
    late = record_payment(reference, "bank", "LATE", 48000, NOON, by=caiwu, now=NOON)
    with pytest.raises(Refused):
        reconcile_payment(late.payment_id, "refunded", reason=" ", by=caiwu, now=NOON)
    reconcile_payment(late.payment_id, "refunded", reason="逾期到账", by=caiwu, now=NOON)
    with pytest.raises(Refused) as refused:
        reconcile_payment(late.payment_id, "used", reason="again", by=caiwu, now=NOON)
    assert refused.value.codes == {"already_reconciled"}
    refund = session.scalars(select(Refund)).one()
    assert (refund.amount_fen, refund.rule_code, refund.state) == (48000, "reconciled", "requested")
    assert session.scalar(select(func.count(Reconciliation.id))) == 1


def test_an_ordinary_payment_is_not_reconciled(session):
    reference, caiwu = a_fee(), finance()
    recorded = record_payment(reference, "bank", "OK", 48000, NOON, by=caiwu, now=NOON)
    with pytest.raises(Refused):
        reconcile_payment(recorded.payment_id, "used", reason="x", by=caiwu, now=NOON)
    with pytest.raises(NotFound):
        reconcile_payment(999, "used", reason="x", by=caiwu, now=NOON)


def test_a_fee_is_waived_with_a_reason_by_finance_and_by_nobody_else(session):
    reference, caiwu = a_fee(), finance()
    with pytest.raises(Refused) as refused:
        waive_fee(reference, reason=" ", by=caiwu, now=NOON)
    assert refused.value.codes == {"reason_missing"}
    with pytest.raises(Refused) as refused:
        waive_fee(reference, reason="困难", by=an_actor("shenhe1", Role.REVIEWER), now=NOON)
    assert refused.value.codes == {"not_permitted"}
    waive_fee(reference, reason="困难减免", by=caiwu, now=NOON)
    assert fee_is_settled(session, "A2701-0001")
    kept = session.scalars(select(AuditEntry.details).where(AuditEntry.act == "fee.waive")).one()
    assert kept["reason"] == "困难减免"


def test_finance_does_not_record_their_own_payment(app):
    account, learner = a_payer("both", roles=(Role.LEARNER, Role.FINANCE))
    reference = raise_fee(learner.id, "A1", "exam_first", due_at=DUE, by=SYSTEM, now=NOON)
    with pytest.raises(Refused) as refused:
        paid(reference, account.actor_at(NOON))
    assert "own_record" in refused.value.codes


def test_a_package_covers_a_fee_by_the_program_or_by_finance_who_say_why(session):
    first, second, caiwu = a_fee(), a_fee("lidi", "A2701-0002"), finance()
    include_fee(first, by=SYSTEM, now=NOON)
    with pytest.raises(Refused):
        include_fee(second, by=caiwu, now=NOON)
    include_fee(second, by=caiwu, now=NOON, reason="企业班合同")
    assert [the_fee(one).state for one in (first, second)] == ["included", "included"]
    assert events(session).count("FeeSettled") == 2


def test_what_lapses_is_owed_no_longer_and_the_part_paid_comes_back(session):
    reference, caiwu = a_fee(), finance()
    paid(reference, caiwu, fen=10000)
    void_fee("A2701-0001", now=NOON, reason="逾期未缴费")
    assert the_fee(reference).state == "void"
    assert session.scalars(select(Refund)).one().amount_fen == 10000
    assert fee_for(session, "A2701-0001") is None
    void_fee("A2701-0001", now=NOON)
    assert raise_fee(the_fee(reference).learner_id, "A2701-0001", "exam_first", due_at=DUE, by=SYSTEM, now=NOON)


def test_voiding_leaves_a_settled_fee_alone(app):
    reference, caiwu = a_fee(), finance()
    paid(reference, caiwu)
    void_fee("A2701-0001", now=NOON)
    assert the_fee(reference).state == "paid"


def test_a_lapse_and_a_payment_at_once_lose_no_money(app, session):
    reference, caiwu = a_fee(), finance()
    answers = at_once(app, lambda: void_fee("A2701-0001", now=NOON), lambda: paid(reference, caiwu))
    assert answers == [None, None]
    fee, payment = the_fee(reference), session.scalars(select(Payment)).one()
    assert (fee.state, payment.late) in {("paid", False), ("void", True)}


def test_an_extension_moves_the_date_of_what_is_owed_and_of_nothing_else(app):
    first, second, caiwu = a_fee(), a_fee("lidi", "A2701-0002"), finance()
    paid(second, caiwu)
    for subject in ("A2701-0001", "A2701-0002", "A2701-0003"):
        postpone_fee(subject, DUE + timedelta(days=2), now=NOON)
    assert (the_fee(first).due_at, the_fee(second).due_at) == (DUE + timedelta(days=2), DUE)


def test_due_fees_are_those_whose_moment_has_passed(session):
    first = a_fee()
    a_fee("lidi", "A2701-0002", due_at=DUE + timedelta(days=1))
    assert due_fees(session, DUE - timedelta(seconds=1)) == []
    assert [fee.reference for fee in due_fees(session, DUE)] == [first]


def test_a_refund_goes_its_way_and_says_each_step(session):
    reference, caiwu = a_fee(), finance()
    paid(reference, caiwu)
    refund = request_refund(reference, 48000, "application_rejected", reason="审核不通过", by=SYSTEM, now=NOON)
    for move in ("approve", "send"):
        move_refund(refund, move, by=caiwu, now=NOON)
    move_refund(refund, "fail", by=caiwu, now=NOON, reason="账号有误")
    move_refund(refund, "send", by=caiwu, now=NOON)
    move_refund(refund, "done", by=caiwu, now=NOON)
    assert session.scalars(select(Refund.state)).one() == "done"
    assert events(session).count("RefundMoved") == 6
    with pytest.raises(Refused):
        move_refund(refund, "send", by=caiwu, now=NOON)


def test_refunds_never_exceed_what_arrived_also_at_once(app, session):
    reference, caiwu = a_fee(), finance()
    paid(reference, caiwu)
    acts = [lambda: request_refund(reference, 20000, "x", reason="r", by=caiwu, now=NOON)] * 5
    answers = at_once(app, *acts)
    assert sum(isinstance(answer, str) for answer in answers) == 2
    assert session.scalar(select(func.sum(Refund.amount_fen))) == 40000


def test_an_old_form_about_a_refund_is_stale(app):
    reference, caiwu = a_fee(), finance()
    paid(reference, caiwu)
    refund = request_refund(reference, 100, "x", reason="r", by=caiwu, now=NOON)
    move_refund(refund, "approve", by=caiwu, now=NOON, seen_version=1)
    with pytest.raises(Stale):
        move_refund(refund, "send", by=caiwu, now=NOON, seen_version=1)


def test_a_learner_sees_their_fees_newest_first_and_nobody_elses(session):
    reference = a_fee()
    a_fee("lidi", "A2701-0002")
    fee = the_fee(reference)
    second = raise_fee(fee.learner_id, "E000001", "training_package", due_at=DUE, by=SYSTEM, now=NOON)
    assert [one.reference for one in fees_of(session, fee.learner_id)] == [second, reference]


def test_the_database_itself_refuses_a_changed_payment_and_an_amount_that_is_none(session):
    reference, caiwu = a_fee(), finance()
    paid(reference, caiwu)
    with pytest.raises(DatabaseError), transaction() as inside:
        inside.scalars(select(Payment)).one().amount_fen = 1
    with pytest.raises((IntegrityError, DatabaseError)), transaction() as inside:
        inside.scalars(select(Fee)).one().amount_fen = -1
