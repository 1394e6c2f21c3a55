"""What was sent: the codes, read where they wait, and the events that others hear."""

import re
from datetime import datetime

from sqlalchemy import select

from enroll.notifications.models import Dispatch
from enroll.storage.database import db
from enroll.storage.outbox import OutboxEntry, OutboxSecret

SIX_DIGITS = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")


def at(moment: datetime) -> dict[str, datetime]:
    """The two moments of an act with a code, where the program's clock and real time agree."""
    return {"now": moment, "real_now": moment}


def codes_sent(address: str = "") -> list[str]:
    """The codes that went to an address (or anywhere), the newest last; those to nobody are not among them. A code
    stands with its event until that is delivered, and then in the letter."""
    db.session.rollback()
    entries = db.session.scalars(select(OutboxEntry).where(OutboxEntry.event == "CodeSent").order_by(OutboxEntry.id))
    return [_code_of(entry.id) for entry in entries if not address or entry.details["address"] == address]


def events_told(name: str) -> list[dict[str, object]]:
    """The details of every event of this name, oldest first."""
    db.session.rollback()
    wanted = select(OutboxEntry.details).where(OutboxEntry.event == name)
    return list(db.session.scalars(wanted.order_by(OutboxEntry.id)))


def _code_of(entry_id: int) -> str:
    waiting = db.session.scalar(select(OutboxSecret.value).where(OutboxSecret.entry_id == entry_id))
    if waiting:
        return waiting
    letter = db.session.scalars(select(Dispatch).where(Dispatch.about == f"code:{entry_id}")).first()
    assert letter is not None, "the code is neither waiting nor in a letter"
    found = SIX_DIGITS.search(letter.body)
    assert found is not None, letter.body
    return found.group()
