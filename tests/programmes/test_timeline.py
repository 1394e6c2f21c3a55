"""What bars publishing a window, and what the exam officer is told."""

from datetime import date, timedelta

import pytest

from enroll.programmes.rules.proposal import proposed_dates
from enroll.programmes.rules.timeline import ORDER_CHECKS, Surroundings, WindowFacts, timeline_warnings
from enroll.programmes.rules.working_days import WorkingCalendar
from tests.builders.programmes import beijing, some_dates
from tests.programmes.test_working_days import CALENDAR

AROUND = Surroundings(CALENDAR, 15, (1, 3, 5, 7, 9, 11))


def barred_by(**changes) -> set[str]:
    facts = WindowFacts(some_dates(**changes))
    return {f"{found.code}:{found.field}" for check in ORDER_CHECKS if (found := check(facts))}


def told(dates=None, **around) -> list[tuple[str, str]]:
    return [(one.code, one.field) for one in timeline_warnings(dates or some_dates(), Surroundings(
        **({"calendar": AROUND.calendar, "score_review_days": 15, "window_months": AROUND.window_months} | around)))]


def test_the_january_window_of_the_data_can_be_published_and_needs_no_warning():
    assert barred_by() == set()
    assert told() == []


@pytest.mark.parametrize(("changes", "barred"), [
    ({"closes_at": beijing("2026-11-16 09:00")}, {"dates_out_of_order:closes_at"}),
    ({"correction_closes_at": beijing("2027-01-04 12:00")}, {"dates_out_of_order:review_by"}),
    ({"ticket_from": beijing("2027-01-06 17:00")}, {"dates_out_of_order:ticket_from"}),
    ({"resit_closes_at": beijing("2026-12-24 16:00")}, {"dates_out_of_order:resit_closes_at"}),
    ({"withdraw_full_refund_until": beijing("2027-01-12 17:00")}, {"dates_out_of_order:ticket_from"}),
    ({"mock_until": beijing("2027-01-16 09:00")}, {"exam_days_out_of_order:starts_on"}),
    ({"ends_on": date(2027, 1, 15)}, {"exam_days_out_of_order:starts_on"}),
    ({"code": "202702"}, {"code_not_month:code"}),
])
def test_dates_out_of_their_order_bar_publishing_and_are_named(changes, barred):
    assert barred_by(**changes) == barred


def test_a_step_that_falls_on_a_holiday_is_named():
    assert ("review_in_holiday", "review_by") in told(some_dates(review_by=beijing("2027-01-01 12:00")))


def test_a_day_that_no_notice_confirms_is_named_as_such():
    unsure = WorkingCalendar(frozenset(), frozenset({date(2027, 1, 9)}), frozenset({date(2027, 1, 9)}))
    dates = some_dates(seating_by=beijing("2027-01-09 18:00"))
    assert ("day_unconfirmed", "seating_by") in told(dates, calendar=unsure)


def test_a_year_whose_holidays_nobody_has_entered_is_named_once():
    """The notice for a year comes in the autumn before it; a window reaches into two years."""
    known = CALENDAR.days_off
    assert [one for one in told(calendar=WorkingCalendar(known - {date(2027, 10, 1)})) if "unknown" in one[0]] == [
        ("holidays_unknown", "review_by")]


def test_a_review_of_less_than_three_working_days_is_named():
    assert ("step_too_short", "first_review_by") in told(some_dates(closes_at=beijing("2026-12-25 17:00")))


def test_score_review_days_that_differ_from_the_rule_are_named():
    assert ("review_days_differ", "score_review_closes_at") in told(score_review_days=30)


def test_scores_too_late_for_the_next_resits_are_named():
    march = some_dates("202703", date(2027, 3, 20), resit_closes_at=beijing("2027-02-23 17:00"))
    assert ("resits_out_of_reach", "scores_publish_at") in told(following=march)
    in_time = some_dates("202703", date(2027, 3, 20), resit_closes_at=beijing("2027-02-24 17:00"))
    assert told(following=in_time) == []


def test_a_window_that_overlaps_the_one_before_or_after_is_named():
    before = some_dates("202611", date(2026, 11, 21), ends_on=date(2027, 1, 16))
    assert ("windows_overlap", "starts_on") in told(previous=before)
    after = some_dates("202703", date(2027, 1, 22), ends_on=date(2027, 1, 28))
    assert ("windows_overlap", "ends_on") in told(following=after)


def test_a_month_without_a_window_is_named():
    april = some_dates("202704", date(2027, 4, 17))
    assert ("month_unusual", "starts_on") in [
        (one.code, one.field) for one in timeline_warnings(april, AROUND)]
    assert april.starts_on - some_dates().starts_on == timedelta(days=91)


def test_the_proposed_dates_of_an_ordinary_window_are_those_of_the_data_and_need_no_remark():
    dates = proposed_dates(date(2027, 7, 24), CALENDAR, 15)
    assert dates.opens_at == beijing("2027-05-24 09:00")
    assert dates.closes_at == beijing("2027-07-02 17:00")
    assert dates.payment_latest_at == beijing("2027-07-14 12:00")
    assert dates.scores_publish_at == beijing("2027-08-27 10:00")
    assert dates.score_review_answer_by == beijing("2027-09-17 18:00")
    assert told(dates) == []
    assert [check(WindowFacts(dates)) for check in ORDER_CHECKS if check(WindowFacts(dates))] == []


def test_the_proposed_dates_around_new_year_step_aside_from_the_holidays():
    dates = proposed_dates(date(2027, 1, 16), CALENDAR, 15)
    assert dates.correction_closes_at == beijing("2026-12-31 17:00")
    assert all(not name[1].endswith("closes_at") or name[0] != "not_a_working_day" for name in told(dates))
