"""Which seat is whose 考场编排, by a rule that anybody may read, so that two officers cannot make two different plans:

1. Rooms in the order of their codes, seats from 1; in an accessible room the seats that are needed are filled first.
2. First, in the order in which they booked, the people who were granted an accessible room, into accessible rooms;
   then whoever was granted anything else (extra time), behind them; then everybody else.
3. Where people of one employer are to sit apart, a seat goes to the first in that order who would sit neither beside
   nor behind somebody of their employer; where nobody is left who fits, to the first.
4. Whoever has a seat keeps it, unless the plan is made afresh. The same facts give the same plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_

Seat = tuple[int, int]
"""Room id and seat number."""


class RoomingAct(StrEnum):
    PLAN = "plan"
    MOVE = "move"
    UNDO = "undo"
    FREEZE = "freeze"


ROOMING_ACT_NAMES = {RoomingAct.PLAN: N_("Seats given by the rule"), RoomingAct.MOVE: N_("Seat changed by hand"),
                     RoomingAct.UNDO: N_("Last step undone"), RoomingAct.FREEZE: N_("Rooming frozen")}


@dataclass(frozen=True)
class RoomPlan:
    """A room of the sitting; `seats` counts from 1, `across` desks stand in a row."""

    room_id: int
    code: str
    seats: int
    accessible: bool = True
    across: int = 6
    serpentine: bool = False

    def beside(self, seat_no: int) -> tuple[int, ...]:
        """The seats left, right, before and behind, as the desks stand."""
        row, column = self._desk(seat_no)
        around = ((row, column - 1), (row, column + 1), (row - 1, column), (row + 1, column))
        found = (self._seat(*one) for one in around if one[0] >= 0 and 0 <= one[1] < self.across)
        return tuple(one for one in found if 1 <= one <= self.seats)

    def _desk(self, seat_no: int) -> tuple[int, int]:
        row, column = divmod(seat_no - 1, self.across)
        return row, self._length(row) - 1 - column if self.serpentine and row % 2 else column

    def _seat(self, row: int, column: int) -> int:
        if self.serpentine and row % 2:
            column = self._length(row) - 1 - column
        return row * self.across + column + 1 if column >= 0 else 0

    def _length(self, row: int) -> int:
        return min(self.across, self.seats - row * self.across)


@dataclass(frozen=True)
class Sitter:
    """Somebody to be seated; `order` is that of booking. `group` is their employer, '' where they have none."""

    booking_id: int
    order: int
    needs_access: bool = False
    accommodated: bool = False
    group: str = ""
    seat: Seat | None = None
    movable: bool = True


@dataclass(frozen=True)
class Plan:
    """Who gets which seat (bookings whose seat changes or is new), and who finds none."""

    given: Mapping[int, Seat] = field(default_factory=dict)
    without: tuple[int, ...] = ()
    no_access: tuple[int, ...] = ()
    """Granted an accessible room, and none is free: seated elsewhere, somebody must see to it."""


def plan_seats(
    rooms: Sequence[RoomPlan], sitters: Sequence[Sitter], *, apart: bool = False, afresh: bool = False
) -> Plan:
    """The plan by the rule above. `afresh` takes the seats of everybody movable into account as free."""
    kept = {one.seat: one for one in sitters if one.seat is not None and not (afresh and one.movable)}
    due = sorted((one for one in sitters if one.movable and (afresh or one.seat is None)),
                 key=lambda one: (not one.needs_access, not one.accommodated, one.order))
    free = [(room, number) for room in sorted(rooms, key=lambda one: (one.code, one.room_id))
            for number in range(1, room.seats + 1) if (room.room_id, number) not in kept]
    table = _Table({seat: one.group for seat, one in kept.items()}, apart)
    needing = [one for one in due if one.needs_access]
    table.fill([(room, number) for room, number in free if room.accessible], needing)
    table.fill(free, [one for one in due if one.booking_id not in table.given])
    reachable = {room.room_id for room in rooms if room.accessible}
    before = {one.booking_id: one.seat for one in sitters}
    return Plan(
        {booking: seat for booking, seat in table.given.items() if before[booking] != seat},
        tuple(one.booking_id for one in due if one.booking_id not in table.given),
        tuple(one.booking_id for one in needing
              if one.booking_id in table.given and table.given[one.booking_id][0] not in reachable),
    )


class _Table:
    """The room as it fills: who sits where, by employer."""

    def __init__(self, groups: Mapping[Seat, str], apart: bool):
        self.groups, self.apart, self.given = dict(groups), apart, dict[int, Seat]()

    def fill(self, seats: Sequence[tuple[RoomPlan, int]], people: Sequence[Sitter]) -> None:
        waiting = list(people)
        for room, number in seats:
            if not waiting:
                return
            seat = (room.room_id, number)
            if seat in self.groups:
                continue
            around = {self.groups.get((room.room_id, one), "") for one in room.beside(number)} if self.apart else set()
            one = next((one for one in waiting if not one.group or one.group not in around), waiting[0])
            waiting.remove(one)
            self.groups[seat], self.given[one.booking_id] = one.group, seat


def neighbours_of_one_group(rooms: Sequence[RoomPlan], groups: Mapping[Seat, str]) -> int:
    """How many pairs of one employer sit beside or behind each other: what a preview says of a plan."""
    by_id = {one.room_id: one for one in rooms}
    pairs = {frozenset(((room_id, number), (room_id, other)))
             for (room_id, number), group in groups.items() if group and room_id in by_id
             for other in by_id[room_id].beside(number) if groups.get((room_id, other)) == group}
    return len(pairs)


def seat_exists(rooms: Sequence[RoomPlan], room_id: int, seat_no: int) -> Problem | None:
    room = next((one for one in rooms if one.room_id == room_id), None)
    if room is None:
        return problem("room_unknown", N_("This sitting does not use that room."), field="room")
    if not 1 <= seat_no <= room.seats:
        return problem("seat_unknown", N_("Room %(room)s has the seats 1 to %(seats)s."), field="seat_no",
                       room=room.code, seats=room.seats)
    return None


def frozen_asks_reason(frozen: bool, reason: str) -> Problem | None:
    if not frozen or reason.strip():
        return None
    return problem("rooming_frozen", N_("The rooming is frozen: say why the seat changes all the same."),
                   field="reason")


def may_be_frozen(*, frozen: bool, unseated: int, expected: int) -> Problem | None:
    if frozen:
        return problem("frozen_already", N_("The rooming is frozen already."))
    if not expected:
        return problem("nobody_to_freeze", N_("Nobody is registered for this sitting yet."))
    if unseated:
        return problem("unseated", N_("%(people)s people have no seat yet."), people=unseated)
    return None


def may_be_undone(*, frozen: bool, unchanged: bool, anything: bool) -> Problem | None:
    if frozen:
        return problem("undo_frozen", N_("The rooming is frozen: nothing is undone any more."))
    if not anything:
        return problem("nothing_to_undo", N_("There is no step to undo."))
    if not unchanged:
        return problem("undo_overtaken", N_("Somebody of that step has left or been moved since; change the seats by "
                                            "hand."))
    return None

