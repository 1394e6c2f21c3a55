"""Taking and giving back seats. The database does the counting, so two callers cannot both win."""

from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from enroll.audit.moves import begin, make_move
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.sittings.lifecycle import BOOKING, TAKES_SEAT
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.rules import BookingFacts
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction


def sitting_full(part: str) -> Problem:
    return problem("sitting_full", N_("This sitting has no seats left; choose another one."), field=f"sitting_{part}")


def take_seat(session: Session, sitting_id: int) -> None:
    """Take one seat, or raise Refused. One conditional UPDATE: the row's lock is held for as short as can be."""
    taken = session.execute(
        update(Sitting)
        .where(Sitting.id == sitting_id, Sitting.taken < Sitting.capacity, Sitting.closed_at.is_(None))
        .values(taken=Sitting.taken + 1)
    )
    if not _touched(taken):
        sitting = session.get_one(Sitting, sitting_id)
        raise Refused(sitting_full(sitting.part))


def give_back_seat(session: Session, sitting_id: int) -> None:
    session.execute(
        update(Sitting).where(Sitting.id == sitting_id, Sitting.taken > 0).values(taken=Sitting.taken - 1)
    )


def hold(
    sitting: Sitting, learner_id: int, subject: str, *, resit: bool, by: Actor, now: datetime,
    held_until: datetime | None = None,
) -> str:
    """Book a seat for a learner, held until the decision; gives the booking's reference. Raises Refused when full."""
    with transaction() as session:
        take_seat(session, sitting.id)
        booking = Booking(
            reference=next_reference(session, "B", group=sitting.window.code[2:]), learner_id=learner_id,
            window_id=sitting.window_id, sitting_id=sitting.id, part=sitting.part, subject=subject, resit=resit,
            booked_at=now, held_until=held_until,
        )
        begin(session, BOOKING, booking, by=by, now=now, sitting=sitting.code, application=subject)
        return booking.reference


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
        return booking


def _touched(result: Any) -> bool:
    return isinstance(result, CursorResult) and result.rowcount == 1
