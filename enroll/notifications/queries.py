"""Reading messages, and finding the account behind a learner."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session

from enroll.admission.models import Ticket
from enroll.applications.models import ReturnedItem
from enroll.fees.lifecycle import FeeState
from enroll.fees.models import Fee
from enroll.learners.models import Learner
from enroll.notifications.models import Dispatch, Message
from enroll.sittings.lifecycle import SEATED
from enroll.sittings.models import Booking, Sitting
from enroll.storage.outbox import OutboxDelivery
from enroll.storage.paging import Page, page_by_id

Record = TypeVar("Record")
SENDING = "notifications.services.send_dispatch"  # the handler, as the outbox names it


def messages_of(session: Session, account_id: int, *, after: int | None) -> Page[Message]:
    return page_by_id(session, select(Message).where(Message.account_id == account_id), Message.id, after=after)


def message_of(session: Session, account_id: int, message_id: int) -> Message | None:
    """A person's own message; somebody else's is simply not found."""
    return session.scalar(select(Message).where(Message.account_id == account_id, Message.id == message_id))


UNREAD: ColumnElement[int] = select(func.count()).where(
    Message.account_id == bindparam("account_id"), Message.read_at.is_(None)
).scalar_subquery()
"""How many messages somebody has not read, for a statement that counts other things, too, sent with `account_id`."""


def account_of(session: Session, learner_id: int) -> int:
    return session.get_one(Learner, learner_id).account_id


def sent_letters(session: Session, *, after: int | None) -> Page[Dispatch]:
    """Every letter queued or sent, newest first: the demo's mailbox."""
    return page_by_id(session, select(Dispatch), Dispatch.id, after=after)


def one_by_reference(session: Session, model: type[Record], reference: str) -> Record:
    column: Any = model.reference  # type: ignore[attr-defined]
    return session.scalars(select(model).where(column == reference)).one()


def fee_of(session: Session, subject: str) -> Fee | None:
    return session.scalar(select(Fee).where(Fee.subject == subject, Fee.state != FeeState.VOID))


def sitting_now(session: Session, moved: Booking) -> Sitting | None:
    """Where somebody who was moved has their seat of that part now."""
    wanted = select(Sitting).join(Booking, Booking.sitting_id == Sitting.id).where(
        Booking.subject == moved.subject, Booking.part == moved.part, Booking.state.in_(SEATED))
    return session.scalar(wanted.limit(1))


def open_items_of(session: Session, application_id: int, outcome: str) -> Sequence[ReturnedItem]:
    """What was named when the application was returned (`return`) or refused (`reject`), and not mended since."""
    wanted = select(ReturnedItem).where(ReturnedItem.application_id == application_id, ReturnedItem.outcome == outcome,
                                        ReturnedItem.mended_at.is_(None))
    return session.scalars(wanted.order_by(ReturnedItem.id)).all()


def ticket_by_token(session: Session, token: str) -> Ticket:
    return session.scalars(select(Ticket).where(Ticket.token == token)).one()


def letter(session: Session, letter_id: int) -> Dispatch | None:
    return session.get(Dispatch, letter_id)


def letters_left_behind(session: Session) -> Iterator[str]:
    """Letters that are neither sent nor going to be tried again; for `flask doctor`. Each has one delivery."""
    waiting = select(func.count()).where(OutboxDelivery.handler == SENDING, OutboxDelivery.next_try_at.is_not(None))
    unsent = select(func.count()).where(Dispatch.sent_at.is_(None))
    left = (session.scalar(unsent) or 0) - (session.scalar(waiting) or 0)
    if left > 0:
        yield f"{left} letters were never sent and nothing will send them"
