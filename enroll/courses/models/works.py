"""Practical tasks handed in, their files, and codes to go on with one on another device."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.courses.lifecycle import WorkState
from enroll.courses.models.editions import Lesson
from enroll.enrolments.models import Enrolment
from enroll.storage.columns import UtcMoment, one_of, whole
from enroll.storage.database import Base
from enroll.storage.files import StoredFile
from enroll.storage.history import HistoryRow, Versioned


class PracticeWorkMove(HistoryRow, Base):
    __tablename__ = "practice_work_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("practice_work.id"), index=True)


class PracticeWork(Versioned, Base):
    """One learner's work for one practical lesson, handed in as often as it takes; credited once, when accepted."""

    __tablename__ = "practice_work"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "lesson_id"),
        one_of("state", WorkState),
        Index("ix_practice_work_queue", "state", "handed_in_at"),
        *whole("hand_ins", 0, 1_000),
    )
    history = PracticeWorkMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    state: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    points: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # rubric: [{item, points}]
    hand_ins: Mapped[int] = mapped_column(default=0)
    handed_in_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    decided_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    trainer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # who has taken it

    enrolment: Mapped[Enrolment] = relationship()
    lesson: Mapped[Lesson] = relationship()
    files: Mapped[list["PracticeFile"]] = relationship(order_by="PracticeFile.id")


class PracticeFile(Base):
    """A file of a practical task; `hand_in` is the hand-in it belongs to, 0 while it is not handed in."""

    __tablename__ = "practice_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    work_id: Mapped[int] = mapped_column(ForeignKey("practice_work.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    deliverable: Mapped[str] = mapped_column(String(120), default="")
    hand_in: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime] = mapped_column(UtcMoment)
    removed_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class ContinueCode(Base):
    """A code to scan or type on another device, to go on there with a practical task. It signs nobody in: whoever opens
    it signs in there first, and it leads its owner alone, once, while the browser that asked for it is signed in."""

    __tablename__ = "continue_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("web_session.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    expires_at: Mapped[datetime] = mapped_column(UtcMoment, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    used_with: Mapped[str] = mapped_column(String(200), default="")  # the browser it was opened with

    lesson: Mapped[Lesson] = relationship()
