"""The audit chain."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.storage.columns import UtcMoment, one_of
from enroll.storage.database import Base
from enroll.storage.files import StoredFile


class AuditEntry(Base):
    """`subject` is the reference people see; `learner_id` (of learners, a later package) puts the act on a timeline."""

    __tablename__ = "audit_entry"
    __append_only__ = True

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcMoment, index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    actor_name: Mapped[str] = mapped_column(String(120))
    act: Mapped[str] = mapped_column(String(80), index=True)
    subject: Mapped[str] = mapped_column(String(60), index=True)
    learner_id: Mapped[int | None] = mapped_column(index=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class OnePersonAct(Base):
    """One person did both of two separated duties, as a small office may: what, about which record, and why. Who looks
    at the record sees it there; `codes` name the duties."""

    __tablename__ = "one_person_act"
    __append_only__ = True
    __table_args__ = (CheckConstraint("reason <> ''", name="says_why"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(60), index=True)  # the record's reference
    act: Mapped[str] = mapped_column(String(80))
    codes: Mapped[list[str]] = mapped_column(JSON)
    learner_id: Mapped[int | None] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    by_name: Mapped[str] = mapped_column(String(120))


class AskedBy(StrEnum):
    """How somebody asked a member of staff to act for them."""

    PHONE = "phone"
    COUNTER = "counter"
    LETTER = "letter"


class ActOnBehalf(Base):
    """A member of staff did something for somebody who asked for it 代办: what, on which record, how they asked, why,
    and a picture that shows it where there is one. Nobody does it for themselves."""

    __tablename__ = "act_on_behalf"
    __append_only__ = True
    __table_args__ = (
        one_of("asked_by", AskedBy),
        CheckConstraint("reason <> ''", name="says_why"),
        CheckConstraint("by_id <> of_account_id", name="for_another"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(60), index=True)  # the record's reference
    learner_id: Mapped[int] = mapped_column(index=True)
    of_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_by: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    by_name: Mapped[str] = mapped_column(String(120))

    evidence: Mapped[StoredFile | None] = relationship()


class AuditHead(Base):
    """The chain's last link; one row, locked last in every transaction that wrote."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
