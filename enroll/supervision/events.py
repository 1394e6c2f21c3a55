"""What supervision tells the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class QuestionMoved:
    learner_id: int
    reference: str
    move: str
    state: str


@dataclass(frozen=True)
class QuestionHandedOn:
    """Somebody else answers it from now on."""

    reference: str
    owner_id: int


@dataclass(frozen=True)
class ContactPlanned:
    """A learner asked for a call back."""

    reference: str
    learner_id: int
    adviser_id: int


@dataclass(frozen=True)
class NudgeSent:
    nudge_id: int
    learner_id: int


@dataclass(frozen=True)
class ComplaintMoved:
    learner_id: int
    reference: str
    move: str
    state: str


@dataclass(frozen=True)
class ComplaintHandedOn:
    """Somebody else answers it from now on."""

    reference: str
    owner_id: int
