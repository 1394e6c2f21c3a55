"""A sitting's list for an hour without a line, and what became of the marks that were made on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enroll.admission.models import OfflineMark, Ticket
from enroll.admission.queries.days import everybody_expected
from enroll.admission.rules.tickets import TicketKind
from enroll.foundation.problems import Problem
from enroll.foundation.words import Words
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.models import Booking, Sitting


@dataclass(frozen=True)
class Listed:
    """Somebody who may come, the ticket's number and version as they stood when the list was opened, and whether they
    are in."""

    booking: Booking
    ticket_no: str
    ticket_version: int | None

    @property
    def inside(self) -> bool:
        return self.booking.state == BookingState.PRESENT


def list_of(session: Session, sitting: Sitting) -> list[Listed]:
    """Everybody who may come, in the order of room and seat."""
    tickets = {one.learner_id: one for one in session.scalars(select(Ticket).where(
        Ticket.window_id == sitting.window_id, Ticket.kind == str(TicketKind.TICKET), Ticket.replaced_at.is_(None)))}
    found = []
    for one in everybody_expected(session, sitting.id):
        if one.state in (BookingState.EXCUSED, BookingState.DISQUALIFIED):
            continue
        ticket = tickets.get(one.learner_id)
        found.append(Listed(one, ticket.number if ticket else "", ticket.ticket_version if ticket else None))
    return found


def marks_of(session: Session, sitting_id: int, token: str) -> Sequence[OfflineMark]:
    """What became of one list's marks: the alarms first, then what was not taken over."""
    rows = session.scalars(select(OfflineMark).where(
        OfflineMark.sitting_id == sitting_id, OfflineMark.token == token).options(
        joinedload(OfflineMark.booking).joinedload(Booking.learner)).order_by(OfflineMark.id)).all()
    order = {"already": 0, "refused": 1}
    return sorted(rows, key=lambda one: order.get(one.outcome, 2))


def lists_merged(session: Session, sitting_id: int) -> Sequence[tuple[str, str, datetime]]:
    """The lists of a sitting that were merged: token, by whom, when first; the newest first."""
    rows = session.execute(select(OfflineMark.token, OfflineMark.merged_by_name, OfflineMark.merged_at).where(
        OfflineMark.sitting_id == sitting_id).order_by(OfflineMark.id)).all()
    first = {token: (token, name, at) for token, name, at in reversed(rows)}
    return sorted(first.values(), key=lambda one: one[2], reverse=True)


def problems_of(mark: OfflineMark) -> list[Problem]:
    """The reasons as they were given, for their reader."""
    return [Problem(one["code"], Words(one["message"], tuple(sorted(
        (name, datetime.fromisoformat(value) if name in one["moments"] else value)
        for name, value in one["values"].items())))) for one in mark.problems]
