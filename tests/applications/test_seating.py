"""Seats after the submission: an application that waits, what it owes and when, and its end without a seat."""

from datetime import timedelta

import pytest

from enroll.accounts.permissions import Role
from enroll.applications.jobs import lapse_due
from enroll.applications.queries.own import stand_of
from enroll.applications.services.drafting import begin_application, choose_sittings
from enroll.applications.services.extending import follow_dates
from enroll.applications.services.relocating import close_and_move
from enroll.applications.services.reviewing import approve
from enroll.applications.services.seating import accept_seat, change_sitting, wait_for_seat
from enroll.applications.services.submitting import submit
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.problems import Refused
from enroll.learners.lifecycle import CheckKind
from enroll.sittings.jobs import tend_waiting_lists
from enroll.sittings.lifecycle import Part
from enroll.sittings.services.planning import change_capacity
from enroll.storage.database import db
from tests.builders.accounts import an_account
from tests.builders.applicants import (
    TICKED,
    a_reviewer,
    a_submitted,
    an_applicant,
    both_sittings,
    seats_taken,
    the,
    the_window,
)
from tests.builders.exams import a_sitting
from tests.builders.study import learner_of
from tests.conftest import NOON

OFFICER = Actor(None, "officer")


def states(reference):
    return {one.part + ("" if one.state != "moved" else "-old"): one.state for one in stand(reference).bookings}


def stand(reference):
    return stand_of(db.session(), the(reference))


def waits(name="first", **how):
    """An approved application whose theory exam waits; gives the enrolment, its reference and the sittings."""
    codes = both_sittings()
    change_capacity(codes["theory"], 0, by=OFFICER, now=NOON)
    enrolment = an_applicant(name)
    by = learner_of(enrolment)
    reference = begin_application(enrolment.learner_id, "202701", by=by, now=NOON)
    with pytest.raises(Refused, match="sitting_full"):
        choose_sittings(reference, codes, by=by, now=NOON)
    choose_sittings(reference, codes, by=by, now=NOON, wait_for=["theory"])
    submit(reference, TICKED, by=by, now=NOON)
    approve(reference, verified=[CheckKind.PHOTO, CheckKind.IDENTITY], by=a_reviewer(), now=NOON)
    return by, reference, codes


def test_the_fee_falls_due_with_the_seat_and_not_before(app):
    by, reference, codes = waits()
    assert states(reference) == {"theory": "waitlisted", "practical": "held"}
    assert (stand(reference).fee, the(reference).payment_due_at) == (None, None)
    follow_dates(reference, by=SYSTEM, now=NOON)
    assert the(reference).payment_due_at is None, "no date of a fee that is not owed"
    assert "waiting" in stand(reference).label.learner

    change_capacity(codes["theory"], 1, by=OFFICER, now=NOON)
    [offer] = [one for one in stand(reference).bookings if one.state == "offered"]
    ends = offer.offer_ends_at
    with pytest.raises(Refused, match="offer_over"):
        accept_seat(offer.reference, by=by, now=ends)
    accept_seat(offer.reference, by=by, now=ends - timedelta(seconds=1))
    assert states(reference) == {"theory": "held", "practical": "held"}
    assert stand(reference).fee.amount_fen == 48000
    assert the(reference).payment_due_at is not None


def test_without_a_seat_the_application_ends_with_the_lists_and_nothing_is_owed(app):
    _, reference, codes = waits()
    closes = the_window().payment_due_at
    tend_waiting_lists(closes - timedelta(seconds=1))
    assert lapse_due(closes - timedelta(seconds=1)).done == 0
    tend_waiting_lists(closes)
    assert lapse_due(closes).done == 1
    assert (the(reference).state, stand(reference).fee) == ("expired", None)
    assert seats_taken([codes["theory"], codes["practical"]]) == [0, 0]


def test_a_changed_mind_takes_the_new_seat_first_and_a_full_one_changes_nothing(app):
    codes = both_sittings()
    window = the_window()
    other = a_sitting(window, Part.THEORY, seats=2, site="SH01").code
    full = a_sitting(window, Part.THEORY, seats=0, site="GZ01").code
    enrolment = an_applicant("mover")
    by, reference = learner_of(enrolment), a_submitted(enrolment, sittings=codes)
    [seat] = [one.reference for one in stand(reference).bookings if one.part == "theory"]
    with pytest.raises(Refused, match="sitting_full"):
        change_sitting(seat, full, by=by, now=NOON)
    assert seats_taken([codes["theory"], other]) == [1, 0]
    place = wait_for_seat(reference, full, by=by, now=NOON)
    with pytest.raises(Refused, match="change_the_seat"):
        change_sitting(place, other, by=by, now=NOON)
    with pytest.raises(Refused, match="seating_done"):
        change_sitting(seat, other, by=by, now=window.seating_by)
    change_sitting(seat, other, by=by, now=NOON)
    assert seats_taken([codes["theory"], other]) == [0, 1]
    assert the(reference).chosen["theory"] == other


def test_a_closing_sitting_moves_everybody_or_nobody(app):
    codes = both_sittings()
    small = a_sitting(the_window(), Part.THEORY, seats=1, site="SH01").code
    for name in ("one", "two"):
        a_submitted(an_applicant(name), sittings=codes)
    officer = an_account("kaowu", Role.EXAM_OFFICER).actor_at(NOON)
    with pytest.raises(Refused, match="target_too_small"):
        close_and_move(codes["theory"], small, reason="停电", by=officer, now=NOON)
    assert seats_taken([codes["theory"], small]) == [2, 0]
    change_capacity(small, 2, by=OFFICER, now=NOON)
    rows = close_and_move(codes["theory"], small, reason="停电", by=officer, now=NOON)
    assert [one.outcome for one in rows] == ["moved", "moved"]
    assert seats_taken([codes["theory"], small]) == [0, 2]
