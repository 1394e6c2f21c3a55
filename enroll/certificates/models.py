"""Certificate cases and what was issued."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.certificates.lifecycle import STANDING, UNDER_WAY, CertificateState
from enroll.learners.models import Learner
from enroll.programmes.models import Programme, Window
from enroll.results.models import Outcome
from enroll.storage.columns import UtcMoment, one_of
from enroll.storage.database import Base
from enroll.storage.files import StoredFile
from enroll.storage.history import HistoryRow, Versioned

STANDING_SQL = "state IN ({})".format(", ".join(f"'{state}'" for state in sorted(STANDING)))
UNDER_WAY_SQL = "state IN ({})".format(", ".join(f"'{state}'" for state in sorted(UNDER_WAY)))


class CertificateMove(HistoryRow, Base):
    __tablename__ = "certificate_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)


class Certificate(Versioned, Base):
    """One case under way, and one that stands, per learner and programme. `facts` are frozen when the number is
    recorded; the document is made (or the body's file taken over) once, and no later change of name or template changes
    a byte of it."""

    __tablename__ = "certificate"
    __table_args__ = (
        one_of("state", CertificateState),
        CheckConstraint("first_by_id IS NULL OR second_by_id IS NULL OR first_by_id <> second_by_id "
                        "OR by_one_person <> ''", name="two_people"),
        CheckConstraint("state <> 'issued' OR (number IS NOT NULL AND first_by_id IS NOT NULL "
                        "AND second_by_id IS NOT NULL)", name="issued_is_whole"),
        Index("uq_certificate_standing", "learner_id", "programme_id", unique=True,
              sqlite_where=text(STANDING_SQL), postgresql_where=text(STANDING_SQL)),
        Index("uq_certificate_case", "learner_id", "programme_id", unique=True,
              sqlite_where=text(UNDER_WAY_SQL), postgresql_where=text(UNDER_WAY_SQL)),
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
    first_digest: Mapped[str] = mapped_column(String(64), default="")  # of the evidence that each of the two saw
    second_digest: Mapped[str] = mapped_column(String(64), default="")
    by_one_person: Mapped[str] = mapped_column(Text, default="")  # why one person gave both approvals
    refusal_code: Mapped[str] = mapped_column(String(40), default="")
    refusal_words: Mapped[str] = mapped_column(Text, default="")
    refused_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    batch_reference: Mapped[str] = mapped_column(String(20), default="")
    reported_at: Mapped[datetime | None] = mapped_column(UtcMoment)
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
    programme: Mapped[Programme] = relationship()
    window: Mapped[Window] = relationship()
    outcome: Mapped[Outcome] = relationship()
    file: Mapped[StoredFile | None] = relationship(foreign_keys="Certificate.file_id")
    image: Mapped[StoredFile | None] = relationship(foreign_keys="Certificate.image_id")
    replaces: Mapped["Certificate | None"] = relationship(remote_side="Certificate.id")


class CertificateMeasure(Base):
    """A suspension, its end, or a revocation: proposed by one person on the issuing body's decision, and made by
    another."""

    __tablename__ = "certificate_measure"
    __table_args__ = (
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> proposed_by_id OR by_one_person <> ''",
                        name="two_people"),
        CheckConstraint("move IN ('suspend', 'restore', 'revoke')", name="move_known"),
        Index("uq_certificate_measure_open", "certificate_id", unique=True,
              sqlite_where=text("confirmed_at IS NULL AND dropped_at IS NULL"),
              postgresql_where=text("confirmed_at IS NULL AND dropped_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    move: Mapped[str] = mapped_column(String(20))
    reason_code: Mapped[str] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(Text)
    decided_on: Mapped[date]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcMoment)
    by_one_person: Mapped[str] = mapped_column(Text, default="")  # why the proposer confirmed it too
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    dropped_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class OpenMatter(Base):
    """Something about a learner that must be closed before a certificate: an outcome that changed, or what later
    packages say (an identity correction). A person closes it, with words."""

    __tablename__ = "open_matter"
    __table_args__ = (
        Index("uq_open_matter", "kind", "reference", unique=True,
              sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    reference: Mapped[str] = mapped_column(String(60))
    words: Mapped[str] = mapped_column(Text, default="")
    raised_at: Mapped[datetime] = mapped_column(UtcMoment)
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    closing_words: Mapped[str] = mapped_column(Text, default="")


class EarlierCertificate(Base):
    """A certificate the issuing body gave out before our first day, as two of our people recorded it from a source.
    Not reviewed here, so no case: it shows what the paper says."""

    __tablename__ = "earlier_certificate"
    __append_only__ = True
    __table_args__ = (CheckConstraint("recorded_by_id <> second_person_id", name="two_people"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    number: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(100))  # as it stands on the paper
    issued_on: Mapped[date]
    valid_until: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime] = mapped_column(UtcMoment)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    second_person_id: Mapped[int] = mapped_column(ForeignKey("account.id"))

    programme: Mapped[Programme] = relationship()
