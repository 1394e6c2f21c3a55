"""Messages to people, and each channel they go out by."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.storage.columns import SealedText, UtcMoment
from enroll.storage.database import Base


class Message(Base):
    """One message to one person about one thing that happened; unique per event, so that a replay says nothing twice.
    The words are kept as they were sent."""

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("account_id", "about"), Index("ix_message_unread", "account_id", "read_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    about: Mapped[str] = mapped_column(String(120))  # record reference + move + version
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(2))
    written_at: Mapped[datetime] = mapped_column(UtcMoment)
    read_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class Dispatch(Base):
    """One message, or one code, on its way by e-mail or text message. Sealed: it may carry a code."""

    __tablename__ = "dispatch"
    __table_args__ = (UniqueConstraint("about", "channel", "address_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    about: Mapped[str] = mapped_column(String(120))
    channel: Mapped[str] = mapped_column(String(10))  # email, sms
    address: Mapped[str] = mapped_column(SealedText)
    address_hash: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(SealedText)
    queued_at: Mapped[datetime] = mapped_column(UtcMoment)
    sent_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    message_key: Mapped[str] = mapped_column(String(80))  # the Message-ID, the same on every retry

    message: Mapped[Message | None] = relationship()
