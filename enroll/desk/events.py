"""What the desk tells the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WindowFileAsked:
    """Somebody wants the file of a window; it takes longer than a page waits."""

    token: str
