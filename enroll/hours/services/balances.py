"""The balance under its lock: whoever writes to an enrolment's ledger holds it first."""

from datetime import datetime

from sqlalchemy import Insert
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from enroll.foundation.problems import NotFound
from enroll.hours.models import HoursBalance, LedgerEntry
from enroll.storage.database import lock


def balance_under_lock(session: Session, enrolment_id: int) -> HoursBalance:
    """The enrolment's balance, made where there is none yet."""
    try:
        return lock(session, HoursBalance, HoursBalance.enrolment_id == enrolment_id)
    except NotFound:
        session.execute(_insert_or_nothing(session, enrolment_id))
        return lock(session, HoursBalance, HoursBalance.enrolment_id == enrolment_id)


def add_to(balance: HoursBalance, entry: LedgerEntry, at: datetime) -> None:
    """Carry a new ledger row (a reversal's minutes are negative) over into the running sums."""
    balance.minutes += entry.minutes
    if entry.kind == "practice":
        balance.practice_minutes += entry.minutes
    had = balance.by_course.get(entry.course_code, 0)
    balance.by_course = {**balance.by_course, entry.course_code: had + entry.minutes}
    if entry.minutes > 0:
        balance.last_credit_at = max(balance.last_credit_at or at, at)


def _insert_or_nothing(session: Session, enrolment_id: int) -> Insert:
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    empty = {"enrolment_id": enrolment_id, "minutes": 0, "practice_minutes": 0, "by_course": {}}
    return insert(HoursBalance).values(empty).on_conflict_do_nothing()
