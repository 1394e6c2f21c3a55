"""What applications tell the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ApplicationMoved:
    learner_id: int
    reference: str
    move: str
    state: str


@dataclass(frozen=True)
class BookingMoved:
    """A booking whose learner reads another label now; before the exam told by applications, later by admission."""

    learner_id: int
    reference: str
    move: str
    state: str
