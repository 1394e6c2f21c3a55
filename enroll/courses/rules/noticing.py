"""What looks unusual in study: pure figures from sessions and quizzes, against limits that the programme sets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from enroll.foundation.clock import at_beijing, local_day

TRIMMED = 20  # one gap in so many is left out at either end: a network has its moments


@dataclass(frozen=True)
class Limits:
    """The programme's limits. Heartbeats: at least so many gaps within so few milliseconds. Night: from and until
    (hours in Beijing) at least so many minutes. Devices: so many take-overs a day. Quizzes: too few seconds each."""

    beats_least: int
    beats_spread_ms: int
    night_from: int
    night_until: int
    night_minutes: int
    takeovers_a_day: int
    seconds_a_question: int

    @classmethod
    def of(cls, value: Mapping[str, int] | None) -> "Limits | None":
        """None where the programme sets none: then nothing is looked for."""
        return None if value is None else cls(**value)


@dataclass(frozen=True)
class Part:
    """A session as far as the night looks at it."""

    started_at: datetime
    ended_at: datetime
    seconds: int


def even_beats(heard: Sequence[int], limits: Limits) -> dict[str, Any] | None:
    """The figures where heartbeats came as evenly as no network lets them: `heard` are their times in milliseconds.
    Perfect 30.000 s are a machine's; a browser's timer and a line are off by tens of milliseconds."""
    gaps = sorted(later - earlier for earlier, later in pairwise(heard))
    if len(gaps) < limits.beats_least:
        return None
    cut = len(gaps) // TRIMMED
    kept = gaps[cut:len(gaps) - cut]
    if kept[-1] - kept[0] > limits.beats_spread_ms:
        return None
    return {"signals": len(gaps), "shortest_ms": kept[0], "longest_ms": kept[-1], "middle_ms": kept[len(kept) // 2],
            "limit": limits.beats_spread_ms}


def night_of(moment: datetime, limits: Limits) -> tuple[datetime, datetime]:
    """The night that the moment's local day begins with: [from, until)."""
    midnight = at_beijing(local_day(moment))
    return midnight + timedelta(hours=limits.night_from), midnight + timedelta(hours=limits.night_until)


def minutes_in(night: tuple[datetime, datetime], parts: Iterable[Part]) -> int:
    """Counted minutes that lie in the night: never more of a session than overlaps it."""
    total = 0
    for one in parts:
        overlap = (min(one.ended_at, night[1]) - max(one.started_at, night[0])).total_seconds()
        total += min(one.seconds, max(int(overlap), 0))
    return total // 60


def takeovers(devices: Iterable[tuple[str, bool]]) -> int:
    """How often another device took over, of one day's sessions in order: (device, it was taken over)."""
    return sum(taken and here != there for (here, taken), (there, _) in pairwise(devices))


def too_fast(questions: int, seconds: int, limits: Limits) -> bool:
    return questions > 0 and seconds < questions * limits.seconds_a_question
