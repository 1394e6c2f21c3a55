"""What counts as study time, and when the hours are complete. Minutes are whole; the unit converts once, at the end."""

from dataclasses import dataclass

from enroll.foundation.actor import Actor
from enroll.foundation.minutes import whole_hours
from enroll.foundation.problems import OWN_RECORD, Problem


@dataclass(frozen=True)
class Totals:
    """Credited minutes of one enrolment: all, by kind, and of the section and directions that are complete."""

    minutes: int
    practice: int
    general: int
    by_direction: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class DoubtFacts:
    learner_account_id: int


def decider_is_another_person(facts: DoubtFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None


def hours_are_enough(minutes: int, required_hours: int, unit: int) -> bool:
    """1,574 minutes of a 45-minute unit are 34 hours, so not 35."""
    return whole_hours(minutes, unit) >= required_hours
