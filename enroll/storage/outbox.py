"""What happened, written in the same transaction as the change; handlers act on it afterwards.

Entries are append-only. Each handler has its own delivery row, so a failing one holds back nobody else. A handler may
run twice (a crash between its work and the mark), so each is idempotent by its own keys. After LAST_ATTEMPT failures a
delivery is given up: it stays as a row that `flask doctor` names, and nothing is forgotten but the secret it carried.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy import JSON, CursorResult, ForeignKey, String, Text, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from enroll.storage.columns import SealedText, UtcMoment
from enroll.storage.database import Base, db, transaction

LEASE = timedelta(minutes=2)
LAST_ATTEMPT = 10
LONGEST_NAME = 80
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)


class OutboxEntry(Base):
    __tablename__ = "outbox_entry"
    __append_only__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(String(80))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    happened_at: Mapped[datetime] = mapped_column(UtcMoment)


class OutboxSecret(Base):
    """The fields of an event that must not stay: kept apart, sealed, removed when the last handler is done."""

    __tablename__ = "outbox_secret"

    entry_id: Mapped[int] = mapped_column(ForeignKey("outbox_entry.id"), primary_key=True)
    field: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(SealedText)

    entry: Mapped[OutboxEntry] = relationship()


class OutboxDelivery(Base):
    __tablename__ = "outbox_delivery"
    __table_args__ = (UniqueConstraint("entry_id", "handler"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("outbox_entry.id"), index=True)
    handler: Mapped[str] = mapped_column(String(LONGEST_NAME))
    slow: Mapped[bool]
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcMoment, index=True)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    dead_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    last_error: Mapped[str] = mapped_column(Text, default="")

    entry: Mapped[OutboxEntry] = relationship()


@dataclass(frozen=True)
class Happened:
    """What a handler is given: the event, when it happened, and the entry's number for its own idempotency keys."""

    entry_id: int
    event: Any
    at: datetime


Handle = Callable[[Happened, datetime], None]


@dataclass(frozen=True)
class Handler:
    name: str
    handle: Handle
    slow: bool


class Outbox:
    """Which handler listens to which event; filled in create_app, the only place that sees all packages."""

    def __init__(self) -> None:
        self.events: dict[str, type] = {}
        self.handlers: dict[str, list[Handler]] = {}

    def init_app(self, app: Flask) -> None:
        app.extensions["outbox"] = self

    def on(self, event: type, handle: Handle, *, slow: bool = False) -> None:
        """`slow` work (mail, rendering that takes long) is left to the worker; the rest runs right after the commit."""
        name = f"{handle.__module__.removeprefix('enroll.')}.{handle.__qualname__}"
        if len(name) > LONGEST_NAME:
            raise ValueError(f"a handler's name has at most {LONGEST_NAME} characters: {name}")
        self.events[event.__name__] = event
        self.handlers.setdefault(event.__name__, []).append(Handler(name, handle, slow))


def record(session: Session, event: Any, now: datetime) -> None:
    """Write the event, and a delivery for each handler that listens, into the open transaction."""
    name = type(event).__name__
    hidden = _secret_fields(event)
    details = {key: value for key, value in dataclasses.asdict(event).items() if key not in hidden}
    entry = OutboxEntry(event=name, details=details, happened_at=now)
    session.add(entry)  # written with the rest: the database numbers it then, and those that follow it
    session.add_all(OutboxSecret(entry=entry, field=field, value=getattr(event, field)) for field in hidden)
    session.add_all(OutboxDelivery(entry=entry, handler=handler.name, slow=handler.slow, next_try_at=now)
                    for handler in _outbox().handlers.get(name, []))


def deliver(
    now: datetime, *, slow: bool = True, at_most: int = 200, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Run the handlers that are due, oldest first, until none is left (what they cause is handled too), `at_most` are
    done or `stopping` says so; what is in hand is finished. Gives how many deliveries were tried."""
    done = 0
    while done < at_most and not stopping():
        due = _next_due(now, slow)
        if due is None:
            return done
        done += _deliver_one(due, now)
    return done


def deliver_inside(session: Session, now: datetime) -> None:
    """Run what is due and not slow as part of the open transaction, and what that causes: for loading much at once. A
    handler that fails fails the whole."""
    while due := session.scalars(
        select(OutboxDelivery).where(OutboxDelivery.next_try_at <= now, OutboxDelivery.slow.is_(False))
        .order_by(OutboxDelivery.id)
    ).all():
        for delivery in due:
            happened = _happened(session, delivery.entry_id)
            _handler(type(happened.event).__name__, delivery.handler).handle(happened, now)
            delivery.attempts, delivery.delivered_at, delivery.next_try_at = 1, now, None
        session.flush()
        handled = [one.entry_id for one in due]
        for entry_id in set(session.scalars(select(OutboxSecret.entry_id).where(OutboxSecret.entry_id.in_(handled)))):
            _forget_secrets(session, entry_id)


def _outbox() -> Outbox:
    outbox: Outbox = current_app.extensions["outbox"]
    return outbox


def _next_due(now: datetime, slow: bool) -> int | None:
    wanted = select(OutboxDelivery.id).where(OutboxDelivery.next_try_at <= now)
    if not slow:
        wanted = wanted.where(OutboxDelivery.slow.is_(False))
    due = db.session.scalar(wanted.order_by(OutboxDelivery.id).limit(1))
    db.session.rollback()
    return due


def _deliver_one(delivery_id: int, now: datetime) -> int:
    """Take the delivery for the time of a lease, do the work, mark it. 1 where this process took it."""
    with transaction() as session:
        claimed = session.execute(
            update(OutboxDelivery)
            .where(OutboxDelivery.id == delivery_id, OutboxDelivery.next_try_at <= now)
            .values(next_try_at=now + LEASE, attempts=OutboxDelivery.attempts + 1)
        )
        if not (isinstance(claimed, CursorResult) and claimed.rowcount):
            return 0
        delivery = session.get_one(OutboxDelivery, delivery_id)
        handler_name, attempts, entry_id = delivery.handler, delivery.attempts, delivery.entry_id
    try:
        # Read only now: an entry that this program cannot read is a failure of its own, and stops nobody else.
        happened = _happened(db.session(), entry_id)
        _handler(type(happened.event).__name__, handler_name).handle(happened, now)
    except Exception as error:
        db.session.rollback()  # the handler may have left a broken transaction behind
        current_app.logger.exception("handler %s failed for entry %s", handler_name, entry_id)
        _postpone(delivery_id, entry_id, attempts, error, now)
        return 1
    with transaction() as session:
        session.execute(
            update(OutboxDelivery).where(OutboxDelivery.id == delivery_id)
            .values(delivered_at=now, next_try_at=None, last_error="")
        )
        if _secret_fields(type(happened.event)):
            _forget_secrets(session, entry_id)
    return 1


def _happened(session: Session, entry_id: int) -> Happened:
    entry = session.get_one(OutboxEntry, entry_id)
    event = _outbox().events[entry.event]
    hidden = {}
    if _secret_fields(event):
        kept = session.scalars(select(OutboxSecret).where(OutboxSecret.entry_id == entry_id))
        hidden = {row.field: row.value for row in kept}
    return Happened(entry_id, event(**entry.details, **hidden), entry.happened_at)


def _secret_fields(event: Any) -> set[str]:
    return {field.name for field in dataclasses.fields(event) if field.metadata.get("secret")}


def _handler(event: str, name: str) -> Handler:
    """Raises LookupError where nobody of that name listens any more: what nobody did is not called delivered."""
    for handler in _outbox().handlers.get(event, []):
        if handler.name == name:
            return handler
    raise LookupError(f"no handler {name} listens to {event}")


def _postpone(delivery_id: int, entry_id: int, attempts: int, error: Exception, now: datetime) -> None:
    last = attempts >= LAST_ATTEMPT
    pause = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
    with transaction() as session:
        session.execute(
            update(OutboxDelivery).where(OutboxDelivery.id == delivery_id).values(
                next_try_at=None if last else now + pause,
                dead_at=now if last else None,
                last_error=f"{type(error).__name__}: {error}"[:2000],
            )
        )
        if last:
            _forget_secrets(session, entry_id)


def _forget_secrets(session: Session, entry_id: int) -> None:
    waiting = session.scalar(
        select(OutboxDelivery.id).where(
            OutboxDelivery.entry_id == entry_id, OutboxDelivery.next_try_at.is_not(None)
        ).limit(1)
    )
    if waiting is None:
        for row in session.scalars(select(OutboxSecret).where(OutboxSecret.entry_id == entry_id)):
            session.delete(row)
