"""Who may stand for a certificate, and what must be closed before. The issuing body decides and numbers (ISO/IEC 17024,
4.2: that decision is not delegated)."""

from dataclasses import dataclass

from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem, problem
from enroll.foundation.words import N_


@dataclass(frozen=True)
class CertificateFacts:
    """`involved`: accounts that made or checked any mark of this pass, and the learner's sole trainer, if there is one.
    `open_matters`: what must be closed first (a score review, an incident, a correction, an unpaid fee)."""

    learner_account_id: int
    involved: frozenset[int] = frozenset()
    first_by: int | None = None
    open_matters: tuple[Problem, ...] = ()
    number: str = ""


def nothing_is_open(facts: CertificateFacts) -> Problem | None:
    return facts.open_matters[0] if facts.open_matters else None


def number_is_there(facts: CertificateFacts) -> Problem | None:
    if facts.number:
        return None
    return problem("number_missing", N_("The issuing body's number is missing; none is ever invented here."))


def reviewer_is_independent(facts: CertificateFacts, actor: Actor) -> Problem | None:
    if actor.account_id == facts.learner_account_id:
        return OWN_RECORD
    if actor.account_id in facts.involved:
        return problem("reviewer_was_involved",
                       N_("You made or checked a mark of this learner, or were their only trainer."))
    return None


def second_is_another_person(facts: CertificateFacts, actor: Actor) -> Problem | None:
    if actor.account_id == facts.first_by:
        return problem("same_reviewer", N_("You gave the first approval; another person gives the second."))
    return None
