"""Who the learner is, the checks of that, and what they agreed to."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.accounts.models import Account
from enroll.learners.lifecycle import CheckKind, CheckState
from enroll.learners.rules.doubles import DoubleOutcome
from enroll.storage.columns import SealedText, UtcMoment, at_most, one_of
from enroll.storage.database import Base
from enroll.storage.files import StoredFile
from enroll.storage.history import HistoryRow, Versioned
from enroll.storage.searching import name_index


class Learner(Versioned, Base):
    """The person. The document number is sealed; its keyed hash makes it unique, its mask is what pages show."""

    __tablename__ = "learner"
    __table_args__ = (UniqueConstraint("id_type", "id_number_key"), at_most("legal_name", 100),
                      name_index("ix_learner_legal_name", "legal_name"),
                      name_index("ix_learner_latin_name", "latin_name"))

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    birth_date: Mapped[date]
    legal_name: Mapped[str] = mapped_column(String(100), default="")
    latin_name: Mapped[str] = mapped_column(String(100), default="")
    sex: Mapped[str] = mapped_column(String(10), default="")
    nationality: Mapped[str] = mapped_column(String(3), default="CHN")
    id_type: Mapped[str | None] = mapped_column(String(30))
    id_number: Mapped[str | None] = mapped_column(SealedText)
    id_number_key: Mapped[str | None] = mapped_column(String(64))
    id_number_mask: Mapped[str] = mapped_column(String(40), default="")
    education: Mapped[str] = mapped_column(String(30), default="")
    employer: Mapped[str] = mapped_column(String(120), default="")
    joined_at: Mapped[datetime] = mapped_column(UtcMoment)
    identity_given_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    # A name that cannot be typed: the learner asks, staff enter it from the picture, the learner says that it is right.
    name_asked_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    name_note: Mapped[str] = mapped_column(String(500), default="")
    name_entered_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    name_confirmed_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    account: Mapped[Account] = relationship()
    checks: Mapped[list["IdentityCheck"]] = relationship()
    consents: Mapped[list["Consent"]] = relationship(order_by="Consent.id")


    @property
    def called(self) -> str:
        """What staff read in lists: the name, and the reference of somebody who has not given one yet."""
        return self.legal_name or self.reference

    @property
    def waits_for_name(self) -> bool:
        """Asked for, and not entered since."""
        return self.name_asked_at is not None and self.name_entered_at is None

    @property
    def has_name_to_confirm(self) -> bool:
        """Staff entered it, and the learner has not said whether it is right."""
        return self.name_entered_at is not None and self.name_confirmed_at is None


class IdentityCheckMove(HistoryRow, Base):
    __tablename__ = "identity_check_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("identity_check.id"), index=True)


class IdentityCheck(Versioned, Base):
    """One for the identity and one for the photo of each learner; the same lifecycle."""

    __tablename__ = "identity_check"
    __table_args__ = (
        UniqueConstraint("learner_id", "kind"),
        one_of("state", CheckState),
        one_of("kind", CheckKind),
        Index("ix_identity_check_queue", "state", "submitted_at"),
    )
    history = IdentityCheckMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    decided_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    learner: Mapped[Learner] = relationship(back_populates="checks")
    returned: Mapped[list["ReturnedDetail"]] = relationship(order_by="ReturnedDetail.id")


class ReturnedDetail(Base):
    """One named thing to correct, with its reason and words; mended when the check is handed in again."""

    __tablename__ = "returned_detail"

    id: Mapped[int] = mapped_column(primary_key=True)
    check_id: Mapped[int] = mapped_column(ForeignKey("identity_check.id"), index=True)
    item: Mapped[str] = mapped_column(String(30))
    reason_code: Mapped[str] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(Text)
    returned_at: Mapped[datetime] = mapped_column(UtcMoment)
    mended_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class LearnerFile(Base):
    """A picture of the document or the photo; the one in force is the one not replaced. Kinds: id_front, id_back,
    evidence (anything else that shows who they are), photo_source (as decoded), photo (cropped, by the photo rule)."""

    __tablename__ = "learner_file"
    __table_args__ = (
        Index("uq_learner_file_in_force", "learner_id", "kind", unique=True,
              sqlite_where=text("replaced_at IS NULL"), postgresql_where=text("replaced_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    kind: Mapped[str] = mapped_column(String(20))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    added_at: Mapped[datetime] = mapped_column(UtcMoment)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class ConsentText(Base):
    """A text people agree to, by version. Texts are never edited: a new version is a new row."""

    __tablename__ = "consent_text"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))  # notice, separate, optional, declaration, agreement
    asked_when: Mapped[str] = mapped_column(String(30))  # sign_up, exam_registration, under_18, enrolment, later
    required: Mapped[bool]
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(200))
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    from_at: Mapped[datetime] = mapped_column(UtcMoment)


class Consent(Base):
    """Given by whom, to which text, when and from where; withdrawing writes when, and stops the processing."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("consent_text.id"))
    given_at: Mapped[datetime] = mapped_column(UtcMoment)
    given_by_name: Mapped[str] = mapped_column(String(120))
    network_address: Mapped[str] = mapped_column(String(45), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    consent_text: Mapped[ConsentText] = relationship(lazy="joined", innerjoin=True)


class Guardian(Base):
    """Of a learner of 14 to 17 years; acknowledges by a code to their own address, on the page the token opens."""

    __tablename__ = "guardian"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), unique=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    code_id: Mapped[int | None] = mapped_column(ForeignKey("confirmation_code.id"))  # the code sent last
    name: Mapped[str] = mapped_column(String(100))
    relation: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(254))  # e-mail or phone in E.164
    asked_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class Reason(Versioned, Base):
    """The reason library: why an item is returned or refused, in two languages, with advice and an example. Staff edit
    it; what was said in a decision stands with the decision, and each wording stays as a ReasonWording."""

    __tablename__ = "reason"
    __table_args__ = (UniqueConstraint("item", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(String(30))
    code: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(10))  # return, reject, both
    words_zh: Mapped[str] = mapped_column(String(200))
    words_en: Mapped[str] = mapped_column(String(300))
    advice_zh: Mapped[str] = mapped_column(String(300))
    advice_en: Mapped[str] = mapped_column(String(400))
    example_zh: Mapped[str] = mapped_column(String(300), default="")
    example_en: Mapped[str] = mapped_column(String(400), default="")
    retired_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    def said(self, language: str) -> str:
        """What the learner reads: the reason, what to do, and how it looks when it is right."""
        if language == "en":
            example = f" For example: {self.example_en}" if self.example_en else ""
            return f"{self.words_en}. {self.advice_en}{example}"
        return f"{self.words_zh}。{self.advice_zh}" + (f"示例：{self.example_zh}" if self.example_zh else "")


class ReasonWording(Base):
    """How a reason read from a moment on, who worded it so, and why. `from_at` None: as the library came."""

    __tablename__ = "reason_wording"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("reason_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reason_id: Mapped[int] = mapped_column(ForeignKey("reason.id"))
    number: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(10))
    words: Mapped[dict[str, str]] = mapped_column(JSON)
    retired: Mapped[bool]
    why: Mapped[str] = mapped_column(Text, default="")
    from_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    made_by_name: Mapped[str] = mapped_column(String(120), default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class DoubleVerdict(Base):
    """Whether two learners who share something are two people or one, as a person decided, with the reason. About each
    thing they share (`why`) the newest row counts; `first` is the earlier record."""

    __tablename__ = "double_verdict"
    __append_only__ = True
    __table_args__ = (
        one_of("outcome", DoubleOutcome), CheckConstraint("first_id < second_id", name="in_order"),
        Index("ix_double_verdict_pair", "first_id", "second_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    why: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(UtcMoment)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    decided_by_name: Mapped[str] = mapped_column(String(120))
