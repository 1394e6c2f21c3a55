"""Tickets for on-site parts and confirmations for online ones: released, and written anew when what they say changes.

A ticket is frozen facts with a number, a version and a token; its document is made afterwards (jobs)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.admission.events import TicketReleased
from enroll.admission.models import Ticket
from enroll.admission.queries.days import window_or_sitting
from enroll.admission.queries.facts import facts_about, photos_accepted, ticket_in_force
from enroll.admission.queries.paper import LIVE_STATES, bookings_for, number_of_body, paper_facts
from enroll.admission.queries.releasing import against_confirmation, stands_against
from enroll.admission.queries.tickets import accesses_by_booking
from enroll.admission.rules.tickets import TicketKind, says_the_same
from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, NotFound, Problem, Refused, problem
from enroll.foundation.references import public_token
from enroll.foundation.words import N_
from enroll.programmes.models import Window
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.models import Booking
from enroll.sittings.services.seats import move_booking
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction
from enroll.storage.files import StoredFile


@dataclass(frozen=True)
class Done:
    """What became of one person in a bulk act: done, skipped (why), refused (why)."""

    learner_id: int
    reference: str
    outcome: str
    problems: tuple[Problem, ...] = ()


def release_tickets(code: str, *, by: Actor, now: datetime) -> list[Done]:
    """Release the tickets of a window (202701) or of one sitting: everybody with an on-site part that is confirmed.
    A person's parts go together, on one ticket, or not at all. Raises NotFound; what stands against each is in its
    row."""
    with transaction() as session:
        window, sitting_id = window_or_sitting(session, code)
        wanted = select(Booking.learner_id).where(
            Booking.window_id == window.id, Booking.state == BookingState.CONFIRMED, Booking.sitting.has(online=False)
        ).distinct().order_by(Booking.learner_id)
        if sitting_id is not None:
            wanted = wanted.where(Booking.sitting_id == sitting_id)
        return [_release(session, learner_id, window, by, now) for learner_id in session.scalars(wanted).all()]


def release_confirmations(code: str, *, by: Actor, now: datetime) -> list[Done]:
    """Write the exam confirmation of everybody registered for an online part of a window (or sitting): as soon as the
    body has sent the access, or on the window's ticket date. Those that stand and say the same are left alone."""
    if not (by.may(Permission.RUN_EXAMS) or by.may(Permission.EXCHANGE) or by.may(Permission.SYSTEM)):
        raise Refused(NOT_PERMITTED)
    with transaction() as session:
        window, sitting_id = window_or_sitting(session, code)
        wanted = select(Booking.learner_id).where(
            Booking.window_id == window.id, Booking.state == BookingState.CONFIRMED, Booking.sitting.has(online=True)
        ).distinct().order_by(Booking.learner_id)
        if sitting_id is not None:
            wanted = wanted.where(Booking.sitting_id == sitting_id)
        return [_confirm(session, learner_id, window, by, now) for learner_id in session.scalars(wanted).all()]


def renew_ticket(
    learner_id: int, window_id: int, kind: TicketKind, *, by: Actor, now: datetime
) -> Ticket | None:
    """Bring a ticket that is out up to what the bookings say now: a new version when anything on it changed, none left
    when no part is left. None where there is no ticket. For corrections, changed seats and cancelled parts."""
    with transaction() as session:
        standing = ticket_in_force(session, learner_id, window_id, kind)
        if standing is None:
            return None
        window = session.get_one(Window, window_id)
        states = LIVE_STATES if kind is TicketKind.CONFIRMATION else LIVE_STATES - {BookingState.CONFIRMED}
        return _write(session, learner_id, window, kind, states, by, now)


def keep_documents(token: str, file: StoredFile, image: StoredFile) -> None:
    """Keep the rendered ticket; a second run of the handler changes nothing."""
    with transaction() as session:
        ticket = lock(session, Ticket, Ticket.token == token)
        if ticket.file_id is None:
            session.add_all([file, image])
            session.flush()
            ticket.file_id, ticket.image_id = file.id, image.id


def note_secret_shown(number: str, learner_id: int, *, by: Actor, now: datetime) -> None:
    """A learner asked for their own exam password: the fact is kept, never the password."""
    with transaction() as session:
        audit.record(session, "ticket.show_secret", number, by=by, now=now, learner_id=learner_id)


def _release(session: Session, learner_id: int, window: Window, by: Actor, now: datetime) -> Done:
    bookings = _locked(session, learner_id, window, TicketKind.TICKET)
    due = [one for one in bookings if one.state == BookingState.CONFIRMED]
    if not due:
        return Done(learner_id, "", "skipped", (problem("nothing_due", N_("The ticket is released already.")),))
    found = stands_against(bookings, photos_accepted(session, [learner_id]), by=by, now=now)
    if found:
        return Done(learner_id, due[0].reference, "refused", found)
    for booking in due:
        move_booking(booking.reference, "release_ticket", facts=facts_about(session, booking, now), by=by, now=now)
    session.flush()
    _write(session, learner_id, window, TicketKind.TICKET, LIVE_STATES - {BookingState.CONFIRMED}, by, now)
    return Done(learner_id, due[0].reference, "done")


def _confirm(session: Session, learner_id: int, window: Window, by: Actor, now: datetime) -> Done:
    bookings = _locked(session, learner_id, window, TicketKind.CONFIRMATION)
    against = against_confirmation(bookings, accesses_by_booking(session, [one.id for one in bookings]), window, by=by,
                                   now=now)
    if against:
        return Done(learner_id, bookings[0].reference, "refused" if OWN_RECORD in against else "skipped", against)
    before = ticket_in_force(session, learner_id, window.id, TicketKind.CONFIRMATION)
    after = _write(session, learner_id, window, TicketKind.CONFIRMATION, LIVE_STATES, by, now)
    if before is not None and after is before:
        same = problem("nothing_due", N_("The confirmation is out and says the same."))
        return Done(learner_id, bookings[0].reference, "skipped", (same,))
    return Done(learner_id, bookings[0].reference, "done")


def _locked(session: Session, learner_id: int, window: Window, kind: TicketKind) -> Sequence[Booking]:
    """A person's live bookings of one kind, the theory exam first; locked, so that a ticket is written by one at a
    time."""
    found = bookings_for(session, learner_id, window.id, kind, lock=True)
    if not found:
        raise NotFound("Booking")
    return found


def _write(
    session: Session, learner_id: int, window: Window, kind: TicketKind, states: frozenset[BookingState], by: Actor,
    now: datetime,
) -> Ticket | None:
    """The ticket that says what the bookings say: the one that stands, or a new version. Nobody sits a part they are
    excused from, so it stands on no ticket."""
    states -= {BookingState.EXCUSED}
    bookings = [one for one in bookings_for(session, learner_id, window.id, kind, lock=True) if one.state in states]
    standing = ticket_in_force(session, learner_id, window.id, kind)
    facts = paper_facts(session, bookings, window, kind) if bookings else {}
    body_number = number_of_body(session, bookings) if kind is TicketKind.TICKET else ""
    numbered = standing is not None and (not body_number or body_number == standing.number)
    if standing is not None and numbered and says_the_same(standing.facts, facts):
        return standing
    newest = session.scalar(select(func.max(Ticket.ticket_version)).where(
        Ticket.learner_id == learner_id, Ticket.window_id == window.id, Ticket.kind == str(kind))) or 0
    if standing is not None:
        standing.replaced_at = now
        session.flush()
    if not bookings:
        audit.record(session, "ticket.withdraw", standing.number if standing else "", by=by, now=now,
                     learner_id=learner_id)
        return None
    ours = standing.number if standing is not None else ""
    ticket = Ticket(
        number=body_number or ours or next_reference(session, "T", group=window.code[2:]), token=public_token(),
        learner_id=learner_id, window_id=window.id, kind=str(kind), ticket_version=newest + 1, facts=facts,
        released_at=now,
    )
    session.add(ticket)
    session.flush()
    audit.record(session, "ticket.release", ticket.number, by=by, now=now, learner_id=learner_id, kind=str(kind),
                 version=ticket.ticket_version)
    outbox.record(session, TicketReleased(learner_id, ticket.token, str(kind), ticket.ticket_version), now)
    return ticket
