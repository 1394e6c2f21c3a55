"""Which seat is whose 考场编排. By rule: rooms in the order of their codes, seats from 1, people in the order in which
they booked. The same list gives the same seats, so two officers cannot make two different plans."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_


@dataclass(frozen=True)
class RoomPlan:
    """A room of the sitting; `seats` counts from 1."""

    room_id: int
    code: str
    seats: int


Seat = tuple[int, int]
"""Room id and seat number."""


def free_seats(rooms: Sequence[RoomPlan], taken: Collection[Seat], wanted: int) -> list[Seat]:
    """The first free seats in order, at most as many as wanted."""
    given = set(taken)
    found: list[Seat] = []
    for room in sorted(rooms, key=lambda one: one.code):
        for number in range(1, room.seats + 1):
            if len(found) == wanted:
                return found
            if (room.room_id, number) not in given:
                found.append((room.room_id, number))
    return found


def seat_exists(rooms: Sequence[RoomPlan], room_id: int, seat_no: int) -> Problem | None:
    room = next((one for one in rooms if one.room_id == room_id), None)
    if room is None:
        return problem("room_unknown", N_("This sitting does not use that room."), field="room")
    if not 1 <= seat_no <= room.seats:
        return problem("seat_unknown", N_("Room %(room)s has the seats 1 to %(seats)s."), field="seat_no",
                       room=room.code, seats=room.seats)
    return None
