"""What sittings tell the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PlaceNews:
    """A place in a waiting list: its offer ends `soon`, the offer has `lapsed`, or the list is `closed`."""

    learner_id: int
    reference: str
    what: str


@dataclass(frozen=True)
class BookingMoved:
    """A booking whose learner reads another label now."""

    learner_id: int
    reference: str
    move: str
    state: str
