"""What must be true for each step of an application. No Flask, no database, no clock: facts in, a problem out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from enroll.accounts.permissions import Permission
from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem, problem
from enroll.foundation.words import N_
from enroll.learners.rules.behalf import did_not_act_for_them

MOST_RULES = 16  # a programme's entry rules, one check for each place, so that a refusal names every one of them


@dataclass(frozen=True)
class ApplicationFacts:
    """What the moves of an application depend on, gathered under its lock. Moments are aware UTC, half-open; the dates
    are those of the applicant's lane, with their own extension where there is one.

    `unmet_to_submit` and `unmet_to_approve` come from the programme's one eligibility function, rule by rule.
    """

    learner_account_id: int
    now: datetime
    opens_at: datetime
    closes_at: datetime
    window_stands: bool = True
    correct_by: datetime | None = None
    payment_due_at: datetime | None = None
    appeal_until: datetime | None = None
    fee_settled: bool = False
    unseated: bool = False
    list_closes_at: datetime | None = None
    parts_chosen: bool = True
    declared: bool = True
    unmet_to_submit: tuple[Problem, ...] = ()
    unmet_to_approve: tuple[Problem, ...] = ()
    proof_is_active: bool = True
    evidence_is_fresh: bool = False
    items_named: int = 0
    items_open: int = 0
    tickets_out: bool = False
    exam_begun: bool = False
    flagged: bool = False
    opinions_open: int = 0
    opinion_holds: bool = True
    first_reviewer_id: int | None = None
    helpers: frozenset[int] = frozenset()
    claimed_by_id: int | None = None
    claimed_by_name: str = ""
    claimed_until: datetime | None = None
    transfer_until: datetime | None = None  # None: learners do not transfer by themselves here
    transfers_left: int = 0
    fell_into_outage: bool = False


Check = Callable[[ApplicationFacts], Problem | None]


def window_is_open(facts: ApplicationFacts) -> Problem | None:
    # Read again at the press, although the page has just shown it open: the promise we keep is the one made then.
    if not facts.window_stands:
        return problem("window_cancelled", N_("This exam window was cancelled."))
    if facts.now < facts.opens_at:
        return problem("window_not_open", N_("Registration opens at %(moment)s."), moment=facts.opens_at)
    if facts.now >= facts.closes_at:
        return problem("window_closed", N_("Registration closed at %(moment)s."), moment=facts.closes_at)
    return None


def window_is_closed(facts: ApplicationFacts) -> Problem | None:
    if facts.now >= facts.closes_at or not facts.window_stands:
        return None
    return problem("window_still_open", N_("Registration is still open."))


def sittings_are_chosen(facts: ApplicationFacts) -> Problem | None:
    if facts.parts_chosen:
        return None
    return problem("sitting_missing", N_("Choose a sitting for each part."), field="sittings")


def declaration_is_signed(facts: ApplicationFacts) -> Problem | None:
    if facts.declared:
        return None
    return problem("commitment_missing", N_("Read and sign the declaration."), field="declaration")


def _unmet(place: int, when: str) -> Check:
    def check(facts: ApplicationFacts) -> Problem | None:
        unmet: tuple[Problem, ...] = getattr(facts, when)
        return unmet[place] if place < len(unmet) else None

    return check


ELIGIBLE_TO_SUBMIT = tuple(_unmet(place, "unmet_to_submit") for place in range(MOST_RULES))
ELIGIBLE_TO_APPROVE = tuple(_unmet(place, "unmet_to_approve") for place in range(MOST_RULES))


def proof_stands(facts: ApplicationFacts) -> Problem | None:
    if facts.proof_is_active:
        return None
    return problem("no_active_proof", N_("There is no proof of hours in force."))


def evidence_is_fresh(facts: ApplicationFacts) -> Problem | None:
    if facts.evidence_is_fresh:
        return None
    return problem("evidence_not_fresh", N_("Identity or photo changed since the last exam, or is too old."))


def items_are_named(facts: ApplicationFacts) -> Problem | None:
    if facts.items_named:
        return None
    return problem("no_item", N_("Name at least one item, its reason and what the learner should do."), field="items")


def correction_still_fits(facts: ApplicationFacts) -> Problem | None:
    """`correct_by` is the deadline that a return made now would set: past the lane's last date nothing is returned."""
    if facts.correct_by is not None and facts.correct_by <= facts.now:
        return problem("too_late_to_return", N_("Corrections closed at %(moment)s: approve, reject, or let the learner "
                       "apply for the next window."), moment=facts.correct_by)
    return None


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


def is_paid_before_seating(facts: ApplicationFacts) -> Problem | None:
    """A lapsed application comes back to life only with its money, and before seats are assigned."""
    if not facts.window_stands:
        return problem("window_cancelled", N_("This exam window was cancelled."))
    if not facts.fee_settled:
        return problem("fee_not_settled", N_("The exam fee is not settled."), mend="fees.mine")
    if facts.appeal_until is not None and facts.now >= facts.appeal_until:
        return problem("seating_done", N_("Sittings could be changed until %(moment)s, when seats were assigned."),
                       moment=facts.appeal_until)
    return None


def lists_are_closed(facts: ApplicationFacts) -> Problem | None:
    """A part without a seat, and no list that could still bring one. Paid it is only after a transfer to a full
    sitting; then the money comes back."""
    if not facts.unseated or facts.list_closes_at is None or facts.now < facts.list_closes_at:
        return problem("still_in_time", N_("The payment is not due yet."))
    return None


def ticket_is_not_out(facts: ApplicationFacts) -> Problem | None:
    if facts.tickets_out:
        return problem("ticket_is_out", N_("The admission ticket is out; ask the exam officer first."))
    return None


def appeal_is_in_time(facts: ApplicationFacts) -> Problem | None:
    if facts.appeal_until is not None and facts.now >= facts.appeal_until:
        return problem("appeal_over", N_("This was possible until %(moment)s."), moment=facts.appeal_until)
    return None


def transfer_is_offered(facts: ApplicationFacts) -> Problem | None:
    """By themselves learners transfer to a later window so often, and until then, as the programme's rules say."""
    if facts.transfer_until is None:
        return problem("transfer_not_offered", N_("A transfer to a later window is arranged by the exam office; write "
                                                  "to it."), mend="programmes.help")
    if facts.transfers_left <= 0:
        return problem("no_transfer_left", N_("You have transferred before, as often as the rules allow. The exam "
                                              "office can help where there is a cause."), mend="programmes.help")
    if facts.now >= facts.transfer_until:
        return problem("transfer_over", N_("A transfer could be asked for until %(moment)s."),
                       moment=facts.transfer_until)
    return None


def exam_has_not_begun(facts: ApplicationFacts) -> Problem | None:
    if facts.exam_begun:
        return problem("exam_begun", N_("The exam has begun; an absence is dealt with by the exam office."))
    return None


def fell_into_an_outage(facts: ApplicationFacts) -> Problem | None:
    if facts.fell_into_outage:
        return None
    return problem("no_outage", N_("Its deadline did not fall into a confirmed outage."))


def window_is_cancelled(facts: ApplicationFacts) -> Problem | None:
    return problem("window_stands", N_("The exam window takes place.")) if facts.window_stands else None


def actor_is_another_person(facts: ApplicationFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None


def actor_did_not_help(facts: ApplicationFacts, actor: Actor) -> Problem | None:
    return did_not_act_for_them(facts.helpers, actor)


def actor_is_not_the_first_reviewer(facts: ApplicationFacts, actor: Actor) -> Problem | None:
    if facts.first_reviewer_id is not None and actor.account_id == facts.first_reviewer_id:
        return problem("first_reviewer", N_("An appeal is looked at by somebody who did not decide the first time."))
    return None


def case_is_free(facts: ApplicationFacts, actor: Actor) -> Problem | None:
    if facts.claimed_by_id in {None, actor.account_id}:
        return None
    if facts.claimed_until is None or facts.claimed_until <= facts.now:
        return None
    return problem("claimed", N_("%(name)s is working on this case until %(moment)s."), name=facts.claimed_by_name,
                   moment=facts.claimed_until)


def lead_when_flagged(facts: ApplicationFacts, actor: Actor) -> Problem | None:
    if facts.flagged and not actor.may(Permission.LEAD_REVIEW):
        return problem("lead_decides", N_("This case carries a flag; a review lead approves it."))
    return None


def opinion_is_in(facts: ApplicationFacts, actor: Actor) -> Problem | None:
    """Where the programme's rule says so, a decision waits for the second opinion that was asked for, or for a lead."""
    if facts.opinions_open and facts.opinion_holds and not actor.may(Permission.LEAD_REVIEW):
        return problem("opinion_wanted", N_("A second opinion was asked for; the decision waits for it, or for a "
                                            "lead."))
    return None
