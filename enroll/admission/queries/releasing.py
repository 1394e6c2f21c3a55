"""Who gets a ticket or a confirmation when they are released in bulk, and why somebody gets none: looked at before the
press, and decided by the same functions at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enroll.admission.models import ExamAccess, Ticket
from enroll.admission.queries.facts import photos_accepted
from enroll.admission.queries.paper import ASKED_STATES
from enroll.admission.queries.tickets import accesses_by_booking, confirmation_is_due
from enroll.admission.rules.tickets import TicketKind, access_awaited, of_part, part_not_confirmed
from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem, Refused
from enroll.programmes.models import Window
from enroll.sittings.lifecycle import BOOKING, BookingState, Part
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.rules import BookingFacts


@dataclass(frozen=True)
class Foreseen:
    """What a run would do for one person: they get it, or nothing for these reasons. `unseated` are the codes of the
    sittings in which they have no seat yet."""

    booking: Booking
    problems: tuple[Problem, ...]
    unseated: tuple[str, ...] = ()


def tickets_foreseen(session: Session, sitting: Sitting, *, by: Actor, now: datetime) -> list[Foreseen]:
    """Of everybody registered for a sitting on site who has no ticket yet, in the order they are released."""
    people = _people_of(session, sitting, online=False)
    photos = photos_accepted(session, [those[0].learner_id for those in people])
    return [Foreseen(_first_due(those), stands_against(those, photos, by=by, now=now), tuple(
        one.sitting.code for one in those if one.seat_no is None)) for those in people]


def confirmations_foreseen(session: Session, sitting: Sitting, *, by: Actor, now: datetime) -> list[Foreseen]:
    """Of everybody registered for an online sitting. Whose confirmation is out and says the same gets no other one."""
    people = _people_of(session, sitting, online=True)
    accesses = accesses_by_booking(session, [one.id for those in people for one in those])
    return [Foreseen(those[0], against_confirmation(those, accesses, sitting.window, by=by, now=now))
            for those in people]


def confirmed_already(session: Session, foreseen: Sequence[Foreseen]) -> set[int]:
    """Those learners whose confirmation is out: they get a new version only where it would say something else."""
    if not foreseen:
        return set()
    return set(session.scalars(select(Ticket.learner_id).where(
        Ticket.learner_id.in_([one.booking.learner_id for one in foreseen]),
        Ticket.window_id == foreseen[0].booking.window_id, Ticket.kind == TicketKind.CONFIRMATION,
        Ticket.replaced_at.is_(None))))


def stands_against(
    bookings: Sequence[Booking], photos: set[int], *, by: Actor, now: datetime
) -> tuple[Problem, ...]:
    """Every reason why a person gets no ticket for these bookings of theirs, which go together on one and of which one
    at least is due; `photos` are the learners whose photo is accepted."""
    of_each = {one: _refused(one, one.learner_id in photos, by, now) for one in bookings
               if one.state == BookingState.CONFIRMED}
    # What stands against all parts is said once; another reason says which part it is about.
    of_all = set.intersection(*map(set, of_each.values()))
    found = [against if against in of_all else of_part(Part(one.part), against)
             for one, those in of_each.items() for against in those]
    found += [part_not_confirmed(Part(one.part)) for one in bookings
              if one.state in {BookingState.HELD, BookingState.OFFERED}]
    return tuple(dict.fromkeys(found))


def against_confirmation(
    bookings: Sequence[Booking], accesses: dict[int, ExamAccess], window: Window, *, by: Actor, now: datetime
) -> tuple[Problem, ...]:
    """Why a person gets no confirmation of these online parts."""
    if any(one.learner.account_id == by.account_id for one in bookings):
        return (OWN_RECORD,)
    return () if confirmation_is_due(bookings, accesses, window, now) else (access_awaited(window.ticket_from),)


def _refused(booking: Booking, photo_accepted: bool, by: Actor, now: datetime) -> Sequence[Problem]:
    facts = BookingFacts(
        learner_account_id=booking.learner.account_id, now=now, online=booking.sitting.online,
        ticket_from=booking.window.ticket_from, photo_accepted=photo_accepted,
        seated=booking.room_id is not None and booking.seat_no is not None)
    try:
        BOOKING.require("release_ticket", booking.state, by, facts)
    except Refused as refused:
        return refused.problems
    return ()


def _people_of(session: Session, sitting: Sitting, *, online: bool) -> list[list[Booking]]:
    """Of each who is registered for the sitting: all that they have booked of its kind in the window, theory first."""
    registered = select(Booking.learner_id).where(
        Booking.sitting_id == sitting.id, Booking.state == BookingState.CONFIRMED)
    wanted = select(Booking).where(
        Booking.window_id == sitting.window_id, Booking.learner_id.in_(registered), Booking.state.in_(ASKED_STATES),
        Booking.sitting.has(online=online),
    ).options(joinedload(Booking.learner), joinedload(Booking.sitting), joinedload(Booking.window),
              joinedload(Booking.room)).order_by(Booking.learner_id, Booking.part.desc(), Booking.id)
    return [list(those) for _who, those in groupby(session.scalars(wanted), key=lambda one: one.learner_id)]


def _first_due(bookings: Sequence[Booking]) -> Booking:
    return next(one for one in bookings if one.state == BookingState.CONFIRMED)
