"""What applications tell the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ApplicationMoved:
    """An application whose learner reads another label now."""

    learner_id: int
    reference: str
    move: str
    state: str


@dataclass(frozen=True)
class DeadlineNear:
    """A warning: one working day (`stage` day) or three hours (`stage` hours) are left for a `correction` or a
    `payment`. `due_at` is an ISO text."""

    learner_id: int
    reference: str
    what: str
    stage: str
    due_at: str
