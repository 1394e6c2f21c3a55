"""Courses in editions, modules and lessons, and which edition an enrolment began."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.courses.lifecycle import EditionState
from enroll.storage.columns import UtcMoment, one_of, whole
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
