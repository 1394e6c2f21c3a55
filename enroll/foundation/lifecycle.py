"""A lifecycle: the states a thing can be in, and the moves between them, written once.

The same object answers the service (may this happen?), the page (which buttons, and why is one dead?),
the tests (is every other move refused?), the CHECK constraint and the README (the table).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from enroll.foundation.actor import ALONE_PERMISSION, Actor
from enroll.foundation.problems import NOT_PERMITTED, REASON_ALONE, REASON_MISSING, Problem, Refused, problem
from enroll.foundation.words import N_, say

Check = Callable[[Any], Problem | None]
PersonCheck = Callable[[Any, Actor], Problem | None]


@dataclass(frozen=True)
class StateLabel:
    """What staff and the learner read for one state, with the colour family and icon of the status badge."""

    staff: str
    learner: str
    kind: str
    icon: str


@dataclass(frozen=True)
class Move:
    name: str
    label: str
    sources: frozenset[StrEnum]
    target: StrEnum
    permission: str
    checks: tuple[Check, ...] = ()
    person_checks: tuple[PersonCheck, ...] = ()
    asks_reason: bool = False
    danger: bool = False


@dataclass(frozen=True)
class Offer:
    """A move shown to someone: a live button, or a dead one with its reasons."""

    move: Move
    problems: tuple[Problem, ...]
    alone: tuple[Problem, ...] = ()
    """What another person would do, and this one may do by themselves, with a reason."""

    @property
    def asks_reason(self) -> bool:
        return self.move.asks_reason or bool(self.alone)

    @property
    def open(self) -> bool:
        return not self.problems


def sources(*states: StrEnum) -> frozenset[StrEnum]:
    return frozenset(states)


class Lifecycle:
    def __init__(
        self,
        name: str,
        *,
        states: type[StrEnum],
        first: StrEnum,
        moves: Iterable[Move],
        labels: Mapping[StrEnum, StateLabel],
    ):
        self.name, self.states, self.first, self.labels = name, states, first, dict(labels)
        self.moves = {move.name: move for move in moves}
        missing = set(states) - set(self.labels)
        if missing:
            raise ValueError(f"{name}: no words for {sorted(missing)}")

    def label(self, state: str) -> StateLabel:
        return self.labels[self.states(state)]

    def final_states(self) -> set[StrEnum]:
        return set(self.states) - {state for move in self.moves.values() for state in move.sources}

    def offers(self, state: str, actor: Actor, facts: Any) -> list[Offer]:
        """The moves this actor could make from here, each with the reasons that stand against it now."""
        return [
            Offer(move, *self._problems(move, facts, actor))
            for move in self.moves.values()
            if state in move.sources and actor.may(move.permission)
        ]

    def require(self, move_name: str, state: str, actor: Actor, facts: Any, reason: str = "") -> Move:
        """Return the move, or raise Refused with every reason it cannot happen. An impossible move is an error."""
        move = self.moves.get(move_name)
        if move is None or not actor.may(move.permission):
            raise Refused(NOT_PERMITTED)
        if state not in move.sources:
            words = say(self.label(state).staff)
            raise Refused(problem("wrong_state", N_("This is already “%(state)s”, so the step is no longer possible."),
                                  state=words))
        against, alone = self._problems(move, facts, actor)
        problems = list(against)
        if (move.asks_reason or alone) and not reason.strip():
            problems.append(REASON_ALONE if alone else REASON_MISSING)
        if problems:
            raise Refused(problems)
        return move

    def done_alone(self, move: Move, actor: Actor, facts: Any) -> tuple[Problem, ...]:
        """What the actor's exception lifts in this move: each is a duty that another person would have done."""
        return self._problems(move, facts, actor)[1]

    def as_markdown(self) -> str:
        rows = [f"### {self.name}", "", "| move | from | to | who | reason |", "|---|---|---|---|---|"]
        for move in self.moves.values():
            came_from = ", ".join(str(state) for state in self.states if state in move.sources)
            asks = "yes" if move.asks_reason else ""
            rows.append(f"| {move.name} | {came_from} | {move.target} | {move.permission} | {asks} |")
        return "\n".join(rows) + "\n"

    def _problems(self, move: Move, facts: Any, actor: Actor) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
        """What stands against the move, and what does not because this person may do both duties."""
        found = [one for check in move.checks if (one := check(facts))]
        found += [one for check in move.person_checks if (one := check(facts, actor))]
        lifted = actor.may(ALONE_PERMISSION)
        return (tuple(one for one in found if not (one.apart and lifted)),
                tuple(one for one in found if one.apart and lifted))
