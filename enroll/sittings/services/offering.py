"""Free seats go to whoever waits longest, in the transaction that frees them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.audit import services as audit
from enroll.audit.moves import make_move
from enroll.foundation.actor import SYSTEM
from enroll.foundation.clock import local_day
from enroll.programmes.queries.programmes import rules_of
from enroll.sittings.events import BookingMoved
from enroll.sittings.lifecycle import BOOKING, BookingState
from enroll.sittings.models import Booking, PassedOverPlace, Sitting
from enroll.sittings.queries import place_ends_at, turn_of, waiting_in
from enroll.sittings.rules import BookingFacts, PassedOver, offer_ends, why_passed_over
from enroll.sittings.services.counting import hold_count, take_seat
from enroll.storage import outbox
from enroll.storage.database import lock


def offer_free_seats(session: Session, sitting_id: int, *, now: datetime) -> int:
    """Offer every free seat of a sitting to the people on its list, strictly in their order; gives how many.

    Whoever is passed over keeps the place and reads why. An offered seat counts as taken: one live offer a seat.
    """
    sitting = hold_count(session, sitting_id)
    if sitting.closed_at is not None or sitting.seats_left <= 0:
        return 0
    free, offered = sitting.seats_left, 0  # counted once: the row under our eyes counts what we offer, too
    for reference in waiting_in(session, sitting_id):
        if offered == free:
            break
        offered += offer_seat(session, sitting, reference, now)
    session.refresh(sitting)
    return offered


def offer_seat(
    session: Session, sitting: Sitting, reference: str, now: datetime, *, until: datetime | None = None
) -> bool:
    """Offer one free seat to one place on the list, by the rules' hours or `until`; False where there is no seat, or
    this learner is passed over. The caller holds the count."""
    booking = lock(session, Booking, Booking.reference == reference)
    if booking.state != BookingState.WAITLISTED:
        return False  # left the list while we waited for the lock
    rules = rules_of(sitting.window.programme, local_day(now))
    passed = why_passed_over(turn_of(session, booking.learner_id, sitting, resit=booking.resit, now=now, rules=rules,
                                     own_end=booking.list_until))
    if passed is not None:
        _note_passed_over(session, booking, passed, now)
        return False
    if not take_seat(session, sitting.id):
        return False
    ends_at = until or offer_ends(now, rules.waiting_offer_hours, place_ends_at(booking))
    booking.offer_ends_at, booking.offer_warned_at = ends_at, None
    make_move(session, BOOKING, booking, "offer", by=SYSTEM, now=now, facts=BookingFacts(booking.learner_id, now),
              sitting=sitting.code, until=booking.offer_ends_at.isoformat())
    outbox.record(session, BookingMoved(booking.learner_id, reference, "offer", booking.state), now)
    return True


def _note_passed_over(session: Session, booking: Booking, reason: PassedOver, now: datetime) -> None:
    """Once for each reason in a row: the clock asks every half minute."""
    last = session.scalar(select(PassedOverPlace.reason).where(PassedOverPlace.booking_id == booking.id)
                          .order_by(PassedOverPlace.id.desc()).limit(1))
    if last == reason:
        return
    session.add(PassedOverPlace(booking_id=booking.id, reason=str(reason), passed_at=now))
    session.flush()
    audit.record(session, "booking.passed_over", booking.reference, by=SYSTEM, now=now,
                 learner_id=booking.learner_id, reason=str(reason))
