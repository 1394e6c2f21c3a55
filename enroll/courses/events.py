"""What courses tell the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PracticeWorkMoved:
    learner_id: int
    reference: str
    move: str
    state: str
