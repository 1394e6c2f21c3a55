"""Minutes that a person must look at before they count."""

from dataclasses import dataclass

from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem
from enroll.foundation.words import N_


@dataclass(frozen=True)
class DoubtFacts:
    learner_account_id: int


DOUBTS = {
    "two_devices": N_("Two devices kept time at once"),
    "unlikely_pace": N_("Answers or tasks came faster than a person works"),
    "reported": N_("Somebody reported it"),
    "other": N_("Another reason"),
}
# What the evidence of a doubt is called; its sessions are a table of their own.
EVIDENCE = {"devices": N_("Devices"), "overlap_minutes": N_("Minutes at the same time"),
            "anomaly": N_("Unusual study")}


def why_in_doubt(code: str) -> str:
    return DOUBTS.get(code, DOUBTS["other"])


def decider_is_another_person(facts: DoubtFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None
