"""Acting for a learner who asks for it 代办: who may, and what is never done in somebody's name."""

from enroll.accounts.permissions import Permission
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, REASON_MISSING, Problem, problem
from enroll.foundation.words import N_

ASKED_NAMES = {"phone": N_("By phone"), "counter": N_("At the counter"), "letter": N_("By letter")}
MAY_DO = frozenset({str(Permission.LEARN), str(Permission.APPLY)})
"""What the acts themselves ask of a learner; each is reached by its own form alone, never by a session."""
PERSONAL = problem("personal", N_("Consents and declarations are given by the learner alone: send the link, and wait "
                                  "for them."))
HELPED = problem("acted_for_them", N_("You acted for this learner in this matter; another person decides about it."))


def against_acting(learner_account_id: int, asked_by: str, reason: str, actor: Actor) -> list[Problem]:
    """Everything that stands against acting for this learner."""
    if not actor.may(Permission.ACT_FOR_LEARNERS):
        return [NOT_PERMITTED]
    if actor.account_id in {None, learner_account_id}:
        return [OWN_RECORD]
    found = [] if reason.strip() else [REASON_MISSING]
    if asked_by not in ASKED_NAMES:
        found.append(problem("not_a_choice", N_("Choose one of the list."), field="asked_by"))
    return found


def did_not_act_for_them(helpers: frozenset[int], actor: Actor) -> Problem | None:
    """`helpers`: the accounts that acted for the learner on this record."""
    return HELPED if actor.account_id in helpers else None
