"""Certificate cases and what was issued."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.certificates.lifecycle import IN_FORCE, CertificateState
from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.results.models import Outcome
from enroll.storage.columns import UtcMoment, one_of
from enroll.storage.database import Base
from enroll.storage.files import StoredFile
from enroll.storage.history import HistoryRow, Versioned

IN_FORCE_SQL = "state IN ({})".format(", ".join(f"'{state}'" for state in sorted(IN_FORCE)))


class CertificateMove(HistoryRow, Base):
    __tablename__ = "certificate_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)


class Certificate(Versioned, Base):
    """One in force per learner and programme. `facts` are frozen when the number is recorded; the document is made (or
    the body's file taken over) once, and no later change of name or template changes a byte of it."""

    __tablename__ = "certificate"
    __table_args__ = (
        one_of("state", CertificateState),
        CheckConstraint("first_by_id IS NULL OR second_by_id IS NULL OR first_by_id <> second_by_id",
                        name="two_people"),
        CheckConstraint("state <> 'issued' OR (number IS NOT NULL AND first_by_id IS NOT NULL "
                        "AND second_by_id IS NOT NULL)", name="issued_is_whole"),
        Index("uq_certificate_in_force", "learner_id", "programme_id", unique=True,
              sqlite_where=text(IN_FORCE_SQL), postgresql_where=text(IN_FORCE_SQL)),
        Index("ix_certificate_queue", "state", "opened_at"),
    )
    history = CertificateMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    window_id: Mapped[int] = mapped_column(ForeignKey("exam_window.id"), index=True)
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"))
    state: Mapped[str] = mapped_column(String(20))
    opened_at: Mapped[datetime] = mapped_column(UtcMoment)
    first_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    first_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    second_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    second_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    evidence_digest: Mapped[str] = mapped_column(String(64), default="")
    refusal_code: Mapped[str] = mapped_column(String(40), default="")
    number: Mapped[str | None] = mapped_column(String(60), unique=True)
    issued_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    recorded_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    document_kind: Mapped[str] = mapped_column(String(20), default="")  # body_file, partner_record
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    image_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))

    learner: Mapped[Learner] = relationship()
    window: Mapped[Window] = relationship()
    outcome: Mapped[Outcome] = relationship()
    file: Mapped[StoredFile | None] = relationship(foreign_keys="Certificate.file_id")
    image: Mapped[StoredFile | None] = relationship(foreign_keys="Certificate.image_id")
