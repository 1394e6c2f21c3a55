"""What the issuing body assigns to a booking: ticket number, exam account, password and link."""

from dataclasses import dataclass
from datetime import datetime

from enroll.admission.models import ExamAccess
from enroll.admission.queries.tickets import number_held_by_another
from enroll.admission.rules.tickets import TicketKind, ticket_no_taken
from enroll.admission.services.tickets import renew_ticket
from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused
from enroll.sittings.models import Booking
from enroll.storage.database import lock, transaction


@dataclass(frozen=True)
class GivenAccess:
    """One row of the body's reply. The password is sealed in its column and shown to its learner alone."""

    ticket_no: str = ""
    exam_account: str = ""
    exam_secret: str = ""
    exam_link: str = ""


def record_access(reference: str, given: GivenAccess, *, batch: str, by: Actor, now: datetime) -> None:
    """Keep what the body assigned to a booking; a ticket that is out gets a new version where it says something else.
    Raises Refused for a ticket number that somebody else has, NotFound."""
    with transaction() as session:
        booking = lock(session, Booking, Booking.reference == reference)
        if given.ticket_no and number_held_by_another(session, given.ticket_no, booking):
            raise Refused(ticket_no_taken(given.ticket_no))
        row = session.get(ExamAccess, booking.id)
        if row is None:
            row = ExamAccess(booking_id=booking.id, part=booking.part, received_at=now)
            session.add(row)
        row.ticket_no = given.ticket_no or row.ticket_no
        row.exam_account = given.exam_account or row.exam_account or ""
        row.exam_secret = given.exam_secret or row.exam_secret
        row.exam_link = given.exam_link or row.exam_link or ""
        row.received_at, row.batch_reference = now, batch
        session.flush()
        audit.record(session, "booking.record_access", reference, by=by, now=now, learner_id=booking.learner_id,
                     batch=batch, ticket_no=row.ticket_no or "", with_account=bool(row.exam_account))
        kind = TicketKind.CONFIRMATION if booking.sitting.online else TicketKind.TICKET
        renew_ticket(booking.learner_id, booking.window_id, kind, by=by, now=now)
