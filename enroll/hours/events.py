"""What hours tell the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProofIssued:
    learner_id: int
    reference: str


@dataclass(frozen=True)
class ProofRevoked:
    learner_id: int
    reference: str


@dataclass(frozen=True)
class DoubtRaised:
    learner_id: int
    reference: str


@dataclass(frozen=True)
class EntryReversed:
    """Credited minutes were taken back; `lesson_code` may be studied again."""

    learner_id: int
    enrolment_id: int
    lesson_code: str
    minutes: int
    reason: str


@dataclass(frozen=True)
class DoubtDecided:
    learner_id: int
    reference: str
    state: str


@dataclass(frozen=True)
class DisputeDecided:
    """`lesson_code` is whose progress follows where minutes were counted."""

    learner_id: int
    enrolment_id: int
    reference: str
    state: str
    lesson_code: str


@dataclass(frozen=True)
class ClaimDecided:
    """A claim was accepted, returned or refused."""

    learner_id: int
    reference: str
    state: str


@dataclass(frozen=True)
class AdjustmentCredited:
    learner_id: int
    reference: str
