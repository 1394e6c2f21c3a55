"""What handovers tell the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class HandoverConfirmed:
    """A list was confirmed and is to be written down, in the background: a long one takes its time."""

    token: str
