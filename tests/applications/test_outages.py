"""Outages 故障延期: what fell into one to the second, two people, and what becomes of every deadline."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from enroll.accounts.permissions import Role
from enroll.applications.jobs import lapse_due
from enroll.applications.models import Extension, Outage, OutageEffect
from enroll.applications.queries.soundness import unsound_applications
from enroll.applications.rules.deadlines import Extended
from enroll.applications.rules.outages import fell_into, proposed_end
from enroll.applications.services.extending import extend
from enroll.applications.services.outages import confirm_outage, dismiss_outage, report_outage
from enroll.applications.services.reviewing import return_for_correction
from enroll.foundation.problems import Refused
from enroll.notifications.models import Message
from enroll.sittings.jobs import tend_waiting_lists
from enroll.sittings.services.planning import change_capacity
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from tests.applications.test_reviewing import PHOTO
from tests.applications.test_seating import OFFICER, stand, waits
from tests.builders.accounts import an_account
from tests.builders.applicants import (
    a_draft,
    a_lead,
    a_reviewer,
    a_submitted,
    an_applicant,
    an_approved,
    both_sittings,
    seats_taken,
    the,
    the_window,
)
from tests.builders.exams import beijing_time
from tests.conftest import NOON
from tests.pages import press, text_of

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
EN = {"Accept-Language": "en"}


def test_a_deadline_falls_into_an_outage_by_its_last_second():
    began, ended = NOON, NOON + HOUR
    assert [fell_into(began + off, began, ended) for off in (timedelta(), SECOND, HOUR, HOUR + SECOND)] == [
        False, True, True, False]
    assert proposed_end(began, ended, 0) == ended + HOUR
    assert proposed_end(began, ended, 24) == ended + timedelta(hours=24)


def confirmed(deadline, *, now=None):
    """An outage of an hour in the midst of which this deadline lies; recorded and confirmed by two people."""
    began, ended = deadline - HOUR / 2, deadline + HOUR / 2
    now = now or ended + HOUR
    names = iter(f"lead-{now:%m%d%H%M}-{number}" for number in (1, 2))
    reference = report_outage(began, ended, "网站无法打开", by=a_lead(next(names)), now=now)
    confirm_outage(reference, by=a_lead(next(names)), now=now)
    outbox.deliver(now)
    return ended + timedelta(hours=24), now


def outcomes():
    db.session.rollback()
    return {(one.subject, one.name): one.outcome for one in db.session.scalars(select(OutageEffect))}


def test_the_closing_date_moves_for_everybody_and_a_draft_that_lapsed_is_back(app):
    both_sittings()
    early, late = a_draft(an_applicant("early")), a_draft(an_applicant("late"))
    closes = the_window().closes_at
    assert lapse_due(closes).done == 2
    until, _ = confirmed(closes)
    assert the_window().closes_at == until
    assert [the(one).state for one in (early, late)] == ["draft", "draft"]
    assert outcomes() == {("202701", "closes_at"): "extended", (early, "closes_at"): "brought_back",
                          (late, "closes_at"): "brought_back"}
    assert lapse_due(until - SECOND).done == 0
    assert lapse_due(until).done == 2
    told = db.session.scalars(select(Message.subject).where(Message.about.startswith("Y"))).all()
    assert len([one for one in told if "延期" in one]) == 2
    assert list(unsound_applications(db.session())) == []


def test_a_correction_in_it_is_extended_and_one_that_lapsed_gets_its_seats_back_or_is_named(app):
    here = both_sittings(seats=2)
    one, two = (a_submitted(an_applicant(name), sittings=here) for name in ("one", "two"))
    reviewer = a_reviewer()
    for reference in (one, two):
        return_for_correction(reference, [PHOTO], by=reviewer, now=NOON)
    due = the(one).correct_by
    assert lapse_due(due).done == 2
    taken = a_submitted(an_applicant("taker"), sittings=here, now=due)
    until, _ = confirmed(due)
    assert sorted(the(reference).state for reference in (one, two)) == ["expired", "returned"]
    back = next(reference for reference in (one, two) if the(reference).state == "returned")
    gone = next(reference for reference in (one, two) if reference != back)
    assert the(back).correct_by == until
    assert outcomes() == {(back, "correct_by"): "brought_back", (gone, "correct_by"): "seat_gone"}
    assert (seats_taken(here.values()), the(taken).state) == ([2, 2], "submitted")
    reasons = db.session.scalars(select(Extension.reason)).all()
    assert [one[:1] for one in reasons] == ["Y"], "the extension names the outage"


def test_a_payment_and_an_offer_in_it_end_later(app):
    _by, reference, codes = waits()
    change_capacity(codes["theory"], 1, by=OFFICER, now=NOON)
    [offer] = [one for one in stand(reference).bookings if one.state == "offered"]
    until, _ = confirmed(offer.offer_ends_at)
    [offer] = [one for one in stand(reference).bookings if one.state == "offered"]
    assert offer.offer_ends_at == until
    owing = an_approved(an_applicant("owing"), sittings=codes | {"theory": both_sittings()["theory"]})
    due = the(owing).payment_due_at
    until, _ = confirmed(due)
    assert (the(owing).payment_due_at, stand(owing).fee.due_at, the_window().payment_due_at) == (until, until, until)


def test_an_offer_that_lapsed_in_it_is_made_again_or_its_learner_is_told_why_not(app):
    _by, reference, codes = waits()
    change_capacity(codes["theory"], 1, by=OFFICER, now=NOON)
    [offer] = [one for one in stand(reference).bookings if one.state == "offered"]
    ended = offer.offer_ends_at
    tend_waiting_lists(ended)
    assert "offered" not in [one.state for one in stand(reference).bookings]
    until, _ = confirmed(ended)
    assert outcomes()[offer.reference, "offer_ends_at"] == "brought_back"
    [again] = [one for one in stand(reference).bookings if one.state == "offered"]
    assert (again.offer_ends_at, again.reference != offer.reference) == (until, True)
    assert seats_taken([codes["theory"]]) == [1], "an offered seat is taken once"

    tend_waiting_lists(until)
    a_submitted(an_applicant("taker"), sittings=codes, now=until)
    confirmed(until)
    assert outcomes()[again.reference, "offer_ends_at"] == "seat_gone"
    told = db.session.scalars(select(Message.body).where(Message.subject.contains("因系统故障延期"))).all()
    assert any("已重新为您保留" in one for one in told)
    assert any("无法再次提供" in one for one in told)


def test_one_person_gets_a_later_end_of_the_list_for_themselves(app):
    _by, reference, codes = waits()
    closes = the_window().payment_due_at
    later = closes + timedelta(hours=5)
    extend(the(reference).learner_id, "202701", Extended.LIST, later, reason="住院", by=a_lead(), now=NOON)
    tend_waiting_lists(closes)
    assert lapse_due(closes).done == 0
    change_capacity(codes["theory"], 1, by=OFFICER, now=closes)
    [offer] = [one for one in stand(reference).bookings if one.state == "offered"]
    assert offer.offer_ends_at == later
    tend_waiting_lists(later)
    assert lapse_due(later).done == 1
    assert the(reference).state == "expired"


def test_two_people_stand_for_it_and_the_pages_show_what_fell_into_it(app, sign_in):
    both_sittings()
    reference = an_approved(an_applicant())
    due = the(reference).payment_due_at
    app.extensions["clock"].set(due + HOUR)
    lead = an_account("lead1", Role.REVIEW_LEAD)
    browser = sign_in(lead)
    assert "No outage on record" in text_of(browser.get("/staff/outages", headers=EN))
    asked = "/staff/outages/new?began_at=2027-01-04T16:30&ended_at=2027-01-04T17:00&what=网站无法打开"
    said = text_of(browser.get(asked, headers=EN))
    for words in ("Pay by", "张伟", "What is proposed"):
        assert words in said, words + said
    too_short = press(browser, asked, "/staff/outages/record", extends_to="2027-01-04T18:00")
    assert too_short.status_code == 422
    assert "至少延至" in text_of(too_short)
    answer = press(browser, asked, "/staff/outages/record")
    assert answer.status_code == 303
    page = answer.location
    own = press(browser, page, "/confirm") if "/confirm" in browser.get(page).text else None
    assert own is None, "whoever records it is offered no confirmation"
    number = page.rsplit("/", 1)[1]
    with pytest.raises(Refused, match="second_person_outage"):
        confirm_outage(number, by=lead.actor_at(NOON), now=due + HOUR)
    outsider = sign_in(an_account("reader", Role.TRAINER), app.test_client())
    assert outsider.get("/staff/outages").status_code == 403
    other = sign_in(an_account("lead2", Role.REVIEW_LEAD), app.test_client())
    assert press(other, page, f"{page}/confirm").status_code == 303
    assert "Extended" in text_of(other.get(page, headers=EN))
    assert the(reference).payment_due_at == beijing_time("2027-01-05 17:00")


def test_an_outage_that_is_none_moves_nothing_and_one_that_cannot_be_is_refused(app):
    both_sittings()
    closes, lead, second = the_window().closes_at, a_lead("first"), a_lead("second")
    for began, ended, to, code in (
        (closes, closes, None, "ends_before_it_starts"), (closes, closes + 2 * HOUR, None, "outage_goes_on"),
        (closes - timedelta(days=20), closes, None, "outage_too_long"),
        (closes - HOUR, closes, closes + HOUR, "extends_too_little"),
    ):
        with pytest.raises(Refused, match=code):
            report_outage(began, ended, "x", extends_to=to, by=lead, now=closes + HOUR)
    with pytest.raises(Refused, match="not_permitted"):
        report_outage(closes - HOUR, closes, "x", by=a_reviewer(), now=closes + HOUR)
    far = closes + timedelta(days=9)
    reference = report_outage(closes - HOUR, closes, "x", extends_to=far, by=lead, now=closes + HOUR)
    with pytest.raises(Refused, match="dates_out_of_order"):
        confirm_outage(reference, by=second, now=closes + HOUR)
    with pytest.raises(Refused, match="extension_over"):
        confirm_outage(reference, by=second, now=far)
    dismiss_outage(reference, reason="误报", by=second, now=far)
    assert (the_window().closes_at, outcomes()) == (closes, {})
    with transaction() as session:
        session.execute(update(Outage).values(state="confirmed", decided_by_id=lead.account_id))
    assert list(unsound_applications(db.session())) == [
        f"outage {reference}: recorded and confirmed by one person"]
