"""Seats taken and given back, and places in the lists of full sittings."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.audit.moves import begin, make_move
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NotFound, Problem, Refused, problem
from enroll.foundation.words import N_, say
from enroll.programmes.queries.programmes import rules_of
from enroll.sittings.events import BookingMoved
from enroll.sittings.lifecycle import BOOKING, LIVE, PART_NAMES, TAKES_SEAT, WAITING, BookingState, Part
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.queries import sits_in, turn_of, waits_for
from enroll.sittings.rules import BookingFacts, against_joining
from enroll.sittings.services.counting import give_back_seat, hold_count, take_seat
from enroll.sittings.services.offering import offer_free_seats
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction


def hold_seats(
    codes: Sequence[str], learner_id: int, subject: str, *, resit: bool, by: Actor, now: datetime,
    or_wait_in: Collection[str] = (),
) -> list[str]:
    """Hold a seat in each of these sittings, or in none; gives the bookings' references. In those of `or_wait_in` that
    are full, join the list instead.

    Raises Refused naming every sitting that is full or closed. All seats are taken before anything else is written,
    in the order of the sittings' ids: two learners who want the same two sittings cannot wait for each other.
    """
    with transaction() as session:
        sittings = _in_order_of_locks(session, codes)
        for one in sittings:
            if one.code in or_wait_in:
                hold_count(session, one.id)
        missed = [one for one in sittings if not take_seat(session, one.id)]
        against = [_not_taken(session, one) for one in missed if one.code not in or_wait_in]
        if against:
            raise Refused(against)
        seated = [book(session, one, learner_id, subject, resit, by, now) for one in sittings if one not in missed]
        return seated + [join_list(one.code, learner_id, subject, resit=resit, by=by, now=now) for one in missed]


def join_list(
    code: str, learner_id: int, subject: str, *, resit: bool, by: Actor, now: datetime, own_end: datetime | None = None
) -> str:
    """Join the list of a full sitting, at its end; gives the booking's reference. `own_end` is this learner's own,
    later end of it. Raises Refused where there is a free seat, the list is closed, or the rules allow no place beside
    the seats this learner has."""
    with transaction() as session:
        sitting = hold_count(session, _in_order_of_locks(session, [code])[0].id)
        rules = rules_of(sitting.window.programme, local_day(now))
        turn = turn_of(session, learner_id, sitting, resit=resit, now=now, rules=rules, own_end=own_end)
        found = list(against_joining(now=now, list_closes_at=turn.list_closes_at, seats_left=sitting.seats_left,
                                     closed=sitting.closed_at is not None, turn=turn))
        if waits_for(session, learner_id, sitting.window_id, sitting.part):
            found.append(problem("waits_already", N_("You wait for this part already; one list at a time."),
                                 field="sitting"))
        if sits_in(session, learner_id, sitting.id):
            found.append(problem("same_sitting_list", N_("You have a seat in this sitting."), field="sitting"))
        if found:
            raise Refused(found)
        return book(session, sitting, learner_id, subject, resit, by, now, into=BookingState.WAITLISTED,
                    own_end=own_end)


def leave_list(reference: str, *, facts: BookingFacts, by: Actor, now: datetime, reason: str = "") -> Booking:
    """Give up a place in a list, or decline the seat that was offered; it goes to the next person at once."""
    with transaction() as session:
        booking = lock(session, Booking, Booking.reference == reference)
        if booking.state not in WAITING:
            raise Refused(problem("not_waiting", N_("This is no place in a waiting list any more.")))
        return move_booking(reference, "cancel", facts=facts, by=carrying_out(by), now=now, reason=reason)


def move_booking(
    reference: str, move_name: str, *, facts: BookingFacts, by: Actor, now: datetime, reason: str = "", **details: Any
) -> Booking:
    """Make one move of a booking; a move that gives up the seat gives it back in the same transaction."""
    with transaction() as session:
        booking = lock(session, Booking, Booking.reference == reference)
        before = booking.state
        make_move(session, BOOKING, booking, move_name, by=by, now=now, facts=facts, reason=reason, **details)
        if before in TAKES_SEAT and booking.state not in TAKES_SEAT:
            give_back_seat(session, booking.sitting_id)
            session.flush()
            offer_free_seats(session, booking.sitting_id, now=now)
        outbox.record(session, BookingMoved(booking.learner_id, reference, move_name, booking.state), now)
        return booking


def end_bookings(
    subject: str, move_name: str, *, facts: BookingFacts, by: Actor, now: datetime, reason: str = ""
) -> int:
    """Cancel or lapse every live booking of one application, because the application came to its end; gives how many.

    What the application's own lifecycle allowed is carried out here: the person stays on the record.
    """
    with transaction() as session:
        wanted = select(Booking.reference).where(Booking.subject == subject, Booking.state.in_(LIVE))
        references = session.scalars(wanted.order_by(Booking.sitting_id)).all()
        for reference in references:
            move_booking(reference, move_name, facts=facts, by=carrying_out(by), now=now, reason=reason)
        return len(references)


def carrying_out(by: Actor) -> Actor:
    """The same person, for a move that follows from one they were allowed to make."""
    return replace(by, permissions=by.permissions | {Permission.SYSTEM})


def _in_order_of_locks(session: Session, codes: Sequence[str]) -> Sequence[Sitting]:
    found = session.scalars(select(Sitting).where(Sitting.code.in_(codes)).order_by(Sitting.id)).all()
    if len(found) != len(set(codes)):
        raise NotFound("Sitting")
    return found


def _not_taken(session: Session, sitting: Sitting) -> Problem:
    session.refresh(sitting)
    what, field = say(PART_NAMES[Part(sitting.part)]), f"sitting_{sitting.part}"
    if sitting.closed_at is not None:
        return problem("sitting_closed", N_("%(part)s at %(site)s takes nobody in any more; choose another sitting."),
                       field=field, part=what, site=sitting.site.name)
    return problem("sitting_full", N_("%(part)s at %(site)s has no seats left; choose another sitting."),
                   field=field, part=what, site=sitting.site.name)


def book(
    session: Session, sitting: Sitting, learner_id: int, subject: str, resit: bool, by: Actor, now: datetime, *,
    into: BookingState = BookingState.HELD, own_end: datetime | None = None,
) -> str:
    """Write a booking of a seat that was taken, or (`into` waitlisted) of a place in the list; gives its reference."""
    booking = Booking(
        reference=next_reference(session, "B", group=sitting.window.code[2:]), learner_id=learner_id,
        window_id=sitting.window_id, sitting_id=sitting.id, part=sitting.part, subject=subject, resit=resit,
        booked_at=now, list_until=own_end,
    )
    begin(session, BOOKING, booking, by=by, now=now, into=into,
          sitting=sitting.code, application=subject)
    return booking.reference


def extend_places(subject: str, *, list_until: datetime | None = None, offer_until: datetime | None = None) -> int:
    """Give the places of one application in lists a later end of their own, or its offers one; never an earlier end.
    Gives how many it changed. Whoever grants it keeps the record of why."""
    with transaction() as session:
        wanted = select(Booking.reference).where(Booking.subject == subject, Booking.state.in_(WAITING))
        changed = 0
        for reference in session.scalars(wanted.order_by(Booking.id)).all():
            booking = lock(session, Booking, Booking.reference == reference)
            if list_until is not None and list_until > (booking.list_until or booking.booked_at):
                booking.list_until, changed = list_until, changed + 1
            if offer_until is not None and booking.offer_ends_at is not None and offer_until > booking.offer_ends_at:
                booking.offer_ends_at, booking.offer_warned_at = offer_until, None
                changed += 1
            booking.version += 1
        session.flush()
        return changed
