"""Many marks at once: what was typed in each row, and what became of it."""

from dataclasses import dataclass

from enroll.foundation.problems import Problem
from enroll.results.rules.verdicts import Entered


@dataclass(frozen=True)
class TypedMark:
    """One row of a grid; `seen_version` is the version the page was served with, where it matters."""

    reference: str
    entered: Entered
    seen_version: int | None = None


@dataclass(frozen=True)
class RowOutcome:
    """What became of one row: done, skipped (nothing to do) or refused, with every reason."""

    reference: str
    outcome: str
    problems: tuple[Problem, ...] = ()

    @property
    def label(self) -> str:
        return self.reference


def done(reference: str) -> RowOutcome:
    return RowOutcome(reference, "done")


def skipped(reference: str) -> RowOutcome:
    return RowOutcome(reference, "skipped")


def refused(reference: str, *problems: Problem) -> RowOutcome:
    return RowOutcome(reference, "refused", problems)
