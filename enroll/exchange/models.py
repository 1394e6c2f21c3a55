"""Batches to the issuing body, their rows as they were sent, and what came back for each."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.exchange.lifecycle import BatchState
from enroll.exchange.rules.batches import BatchKind, RowState
from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.storage.columns import SealedText, UtcMoment, one_of
from enroll.storage.database import Base
from enroll.storage.files import StoredFile
from enroll.storage.history import HistoryRow, Versioned


class BatchMove(HistoryRow, Base):
    __tablename__ = "batch_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)


class Batch(Versioned, Base):
    """A roster of one window: registrations with photos, or passes to be issued. Frozen rows are not edited; a later
    change makes a new row in a new batch."""

    __tablename__ = "batch"
    __table_args__ = (one_of("state", BatchState), one_of("kind", BatchKind))
    history = BatchMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    window_id: Mapped[int] = mapped_column(ForeignKey("exam_window.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    photos_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    window: Mapped[Window] = relationship()
    sheet: Mapped[StoredFile | None] = relationship(foreign_keys="Batch.sheet_id")
    photos: Mapped[StoredFile | None] = relationship(foreign_keys="Batch.photos_id")
    rows: Mapped[list["BatchRow"]] = relationship(order_by="BatchRow.number")


class BatchRow(Base):
    """One person in a batch. `content` is what was sent, sealed; `subject` the booking's or certificate's reference."""

    __tablename__ = "batch_row"
    __table_args__ = (
        UniqueConstraint("batch_id", "subject"),
        one_of("row_state", RowState),
        # Nobody is sent twice: only what the body has sent back may stand in another batch.
        Index("uq_batch_row_open", "subject", unique=True, sqlite_where=text("row_state <> 'rejected'"),
              postgresql_where=text("row_state <> 'rejected'")),
        Index("ix_batch_row_subject", "subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    number: Mapped[int]
    subject: Mapped[str] = mapped_column(String(20))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    content: Mapped[str] = mapped_column(SealedText)  # JSON, in the order of the roster's columns
    row_state: Mapped[str] = mapped_column(String(20), default="queued")
    reply: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    words: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    learner: Mapped[Learner] = relationship()
    batch: Mapped[Batch] = relationship(viewonly=True)
