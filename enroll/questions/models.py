"""The question bank, quizzes and mock exams with the attempts at them, and what practice remembers of a person."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, and_, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, synonym

from enroll.foundation.words import Bilingual
from enroll.questions.lifecycle import QuestionState
from enroll.questions.rules.practice import Mode
from enroll.questions.rules.questions import Kind
from enroll.storage.columns import UtcMoment, one_of, whole
from enroll.storage.database import Base
from enroll.storage.history import HistoryRow, Versioned

OPEN = text("submitted_at IS NULL")


class Topic(Base):
    """A module, as far as questions need to know it. Courses, a later package, names its modules here.

    `area` is the code of what it belongs to: a course of the general section, or a direction.
    """

    __tablename__ = "topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    programme: Mapped[str] = mapped_column(String(20), index=True)
    section: Mapped[str] = mapped_column(String(10))  # general, direction
    area: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(200), default="")

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.title, self.title_en)


class QuestionMove(HistoryRow, Base):
    __tablename__ = "question_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("bank_question.id"), index=True)


class BankQuestion(Versioned, Base):
    """A question and where it stands. What it says is in its editions; `edition` is the number of the one asked now."""

    __tablename__ = "bank_question"
    __table_args__ = (
        one_of("state", QuestionState),
        one_of("kind", Kind),
        *whole("difficulty", 1, 3),
        *whole("edition", 1, 10_000),
        Index("ix_bank_question_pool", "state", "topic"),
    )
    history = QuestionMove

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    topic: Mapped[str] = mapped_column(String(20), index=True)  # the code of a module
    section: Mapped[str] = mapped_column(String(10))  # general, direction
    difficulty: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    edition: Mapped[int] = mapped_column(default=1)
    digest: Mapped[str] = mapped_column(String(64), index=True)  # of what it asks now: the same question is found

    current: Mapped["QuestionEdition"] = relationship(
        primaryjoin=lambda: and_(BankQuestion.id == foreign(QuestionEdition.question_id),
                                 BankQuestion.edition == foreign(QuestionEdition.number)),
        viewonly=True, lazy="joined", innerjoin=True, uselist=False,
    )

    reference: Mapped[str] = synonym("code")

    @property
    def stem(self) -> str:
        return self.current.stem

    @property
    def options(self) -> dict[str, str]:
        return self.current.options

    @property
    def answer(self) -> list[str]:
        return self.current.answer

    @property
    def explanation(self) -> str:
        return self.current.explanation


class QuestionEdition(Base):
    """One wording of a question, as asked and marked; never changed. `answer`: see rules.questions.NewQuestion."""

    __tablename__ = "question_edition"
    __table_args__ = (UniqueConstraint("question_id", "number"), one_of("kind", Kind))
    __append_only__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("bank_question.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    stem: Mapped[str] = mapped_column(Text)
    options: Mapped[dict[str, str]] = mapped_column(JSON)
    answer: Mapped[list[str]] = mapped_column(JSON)
    explanation: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    written_at: Mapped[datetime] = mapped_column(UtcMoment)
    written_by: Mapped[str] = mapped_column(String(120))


class Quiz(Base):
    """A quiz drawn from one topic, or a paper drawn by a blueprint: a list of rules.papers.Section.

    `attempts_a_day` 0 is no limit; `cool_down_minutes` must pass after an attempt that was not passed. A mock exam
    has a programme, the day from which its rules hold, and their source; `pass_percent` is not for mock exams.
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
    title_en: Mapped[str] = mapped_column(String(160), default="")
    topic: Mapped[str] = mapped_column(String(20), default="")
    section: Mapped[str] = mapped_column(String(10), default="")
    question_count: Mapped[int] = mapped_column(default=0)
    blueprint: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    pass_percent: Mapped[int]
    minutes: Mapped[int]
    attempts_a_day: Mapped[int] = mapped_column(default=0)
    cool_down_minutes: Mapped[int] = mapped_column(default=0)
    mock_for: Mapped[str] = mapped_column(String(20), default="")  # the programme of a mock exam
    holds_from: Mapped[date | None]
    holds_until: Mapped[date | None]  # from this day on it is offered no longer
    source: Mapped[str] = mapped_column(String(200), default="")

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.title, self.title_en)


class QuizAttempt(Base):
    """Questions and the order of their options are frozen at the start; the server alone keeps the time.

    `purpose` is opaque here: the later package that opened the attempt says what it is for. Only one attempt a purpose
    is open at a time: the database says so. The same `seed` and bank draw the same paper.
    """

    __tablename__ = "quiz_attempt"
    __table_args__ = (
        *whole("points", 0, 10_000),
        *whole("full_points", 0, 10_000),
        Index("ix_quiz_attempt_of", "account_id", "quiz_id"),
        Index("uq_quiz_attempt_open", "account_id", "quiz_id", "purpose", unique=True, sqlite_where=OPEN,
              postgresql_where=OPEN),
        Index("ix_quiz_attempt_due", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    purpose: Mapped[str] = mapped_column(String(80), default="")
    seed: Mapped[str] = mapped_column(String(40), default="")
    paper: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # rules.papers.PaperItem each
    answers: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    started_at: Mapped[datetime] = mapped_column(UtcMoment)
    due_at: Mapped[datetime] = mapped_column(UtcMoment)
    saved_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    points: Mapped[int | None]
    full_points: Mapped[int]
    passed: Mapped[bool | None]

    quiz: Mapped[Quiz] = relationship(lazy="joined", innerjoin=True)


class PracticeRound(Base):
    """A few questions, one a screen, each answered once. `paper`: {question, edition, options}; `answers`, by the place
    on the paper from 1: {chosen, recall, at}, recall empty while a short answer is not yet compared."""

    __tablename__ = "practice_round"
    __table_args__ = (one_of("mode", Mode), Index("ix_practice_round_of", "account_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    mode: Mapped[str] = mapped_column(String(20))
    topic: Mapped[str] = mapped_column(String(20), default="")
    paper: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    answers: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON, default=dict)
    begun_at: Mapped[datetime] = mapped_column(UtcMoment)
    finished_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class QuestionCard(Base):
    """What practice knows of one person and one question: counts, the wrong-answer book, the favourite, the memory.

    `stability` is in thousandths of a day and `hardness` in thousandths: rules.repetition.Memory.
    """

    __tablename__ = "question_card"
    __table_args__ = (
        UniqueConstraint("account_id", "question_id"),
        *whole("times_asked", 0, 100_000),
        *whole("times_right", 0, 100_000),
        *whole("days_right", 0, 100_000),
        *whole("stability", 0, 100_000_000),
        *whole("hardness", 0, 10_000),
        Index("ix_question_card_book", "account_id", "in_book", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("bank_question.id"), index=True)
    times_asked: Mapped[int] = mapped_column(default=0)
    times_right: Mapped[int] = mapped_column(default=0)
    days_right: Mapped[int] = mapped_column(default=0)  # days in a row on which it went right
    in_book: Mapped[bool] = mapped_column(default=False)
    favourite: Mapped[bool] = mapped_column(default=False)
    wrong_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    due_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    stability: Mapped[int] = mapped_column(default=0)
    hardness: Mapped[int] = mapped_column(default=0)

    question: Mapped[BankQuestion] = relationship(innerjoin=True)


class PracticeDay(Base):
    """How much somebody practised on one day in Beijing, and the goal as it was that day."""

    __tablename__ = "practice_day"
    __table_args__ = (UniqueConstraint("account_id", "day"), *whole("answered", 0, 100_000),
                      *whole("answered_right", 0, 100_000), *whole("goal", 1, 1000))

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    day: Mapped[date]
    answered: Mapped[int] = mapped_column(default=0)
    answered_right: Mapped[int] = mapped_column(default=0)
    goal: Mapped[int]


class PracticeGoal(Base):
    """How many questions a day somebody wants to answer."""

    __tablename__ = "practice_goal"
    __table_args__ = whole("goal", 1, 1000)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    goal: Mapped[int]
