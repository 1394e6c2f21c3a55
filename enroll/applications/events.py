"""What applications tell the rest of the program."""

from dataclasses import dataclass

from enroll.foundation.events import secret


@dataclass(frozen=True)
class SignatureAsked:
    """Staff filled an application in, and it waits for the learner's consents and declaration: a link is on its way
    (/sign/<token>) to their own address."""

    learner_id: int
    reference: str
    by_name: str
    token: str = secret()


@dataclass(frozen=True)
class OpinionMoved:
    """A colleague's word was asked for, or given."""

    reference: str
    move: str


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


@dataclass(frozen=True)
class OutageConfirmed:
    """Another person has confirmed an outage: what fell into it is extended, one by one."""

    reference: str


@dataclass(frozen=True)
class OutageReported:
    """Somebody recorded an outage: a lead has to confirm it."""

    reference: str


@dataclass(frozen=True)
class OutageFelt:
    """A learner's own deadline that fell into an outage: `outcome` says what became of it."""

    learner_id: int
    outage: str
    subject: str
    name: str
    outcome: str
    after: str


@dataclass(frozen=True)
class AccommodationMoved:
    """A request for accommodations that was answered, or taken back. What and why stay out of the outbox."""

    learner_id: int
    reference: str
    move: str
    state: str
