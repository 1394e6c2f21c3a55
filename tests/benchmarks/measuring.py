"""Everything interleaved in one run: a shared machine is never as fast twice, so only ratios within a round count."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from statistics import median

from tests.benchmarks.client import Ask, Burst, burst, get
from tests.benchmarks.house import Server

NULL = "null"


@dataclass(frozen=True)
class Effort:
    """How much is measured: rounds, seconds of each burst, clients; `size` people or records in the world."""

    rounds: int = 3
    seconds: float = 2.0
    clients: int = 16
    size: int = 600
    runs: int = 1000


TINY = Effort(rounds=1, seconds=0.2, clients=2, size=4, runs=2)


@dataclass(frozen=True)
class Measured:
    """The bursts of each matter, round by round."""

    bursts: dict[str, list[Burst]]

    def rate(self, name: str) -> float:
        return median(one.rate for one in self.bursts[name])

    def cpu_ms(self, name: str) -> float:
        return median(one.cpu_each for one in self.bursts[name]) * 1000

    def rate_against(self, name: str, other: str = NULL) -> float:
        """Its rate as a share of the other's, the median of the rounds."""
        pairs = zip(self.bursts[name], self.bursts[other], strict=True)
        return median(one.rate / against.rate for one, against in pairs)

    def cpu_against(self, name: str, other: str = NULL) -> float:
        """Its CPU (web and database) for each request, in multiples of the other's."""
        pairs = zip(self.bursts[name], self.bursts[other], strict=True)
        return median(one.cpu_each / max(against.cpu_each, 1e-6) for one, against in pairs)


class Unexpected(RuntimeError):
    """Raised where an answer is not the one that is measured: a figure of errors would be a lie."""


def measured(server: Server, matters: dict[str, Iterator[Ask]], effort: Effort) -> Measured:
    """Each matter, and the null route, in every round. Raises Unexpected."""
    all_of_them = {NULL: repeat(get("/null/")), **matters}
    for asks in all_of_them.values():  # a first one each: what is loaded once is not measured
        _expected(burst(server, iter([one for one in [next(asks, None)] if one]), clients=1, seconds=30))
    bursts: dict[str, list[Burst]] = {name: [] for name in all_of_them}
    for _ in range(effort.rounds):
        for name, asks in all_of_them.items():
            found = burst(server, asks, clients=effort.clients, seconds=effort.seconds)
            bursts[name].append(_expected(found))
    return Measured(bursts)


def _expected(found: Burst) -> Burst:
    if found.odd:
        raise Unexpected(found.odd)
    return found
