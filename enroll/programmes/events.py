"""What programmes tell the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WindowMoved:
    """A window was published or cancelled."""

    code: str
    move: str
    state: str


@dataclass(frozen=True)
class WindowDateMoved:
    """A date of a published window was moved for everybody. `name` is a field of the window; moments as ISO texts;
    `reason` as the office gave it, for learners to read (what was recorded before it was sent along has none)."""

    code: str
    name: str
    before: str
    after: str
    reason: str = ""
