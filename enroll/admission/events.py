"""What admission tells the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TicketReleased:
    """A ticket or confirmation (or a new version of it) stands; its document is made afterwards."""

    learner_id: int
    token: str
    kind: str
    ticket_version: int


@dataclass(frozen=True)
class IncidentMoved:
    """An incident that names a candidate was reported, decided, appealed or answered."""

    learner_id: int
    reference: str
    move: str
    state: str


@dataclass(frozen=True)
class NoticeWritten:
    """The candidate notice of a sitting has another wording; whoever holds a ticket is told."""

    sitting: str
    number: int


@dataclass(frozen=True)
class PrintAsked:
    """All tickets of a sitting or window are wanted in one file, too many to wait for."""

    token: str


@dataclass(frozen=True)
class ExcuseMoved:
    """An excuse was asked for, granted, refused or withdrawn."""

    learner_id: int
    reference: str
    move: str
    state: str
