"""Every pair of state and move of an application: in the table, or refused; and the words for where one stands."""

import itertools
from dataclasses import replace

import pytest

from enroll.accounts.permissions import ROLE_GRANTS, Permission, Role, granted
from enroll.applications.lifecycle import APPLICATION, LIVE, ApplicationState, label_of
from enroll.applications.rules.moves import ApplicationFacts
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.problems import Refused
from tests.builders.exams import beijing_time

S = ApplicationState
MAY_ALL = Actor(7, "somebody", frozenset(Permission))
DUE = beijing_time("2026-11-25 10:00")
OPEN = ApplicationFacts(learner_account_id=1, now=DUE, opens_at=beijing_time("2026-11-16 09:00"),
                        closes_at=beijing_time("2026-12-24 17:00"), evidence_is_fresh=True, items_named=1,
                        transfer_until=beijing_time("2026-12-31 00:00"), transfers_left=1,
                        fell_into_outage=True)
OVER = ApplicationFacts(learner_account_id=1, now=DUE, opens_at=beijing_time("2026-11-16 09:00"), closes_at=DUE,
                        correct_by=DUE, payment_due_at=DUE)
CANCELLED = ApplicationFacts(learner_account_id=1, now=DUE, opens_at=DUE, closes_at=DUE, window_stands=False)
UNSEATED = replace(OVER, unseated=True, list_closes_at=DUE)
PAID_AFTER_ALL = replace(OVER, fee_settled=True, appeal_until=beijing_time("2027-01-08 17:00"))
FACTS_FOR = {"revive": PAID_AFTER_ALL, "lapse_unseated": UNSEATED, "lapse_draft": OVER,
             "lapse_correction": OVER, "lapse_unpaid": OVER, "cancel_window": CANCELLED}


@pytest.mark.parametrize(("state", "move"), list(itertools.product(S, APPLICATION.moves)))
def test_a_move_happens_from_its_states_and_from_no_other(state, move):
    facts = FACTS_FOR.get(move, OPEN)
    if state in APPLICATION.moves[move].sources:
        assert APPLICATION.require(move, state, MAY_ALL, facts, "a reason").target == APPLICATION.moves[move].target
    else:
        with pytest.raises(Refused) as refused:
            APPLICATION.require(move, state, MAY_ALL, facts, "a reason")
        assert refused.value.codes == {"wrong_state"}


@pytest.mark.parametrize("move", APPLICATION.moves)
def test_a_move_is_made_by_its_role_and_by_no_other(move):
    able = {role for role in Role if APPLICATION.moves[move].permission in granted(frozenset({role}))}
    expected = {
        Permission.APPLY: {Role.LEARNER}, Permission.REVIEW_APPLICATIONS: {Role.REVIEWER, Role.REVIEW_LEAD},
        Permission.LEAD_REVIEW: {Role.REVIEW_LEAD}, Permission.SYSTEM: set(),
    }
    assert able == expected[Permission(APPLICATION.moves[move].permission)]
    state = next(iter(APPLICATION.moves[move].sources))
    for role in set(ROLE_GRANTS) - able:
        with pytest.raises(Refused, match="not_permitted"):
            APPLICATION.require(move, state, Actor(7, role, granted(frozenset({role}))), OPEN, "a reason")


def test_the_scheduler_asks_and_never_decides_a_case():
    for move in ("approve", "return", "reject", "submit", "withdraw", "give_up"):
        with pytest.raises(Refused, match="not_permitted"):
            APPLICATION.require(move, next(iter(APPLICATION.moves[move].sources)), SYSTEM, OPEN, "")


def test_a_final_state_is_final_but_for_an_appeal_and_for_money_that_comes_late():
    assert APPLICATION.final_states() == {S.WITHDRAWN, S.CANCELLED}
    assert [move.name for move in APPLICATION.moves.values() if S.EXPIRED in move.sources] == [
        "revive", "reinstate_draft", "reinstate_returned", "reinstate_approved"]
    assert [move.name for move in APPLICATION.moves.values() if S.REJECTED in move.sources] == ["reopen_on_appeal"]
    assert {S.DRAFT, S.SUBMITTED, S.RETURNED, S.APPROVED} == LIVE


def test_approved_and_paid_reads_registered():
    assert label_of(S.APPROVED).learner == "Approved, fee to be paid"
    assert label_of(S.APPROVED, settled=True).learner == "Registered"


def test_a_reopened_case_reads_for_the_learner_as_before():
    unpaid, paid = (label_of(S.SUBMITTED, settled=one, last_move="reopen", was=S.APPROVED) for one in (False, True))
    assert (unpaid.learner, paid.learner) == ("Approved, fee to be paid", "Registered")
    assert unpaid.staff == paid.staff == "To be reviewed"
    appealed = label_of(S.SUBMITTED, last_move="reopen_on_appeal", was=S.REJECTED)
    assert appealed.learner == "Submitted, waiting for review"


def test_a_lapsed_application_says_what_was_missed():
    lapses = ("lapse_draft", "lapse_correction", "lapse_unpaid")
    assert len({label_of(S.EXPIRED, last_move=move).learner for move in lapses}) == 3
