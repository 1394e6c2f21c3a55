"""Requests for lost sign-ins: what a stranger typed, whose it turned out to be, and the two people who stand for it."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.accounts.models import Account
from enroll.learners.models import Learner
from enroll.recovery.lifecycle import LIVE, RecoveryState
from enroll.storage.columns import SealedText, UtcMoment, one_of
from enroll.storage.database import Base
from enroll.storage.history import HistoryRow, Versioned

LIVE_SQL = "state IN ({})".format(", ".join(f"'{state}'" for state in sorted(LIVE)))


class RecoveryMove(HistoryRow, Base):
    __tablename__ = "recovery_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("recovery.id"), index=True)


class Recovery(Versioned, Base):
    """What was typed is sealed: it may be a stranger's. `learner_id` is found silently, or by staff; the page that
    follows the request says the same either way. `asked_really_at` is real time, like a session's."""

    __tablename__ = "recovery"
    __table_args__ = (
        one_of("state", RecoveryState),
        Index("uq_recovery_live", "learner_id", unique=True, sqlite_where=text(LIVE_SQL),
              postgresql_where=text(LIVE_SQL)),
        Index("ix_recovery_queue", "state", "asked_at"),
        Index("ix_recovery_place", "place_hash", "asked_at"), Index("ix_recovery_name", "name_hash", "asked_at"),
        CheckConstraint("checked_by_id IS NULL OR confirmed_by_id IS NULL OR checked_by_id <> confirmed_by_id",
                        name="two_people"),
        CheckConstraint("state NOT IN ('waiting', 'done') OR (checked_by_id IS NOT NULL AND confirmed_by_id IS NOT NULL"
                        " AND learner_id IS NOT NULL AND effective_at IS NOT NULL)", name="stood_for"),
    )
    history = RecoveryMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)  # of the page that follows the request
    state: Mapped[str] = mapped_column(String(20))
    learner_id: Mapped[int | None] = mapped_column(ForeignKey("learner.id"), index=True)
    name: Mapped[str] = mapped_column(SealedText)
    known_number: Mapped[str] = mapped_column(SealedText)  # of an application, a learner, a proof, as typed
    contact: Mapped[str] = mapped_column(SealedText)  # a contact's key
    story: Mapped[str] = mapped_column(SealedText)
    language: Mapped[str] = mapped_column(String(2))
    place_hash: Mapped[str] = mapped_column(String(64))
    name_hash: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(UtcMoment)
    asked_really_at: Mapped[datetime] = mapped_column(UtcMoment)
    stale_at: Mapped[datetime] = mapped_column(UtcMoment)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # staff, where they asked at the counter
    seen: Mapped[list[str]] = mapped_column(JSON, default=list)
    identity_agrees: Mapped[bool] = mapped_column(default=False)
    photo_agrees: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[str] = mapped_column(SealedText, default="")
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    effective_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    cancel_hash: Mapped[str | None] = mapped_column(String(64), unique=True)

    learner: Mapped[Learner | None] = relationship()
    checked_by: Mapped[Account | None] = relationship(foreign_keys="Recovery.checked_by_id")
    confirmed_by: Mapped[Account | None] = relationship(foreign_keys="Recovery.confirmed_by_id")
