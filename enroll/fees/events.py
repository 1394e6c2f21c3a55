"""What fees tell the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FeeFellDue:
    learner_id: int
    reference: str
    subject: str


@dataclass(frozen=True)
class FeeSettled:
    """Paid, waived or included: whoever waits for this subject may go on. `state` says which."""

    learner_id: int
    reference: str
    subject: str
    state: str


@dataclass(frozen=True)
class RefundMoved:
    learner_id: int
    reference: str
    state: str
