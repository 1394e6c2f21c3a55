"""A year of windows: proposed from the policy, checked, kept as drafts; what bars publishing."""

from datetime import date, timedelta

import pytest

from enroll.accounts.permissions import Role
from enroll.foundation.problems import Refused
from enroll.programmes.models import Holiday
from enroll.programmes.queries.windows import window_by_code
from enroll.programmes.rules.proposal import CalendarPolicy, fits_policy, policy_of, year_of
from enroll.programmes.rules.timeline import Surroundings, conflicts_of
from enroll.programmes.rules.working_days import WorkingCalendar
from enroll.programmes.services.windows import copy_window, plan_year, publish_window
from enroll.storage.database import db, transaction
from tests.builders.accounts import an_account, an_actor
from tests.builders.programmes import a_programme, some_dates
from tests.conftest import NOON

MONTHS = (1, 3, 5, 7, 9, 11)
CALENDAR = WorkingCalendar()


def around(**beside):
    return Surroundings(beside.pop("calendar", CALENDAR), 15, MONTHS, **beside)


def test_every_date_follows_from_the_third_saturday_and_keeps_its_working_days():
    spring = frozenset(date(2028, 1, 1) + timedelta(days=one) for one in range(3))
    year = year_of(2028, MONTHS, WorkingCalendar(spring), 15, CalendarPolicy())
    assert [one.code for one in year] == ["202801", "202803", "202805", "202807", "202809", "202811"]
    assert {one.starts_on.weekday() for one in year} == {5}
    assert [conflicts_of(one, around(calendar=WorkingCalendar(spring))) for one in year] == [()] * 6

    other = policy_of({"week": 4, "offsets": {"closes_at": [-20, "18:00", True]}})
    assert year_of(2028, [1], CALENDAR, 15, other)[0].starts_on == date(2028, 1, 22)
    assert fits_policy({"week": 4, "offsets": {"closes_at": [-20, "18:00", True]}})
    for bad in ({"week": 9}, {"offsets": {"closes_at": [-20, "25:00", True]}}, {"offsets": {"lunch": []}}, [], {"x": 1},
                {"week": "3"}, {"offsets": [1]}):
        assert not fits_policy(bad)


def test_a_conflict_is_named_with_the_window_it_is_with():
    january = some_dates()
    assert conflicts_of(january, around()) == ()
    late = some_dates("202703", date(2027, 3, 20), resit_closes_at=january.scores_publish_at + timedelta(days=1))
    assert [one.code for one in conflicts_of(january, around(following=late))] == ["resits_out_of_reach"]
    hurried = some_dates(correction_closes_at=january.first_review_by + timedelta(hours=1))
    assert {one.code for one in conflicts_of(hurried, around())} == {"step_too_short"}
    off = WorkingCalendar(frozenset({date(2026, 12, 29)}))
    assert "review_in_holiday" in {one.code for one in conflicts_of(january, around(calendar=off))}


def test_a_year_is_planned_once_and_a_window_with_a_conflict_is_not_published(app):
    with transaction() as session:
        a_programme(session)
    officer = an_actor("kaowu", Role.EXAM_OFFICER)
    assert len(plan_year("CAIP", 2028, by=officer, now=NOON)) == 6
    with pytest.raises(Refused, match="year_is_planned"):
        plan_year("CAIP", 2028, by=officer, now=NOON)
    copied = copy_window("202811", date(2029, 1, 20), by=officer, now=NOON)
    assert window_by_code(db.session(), copied).closes_at - window_by_code(db.session(), "202811").closes_at == (
        timedelta(days=63))

    review = window_by_code(db.session(), "202803").first_review_by.date()
    with transaction() as session:
        session.add(Holiday(name="示例假期", from_on=review, until_on=review, confirmed=True, note=""))
    with pytest.raises(Refused, match="review_in_holiday"):
        publish_window("202803", by=officer, now=NOON)
    publish_window("202805", by=officer, now=NOON)


def test_the_year_is_looked_at_before_it_is_made(app, sign_in):
    with transaction() as session:
        a_programme(session)
    browser = sign_in(an_account("kaowu", Role.EXAM_OFFICER))
    page = browser.get("/staff/windows/year?year=2028", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "202811" in page
    assert "holidays of 2028 are not in the table yet" in page
    assert browser.get("/staff/windows/year").location == "/staff/windows/year?year=2026"
    assert "Make these drafts" in page
    assert window_by_code(db.session(), "202811") is None


def test_nobody_is_led_to_a_page_that_refuses_them(app, sign_in):
    with transaction() as session:
        a_programme(session)
    lead = sign_in(an_account("zhuguan", Role.REVIEW_LEAD), app.test_client())
    officer = sign_in(an_account("kaowu", Role.EXAM_OFFICER), app.test_client())
    assert "/staff/windows/year" not in lead.get("/staff/windows").get_data(as_text=True)
    assert "/staff/windows/year" in officer.get("/staff/windows").get_data(as_text=True)
    assert 'href="/staff/settings"' not in officer.get("/staff/settings/holidays").get_data(as_text=True)
