"""Who may hold and give roles."""

from dataclasses import dataclass
from datetime import datetime

from enroll.foundation.actor import Actor
from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_


@dataclass(frozen=True)
class RoleFacts:
    """What granting or ending a role, or disabling an account, depends on."""

    account_id: int
    is_administrator: bool = False
    other_administrators: int = 0


def holds(from_at: datetime, until_at: datetime | None, moment: datetime) -> bool:
    """Whether a role given for this time is held at that moment."""
    return from_at <= moment and (until_at is None or moment < until_at)


def not_for_oneself(facts: RoleFacts, actor: Actor) -> Problem | None:
    if actor.account_id == facts.account_id:
        return problem("own_roles", N_("Nobody changes their own roles or account state; another administrator must."))
    return None


def an_administrator_remains(facts: RoleFacts) -> Problem | None:
    if facts.is_administrator and facts.other_administrators == 0:
        text = N_("This is the last administrator. Make another person administrator first.")
        return problem("last_administrator", text)
    return None

