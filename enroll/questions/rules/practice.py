"""Which questions a round of practice asks, and how the days of practice add up."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from enroll.foundation.words import N_
from enroll.questions.rules.papers import PooledQuestion
from enroll.questions.rules.repetition import Recall

ROUND_SIZES = (5, 10, 20)
GOALS = (5, 10, 20, 30, 50)
USUAL_GOAL = 10


class Mode(StrEnum):
    RANDOM = "random"
    MODULE = "module"
    WEAK = "weak"
    DUE = "due"
    BOOK = "book"
    FAVOURITES = "favourites"


MODE_NAMES = {
    Mode.RANDOM: N_("Random"),
    Mode.MODULE: N_("By module"),
    Mode.WEAK: N_("My weak points"),
    Mode.DUE: N_("Due for repetition"),
    Mode.BOOK: N_("Wrong-answer book"),
    Mode.FAVOURITES: N_("Favourites"),
}

SELF_MARKS = {
    Recall.RIGHT: N_("I had all of it"),
    Recall.PARTLY: N_("I had a part"),
    Recall.WRONG: N_("I did not have it"),
}


@dataclass(frozen=True)
class Known:
    """What somebody's earlier answers say about one question."""

    asked: int
    right: int
    in_book: bool = False
    favourite: bool = False
    is_due: bool = False


def chosen_for(
    mode: str, pool: Sequence[PooledQuestion], known: Mapping[int, Known], *, size: int, topic: str, seed: str
) -> list[PooledQuestion]:
    """The questions of one round, in the order they are asked; at most `size`, and none when nothing fits.

    By module, what was never asked stands before what was; by weakness, see `weakest_first`.
    """
    chance = random.Random(seed)  # noqa: S311 - the order of an exercise, not a secret
    mixed = sorted(pool, key=lambda one: one.id)
    chance.shuffle(mixed)
    nothing = Known(0, 0)
    fits = {
        Mode.DUE: lambda one: known.get(one.id, nothing).in_book and known[one.id].is_due,
        Mode.BOOK: lambda one: known.get(one.id, nothing).in_book,
        Mode.FAVOURITES: lambda one: known.get(one.id, nothing).favourite,
    }
    if mode == Mode.WEAK:
        return weakest_first(mixed, known)[:size]
    if mode == Mode.MODULE:
        own = [one for one in mixed if one.topic == topic]
        return sorted(own, key=lambda one: known.get(one.id, nothing).asked)[:size]
    kept = fits.get(Mode(mode))
    return [one for one in mixed if kept is None or kept(one)][:size]


def weakest_first(pool: Sequence[PooledQuestion], known: Mapping[int, Known]) -> list[PooledQuestion]:
    """Lowest chance of being right first: a question's own answers, leaning on its module's where there are few.

    The chance is (right + 2 × the module's share) / (asked + 2); a module's share is (right + 1) / (asked + 2).
    """
    shares = {topic: (right + 1) / (asked + 2) for topic, asked, right in sums_by_topic(pool, known)}

    def chance(one: PooledQuestion) -> float:
        mine = known.get(one.id, Known(0, 0))
        return (mine.right + 2 * shares[one.topic]) / (mine.asked + 2)

    return sorted(pool, key=chance)


def sums_by_topic(
    pool: Iterable[PooledQuestion], known: Mapping[int, Known]
) -> list[tuple[str, int, int]]:
    """(module, answers given, right ones) for every module of the pool."""
    asked, right = dict[str, int](), dict[str, int]()
    for one in pool:
        mine = known.get(one.id, Known(0, 0))
        asked[one.topic] = asked.get(one.topic, 0) + mine.asked
        right[one.topic] = right.get(one.topic, 0) + mine.right
    return [(topic, count, right[topic]) for topic, count in asked.items()]


def days_in_a_row(reached: Iterable[date], today: date) -> int:
    """How many days up to today the goal was reached; today may still be open without breaking the row."""
    days = set(reached)
    day = today if today in days else today - timedelta(days=1)
    count = 0
    while day in days:
        count, day = count + 1, day - timedelta(days=1)
    return count
