"""Who came: let in at the door, started online, absent, and taken back with a reason."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.admission.models import Attendance
from enroll.admission.queries.days import last_entry
from enroll.admission.queries.door import at_the_door
from enroll.admission.queries.facts import facts_about
from enroll.admission.rules.door import Recorded, already_in, nobody_known, results_stand
from enroll.admission.services.tickets import Done
from enroll.audit import services as audit
from enroll.audit.moves import expect_version
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NotFound, Problem, Refused, problem
from enroll.foundation.words import N_, say
from enroll.sittings.lifecycle import BOOKING, BookingState
from enroll.sittings.models import Booking, PublishedPart, Sitting
from enroll.sittings.services.seats import move_booking
from enroll.storage.database import lock, transaction

S = BookingState


def check_in(
    shown: str, *, by: Actor, now: datetime, sitting_code: str = "", ticket_version: int | None = None,
    identity_confirmed: bool = False,
) -> str:
    """Let somebody in; gives the booking's reference.

    `shown` is the scanned code of a ticket, its number, or a booking's reference; with a number the version that is
    printed on the paper is `ticket_version`. Raises Refused: a replaced ticket, a second entry (the alarm), another
    sitting, too early, too late, identity not compared, one's own record; NotFound.
    """
    with transaction() as session:
        booking, version = _shown(session, shown, sitting_code, ticket_version, now)
        booking = lock(session, Booking, Booking.id == booking.id)
        if booking.state == S.PRESENT:
            raise Refused(_alarm(session, booking))
        if version is None and not booking.sitting.online:
            raise Refused(problem("version_missing", N_("Enter the version that stands at the foot of the ticket."),
                                  field="ticket_version"))
        facts = facts_about(session, booking, now, ticket_version=version, identity_confirmed=identity_confirmed)
        move_booking(booking.reference, "check_in", facts=facts, by=by, now=now, ticket_version=version)
        _note(session, booking, Recorded.CHECKED_IN, "door", by, now, version)
        return booking.reference


def note_turned_away(
    sitting_code: str, reference: str, codes: Sequence[str], *, by: Actor, now: datetime, learner_id: int | None
) -> None:
    """Somebody was not let in, or a ticket was shown a second time: noted with its reasons (`codes`), although nothing
    else changes. `reference` is the booking's, '' where what was shown belongs to nobody here."""
    with transaction() as session:
        audit.record(session, "booking.turned_away", reference or sitting_code, by=by, now=now, learner_id=learner_id,
                     sitting=sitting_code, reasons=list(codes))


def mark_started(references: Sequence[str], *, by: Actor, now: datetime, source: str = "list") -> list[Done]:
    """Online: these have started. Gives for each what became of it; those started already are skipped."""
    return _each(references, "start", S.PRESENT, Recorded.STARTED, by, now, source)


def mark_absent(references: Sequence[str], *, by: Actor, now: datetime, source: str = "list") -> list[Done]:
    """These did not come; only after the sitting or the period is over. Reversible until the results are published."""
    return _each(references, "mark_absent", S.ABSENT, Recorded.ABSENT, by, now, source)


def undo_attendance(
    reference: str, *, by: Actor, now: datetime, reason: str, seen_version: int | None = None
) -> None:
    """Take back a check-in, a start or an absence. Raises Refused once the part's results are published."""
    with transaction() as session:
        booking = lock(session, Booking, Booking.reference == reference)
        expect_version(booking, seen_version)
        if is_published(session, booking):
            raise Refused(results_stand())
        move = "undo_online" if booking.sitting.online else "undo_attendance"
        move_booking(reference, move, facts=facts_about(session, booking, now), by=by, now=now, reason=reason)
        _note(session, booking, Recorded.UNDONE, "door", by, now, None)


def _shown(
    session: Session, shown: str, sitting_code: str, ticket_version: int | None, now: datetime
) -> tuple[Booking, int | None]:
    """The booking somebody shows a ticket for, and the version of what they show."""
    if not sitting_code:
        found = session.scalar(select(Booking).where(Booking.reference == shown))
        if found is None:
            raise Refused(nobody_known())
        return found, ticket_version
    sitting = session.scalar(select(Sitting).where(Sitting.code == sitting_code))
    if sitting is None:
        raise NotFound(sitting_code)
    door = at_the_door(session, sitting, shown, now)
    if door.booking is None:
        raise Refused(door.problems)
    return door.booking, door.shown_version if door.shown_version is not None else ticket_version


def _each(
    references: Sequence[str], move: str, target: BookingState, what: Recorded, by: Actor, now: datetime, source: str
) -> list[Done]:
    """One move of many bookings, locked in the order of their ids; what refuses one holds back no other."""
    with transaction() as session:
        bookings = session.scalars(
            select(Booking).where(Booking.reference.in_(references)).order_by(Booking.id).with_for_update(of=Booking)
            .execution_options(populate_existing=True)
        ).all()
        known = {one.reference for one in bookings}
        lost = [Done(0, one, "refused", (nobody_known(),)) for one in references if one not in known]

        def note(booking: Booking) -> None:
            _note(session, booking, what, source, by, now, None)

        return [_one(session, booking, move, target, note, by, now) for booking in bookings] + lost


def _one(
    session: Session, booking: Booking, move: str, target: BookingState, note: Callable[[Booking], None], by: Actor,
    now: datetime,
) -> Done:
    if booking.state in {target, S.PRESENT, S.ABSENT, S.EXCUSED, S.DISQUALIFIED}:
        words = problem("recorded_already", N_("This is recorded already: %(state)s."),
                        state=say(BOOKING.label(booking.state).staff))
        return Done(booking.learner_id, booking.reference, "skipped" if booking.state == target else "refused",
                    (words,))
    try:
        move_booking(booking.reference, move, facts=facts_about(session, booking, now), by=by, now=now)
    except Refused as refused:
        return Done(booking.learner_id, booking.reference, "refused", refused.problems)
    note(booking)
    return Done(booking.learner_id, booking.reference, "done")


def _alarm(session: Session, booking: Booking) -> Problem:
    entered = last_entry(session, booking.id)
    return already_in(entered.device_at or entered.at, entered.recorded_by_name) if entered else nobody_known()


def _note(
    session: Session, booking: Booking, what: Recorded, source: str, by: Actor, now: datetime, version: int | None
) -> None:
    session.add(Attendance(
        booking_id=booking.id, what=str(what), ticket_version=version, source=source, at=now,
        recorded_by_id=by.account_id, recorded_by_name=by.name[:120],
    ))


def is_published(session: Session, booking: Booking) -> bool:
    """Whether the results of the booking's part stand published."""
    return session.scalar(select(PublishedPart.id).where(
        PublishedPart.learner_id == booking.learner_id, PublishedPart.part == booking.part,
        PublishedPart.window_code == booking.window.code, PublishedPart.ended_at.is_(None),
    ).limit(1)) is not None
