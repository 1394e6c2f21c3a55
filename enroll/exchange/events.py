"""What exchange tells the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReplyApplied:
    """The issuing body's reply to a batch stands; what follows from it (confirmations) is done afterwards."""

    batch: str
    kind: str
    window_code: str
