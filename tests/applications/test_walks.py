"""An application on any walk through its table: the model is the table of lifecycles.md, and nothing else happens."""

import os
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from enroll.accounts.permissions import Permission
from enroll.applications.lifecycle import APPLICATION, LIVE, ApplicationState, label_of
from enroll.applications.rules.moves import ApplicationFacts
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused
from tests.conftest import NOON

# move: (from, to), as the office's table has it
TABLE = {
    "submit": ("draft", "submitted"), "resubmit": ("returned", "submitted"),
    "withdraw": ("draft submitted returned", "withdrawn"), "give_up": ("approved", "cancelled"),
    "approve": ("submitted", "approved"), "approve_resit": ("submitted", "approved"),
    "return": ("submitted", "returned"), "reject": ("submitted", "rejected"), "reopen": ("approved", "submitted"),
    "reopen_on_appeal": ("rejected", "submitted"), "cancel": ("approved", "cancelled"),
    "transfer": ("submitted returned approved", "cancelled"),
    "transfer_for_cause": ("submitted returned approved", "cancelled"),
    "lapse_draft": ("draft", "expired"), "lapse_correction": ("returned", "expired"),
    "lapse_unpaid": ("approved", "expired"), "revive": ("expired", "approved"),
    "reinstate_draft": ("expired", "draft"), "reinstate_returned": ("expired", "returned"),
    "reinstate_approved": ("expired", "approved"),
    "lapse_unseated": ("submitted returned approved", "expired"),
    "cancel_window": ("draft submitted returned approved", "cancelled"),
}
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
ANYBODY = Actor(7, "somebody", frozenset(Permission))
# How each deadline bars what it bars: the moves that need time left, and those that need it to be over.
IN_TIME = {"submit": "closes_at", "resubmit": "correct_by", "return": "correct_by", "reopen_on_appeal": "appeal_until",
           "transfer": "transfer_until", "transfer_for_cause": "appeal_until"}
OVER = {"lapse_draft": "closes_at", "lapse_correction": "correct_by", "lapse_unpaid": "payment_due_at",
        "lapse_unseated": "list_closes_at"}


class Walk(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.state, self.decisions = "draft", 0

    # One drawing for a step: what Hypothesis draws takes longer than what is asked.
    @rule(drawn=st.sampled_from(list(product(sorted(APPLICATION.moves), (-1, 0, 1), (False, True), (False, True)))))
    def step(self, drawn):
        move, off, learner, right = drawn
        facts = ApplicationFacts(
            learner_account_id=7 if learner else 1, now=NOON, opens_at=NOON - DAY, closes_at=NOON + DAY,
            correct_by=NOON + DAY, payment_due_at=NOON + DAY, appeal_until=NOON + DAY, list_closes_at=NOON + DAY,
            evidence_is_fresh=True, items_named=1, unseated=True, fee_settled=move == "revive",
            window_stands=move != "cancel_window", transfers_left=1,
            fell_into_outage=True)
        deadline = IN_TIME.get(move) or OVER.get(move)
        facts = replace(facts, **{deadline: NOON + off * SECOND}) if deadline else facts
        actor = ANYBODY if right else replace(ANYBODY, permissions=frozenset())
        sources, target = TABLE[move]
        in_time = off > 0 if move in IN_TIME else off <= 0 if move in OVER else True
        own = learner and bool(APPLICATION.moves[move].person_checks)
        if self.state in sources.split() and in_time and right and not own:
            assert APPLICATION.require(move, self.state, actor, facts, "a reason").target == target
            self.state = target
            return
        with pytest.raises(Refused):
            APPLICATION.require(move, self.state, actor, facts, "a reason")

    @invariant()
    def what_is_over_stays_over(self):
        assert self.state in LIVE or self.state in {"rejected", "expired"} or not [
            move for move in APPLICATION.moves.values() if self.state in move.sources]
        assert label_of(self.state).learner


Walk.TestCase.settings = settings(
    max_examples=int(os.environ.get("MACHINE_WALKS", "50")), stateful_step_count=int(
        os.environ.get("MACHINE_STEPS", "30")), deadline=None)
TestAnyWalk = Walk.TestCase


def test_the_table_names_every_move_and_every_state():
    assert set(TABLE) == set(APPLICATION.moves)
    reached = {target for _, target in TABLE.values()} | {"draft"}
    assert reached == set(ApplicationState)
