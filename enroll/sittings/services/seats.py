"""Taking and giving back seats. The database does the counting, so two callers cannot both win."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.audit.moves import begin, make_move
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NotFound, Problem, Refused, problem
from enroll.foundation.words import N_, say
from enroll.sittings.events import BookingMoved
from enroll.sittings.lifecycle import BOOKING, LIVE, PART_NAMES, TAKES_SEAT, Part
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.rules import BookingFacts
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction


def hold_seats(
    codes: Sequence[str], learner_id: int, subject: str, *, resit: bool, by: Actor, now: datetime
) -> list[str]:
    """Hold a seat in each of these sittings, or in none; gives the bookings' references.

    Raises Refused naming every sitting that is full or closed. All seats are taken before anything else is written,
    in the order of the sittings' ids: two learners who want the same two sittings cannot wait for each other.
    """
    with transaction() as session:
        sittings = _in_order_of_locks(session, codes)
        missed = [_not_taken(session, one) for one in sittings if not take_seat(session, one.id)]
        if missed:
            raise Refused(missed)
        return [_book(session, one, learner_id, subject, resit, by, now) for one in sittings]


def take_seat(session: Session, sitting_id: int) -> bool:
    """Take one seat; False where there is none. One conditional UPDATE, so the count is right whoever else presses."""
    taken = session.execute(
        update(Sitting)
        .where(Sitting.id == sitting_id, Sitting.taken < Sitting.capacity, Sitting.closed_at.is_(None))
        .values(taken=Sitting.taken + 1)
    )
    return _touched(taken)


def give_back_seat(session: Session, sitting_id: int) -> None:
    session.execute(
        update(Sitting).where(Sitting.id == sitting_id, Sitting.taken > 0).values(taken=Sitting.taken - 1)
    )


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


def _book(
    session: Session, sitting: Sitting, learner_id: int, subject: str, resit: bool, by: Actor, now: datetime
) -> str:
    booking = Booking(
        reference=next_reference(session, "B", group=sitting.window.code[2:]), learner_id=learner_id,
        window_id=sitting.window_id, sitting_id=sitting.id, part=sitting.part, subject=subject, resit=resit,
        booked_at=now,
    )
    begin(session, BOOKING, booking, by=by, now=now, sitting=sitting.code, application=subject)
    return booking.reference


def _touched(result: Any) -> bool:
    return isinstance(result, CursorResult) and result.rowcount == 1
