"""Waiting lists: full sittings, freed seats, and whose turn it is."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused
from enroll.sittings import queries
from enroll.sittings.jobs import tend_waiting_lists
from enroll.sittings.lifecycle import Part
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.rules import BookingFacts
from enroll.sittings.services.planning import change_capacity
from enroll.sittings.services.seats import end_bookings, hold_seats, join_list, leave_list
from enroll.storage.database import db, transaction
from tests.builders.exams import a_bare_learner, a_sitting, a_window
from tests.conftest import NOON

OFFICER = Actor(None, "officer")


def a_full_sitting(window, *, seats=1, part=Part.THEORY):
    sitting = a_sitting(window, part, seats=seats)
    return sitting.code, [seated(sitting.code, f"seated{one}{part}") for one in range(seats)]


def seated(code, name):
    person = a_bare_learner(name)
    subject = f"A-{name}"
    hold_seats([code], person.id, subject, resit=False, by=person.account.actor_at(NOON), now=NOON)
    return person, subject


def waiting(code, name, *, now=NOON):
    person = a_bare_learner(name)
    return person, join_list(code, person.id, f"A-{name}", resit=False, by=person.account.actor_at(NOON), now=now)


def leaves(person, subject, *, now=NOON):
    end_bookings(subject, "cancel", facts=BookingFacts(person.account_id, now), by=person.account.actor_at(NOON),
                 now=now)


def stands(reference):
    db.session.rollback()
    return db.session.scalars(select(Booking).where(Booking.reference == reference)).one()


def taken(code):
    db.session.rollback()
    return db.session.scalars(select(Sitting.taken).where(Sitting.code == code)).one()


def test_a_freed_seat_is_offered_at_once_in_the_order_of_the_list_and_passed_on_until_the_list_closes(app):
    window = a_window()
    pay_by = window.payment_due_at
    code, [(holder, subject)] = a_full_sitting(window)
    (first, one), (_second, two), (_third, three) = (waiting(code, name) for name in ("first", "second", "third"))
    places = queries.places_of(db.session(), [stands(two)])
    assert places[two].position == 2

    leaves(holder, subject)
    assert [stands(each).state for each in (one, two, three)] == ["offered", "waitlisted", "waitlisted"]
    assert taken(code) == 1, "an offered seat is taken"
    assert stands(one).offer_ends_at == NOON + timedelta(hours=48)
    with pytest.raises(Refused, match="sitting_full"):
        seated(code, "newcomer")

    leave_list(one, facts=BookingFacts(first.account_id, NOON), by=first.account.actor_at(NOON), now=NOON)
    assert [stands(each).state for each in (one, two, three)] == ["cancelled", "offered", "waitlisted"]

    ends = stands(two).offer_ends_at
    tend_waiting_lists(ends - timedelta(seconds=1))
    assert stands(two).state == "offered"
    assert stands(two).offer_warned_at is not None
    tend_waiting_lists(ends)
    assert [stands(each).state for each in (two, three)] == ["lapsed", "offered"]

    fourth = waiting(code, "fourth", now=pay_by - timedelta(seconds=1))[1]
    with pytest.raises(Refused, match="list_closed"):
        waiting(code, "late", now=pay_by)
    tend_waiting_lists(pay_by)
    assert [stands(each).state for each in (three, fourth)] == ["lapsed", "lapsed"], "nothing is offered after the end"
    assert taken(code) == 0
    assert queries.seats_counted_again(db.session()) == {}


def test_raised_capacity_goes_to_the_list_and_whoever_cannot_come_is_passed_over_and_reads_why(app):
    window = a_window()
    code, _ = a_full_sitting(window)
    rival = a_sitting(window, Part.PRACTICAL, seats=9)
    busy, one = waiting(code, "busy")
    _, two = waiting(code, "free")
    hold_seats([rival.code], busy.id, "A-busy", resit=False, by=busy.account.actor_at(NOON), now=NOON)
    clash = db.session.scalars(select(Sitting).where(Sitting.code == rival.code)).one()
    with transaction() as session:
        at = session.scalars(select(Sitting).where(Sitting.code == code)).one()
        moved = session.get_one(Sitting, clash.id)
        moved.starts_at, moved.ends_at = at.starts_at, at.ends_at

    change_capacity(code, 3, by=OFFICER, now=NOON)
    assert [stands(each).state for each in (one, two)] == ["waitlisted", "offered"]
    tend_waiting_lists(NOON)
    [place] = queries.places_of(db.session(), [stands(one)]).values()
    assert [each.reason for each in place.passed_over] == ["clash"], "once, not with every tick of the clock"
    assert taken(code) == 2
