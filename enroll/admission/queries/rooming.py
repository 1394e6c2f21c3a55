"""How far the rooming of a sitting is: who sits where, what a plan by the rule would do, and every step so far."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enroll.admission.models import Rooming, RoomingStep
from enroll.admission.queries.days import rooms_of
from enroll.admission.queries.paper import LIVE_STATES
from enroll.admission.rules.seats import Plan, RoomingAct, RoomPlan, Seat, Sitter, neighbours_of_one_group, plan_seats
from enroll.applications.queries.accommodations import granted_for
from enroll.applications.rules.accommodations import Granted
from enroll.foundation.text import compared
from enroll.programmes.rules.arrangements import ACCESSIBLE_ROOM
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.models import Booking, ExamRoom, Sitting


@dataclass(frozen=True)
class Preview:
    """What a plan would do. `digest` names it: what is carried out must be what was shown."""

    plan: Plan
    rooms: Sequence[RoomPlan]
    rows: Sequence[tuple[Booking, str, str]]
    """(who, seat before, seat after); of whoever gets another seat or their first one."""
    without: Sequence[Booking]
    no_access: Sequence[Booking]
    neighbours: int
    digest: str


def rooming_of(session: Session, sitting_id: int) -> Rooming | None:
    return session.get(Rooming, sitting_id)


def everybody_seated(session: Session, sitting: Sitting, *, lock: bool = False) -> Sequence[Booking]:
    """Everybody with a place in the sitting, in the order they booked; which is the order of their locks too."""
    wanted = select(Booking).where(Booking.sitting_id == sitting.id, Booking.state.in_(LIVE_STATES)).order_by(
        Booking.id)
    if lock:
        wanted = wanted.with_for_update(of=Booking, key_share=True).execution_options(populate_existing=True)
    else:
        wanted = wanted.options(joinedload(Booking.room))
    return session.scalars(wanted.options(joinedload(Booking.learner))).all()


def sitters_among(session: Session, bookings: Sequence[Booking]) -> list[Sitter]:
    """Facts for the rule. Only people without a ticket are moved by it: a ticket says where its holder sits."""
    granted = granted_for(session, {one.subject for one in bookings})
    return [Sitter(one.id, one.id, needs_access=ACCESSIBLE_ROOM in granted.get(one.subject, Granted()).codes,
                   accommodated=one.subject in granted, group=compared(one.learner.employer), seat=seat_of(one),
                   movable=one.state == BookingState.CONFIRMED) for one in bookings]


def plan_of(
    session: Session, sitting: Sitting, bookings: Sequence[Booking], *, apart: bool, afresh: bool
) -> Plan:
    return plan_seats(rooms_of(session, sitting), sitters_among(session, bookings), apart=apart, afresh=afresh)


def preview_of(session: Session, sitting: Sitting, *, apart: bool, afresh: bool) -> Preview:
    """What the rule would do now. Writes nothing."""
    bookings, rooms = everybody_seated(session, sitting), rooms_of(session, sitting)
    sitters = sitters_among(session, bookings)
    plan = plan_seats(rooms, sitters, apart=apart, afresh=afresh)
    by_id, names = {one.id: one for one in bookings}, {one.room_id: one.code for one in rooms}
    after = {plan.given.get(one.booking_id, one.seat): one.group for one in sitters}
    rows = [(by_id[number], seat_shown(by_id[number]), f"{names[seat[0]]} · {seat[1]}")
            for number, seat in sorted(plan.given.items(), key=lambda item: (names[item[1][0]], item[1][1]))]
    return Preview(
        plan, rooms, rows, [by_id[one] for one in plan.without], [by_id[one] for one in plan.no_access],
        neighbours_of_one_group(rooms, {seat: group for seat, group in after.items() if seat}), digest_of(plan),
    )


def digest_of(plan: Plan) -> str:
    """16 characters that differ when the plan differs."""
    said = ";".join(f"{booking}={room}.{seat}" for booking, (room, seat) in sorted(plan.given.items()))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def seat_of(booking: Booking) -> Seat | None:
    return (booking.room_id, booking.seat_no) if booking.room_id is not None and booking.seat_no else None


def seat_shown(booking: Booking) -> str:
    return f"{booking.room.code} · {booking.seat_no}" if booking.room and booking.seat_no else ""


def steps_of(session: Session, sitting_id: int, *, most: int = 50) -> Sequence[RoomingStep]:
    """The steps of a sitting's rooming, the newest first."""
    wanted = select(RoomingStep).where(RoomingStep.sitting_id == sitting_id)
    return session.scalars(wanted.order_by(RoomingStep.id.desc()).limit(most)).all()


def step_to_undo(session: Session, sitting_id: int) -> RoomingStep | None:
    """The newest act on seats that has not been undone."""
    undone = select(RoomingStep.undoes_id).where(RoomingStep.sitting_id == sitting_id,
                                                 RoomingStep.undoes_id.is_not(None))
    return session.scalars(
        select(RoomingStep).where(
            RoomingStep.sitting_id == sitting_id, RoomingStep.what.in_([RoomingAct.PLAN, RoomingAct.MOVE]),
            RoomingStep.id.not_in(undone)).order_by(RoomingStep.id.desc()).limit(1)).first()


def settled_words(session: Session, sitting: Sitting) -> tuple[str, datetime | None]:
    """What papers say about the plan they show, in Chinese as they are; and since when it is frozen."""
    rooming = rooming_of(session, sitting.id)
    if rooming is None:
        return "编排未定稿", None
    state = f"{rooming.frozen_by_name} 定稿" if rooming.frozen_at else "未定稿"
    return f"编排第 {rooming.version} 版，{state}", rooming.frozen_at


def charts_of(
    rooms: Sequence[ExamRoom], bookings: Sequence[Booking], granted: Mapping[str, Granted]
) -> list[dict[str, Any]]:
    """The rooms as their desks stand, with who sits where and what they were granted."""
    taken: Mapping[Seat, Booking] = {seat: one for one in bookings if (seat := seat_of(one)) is not None}
    found = []
    for room in rooms:
        rows = [list(range(first, min(first + room.across, room.seats + 1)))
                for first in range(1, room.seats + 1, room.across)]
        if room.serpentine:
            rows = [row[::-1] if place % 2 else row for place, row in enumerate(rows)]
        found.append({"room": room, "people": sum(1 for key in taken if key[0] == room.id),
                      "rows": [[(seat, one, granted.get(one.subject) if one else None)
                                for seat in row for one in [taken.get((room.id, seat))]] for row in rows]})
    return found
