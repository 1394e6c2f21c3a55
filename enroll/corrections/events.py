"""What corrections tell the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CorrectionMoved:
    learner_id: int
    reference: str
    move: str
    state: str
