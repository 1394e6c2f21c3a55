"""What certificates tell the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CertificateMoved:
    learner_id: int
    reference: str
    move: str
    state: str


@dataclass(frozen=True)
class CertificateRecorded:
    """The number is recorded and the facts are frozen: the document can be made."""

    learner_id: int
    reference: str
