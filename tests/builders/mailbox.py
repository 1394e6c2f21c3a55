"""What would be sent: the codes that went out, read where the outbox keeps them until they are delivered."""

from sqlalchemy import select

from enroll.storage.database import db
from enroll.storage.outbox import OutboxEntry, OutboxSecret


def codes_sent(address: str = "") -> list[str]:
    """The codes that went to an address (or anywhere), the newest last. Those to nobody are not among them."""
    db.session.rollback()
    wanted = select(OutboxEntry, OutboxSecret.value).join(OutboxSecret, OutboxSecret.entry_id == OutboxEntry.id)
    rows = db.session.execute(wanted.where(OutboxEntry.event == "CodeSent").order_by(OutboxEntry.id)).all()
    return [value for entry, value in rows if not address or entry.details["address"] == address]


def events_told(name: str) -> list[dict[str, object]]:
    """The details of every event of this name, oldest first."""
    db.session.rollback()
    wanted = select(OutboxEntry.details).where(OutboxEntry.event == name)
    return list(db.session.scalars(wanted.order_by(OutboxEntry.id)))
