"""Applications, what was submitted each time, what was returned, and extensions for one person."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.accounts.models import Account
from enroll.applications.lifecycle import (
    LIVE,
    AccommodationState,
    ApplicationState,
    OpinionState,
    OutageState,
    SpotCheckState,
)
from enroll.applications.rules.deadlines import Extended
from enroll.applications.rules.outages import Outcome
from enroll.applications.rules.transfers import FeeEffect
from enroll.enrolments.models import Enrolment
from enroll.fees.rules import Payer
from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.programmes.rules.arrangements import MOST_MINUTES
from enroll.storage.columns import SealedText, UtcMoment, one_of, whole
from enroll.storage.database import Base
from enroll.storage.files import StoredFile
from enroll.storage.history import HistoryRow, Versioned

LIVE_SQL = "state IN ({})".format(", ".join(f"'{state}'" for state in sorted(LIVE)))


class ApplicationMove(HistoryRow, Base):
    __tablename__ = "application_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)


class Application(Versioned, Base):
    """The request for one window. `chosen` holds the draft's sittings by part; on submission they become bookings."""

    __tablename__ = "application"
    __table_args__ = (
        one_of("state", ApplicationState),
        Index("uq_application_live", "learner_id", "programme_id", "window_id", unique=True,
              sqlite_where=text(LIVE_SQL), postgresql_where=text(LIVE_SQL)),
        one_of("fee_payer", Payer),
        Index("ix_application_queue", "state", "review_due_at", "id"),
        Index("ix_application_corrections", "state", "correct_by", "id"),
        Index("ix_application_payments", "state", "payment_due_at", "id"),
    )
    history = ApplicationMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    window_id: Mapped[int] = mapped_column(ForeignKey("exam_window.id"), index=True)
    resit: Mapped[bool] = mapped_column(default=False)
    parts: Mapped[list[str]] = mapped_column(JSON)
    chosen: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # part -> sitting code
    waiting: Mapped[list[str] | None] = mapped_column(JSON)  # parts whose chosen sitting is full and waited for
    fee_payer: Mapped[str] = mapped_column(String(20), default=Payer.LEARNER)
    state: Mapped[str] = mapped_column(String(20))
    begun_at: Mapped[datetime] = mapped_column(UtcMoment)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    review_due_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    # Working time the office still had when it returned the case: the clock stands while the learner must act.
    review_seconds_left: Mapped[int | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    first_reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    correct_by: Mapped[datetime | None] = mapped_column(UtcMoment)
    payment_due_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    warned: Mapped[str] = mapped_column(String(10), default="")  # how far the warnings of the present deadline went
    # A transfer opens no refund again that had ended: then the earlier window's date stays.
    full_refund_until: Mapped[datetime | None] = mapped_column(UtcMoment)
    fee_reference: Mapped[str] = mapped_column(String(20), default="")
    proof_reference: Mapped[str] = mapped_column(String(20), default="")
    flagged: Mapped[str] = mapped_column(String(200), default="")  # internal; never changes what the learner sees
    # A claim is a lock with an end, not a state.
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcMoment)
    notes_kept: Mapped[int] = mapped_column(default=0)  # CaseNotes, counted
    opinions_open: Mapped[int] = mapped_column(default=0)  # SecondOpinions that wait, counted
    exceptions: Mapped[int | None]  # how many the program found in the last submission; None until it has looked

    learner: Mapped[Learner] = relationship()
    enrolment: Mapped[Enrolment] = relationship()
    window: Mapped[Window] = relationship()
    claimed_by: Mapped[Account | None] = relationship(foreign_keys=[claimed_by_id])

    @property
    def refund_ends_at(self) -> datetime:
        """Until when what was paid comes back in full."""
        return self.full_refund_until or self.window.withdraw_full_refund_until


class Transfer(Base):
    """An application that went on in a later window 转期: as another application, once. `number` counts the transfers
    the learner has asked for in a row; what a lead does for a cause is not counted. `fee` says what became of it."""

    __tablename__ = "transfer"
    __append_only__ = True
    __table_args__ = (
        CheckConstraint("from_id <> to_id", name="to_another"), one_of("fee", FeeEffect), *whole("number", 0, 100),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    fee: Mapped[str] = mapped_column(String(20))
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class AccommodationMove(HistoryRow, Base):
    __tablename__ = "accommodation_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("accommodation.id"), index=True)


class Accommodation(Versioned, Base):
    """What somebody needs at the exam 便利措施: asked for with evidence, granted in whole or in part. Why, and the
    answer's words, may tell of health: they are sealed, and whoever decides reads them. A transfer takes it along."""

    __tablename__ = "accommodation"
    __table_args__ = (
        one_of("state", AccommodationState), *whole("minutes", 0, MOST_MINUTES),
        *whole("granted_minutes", 0, MOST_MINUTES),
        Index("uq_accommodation_waiting", "application_id", unique=True, sqlite_where=text("state = 'requested'"),
              postgresql_where=text("state = 'requested'")),
        Index("uq_accommodation_granted", "application_id", unique=True, sqlite_where=text("state = 'granted'"),
              postgresql_where=text("state = 'granted'")),
        Index("ix_accommodation_queue", "state", "id"),
        CheckConstraint("state NOT IN ('granted', 'refused') OR decided_by_id IS NOT NULL", name="decided_by_somebody"),
    )
    history = AccommodationMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    wishes: Mapped[list[str]] = mapped_column(JSON)
    minutes: Mapped[int]
    why: Mapped[str] = mapped_column(SealedText)
    requested_at: Mapped[datetime] = mapped_column(UtcMoment)  # and consented to: the form asks for both
    granted: Mapped[list[str]] = mapped_column(JSON, default=list)
    granted_minutes: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str] = mapped_column(SealedText, default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    application: Mapped[Application] = relationship()
    learner: Mapped[Learner] = relationship()
    decided_by: Mapped[Account | None] = relationship()
    files: Mapped[list["AccommodationFile"]] = relationship(order_by="AccommodationFile.id", viewonly=True)


class AccommodationFile(Base):
    """What proves a need; sealed."""

    __tablename__ = "accommodation_file"
    __append_only__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    accommodation_id: Mapped[int] = mapped_column(ForeignKey("accommodation.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class ApplicationVersion(Base):
    """What was submitted, frozen: fields, sittings, file digests, the eligibility answer, consents by text version."""

    __tablename__ = "application_version"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("application_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    eligibility: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    submitted_at: Mapped[datetime] = mapped_column(UtcMoment)


class CaseCheck(Base):
    """What the program found when it looked over a submission: the stable codes of what a person must look at."""

    __tablename__ = "case_check"
    __append_only__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    version_number: Mapped[int]
    exceptions: Mapped[list[str]] = mapped_column(JSON)
    found_at: Mapped[datetime] = mapped_column(UtcMoment)


class ReturnedItem(Base):
    """One named item to correct, its reason, the reviewer's words; only these unlock."""

    __tablename__ = "returned_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    version_number: Mapped[int]
    item: Mapped[str] = mapped_column(String(30))  # photo, id_document, name, hours, education, declaration, …
    reason_code: Mapped[str] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(10))  # return, reject
    returned_at: Mapped[datetime] = mapped_column(UtcMoment)
    mended_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    answer: Mapped[str] = mapped_column(Text, default="")


class SignatureLink(Base):
    """What staff filled in waits for the learner's own consents and declaration: a link sent to their address, of which
    only a keyed hash stands here. The newest of an application counts. Moments are real time, like a session's."""

    __tablename__ = "signature_link"
    __table_args__ = (
        Index("uq_signature_link_open", "application_id", unique=True,
              sqlite_where=text("used_at IS NULL AND replaced_at IS NULL"),
              postgresql_where=text("used_at IS NULL AND replaced_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    asked_by_name: Mapped[str] = mapped_column(String(120))
    sent_at: Mapped[datetime] = mapped_column(UtcMoment)
    expires_at: Mapped[datetime] = mapped_column(UtcMoment)
    used_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    application: Mapped[Application] = relationship()


class Extension(Base):
    """An individual extension 个案延期: one person, one date of one window, until when, and why."""

    __tablename__ = "extension"
    __append_only__ = True
    __table_args__ = (one_of("name", Extended), Index("ix_extension_of", "learner_id", "window_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    window_id: Mapped[int] = mapped_column(ForeignKey("exam_window.id"))
    name: Mapped[str] = mapped_column(String(30))
    until: Mapped[datetime] = mapped_column(UtcMoment)
    reason: Mapped[str] = mapped_column(Text)
    granted_at: Mapped[datetime] = mapped_column(UtcMoment)
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class CaseNote(Base):
    """What staff note among themselves about a case: never changed, never shown to its learner, and no part of the
    export of their own data; given out only where a law demands it, by a decision of the house."""

    __tablename__ = "case_note"
    __append_only__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcMoment)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    written_by_name: Mapped[str] = mapped_column(String(120))


class SecondOpinionMove(HistoryRow, Base):
    __tablename__ = "second_opinion_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("second_opinion.id"), index=True)


class SecondOpinion(Versioned, Base):
    """A colleague's word about a case before it is decided. `asked_of` None: whoever reviews and comes first."""

    __tablename__ = "second_opinion"
    __table_args__ = (
        one_of("state", OpinionState),
        Index("uq_second_opinion_open", "application_id", unique=True,
              sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
        Index("ix_second_opinion_queue", "state", "asked_at"),
    )
    history = SecondOpinionMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    state: Mapped[str] = mapped_column(String(20))
    question: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcMoment)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_of_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    advice: Mapped[str] = mapped_column(String(10), default="")
    words: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    application: Mapped[Application] = relationship()
    asked_by: Mapped[Account] = relationship(foreign_keys=[asked_by_id])
    asked_of: Mapped[Account | None] = relationship(foreign_keys=[asked_of_id])
    answered_by: Mapped[Account | None] = relationship(foreign_keys=[answered_by_id])


class SpotCheckMove(HistoryRow, Base):
    __tablename__ = "spot_check_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("spot_check.id"), index=True)


class SpotCheck(Versioned, Base):
    """An approval drawn for a second look, by the digest of its row in the audit chain: the draw can be computed
    again, and could not be known before."""

    __tablename__ = "spot_check"
    __table_args__ = (one_of("state", SpotCheckState), Index("ix_spot_check_queue", "state", "drawn_at"))
    history = SpotCheckMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    state: Mapped[str] = mapped_column(String(20))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcMoment)
    audit_seq: Mapped[int] = mapped_column(unique=True)
    audit_digest: Mapped[str] = mapped_column(String(64))
    percent: Mapped[int]
    drawn_at: Mapped[datetime] = mapped_column(UtcMoment)
    looked_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    looked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    words: Mapped[str] = mapped_column(Text, default="")

    application: Mapped[Application] = relationship()
    decided_by: Mapped[Account | None] = relationship(foreign_keys=[decided_by_id])
    looked_by: Mapped[Account | None] = relationship(foreign_keys=[looked_by_id])


class OutageMove(HistoryRow, Base):
    __tablename__ = "outage_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("outage.id"), index=True)


class Outage(Versioned, Base):
    """A time in which nobody could do what they had to 故障 (R13): every deadline that fell into it ends at
    `extends_to` instead. Recorded by one person, confirmed by another. `what` is read by learners."""

    __tablename__ = "outage"
    __table_args__ = (
        one_of("state", OutageState),
        CheckConstraint("began_at < ended_at AND ended_at <= extends_to", name="in_order"),
        CheckConstraint("(state = 'reported') = (decided_by_id IS NULL)", name="decided_by_somebody"),
    )
    history = OutageMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    began_at: Mapped[datetime] = mapped_column(UtcMoment)
    ended_at: Mapped[datetime] = mapped_column(UtcMoment)
    extends_to: Mapped[datetime] = mapped_column(UtcMoment)
    what: Mapped[str] = mapped_column(Text)
    reported_at: Mapped[datetime] = mapped_column(UtcMoment)
    reported_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    reported_by: Mapped[Account] = relationship(foreign_keys=[reported_by_id])


class OutageEffect(Base):
    """What a confirmed outage did to one deadline: of a window for everybody (its date), or of one application or offer
    (`subject`), and how that ended."""

    __tablename__ = "outage_effect"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("outage_id", "subject", "name"), one_of("outcome", Outcome))

    id: Mapped[int] = mapped_column(primary_key=True)
    outage_id: Mapped[int] = mapped_column(ForeignKey("outage.id"))
    subject: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(30))
    learner_id: Mapped[int | None] = mapped_column(ForeignKey("learner.id"))
    before: Mapped[datetime] = mapped_column(UtcMoment)
    after: Mapped[datetime] = mapped_column(UtcMoment)
    outcome: Mapped[str] = mapped_column(String(20))
    done_at: Mapped[datetime] = mapped_column(UtcMoment)
