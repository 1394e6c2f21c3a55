"""Rooms and seats: by the rule for a whole sitting, by hand for one person; undone until they are frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.admission.models import Rooming, RoomingStep
from enroll.admission.queries.days import rooms_of
from enroll.admission.queries.rooming import digest_of, everybody_seated, plan_of, seat_of, step_to_undo
from enroll.admission.rules.seats import (
    RoomingAct,
    Seat,
    frozen_asks_reason,
    may_be_frozen,
    may_be_undone,
    seat_exists,
)
from enroll.admission.rules.tickets import TicketKind
from enroll.admission.services.tickets import renew_ticket
from enroll.audit import services as audit
from enroll.audit.moves import expect_version
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, NotFound, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.models import Booking, Sitting
from enroll.storage.database import lock, transaction

S = BookingState
MOVABLE = frozenset({S.CONFIRMED, S.TICKETED})
Changes = Mapping[int, Seat | None]


@dataclass(frozen=True)
class Allocation:
    """How many were given a seat (or another one), had one already, and found none."""

    seated: int
    kept: int
    without: int


def allocate_seats(
    sitting_code: str, *, by: Actor, now: datetime, apart: bool = False, afresh: bool = False,
    seen_version: int | None = None, shown: str = "", reason: str = "",
) -> Allocation:
    """Give seats by the rule (rules/seats.py): to everybody registered without one, or `afresh` to everybody whose
    ticket is not out. `shown` is the digest of the preview that was agreed to. Pressing again changes nothing. Raises
    NotFound, Stale, and Refused for an online period, a sitting without rooms, a plan that is no longer the one shown,
    or a frozen rooming without a reason."""
    with transaction() as session:
        sitting, rooming = _locked_rooming(session, sitting_code, by, seen_version)
        if sitting.online or not rooms_of(session, sitting):
            raise Refused(problem("no_rooms", N_("This sitting has no rooms: an online period needs none, a site's "
                                                 "rooms are named where the sitting is planned.")))
        bookings = everybody_seated(session, sitting, lock=True)
        plan = plan_of(session, sitting, bookings, apart=apart, afresh=afresh)
        if shown and shown != digest_of(plan):
            raise Refused(problem("plan_changed", N_("Meanwhile somebody came or went: this is the plan as it would be "
                                                     "now. Look at it again.")))
        done = Allocation(len(plan.given), sum(1 for one in bookings if seat_of(one) and one.id not in plan.given),
                          len(plan.without))
        if plan.given:
            _refuse_any(frozen_asks_reason(rooming.frozen_at is not None, reason))
            rooming.apart = apart
            _write(session, rooming, RoomingAct.PLAN, bookings, plan.given, by=by, now=now, reason=reason)
            audit.record(session, "sitting.allocate_seats", sitting_code, by=by, now=now, seated=done.seated,
                         kept=done.kept, without=done.without, apart=apart, afresh=afresh, reason=reason)
        return done


def change_seat(
    reference: str, room_code: str, seat_no: int, *, by: Actor, now: datetime, seen_version: int | None = None,
    swap: bool = False, reason: str = "",
) -> None:
    """Another room or seat for one person; `swap` gives whoever sits there the seat that becomes free. Tickets that are
    out are written anew. Raises Refused for a seat that is taken, unknown, or one's own booking, and without a reason
    once the rooming is frozen; Stale; NotFound."""
    with transaction() as session:
        known = session.scalar(select(Booking).where(Booking.reference == reference))
        if known is None:
            raise NotFound(reference)
        sitting, rooming = _locked_rooming(session, known.sitting.code, by, None)
        rooms = rooms_of(session, sitting)
        room_id = next((one.room_id for one in rooms if one.code == room_code), 0)
        wanted = (room_id, seat_no)
        _refuse_any(seat_exists(rooms, *wanted))
        bookings = everybody_seated(session, sitting, lock=True)
        booking = lock(session, Booking, Booking.reference == reference)
        other = next((one for one in bookings if seat_of(one) == wanted and one.id != booking.id), None)
        for one in filter(None, (booking, other)):
            _may_be_moved(one, by)
        expect_version(booking, seen_version)
        if other is not None and not swap:
            raise Refused(problem("seat_taken", N_("This seat is taken. Tick the box to change the two."),
                                  field="seat_no"))
        _refuse_any(frozen_asks_reason(rooming.frozen_at is not None, reason))
        changes: dict[int, Seat | None] = {booking.id: wanted}
        if other is not None:
            changes[other.id] = seat_of(booking)
        _write(session, rooming, RoomingAct.MOVE, bookings, changes, by=by, now=now, reason=reason)


def undo_last_step(sitting_code: str, *, by: Actor, now: datetime, seen_version: int | None = None) -> int:
    """Put everybody of the newest step that stands back where they sat before it; gives how many. Until the rooming is
    frozen. Raises Refused, Stale, NotFound."""
    with transaction() as session:
        sitting, rooming = _locked_rooming(session, sitting_code, by, seen_version)
        step = step_to_undo(session, sitting.id)
        bookings = {one.reference: one for one in everybody_seated(session, sitting, lock=True)}
        steps = step.changes if step is not None else []
        stands = all(one[0] in bookings and bookings[one[0]].state in MOVABLE
                     and seat_of(bookings[one[0]]) == _seat(one[3], one[4]) for one in steps)
        _refuse_any(may_be_undone(frozen=rooming.frozen_at is not None, unchanged=stands, anything=step is not None))
        changes = {bookings[one[0]].id: _seat(one[1], one[2]) for one in steps}
        _write(session, rooming, RoomingAct.UNDO, list(bookings.values()), changes, by=by, now=now,
               undoes=step.id if step is not None else None)
        audit.record(session, "sitting.undo_rooming", sitting_code, by=by, now=now, people=len(changes))
        return len(changes)


def freeze_rooming(sitting_code: str, *, by: Actor, now: datetime, seen_version: int | None = None) -> None:
    """From now on a seat changes with a reason only. Raises Refused where somebody has no seat, Stale, NotFound."""
    with transaction() as session:
        sitting, rooming = _locked_rooming(session, sitting_code, by, seen_version)
        bookings = everybody_seated(session, sitting, lock=True)
        unseated = sum(1 for one in bookings if one.state in MOVABLE and seat_of(one) is None)
        _refuse_any(may_be_frozen(frozen=rooming.frozen_at is not None, unseated=unseated, expected=len(bookings)))
        rooming.frozen_at, rooming.frozen_by_id, rooming.frozen_by_name = now, by.account_id, by.name
        _note(session, rooming, RoomingAct.FREEZE, [], by=by, now=now)
        audit.record(session, "sitting.freeze_rooming", sitting_code, by=by, now=now, people=len(bookings))


def _locked_rooming(session: Session, code: str, by: Actor, seen_version: int | None) -> tuple[Sitting, Rooming]:
    """The sitting and its rooming, made where there was none; two officers wait for each other here."""
    if not by.may(Permission.RUN_EXAMS):
        raise Refused(NOT_PERMITTED)
    sitting = session.scalar(select(Sitting).where(Sitting.code == code))
    if sitting is None:
        raise NotFound(code)
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    begun = insert(Rooming).values(sitting_id=sitting.id, apart=False, frozen_by_name="", version=0)
    session.execute(begun.on_conflict_do_nothing(index_elements=["sitting_id"]))
    rooming = lock(session, Rooming, Rooming.sitting_id == sitting.id)
    expect_version(rooming, seen_version)
    return sitting, rooming


def _write(
    session: Session, rooming: Rooming, what: RoomingAct, bookings: Sequence[Booking], changes: Changes, *, by: Actor,
    now: datetime, reason: str = "", undoes: int | None = None,
) -> None:
    """Seats as they change, in one go; then the step, a row of the audit for each move by hand, and new tickets."""
    moved = [one for one in bookings if one.id in changes]
    before = {one.id: seat_of(one) for one in moved}
    for one in moved:
        if before[one.id] is not None:
            one.room_id = one.seat_no = None
    session.flush()  # the database refuses a seat given twice, also for the blink of an exchange
    for one in moved:
        seat = changes[one.id]
        one.room_id, one.seat_no = seat if seat is not None else (None, None)
        one.version += 1
    rows = [[one.reference, *(before[one.id] or (None, None)), one.room_id, one.seat_no] for one in moved]
    _note(session, rooming, what, rows, by=by, now=now, reason=reason, undoes=undoes)
    session.flush()
    for one in moved:
        if what is RoomingAct.MOVE:
            audit.record(session, "booking.change_seat", one.reference, by=by, now=now, learner_id=one.learner_id,
                         reason=reason, room_id=one.room_id, seat_no=one.seat_no, before=list(before[one.id] or ()))
        if one.state == S.TICKETED:
            renew_ticket(one.learner_id, one.window_id, TicketKind.TICKET, by=by, now=now)


def _note(
    session: Session, rooming: Rooming, what: RoomingAct, changes: list[list[object]], *, by: Actor, now: datetime,
    reason: str = "", undoes: int | None = None,
) -> None:
    rooming.version += 1
    session.add(RoomingStep(
        sitting_id=rooming.sitting_id, what=str(what), rooming_version=rooming.version, changes=changes, reason=reason,
        undoes_id=undoes, at=now, made_by_id=by.account_id, made_by_name=by.name))


def _seat(room_id: int | None, seat_no: int | None) -> Seat | None:
    return (room_id, seat_no) if room_id is not None and seat_no is not None else None


def _refuse_any(found: Problem | None) -> None:
    if found is not None:
        raise Refused(found)


def _may_be_moved(booking: Booking, by: Actor) -> None:
    if booking.learner.account_id == by.account_id:
        raise Refused(OWN_RECORD)
    if booking.state not in MOVABLE:
        raise Refused(problem("seat_is_fixed", N_("The seat of somebody who has sat, or is not registered, stays.")))
