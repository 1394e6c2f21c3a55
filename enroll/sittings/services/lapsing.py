"""What the clock does to waiting lists: offers that end, lists that close, a warning before."""

from datetime import datetime, timedelta

from enroll.foundation.actor import SYSTEM
from enroll.foundation.problems import Refused, problem
from enroll.foundation.words import N_
from enroll.sittings.events import PlaceNews
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.models import Booking
from enroll.sittings.queries import place_ends_at, sits_in, waits_for
from enroll.sittings.rules import BookingFacts
from enroll.sittings.services.counting import hold_count
from enroll.sittings.services.offering import offer_free_seats, offer_seat
from enroll.sittings.services.seats import book, move_booking
from enroll.storage import outbox
from enroll.storage.database import lock, transaction

WARNED_BEFORE = timedelta(hours=3)
NOT_OFFERED_AGAIN = problem("not_offered_again", N_("The seat that was offered is not free for this learner any more."))


def lapse_place(reference: str, *, now: datetime) -> bool:
    """End an offer nobody accepted in time, or a place whose list has closed; gives False where neither is so."""
    with transaction() as session:
        booking = lock(session, Booking, Booking.reference == reference)
        offered = booking.state == BookingState.OFFERED and booking.offer_ends_at is not None
        if offered and booking.offer_ends_at is not None and now >= booking.offer_ends_at:
            what = "lapsed"
        elif booking.state == BookingState.WAITLISTED and now >= place_ends_at(booking):
            what = "closed"
        else:
            return False
        move_booking(reference, "lapse", facts=BookingFacts(booking.learner.account_id, now), by=SYSTEM, now=now)
        outbox.record(session, PlaceNews(booking.learner_id, reference, what), now)
        return True


def warn_of_offer(reference: str, *, now: datetime) -> bool:
    """Say once that an offer ends within three hours."""
    with transaction() as session:
        booking = lock(session, Booking, Booking.reference == reference)
        ends_at = booking.offer_ends_at
        if booking.state != BookingState.OFFERED or booking.offer_warned_at is not None or ends_at is None:
            return False
        if not ends_at - WARNED_BEFORE <= now < ends_at:
            return False
        booking.offer_warned_at = now
        outbox.record(session, PlaceNews(booking.learner_id, reference, "soon"), now)
        return True


def offer_what_is_free(sitting_id: int, *, now: datetime) -> int:
    """Ask the list of a sitting again, in a transaction of its own: a reason to pass somebody over may be gone."""
    with transaction() as session:
        return offer_free_seats(session, sitting_id, now=now)


def offer_again(reference: str, until: datetime, *, now: datetime) -> str:
    """Offer the seat of an offer that lapsed through no fault of the learner's once more, until this moment; gives the
    new booking's reference. Raises Refused where no seat is free, or the learner sits or waits elsewhere by now."""
    with transaction() as session:
        lapsed = lock(session, Booking, Booking.reference == reference)
        sitting = hold_count(session, lapsed.sitting_id)
        if (lapsed.state != BookingState.LAPSED or sits_in(session, lapsed.learner_id, sitting.id)
                or waits_for(session, lapsed.learner_id, sitting.window_id, sitting.part)):
            raise Refused(NOT_OFFERED_AGAIN)
        again = book(session, sitting, lapsed.learner_id, lapsed.subject, lapsed.resit, SYSTEM, now,
                     into=BookingState.WAITLISTED, own_end=until)
        if not offer_seat(session, sitting, again, now, until=until):
            raise Refused(NOT_OFFERED_AGAIN)
        return again
