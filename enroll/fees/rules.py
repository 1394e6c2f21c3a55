"""What must be true before money is recorded."""

from dataclasses import dataclass

from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem, problem
from enroll.foundation.words import N_


@dataclass(frozen=True)
class FeeFacts:
    """All amounts in fen; `paid_fen` includes the payment being recorded."""

    owner_account_id: int
    amount_fen: int
    paid_fen: int


def paid_in_full(facts: FeeFacts) -> Problem | None:
    if facts.paid_fen < facts.amount_fen:
        return problem("not_paid_in_full", N_("The payments do not reach the amount that is due."), field="amount_fen")
    if facts.paid_fen > facts.amount_fen:
        return problem("paid_too_much", N_("This is more than the amount that is due."), field="amount_fen")
    return None


def part_is_paid(facts: FeeFacts) -> Problem | None:
    if 0 < facts.paid_fen < facts.amount_fen:
        return None
    return problem("not_a_part", N_("A part payment is more than nothing and less than the amount due."),
                   field="amount_fen")


def nothing_is_paid(facts: FeeFacts) -> Problem | None:
    return problem("already_paid", N_("Money has arrived for this fee.")) if facts.paid_fen else None


def deciding_about_another(facts: FeeFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.owner_account_id else None
