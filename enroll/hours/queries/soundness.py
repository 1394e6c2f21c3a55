"""For the doctor: adding up again."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from enroll.hours.lifecycle import AdjustmentState, ClaimState, DisputeState
from enroll.hours.models import HourAdjustment, HourClaim, HoursBalance, HoursDispute, HoursProof, LedgerEntry, Source
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


def unsound_decisions(session: Session) -> Iterator[str]:
    """What was decided about hours stands in the ledger, minute for minute; and what stands there was decided."""
    decided = _decided(session)
    entered: dict[str, int] = {}
    wanted = select(LedgerEntry.source_key, LedgerEntry.minutes).where(
        LedgerEntry.source.in_([Source.DISPUTE, Source.OUTSIDE, Source.MANUAL]))
    for key, minutes in session.execute(wanted):
        reference = key.split(":")[1] if key.count(":") else key
        entered[reference] = entered.get(reference, 0) + minutes
    for reference in sorted(decided.keys() | entered.keys()):
        if decided.get(reference, 0) != entered.get(reference, 0):
            yield (f"{reference}: {decided.get(reference, 0)} minutes were decided, "
                   f"{entered.get(reference, 0)} stand in the ledger")
    alone = select(HourAdjustment.reference).where(
        HourAdjustment.state == AdjustmentState.CREDITED, HourAdjustment.minutes > HourAdjustment.may_alone,
        HourAdjustment.second_person_id.is_(None))
    for reference in session.scalars(alone):
        yield f"{reference}: more than one person may enter, and no second person"


def _decided(session: Session) -> dict[str, int]:
    """Minutes by the reference of the dispute, the claim or the entry that they were decided in."""
    parts: Any = union_all(
        select(HoursDispute.reference, HoursDispute.counted_minutes).where(HoursDispute.state == DisputeState.COUNTED),
        select(HourClaim.reference, HourClaim.accepted_minutes).where(HourClaim.state == ClaimState.ACCEPTED),
        select(HourAdjustment.reference, HourAdjustment.minutes).where(
            HourAdjustment.state == AdjustmentState.CREDITED),
    )
    return {reference: int(minutes or 0) for reference, minutes in session.execute(parts)}
