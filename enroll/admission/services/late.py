"""A late entry, allowed by the review lead for one person, before another person lets them in."""

from datetime import datetime, timedelta

from enroll.accounts.permissions import Permission
from enroll.admission.models import LateEntry
from enroll.admission.queries.facts import facts_about
from enroll.admission.rules.door import no_late_entry
from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, REASON_MISSING, Refused
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.models import Booking
from enroll.sittings.rules import actor_is_another_person
from enroll.storage.database import lock, transaction


def allow_late_entry(reference: str, minutes: int, reason: str, *, by: Actor, now: datetime) -> None:
    """Somebody may still come in for so many minutes from now. Raises Refused: not the lead's to give, one's own
    record, no ticket, online, over, no reason; NotFound."""
    if not by.may(Permission.LEAD_REVIEW) or by.account_id is None:
        raise Refused(NOT_PERMITTED)
    with transaction() as session:
        booking = lock(session, Booking, Booking.reference == reference)
        facts = facts_about(session, booking, now)
        waits = booking.state == BookingState.TICKETED and not booking.sitting.online and now < booking.sitting.ends_at
        found = [one for one in (actor_is_another_person(facts, by), None if waits else no_late_entry(),
                                 None if reason.strip() else REASON_MISSING) if one is not None]
        if found:
            raise Refused(found)
        until = min(now + timedelta(minutes=minutes), booking.sitting.ends_at)
        session.add(LateEntry(booking_id=booking.id, until=until, reason=reason.strip(), at=now,
                              allowed_by_id=by.account_id, allowed_by_name=by.name[:120]))
        audit.record(session, "booking.allow_late_entry", reference, by=by, now=now, learner_id=booking.learner_id,
                     reason=reason, until=until.isoformat())
