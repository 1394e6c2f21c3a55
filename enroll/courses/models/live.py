"""Live classes, who has a place, the evidence of presence, and what was decided."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.accounts.models import Account
from enroll.courses.lifecycle import LiveState
from enroll.courses.models.editions import Course, Module
from enroll.enrolments.models import Enrolment
from enroll.storage.columns import UtcMoment, one_of, whole
from enroll.storage.database import Base
from enroll.storage.history import HistoryRow, Versioned


class LiveClassMove(HistoryRow, Base):
    __tablename__ = "live_class_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("live_class.id"), index=True)


class LiveClass(Versioned, Base):
    """A live class 直播/面授. `secret` makes the room's codes; `least_percent` is what counted when it was settled."""

    __tablename__ = "live_class"
    __table_args__ = (
        one_of("state", LiveState),
        Index("ix_live_class_calendar", "state", "starts_at"),
        *whole("minutes", 10, 480), *whole("capacity", 1, 2_000), *whole("least_percent", 1, 100),
    )
    history = LiveClassMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    module_id: Mapped[int | None] = mapped_column(ForeignKey("module.id"))
    title: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10))  # knowledge, practice
    trainer_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    place: Mapped[str] = mapped_column(String(200), default="")
    link: Mapped[str] = mapped_column(String(400), default="")
    starts_at: Mapped[datetime] = mapped_column(UtcMoment)
    minutes: Mapped[int]
    capacity: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    secret: Mapped[str] = mapped_column(String(32))
    least_percent: Mapped[int | None]

    course: Mapped[Course] = relationship()
    module: Mapped[Module | None] = relationship()
    trainer: Mapped[Account] = relationship()


class LivePlace(Base):
    """Somebody's place in a live class, taken or given up."""

    __tablename__ = "live_place"
    __table_args__ = (UniqueConstraint("class_id", "enrolment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("live_class.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    taken_at: Mapped[datetime] = mapped_column(UtcMoment)
    given_up_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    enrolment: Mapped[Enrolment] = relationship()


class LiveSign(Base):
    """Evidence of presence: a stretch out of a meeting tool's list (both moments), or one code, in or out."""

    __tablename__ = "live_sign"
    __table_args__ = (CheckConstraint("came_at IS NOT NULL OR left_at IS NOT NULL", name="says_when"),)
    __append_only__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("live_class.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    came_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    left_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    import_token: Mapped[str] = mapped_column(String(32), default="")
    recorded_at: Mapped[datetime] = mapped_column(UtcMoment)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class LiveAttendance(Base):
    """What was decided about one person's attendance; the newest row of a person counts, a correction adds one."""

    __tablename__ = "live_attendance"
    __table_args__ = (UniqueConstraint("class_id", "enrolment_id", "version"), *whole("seconds", 0, 28_800),
                      *whole("minutes", 0, 480), *whole("version", 1, 100))
    __append_only__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("live_class.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    seconds: Mapped[int]  # seen there
    minutes: Mapped[int]  # credited
    why: Mapped[str] = mapped_column(String(20), default="")  # why fewer than seen: LIVE_WHY
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime] = mapped_column(UtcMoment)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))

    enrolment: Mapped[Enrolment] = relationship()
