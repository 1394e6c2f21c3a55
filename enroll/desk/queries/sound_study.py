"""For `flask doctor`: people, sessions, study time and money."""

import re
from collections.abc import Iterator
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from enroll.accounts.lifecycle import AccountState
from enroll.accounts.models import Account, WebSession
from enroll.audit.models import AuditEntry
from enroll.courses.models.studying import StudySession
from enroll.enrolments.models import Enrolment
from enroll.fees.models import Fee, Payment, Reconciliation, Refund
from enroll.fees.rules import ReconciledAs
from enroll.hours.models import WATCHED, LedgerEntry
from enroll.learners.models import Consent, ConsentText, Learner

# A resident identity number (place, birth date, serial, check) or a mobile number, standing alone.
PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]|(?:\+?86)?1[3-9]\d{9})"
    r"(?![0-9A-Za-z])"
)


def keys(session: Session) -> Iterator[str]:
    """Sealed columns open with the keys that are configured: the oldest row and the newest."""
    for order in (Learner.id, Learner.id.desc()):
        try:
            session.scalars(select(Learner.id_number).where(Learner.id_number.is_not(None)).order_by(order)).first()
        except InvalidToken:
            yield "FIELD_KEYS does not open what is sealed in this database"
            return


def personal_numbers(session: Session) -> Iterator[str]:
    """Identity numbers and mobile numbers never stand in the audit, which is kept for ever."""
    wanted = select(AuditEntry.seq, AuditEntry.subject, AuditEntry.actor_name, AuditEntry.details)
    for seq, subject, actor_name, details in session.execute(wanted.order_by(AuditEntry.seq)).yield_per(1000):
        if PERSONAL.search(f"{subject} {actor_name} {details}"):
            yield f"audit entry {seq} holds a whole identity number or phone number"


def sessions(session: Session) -> Iterator[str]:
    """Who was disabled is signed out everywhere, at once."""
    wanted = (
        select(Account.reference, func.count())
        .join(WebSession, WebSession.account_id == Account.id)
        .where(WebSession.ended_at.is_(None), Account.state == AccountState.DISABLED)
        .group_by(Account.reference)
    )
    for reference, number in session.execute(wanted):
        yield f"account {reference} is disabled and has {number} open sessions"


def consents(session: Session) -> Iterator[str]:
    """A document number is kept only with its separate consent."""
    given = (
        select(Consent.id)
        .join(ConsentText)
        .where(Consent.learner_id == Learner.id, ConsentText.code == "sensitive_id")
        .exists()
    )
    for reference in session.scalars(select(Learner.reference).where(Learner.id_number.is_not(None), ~given)):
        yield f"learner {reference}: a document number without the separate consent"


def study_sessions(session: Session) -> Iterator[str]:
    """A person studies at one place at a time: the time counted in one session ends before the next begins."""
    before = func.lag(StudySession.last_beat_at).over(
        partition_by=StudySession.account_id, order_by=(StudySession.started_at, StudySession.id)
    )
    rows = select(StudySession.id, StudySession.account_id, StudySession.started_at, before.label("before")).subquery()
    for number, account_id in session.execute(
        select(rows.c.id, rows.c.account_id).where(rows.c.before > rows.c.started_at)
    ):
        yield f"study session {number} of account {account_id} began before the one before it had ended"


def day_limits(session: Session) -> Iterator[str]:
    """Time the server kept is never credited above the day's limit of the enrolment (Asia/Shanghai)."""
    minutes = func.sum(LedgerEntry.minutes)
    reversing = aliased(LedgerEntry)
    taken_back = select(reversing.id).where(reversing.reverses_id == LedgerEntry.id).exists()
    wanted = (
        select(LedgerEntry.enrolment_id, LedgerEntry.local_day, minutes)
        .where(LedgerEntry.source.in_(WATCHED), ~taken_back)
        .group_by(LedgerEntry.enrolment_id, LedgerEntry.local_day)
    )
    limits: dict[int, int] = {}
    for enrolment_id, day, credited in session.execute(wanted).all():
        if enrolment_id not in limits:
            limits[enrolment_id] = session.get_one(Enrolment, enrolment_id).demands.most_minutes_a_day
        if credited > limits[enrolment_id]:
            yield f"enrolment {enrolment_id}: {credited} minutes on {day}, the limit is {limits[enrolment_id]}"


def reversals(session: Session) -> Iterator[str]:
    """A reversal is exactly its credit turned round, on the same enrolment."""
    credit = aliased(LedgerEntry)
    wrong = (
        select(LedgerEntry.id)
        .join(credit, credit.id == LedgerEntry.reverses_id)
        .where((credit.minutes != -LedgerEntry.minutes) | (credit.enrolment_id != LedgerEntry.enrolment_id))
    )
    for number in session.scalars(wrong):
        yield f"ledger entry {number} does not undo what it says it undoes"


def payments(session: Session) -> Iterator[str]:
    """What a fee says is paid is the sum of its payments (of those that came late, the one that took the seat again),
    and never more goes back than came."""
    again = select(Reconciliation.payment_id).where(Reconciliation.outcome == ReconciledAs.SEAT)
    in_time = _sum_for_fee(Payment.amount_fen, Payment.fee_id == Fee.id,
                           Payment.late.is_(False) | Payment.id.in_(again))
    for reference, said, found in session.execute(
        select(Fee.reference, Fee.paid_fen, in_time).where(Fee.paid_fen != in_time)
    ):
        yield f"fee {reference}: says {said} fen paid, payments are {found}"
    came = _sum_for_fee(Payment.amount_fen, Payment.fee_id == Fee.id)
    went = _sum_for_fee(Refund.amount_fen, Refund.fee_id == Fee.id, Refund.state.in_(["sent", "done"]))
    for reference, out, into in session.execute(select(Fee.reference, went, came).where(went > came)):
        yield f"fee {reference}: {out} fen went back, {into} had come"


def _sum_for_fee(column: Any, *conditions: Any) -> Any:
    return select(func.coalesce(func.sum(column), 0)).where(*conditions).correlate(Fee).scalar_subquery()
