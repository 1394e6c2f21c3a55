"""Rooms and seats: by rule for a whole sitting, by hand for one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.admission.queries.days import rooms_of
from enroll.admission.rules.seats import free_seats, seat_exists
from enroll.admission.rules.tickets import TicketKind
from enroll.admission.services.tickets import renew_ticket
from enroll.audit import services as audit
from enroll.audit.moves import expect_version
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, NotFound, Refused, problem
from enroll.foundation.words import N_
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.models import Booking, Sitting
from enroll.storage.database import lock, transaction

S = BookingState
SEATED_STATES = (S.CONFIRMED, S.TICKETED, S.PRESENT, S.ABSENT, S.EXCUSED, S.DISQUALIFIED)


@dataclass(frozen=True)
class Allocation:
    """How many were given a seat, had one already, and found none."""

    seated: int
    kept: int
    without: int


def allocate_seats(sitting_code: str, *, by: Actor, now: datetime) -> Allocation:
    """Give everybody confirmed who has no seat yet the next free one; seats already given stay. Pressing again changes
    nothing. Raises NotFound, and Refused for an online period or a sitting without rooms."""
    with transaction() as session:
        sitting = _sitting(session, sitting_code, by)
        rooms = rooms_of(session, sitting)
        if sitting.online or not rooms:
            raise Refused(problem("no_rooms", N_("This sitting has no rooms: an online period needs none, a site's "
                                                 "rooms are named where the sitting is planned.")))
        bookings = _locked(session, sitting)
        waiting = [one for one in bookings if one.state == S.CONFIRMED and one.seat_no is None]
        taken = {(one.room_id, one.seat_no) for one in bookings if one.room_id and one.seat_no}
        seats = free_seats(rooms, taken, len(waiting))
        for booking, (room_id, seat_no) in zip(waiting, seats, strict=False):
            booking.room_id, booking.seat_no, booking.version = room_id, seat_no, booking.version + 1
        done = Allocation(len(seats), len(taken), len(waiting) - len(seats))
        if seats:
            audit.record(session, "sitting.allocate_seats", sitting_code, by=by, now=now, seated=done.seated,
                         kept=done.kept, without=done.without)
        return done


def change_seat(
    reference: str, room_code: str, seat_no: int, *, by: Actor, now: datetime, seen_version: int | None = None,
    swap: bool = False, reason: str = "",
) -> None:
    """Another room or seat for one person; `swap` gives whoever sits there the seat that becomes free. Tickets that are
    out are written anew. Raises Refused for a seat that is taken, unknown, or one's own booking; Stale; NotFound."""
    with transaction() as session:
        booking, other, room_id = _both_locked(session, reference, room_code, seat_no, by)
        expect_version(booking, seen_version)
        if other is not None and not swap:
            raise Refused(problem("seat_taken", N_("This seat is taken. Tick the box to change the two."),
                                  field="seat_no"))
        before = (booking.room_id, booking.seat_no)
        booking.room_id = booking.seat_no = None
        if other is not None:
            other.room_id = other.seat_no = None
        session.flush()  # the database refuses a seat given twice, also for the blink of an exchange
        booking.room_id, booking.seat_no = room_id, seat_no
        if other is not None:
            other.room_id, other.seat_no = before
        for one in filter(None, (booking, other)):
            one.version += 1
            audit.record(session, "booking.change_seat", one.reference, by=by, now=now, learner_id=one.learner_id,
                         reason=reason, room_id=one.room_id, seat_no=one.seat_no, before=list(before))
            if one.state == S.TICKETED:
                session.flush()
                renew_ticket(one.learner_id, one.window_id, TicketKind.TICKET, by=by, now=now)


def _sitting(session: Session, code: str, by: Actor) -> Sitting:
    if not by.may(Permission.RUN_EXAMS):
        raise Refused(NOT_PERMITTED)
    found = session.scalar(select(Sitting).where(Sitting.code == code))
    if found is None:
        raise NotFound(code)
    return found


def _locked(session: Session, sitting: Sitting) -> Sequence[Booking]:
    """Everybody with a place in the sitting, in the order they booked; the order in which they are locked too."""
    return session.scalars(
        select(Booking).where(Booking.sitting_id == sitting.id, Booking.state.in_(SEATED_STATES)).order_by(Booking.id)
        .with_for_update(of=Booking).execution_options(populate_existing=True)
    ).all()


def _both_locked(
    session: Session, reference: str, room_code: str, seat_no: int, by: Actor
) -> tuple[Booking, Booking | None, int]:
    """The booking and whoever has the wanted seat, locked in the order of their ids; and the room's id."""
    known = session.scalar(select(Booking).where(Booking.reference == reference))
    if known is None:
        raise NotFound(reference)
    sitting = _sitting(session, known.sitting.code, by)
    rooms = rooms_of(session, sitting)
    room_id = next((one.room_id for one in rooms if one.code == room_code), 0)
    wrong = seat_exists(rooms, room_id, seat_no)
    if wrong is not None:
        raise Refused(wrong)
    bookings = _locked(session, sitting)
    booking = lock(session, Booking, Booking.reference == reference)
    other = next((one for one in bookings if (one.room_id, one.seat_no) == (room_id, seat_no)
                  and one.id != booking.id), None)
    _may_be_moved(booking, by)
    if other is not None:
        _may_be_moved(other, by)
    return booking, other, room_id


def _may_be_moved(booking: Booking, by: Actor) -> None:
    if booking.learner.account_id == by.account_id:
        raise Refused(OWN_RECORD)
    if booking.state not in {S.CONFIRMED, S.TICKETED}:
        raise Refused(problem("seat_is_fixed", N_("The seat of somebody who has sat, or is not registered, stays.")))
