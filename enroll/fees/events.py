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
class PaymentCameLate:
    """Money arrived for a fee that was no longer owed (the seat was released): it waits in the reconciliation list, and
    whoever keeps the subject may take it up again."""

    learner_id: int
    reference: str
    subject: str
    payment_id: int


@dataclass(frozen=True)
class RefundMoved:
    learner_id: int
    reference: str
    state: str
