"""What follows from a reply of the issuing body."""

from datetime import datetime

from enroll.admission.services.tickets import release_confirmations
from enroll.exchange.rules.batches import BatchKind
from enroll.foundation.actor import SYSTEM
from enroll.storage.outbox import Happened


def confirm_online_parts(happened: Happened, now: datetime) -> None:
    """On ReplyApplied: with account and link at hand the confirmations go out at once."""
    if happened.event.kind == BatchKind.REGISTRATION:
        release_confirmations(happened.event.window_code, by=SYSTEM, now=now)
