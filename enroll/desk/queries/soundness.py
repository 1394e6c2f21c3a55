"""Does everything still hold? Each check reads, changes nothing, and gives a sentence for each thing that is wrong."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, aliased

from enroll.accounts.models import Account
from enroll.applications.models import Application
from enroll.audit.models import AuditEntry
from enroll.audit.queries import broken_links
from enroll.certificates.models import Certificate
from enroll.courses.models import PracticeWork
from enroll.desk.rules import LIFECYCLES
from enroll.enrolments.models import Enrolment
from enroll.exchange.models import Batch
from enroll.fees.models import Fee, Payment, Refund
from enroll.foundation.lifecycle import Lifecycle
from enroll.hours.models import HoursBalance, HoursDoubt, HoursProof, LedgerEntry
from enroll.learners.models import Consent, ConsentText, IdentityCheck, Learner
from enroll.programmes.models import Window
from enroll.results.models import Publication, Result, ScoreReview
from enroll.sittings.lifecycle import LIVE, TAKES_SEAT
from enroll.sittings.models import Booking, Sitting
from enroll.storage.files import FileIsWrong, StoredFile, read_file
from enroll.storage.idempotency import IdempotencyKey
from enroll.storage.outbox import OutboxDelivery

Check = Callable[[Session], Iterator[str]]
RECORDS: dict[str, type[Any]] = {
    "Account": Account, "Identity check": IdentityCheck, "Exam window": Window, "Fee": Fee, "Refund": Refund,
    "Enrolment": Enrolment, "Proof of hours": HoursProof, "Minutes in doubt": HoursDoubt,
    "Practice assignment": PracticeWork, "Booking": Booking, "Application": Application, "Result": Result,
    "Score review": ScoreReview, "Certificate": Certificate, "Batch": Batch,
}  # fmt: skip


def audit_chain(session: Session) -> Iterator[str]:
    yield from broken_links(session)


def histories(session: Session) -> Iterator[str]:
    """Every state is where its history ended, every move starts where the one before ended and is in the table."""
    for lifecycle in LIFECYCLES:
        yield from _history_of(session, lifecycle, RECORDS[lifecycle.name])


def _history_of(session: Session, lifecycle: Lifecycle, model: type[Any]) -> Iterator[str]:
    history: Any = model.history
    ended = (
        select(history.to_state)
        .where(history.record_id == model.id)
        .order_by(history.id.desc())
        .limit(1)
        .correlate(model)
        .scalar_subquery()
    )
    named: Any = Window.code if model is Window else model.reference
    wrong = select(named, model.state, ended).where((ended.is_(None)) | (ended != model.state))
    for reference, state, shown in session.execute(wrong).all():
        yield f"{reference}: state {state}, but its history ends in {shown}"
    before = func.lag(history.to_state).over(partition_by=history.record_id, order_by=history.id)
    chain = select(history.record_id, history.move, history.from_state, history.to_state, before.label("before"))
    rows = chain.subquery()
    broken = select(rows).where(rows.c.from_state != func.coalesce(rows.c.before, ""))
    for row in session.execute(broken).all():
        yield f"{lifecycle.name} {row.record_id}: {row.move} starts in {row.from_state}, not in {row.before}"
    kinds = select(history.move, history.from_state, history.to_state).distinct()
    for move, came_from, went_to in session.execute(kinds).all():
        known = lifecycle.moves.get(move)
        begun = move == "begin" and came_from == "" and went_to in lifecycle.states
        if not begun and (known is None or came_from not in known.sources or went_to != known.target):
            yield f"{lifecycle.name}: a move {move} from {came_from} to {went_to} is not in the table"


def every_move_is_audited(session: Session) -> Iterator[str]:
    for lifecycle in LIFECYCLES:
        act = lifecycle.name.lower().replace(" ", "_") + ".%"
        moves = session.scalar(select(func.count()).select_from(RECORDS[lifecycle.name].history)) or 0
        audited = session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.act.like(act))) or 0
        if moves != audited:
            yield f"{lifecycle.name}: {moves} moves, {audited} of them in the audit"


def seats(session: Session) -> Iterator[str]:
    """A sitting's count is the number of bookings that take a seat, and never above its capacity."""
    taken = select(func.count()).where(Booking.sitting_id == Sitting.id, Booking.state.in_(TAKES_SEAT))
    counted = taken.correlate(Sitting).scalar_subquery()
    wrong = select(Sitting.code, Sitting.taken, counted, Sitting.capacity).where(
        (Sitting.taken != counted) | (Sitting.taken > Sitting.capacity)
    )
    for code, said, found, capacity in session.execute(wrong).all():
        yield f"sitting {code}: says {said} taken, {found} bookings, {capacity} seats"


def bookings(session: Session) -> Iterator[str]:
    """A live booking belongs to a live or approved application of the same learner and window."""
    orphan = (
        select(Booking.reference)
        .outerjoin(Application, Application.reference == Booking.subject)
        .where(
            Booking.state.in_(LIVE),
            (Application.id.is_(None))
            | (Application.learner_id != Booking.learner_id)
            | (Application.window_id != Booking.window_id)
            | Application.state.not_in(["submitted", "returned", "approved"]),
        )
    )
    for reference in session.scalars(orphan).all():
        yield f"booking {reference} has no live application behind it"


def ledger(session: Session) -> Iterator[str]:
    """Balances are the sums of the ledger, and a reversal is exactly its credit turned round."""
    total = (
        select(func.coalesce(func.sum(LedgerEntry.minutes), 0))
        .where(LedgerEntry.enrolment_id == HoursBalance.enrolment_id)
        .correlate(HoursBalance)
        .scalar_subquery()
    )
    for enrolment_id, said, found in session.execute(
        select(HoursBalance.enrolment_id, HoursBalance.minutes, total).where(HoursBalance.minutes != total)
    ).all():
        yield f"enrolment {enrolment_id}: balance {said}, ledger {found} minutes"
    credit = aliased(LedgerEntry)
    wrong = (
        select(LedgerEntry.id)
        .join(credit, credit.id == LedgerEntry.reverses_id)
        .where((credit.minutes != -LedgerEntry.minutes) | (credit.enrolment_id != LedgerEntry.enrolment_id))
    )
    for number in session.scalars(wrong).all():
        yield f"ledger entry {number} does not undo what it says it undoes"


def payments(session: Session) -> Iterator[str]:
    """What a fee says is paid is the sum of its payments (those that came late wait for reconciliation)."""
    total = (
        select(func.coalesce(func.sum(Payment.amount_fen), 0))
        .where(Payment.fee_id == Fee.id, Payment.late.is_(False))
        .correlate(Fee)
        .scalar_subquery()
    )
    for reference, said, found in session.execute(
        select(Fee.reference, Fee.paid_fen, total).where(Fee.paid_fen != total)
    ).all():
        yield f"fee {reference}: says {said} fen paid, payments are {found}"


def publications(session: Session) -> Iterator[str]:
    """A window is published whole or not at all."""
    published = select(Publication.window_id)
    wrong = (
        select(Result.reference)
        .join(Booking, Booking.id == Result.booking_id)
        .where(
            ((Result.state == "published") & Booking.window_id.not_in(published))
            | (
                Result.state.in_(["pending", "entered", "discrepancy", "checked", "locked"])
                & Booking.window_id.in_(published)
            )
        )
    )
    for reference in session.scalars(wrong).all():
        yield f"result {reference} does not follow its window's publication"


def consents(session: Session) -> Iterator[str]:
    """A document number is kept only with its separate consent."""
    given = (
        select(Consent.id)
        .join(ConsentText)
        .where(Consent.learner_id == Learner.id, ConsentText.code == "sensitive_id")
        .exists()
    )
    for reference in session.scalars(select(Learner.reference).where(Learner.id_number.is_not(None), ~given)).all():
        yield f"learner {reference}: a document number without the separate consent"


def files(session: Session) -> Iterator[str]:
    for stored in session.scalars(select(StoredFile)).yield_per(200):
        try:
            read_file(stored)
        except FileIsWrong:
            yield f"file {stored.token} ({stored.purpose}) is missing or was changed"


def outbox(session: Session) -> Iterator[str]:
    for handler, number in session.execute(
        select(OutboxDelivery.handler, func.count())
        .where(OutboxDelivery.dead_at.is_not(None))
        .group_by(OutboxDelivery.handler)
    ).all():
        yield f"{number} deliveries to {handler} were given up"


def answers(session: Session) -> Iterator[str]:
    number = session.scalar(select(func.count()).select_from(IdempotencyKey).where(IdempotencyKey.answer == ""))
    if number:
        yield f"{number} presses have no answer"


def references(session: Session) -> Iterator[str]:
    """Foreign keys hold (PostgreSQL enforces them always, SQLite only where each connection asks)."""
    if session.get_bind().dialect.name == "sqlite":
        for row in session.execute(text("PRAGMA foreign_key_check")).all():
            yield f"a row of {row[0]} points to a row of {row[2]} that is not there"


CHECKS: tuple[tuple[str, Check], ...] = (
    ("audit chain unbroken", audit_chain),
    ("states follow their histories", histories),
    ("every move is in the audit", every_move_is_audited),
    ("seats counted right", seats),
    ("bookings have their application", bookings),
    ("hours add up", ledger),
    ("payments add up", payments),
    ("results published whole", publications),
    ("sensitive data with consent", consents),
    ("files as stored", files),
    ("nothing undelivered was given up", outbox),
    ("every press has its answer", answers),
    ("no dangling references", references),
)
