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
class DoubtDecided:
    learner_id: int
    reference: str
    state: str
