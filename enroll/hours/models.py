"""The ledger of study minutes. Append-only: a mistake is mended by a reversing row, never by a change."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.enrolments.models import Enrolment
from enroll.hours.lifecycle import AdjustmentState, AnomalyState, ClaimState, DisputeState, DoubtState, ProofState
from enroll.hours.rules.anomalies import AnomalyKind
from enroll.hours.rules.claims import ClaimUnit
from enroll.storage.columns import UtcMoment, one_of, whole
from enroll.storage.database import Base
from enroll.storage.files import StoredFile
from enroll.storage.history import HistoryRow, Versioned

MOST_MINUTES = 100_000


class Source(StrEnum):
    LESSON = "lesson"
    QUIZ = "quiz"
    PRACTICE = "practice"
    LIVE = "live"
    OUTSIDE = "outside"
    MANUAL = "manual"
    OPENING = "opening"
    DOUBT = "doubt"
    DISPUTE = "dispute"
    REVERSAL = "reversal"


# The day's limit is for time the server watched; what a person accepted (a practical task) is no study of that day.
WATCHED = (Source.LESSON, Source.QUIZ, Source.LIVE, Source.DOUBT, Source.DISPUTE)


class LedgerEntry(Base):
    """Minutes credited (negative only in a reversal), with what they were for as it was called then.

    `source_key` is unique: one study session, one attempt, one submission is credited once.
    """

    __tablename__ = "ledger_entry"
    __append_only__ = True
    __table_args__ = (
        one_of("source", Source),
        *whole("minutes", -480, 480),
        *whole("seconds_observed", 0, 86_400),
        CheckConstraint("(source = 'reversal') = (minutes < 0)", name="only_reversals_are_negative"),
        CheckConstraint("minutes <> 0", name="minutes_not_zero"),
        Index("ix_ledger_entry_of", "enrolment_id", "id"),
        Index("ix_ledger_entry_day", "enrolment_id", "local_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    source: Mapped[str] = mapped_column(String(20))
    source_key: Mapped[str] = mapped_column(String(80), unique=True)
    section: Mapped[str] = mapped_column(String(10))  # general, direction
    kind: Mapped[str] = mapped_column(String(10))  # knowledge, practice
    course_code: Mapped[str] = mapped_column(String(20))
    course_title: Mapped[str] = mapped_column(String(120))
    lesson_code: Mapped[str] = mapped_column(String(30), default="", index=True)
    title: Mapped[str] = mapped_column(String(160))
    started_at: Mapped[datetime] = mapped_column(UtcMoment)
    ended_at: Mapped[datetime] = mapped_column(UtcMoment)
    local_day: Mapped[date]
    seconds_observed: Mapped[int]
    minutes: Mapped[int]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcMoment)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    second_person_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    reversed_by: Mapped["LedgerEntry | None"] = relationship(
        primaryjoin="foreign(LedgerEntry.reverses_id) == LedgerEntry.id", remote_side="LedgerEntry.reverses_id",
        uselist=False, viewonly=True,
    )


class UncountedTime(Base):
    """Study time the server saw and did not credit, by its named reason: idle, parallel_device, over_daily_cap,
    presence_missed, seek_on_first_view, after_lesson_length, gap. The learner sees it."""

    __tablename__ = "uncounted_time"
    __append_only__ = True
    __table_args__ = (*whole("seconds", 1, 86_400), Index("ix_uncounted_time_of", "enrolment_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    session_token: Mapped[str] = mapped_column(String(32), default="")
    lesson_code: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(160))
    reason: Mapped[str] = mapped_column(String(30))
    seconds: Mapped[int]
    happened_at: Mapped[datetime] = mapped_column(UtcMoment)
    dispute: Mapped["HoursDispute | None"] = relationship(
        primaryjoin="foreign(HoursDispute.uncounted_id) == UncountedTime.id",
        remote_side="HoursDispute.uncounted_id", uselist=False, viewonly=True,
    )


class HoursBalance(Base):
    """The running sums of one enrolment's ledger, kept in the same transaction; `flask doctor` adds them up again."""

    __tablename__ = "hours_balance"
    __table_args__ = (*whole("minutes", 0, MOST_MINUTES), *whole("practice_minutes", 0, MOST_MINUTES))

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    minutes: Mapped[int] = mapped_column(default=0)
    practice_minutes: Mapped[int] = mapped_column(default=0)
    by_course: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # course code -> minutes
    last_credit_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class DoubtMove(HistoryRow, Base):
    __tablename__ = "hours_doubt_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("hours_doubt.id"), index=True)


class HoursDoubt(Versioned, Base):
    """Minutes that a person must look at before they count (two devices at once, and the like)."""

    __tablename__ = "hours_doubt"
    __table_args__ = (one_of("state", DoubtState), *whole("minutes", 1, 480))
    history = DoubtMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    source_key: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    minutes: Mapped[int]
    why: Mapped[str] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(Text)
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON)
    entry: Mapped[dict[str, Any]] = mapped_column(JSON)  # what would be credited: lesson, section, kind, times
    raised_at: Mapped[datetime] = mapped_column(UtcMoment)

    enrolment: Mapped[Enrolment] = relationship()


class DisputeMove(HistoryRow, Base):
    __tablename__ = "hours_dispute_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("hours_dispute.id"), index=True)


class HoursDispute(Versioned, Base):
    """A learner's word against time that was not counted: one for each stretch, with what the server saw of it."""

    __tablename__ = "hours_dispute"
    __table_args__ = (
        one_of("state", DisputeState), *whole("minutes", 1, 480), *whole("lesson_minutes", 1, 1_440),
        *whole("counted_minutes", 1, 480),
        CheckConstraint("(state = 'counted') = (counted_minutes IS NOT NULL)", name="counted_says_how_much"),
        CheckConstraint("counted_minutes <= minutes", name="counted_no_more_than_seen"),
        Index("ix_hours_dispute_queue", "state", "raised_at"),
    )
    history = DisputeMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    uncounted_id: Mapped[int] = mapped_column(ForeignKey("uncounted_time.id"), unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    state: Mapped[str] = mapped_column(String(20))
    minutes: Mapped[int]  # the whole minutes of the stretch
    counted_minutes: Mapped[int | None]
    lesson_minutes: Mapped[int]  # what the lesson may bring in all
    words: Mapped[str] = mapped_column(Text)
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    entry: Mapped[dict[str, Any]] = mapped_column(JSON)  # what would be credited: lesson, section, kind, times
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON)  # the session as the server kept it
    raised_at: Mapped[datetime] = mapped_column(UtcMoment)

    enrolment: Mapped[Enrolment] = relationship()
    uncounted: Mapped[UncountedTime] = relationship()
    picture: Mapped[StoredFile | None] = relationship()


class ClaimMove(HistoryRow, Base):
    __tablename__ = "hour_claim_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("hour_claim.id"), index=True)


LIVE_CLAIM = text("state IN ('submitted', 'returned', 'accepted')")


class HourClaim(Versioned, Base):
    """Hours studied with another authorised partner, claimed with its record. `amount` stands in `unit` as the learner
    typed it; minutes are what counts. The same partner and days are claimed once: the database says so."""

    __tablename__ = "hour_claim"
    __table_args__ = (
        one_of("state", ClaimState), one_of("unit", ClaimUnit), *whole("amount", 1, 10_000),
        *whole("minutes", 1, 10_000), *whole("accepted_minutes", 1, 10_000),
        CheckConstraint("(state = 'accepted') = (accepted_minutes IS NOT NULL)", name="accepted_says_how_much"),
        CheckConstraint("accepted_minutes <= minutes", name="accepted_no_more_than_claimed"),
        CheckConstraint("studied_from <= studied_until", name="days_in_order"),
        Index("uq_hour_claim_live", "learner_id", "partner_key", "studied_from", "studied_until", unique=True,
              sqlite_where=LIVE_CLAIM, postgresql_where=LIVE_CLAIM),
        Index("ix_hour_claim_queue", "state", "submitted_at"),
    )
    history = ClaimMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    state: Mapped[str] = mapped_column(String(20))
    partner: Mapped[str] = mapped_column(String(120))
    partner_code: Mapped[str] = mapped_column(String(40), default="")
    partner_key: Mapped[str] = mapped_column(String(120))
    studied_from: Mapped[date]
    studied_until: Mapped[date]
    amount: Mapped[int]
    unit: Mapped[str] = mapped_column(String(20))
    minutes: Mapped[int]
    accepted_minutes: Mapped[int | None]
    section: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10))
    course_code: Mapped[str] = mapped_column(String(20))
    course_title: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(Text, default="")
    submitted_at: Mapped[datetime] = mapped_column(UtcMoment)

    enrolment: Mapped[Enrolment] = relationship()
    files: Mapped[list["HourClaimFile"]] = relationship(order_by="HourClaimFile.id")


class HourClaimFile(Base):
    """The partner's record of the hours: never taken out again, so that it is seen what a decision rested on."""

    __tablename__ = "hour_claim_file"
    __append_only__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("hour_claim.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    added_at: Mapped[datetime] = mapped_column(UtcMoment)

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class AdjustmentMove(HistoryRow, Base):
    __tablename__ = "hour_adjustment_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("hour_adjustment.id"), index=True)


class HourAdjustment(Versioned, Base):
    """Minutes entered by hand. `may_alone` is what its maker could still enter without a second person at that time."""

    __tablename__ = "hour_adjustment"
    __table_args__ = (
        one_of("state", AdjustmentState), *whole("minutes", 1, 6_000), *whole("may_alone", 0, 100_000),
        CheckConstraint("state <> 'credited' OR minutes <= may_alone OR second_person_id IS NOT NULL",
                        name="much_needs_two"),
        CheckConstraint("second_person_id <> made_by_id", name="second_is_another"),
        CheckConstraint("reason <> ''", name="has_a_reason"),
        Index("ix_hour_adjustment_queue", "state", "made_at"),
    )
    history = AdjustmentMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    state: Mapped[str] = mapped_column(String(20))
    minutes: Mapped[int]
    may_alone: Mapped[int]
    section: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10))
    course_code: Mapped[str] = mapped_column(String(20))
    course_title: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(160))
    done_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_by_name: Mapped[str] = mapped_column(String(120))
    second_person_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    enrolment: Mapped[Enrolment] = relationship()
    file: Mapped[StoredFile] = relationship()


class AnomalyMove(HistoryRow, Base):
    __tablename__ = "hours_anomaly_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("hours_anomaly.id"), index=True)


class HoursAnomaly(Versioned, Base):
    """Study that looks unusual, once for each thing that was seen (`key`), with the entries of the ledger it is about.
    Only staff see it; nothing changes for the learner before a person decides."""

    __tablename__ = "hours_anomaly"
    __table_args__ = (
        one_of("state", AnomalyState), one_of("kind", AnomalyKind), *whole("minutes", 0, MOST_MINUTES),
        Index("ix_hours_anomaly_queue", "state", "found_at"),
    )
    history = AnomalyMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    minutes: Mapped[int]
    entry_ids: Mapped[list[int]] = mapped_column(JSON)
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON)
    found_at: Mapped[datetime] = mapped_column(UtcMoment)

    enrolment: Mapped[Enrolment] = relationship()


class ProofMove(HistoryRow, Base):
    __tablename__ = "hours_proof_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("hours_proof.id"), index=True)


class HoursProof(Versioned, Base):
    """The proof of hours, frozen: facts, the digest of the ledger rows it rests on, and the document made once."""

    __tablename__ = "hours_proof"
    __table_args__ = (
        one_of("state", ProofState),
        Index("uq_hours_proof_active", "enrolment_id", unique=True,
              sqlite_where=text("state = 'issued'"), postgresql_where=text("state = 'issued'")),
        *whole("minutes", 0, MOST_MINUTES),
    )
    history = ProofMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    minutes: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    last_entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"))
    ledger_digest: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime] = mapped_column(UtcMoment)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    image_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    enrolment: Mapped[Enrolment] = relationship()
    file: Mapped[StoredFile | None] = relationship(foreign_keys="HoursProof.file_id")
    image: Mapped[StoredFile | None] = relationship(foreign_keys="HoursProof.image_id")
