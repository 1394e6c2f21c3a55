"""Marks made without a line are merged, and those who signed on paper are entered: one outcome for each row."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.admission.models import Attendance, AttendancePaper, OfflineMark
from enroll.admission.queries.days import last_entry
from enroll.admission.queries.facts import facts_about
from enroll.admission.queries.paper import LIVE_STATES
from enroll.admission.rules.door import Recorded, already_in, booked_nowhere_here, results_stand
from enroll.admission.rules.offline import Mark, Merged, counts_at, one_each
from enroll.admission.services.attendance import is_published
from enroll.admission.services.tickets import Done
from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, REASON_MISSING, NotFound, Problem, Refused
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.services.seats import move_booking
from enroll.storage.database import transaction
from enroll.storage.files import StoredFile


def merge_marks(
    sitting_code: str, token: str, marks: Sequence[Mark], *, ahead: timedelta, identity_confirmed: bool, by: Actor,
    now: datetime,
) -> int:
    """Take over what was ticked off on the list `token`; gives how many rows are new. Each row is judged once, at the
    moment its device recorded (`ahead`: how far that clock is ahead): sent again, it keeps its outcome. A second entry
    is noted as the alarm. Raises Refused, NotFound."""
    if not by.may(Permission.RUN_EXAMS) or by.account_id is None:
        raise Refused(NOT_PERMITTED)
    with transaction() as session:
        sitting = session.scalar(select(Sitting).where(Sitting.code == sitting_code))
        if sitting is None:
            raise NotFound(sitting_code)
        bookings = _locked(session, sitting.id, [one.reference for one in marks])
        known = set(session.scalars(select(OfflineMark.shown).where(OfflineMark.token == token)))
        fresh = [one for one in one_each(marks) if one.reference not in known]
        for mark in fresh:
            booking = bookings.get(mark.reference)
            outcome, against = _judged(session, booking, mark, ahead, identity_confirmed, by, now)
            session.add(OfflineMark(
                token=token, sitting_id=sitting.id, booking_id=booking.id if booking else None, shown=mark.reference,
                device_at=mark.device_at, ahead_seconds=int(ahead.total_seconds()), outcome=str(outcome),
                problems=[_as_json(one) for one in against], merged_at=now, merged_by_id=by.account_id,
                merged_by_name=by.name[:120],
            ))
            session.flush()
        if fresh:
            audit.record(session, "attendance.merge_offline", sitting_code, by=by, now=now, list=token[:8],
                         rows=len(fresh), ahead_seconds=int(ahead.total_seconds()))
        return len(fresh)


def record_signed(
    sitting_code: str, references: Sequence[str], reason: str, sheet: StoredFile | None = None, *, by: Actor,
    now: datetime,
) -> list[Done]:
    """These signed on paper while nothing could be recorded: present, marked as entered from paper, with the reason
    and a picture of the sheet. Gives what became of each. Raises Refused."""
    if not by.may(Permission.RUN_EXAMS):
        raise Refused(NOT_PERMITTED)
    if not reason.strip():
        raise Refused(REASON_MISSING)
    with transaction() as session:
        sitting = session.scalar(select(Sitting).where(Sitting.code == sitting_code))
        if sitting is None:
            raise NotFound(sitting_code)
        if sheet is not None:
            session.add(sheet)
            session.flush()
        bookings = _locked(session, sitting.id, references)
        return [_signed(session, reference, bookings.get(reference), reason, sheet, by, now)
                for reference in references]


def _signed(
    session: Session, reference: str, booking: Booking | None, reason: str, sheet: StoredFile | None, by: Actor,
    now: datetime,
) -> Done:
    if booking is None:
        return Done(0, reference, "refused", (booked_nowhere_here(),))
    if booking.state == BookingState.PRESENT:
        return Done(booking.learner_id, reference, "skipped", _in_already(session, booking))
    try:
        if is_published(session, booking):
            raise Refused(results_stand())
        move_booking(reference, "record_present", facts=facts_about(session, booking, now), by=by, now=now,
                     reason=reason, sheet=sheet.sha256 if sheet else "")
    except Refused as refused:
        return Done(booking.learner_id, reference, "refused", refused.problems)
    entry = _note(session, booking, "paper", by, now)
    session.flush()
    session.add(AttendancePaper(attendance_id=entry.id, reason=reason, file_id=sheet.id if sheet else None))
    return Done(booking.learner_id, reference, "done")


def _judged(
    session: Session, booking: Booking | None, mark: Mark, ahead: timedelta, identity_confirmed: bool, by: Actor,
    now: datetime,
) -> tuple[Merged, Sequence[Problem]]:
    if booking is None:
        return Merged.REFUSED, (booked_nowhere_here(),)
    if booking.state == BookingState.PRESENT:
        audit.record(session, "booking.turned_away", booking.reference, by=by, now=now,
                     learner_id=booking.learner_id, sitting=booking.sitting.code, reasons=["already_in"])
        return Merged.ALREADY, _in_already(session, booking)
    facts = facts_about(session, booking, counts_at(mark, ahead, now), ticket_version=mark.ticket_version,
                        identity_confirmed=identity_confirmed)
    try:
        move_booking(booking.reference, "check_in", facts=facts, by=by, now=now, ticket_version=mark.ticket_version,
                     device_at=mark.device_at.isoformat() if mark.device_at else "")
    except Refused as refused:
        return Merged.REFUSED, refused.problems
    _note(session, booking, "offline", by, now, version=mark.ticket_version, device_at=mark.device_at)
    return Merged.TAKEN, ()


def _locked(session: Session, sitting_id: int, references: Sequence[str]) -> dict[str, Booking]:
    """The bookings of this sitting that stand, under their locks in the order of their ids."""
    rows = session.scalars(
        select(Booking).where(Booking.sitting_id == sitting_id, Booking.reference.in_(references),
                              Booking.state.in_(LIVE_STATES)).order_by(Booking.id).with_for_update(of=Booking)
        .execution_options(populate_existing=True))
    return {one.reference: one for one in rows}


def _in_already(session: Session, booking: Booking) -> tuple[Problem, ...]:
    entered = last_entry(session, booking.id)
    return (already_in(entered.device_at or entered.at, entered.recorded_by_name),) if entered else ()


def _note(
    session: Session, booking: Booking, source: str, by: Actor, now: datetime, *, version: int | None = None,
    device_at: datetime | None = None,
) -> Attendance:
    entry = Attendance(booking_id=booking.id, what=str(Recorded.CHECKED_IN), ticket_version=version, source=source,
                       at=now, device_at=device_at, recorded_by_id=by.account_id, recorded_by_name=by.name[:120])
    session.add(entry)
    return entry


def _as_json(one: Problem) -> dict[str, Any]:
    """The words of a refusal as they were, to be shown again later."""
    values = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in one.words.values}
    return {"code": one.code, "message": one.words.text,
            "values": {name: value for name, value in values.items() if isinstance(value, str | int)},
            "moments": [name for name, value in one.words.values if isinstance(value, datetime)]}
