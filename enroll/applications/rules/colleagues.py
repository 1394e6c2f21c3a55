"""What one reviewer asks of another: a second opinion before the decision, a second look after it."""

from dataclasses import dataclass
from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem, problem, two_duties
from enroll.foundation.words import N_

OF_DIGEST, PARTS = 8, 10_000  # hexadecimal digits that are read; hundredths of a percent


class Advice(StrEnum):
    """The word of a second opinion."""

    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    UNSURE = "unsure"


ADVICE_NAMES = {Advice.APPROVE: N_("I would approve it"), Advice.RETURN: N_("I would return it"),
                Advice.REJECT: N_("I would reject it"), Advice.UNSURE: N_("Neither; the lead should look")}


@dataclass(frozen=True)
class OpinionFacts:
    """Who the case is about, who asks, and who is asked (nobody by name: any reviewer)."""

    learner_account_id: int
    asked_by_id: int
    asked_of_id: int | None
    asked_of_name: str = ""


def answers_for_another(facts: OpinionFacts, actor: Actor) -> Problem | None:
    if actor.account_id == facts.learner_account_id:
        return OWN_RECORD
    if actor.account_id == facts.asked_by_id:
        return problem("asked_yourself", N_("You asked for this opinion; a colleague gives it."))
    return None


def is_the_one_asked(facts: OpinionFacts, actor: Actor) -> Problem | None:
    if facts.asked_of_id in {None, actor.account_id} or actor.may(Permission.LEAD_REVIEW):
        return None
    return problem("asked_of_another", N_("%(name)s was asked, or a review lead."), name=facts.asked_of_name)


def takes_back_own_question(facts: OpinionFacts, actor: Actor) -> Problem | None:
    if actor.account_id == facts.asked_by_id or actor.may(Permission.LEAD_REVIEW):
        return None
    return problem("not_the_asker", N_("Who asked takes the question back, or a review lead."))


@dataclass(frozen=True)
class SpotCheckFacts:
    """Who the case is about, and who approved it."""

    learner_account_id: int
    decided_by_id: int | None


def looks_a_second_time(facts: SpotCheckFacts, actor: Actor) -> Problem | None:
    if actor.account_id == facts.learner_account_id:
        return OWN_RECORD
    if actor.account_id == facts.decided_by_id:
        return two_duties("own_decision", N_("You approved this case; a colleague looks a second time."))
    return None


def lot_of(digest: str) -> int:
    """The lot of an approval, 0 to 9999: the first eight digits of the digest that its row has in the audit chain.
    Nobody knows it before the approval is written, and anybody can compute it again afterwards."""
    return int(digest[:OF_DIGEST], 16) % PARTS


def is_drawn(digest: str, percent: int) -> bool:
    """Whether an approval with this digest is looked at again, where so many percent are."""
    return lot_of(digest) < percent * (PARTS // 100)
