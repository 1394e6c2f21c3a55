"""For the doctor: adding up again."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enroll.hours.models import HoursBalance, HoursProof, LedgerEntry
from enroll.hours.queries.ledger import ledger_rows
from enroll.hours.queries.standing import totals_of
from enroll.hours.rules.proof import ledger_digest
from enroll.hours.rules.standing import Totals


def recompute(session: Session) -> Iterator[str]:
    """Every balance that its ledger does not add up to, and every proof whose rows are not those it was issued on."""
    yield from _wrong_balances(session)
    for proof in session.scalars(select(HoursProof)).all():
        rows = ledger_rows(session, proof.enrolment_id, until=proof.last_entry_id)
        if ledger_digest(rows) != proof.ledger_digest:
            yield f"proof {proof.reference}: its ledger rows are not those it was issued on"
        if sum(row.minutes for row in rows) != proof.minutes:
            yield f"proof {proof.reference}: its rows do not add up to {proof.minutes} minutes"


def _wrong_balances(session: Session) -> Iterator[str]:
    wanted = select(LedgerEntry.enrolment_id, LedgerEntry.kind, LedgerEntry.course_code, func.sum(LedgerEntry.minutes))
    added: dict[int, Totals] = {}
    grouped = wanted.group_by(LedgerEntry.enrolment_id, LedgerEntry.kind, LedgerEntry.course_code)
    for enrolment_id, kind, course, minutes in session.execute(grouped):
        one = Totals(int(minutes), int(minutes) if kind == "practice" else 0, {course: int(minutes)})
        added[enrolment_id] = added.get(enrolment_id, Totals()).and_also(one)
    for row in session.scalars(select(HoursBalance)):
        expected = added.pop(row.enrolment_id, Totals())
        if totals_of(row) != Totals(expected.minutes, expected.practice, {**expected.by_course}):
            yield f"balance of enrolment {row.enrolment_id} says {row.minutes}, its ledger {expected.minutes}"
    for enrolment_id, totals in added.items():
        if totals.minutes:
            yield f"enrolment {enrolment_id} has {totals.minutes} minutes in its ledger and no balance"
