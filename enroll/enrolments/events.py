"""What enrolments tell the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EnrolmentMoved:
    learner_id: int
    reference: str
    move: str
    state: str


@dataclass(frozen=True)
class ExceptionGranted:
    """A rule of entry does not bind this learner in one window. Why stays out of the outbox."""

    learner_id: int
    reference: str
