"""How a letter leaves the house: SMTP, a text-message provider over HTTPS, or a folder (the demo)."""

import json
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from flask import current_app

PATIENCE = 20  # seconds


class NoTransport(Exception):
    """No provider is configured for this channel; the letter waits and is tried again."""


@dataclass(frozen=True)
class Letter:
    channel: str
    address: str
    subject: str
    body: str
    key: str


class Transport(Protocol):
    def send(self, letter: Letter) -> None:
        """Deliver, or raise; the outbox tries again later."""


def transport_for(channel: str) -> Transport:
    config = current_app.config
    url = config["MAIL_URL"] if channel == "email" else config["SMS_URL"]
    if url.startswith("folder:"):
        return Folder(Path(url.removeprefix("folder:")), config.get("MAIL_FROM") or "demo@localhost")
    if channel == "email" and url:
        return Smtp(url, config["MAIL_FROM"])
    if channel == "sms" and url:
        return TextMessages(url)
    raise NoTransport(channel)


@dataclass(frozen=True)
class Smtp:
    """smtp://host:port, smtp+starttls://user:password@host:587, smtps://user:password@host:465."""

    url: str
    sender: str

    def send(self, letter: Letter) -> None:
        parts = urlsplit(self.url)
        host, secure = parts.hostname or "localhost", parts.scheme == "smtps"
        port = parts.port or (465 if secure else 25)
        context = ssl.create_default_context()
        connection = (
            smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=context) if secure
            else smtplib.SMTP(host, port, timeout=PATIENCE)
        )
        with connection as server:
            if parts.scheme == "smtp+starttls":
                server.starttls(context=context)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(as_email(letter, self.sender))


@dataclass(frozen=True)
class TextMessages:
    """A provider that takes one JSON object a message: {"to", "text", "key"}; the user part of the URL is its token."""

    url: str

    def send(self, letter: Letter) -> None:
        parts = urlsplit(self.url)
        address = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        body = json.dumps({"to": letter.address, "text": f"{letter.subject}\n{letter.body}", "key": letter.key})
        request = Request(address, body.encode(), {  # noqa: S310 (the scheme is checked by config)
            "Content-Type": "application/json", "Authorization": f"Bearer {unquote(parts.username or '')}",
            "Idempotency-Key": letter.key,
        })
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            answer.read()


@dataclass(frozen=True)
class Folder:
    """The demo's letter box: each letter a file; /demo shows them."""

    folder: Path
    sender: str

    def send(self, letter: Letter) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{letter.key}.eml").write_bytes(bytes(as_email(letter, self.sender)))


def as_email(letter: Letter, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, letter.address, letter.subject
    message["Date"], message["Message-ID"] = formatdate(), f"<{letter.key}@enroll>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message
