"""The clock of the waiting lists. The worker runs it every half minute; running it twice does nothing twice."""

from datetime import datetime

from enroll.sittings.queries import lists_with_free_seats, offers_to_warn_of, places_to_lapse
from enroll.sittings.services.lapsing import lapse_place, offer_what_is_free, warn_of_offer
from enroll.storage.database import again_if_crowded, db, let_go


def tend_waiting_lists(now: datetime) -> int:
    """Warn of offers that end, end those that are over and closed lists, offer what is free; gives how many."""
    session, done = db.session(), 0
    soon, over, free = offers_to_warn_of(session, now), places_to_lapse(session, now), lists_with_free_seats(session)
    let_go(session)
    for reference in soon:
        done += again_if_crowded(lambda one=reference: warn_of_offer(one, now=now))  # type: ignore[misc]
    for reference in over:
        done += again_if_crowded(lambda one=reference: lapse_place(one, now=now))  # type: ignore[misc]
    for sitting_id in free:
        done += again_if_crowded(lambda one=sitting_id: offer_what_is_free(one, now=now))  # type: ignore[misc]
    return done
