"""Programmes and their dated rules, the organisation behind them, holidays, and exam windows with all their dates."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from enroll.foundation.references import public_token
from enroll.foundation.words import Bilingual
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.rules.advertising import Where, Wording
from enroll.programmes.rules.figures import Rule
from enroll.programmes.rules.terms import WindowTerms
from enroll.programmes.rules.windows import WindowDates
from enroll.storage.columns import UtcMoment, one_of, whole
from enroll.storage.database import Base
from enroll.storage.history import HistoryRow, Versioned

MOST_FEN = 100_000_00


class Organisation(Base):
    """The authorised partner that runs this installation, and the issuing bodies it works for. One row."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(60))
    issuers: Mapped[list[str]] = mapped_column(JSON)
    telephone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    opening_times: Mapped[str] = mapped_column(String(120), default="")
    registrations: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # ICP 备案 and the like, for the footer
    issuer_contact: Mapped[str] = mapped_column(String(200), default="")
    lookup_url: Mapped[str] = mapped_column(String(300), default="")  # where the issuing body answers about a number
    how_to_pay_zh: Mapped[str] = mapped_column(Text, default="")
    how_to_pay_en: Mapped[str] = mapped_column(Text, default="")

    @property
    def how_to_pay(self) -> Bilingual:
        return Bilingual(self.how_to_pay_zh, self.how_to_pay_en)


class Programme(Base):
    """What we prepare for. Where enrolment is not open, it still stands in the comparison and the self-check."""

    __tablename__ = "programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    edition: Mapped[int]
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160))
    suits_zh: Mapped[str] = mapped_column(Text, default="")
    suits_en: Mapped[str] = mapped_column(Text, default="")
    exam_zh: Mapped[str] = mapped_column(Text, default="")
    exam_en: Mapped[str] = mapped_column(Text, default="")
    note_zh: Mapped[str] = mapped_column(Text, default="")
    note_en: Mapped[str] = mapped_column(Text, default="")
    enrolment_open: Mapped[bool] = mapped_column(default=False)
    rules_mark: Mapped[str] = mapped_column(String(22), default=public_token)  # another one with every change of them

    rules: Mapped[list["ProgrammeRule"]] = relationship(order_by="ProgrammeRule.id")

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_zh, self.name_en)

    @property
    def suits(self) -> Bilingual:
        return Bilingual(self.suits_zh, self.suits_en)

    @property
    def exam(self) -> Bilingual:
        return Bilingual(self.exam_zh, self.exam_en)

    @property
    def note(self) -> Bilingual:
        return Bilingual(self.note_zh, self.note_en)


class ProgrammeRule(Base):
    """One rule from one day on, with its source. A changed rule is a new row; the old one keeps its time."""

    __tablename__ = "programme_rule"
    __table_args__ = (UniqueConstraint("programme_id", "key", "from_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    key: Mapped[str] = mapped_column(String(60))
    value: Mapped[Any] = mapped_column(JSON)
    from_on: Mapped[date]
    official: Mapped[bool]  # stated by the issuing body; otherwise an assumption of this installation
    source: Mapped[str] = mapped_column(Text)

    def as_rule(self) -> Rule:
        return Rule(self.key, self.value, self.from_on, self.official, self.source)


@event.listens_for(Session, "before_flush")
def _mark_changed_rules(session: Session, *_: Any) -> None:
    """Whoever has kept a programme's rules by their mark reads them again."""
    changed = {row.programme_id for rows in (session.new, session.dirty, session.deleted) for row in rows
               if isinstance(row, ProgrammeRule)}
    for number in changed - {None}:
        session.get_one(Programme, number).rules_mark = public_token()


class FeeItem(Base):
    """A price from one day on, with its source; never shown as official. Amounts in fen."""

    __tablename__ = "fee_item"
    __table_args__ = (UniqueConstraint("code", "from_on"), *whole("amount_fen", 0, MOST_FEN))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))  # training, exam, service
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160))
    amount_fen: Mapped[int]
    from_on: Mapped[date]
    source: Mapped[str] = mapped_column(Text, default="")

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_zh, self.name_en)


class Holiday(Base):
    __tablename__ = "holiday"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    from_on: Mapped[date]
    until_on: Mapped[date]  # the last day off
    confirmed: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")


class Workday(Base):
    """A weekend day worked in exchange (调休上班)."""

    __tablename__ = "workday"

    id: Mapped[int] = mapped_column(primary_key=True)
    on: Mapped[date] = mapped_column("worked_on", unique=True)
    confirmed: Mapped[bool]


class WindowMove(HistoryRow, Base):
    __tablename__ = "exam_window_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("exam_window.id"), index=True)


class Window(Versioned, Base):
    """An exam window 考期. Every date is a half-open end: the named moment is the first that is too late.

    `terms` are the pass marks, carry-over and fees as they stood when the window was published.
    """

    __tablename__ = "exam_window"
    __table_args__ = (one_of("state", WindowState),)
    history = WindowMove

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    code: Mapped[str] = mapped_column(String(6), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    opens_at: Mapped[datetime] = mapped_column(UtcMoment)
    closes_at: Mapped[datetime] = mapped_column(UtcMoment)
    first_review_by: Mapped[datetime] = mapped_column(UtcMoment)
    correction_closes_at: Mapped[datetime] = mapped_column(UtcMoment)
    review_by: Mapped[datetime] = mapped_column(UtcMoment)
    payment_due_at: Mapped[datetime] = mapped_column(UtcMoment)
    payment_latest_at: Mapped[datetime] = mapped_column(UtcMoment)
    withdraw_full_refund_until: Mapped[datetime] = mapped_column(UtcMoment)
    resit_closes_at: Mapped[datetime] = mapped_column(UtcMoment)
    resit_correction_closes_at: Mapped[datetime] = mapped_column(UtcMoment)
    resit_payment_due_at: Mapped[datetime] = mapped_column(UtcMoment)
    seating_by: Mapped[datetime] = mapped_column(UtcMoment)
    ticket_from: Mapped[datetime] = mapped_column(UtcMoment)
    mock_from: Mapped[datetime] = mapped_column(UtcMoment)
    mock_until: Mapped[datetime] = mapped_column(UtcMoment)
    marking_by: Mapped[datetime] = mapped_column(UtcMoment)
    scores_publish_at: Mapped[datetime] = mapped_column(UtcMoment)
    score_review_closes_at: Mapped[datetime] = mapped_column(UtcMoment)
    score_review_answer_by: Mapped[datetime] = mapped_column(UtcMoment)
    issuance_review_from: Mapped[datetime] = mapped_column(UtcMoment)
    roster_to_issuer_by: Mapped[datetime] = mapped_column(UtcMoment)
    certificate_expected_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
    terms: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    programme: Mapped[Programme] = relationship(lazy="joined", innerjoin=True)

    @property
    def reference(self) -> str:
        return self.code

    @property
    def month(self) -> int:
        return self.starts_on.month

    @property
    def dates(self) -> WindowDates:
        """The window's dates as a plain value: what the rules ask for."""
        return WindowDates(**{name: getattr(self, name) for name in WindowDates.__dataclass_fields__})

    @property
    def agreed(self) -> WindowTerms:
        """The terms frozen when the window was published. Only a published window has them."""
        return WindowTerms.from_json(self.terms)


class ForbiddenWording(Base):
    """A phrase that may not stand in what is published, from a day on; a row is never changed, a later one takes its
    place."""

    __tablename__ = "forbidden_wording"
    __table_args__ = (UniqueConstraint("phrase", "from_on"), one_of("reach", Where))
    __append_only__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    phrase: Mapped[str] = mapped_column(String(60))
    reach: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(300))
    from_on: Mapped[date]

    def as_wording(self) -> Wording:
        return Wording(self.phrase, self.reach, self.source, self.from_on)


class Announcement(Base):
    """`quotation` is why words stand in it that the advertising rules forbid; it is then shown once another person than
    who wrote it stands for that."""

    __tablename__ = "announcement"
    __table_args__ = (CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> written_by_id",
                                      name="confirmed_by_another"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(300), default="")
    body_zh: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text, default="")
    publish_at: Mapped[datetime] = mapped_column(UtcMoment)
    pinned: Mapped[bool] = mapped_column(default=False)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    quotation: Mapped[str] = mapped_column(Text, default="")
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    @property
    def waits(self) -> bool:
        """For a second person, before it is shown."""
        return bool(self.quotation) and self.confirmed_by_id is None

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_zh, self.title_en)

    @property
    def body(self) -> Bilingual:
        return Bilingual(self.body_zh, self.body_en)
