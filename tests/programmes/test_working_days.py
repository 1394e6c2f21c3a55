"""Working days across weekends, New Year, Spring Festival, and weekend days worked in exchange."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from enroll.foundation.clock import SHANGHAI
from enroll.programmes.rules.working_days import NoWorkingDay, WorkingCalendar, days_left
from tests.builders.programmes import beijing


def days(first: date, last: date) -> set[date]:
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}


CALENDAR = WorkingCalendar(
    frozenset(days(date(2027, 1, 1), date(2027, 1, 3)) | days(date(2027, 2, 5), date(2027, 2, 12))
              | days(date(2026, 10, 1), date(2026, 10, 7)) | days(date(2027, 10, 1), date(2027, 10, 7))),
    frozenset({date(2026, 10, 10)}),
)


@pytest.mark.parametrize(("day", "worked"), [
    (date(2026, 12, 31), True), (date(2027, 1, 1), False), (date(2027, 1, 4), True),
    (date(2027, 2, 4), True), (date(2027, 2, 5), False), (date(2027, 2, 12), False), (date(2027, 2, 13), False),
    (date(2027, 2, 15), True), (date(2026, 10, 10), True), (date(2026, 10, 11), False), (date(2026, 11, 22), False),
])
def test_a_day_is_worked_or_it_is_not(day, worked):
    assert CALENDAR.is_working(day) is worked


@pytest.mark.parametrize(("first", "last", "number"), [
    (date(2026, 12, 24), date(2026, 12, 29), 3), (date(2026, 12, 29), date(2026, 12, 31), 2),
    (date(2026, 12, 31), date(2027, 1, 4), 1), (date(2027, 2, 4), date(2027, 2, 15), 1),
    (date(2026, 9, 30), date(2026, 10, 10), 3), (date(2027, 1, 4), date(2027, 1, 4), 0),
    (date(2027, 1, 5), date(2027, 1, 4), 0),
])
def test_working_days_between_two_days_leave_out_the_first(first, last, number):
    assert CALENDAR.between(first, last) == number


@pytest.mark.parametrize(("day", "number", "found"), [
    (date(2026, 12, 30), 3, date(2027, 1, 5)), (date(2027, 2, 3), 3, date(2027, 2, 16)),
    (date(2026, 11, 20), 1, date(2026, 11, 23)), (date(2026, 11, 22), 0, date(2026, 11, 23)),
    (date(2026, 11, 23), 0, date(2026, 11, 23)), (date(2026, 10, 9), 1, date(2026, 10, 10)),
])
def test_the_nth_working_day_after_a_day(day, number, found):
    assert CALENDAR.after(day, number) == found


def test_the_working_day_before_new_year_warns_before_the_holiday():
    assert CALENDAR.before(date(2027, 1, 4), 1) == date(2026, 12, 31)


def test_a_deadline_keeps_the_time_of_day_in_beijing_or_takes_another():
    handed_in = beijing("2026-12-30 20:15")
    assert CALENDAR.deadline(handed_in, 3) == beijing("2027-01-05 20:15")
    assert CALENDAR.deadline(handed_in, 3, time(17)) == beijing("2027-01-05 17:00")


def test_a_deadline_counts_days_of_beijing_and_not_of_utc():
    half_past_midnight_in_beijing = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # Monday there, still Sunday in UTC
    assert CALENDAR.deadline(half_past_midnight_in_beijing, 1) == beijing("2026-11-24 00:30")


def test_a_table_without_a_working_day_is_an_error_and_not_an_endless_search():
    nothing = WorkingCalendar(frozenset(days(date(2027, 1, 1), date(2029, 1, 1))))
    with pytest.raises(NoWorkingDay):
        nothing.after(date(2027, 1, 1), 1)


@pytest.mark.parametrize(("at", "now", "left"), [
    ("2026-12-24 17:00", "2026-12-24 16:59:59", 0), ("2026-12-24 17:00", "2026-12-24 17:00:00", -1),
    ("2026-12-24 17:00", "2026-12-21 23:59:00", 3), ("2026-11-28 00:00", "2026-11-27 23:59:59", 0),
    ("2026-11-28 00:00", "2026-11-26 09:00:00", 1), ("2026-12-24 17:00", "2026-12-27 09:00:00", -3),
])
def test_days_left_count_to_the_last_day_that_is_still_in_time(at, now, left):
    moment = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI).astimezone(UTC)
    assert days_left(beijing(at), moment) == left
