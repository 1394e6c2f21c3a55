"""Sites, sittings and seats, one act at a time."""

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NotFound, Refused, Stale
from enroll.sittings import queries
from enroll.sittings.lifecycle import Part
from enroll.sittings.models import Booking, BookingMove
from enroll.sittings.rules import BookingFacts
from enroll.sittings.services.places import Room, Site, add_site
from enroll.sittings.services.planning import (
    SittingDetails,
    add_sitting,
    change_capacity,
    change_sitting,
    close_sitting,
    open_sitting,
)
from enroll.sittings.services.seats import end_bookings, hold_seats, move_booking
from enroll.storage.database import db
from enroll.storage.outbox import OutboxEntry
from tests.builders.accounts import an_actor
from tests.builders.exams import a_bare_learner, a_site, a_sitting, a_window, beijing_time
from tests.conftest import NOON

OFFICER = Actor(None, "officer")
DETAILS = SittingDetails(beijing_time("2027-01-16 09:30"), beijing_time("2027-01-16 11:30"), 120, 40,
                         beijing_time("2027-01-16 08:50"), ["301"])


def a_seat(sitting, name="learner"):
    """Somebody holds a seat; gives the booking's reference, the actor and the subject."""
    person = a_bare_learner(name)
    actor, subject = person.account.actor_at(NOON), f"A2701-{person.id:04d}"
    return hold_seats([sitting.code], person.id, subject, resit=False, by=actor, now=NOON)[0], actor, subject


def facts_of(actor):
    return BookingFacts(learner_account_id=actor.account_id, now=NOON)


def test_a_site_stands_once(app):
    add_site(Site("SH01", "上海示范考点", city="上海", rooms=[Room("A201", 50)]), by=OFFICER, now=NOON)
    with pytest.raises(Refused, match="site_known"):
        add_site(Site("SH01", "another"), by=OFFICER, now=NOON)
    assert [room.seats for room in queries.site_by_code(db.session(), "SH01").rooms] == [50]


def test_sittings_are_named_after_window_site_and_part(app):
    a_window(), a_site()
    named = [add_sitting("202701", "BJ01", part, DETAILS, by=OFFICER, now=NOON)
             for part in (Part.THEORY, Part.PRACTICAL, Part.THEORY)]
    assert named == ["202701-BJ01-T", "202701-BJ01-P", "202701-BJ01-T2"]


def test_a_sitting_needs_a_window_a_site_and_known_rooms(app):
    a_window(), a_site()
    with pytest.raises(NotFound):
        add_sitting("202703", "BJ01", Part.THEORY, DETAILS, by=OFFICER, now=NOON)
    with pytest.raises(NotFound):
        add_sitting("202701", "SH01", Part.THEORY, DETAILS, by=OFFICER, now=NOON)
    unknown = SittingDetails(DETAILS.starts_at, DETAILS.ends_at, 120, 40, None, ["301", "999"])
    with pytest.raises(Refused, match="room_unknown"):
        add_sitting("202701", "BJ01", Part.THEORY, unknown, by=OFFICER, now=NOON)


def test_the_number_of_seats_never_goes_below_what_is_taken(app):
    """security.md, A078."""
    sitting = a_sitting(a_window(), seats=3)
    a_seat(sitting, "first"), a_seat(sitting, "second")
    with pytest.raises(Refused, match="below_taken"):
        change_capacity(sitting.code, 1, by=OFFICER, now=NOON)
    change_capacity(sitting.code, 2, by=OFFICER, now=NOON)
    assert queries.sitting_by_code(db.session(), sitting.code).seats_left == 0


def test_the_time_of_a_sitting_stands_once_somebody_has_a_seat(app):
    a_window(), a_site()
    code = add_sitting("202701", "BJ01", Part.THEORY, DETAILS, by=OFFICER, now=NOON)
    later = SittingDetails(beijing_time("2027-01-17 09:30"), beijing_time("2027-01-17 11:30"), 120, 40, None, ["301"])
    change_sitting(code, later, by=OFFICER, now=NOON)
    a_seat(queries.sitting_by_code(db.session(), code))
    with pytest.raises(Refused, match="times_stand"):
        change_sitting(code, DETAILS, by=OFFICER, now=NOON)


def test_a_form_opened_before_somebody_elses_change_is_stale(app):
    code = a_sitting(a_window()).code
    change_capacity(code, 30, by=OFFICER, now=NOON, seen_version=1)
    with pytest.raises(Stale):
        change_capacity(code, 20, by=OFFICER, now=NOON, seen_version=1)
    assert queries.sitting_by_code(db.session(), code).capacity == 30


def test_a_closed_sitting_takes_nobody_in_and_keeps_who_is_there(app):
    sitting = a_sitting(a_window())
    a_seat(sitting, "first")
    close_sitting(sitting.code, by=OFFICER, now=NOON)
    with pytest.raises(Refused, match="sitting_closed"):
        a_seat(sitting, "second")
    assert queries.sitting_by_code(db.session(), sitting.code).taken == 1
    with pytest.raises(Refused, match="already_so"):
        close_sitting(sitting.code, by=OFFICER, now=NOON)
    open_sitting(sitting.code, by=OFFICER, now=NOON)
    a_seat(sitting, "third")


def test_when_one_of_two_sittings_is_full_neither_seat_is_taken_and_the_full_one_is_named(app):
    window = a_window()
    theory, practical = a_sitting(window, Part.THEORY), a_sitting(window, Part.PRACTICAL, seats=0)
    person = a_bare_learner("learner")
    with pytest.raises(Refused) as refused:
        hold_seats([theory.code, practical.code], person.id, "A2701-0001", resit=False,
                   by=person.account.actor_at(NOON), now=NOON)
    assert [(one.code, one.field) for one in refused.value.problems] == [("sitting_full", "sitting_practical")]
    assert queries.sitting_by_code(db.session(), theory.code).taken == 0
    assert db.session.scalars(select(Booking)).all() == []


def test_ending_an_applications_bookings_gives_each_seat_back_once_and_names_who_did_it(app):
    sitting = a_sitting(a_window(), seats=1)
    reference, actor, subject = a_seat(sitting)
    assert end_bookings(subject, "cancel", facts=facts_of(actor), by=actor, now=NOON, reason="changed my mind") == 1
    assert end_bookings(subject, "cancel", facts=facts_of(actor), by=actor, now=NOON) == 0
    assert queries.sitting_by_code(db.session(), sitting.code).taken == 0
    last = db.session.scalars(select(BookingMove).order_by(BookingMove.id.desc())).first()
    assert (last.move, last.made_by_id, last.reason) == ("cancel", actor.account_id, "changed my mind")
    told = db.session.scalars(select(OutboxEntry.details).where(OutboxEntry.event == "BookingMoved")).all()
    assert [(one["reference"], one["state"]) for one in told] == [(reference, "cancelled")]


def test_a_learner_cannot_cancel_past_the_application(app):
    reference, actor, _ = a_seat(a_sitting(a_window()))
    with pytest.raises(Refused, match="not_permitted"):
        move_booking(reference, "cancel", facts=facts_of(actor), by=actor, now=NOON)


def test_the_list_of_a_sitting_names_who_has_a_seat_and_nobody_else(app):
    sitting = a_sitting(a_window())
    a_seat(sitting, "first")
    _, actor, subject = a_seat(sitting, "second")
    end_bookings(subject, "lapse", facts=facts_of(actor), by=an_actor("officer", Role.EXAM_OFFICER), now=NOON)
    assert [one.learner.legal_name for one in queries.booked_in(db.session(), sitting.id).rows] == ["first"]
    assert len(queries.everybody_booked_in(db.session(), sitting.id)) == 1
