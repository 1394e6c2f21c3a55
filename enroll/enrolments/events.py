"""What enrolments tell the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EnrolmentMoved:
    learner_id: int
    reference: str
    move: str
    state: str
