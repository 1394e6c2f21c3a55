"""What stands against enrolling, and what an enrolment demands: no database."""

from dataclasses import replace

import pytest

from enroll.enrolments.lifecycle import ENROLMENT, LIVE, EnrolmentState
from enroll.enrolments.rules import (
    Demands,
    EnrolmentFacts,
    WishFacts,
    cohort_code_fits,
    fee_allows_study,
    stands_against_enrolling,
)
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.problems import Refused
from tests.builders.programmes import some_rules

FINE = WishFacts(
    programme_open=True, cohort_of_programme=True, cohort_closed=False, cohort_open_to_all=True, invited=False,
    direction_known=True, agreement_version=2, current_version=2, live_reference=None,
)
ADVISER = Actor(7, "督学", frozenset({"enrolments:manage"}))
LEARNER = Actor(3, "学员", frozenset({"learner:learn"}))
OWED, SETTLED = EnrolmentFacts(False, False, 3), EnrolmentFacts(True, False, 3)


@pytest.mark.parametrize(("change", "codes"), [
    ({}, []),
    ({"programme_open": False}, ["programme_shut"]),
    ({"cohort_of_programme": False}, ["cohort_unknown"]),
    ({"cohort_open_to_all": False}, ["cohort_unknown"]),
    ({"cohort_open_to_all": False, "invited": True}, []),
    ({"cohort_closed": True}, ["cohort_closed"]),
    ({"cohort_closed": True, "invited": True}, ["cohort_closed"]),
    ({"direction_known": False}, ["direction_unknown"]),
    ({"agreement_version": 1}, ["agreement_changed"]),
    ({"current_version": None}, ["agreement_missing"]),
    ({"live_reference": "E000001"}, ["already_enrolled"]),
    ({"live_reference": "E000001", "direction_known": False}, ["already_enrolled", "direction_unknown"]),
])
def test_each_reason_against_enrolling_has_its_own_words(change, codes):
    assert [one.code for one in stands_against_enrolling(replace(FINE, **change))] == codes


def test_demands_are_those_of_the_rules_and_survive_the_database():
    demands = Demands.of(some_rules())
    assert (demands.required_minutes, demands.practice_minutes, demands.most_minutes_a_day) == (1575, 540, 360)
    assert Demands(**demands.as_json()) == demands


@pytest.mark.parametrize(("settled", "before", "allowed"), [
    (False, False, False), (True, False, True), (False, True, True), (True, True, True),
])
def test_study_waits_for_the_fee_unless_the_programme_says_otherwise(settled, before, allowed):
    assert (fee_allows_study(EnrolmentFacts(settled, before)) is None) is allowed


@pytest.mark.parametrize("code", ["C2611", "S2609", "E2610-A", "1"])
def test_a_plain_cohort_code_is_taken(code):
    assert cohort_code_fits(code) is None


@pytest.mark.parametrize("code", ["", "c2611", "C 2611", "C2611\n", "=1+1", "班级", "C" * 21, "２６１１", "A-B-C"])
def test_any_other_cohort_code_is_refused(code):
    assert cohort_code_fits(code) is not None


POSSIBLE = {
    ("pending_payment", "activate"), ("active", "complete"), ("pending_payment", "withdraw"), ("active", "withdraw"),
    ("pending_payment", "cancel"),
}


@pytest.mark.parametrize("state", EnrolmentState)
@pytest.mark.parametrize("move", ENROLMENT.moves)
def test_every_move_is_in_the_table_or_refused(state, move):
    actor = {"activate": SYSTEM, "cancel": LEARNER}.get(move, ADVISER)
    facts = OWED if move == "cancel" else SETTLED
    if (state.value, move) in POSSIBLE:
        assert ENROLMENT.require(move, state, actor, facts, "因故").name == move
    else:
        with pytest.raises(Refused) as caught:
            ENROLMENT.require(move, state, actor, facts, "因故")
        assert caught.value.codes == {"wrong_state"}


@pytest.mark.parametrize(("move", "actor"), [
    ("activate", ADVISER), ("activate", LEARNER), ("complete", LEARNER), ("withdraw", LEARNER), ("cancel", ADVISER),
])
def test_a_move_is_made_only_by_whom_it_belongs_to(move, actor):
    with pytest.raises(Refused) as caught:
        ENROLMENT.require(move, sorted(ENROLMENT.moves[move].sources)[0], actor, SETTLED, "因故")
    assert caught.value.codes == {"not_permitted"}


def test_live_are_the_states_one_can_still_leave():
    assert set(EnrolmentState) - LIVE == ENROLMENT.final_states()
