"""Several cases approved at one press, and the figures of who decided what and how fast."""

from collections import Counter
from datetime import timedelta
from functools import partial
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from enroll.accounts.permissions import Role
from enroll.applications.rules.figures import MoveRow, by_reviewer, decisions_among, figures_of
from enroll.applications.services.bulk import Outcome, approve_several
from enroll.applications.services.claiming import claim
from enroll.applications.services.colleagues import ask_opinion
from enroll.applications.services.reviewing import approve, return_for_correction
from enroll.applications.services.settling import set_flag
from enroll.applications.services.submitting import resubmit
from enroll.fees.models import Fee
from enroll.learners.models import Learner
from enroll.programmes.rules.working_days import WorkingCalendar
from enroll.storage import outbox
from enroll.storage.database import again_if_crowded, db, transaction
from tests.applications.test_reviewing import BOTH, PHOTO, hand_in_a_new_photo
from tests.at_once import at_once
from tests.builders.accounts import an_account
from tests.builders.applicants import a_reviewer, a_submitted, an_applicant, both_sittings, the
from tests.builders.exams import beijing_time
from tests.builders.study import learner_of
from tests.conftest import NOON
from tests.pages import fields_of, form_on, soup, text_of

PAGE = "/staff/applications/several"
FIGURES = "/staff/applications/figures"
HOUR = 3600


def clean(name, **how):
    """A case with nothing to look at, in whatever photo the builder drew: the program's own look is another test."""
    reference = a_submitted(an_applicant(name, **{"photo": "verified", **how}))
    with transaction() as session:
        application = the(reference)
        application.exceptions = 0
        session.get_one(Learner, application.learner_id).legal_name = f"学员{name}"
    return reference


def offered(page):
    return [box["value"] for box in soup(page).select("tbody input[name=chosen]")]


def test_only_cases_that_pass_by_themselves_are_offered_and_each_is_answered_for_itself(app, sign_in, monkeypatch):
    both_sittings()
    monkeypatch.setattr("enroll.applications.services.bulk.exceptions_of", lambda *_: [])
    one, two, late = clean("one"), clean("two"), clean("late")
    flagged, held, asked, unlooked, photo = (clean(name) for name in ("flagged", "held", "asked", "new", "photo"))
    unseen = a_submitted(an_applicant("unseen", photo="submitted"))
    other = a_reviewer("other")
    set_flag(flagged, "重审", by=other, now=NOON)
    claim(held, by=other, now=NOON)
    ask_opinion(asked, "怎么看？", by=other, now=NOON)
    for reference, number in ((unlooked, None), (photo, 1), (unseen, 0)):
        with transaction():
            the(reference).exceptions = number
    reviewer = sign_in(an_account("shenhe1", Role.REVIEWER))
    page = reviewer.get(PAGE)
    assert offered(page) == [one, two, late]
    assert "有 6 件须人工审核" in text_of(page)
    approve(late, by=other, now=NOON)  # somebody was faster
    form = fields_of(form_on(page, PAGE)) | {"chosen": [one, two, late, flagged, "A2701-9999"]}
    answer = reviewer.post(PAGE, data=form)
    assert answer.status_code == 200
    rows = [tuple(cell.get_text(" ", strip=True) for cell in row.select("th, td")) for row in
            soup(answer).select("tbody")[0].select("tr")]
    left = "留待人工审核"
    assert [row[:2] for row in rows] == [(one, "审核通过"), (two, "审核通过"), (late, "未变动"), (flagged, left),
                                         ("A2701-9999", left)]
    assert "审核主管" in rows[3][2]
    states = [the(reference).state for reference in (one, two, late, flagged, held, asked, unlooked, photo, unseen)]
    assert states == ["approved"] * 3 + ["submitted"] * 6
    again = reviewer.post(PAGE, data=form)  # the very same press
    assert "未变动" in text_of(again)
    assert db.session.scalar(select(func.count(Fee.id))) == 3, "each fee once"


@pytest.mark.one_database
def test_a_case_with_something_to_look_at_by_now_is_not_approved_with_the_others(app):
    both_sittings()
    one, two = clean("one"), clean("two")
    [first, second, third] = approve_several([one, two, one], looked_at={two}, by=a_reviewer(), now=NOON)
    assert (first.outcome, second.outcome, third.outcome) == (Outcome.DONE, Outcome.REFUSED, Outcome.SKIPPED)
    assert [problem.code for problem in second.problems] == ["has_exceptions"]
    assert the(two).state == "submitted"


def test_figures_count_the_time_a_case_is_with_us_and_no_other():
    at = beijing_time
    rows = [
        ("A1", "submit", "2026-11-23 10:00", None), ("A1", "return", "2026-11-24 10:00", 1),
        ("A1", "resubmit", "2026-11-27 10:00", None), ("A1", "approve", "2026-11-27 16:00", 2),
        ("A2", "approve", "2026-11-27 16:00", 2),  # what gave it to us lies outside: not counted
        ("A3", "submit", "2026-11-20 10:00", None), ("A3", "reject", "2026-11-27 10:00", 2),
    ]
    moves = [MoveRow(case, "202701", move, at(moment), who, f"person {who}") for case, move, moment, who in rows]
    found = decisions_among(moves, WorkingCalendar().working_seconds)
    assert [(one.application, one.move, one.seconds / HOUR) for one in found] == [
        ("A1", "return", 24), ("A1", "approve", 6), ("A3", "reject", 120)]
    two, one = by_reviewer(found, 72 * HOUR)
    assert (two.name, two.decided, two.median_seconds / HOUR, two.in_time_percent) == ("person 2", 2, 63, 50)
    assert (one.returned_percent, one.slowest_seconds) == (100, 24 * HOUR)
    nobody = figures_of("nobody", None, [], 1)
    assert (nobody.median_seconds, nobody.in_time_percent, nobody.returned_percent) == (None, 0, 0)


def test_a_lead_sees_everybodys_figures_and_takes_them_along_and_a_reviewer_their_own(app, sign_in):
    both_sittings()
    own_account = an_account("first", Role.REVIEWER)
    first, second = own_account.actor_at(NOON), a_reviewer("second")
    enrolment = an_applicant("one")
    one, two = a_submitted(enrolment), a_submitted(an_applicant("two"))
    return_for_correction(one, [PHOTO], by=first, now=NOON + timedelta(days=1))
    back = NOON + timedelta(days=2)
    hand_in_a_new_photo(enrolment, back)
    resubmit(one, {}, by=learner_of(enrolment), now=back)
    approve(one, verified=BOTH, by=first, now=back + timedelta(hours=1))
    approve(two, verified=BOTH, by=second, now=back)
    outbox.deliver(back)
    lead = sign_in(an_account("zhuguan", Role.REVIEW_LEAD))
    cells = [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in
             soup(lead.get(FIGURES)).select("tbody tr")]
    assert [(row[0], row[1], row[3]) for row in cells] == [
        ("first", "2", "1 (50 %)"), ("second", "1", "0 (0 %)"), ("合计", "3", "1 (33 %)")]
    sheet = load_workbook(BytesIO(lead.get(f"{FIGURES}.xlsx?window=202701").data)).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [one, one, two]
    own = sign_in(own_account, app.test_client())
    shown = text_of(own.get(FIGURES))
    assert "second" not in shown
    assert "合计" in shown
    assert load_workbook(BytesIO(own.get(f"{FIGURES}.xlsx").data)).active.max_row == 3


def test_a088_the_same_cases_in_opposite_order_are_approved_once_and_nobody_sees_a_deadlock(app):
    """security.md, A088: two leads at once, each with the other's last case first."""
    both_sittings()
    references = [clean(f"many{number}") for number in range(8)]
    leads = [a_reviewer("lead-a"), a_reviewer("lead-b")]
    answers = at_once(app, *[
        partial(again_if_crowded, partial(approve_several, chosen, looked_at=set(), by=by, now=NOON))
        for by, chosen in zip(leads, (references, references[::-1]), strict=True)])
    outcomes = [Counter(one.outcome for one in answer) for answer in answers]
    assert sum((one for one in outcomes), Counter()) == {Outcome.DONE: 8, Outcome.SKIPPED: 8}
    db.session.rollback()
    assert db.session.scalar(select(func.count(Fee.id)).where(Fee.state == "due")) == 8
