"""People at two sittings of one part, in any order and at any time: the program keeps what a list on paper says. And a
booking on any walk through its table.

SEAT_WALKS, MACHINE_WALKS and MACHINE_STEPS make the walks more and longer (`.ci/run`).
"""

import os
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from enroll.accounts.permissions import Permission
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused
from enroll.sittings.jobs import tend_waiting_lists
from enroll.sittings.lifecycle import BOOKING, SEATED, TAKES_SEAT
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.rules import BookingFacts
from enroll.sittings.services.planning import change_capacity
from enroll.sittings.services.seats import end_bookings, hold_seats, join_list, leave_list, move_booking
from enroll.storage.database import db, transaction
from tests.builders.exams import a_bare_learner, a_sitting, a_window
from tests.conftest import NOON

WALKS, STEPS = int(os.environ.get("MACHINE_WALKS", "50")), int(os.environ.get("MACHINE_STEPS", "30"))
SEAT_WALKS = int(os.environ.get("SEAT_WALKS", "8"))  # each step is a real transaction
PEOPLE, PLACES = 6, (0, 1)
OFFICER = Actor(None, "officer")
OFFICE = Actor(7, "somebody", frozenset(Permission))
everybody = st.integers(0, PEOPLE - 1)
places = st.sampled_from(PLACES)


class Paper:
    """What a clerk would write down: who sits where, whom a seat is offered until when, who waits in which order."""

    def __init__(self, closes_at):
        self.now, self.closes_at = NOON, closes_at
        self.capacity = {0: 1, 1: 2}
        self.seat, self.offer, self.list = {}, {}, {place: [] for place in PLACES}

    def taken(self, place):
        offered = sum(one == place for one, _ in self.offer.values())
        return sum(one == place for one in self.seat.values()) + offered

    def waits(self, person):
        return person in self.offer or any(person in line for line in self.list.values())

    def hand_on(self, place):
        while self.taken(place) < self.capacity[place] and self.list[place] and self.now < self.closes_at:
            ends = min(self.now + timedelta(hours=48), self.closes_at)
            self.offer[self.list[place].pop(0)] = (place, ends)


class Seats(RuleBasedStateMachine):
    people, walk = (), 0

    @initialize()
    def begin(self):
        db.session.rollback()
        cls = type(self)
        cls.walk += 1
        if not cls.people:
            cls.people = [(one.id, one.account.actor_at(NOON)) for one in map(a_bare_learner, "abcdef")]
        window = a_window(f"{100000 + cls.walk}")
        self.paper = Paper(window.payment_due_at)
        self.codes = [a_sitting(window, seats=seats).code for seats in (1, 2)]
        self.places = {}

    def subject(self, person):
        return f"W{self.walk}-{person}"

    def facts(self, person, **more):
        return BookingFacts(self.people[person][1].account_id, self.paper.now, **more)

    def tries(self, allowed, act):
        """The act is done exactly when paper allows it; gives whether."""
        if allowed:
            act()
            return True
        with pytest.raises(Refused):
            act()
        db.session.rollback()
        return False

    @rule(person=everybody, place=places)
    def take(self, person, place):
        if person in self.paper.seat:
            return
        learner_id, actor = self.people[person]
        free = self.paper.taken(place) < self.paper.capacity[place]
        if self.tries(free, lambda: hold_seats([self.codes[place]], learner_id, self.subject(person), resit=False,
                                               by=actor, now=self.paper.now)):
            self.paper.seat[person] = place

    @rule(person=everybody, place=places)
    def join(self, person, place):
        paper, (learner_id, actor) = self.paper, self.people[person]
        full = paper.taken(place) >= paper.capacity[place]
        allowed = full and paper.now < paper.closes_at and not paper.waits(person) and paper.seat.get(person) != place

        def act():
            self.places[person] = join_list(self.codes[place], learner_id, self.subject(person), resit=False, by=actor,
                                            now=paper.now)

        if self.tries(allowed, act):
            paper.list[place].append(person)

    @rule(person=everybody)
    def leave(self, person):
        if person not in self.places:
            return
        paper = self.paper
        if self.tries(paper.waits(person), lambda: leave_list(self.places[person], facts=self.facts(person),
                                                              by=self.people[person][1], now=paper.now)):
            place, _ = paper.offer.pop(person, (None, None))
            for line in paper.list.values():
                if person in line:
                    line.remove(person)
            if place is not None:
                paper.hand_on(place)

    @rule(person=everybody)
    def accept(self, person):
        if person not in self.places:
            return
        paper = self.paper
        place, ends = paper.offer.get(person, (None, None))
        if self.tries(place is not None and paper.now < ends, lambda: self._accept(person)):
            del paper.offer[person]
            before, paper.seat[person] = paper.seat.get(person), place
            if before is not None:
                paper.hand_on(before)

    def _accept(self, person):
        with transaction() as session:
            offered = session.scalars(select(Booking).where(Booking.reference == self.places[person])).one()
            facts = self.facts(person, offer_ends_at=offered.offer_ends_at)
            held = session.scalar(select(Booking.reference).where(
                Booking.subject == self.subject(person), Booking.state.in_(SEATED)))
            if held:
                move_booking(held, "change", facts=facts, by=self.people[person][1], now=self.paper.now)
            move_booking(self.places[person], "accept", facts=facts, by=self.people[person][1], now=self.paper.now)

    @rule(person=everybody)
    def give_up(self, person):
        paper = self.paper
        end_bookings(self.subject(person), "cancel", facts=self.facts(person), by=self.people[person][1], now=paper.now)
        freed = [paper.seat.pop(person, None), paper.offer.pop(person, (None, None))[0]]
        for line in paper.list.values():
            if person in line:
                line.remove(person)
        for place in freed:
            if place is not None:
                paper.hand_on(place)

    @rule(place=places, seats=st.integers(0, 4))
    def change_capacity(self, place, seats):
        if self.tries(seats >= self.paper.taken(place), lambda: change_capacity(
                self.codes[place], seats, by=OFFICER, now=self.paper.now)):
            self.paper.capacity[place] = seats
            self.paper.hand_on(place)

    @rule(hours=st.sampled_from([1, 24, 47, 48, 49, 24 * 20]))
    def time_passes(self, hours):
        paper = self.paper
        paper.now += timedelta(hours=hours)
        tend_waiting_lists(paper.now)
        for person, (place, ends) in list(paper.offer.items()):
            if ends <= paper.now:
                del paper.offer[person]
                paper.hand_on(place)
        if paper.now >= paper.closes_at:
            paper.list = {place: [] for place in PLACES}

    @invariant()
    def the_program_says_what_paper_says(self):
        if not hasattr(self, "paper"):
            return
        db.session.rollback()
        paper, numbers = self.paper, {learner_id: place for place, (learner_id, _) in enumerate(self.people)}
        for place, code in enumerate(self.codes):
            sitting = db.session.scalars(select(Sitting).where(Sitting.code == code)).one()
            rows = db.session.execute(select(Booking.learner_id, Booking.state).where(
                Booking.sitting_id == sitting.id).order_by(Booking.id)).all()
            held = {numbers[one] for one, state in rows if state in SEATED}
            assert held == {person for person, at in paper.seat.items() if at == place}
            offered = {numbers[one] for one, state in rows if state == "offered"}
            assert offered == {person for person, (at, _) in paper.offer.items() if at == place}
            assert [numbers[one] for one, state in rows if state == "waitlisted"] == paper.list[place]
            assert sitting.taken == sum(state in TAKES_SEAT for _, state in rows) <= sitting.capacity


@pytest.mark.one_database
def test_whatever_people_do_in_whatever_order_the_seats_and_lists_are_those_on_paper(app):
    Seats.people, Seats.walk = (), 0
    run_state_machine_as_test(Seats, settings=settings(
        max_examples=SEAT_WALKS, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)))


SEATED_BEFORE = "held confirmed"
# move: (from, to), as lifecycles.md has it
TABLE = {
    "offer": ("waitlisted", "offered"), "accept": ("offered", "held"), "confirm": ("held", "confirmed"),
    "release_ticket": ("confirmed", "ticketed"), "check_in": ("ticketed", "present"), "start": ("confirmed", "present"),
    "mark_absent": ("ticketed confirmed", "absent"), "undo_attendance": ("present absent", "ticketed"),
    "record_present": ("ticketed absent", "present"),
    "undo_online": ("present absent", "confirmed"), "excuse": ("confirmed ticketed absent", "excused"),
    "disqualify": ("present", "disqualified"), "reinstate": ("disqualified", "present"),
    "change": (SEATED_BEFORE, "moved"), "relocate": (SEATED_BEFORE, "moved"),
    "transfer": (SEATED_BEFORE, "moved"),
    "cancel": ("waitlisted offered held confirmed ticketed", "cancelled"),
    "lapse": ("waitlisted offered held", "lapsed"),
}


class OneBooking(RuleBasedStateMachine):
    """Facts stand for every move; an offer's end lies a second before, at, or after now."""

    @initialize(state=st.sampled_from(["held", "waitlisted"]))
    def begin(self, state):
        self.state = state

    @rule(drawn=st.sampled_from(list(product(sorted(TABLE), (-1, 0, 1)))))
    def step(self, drawn):
        move, off = drawn
        facts = BookingFacts(1, NOON, starts_at=NOON, ends_at=NOON, approved=True, fee_settled=True, seated=True,
                             photo_accepted=True, identity_confirmed=True, online=move == "undo_online",
                             offer_ends_at=NOON + timedelta(seconds=off))
        sources, target = TABLE[move]
        if self.state in sources.split() and (move != "accept" or off > 0):
            assert BOOKING.require(move, self.state, OFFICE, facts, "a reason").target == target
            self.state = target
        else:
            with pytest.raises(Refused):
                BOOKING.require(move, self.state, OFFICE, facts, "a reason")

    @invariant()
    def whoever_gave_up_the_seat_never_comes_back_to_it(self):
        if getattr(self, "state", "") in {"lapsed", "cancelled", "moved", "excused"}:
            assert not [one for one in BOOKING.moves.values() if self.state in one.sources]


OneBooking.TestCase.settings = settings(max_examples=WALKS, stateful_step_count=STEPS, deadline=None)
TestAnyWalkOfABooking = OneBooking.TestCase


def test_the_table_of_a_booking_names_every_move():
    assert set(TABLE) == set(BOOKING.moves)


@pytest.mark.one_database
def test_two_seats_that_come_free_at_once_are_both_offered(app):
    """Found by a long walk: the count was read again after the first offer, and the second seat stayed empty."""
    Seats.people, Seats.walk = (), 0
    walk = Seats()
    walk.begin()
    walk.change_capacity(place=0, seats=0)
    walk.join(person=2, place=0)
    walk.join(person=5, place=0)
    walk.change_capacity(place=0, seats=2)
    walk.the_program_says_what_paper_says()
    assert set(walk.paper.offer) == {2, 5}
