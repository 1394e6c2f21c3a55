"""When a sitting can stand as planned, and when a booking may be confirmed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from enroll.sittings.rules import BookingFacts, SittingPlan, may_be_confirmed, plan_faults
from tests.builders.exams import beijing_time
from tests.conftest import NOON

PLAN = SittingPlan(
    online=False, starts_at=beijing_time("2027-01-16 09:30"), ends_at=beijing_time("2027-01-16 11:30"), minutes=120,
    capacity=40, window_begins_at=beijing_time("2027-01-16 00:00"), window_ends_at=beijing_time("2027-01-23 00:00"),
    report_at=beijing_time("2027-01-16 08:50"), room_seats=80,
)


def codes(plan):
    return [one.code for one in plan_faults(plan)]


def test_a_plan_that_holds_has_no_fault():
    assert codes(PLAN) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ends_at": PLAN.starts_at, "minutes": 0}, "ends_before_it_starts"),
        ({"minutes": 121}, "shorter_than_the_exam"),
        ({"starts_at": PLAN.window_begins_at - timedelta(seconds=1)}, "outside_the_window"),
        ({"ends_at": PLAN.window_ends_at + timedelta(seconds=1)}, "outside_the_window"),
        ({"report_at": PLAN.starts_at}, "report_after_start"),
        ({"online": True}, "online_has_no_report_time"),
        ({"capacity": 4, "taken": 5}, "below_taken"),
        ({"capacity": 81}, "more_than_the_rooms"),
    ],
)
def test_each_fault_of_a_plan_is_named(change, code):
    assert code in codes(replace(PLAN, **change))


def test_every_fault_is_named_at_once():
    assert set(codes(replace(PLAN, minutes=500, capacity=100))) == {"shorter_than_the_exam", "more_than_the_rooms"}


def test_as_many_seats_as_the_rooms_have_and_as_few_as_are_taken_are_allowed():
    assert codes(replace(PLAN, capacity=80)) == codes(replace(PLAN, capacity=7, taken=7)) == []


def test_a_booking_is_confirmed_only_when_approved_and_paid():
    facts = BookingFacts(learner_account_id=1, now=NOON, approved=True, fee_settled=True)
    assert may_be_confirmed(facts) is None
    assert may_be_confirmed(replace(facts, fee_settled=False)).code == "fee_not_settled"
    assert may_be_confirmed(replace(facts, approved=False)).code == "not_approved"
