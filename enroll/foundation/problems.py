"""How the rules say no."""

from dataclasses import dataclass
from typing import Any

from enroll.foundation.words import N_, Words, say


@dataclass(frozen=True)
class Problem:
    """One reason something may not happen, worded for the person who must mend it.

    `field` names the form field it belongs to, `mend` the endpoint of the page where it is mended; both may be empty.
    `apart`: two duties that two people keep apart meet in one; a house may let one person do both, on record.
    """

    code: str
    words: Words
    field: str = ""
    mend: str = ""
    apart: bool = False


def problem(code: str, text: str, *, field: str = "", mend: str = "", **values: Any) -> Problem:
    return Problem(code, say(text, **values), field, mend)


def two_duties(code: str, text: str) -> Problem:
    """Two duties that two people keep apart would meet in one person."""
    return Problem(code, say(text), apart=True)


@dataclass(frozen=True)
class RowFault:
    """Why a row of a file cannot be taken: its number in the file, the column's key ("" for the whole row), the
    reason."""

    number: int
    column: str
    problem: Problem


class Refused(Exception):
    """Raised by services; carries every reason at once, so that nobody mends them one by one."""

    def __init__(self, problems: list[Problem] | tuple[Problem, ...] | Problem):
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("; ".join(one.code for one in self.problems))

    @property
    def codes(self) -> set[str]:
        return {one.code for one in self.problems}


class NotFound(Exception):
    """The record does not exist, or is not this person's: the answer is the same."""


class Stale(Exception):
    """The record has moved on since the form was opened; nothing was changed."""

    def __init__(self, what: str, now_version: int):
        self.what, self.now_version = what, now_version
        super().__init__(f"{what} is at version {now_version}")


NOT_PERMITTED = problem("not_permitted", N_("You do not have the permission for this step."))
OWN_RECORD = problem("own_record", N_("Nobody decides about their own record; another person must do this."))
REASON_ALONE = problem("reason_missing", N_("You do by yourself what two people do: say why nobody else can."),
                       field="reason")
REASON_MISSING = problem("reason_missing", N_("Say why, in a sentence the other person can act on."), field="reason")
