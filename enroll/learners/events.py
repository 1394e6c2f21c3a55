"""What learners tell the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class IdentityCheckMoved:
    """`kind` is identity or photo; `reference` of the check."""

    learner_id: int
    reference: str
    kind: str
    move: str
    state: str


@dataclass(frozen=True)
class NameEntered:
    """Staff entered a name that its owner could not type; the owner says whether it is right."""

    learner_id: int


@dataclass(frozen=True)
class IdentityVerified:
    """The legal identity stands from now on: what waits for it (the proof of hours) may go on."""

    learner_id: int


@dataclass(frozen=True)
class ActedOnBehalf:
    """A member of staff did something for a learner who asked for it: `act` on the record `reference`; they asked by
    phone, at the counter or by letter."""

    learner_id: int
    reference: str
    act: str
    by_name: str
    asked_by: str


@dataclass(frozen=True)
class ConsentWithdrawn:
    """A consent was taken back; `code` of its text. What needs it stops."""

    learner_id: int
    code: str
