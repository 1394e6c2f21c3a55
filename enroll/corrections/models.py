"""Corrections of an identity: what was, what is wanted, why, and what it touched."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.accounts.models import Account
from enroll.corrections.lifecycle import LIVE, CorrectionState
from enroll.learners.models import Learner
from enroll.storage.columns import SealedText, UtcMoment, one_of
from enroll.storage.database import Base
from enroll.storage.files import StoredFile
from enroll.storage.history import HistoryRow, Versioned

LIVE_SQL = "state IN ({})".format(", ".join(f"'{state}'" for state in sorted(LIVE)))


class CorrectionMove(HistoryRow, Base):
    __tablename__ = "correction_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("correction.id"), index=True)


class Correction(Versioned, Base):
    """One request, one at a time for a learner. `before` and `wanted` are sealed JSON of the identity's fields, whose
    names alone (`changed`) stand open; `touched` is what was brought up to date, as it was carried out."""

    __tablename__ = "correction"
    __table_args__ = (
        one_of("state", CorrectionState),
        Index("uq_correction_live", "learner_id", unique=True, sqlite_where=text(LIVE_SQL),
              postgresql_where=text(LIVE_SQL)),
        Index("ix_correction_queue", "state", "requested_at"), Index("ix_correction_of", "learner_id", "id"),
        CheckConstraint("state <> 'applied' OR (approved_by_id IS NOT NULL AND applied_by_id IS NOT NULL)",
                        name="applied_by_people"),
    )
    history = CorrectionMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    state: Mapped[str] = mapped_column(String(20))
    changed: Mapped[list[str]] = mapped_column(JSON)
    before: Mapped[str] = mapped_column(SealedText)
    wanted: Mapped[str] = mapped_column(SealedText)
    reason: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(UtcMoment)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    applied_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    touched: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    learner: Mapped[Learner] = relationship()
    approved_by: Mapped[Account | None] = relationship(foreign_keys="Correction.approved_by_id")
    applied_by: Mapped[Account | None] = relationship(foreign_keys="Correction.applied_by_id")
    files: Mapped[list["CorrectionFile"]] = relationship(order_by="CorrectionFile.id", viewonly=True)


class CorrectionFile(Base):
    """A picture that proves the correction."""

    __tablename__ = "correction_file"
    __append_only__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    correction_id: Mapped[int] = mapped_column(ForeignKey("correction.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
