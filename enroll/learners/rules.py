"""What must be true of an identity before it is handed in or verified."""

from dataclasses import dataclass

from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem, problem
from enroll.foundation.words import N_


@dataclass(frozen=True)
class CheckFacts:
    """What a move of an identity check depends on. `missing` are Problems from the automatic checks, ready to show."""

    learner_account_id: int
    missing: tuple[Problem, ...] = ()
    needs_guardian: bool = False
    guardian_acknowledged: bool = False


def check_is_complete(facts: CheckFacts) -> Problem | None:
    return facts.missing[0] if facts.missing else None


def guardian_has_acknowledged(facts: CheckFacts) -> Problem | None:
    if facts.needs_guardian and not facts.guardian_acknowledged:
        return problem("guardian_missing", N_("The guardian of a learner under 18 has not acknowledged yet."))
    return None


def decider_is_another_person(facts: CheckFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None
