"""Who stands at the door: from what they show to their place in this sitting, or the reason to refuse them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enroll.admission.models import Attendance, Ticket
from enroll.admission.queries.days import last_entry
from enroll.admission.queries.facts import facts_with
from enroll.admission.queries.paper import LIVE_STATES
from enroll.admission.queries.tickets import ticket_shown
from enroll.admission.rules.door import already_in, booked_nowhere_here, is_excused, nobody_known, not_in_this_sitting
from enroll.admission.rules.tickets import TicketKind
from enroll.foundation.problems import Problem
from enroll.learners.models import Learner
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.rules import may_check_in

TAIL = re.compile(r"[0-9]{3}[0-9Xx]|[0-9A-Za-z]{4}")
MOST_OF_ONE_TAIL = 10


@dataclass(frozen=True)
class AtTheDoor:
    """`shown_version` is known when the code was scanned; `problems` stand against letting them in now, whatever is
    still to be compared; `alarm` is the one that calls for the person in charge; `several` are all whose document ends
    with what was typed, where that is more than one."""

    booking: Booking | None
    ticket: Ticket | None = None
    shown_version: int | None = None
    problems: tuple[Problem, ...] = ()
    entered: Attendance | None = None
    several: Sequence[Booking] = ()

    @property
    def too_late(self) -> bool:
        return any(one.code == "too_late" for one in self.problems)

    @property
    def alarm(self) -> bool:
        return any(one.code == "already_in" for one in self.problems)


def at_the_door(session: Session, sitting: Sitting, shown: str, now: datetime) -> AtTheDoor:
    """`shown` is a scanned code, a ticket number, a booking's reference, or the last four characters of a document."""
    ticket = ticket_shown(session, shown)
    version = ticket.ticket_version if ticket is not None and ticket.token == shown else None
    booked = session.scalar(select(Booking).where(Booking.reference == shown.upper())) if ticket is None else None
    if ticket is None and booked is None and TAIL.fullmatch(shown):
        alike = _with_tail(session, sitting, shown)
        if len(alike) > 1:
            return AtTheDoor(None, several=alike)
        booked = next(iter(alike), None)
    if ticket is None and booked is None:
        return AtTheDoor(None, problems=(nobody_known(),))
    learner_id = ticket.learner_id if ticket is not None else booked.learner_id  # type: ignore[union-attr]
    here = _here(session, learner_id, sitting)
    if here is None:
        return AtTheDoor(None, ticket, version, (_elsewhere(session, learner_id, sitting),))
    booking, standing = here
    entered = last_entry(session, booking.id) if booking.state == BookingState.PRESENT else None
    if entered is not None:
        alarm = already_in(entered.device_at or entered.at, entered.recorded_by_name)
        return AtTheDoor(booking, standing, version, (alarm,), entered)
    if booking.state == BookingState.EXCUSED:
        return AtTheDoor(booking, standing, version, (is_excused(),))
    found = may_check_in(facts_with(session, booking, standing, now, ticket_version=version, identity_confirmed=True))
    return AtTheDoor(booking, standing, version, (found,) if found else ())


def _with_tail(session: Session, sitting: Sitting, tail: str) -> Sequence[Booking]:
    return session.scalars(select(Booking).join(Learner, Learner.id == Booking.learner_id).where(
        Booking.sitting_id == sitting.id, Booking.state.in_(LIVE_STATES), Learner.id_number_mask.ilike(f"%{tail}"),
    ).options(joinedload(Booking.learner), joinedload(Booking.room)).order_by(Booking.id).limit(MOST_OF_ONE_TAIL)).all()


def _here(session: Session, learner_id: int, sitting: Sitting) -> tuple[Booking, Ticket | None] | None:
    """The booking in this sitting, with the ticket in force."""
    holds = (Ticket.learner_id == Booking.learner_id) & (Ticket.window_id == Booking.window_id) & (
        Ticket.kind == TicketKind.TICKET) & Ticket.replaced_at.is_(None)
    found = session.execute(select(Booking, Ticket).outerjoin(Ticket, holds).where(
        Booking.learner_id == learner_id, Booking.sitting_id == sitting.id, Booking.state.in_(LIVE_STATES),
    ).options(joinedload(Booking.learner), joinedload(Booking.room))).first()
    return (found[0], found[1]) if found is not None else None


def _elsewhere(session: Session, learner_id: int, sitting: Sitting) -> Problem:
    other = session.scalar(select(Booking).where(
        Booking.learner_id == learner_id, Booking.window_id == sitting.window_id, Booking.state.in_(LIVE_STATES),
    ).order_by((Booking.part == sitting.part).desc(), Booking.id).limit(1))
    if other is None:
        return booked_nowhere_here()
    return not_in_this_sitting(f"{other.sitting.code} · {other.sitting.site.name}", other.sitting.starts_at)
