"""What courses tell the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PracticeWorkMoved:
    learner_id: int
    reference: str
    move: str
    state: str


@dataclass(frozen=True)
class PracticeWorkGiven:
    """A work that waits was given to a trainer (account) by a colleague."""

    reference: str
    trainer_id: int
    by_name: str


@dataclass(frozen=True)
class LiveClassMoved:
    reference: str
    move: str
    version: int
    reason: str


@dataclass(frozen=True)
class LiveAttendanceDecided:
    learner_id: int
    reference: str
    minutes: int
    why: str
    reason: str
    version: int
