"""What a window's dates mean at a moment: to the second, in both lanes."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from enroll.programmes.rules.windows import (
    DATE_LABELS,
    MOMENTS,
    MOVABLE,
    PHASE_LABELS,
    Lane,
    Phase,
    WindowDates,
    is_open,
    milestones,
    months_to_come,
    next_deadline,
    payment_due_for,
    phase_of,
)
from tests.builders.programmes import beijing, some_dates, some_terms

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(("moment", "first", "resit"), [
    ("2026-11-16 08:59:59", Phase.NOT_OPEN, Phase.NOT_OPEN), ("2026-11-16 09:00:00", Phase.OPEN, Phase.OPEN),
    ("2026-12-21 16:59:59", Phase.OPEN, Phase.OPEN), ("2026-12-21 17:00:00", Phase.CLOSING, Phase.OPEN),
    ("2026-12-24 16:59:59", Phase.CLOSING, Phase.OPEN), ("2026-12-24 17:00:00", Phase.CLOSED, Phase.OPEN),
    ("2026-12-30 16:59:59", Phase.CLOSED, Phase.CLOSING), ("2026-12-30 17:00:00", Phase.CLOSED, Phase.CLOSED),
    ("2027-01-15 23:59:59", Phase.CLOSED, Phase.CLOSED), ("2027-01-16 00:00:00", Phase.RUNNING, Phase.RUNNING),
    ("2027-01-22 23:59:59", Phase.RUNNING, Phase.RUNNING), ("2027-01-23 00:00:00", Phase.AWAITING, Phase.AWAITING),
    ("2027-02-19 09:59:59", Phase.AWAITING, Phase.AWAITING), ("2027-02-19 10:00:00", Phase.FINISHED, Phase.FINISHED),
])
def test_a_phase_begins_on_its_second(moment, first, resit):
    assert phase_of(some_dates(), beijing(moment)) is first
    assert phase_of(some_dates(), beijing(moment), Lane.RESIT) is resit


def test_a_window_is_open_from_its_first_moment_and_not_at_its_last():
    dates = some_dates()
    assert not is_open(dates, dates.opens_at - SECOND)
    assert is_open(dates, dates.opens_at)
    assert is_open(dates, dates.closes_at - SECOND)
    assert not is_open(dates, dates.closes_at)
    assert is_open(dates, dates.closes_at, Lane.RESIT)
    assert not is_open(dates, dates.resit_closes_at, Lane.RESIT)


@pytest.mark.parametrize(("approved", "due"), [
    ("2026-12-28 10:00", "2027-01-04 17:00"), ("2027-01-02 17:00", "2027-01-04 17:00"),
    ("2027-01-03 09:00", "2027-01-05 09:00"), ("2027-01-04 12:00", "2027-01-06 12:00"),
    ("2027-01-05 12:00", "2027-01-06 12:00"),
])
def test_payment_is_due_on_the_date_or_48_hours_after_a_late_approval_but_never_after_the_last_date(approved, due):
    assert payment_due_for(some_dates(), beijing(approved)) == beijing(due)


def test_a_resit_has_its_own_date_of_payment():
    assert payment_due_for(some_dates(), beijing("2026-12-28 10:00"), resit=True) == beijing("2027-01-05 17:00")


def test_a_programme_may_give_other_hours_of_grace():
    assert payment_due_for(some_dates(), beijing("2027-01-04 08:00"), grace_hours=24) == beijing("2027-01-05 08:00")


def test_the_next_deadline_is_the_first_that_has_not_passed():
    dates = some_dates()
    assert next_deadline(dates, beijing("2026-11-22 10:00")).name == "closes_at"
    assert next_deadline(dates, beijing("2026-12-24 17:00")).name == "correction_closes_at"
    assert next_deadline(dates, beijing("2026-12-24 17:00"), Lane.RESIT).name == "resit_closes_at"
    assert next_deadline(dates, beijing("2027-01-20 10:00")).name == "ends_on"
    assert next_deadline(dates, beijing("2027-06-01 10:00")) is None


def test_a_day_is_shown_as_a_day_and_is_over_at_its_end():
    last = next(one for one in milestones(some_dates()) if one.name == "ends_on")
    assert (last.day, last.at) == (date(2027, 1, 22), beijing("2027-01-23 00:00"))


def test_every_date_and_phase_has_words():
    assert set(DATE_LABELS) == set(WindowDates.__dataclass_fields__) - {"code"}
    assert set(PHASE_LABELS) == set(Phase)
    assert set(MOVABLE) < set(MOMENTS)
    assert len(MOMENTS) == 21


def test_terms_survive_their_keeping_unchanged():
    terms = some_terms()
    assert type(terms).from_json(terms.as_json()) == terms
    assert terms.pass_marks.theory == 600
    assert terms.fees["exam_first"] == 48000


def test_dates_are_never_read_from_a_naive_clock():
    with pytest.raises(TypeError):
        phase_of(replace(some_dates()), beijing("2026-11-22 10:00").replace(tzinfo=None))


@pytest.mark.parametrize(("months", "after", "number", "found"), [
    ((1, 3, 5, 7, 9, 11), date(2027, 3, 20), 3, ["2027-05", "2027-07", "2027-09"]),
    ((1, 3, 5, 7, 9, 11), date(2026, 11, 21), 2, ["2027-01", "2027-03"]),
    ((1, 3), date(2027, 1, 1), 0, []), ((1, 3), date(2027, 1, 1), -2, []), ((), date(2027, 1, 1), 6, []),
])
def test_months_without_dates_follow_the_last_window(months, after, number, found):
    assert [f"{one:%Y-%m}" for one in months_to_come(months, after, number)] == found
