"""Opening result rows for those who were booked, and following the attendance until the results are locked."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, selectinload

from enroll.accounts.permissions import Permission
from enroll.audit.moves import begin, make_move
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.problems import NOT_PERMITTED, NotFound, Refused
from enroll.programmes.models import Window
from enroll.results.lifecycle import RESULT, ResultState
from enroll.results.models import Result
from enroll.results.queries.facts import facts_of
from enroll.results.queries.progress import publication_of
from enroll.results.rules.verdicts import BY_ATTENDANCE
from enroll.sittings.models import Booking, Sitting
from enroll.storage.counters import next_reference
from enroll.storage.database import transaction

ATTENDED = ("present", *BY_ATTENDANCE)
MAY_OPEN = (Permission.SYSTEM, Permission.MAKE_RESULTS, Permission.RUN_EXAMS, Permission.PUBLISH_RESULTS)
FOLLOWING = {ResultState.PENDING, ResultState.ENTERED, ResultState.DISCREPANCY, ResultState.CHECKED}


def open_results(sitting_code: str, *, by: Actor, now: datetime) -> int:
    """Open a result for everybody of a sitting whose attendance is recorded, and let rows follow the attendance where
    it was changed since; gives how many rows were opened or moved. Again changes nothing. Raises NotFound, Refused."""
    if not any(by.may(permission) for permission in MAY_OPEN):
        raise Refused(NOT_PERMITTED)
    with transaction() as session:
        sitting = session.scalar(select(Sitting).where(Sitting.code == sitting_code))
        if sitting is None:
            raise NotFound(sitting_code)
        return _follow_all(session, Booking.sitting_id == sitting.id, by, now)


def follow_attendance(booking_reference: str, *, now: datetime) -> int:
    """The same for one booking, whose attendance has just moved."""
    with transaction() as session:
        return _follow_all(session, Booking.reference == booking_reference, SYSTEM, now)


def _follow_all(session: Session, condition: ColumnElement[bool], by: Actor, now: datetime) -> int:
    """Nothing is opened once the window is published. The window's lock is shared: those who follow the attendance do
    not wait for each other, but a publication waits for them, and they for it."""
    window_id = session.scalar(select(Booking.window_id).where(condition).limit(1))
    if window_id is None:
        return 0
    session.execute(select(Window.id).where(Window.id == window_id).with_for_update(read=True))
    if publication_of(session, window_id) is not None:
        return 0
    bookings = session.scalars(
        select(Booking).where(condition).order_by(Booking.id)
        .options(joinedload(Booking.window), joinedload(Booking.learner)).with_for_update(of=Booking)
        .execution_options(populate_existing=True)
    ).unique().all()
    rows = _rows_of(session, [booking.id for booking in bookings])
    return sum(_follow(session, booking, rows.get(booking.id), by, now) for booking in bookings)


def _rows_of(session: Session, booking_ids: Iterable[int]) -> dict[int, Result]:
    wanted = select(Result).where(Result.booking_id.in_(list(booking_ids)), Result.state != ResultState.SUPERSEDED)
    found = session.scalars(
        wanted.options(selectinload(Result.entries)).order_by(Result.id).with_for_update(of=Result)
        .execution_options(populate_existing=True)
    )
    return {one.booking_id: one for one in found}


def _follow(session: Session, booking: Booking, row: Result | None, by: Actor, now: datetime) -> bool:
    """Whether anything had to be done for this booking. A locked or published row stays as it is: it is unlocked, or
    declared void, by a person."""
    opened = row is None and booking.state in ATTENDED
    if opened:
        row = Result(reference=next_reference(session, "R", group=booking.window.code[2:]), booking_id=booking.id,
                     sitting_id=booking.sitting_id, learner_id=booking.learner_id, booking=booking, entries=[])
        begin(session, RESULT, row, by=by, now=now, booking=booking.reference)
    if row is None or row.state not in FOLLOWING:
        return opened
    verdict, settled = BY_ATTENDANCE.get(booking.state), row.source == "attendance"
    if verdict is not None and row.verdict != verdict:
        row.mark = None
        make_move(session, RESULT, row, "settle", by=SYSTEM, now=now, facts=facts_of(row), asked_by=by.name,
                  verdict=str(verdict))
        row.verdict, row.source = str(verdict), "attendance"
        return True
    if verdict is None and settled and row.state == ResultState.CHECKED:
        make_move(session, RESULT, row, "unsettle", by=SYSTEM, now=now, facts=facts_of(row), asked_by=by.name)
        row.verdict, row.source, row.entry_round = None, "hand", row.entry_round + 1
        return True
    return opened
