"""What the moves of a booking on the day depend on."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.admission.models import LateEntry, Ticket
from enroll.admission.rules.tickets import OnlineFigures, OnsiteFigures, TicketKind
from enroll.learners.lifecycle import CheckKind, CheckState
from enroll.learners.models import IdentityCheck, LearnerFile
from enroll.programmes.models import Window
from enroll.programmes.queries.programmes import entry_rules_of
from enroll.sittings.models import Booking
from enroll.sittings.rules import BookingFacts


def onsite_figures(window: Window) -> OnsiteFigures:
    """From the programme's rules as they stand on the window's first day."""
    said = {one.key: one.value for one in entry_rules_of(window.programme, window.starts_on).stated}
    return OnsiteFigures(said.get("onsite_exam.arrive_before_minutes"), said.get("onsite_exam.late_limit_minutes"),
                         said.get("onsite_exam.no_leave_before_end_minutes"))


def online_figures(window: Window) -> OnlineFigures:
    said = {one.key: one.value for one in entry_rules_of(window.programme, window.starts_on).stated}
    return OnlineFigures(bool(said.get("online_exam.camera")), said.get("online_exam.max_leave_screen"),
                         bool(said.get("online_exam.answers_survive_disconnect")))


def photos_accepted(session: Session, learner_ids: Collection[int]) -> set[int]:
    """Those of these learners whose photo was accepted by a reviewer, and is there to be printed."""
    return set(session.scalars(
        select(IdentityCheck.learner_id).join(LearnerFile, LearnerFile.learner_id == IdentityCheck.learner_id).where(
            IdentityCheck.learner_id.in_(learner_ids), IdentityCheck.kind == str(CheckKind.PHOTO),
            IdentityCheck.state == str(CheckState.VERIFIED), LearnerFile.kind == "photo",
            LearnerFile.replaced_at.is_(None),
        )))


def ticket_in_force(session: Session, learner_id: int, window_id: int, kind: str = TicketKind.TICKET) -> Ticket | None:
    return session.scalar(
        select(Ticket).where(Ticket.learner_id == learner_id, Ticket.window_id == window_id,
                             Ticket.kind == str(kind), Ticket.replaced_at.is_(None))
    )


def facts_about(
    session: Session, booking: Booking, now: datetime, *, ticket_version: int | None = None,
    identity_confirmed: bool = False,
) -> BookingFacts:
    """The facts of a booking on the day. `ticket_version` is the one somebody shows at the door."""
    standing = ticket_in_force(session, booking.learner_id, booking.window_id)
    return facts_with(session, booking, standing, now, ticket_version=ticket_version,
                      identity_confirmed=identity_confirmed)


def facts_with(
    session: Session, booking: Booking, standing: Ticket | None, now: datetime, *, ticket_version: int | None,
    identity_confirmed: bool,
) -> BookingFacts:
    """The same where the ticket in force is at hand."""
    sitting = booking.sitting
    late = onsite_figures(booking.window).late_limit
    allowed = None if sitting.online else late_entry_of(session, booking.id)
    return BookingFacts(
        learner_account_id=booking.learner.account_id, now=now, online=sitting.online, starts_at=sitting.starts_at,
        ends_at=sitting.ends_at, approved=True, fee_settled=True, ticket_from=booking.window.ticket_from,
        seated=booking.room_id is not None and booking.seat_no is not None,
        photo_accepted=booking.learner_id in photos_accepted(session, [booking.learner_id]),
        ticket_version_shown=ticket_version,
        ticket_version_now=standing.ticket_version if standing else None, identity_confirmed=identity_confirmed,
        latest_entry=timedelta(minutes=5 if late is None else late),
        late_until=allowed.until if allowed else None, late_allowed_by=allowed.allowed_by_id if allowed else None,
    )


def late_entry_of(session: Session, booking_id: int) -> LateEntry | None:
    """The late entry that was allowed last."""
    return session.scalar(select(LateEntry).where(LateEntry.booking_id == booking_id).order_by(
        LateEntry.id.desc()).limit(1))
