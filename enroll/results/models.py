"""Marks entered, results by version, publication, outcome, and score reviews."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.results.lifecycle import ResultState, ReviewState
from enroll.results.rules.verdicts import Verdict
from enroll.sittings.models import Booking
from enroll.storage.columns import UtcMoment, one_of, whole
from enroll.storage.database import Base
from enroll.storage.history import HistoryRow, Versioned

MOST_TENTHS = 10_000


class ResultMove(HistoryRow, Base):
    __tablename__ = "result_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("result.id"), index=True)


class Result(Versioned, Base):
    """One in force per booking; a correction is a new row. `mark` stands once two people agree (or a third decided),
    and is null for absent, excused and disqualified. Entries belong to a round; taking one back begins the next."""

    __tablename__ = "result"
    __table_args__ = (
        one_of("state", ResultState),
        one_of("verdict", Verdict),
        *whole("mark", 0, MOST_TENTHS),
        *whole("entry_round", 1, 1000),
        CheckConstraint("mark IS NULL OR verdict IS NULL OR verdict IN ('pass', 'fail', 'void')",
                        name="no_mark_without_sitting"),
        CheckConstraint("state NOT IN ('pending', 'entered', 'discrepancy') OR mark IS NULL",
                        name="no_mark_before_it_is_checked"),
        Index("uq_result_in_force", "booking_id", unique=True,
              sqlite_where=text("state <> 'superseded'"), postgresql_where=text("state <> 'superseded'")),
        Index("ix_result_of_sitting", "sitting_id", "state"),
    )
    history = ResultMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    mark: Mapped[int | None]
    verdict: Mapped[str | None] = mapped_column(String(20))
    entry_round: Mapped[int] = mapped_column(default=1)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("result.id"))
    source: Mapped[str] = mapped_column(String(20), default="hand")  # hand, body, attendance, review

    booking: Mapped[Booking] = relationship()
    replaces: Mapped["Result | None"] = relationship(remote_side="Result.id")
    entries: Mapped[list["MarkEntry"]] = relationship(order_by="MarkEntry.id")


class MarkEntry(Base):
    """What one person keyed in: 1 first, 2 second, 3 the decision. Every entry is kept for ever. A bare pass or fail
    stands where the issuing body returns no mark."""

    __tablename__ = "mark_entry"
    __append_only__ = True
    __table_args__ = (
        *whole("mark", 0, MOST_TENTHS),
        *whole("entry_no", 1, 3),
        *whole("entry_round", 1, 1000),
        CheckConstraint("(mark IS NULL) <> (verdict IS NULL)", name="mark_or_verdict"),
        CheckConstraint("verdict IN ('pass', 'fail')", name="verdict_known"),
        Index("uq_mark_entry_second", "result_id", "entry_round", "entry_no", unique=True,
              sqlite_where=text("entry_no > 1"), postgresql_where=text("entry_no > 1")),
        Index("ix_mark_entry_source", "source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    result_id: Mapped[int] = mapped_column(ForeignKey("result.id"), index=True)
    entry_round: Mapped[int] = mapped_column(default=1)
    entry_no: Mapped[int]
    mark: Mapped[int | None]
    verdict: Mapped[str | None] = mapped_column(String(10))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    source: Mapped[str] = mapped_column(String(80), default="hand")  # hand, or the SHA-256 of the body's file
    reason: Mapped[str] = mapped_column(Text, default="")


class Publication(Base):
    """The moment a window's results became visible, all at once."""

    __tablename__ = "publication"
    __append_only__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("exam_window.id"), unique=True)
    published_at: Mapped[datetime] = mapped_column(UtcMoment)
    published_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    results: Mapped[int]


class Outcome(Base):
    """What a window means for one learner, with the rules and inputs it was computed from; a correction adds a row,
    the newest stands."""

    __tablename__ = "outcome"
    __append_only__ = True
    __table_args__ = (one_of("verdict", Verdict), Index("ix_outcome_of", "learner_id", "window_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    window_id: Mapped[int] = mapped_column(ForeignKey("exam_window.id"))
    verdict: Mapped[str] = mapped_column(String(20))
    by_part: Mapped[dict[str, Any]] = mapped_column(JSON)  # part -> {verdict, mark, window, result}
    kept_until_window: Mapped[str] = mapped_column(String(6), default="")
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    computed_at: Mapped[datetime] = mapped_column(UtcMoment)


class MarkCheckPolicy(Base):
    """Which marks of one source a second person checks, from one moment on; the newest stands. Not official: a figure
    of this installation."""

    __tablename__ = "mark_check_policy"
    __append_only__ = True
    __table_args__ = (
        *whole("near_tenths", 0, MOST_TENTHS), *whole("sample_percent", 0, 100), *whole("sample_at_least", 0, 10_000),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(20))  # body
    near_tenths: Mapped[int]
    sample_percent: Mapped[int]
    sample_at_least: Mapped[int]
    from_at: Mapped[datetime] = mapped_column(UtcMoment)
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text, default="")


class ScoreReviewMove(HistoryRow, Base):
    __tablename__ = "score_review_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("score_review.id"), index=True)


class ScoreReview(Versioned, Base):
    """A learner's request to look for recording errors in one part; always answered, by a stranger to the mark."""

    __tablename__ = "score_review"
    __table_args__ = (one_of("state", ReviewState), UniqueConstraint("booking_id"))
    history = ScoreReviewMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))  # one review a part, whatever it finds
    result_id: Mapped[int] = mapped_column(ForeignKey("result.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    words: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(UtcMoment)
    answer_by: Mapped[datetime] = mapped_column(UtcMoment)
    answered_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    finding: Mapped[str] = mapped_column(String(20), default="")  # unchanged, corrected
    answer: Mapped[str] = mapped_column(Text, default="")

    result: Mapped[Result] = relationship()
    booking: Mapped[Booking] = relationship()
