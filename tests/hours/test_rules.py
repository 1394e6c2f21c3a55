"""The rules of hours, from facts alone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enroll.enrolments.rules import Demands
from enroll.foundation.actor import Actor
from enroll.foundation.minutes import shown_hours_short
from enroll.hours.models import Source
from enroll.hours.rules.crediting import SOURCES, UNCOUNTED, ReversalFacts, may_be_reversed, why_uncounted, within_cap
from enroll.hours.rules.pace import WindowDates, forecast
from enroll.hours.rules.proof import CourseSum, Holder, LedgerRow, frozen_facts, ledger_digest
from enroll.hours.rules.standing import (
    ProofFacts,
    Totals,
    directions_complete,
    hours_are_enough,
    stands_against_proof,
    still_missing,
)
from enroll.supervision.rules.record import SOURCES_ZH

CAIP = Demands(unit=45, required_hours=35, practice_hours=12, directions=1, most_minutes_a_day=360,
               heartbeat_seconds=30, direction_minutes={"D1": 225, "D2": 225})
COMPLETE = Totals(1575, 540, {"D1": 225})
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(("minutes", "enough"), [(1574, False), (1575, True), (1576, True)])
def test_1574_minutes_are_34_hours_and_1575_are_35(minutes, enough):
    assert hours_are_enough(minutes, 35, 45) is enough


def test_a_unit_of_60_minutes_asks_for_2100():
    assert not hours_are_enough(2099, 35, 60)
    assert hours_are_enough(2100, 35, 60)


@pytest.mark.parametrize(
    ("totals", "codes"),
    [
        (COMPLETE, set()),
        (Totals(1574, 540, {"D1": 225}), {"hours_short"}),
        (Totals(1575, 539, {"D1": 225}), {"practice_short"}),
        (Totals(1575, 540, {"D1": 224, "D2": 224}), {"direction_missing"}),
        (Totals(1575, 540, {"D3": 2250}), {"direction_missing"}),
        (Totals(), {"hours_short", "practice_short", "direction_missing"}),
    ],
)
def test_what_is_missing_is_said_all_at_once(totals, codes):
    assert {problem.code for problem in still_missing(CAIP, totals)} == codes


def test_what_is_short_is_rounded_up_and_what_is_there_down():
    short = still_missing(CAIP, Totals(1275, 540, {"D1": 225}))[0]
    assert dict(short.words.values) == {"hours": "6.7", "minutes": 300}
    assert shown_hours_short(1, 45) == "0.1"
    assert shown_hours_short(45, 45) == "1"


def test_the_own_direction_is_named_with_the_minutes_it_still_needs():
    problem = still_missing(CAIP, Totals(1575, 540, {"D2": 200}), "D2")[0]
    assert dict(problem.words.values) == {"minutes": 25, "direction": "D2"}


def test_two_directions_may_be_complete():
    assert directions_complete(CAIP, Totals(2000, 600, {"D1": 300, "D2": 225})) == ("D1", "D2")


def test_a_proof_waits_for_the_identity_for_open_doubts_and_for_a_person_after_a_revocation():
    facts = ProofFacts(CAIP, COMPLETE, identity_verified=False, open_doubts=1, revoked_before=True)
    assert {problem.code for problem in stands_against_proof(facts)} == {
        "identity_unverified", "hours_in_doubt", "proof_revoked",
    }
    assert stands_against_proof(ProofFacts(CAIP, COMPLETE, True, 0, False)) == ()


@given(st.integers(1, 480), st.integers(0, 600), st.integers(0, 480))
def test_a_day_never_gets_more_than_its_limit_and_no_minute_is_lost_unseen(minutes, used, most):
    credited, over = within_cap(minutes, used, most)
    assert credited + over == minutes
    assert 0 <= credited <= max(most - used, 0)


def test_every_reason_that_is_not_known_still_has_words():
    assert all(why.label and why.advice for why in UNCOUNTED.values())
    assert why_uncounted("from the future").label


STAFF = Actor(7, "trainer")


@pytest.mark.parametrize(
    ("facts", "actor", "codes"),
    [
        (ReversalFacts(1, False, False, 100), STAFF, set()),
        (ReversalFacts(7, False, False, 100), STAFF, {"own_record"}),
        (ReversalFacts(1, True, False, 100), STAFF, {"is_reversal"}),
        (ReversalFacts(1, False, True, 100), STAFF, {"already_reversed"}),
        (ReversalFacts(1, False, False, -1), STAFF, {"balance_negative"}),
    ],
)
def test_an_entry_is_taken_back_once_by_another_person_and_never_below_nothing(facts, actor, codes):
    assert {problem.code for problem in may_be_reversed(facts, actor)} == codes


# The pace forecast.

JANUARY, MARCH = WindowDates("202701", date(2026, 12, 24)), WindowDates("202703", date(2027, 2, 25))


def test_the_forecast_names_the_window_the_pace_leads_to():
    seen = forecast(300, 360, 14 * 30, TODAY, [JANUARY, MARCH])
    assert (seen.pace, seen.done_on) == (30, date(2026, 12, 1))
    assert seen.earliest is not None
    assert seen.earliest.code == "202701"
    assert seen.at_pace is seen.windows[0]
    assert seen.windows[0].minutes_a_day == 10  # 300 minutes in 33 days


def test_a_slow_pace_leads_to_a_later_window_than_the_one_that_is_possible():
    seen = forecast(1575, 360, 14 * 20, TODAY, [JANUARY, MARCH])
    assert seen.earliest is not None
    assert seen.earliest.code == "202701"
    assert seen.at_pace is not None
    assert seen.at_pace.code == "202703"


def test_the_last_safe_day_leaves_full_days_enough():
    seen = forecast(720, 360, 0, TODAY, [JANUARY])
    assert seen.windows[0].start_by == date(2026, 12, 23)  # two full days: the 23rd and the 24th
    assert seen.done_on is None  # there is no pace to speak of


def test_a_window_that_cannot_be_reached_any_more_says_so():
    seen = forecast(721, 360, 14 * 400, date(2026, 12, 23), [JANUARY, MARCH])
    assert not seen.windows[0].feasible
    assert seen.windows[0].start_by is None
    assert seen.earliest is not None
    assert seen.earliest.code == "202703"


def test_what_today_s_limit_has_no_room_for_is_not_promised():
    assert forecast(720, 360, 0, date(2026, 12, 23), [JANUARY]).windows[0].feasible
    assert not forecast(720, 360, 0, date(2026, 12, 23), [JANUARY], credited_today=360).windows[0].feasible


def test_complete_hours_need_no_more_days():
    seen = forecast(-45, 360, 0, TODAY, [JANUARY])
    assert (seen.minutes_left, seen.done_on) == (0, TODAY)
    assert seen.windows[0].at_pace


def test_a_day_whose_limit_is_used_up_asks_more_of_the_others():
    assert forecast(720, 360, 0, date(2026, 12, 22), [JANUARY]).windows[0].minutes_a_day == 240
    full = forecast(720, 360, 0, date(2026, 12, 22), [JANUARY], credited_today=360).windows[0]
    assert (full.feasible, full.minutes_a_day) == (True, 360)


def test_without_an_announced_window_there_is_a_day_but_no_window():
    seen = forecast(300, 360, 14 * 30, TODAY, [])
    assert (seen.earliest, seen.at_pace, seen.done_on) == (None, None, date(2026, 12, 1))


@given(st.integers(0, 3000), st.integers(1, 480), st.integers(0, 5000), st.integers(-3, 120), st.integers(0, 600))
def test_studying_what_the_forecast_asks_for_each_day_reaches_the_window(left, most, lately, days, used):
    window = WindowDates("W", TODAY + timedelta(days=days))
    outlook = forecast(left, most, lately, TODAY, [window], credited_today=used).windows[0]
    room = max(most - used, 0)
    if outlook.feasible:
        assert outlook.minutes_a_day <= most
        assert min(outlook.minutes_a_day, room) + outlook.minutes_a_day * days >= left
        assert outlook.start_by is not None
        assert TODAY <= outlook.start_by <= window.last_day
        if outlook.start_by > TODAY:
            assert ((window.last_day - outlook.start_by).days + 1) * most >= left
    else:
        assert outlook.start_by is None
        assert days < 0 or left > room + most * days


@given(st.integers(0, 3000), st.integers(1, 480), st.integers(0, 5000), st.lists(st.integers(-9, 200), max_size=6))
def test_the_earliest_window_is_feasible_and_the_pace_leads_to_none_before_it(left, most, lately, ends):
    windows = [WindowDates(str(end), TODAY + timedelta(days=end)) for end in sorted(ends)]
    seen = forecast(left, most, lately, TODAY, windows)
    feasible = [one for one in seen.windows if one.feasible]
    assert seen.earliest is (feasible[0] if feasible else None)
    if seen.at_pace is not None:
        assert seen.at_pace.feasible
        assert seen.done_on is not None
        assert seen.done_on <= seen.at_pace.last_day
    if not lately:
        assert seen.done_on == (None if left else TODAY)


# What a proof freezes.

def a_row(number=1, **changes):
    made = {"id": number, "source_key": f"k{number}", "kind": "knowledge", "course_code": "G1",
            "lesson_code": "G1-M1-L1", "started_at": datetime(2026, 11, 22, tzinfo=UTC),
            "ended_at": datetime(2026, 11, 22, 0, 30, tzinfo=UTC), "minutes": 30}
    return LedgerRow(**(made | changes))


def test_the_digest_changes_with_every_field_and_not_with_the_order():
    whole = ledger_digest([a_row(1), a_row(2)])
    assert whole == ledger_digest([a_row(2), a_row(1)])
    changed = [{"minutes": 31}, {"kind": "practice"}, {"course_code": "G2"}, {"source_key": "x"},
               {"lesson_code": "G1-M1-L2"}, {"ended_at": datetime(2026, 11, 22, 1, tzinfo=UTC)}]
    assert len({whole, *(ledger_digest([a_row(1, **change), a_row(2)]) for change in changed)}) == len(changed) + 1
    assert ledger_digest([a_row(1)]) != whole


def test_a_course_that_was_taken_back_to_nothing_is_not_on_the_proof():
    courses = [CourseSum("G1", "通识", "general", 30, 0), CourseSum("G2", "办公", "general", 0, 0)]
    facts = frozen_facts(Holder("张伟", "resident_id", "110*"), programme=("a", "b"), partner=("c", "d"), unit=45,
                         required_hours=35, practice_hours=12, courses=courses, studied_from=TODAY,
                         studied_until=TODAY, issued_on=TODAY)
    assert [course["code"] for course in facts["courses"]] == ["G1"]


def test_every_source_of_minutes_has_its_words_in_the_ledger_and_in_the_learning_record():
    assert set(SOURCES) == set(SOURCES_ZH) == {str(source) for source in Source}
