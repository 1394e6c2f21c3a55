"""A sitting is closed and its people move to another one, in one act: all who can, or nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enroll.applications.models import Application
from enroll.applications.services.seating import CHANGEABLE, follow_seat
from enroll.audit import services as audit
from enroll.audit.moves import expect_version
from enroll.foundation.actor import Actor
from enroll.foundation.problems import REASON_MISSING, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.sittings.lifecycle import SEATED, WAITING, BookingState
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.queries import clashing_in
from enroll.sittings.rules import BookingFacts
from enroll.sittings.services.planning import close_sitting
from enroll.sittings.services.seats import carrying_out, hold_seats, leave_list, move_booking
from enroll.storage.database import lock, transaction

MOVED, ENDED, STAYS = "moved", "ended", "stays"
TICKET_OUT = problem("ticket_is_out", N_("The ticket is out: correct it on the exam day's page."))
CLASHES = problem("clash", N_("The other part takes place at the same time."))
SAT = problem("was_there", N_("The exam is over for this person."))


@dataclass(frozen=True)
class Row:
    """One person of the sitting that closes: what happens to them, and why they stay where they do."""

    booking: str
    application: str
    name: str
    state: str
    outcome: str
    why: Problem | None = None


def relocation(session: Session, sitting: Sitting, target: Sitting | None) -> list[Row]:
    """What closing a sitting and moving its people to another one would do, row by row; nothing is changed."""
    live = SEATED | WAITING
    wanted = select(Booking).where(Booking.sitting_id == sitting.id, Booking.state.in_(live)).options(
        joinedload(Booking.learner))
    clashing = clashing_in(session, sitting.id, target) if target is not None else frozenset[int]()
    return [_row(one, clashing) for one in session.scalars(wanted.order_by(Booking.id))]


def close_and_move(
    code: str, target_code: str, *, reason: str, by: Actor, now: datetime, seen_version: int | None = None
) -> list[Row]:
    """Close a sitting and move everybody who can to another sitting of the same part and window; gives each row.

    Seats in the target are taken first; its list is not asked before them. Places in the closing sitting's list end.
    Raises Refused, and changes nothing, where the target has too few seats or no reason is given.
    """
    with transaction() as session:
        _lock_applications(session, code)
        sitting, target = _both(session, code, target_code, seen_version)
        if not reason.strip():
            raise Refused(REASON_MISSING)
        if sitting.closed_at is None:
            close_sitting(code, by=by, now=now, reason=reason)
        rows = relocation(session, sitting, target)
        moving = [one for one in rows if one.outcome == MOVED]
        if len(moving) > target.seats_left:
            raise Refused(problem("target_too_small", N_("%(needed)s people move, and the other sitting has %(free)s "
                                  "seats left."), field="target", needed=len(moving), free=max(target.seats_left, 0)))
        for one in rows:
            if one.outcome != STAYS:
                _carry(session, one, target.code, reason, by, now)
        audit.record(session, "sitting.move_people", code, by=by, now=now, reason=reason, target=target.code,
                     moved=len(moving), stay=sum(one.outcome == STAYS for one in rows))
        return rows


def _carry(session: Session, row: Row, target: str, reason: str, by: Actor, now: datetime) -> None:
    application = lock(session, Application, Application.reference == row.application)
    facts, actor = BookingFacts(application.learner.account_id, now), carrying_out(by)
    if row.outcome == ENDED:
        leave_list(row.booking, facts=facts, by=actor, now=now, reason=reason)
        return
    part = move_booking(row.booking, "relocate", facts=facts, by=actor, now=now, reason=reason, taken=target).part
    hold_seats([target], application.learner_id, application.reference, resit=application.resit, by=by, now=now)
    follow_seat(session, application, part, target, now)


def _lock_applications(session: Session, code: str) -> None:
    """Applications before sittings, in their order: as a learner's own change takes them."""
    behind = select(Booking.subject).join(Sitting, Sitting.id == Booking.sitting_id).where(
        Sitting.code == code, Booking.state.in_(SEATED | WAITING))
    wanted = select(Application.id).where(Application.reference.in_(behind)).order_by(Application.id)
    session.execute(wanted.with_for_update(key_share=True)).all()


def _both(session: Session, code: str, target_code: str, seen_version: int | None) -> tuple[Sitting, Sitting]:
    sitting = lock(session, Sitting, Sitting.code == code)
    expect_version(sitting, seen_version)
    target = session.scalar(select(Sitting).where(Sitting.code == target_code))
    if target is None or target.id == sitting.id or target.closed_at is not None or (
        (target.window_id, target.part) != (sitting.window_id, sitting.part)
    ):
        raise Refused(problem("no_target", N_("Choose an open sitting of the same part and window."), field="target"))
    session.refresh(target)
    return sitting, target


def _row(booking: Booking, clashing: Sequence[int] | frozenset[int]) -> Row:
    outcome, why = MOVED, None
    if booking.state in WAITING:
        outcome = ENDED
    elif booking.state not in CHANGEABLE:
        outcome, why = STAYS, TICKET_OUT if booking.state == BookingState.TICKETED else SAT
    elif booking.learner_id in clashing:
        outcome, why = STAYS, CLASHES
    return Row(booking.reference, booking.subject, booking.learner.legal_name, booking.state, outcome, why)
