"""Questions and their answers, contacts, nudges, what somebody does not want to be sent, and complaints."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.accounts.models import Account
from enroll.courses.models.editions import Lesson
from enroll.enrolments.models import Enrolment
from enroll.learners.models import Learner
from enroll.storage.columns import UtcMoment, at_most, one_of, whole
from enroll.storage.database import Base
from enroll.storage.files import StoredFile
from enroll.storage.history import HistoryRow, Versioned
from enroll.supervision.lifecycle import ComplaintState, ContactState, QuestionState
from enroll.supervision.rules import complaints
from enroll.supervision.rules.asking import QuestionKind
from enroll.supervision.rules.following import Channel
from enroll.supervision.rules.reminding import NudgeKind


class LearnerQuestionMove(HistoryRow, Base):
    __tablename__ = "learner_question_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("learner_question.id"), index=True)


class LearnerQuestion(Versioned, Base):
    """A question to staff. `waiting_since` is set while somebody waits for an answer; `answered_at` is the first one.

    `about` is the lesson's or the bank question's words as they were when it was asked.
    """

    __tablename__ = "learner_question"
    __table_args__ = (
        one_of("state", QuestionState), one_of("kind", QuestionKind), *whole("rating", 1, 5), at_most("title", 120),
        Index("ix_learner_question_queue", "state", "waiting_since"),
        Index("ix_learner_question_of", "learner_id", "id"),
        CheckConstraint("(state IN ('open', 'reopened')) = (waiting_since IS NOT NULL)", name="waits_or_not"),
    )
    history = LearnerQuestionMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    kind: Mapped[str] = mapped_column(String(10))
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lesson.id"))
    bank_question_id: Mapped[int | None] = mapped_column(ForeignKey("bank_question.id"))
    about: Mapped[str] = mapped_column(String(300), default="")
    title: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcMoment)
    waiting_since: Mapped[datetime | None] = mapped_column(UtcMoment)
    answered_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    rating: Mapped[int | None]
    rated_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    learner: Mapped[Learner] = relationship()
    lesson: Mapped[Lesson | None] = relationship()
    owner: Mapped[Account | None] = relationship()
    posts: Mapped[list["QuestionPost"]] = relationship(order_by="QuestionPost.id", viewonly=True)


class QuestionPost(Base):
    """What somebody wrote under a question, with the picture beside it, written anew."""

    __tablename__ = "question_post"
    __append_only__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("learner_question.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    by_name: Mapped[str] = mapped_column(String(120))
    by_staff: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    posted_at: Mapped[datetime] = mapped_column(UtcMoment)

    picture: Mapped[StoredFile | None] = relationship()


class PublicAnswer(Base):
    """A question and its answer as everybody who studies may read them: worded anew by a trainer, without names."""

    __tablename__ = "public_answer"
    __table_args__ = (at_most("title", 120),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("learner_question.id"), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UtcMoment)
    published_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class AnswerGram(Base):
    """What a public answer is found by (rules/asking.grams_of), one row each."""

    __tablename__ = "public_answer_gram"

    gram: Mapped[str] = mapped_column(String(30), primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("public_answer.id"), primary_key=True, index=True)


class ContactMove(HistoryRow, Base):
    __tablename__ = "contact_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)


class Contact(Versioned, Base):
    """An adviser talks with a learner: planned for a moment, then done with an outcome, or the learner was missed."""

    __tablename__ = "contact"
    __table_args__ = (
        one_of("state", ContactState), one_of("channel", Channel),
        CheckConstraint("state <> 'done' OR outcome <> ''", name="done_has_an_outcome"),
        Index("ix_contact_due", "state", "due_at"), Index("ix_contact_of", "learner_id", "id"),
    )
    history = ContactMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    adviser_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(10))
    asked_by_learner: Mapped[bool] = mapped_column(default=False)
    wish: Mapped[str] = mapped_column(Text, default="")  # what it is about and when it suits, in the learner's words
    due_at: Mapped[datetime] = mapped_column(UtcMoment)
    outcome: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    learner: Mapped[Learner] = relationship()
    adviser: Mapped[Account] = relationship()


class Nudge(Base):
    """One text that was sent to one learner: by an adviser, by the reminders, or as the week's summary. `key` makes a
    kind of it unique for its enrolment: a reminder and a summary once a week."""

    __tablename__ = "nudge"
    __append_only__ = True
    __table_args__ = (one_of("kind", NudgeKind), UniqueConstraint("enrolment_id", "key"),
                      Index("ix_nudge_of", "learner_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    kind: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(60))
    template: Mapped[str] = mapped_column(String(30), default="")
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    endpoint: Mapped[str] = mapped_column(String(60), default="")
    place: Mapped[str] = mapped_column(String(120), default="")  # the values in the page's address, as name=value&...
    sent_at: Mapped[datetime] = mapped_column(UtcMoment)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    sent_by_name: Mapped[str] = mapped_column(String(120))

    enrolment: Mapped[Enrolment] = relationship()


class ReminderChoice(Base):
    """What a learner does not want to be sent by itself; without a row everything is sent."""

    __tablename__ = "reminder_choice"

    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), primary_key=True, autoincrement=False)
    reminders_off_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    summary_off_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class ComplaintMove(HistoryRow, Base):
    __tablename__ = "complaint_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), index=True)


class Complaint(Versioned, Base):
    """Somebody is not content 投诉: how it came, what they want, who answers until when, and what was found. What both
    sides wrote stands in `posts`; `about_id` is the member of staff it is about, who has no part in answering."""

    __tablename__ = "complaint"
    __table_args__ = (
        one_of("state", ComplaintState), one_of("about", complaints.About), one_of("channel", complaints.Channel),
        at_most("title", 120),
        CheckConstraint("finding IN ('', 'upheld', 'partly', 'not_upheld')", name="finding_known"),
        CheckConstraint("state <> 'answered' OR (finding <> '' AND answered_at IS NOT NULL)",
                        name="answered_has_a_finding"),
        CheckConstraint("owner_id IS NULL OR about_id IS NULL OR owner_id <> about_id",
                        name="nobody_answers_about_themselves"),
        Index("ix_complaint_queue", "state", "answer_by"), Index("ix_complaint_of", "learner_id", "id"),
    )
    history = ComplaintMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    about: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    wish: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    about_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    received_at: Mapped[datetime] = mapped_column(UtcMoment)
    answer_by: Mapped[datetime] = mapped_column(UtcMoment)
    finding: Mapped[str] = mapped_column(String(20), default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    learner: Mapped[Learner] = relationship()
    owner: Mapped[Account | None] = relationship(foreign_keys="Complaint.owner_id")
    about_person: Mapped[Account | None] = relationship(foreign_keys="Complaint.about_id")
    posts: Mapped[list["ComplaintPost"]] = relationship(order_by="ComplaintPost.id", viewonly=True)


class ComplaintPost(Base):
    """What somebody wrote, with a picture or PDF as evidence. A note among staff is not shown to the learner."""

    __tablename__ = "complaint_post"
    __append_only__ = True
    __table_args__ = (CheckConstraint("by_staff OR NOT note", name="notes_are_of_staff"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    by_name: Mapped[str] = mapped_column(String(120))
    by_staff: Mapped[bool]
    note: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(Text)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    posted_at: Mapped[datetime] = mapped_column(UtcMoment)

    file: Mapped[StoredFile | None] = relationship()
