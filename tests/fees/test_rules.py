"""What comes back, and what may be recorded: by table, without a database."""

from datetime import timedelta

import pytest

from enroll.fees.lifecycle import FEE, OPEN, REFUND, SETTLED, FeeState
from enroll.fees.rules import Cause, FeeFacts, exam_refund, paid_in_full, part_is_paid, refundable, training_refund
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.money import fen_of
from enroll.foundation.problems import Refused
from tests.builders.programmes import some_rules
from tests.conftest import NOON

FULL_UNTIL = NOON + timedelta(days=1)
SECOND = timedelta(seconds=1)
RULES = some_rules()


@pytest.mark.parametrize(("text", "fen"), [
    ("480", 48000), ("480.5", 48050), ("480.05", 48005), ("0.01", 1), ("0", 0), ("999999.99", 99999999),
    ("01", None), ("-1", None), ("+1", None), ("1,000", None), ("４８０", None), ("480.005", None), ("480.", None),
    (".5", None), ("", None), (" 480", None), ("1e3", None), ("=1+1", None), ("480\n", None), ("¥480", None),
    ("1000000", None), ("NaN", None),
])
def test_yuan_are_read_strictly(text, fen):
    assert fen_of(text) == fen


@pytest.mark.parametrize(("cause", "now", "percent", "code"), [
    (Cause.WITHDRAWN, FULL_UNTIL - SECOND, 100, "before_full_refund_deadline"),
    (Cause.WITHDRAWN, FULL_UNTIL, 0, "gave_up_or_absent"),
    (Cause.REJECTED, FULL_UNTIL + SECOND, 100, "application_rejected"),
    (Cause.SITTING_CANCELLED, FULL_UNTIL + SECOND, 100, "sitting_cancelled"),
    (Cause.MISCONDUCT, NOON, 0, "misconduct"),
])
def test_what_comes_back_of_an_exam_fee_turns_on_its_second(cause, now, percent, code):
    quote = exam_refund(RULES.exam_refund_rules, 48000, cause=cause, now=now, full_until=FULL_UNTIL)
    assert (quote.amount_fen, quote.rule.code) == (480 * percent, code)
    assert quote.until == (FULL_UNTIL if code == "before_full_refund_deadline" else None)


@pytest.mark.parametrize(("studied", "days", "fen"), [
    (0, 0, 128000), (0, 6, 128000), (0, 7, 128000), (1, 0, 127917), (780, 30, 64000), (1560, 30, 0), (9999, 30, 0),
])
def test_what_comes_back_of_a_training_fee_is_the_share_not_studied(studied, days, fen):
    quote = training_refund(RULES.training_refund_rules, 128000, opened_at=NOON, minutes_studied=studied,
                            minutes_total=1560, now=NOON + timedelta(days=days))
    assert quote.amount_fen == fen


def test_a_refund_rule_that_is_missing_is_an_error_and_never_a_guess():
    with pytest.raises(LookupError, match="application_rejected"):
        exam_refund(RULES.exam_refund_rules[:1], 48000, cause=Cause.REJECTED, now=NOON, full_until=FULL_UNTIL)


@pytest.mark.parametrize(("arrived", "given_back", "asked", "code"), [
    (48000, 0, 48000, None), (48000, 40000, 8000, None), (48000, 40000, 8001, "refund_too_much"),
    (0, 0, 1, "refund_too_much"), (48000, 0, 0, "refund_of_nothing"), (48000, 0, -5, "refund_of_nothing"),
])
def test_nobody_gets_back_more_than_arrived(arrived, given_back, asked, code):
    against = refundable(arrived, given_back, asked)
    assert (against.code if against else None) == code


@pytest.mark.parametrize(("paid", "full", "part"), [
    (0, False, False), (1, False, True), (47999, False, True), (48000, True, False), (48001, False, False),
])
def test_a_fee_is_paid_in_full_in_part_or_too_much(paid, full, part):
    facts = FeeFacts(7, 48000, paid)
    assert (paid_in_full(facts) is None, part_is_paid(facts) is None) == (full, part)


@pytest.mark.parametrize("machine", [FEE, REFUND], ids=lambda one: one.name)
def test_every_move_is_possible_from_its_sources_and_refused_from_everywhere_else(machine):
    for move in machine.moves.values():
        actor = SYSTEM if move.permission == "system" else Actor(1, "finance", frozenset({str(move.permission)}))
        full = FeeFacts(7, 100, 40 if move.name == "pay_part" else 100)
        for state in machine.states:
            if state in move.sources:
                assert machine.require(move.name, state, actor, full, "why").target == move.target
            else:
                with pytest.raises(Refused) as refused:
                    machine.require(move.name, state, actor, full, "why")
                assert refused.value.codes == {"wrong_state"}


@pytest.mark.parametrize("move", ["pay", "pay_part", "waive", "mark_included"])
def test_finance_never_settles_their_own_fee(move):
    actor = Actor(7, "finance", frozenset({"fees:manage"}))
    with pytest.raises(Refused) as refused:
        FEE.require(move, FeeState.DUE, actor, FeeFacts(7, 100, 40 if move == "pay_part" else 100), "why")
    assert "own_record" in refused.value.codes


def test_a_fee_is_open_settled_or_void():
    assert set(FeeState) == OPEN | SETTLED | {FeeState.VOID}
