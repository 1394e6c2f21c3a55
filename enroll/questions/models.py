"""The question bank, quizzes and the attempts at them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.storage.columns import UtcMoment, whole
from enroll.storage.database import Base


class BankQuestion(Base):
    """One version of a question. `answer` is a list of option keys; for true/false 'T' or 'F'."""

    __tablename__ = "bank_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(20))  # single, multiple, judge
    topic: Mapped[str] = mapped_column(String(20), index=True)  # the code of a module
    section: Mapped[str] = mapped_column(String(10))  # general, direction
    difficulty: Mapped[int]
    stem: Mapped[str] = mapped_column(Text)
    options: Mapped[dict[str, str]] = mapped_column(JSON)
    answer: Mapped[list[str]] = mapped_column(JSON)
    explanation: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(20), default="published")


class Quiz(Base):
    """A quiz drawn from one topic, or a paper drawn by a blueprint: a list of {kind, count, points, partial}.

    `attempts_a_day` 0 is no limit; `cool_down_minutes` must pass after an attempt that was not passed.
    """

    __tablename__ = "quiz"
    __table_args__ = (
        *whole("pass_percent", 0, 100),
        *whole("minutes", 1, 300),
        *whole("attempts_a_day", 0, 100),
        *whole("cool_down_minutes", 0, 1440),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(160))
    topic: Mapped[str] = mapped_column(String(20), default="")
    section: Mapped[str] = mapped_column(String(10), default="")
    question_count: Mapped[int] = mapped_column(default=0)
    blueprint: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    pass_percent: Mapped[int]
    minutes: Mapped[int]
    attempts_a_day: Mapped[int] = mapped_column(default=0)
    cool_down_minutes: Mapped[int] = mapped_column(default=0)


class QuizAttempt(Base):
    """Questions and the order of their options are frozen at the start; the server alone keeps the time.

    `purpose` is opaque here: the later package that opened the attempt says what it is for. Only one attempt a purpose
    is open at a time: the database says so.
    """

    __tablename__ = "quiz_attempt"
    __table_args__ = (
        *whole("points", 0, 10_000),
        *whole("full_points", 0, 10_000),
        Index("ix_quiz_attempt_of", "account_id", "quiz_id"),
        Index("uq_quiz_attempt_open", "account_id", "quiz_id", "purpose", unique=True,
              sqlite_where=text("submitted_at IS NULL"), postgresql_where=text("submitted_at IS NULL")),
        Index("ix_quiz_attempt_due", "due_at", sqlite_where=text("submitted_at IS NULL"),
              postgresql_where=text("submitted_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    purpose: Mapped[str] = mapped_column(String(80), default="")
    paper: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # [{question, options: [keys in order], points, partial}]
    answers: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    started_at: Mapped[datetime] = mapped_column(UtcMoment)
    due_at: Mapped[datetime] = mapped_column(UtcMoment)
    saved_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    points: Mapped[int | None]
    full_points: Mapped[int]
    passed: Mapped[bool | None]

    quiz: Mapped[Quiz] = relationship(lazy="joined", innerjoin=True)
