"""A list of a sitting that was ticked off while there was no line: what a mark says, and at which moment it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from enroll.foundation.words import N_

MOST_AHEAD = timedelta(days=366)


class Merged(StrEnum):
    """What became of one mark."""

    TAKEN = "taken"
    ALREADY = "already"
    REFUSED = "refused"


MERGED_NAMES = {
    Merged.TAKEN: N_("Taken over"), Merged.ALREADY: N_("Was in already"), Merged.REFUSED: N_("Not taken over"),
}


@dataclass(frozen=True)
class Mark:
    """Somebody was ticked off: by booking, with the ticket's version the list knew, and the time of the device, None
    where it told none."""

    reference: str
    ticket_version: int | None = None
    device_at: datetime | None = None


def read_mark(text: str) -> Mark:
    """`B2701-0001|2|2027-01-16T09:12:03Z`, as the page of the list sends it; what cannot be read of it is left out."""
    reference, version, moment = (*text.split("|"), "", "")[:3]
    number = int(version) if version.isascii() and version.isdigit() and len(version) <= 4 else None
    return Mark(reference[:20].upper(), number, read_moment(moment))


def read_moment(text: str) -> datetime | None:
    """A moment as a browser writes it, in UTC; None for anything else."""
    if not text.endswith("Z") or len(text) > 30:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)
    except ValueError:
        return None


def ahead_of(device_now: datetime | None, now: datetime) -> timedelta:
    """By how much the device's clock is ahead of ours (behind: negative); nothing where it told none, or nonsense."""
    if device_now is None or abs(device_now - now) > MOST_AHEAD:
        return timedelta(0)
    return timedelta(seconds=round((device_now - now).total_seconds()))


def counts_at(mark: Mark, ahead: timedelta, now: datetime) -> datetime:
    """The moment by our clock at which somebody was ticked off, never later than now; now where no time was told."""
    return now if mark.device_at is None else min(mark.device_at - ahead, now)


def one_each(marks: Sequence[Mark]) -> list[Mark]:
    """The first mark of each booking."""
    return list({one.reference: one for one in reversed(marks) if one.reference}.values())[::-1]
