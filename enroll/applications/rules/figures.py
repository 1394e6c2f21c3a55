"""Who decided what and how fast, from the moves of cases: the clock runs while a case is with the office. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

GIVES = frozenset({"submit", "resubmit", "reopen", "reopen_on_appeal"})
DECIDES = ("approve", "return", "reject")
OF_ITSELF = "approve_resit"


@dataclass(frozen=True)
class MoveRow:
    """One move of a case."""

    application: str
    window: str
    move: str
    made_at: datetime
    made_by_id: int | None
    made_by_name: str


@dataclass(frozen=True)
class Decision:
    """One decision: since when the case was with the office, and after how many seconds of working days it was made."""

    application: str
    window: str
    move: str
    given_at: datetime
    decided_at: datetime
    seconds: int
    by_id: int | None
    by_name: str


@dataclass(frozen=True)
class Figures:
    """Of one reviewer, or of all. `median_seconds` None where nothing was decided; shares are of 0 to 100."""

    name: str
    by_id: int | None
    decided: int
    by_move: dict[str, int]
    median_seconds: float | None
    slowest_seconds: int
    in_time: int

    @property
    def returned_percent(self) -> float:
        return 100 * self.by_move.get("return", 0) / self.decided if self.decided else 0.0

    @property
    def in_time_percent(self) -> float:
        return 100 * self.in_time / self.decided if self.decided else 0.0


def decisions_among(moves: Iterable[MoveRow], working_seconds: Callable[[datetime, datetime], int]) -> list[Decision]:
    """Each decision of a person, from the last time the case was given to the office. Moves of one case stand together
    in their order."""
    found, given = [], dict[str, datetime]()
    for one in moves:
        if one.move in GIVES:
            given[one.application] = one.made_at
        elif one.move in DECIDES and one.application in given:
            since = given[one.application]
            found.append(Decision(one.application, one.window, one.move, since, one.made_at,
                                  working_seconds(since, one.made_at), one.made_by_id, one.made_by_name))
    return found


def figures_of(name: str, by_id: int | None, decisions: Sequence[Decision], target_seconds: int) -> Figures:
    seconds = [one.seconds for one in decisions]
    counted = {move: sum(one.move == move for one in decisions) for move in DECIDES}
    return Figures(name, by_id, len(decisions), counted, median(seconds) if seconds else None,
                   max(seconds, default=0), sum(one <= target_seconds for one in seconds))


def by_reviewer(decisions: Sequence[Decision], target_seconds: int) -> list[Figures]:
    """Of each who decided, by name."""
    people = {one.by_id: one.by_name for one in decisions}
    rows = [figures_of(name, by_id, [one for one in decisions if one.by_id == by_id], target_seconds)
            for by_id, name in people.items()]
    return sorted(rows, key=lambda one: (-one.decided, one.name))
