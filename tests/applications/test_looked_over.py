"""The program looks a submission over, the list shows its exceptions, and the office's clock stands while the learner
must act."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from enroll.applications.jobs import look_over_waiting
from enroll.applications.models import CaseCheck
from enroll.applications.services.reviewing import return_for_correction
from enroll.applications.services.submitting import resubmit
from enroll.learners.models import Learner
from enroll.programmes.rules.working_days import WorkingCalendar
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from tests.applications.test_reviewing import PHOTO, hand_in_a_new_photo
from tests.builders.accounts import an_account
from tests.builders.applicants import a_reviewer, a_submitted, an_applicant, both_sittings, the
from tests.builders.exams import beijing_time
from tests.builders.study import learner_of
from tests.conftest import NOON
from tests.pages import soup, text_of


@pytest.mark.parametrize(("first", "last", "hours"), [
    ("2026-11-20 15:00", "2026-11-23 15:00", 24),  # Friday to Monday: one working day
    ("2026-11-21 09:00", "2026-11-22 09:00", 0),  # a weekend
    ("2026-11-23 09:00", "2026-11-23 17:30", 8.5),
    ("2026-11-23 09:00", "2026-11-20 09:00", 0),
    ("2026-11-26 10:00", "2026-12-01 10:00", 72),
])
def test_working_time_is_counted_on_working_days_and_counted_on_from_any_moment(first, last, hours):
    calendar, begins, ends = WorkingCalendar(), beijing_time(first), beijing_time(last)
    seconds = calendar.working_seconds(begins, ends)
    assert seconds == hours * 3600
    if hours:
        assert calendar.after_seconds(begins, seconds) == ends


def test_working_time_leaves_holidays_out_and_begins_on_the_next_day_that_is_worked():
    calendar = WorkingCalendar(days_off=frozenset({date(2026, 11, 24)}), days_worked=frozenset({date(2026, 11, 28)}))
    assert calendar.after_seconds(beijing_time("2026-11-23 12:00"), 86400) == beijing_time("2026-11-25 12:00")
    assert calendar.after_seconds(beijing_time("2026-11-29 12:00"), 3600) == beijing_time("2026-11-30 01:00")
    assert calendar.working_seconds(beijing_time("2026-11-27 00:00"), beijing_time("2026-11-30 00:00")) == 2 * 86400


def test_a_corrected_case_has_what_was_left_of_the_target_and_never_less_than_a_working_day(app):
    both_sittings()
    by = a_reviewer()
    quick, slow = an_applicant("one"), an_applicant("two")
    early, late = a_submitted(quick), a_submitted(slow)
    assert the(early).review_due_at == beijing_time("2026-11-25 10:00")  # Sunday 10:00 and three working days
    return_for_correction(early, [PHOTO], by=by, now=beijing_time("2026-11-23 10:00"))  # two working days left
    return_for_correction(late, [PHOTO], by=by, now=beijing_time("2026-11-25 09:00"))  # an hour left
    assert the(early).review_seconds_left == 2 * 86400
    for enrolment, reference, at, due in ((quick, early, "2026-11-25 18:00", "2026-11-27 18:00"),
                                          (slow, late, "2026-11-26 18:00", "2026-11-27 18:00")):
        moment = beijing_time(at)
        hand_in_a_new_photo(enrolment, moment)
        resubmit(reference, {}, by=learner_of(enrolment), now=moment)
        assert (the(reference).review_due_at, the(reference).review_seconds_left) == (beijing_time(due), None), at


def test_the_list_is_narrowed_to_exceptions_which_the_program_finds_after_each_submission(app, sign_in):
    both_sittings()
    first, second = an_applicant("one"), an_applicant("two", identity="submitted")
    with transaction() as session:
        session.get_one(Learner, second.learner_id).legal_name = session.get_one(Learner, first.learner_id).legal_name
    one, two = a_submitted(first), a_submitted(second)
    assert the(one).exceptions is None
    outbox.deliver(NOON)
    look_over_waiting(NOON)
    codes = {row.application_id: row.exceptions for row in db.session.scalars(select(CaseCheck))}
    assert len(codes) == 2
    assert all("same_person" in found for found in codes.values()), "name and date of birth of another learner"
    assert "identity" not in codes[the(two).id], "what waits for a verdict is the review itself"
    assert the(two).exceptions == len(codes[the(two).id])
    with transaction():
        the(one).exceptions = 0
    reviewer = sign_in(an_account("shenhe9", "reviewer"))
    page = reviewer.get("/staff/applications?found=exceptions")
    assert [link["href"].rsplit("/", 1)[1] for link in soup(page).select("tbody th a")] == [two]
    assert "异常" in text_of(page)
    assert two not in text_of(reviewer.get("/staff/applications?found=clean"))
    return_for_correction(two, [PHOTO], by=a_reviewer(), now=NOON + timedelta(hours=1))
    assert "审核计时已暂停，剩余 2.4 个工作日" in text_of(reviewer.get("/staff/applications?tab=returned"))
