"""What must be true for each step of an application. No Flask, no database, no clock: facts in, a problem out."""

from dataclasses import dataclass
from datetime import datetime

from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem, problem
from enroll.foundation.words import N_


@dataclass(frozen=True)
class ApplicationFacts:
    """What the moves of an application depend on, gathered under its lock. Moments are aware UTC, half-open.

    `unmet_to_submit` and `unmet_to_approve` come from the programme's one eligibility function, rule by rule.
    """

    learner_account_id: int
    now: datetime
    opens_at: datetime
    closes_at: datetime
    correct_by: datetime | None = None
    payment_due_at: datetime | None = None
    fee_settled: bool = False
    parts_chosen: bool = True
    declared: bool = True
    unmet_to_submit: tuple[Problem, ...] = ()
    unmet_to_approve: tuple[Problem, ...] = ()
    items_named: int = 0
    items_open: int = 0


def window_is_open(facts: ApplicationFacts) -> Problem | None:
    # Read again at the press, although the page has just shown it open: the promise we keep is the one made then.
    if facts.now < facts.opens_at:
        return problem("window_not_open", N_("Registration opens at %(moment)s."), moment=facts.opens_at)
    if facts.now >= facts.closes_at:
        return problem("window_closed", N_("Registration closed at %(moment)s."), moment=facts.closes_at)
    return None


def window_is_closed(facts: ApplicationFacts) -> Problem | None:
    return None if facts.now >= facts.closes_at else problem("window_still_open", N_("Registration is still open."))


def sittings_are_chosen(facts: ApplicationFacts) -> Problem | None:
    if facts.parts_chosen:
        return None
    return problem("sitting_missing", N_("Choose a sitting for each part."), mend="applications.choose")


def declaration_is_signed(facts: ApplicationFacts) -> Problem | None:
    if facts.declared:
        return None
    return problem("commitment_missing", N_("Read and sign the declaration."), field="declaration")


def eligible_to_submit(facts: ApplicationFacts) -> Problem | None:
    return facts.unmet_to_submit[0] if facts.unmet_to_submit else None


def eligible_to_approve(facts: ApplicationFacts) -> Problem | None:
    return facts.unmet_to_approve[0] if facts.unmet_to_approve else None


def items_are_named(facts: ApplicationFacts) -> Problem | None:
    if facts.items_named:
        return None
    return problem("no_item", N_("Name at least one item, its reason and what the learner should do."), field="items")


def answer_is_in_time(facts: ApplicationFacts) -> Problem | None:
    if facts.correct_by is not None and facts.now >= facts.correct_by:
        return problem("correction_overdue", N_("The correction was due at %(moment)s."), moment=facts.correct_by)
    return None


def items_are_mended(facts: ApplicationFacts) -> Problem | None:
    if facts.items_open:
        return problem("items_open", N_("Correct every returned item first."))
    return None


def correction_is_overdue(facts: ApplicationFacts) -> Problem | None:
    return None if answer_is_in_time(facts) else problem("still_in_time", N_("The correction is not due yet."))


def payment_is_overdue(facts: ApplicationFacts) -> Problem | None:
    if facts.fee_settled:
        return problem("fee_settled", N_("The fee is settled."))
    if facts.payment_due_at is None or facts.now < facts.payment_due_at:
        return problem("still_in_time", N_("The payment is not due yet."))
    return None


def actor_is_another_person(facts: ApplicationFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None
