"""Courses in editions, modules and lessons; study sessions, progress, and practical tasks handed in."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.accounts.models import Account
from enroll.courses.lifecycle import EditionState, LiveState, WorkState
from enroll.enrolments.models import Enrolment
from enroll.storage.columns import UtcMoment, at_most, one_of, whole
from enroll.storage.database import Base
from enroll.storage.files import StoredFile
from enroll.storage.history import HistoryRow, Versioned


class Course(Base):
    __tablename__ = "course"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    code: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(200), default="")
    section: Mapped[str] = mapped_column(String(10))  # general, direction
    summary: Mapped[str] = mapped_column(Text, default="")
    career: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    position: Mapped[int]

    editions: Mapped[list["CourseEdition"]] = relationship(order_by="CourseEdition.number", back_populates="course")


class CourseEditionMove(HistoryRow, Base):
    __tablename__ = "course_edition_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)


class CourseEdition(Versioned, Base):
    """One edition of a course: written as a draft, frozen when it is published, retired by the next one.

    Codes of modules and lessons are the same in every edition; an enrolment studies one edition of a course, so that
    within an enrolment a lesson's code says which lesson it is.
    """

    __tablename__ = "course_edition"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        one_of("state", EditionState),
        *whole("number", 1, 1_000),
        *(Index(f"uq_course_edition_{state}", "course_id", unique=True, sqlite_where=text(f"state = '{state}'"),
                postgresql_where=text(f"state = '{state}'")) for state in ("draft", "published")),
    )
    history = CourseEditionMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(30), unique=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(300), default="")  # what is new in it, for staff
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    published_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    course: Mapped[Course] = relationship(back_populates="editions")
    modules: Mapped[list["Module"]] = relationship(order_by="Module.position", back_populates="edition")


class EditionBegun(Base):
    """The edition of a course that an enrolment began, and finishes."""

    __tablename__ = "edition_begun"
    __table_args__ = (UniqueConstraint("enrolment_id", "course_id"),)
    __append_only__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    begun_at: Mapped[datetime] = mapped_column(UtcMoment)


class Module(Base):
    __tablename__ = "module"
    __table_args__ = (UniqueConstraint("edition_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"))
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]

    course: Mapped[Course] = relationship()
    edition: Mapped[CourseEdition] = relationship(back_populates="modules")
    lessons: Mapped[list["Lesson"]] = relationship(order_by="Lesson.position", back_populates="module")


class Lesson(Base):
    """The smallest piece of content 小节. `content` is video, reading, quiz or practice; `kind` what its minutes are.

    `deliverables` of a practice: {name, formats, max_mb}; `rubric`: {zh, en, points}. A video may be shorter than the
    lesson: once it has been seen, the rest of the minutes is for reading the text and doing its exercise. `needs` are
    the codes of lessons and modules of the same edition that must be completed before.
    """

    __tablename__ = "lesson"
    __table_args__ = (
        UniqueConstraint("module_id", "code"),
        *whole("minutes", 1, 480),
        *whole("video_seconds", 0, 86_400),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    code: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(160))
    content: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10))  # knowledge, practice
    minutes: Mapped[int]
    text: Mapped[str] = mapped_column(Text, default="")
    video_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    video_url: Mapped[str] = mapped_column(String(500), default="")
    video_seconds: Mapped[int] = mapped_column(default=0)
    quiz_code: Mapped[str] = mapped_column(String(40), default="")
    deliverables: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    rubric: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    needs: Mapped[list[str]] = mapped_column(JSON, default=list)
    position: Mapped[int]

    module: Mapped[Module] = relationship(back_populates="lessons")
    video: Mapped[StoredFile | None] = relationship()
    attachments: Mapped[list["LessonAttachment"]] = relationship(order_by="LessonAttachment.id")

    @property
    def has_video(self) -> bool:
        return self.video_id is not None or bool(self.video_url)


class LessonAttachment(Base):
    """A file to take along from a lesson."""

    __tablename__ = "lesson_attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    title: Mapped[str] = mapped_column(String(120))

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class WordingCorrection(Base):
    """Words of a published lesson corrected within its edition: what stood there, what stands now, and why."""

    __tablename__ = "wording_correction"
    __append_only__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), index=True)
    field: Mapped[str] = mapped_column(String(20))  # title, text
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_by_name: Mapped[str] = mapped_column(String(100))


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
