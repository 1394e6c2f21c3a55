"""Seats of an application after it was submitted: lists joined and left, offers accepted, sittings changed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.applications.lifecycle import APPLICATION, ApplicationState
from enroll.applications.models import Application
from enroll.applications.queries.dates import own_dates
from enroll.applications.queries.facts import facts_about
from enroll.applications.queries.own import unseated_parts
from enroll.applications.rules.deadlines import Extended
from enroll.applications.services.colleagues import close_opinion
from enroll.applications.services.money import close_fee
from enroll.applications.services.reviewing import let_it_be_paid
from enroll.applications.services.settling import confirm_if_settled
from enroll.applications.services.submitting import moved
from enroll.audit.moves import expect_version, make_move
from enroll.fees.queries.fees import fee_for
from enroll.fees.rules import Cause
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.problems import NotFound, Refused, problem
from enroll.foundation.words import N_
from enroll.sittings.lifecycle import SEATED, WAITING, BookingState
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.queries import bookings_of
from enroll.sittings.rules import BookingFacts
from enroll.sittings.services.seats import hold_seats, join_list, leave_list, move_booking
from enroll.storage import outbox
from enroll.storage.database import lock, transaction

STANDING = {ApplicationState.SUBMITTED, ApplicationState.RETURNED, ApplicationState.APPROVED}
CHANGEABLE = {BookingState.HELD, BookingState.CONFIRMED}


def wait_for_seat(
    reference: str, code: str, *, by: Actor, now: datetime, seen_version: int | None = None
) -> str:
    """Join the list of another, full sitting of a part of this application, keeping the seat there is; gives the
    reference of the place. Raises Refused with every reason against it."""
    with transaction() as session:
        application = _standing(session, reference, seen_version)
        sitting = _sitting_for(session, application, code)
        dates = own_dates(session, application.learner_id, application.window, resit=application.resit)
        return join_list(sitting.code, application.learner_id, reference, resit=application.resit, by=by, now=now,
                         own_end=dates.extension(Extended.LIST))


def accept_seat(booking_reference: str, *, by: Actor, now: datetime, seen_version: int | None = None) -> None:
    """Take the seat that is offered. A seat of the same part elsewhere is given back in the same transaction; where the
    application is approved and was waiting for this, its fee falls due. Raises Refused once the offer is over."""
    with transaction() as session:
        application, booking = _with_booking(session, booking_reference, seen_version)
        facts = BookingFacts(application.learner.account_id, now, offer_ends_at=booking.offer_ends_at)
        for other in bookings_of(session, application.reference):
            if other.part == booking.part and other.state in SEATED:
                move_booking(other.reference, "change", facts=facts, by=by, now=now, taken=booking.reference)
        move_booking(booking_reference, "accept", facts=facts, by=by, now=now)
        follow_seat(session, application, booking.part, booking.sitting.code, now)


def decline_seat(
    booking_reference: str, *, by: Actor, now: datetime, reason: str = "", seen_version: int | None = None
) -> None:
    """Decline an offer, or leave a list; the next person is asked at once."""
    with transaction() as session:
        application, _booking = _with_booking(session, booking_reference, seen_version)
        leave_list(booking_reference, facts=BookingFacts(application.learner.account_id, now), by=by, now=now,
                   reason=reason)


def change_sitting(
    booking_reference: str, code: str, *, by: Actor, now: datetime, seen_version: int | None = None
) -> str:
    """Change to another sitting of the same part in the same window 改签: the new seat is taken first, then the old one
    given back, in one transaction; gives the new booking's reference. What was paid stays paid.

    Raises Refused where the new sitting is full, the same, or seats are being assigned already.
    """
    with transaction() as session:
        application, booking = _with_booking(session, booking_reference, seen_version)
        target = _sitting_for(session, application, code, part=booking.part)
        _refuse_change(booking, target, now)
        if booking.state in WAITING and booking.part not in unseated_parts(
                application, bookings_of(session, application.reference)):
            raise Refused(problem("change_the_seat", N_("You have a seat for this part: change that one; the place "
                                                        "in the list stays.")))
        facts = BookingFacts(application.learner.account_id, now)
        # Lists are left for the new seat; a seat of the same part could not stand beside it.
        if booking.state in WAITING:
            leave_list(booking_reference, facts=facts, by=by, now=now)
        else:
            move_booking(booking_reference, "change", facts=facts, by=by, now=now, taken=code)
        new = hold_seats([code], application.learner_id, application.reference, resit=application.resit, by=by,
                         now=now)[0]
        follow_seat(session, application, booking.part, code, now)
        return new


def lapse_unseated(reference: str, *, now: datetime) -> bool:
    """The lists are closed and a part has no seat: the application ends, its seats go to others; nothing was owed.
    Gives False where it is not so any more."""
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        if application.state not in STANDING:
            return False
        facts = facts_about(session, application, now)
        make_move(session, APPLICATION, application, "lapse_unseated", by=SYSTEM, now=now, facts=facts)
        close_opinion(session, application, now=now)
        for booking in bookings_of(session, reference):
            if booking.state in WAITING | CHANGEABLE:
                move_booking(booking.reference, "cancel" if booking.state == BookingState.CONFIRMED else "lapse",
                             facts=BookingFacts(facts.learner_account_id, now), by=SYSTEM, now=now)
        # Where it was paid (transferred to a full sitting), all of it comes back: there was no seat to be had.
        close_fee(session, application, Cause.SITTING_CANCELLED, by=SYSTEM, now=now, reason="lapse_unseated")
        outbox.record(session, moved(application, "lapse_unseated"), now)
        return True


def follow_seat(session: Session, application: Application, part: str, code: str, now: datetime) -> None:
    """What follows when a part has its seat: it is the one chosen; an approved application can be paid, or is."""
    application.chosen = {**application.chosen, part: code}
    application.version += 1
    session.flush()
    if application.state != ApplicationState.APPROVED:
        return
    if fee_for(session, application.reference) is None:
        if not unseated_parts(application, bookings_of(session, application.reference)):
            let_it_be_paid(session, application, by=SYSTEM, now=now)
    else:
        confirm_if_settled(session, application, now=now)


def _standing(session: Session, reference: str, seen_version: int | None) -> Application:
    application = lock(session, Application, Application.reference == reference)
    expect_version(application, seen_version)
    if application.state not in STANDING:
        raise Refused(problem("application_over", N_("This application is not under way, so its seats do not change.")))
    return application


def _with_booking(session: Session, reference: str, seen_version: int | None) -> tuple[Application, Booking]:
    """The application's lock first, as everywhere; then its booking."""
    subject = session.scalar(select(Booking.subject).where(Booking.reference == reference))
    if subject is None:
        raise NotFound("Booking")
    application = _standing(session, subject, seen_version)
    return application, lock(session, Booking, Booking.reference == reference)


def _sitting_for(session: Session, application: Application, code: str, *, part: str = "") -> Sitting:
    sitting = session.scalar(select(Sitting).where(Sitting.code == code))
    fits = {part} if part else set(application.parts)
    if sitting is None or sitting.window_id != application.window_id or sitting.part not in fits:
        raise Refused(problem("sitting_unknown", N_("Choose one of the sittings that are listed."), field="sitting"))
    return sitting


def _refuse_change(booking: Booking, target: Sitting, now: datetime) -> None:
    if booking.state not in CHANGEABLE | WAITING:
        raise Refused(problem("not_changeable", N_("This booking cannot be changed any more.")))
    if target.id == booking.sitting_id and booking.state not in WAITING:
        raise Refused(problem("same_sitting", N_("You are booked in this sitting already."), field="sitting"))
    if now >= booking.window.seating_by:
        raise Refused(problem("seating_done", N_("Sittings could be changed until %(moment)s, when seats were "
                                                 "assigned."), moment=booking.window.seating_by))
