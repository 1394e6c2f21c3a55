"""What sittings tell the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BookingMoved:
    """A booking whose learner reads another label now."""

    learner_id: int
    reference: str
    move: str
    state: str
