"""Writing messages and sending them: once each, in the reader's language, kept as they were sent."""

import re
from collections.abc import Callable
from datetime import datetime

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.foundation.references import public_token
from enroll.notifications.events import DispatchQueued
from enroll.notifications.models import Dispatch, Message
from enroll.notifications.notices import Notice, Tell
from enroll.notifications.transports import Letter, transport_for
from enroll.programmes.models import Organisation
from enroll.storage import outbox
from enroll.storage.database import transaction
from enroll.storage.outbox import Happened
from enroll.storage.sealing import keyed_hash
from enroll.web.language import in_language


def teller(tell: Tell) -> Callable[[Happened, datetime], None]:
    """The outbox handler that turns one kind of event into messages."""

    def handle(happened: Happened, now: datetime) -> None:
        with transaction() as session:
            for notice in tell(session, happened, now):
                write(session, notice, now)

    handle.__qualname__, handle.__module__ = tell.__qualname__, tell.__module__
    return handle


def write(session: Session, notice: Notice, now: datetime) -> None:
    """Write one notice as a message and put it on its way. Said already (same reader, same matter): nothing happens."""
    account = session.get_one(Account, notice.account_id)
    subject, body = words_of(session, notice, account)
    link = url_path(notice)
    text = f"{body}\n\n{current_app.config['BASE_URL']}{link}" if link else body
    if notice.address:
        if not _is_queued(session, notice.about, notice.address):
            _queue(session, account.id, None, notice.about, notice.address, subject, text, now)
        return
    known = select(Message.id).where(Message.account_id == account.id, Message.about == notice.about)
    if session.scalar(known) is not None:
        return
    message = Message(account_id=account.id, about=notice.about, subject=subject, body=body, link=link,
                      language=account.language, written_at=now)
    session.add(message)
    # An address that nobody confirmed may be a stranger's; without a mail server the message is read in the program.
    if account.email and account.email_key and current_app.config["MAIL_URL"]:
        _queue(session, account.id, message, notice.about, account.email, subject, text, now)


def words_of(session: Session, notice: Notice, account: Account) -> tuple[str, str]:
    """Subject and body in the reader's language; the first line of the template is the subject."""
    organisation = session.get(Organisation, 1)
    language = notice.language or account.language
    # Not flask.render_template: a worker has no request, and what pages show of their reader has no place here.
    template = current_app.jinja_env.get_template(f"messages/{notice.template}.{language}.txt")
    with in_language(language):
        text = template.render(account=account, partner=organisation.short_name if organisation else "",
                               **notice.values)
    subject, _, body = text.strip().partition("\n")
    return subject.strip()[:200], re.sub(r"\n{3,}", "\n\n", body).strip()


def url_path(notice: Notice) -> str:
    """Where the message leads, or nothing: words without their link are better than none."""
    if notice.endpoint not in current_app.view_functions:
        return ""
    return current_app.url_map.bind("localhost").build(notice.endpoint, notice.endpoint_values)


def send_dispatch(happened: Happened, now: datetime) -> None:
    """Hand one letter to its transport, then mark it. A crash between the two sends it again, with the same key."""
    with transaction() as session:
        row = session.get_one(Dispatch, happened.event.dispatch_id)
        if row.sent_at is not None:
            return
        letter = Letter(row.channel, row.address, row.subject, row.body, row.message_key)
    transport_for(letter.channel).send(letter)
    with transaction() as session:
        row = session.get_one(Dispatch, happened.event.dispatch_id)
        row.sent_at = now
        if row.message_id is None and not current_app.config["DEMO"]:  # a code; the demo's mailbox goes on showing it
            row.body = ""


def mark_read(message_id: int, account_id: int, *, now: datetime) -> None:
    with transaction() as session:
        session.execute(
            update(Message).where(Message.id == message_id, Message.account_id == account_id,
                                  Message.read_at.is_(None)).values(read_at=now)
        )


def mark_all_read(account_id: int, *, now: datetime) -> None:
    with transaction() as session:
        session.execute(
            update(Message).where(Message.account_id == account_id, Message.read_at.is_(None)).values(read_at=now)
        )


def _is_queued(session: Session, about: str, address: str) -> bool:
    known = select(Dispatch.id).where(Dispatch.about == about, Dispatch.channel == _channel_of(address),
                                      Dispatch.address_hash == keyed_hash("address", address))
    return session.scalar(known) is not None


def _channel_of(address: str) -> str:
    return "email" if "@" in address else "sms"


def _queue(
    session: Session, account_id: int, message: Message | None, about: str, address: str, subject: str, body: str,
    now: datetime,
) -> None:
    row = Dispatch(
        account_id=account_id, message=message, about=about, channel=_channel_of(address), address=address,
        address_hash=keyed_hash("address", address), subject=subject, body=body, queued_at=now,
        message_key=public_token(),
    )
    session.add(row)
    session.flush()
    outbox.record(session, DispatchQueued(row.id), now)
