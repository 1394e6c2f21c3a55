"""What somebody's study leaves behind: notes, progress, and sessions with their heartbeats."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.courses.models.editions import Lesson
from enroll.storage.columns import UtcMoment, at_most, whole
from enroll.storage.database import Base


class LessonNote(Base):
    """What a learner wrote down for themselves at a lesson; nobody else reads it."""

    __tablename__ = "lesson_note"
    __table_args__ = (UniqueConstraint("enrolment_id", "lesson_id"), at_most("text", 20_000))

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcMoment)

    lesson: Mapped[Lesson] = relationship()


class LessonProgress(Base):
    """How far one enrolment is in one lesson: seconds credited (never more than the lesson has), minutes already in the
    ledger, where to resume, and how far the video has been seen."""

    __tablename__ = "lesson_progress"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "lesson_id"),
        *whole("seconds", 0, 86_400),
        *whole("ledger_minutes", 0, 1_440),
        *whole("furthest_seconds", 0, 86_400),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    seconds: Mapped[int] = mapped_column(default=0)
    ledger_minutes: Mapped[int] = mapped_column(default=0)
    position_seconds: Mapped[int] = mapped_column(default=0)
    furthest_seconds: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime] = mapped_column(UtcMoment)
    completed_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    lesson: Mapped[Lesson] = relationship()


class StudySession(Base):
    """One stretch of one person at one lesson on one device. Only the newest of a person is open: the database says so.

    `seq` is the last heartbeat accepted; time is counted from `last_beat_at` on. What it earned goes to the ledger when
    the session ends, however it ends. `policy` is how it is counted, as it stood at the start, so that a heartbeat
    reads and writes this row and nothing else.
    """

    __tablename__ = "study_session"
    __table_args__ = (
        Index("uq_study_session_open", "account_id", unique=True,
              sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
        Index("ix_study_session_silent", "last_beat_at", sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
        *whole("seconds_credited", 0, 86_400),
        *whole("seconds_held", 0, 86_400),
        *whole("seq", 0, 1_000_000),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    browser: Mapped[str] = mapped_column(String(200), default="")
    device: Mapped[str] = mapped_column(String(40), default="")  # the sign-in session it came from
    policy: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    started_at: Mapped[datetime] = mapped_column(UtcMoment)
    last_beat_at: Mapped[datetime] = mapped_column(UtcMoment)
    seq: Mapped[int] = mapped_column(default=0)
    playing: Mapped[bool] = mapped_column(default=True)
    position_seconds: Mapped[int] = mapped_column(default=0)
    furthest_seconds: Mapped[int] = mapped_column(default=0)
    seconds_credited: Mapped[int] = mapped_column(default=0)
    seconds_held: Mapped[int] = mapped_column(default=0)  # until a presence check is answered
    by_day: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # local day -> seconds credited
    heard: Mapped[list[int] | None] = mapped_column(JSON)  # milliseconds since the start, for each heartbeat
    uncounted: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # reason -> seconds, settled with the session
    check_at_seconds: Mapped[int | None]  # credited seconds at which the next presence check is asked
    check_asked_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    ended_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    ended_why: Mapped[str] = mapped_column(String(20), default="")  # completed, left, newer_session, silent

    lesson: Mapped[Lesson] = relationship()
