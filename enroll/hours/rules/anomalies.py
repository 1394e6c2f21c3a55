"""Study that looks unusual: what it is called, and what a person decides about it. Nobody is accused before."""

from dataclasses import dataclass
from enum import StrEnum

from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem, problem
from enroll.foundation.words import N_


class AnomalyKind(StrEnum):
    BEATS = "beats"
    NIGHT = "night"
    DEVICES = "devices"
    SPEED = "speed"


KIND_NAMES = {
    AnomalyKind.BEATS: N_("Time signals as even as a machine's"),
    AnomalyKind.NIGHT: N_("Hours of study deep in the night"),
    AnomalyKind.DEVICES: N_("Devices that took over from each other"),
    AnomalyKind.SPEED: N_("A quiz passed faster than it can be read"),
}
# What each figure of the evidence is called; sessions and gaps are shown by themselves.
FIGURES = {
    "signals": N_("Time signals looked at"), "shortest_ms": N_("Shortest gap (ms)"),
    "longest_ms": N_("Longest gap (ms)"), "middle_ms": N_("Middle gap (ms)"), "minutes": N_("Minutes in the night"),
    "takeovers": N_("Take-overs that day"),
    "questions": N_("Questions"), "seconds": N_("Seconds from beginning to end"), "limit": N_("Limit that is set"),
}
WHY_IN_DOUBT = {AnomalyKind.DEVICES: "two_devices"}  # the others: unlikely_pace


@dataclass(frozen=True)
class AnomalyFacts:
    """`entries` is how many ledger entries it rests on that still count."""

    learner_account_id: int
    entries: int


def still_counts(facts: AnomalyFacts) -> Problem | None:
    if not facts.entries:
        return problem("nothing_counts", N_("None of these minutes counts any more, so nothing can be taken back."))
    return None


def decider_is_not_the_learner(facts: AnomalyFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None
