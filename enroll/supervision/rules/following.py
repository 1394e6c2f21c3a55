"""Following learners 督学: contacts, and what must be true of them."""

from dataclasses import dataclass
from enum import StrEnum

from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem, problem
from enroll.foundation.words import N_


class Channel(StrEnum):
    PHONE = "phone"
    WECHAT = "wechat"
    VISIT = "visit"
    MESSAGE = "message"


CHANNEL_NAMES = {
    Channel.PHONE: N_("By telephone"), Channel.WECHAT: N_("By WeChat"), Channel.VISIT: N_("In person"),
    Channel.MESSAGE: N_("By message"),
}


class Outcome(StrEnum):
    """How a contact ended."""

    REACHED = "reached"
    PROMISED = "promised"
    NEEDS_HELP = "needs_help"
    PAUSES = "pauses"
    LEAVES = "leaves"


OUTCOME_NAMES = {
    Outcome.REACHED: N_("Talked, all is well"), Outcome.PROMISED: N_("Promised to study on"),
    Outcome.NEEDS_HELP: N_("Needs help"), Outcome.PAUSES: N_("Pauses for now"), Outcome.LEAVES: N_("Wants to leave"),
}


@dataclass(frozen=True)
class ContactFacts:
    """Who is contacted (an account)."""

    learner_account_id: int


def contacts_another(facts: ContactFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None


def already_asked(waiting: int) -> Problem | None:
    if not waiting:
        return None
    return problem("call_back_waits", N_("You have asked for a call already; your adviser has it on the list."))
