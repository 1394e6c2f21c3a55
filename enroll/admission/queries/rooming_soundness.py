"""Does the rooming still hold? Asked by `flask doctor`; each fault in a sentence."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enroll.admission.models import Rooming, Ticket
from enroll.admission.queries.paper import LIVE_STATES
from enroll.admission.rules.tickets import TicketKind
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.models import Booking, ExamRoom, Sitting

SITS = (Booking.state.in_(LIVE_STATES), Booking.seat_no.is_not(None))


def unsound_rooming(session: Session) -> Iterator[str]:
    """Two people on one seat, somebody in a seat that a room does not have or in a room of another site, and a ticket
    of a frozen rooming that names another seat than its holder's."""
    yield from _shared_seats(session)
    yield from _seats_beyond(session)
    yield from _other_tickets(session)


def _shared_seats(session: Session) -> Iterator[str]:
    shared = (
        select(Sitting.code, ExamRoom.code, Booking.seat_no, func.count())
        .join(Sitting, Sitting.id == Booking.sitting_id).join(ExamRoom, ExamRoom.id == Booking.room_id).where(*SITS)
        .group_by(Sitting.code, ExamRoom.code, Booking.seat_no).having(func.count() > 1))
    for code, room, seat, people in session.execute(shared.order_by(Sitting.code, ExamRoom.code, Booking.seat_no)):
        yield f"sitting {code} room {room} seat {seat} is given to {people} people"


def _seats_beyond(session: Session) -> Iterator[str]:
    beyond = (
        select(Booking.reference, ExamRoom.code, Booking.seat_no, ExamRoom.seats, ExamRoom.site_id, Sitting.site_id)
        .join(Sitting, Sitting.id == Booking.sitting_id).join(ExamRoom, ExamRoom.id == Booking.room_id)
        .where(*SITS, (Booking.seat_no > ExamRoom.seats) | (Booking.seat_no < 1)
               | (ExamRoom.site_id != Sitting.site_id)).order_by(Booking.id))
    for reference, room, seat, seats, site, sittings_site in session.execute(beyond):
        if site != sittings_site:
            yield f"booking {reference} sits in room {room}, which is not of its site"
        else:
            yield f"booking {reference} has seat {seat} of room {room}, which has {seats}"


def _other_tickets(session: Session) -> Iterator[str]:
    """Only rooming that is frozen is asked: before, seats may still move ahead of their tickets."""
    held = (
        select(Booking, Ticket).join(Rooming, Rooming.sitting_id == Booking.sitting_id)
        .join(Ticket, (Ticket.learner_id == Booking.learner_id) & (Ticket.window_id == Booking.window_id))
        .where(Rooming.frozen_at.is_not(None), Booking.state == BookingState.TICKETED, Ticket.replaced_at.is_(None),
               Ticket.kind == str(TicketKind.TICKET)).order_by(Booking.id))
    for booking, ticket in session.execute(held):
        here = (booking.room.code if booking.room else "", f"{booking.seat_no or 0:02d}")
        said = [(one["room"], one["seat"]) for one in ticket.facts["parts"] if one["booking"] == booking.reference]
        if said != [here]:
            yield f"ticket {ticket.number} of booking {booking.reference} names another seat than {here[0]} {here[1]}"
