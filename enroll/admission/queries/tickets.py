"""Finding tickets: a learner's own, and the one that is shown at the door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.admission.models import ExamAccess, Ticket
from enroll.admission.queries.paper import LIVE_STATES
from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.sittings.models import Booking, Sitting
from enroll.storage.files import StoredFile


@dataclass(frozen=True)
class Access:
    """What the issuing body sent for one part, without the password."""

    part: str
    account: str
    link: str
    has_secret: bool


def own_ticket(session: Session, account_id: int, number: str) -> Ticket | None:
    """A learner's own ticket in force by its number; the ticket before the confirmation where both bear it."""
    wanted = select(Ticket).join(Learner, Learner.id == Ticket.learner_id).where(
        Learner.account_id == account_id, Ticket.number == number, Ticket.replaced_at.is_(None))
    return session.scalars(wanted.order_by(Ticket.kind.desc()).limit(1)).first()


def own_tickets(session: Session, learner_id: int, window_id: int) -> Sequence[Ticket]:
    wanted = select(Ticket).where(Ticket.learner_id == learner_id, Ticket.window_id == window_id,
                                  Ticket.replaced_at.is_(None))
    return session.scalars(wanted.order_by(Ticket.kind.desc())).all()


def ticket_by_token(session: Session, token: str) -> Ticket | None:
    return session.scalar(select(Ticket).where(Ticket.token == token))


def ticket_shown(session: Session, shown: str) -> Ticket | None:
    """The ticket whose code was scanned, or that is in force under the number typed (in capitals, where both are); the
    older one where a person's ticket and confirmation share the body's number."""
    numbered = Ticket.number.in_([shown, shown.upper()]) & Ticket.replaced_at.is_(None)
    found = session.scalars(select(Ticket).where((Ticket.token == shown) | numbered).order_by(Ticket.id)).all()
    return min(found, key=lambda one: (one.token != shown, one.number != shown.upper()), default=None)


def accesses_of(session: Session, references: Sequence[str]) -> list[Access]:
    """Exam accounts and links by booking; the password stays where it is."""
    rows = session.execute(
        select(Booking.part, ExamAccess.exam_account, ExamAccess.exam_link, ExamAccess.exam_secret.is_not(None))
        .join(ExamAccess, ExamAccess.booking_id == Booking.id)
        .where(Booking.reference.in_(references)).order_by(Booking.part.desc())
    )
    return [Access(*row) for row in rows if row[1] or row[2] or row[3]]


def accesses_by_booking(session: Session, booking_ids: Sequence[int]) -> dict[int, ExamAccess]:
    """What the body sent for each of these bookings, where it has."""
    found = session.scalars(select(ExamAccess).where(ExamAccess.booking_id.in_(booking_ids)))
    return {one.booking_id: one for one in found}


def secrets_of(session: Session, references: Sequence[str]) -> list[tuple[str, str]]:
    """(part, password) for the learner's own eyes."""
    rows = session.execute(
        select(Booking.part, ExamAccess.exam_secret).join(ExamAccess, ExamAccess.booking_id == Booking.id)
        .where(Booking.reference.in_(references), ExamAccess.exam_secret.is_not(None)).order_by(Booking.part.desc())
    )
    return [(part, secret) for part, secret in rows if secret]


def confirmation_is_due(
    bookings: Sequence[Booking], accesses: Mapping[int, ExamAccess], window: Window, now: datetime
) -> bool:
    """From the window's ticket date, or earlier once the body has sent the access of every registered part; `accesses`
    by booking."""
    if now >= window.ticket_from:
        return True
    registered = [one for one in bookings if one.state in LIVE_STATES]
    sent = [accesses.get(one.id) for one in registered]
    return bool(registered) and all(one is not None and (one.exam_account or one.ticket_no) for one in sent)


def windows_with_online_due(session: Session, now: datetime) -> Sequence[str]:
    """Windows whose ticket date has come and whose online periods are not over: their codes."""
    wanted = select(Window.code).where(
        Window.ticket_from <= now,
        Window.id.in_(select(Sitting.window_id).where(Sitting.online.is_(True), Sitting.ends_at > now)),
    )
    return session.scalars(wanted.order_by(Window.code)).all()


def file_by_id(session: Session, file_id: int | None) -> StoredFile | None:
    return session.get(StoredFile, file_id) if file_id is not None else None

def number_held_by_another(session: Session, ticket_no: str, booking: Booking) -> bool:
    """Whether somebody else has this ticket number of the body, or this person for another sitting of the part."""
    return session.scalar(
        select(Booking.id).join(ExamAccess, ExamAccess.booking_id == Booking.id)
        .where(ExamAccess.ticket_no == ticket_no,
               (Booking.learner_id != booking.learner_id)
               | ((Booking.part == booking.part) & (Booking.id != booking.id))).limit(1)
    ) is not None
