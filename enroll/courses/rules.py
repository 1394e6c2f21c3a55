"""How timed study is counted, and what a practical task needs. Seconds come from the server's clock alone."""

from dataclasses import dataclass

from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem, problem
from enroll.foundation.words import N_


@dataclass(frozen=True)
class WorkFacts:
    learner_account_id: int
    files: int


def work_is_complete(facts: WorkFacts) -> Problem | None:
    return None if facts.files else problem("no_file", N_("Add at least one file before you hand in."), field="file")


def trainer_is_another_person(facts: WorkFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None
