"""A time in which nobody could do what they had to 故障: which deadlines fell into it, and when they end instead."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from enroll.foundation.actor import Actor
from enroll.foundation.problems import Problem, problem, two_duties
from enroll.foundation.words import N_

# The dates of a window by which learners must act; the office's own, and those that begin something, do not move.
LEARNER_DEADLINES = (
    "closes_at", "correction_closes_at", "payment_due_at", "payment_latest_at", "withdraw_full_refund_until",
    "resit_closes_at", "resit_correction_closes_at", "resit_payment_due_at", "score_review_closes_at",
)


class Outcome(StrEnum):
    """What became of one deadline."""

    EXTENDED = "extended"
    BROUGHT_BACK = "brought_back"  # it had lapsed in the outage
    SEAT_GONE = "seat_gone"  # it had lapsed, and somebody else has the seat
    TOO_LATE = "too_late"  # seats are assigned already


OUTCOME_WORDS = {
    Outcome.EXTENDED: N_("Extended"),
    Outcome.BROUGHT_BACK: N_("Lapsed in the outage: brought back"),
    Outcome.SEAT_GONE: N_("Lapsed in the outage, and its seat is taken: help this person"),
    Outcome.TOO_LATE: N_("Seats are assigned already: help this person"),
}
LONGEST = timedelta(days=14)


@dataclass(frozen=True)
class OutageFacts:
    """Moments are aware UTC, half-open. `reporter_id` is the account of whoever recorded it."""

    now: datetime
    began_at: datetime
    ended_at: datetime
    extends_to: datetime
    reporter_id: int | None = None


def fell_into(deadline: datetime | None, began_at: datetime, ended_at: datetime) -> bool:
    """Whether time before this deadline was lost to the very end. A deadline is the first moment too late: at the
    second of the beginning everybody had all their time; at the second of the end the last one was lost."""
    return deadline is not None and began_at < deadline <= ended_at


def proposed_end(began_at: datetime, ended_at: datetime, grace_hours: int) -> datetime:
    """Until when every deadline that fell into it is extended: at least as long again as it lasted, and so many hours,
    for people must hear of it first."""
    return ended_at + max(ended_at - began_at, timedelta(hours=grace_hours))


def faults_of(facts: OutageFacts, at_least: datetime) -> tuple[Problem, ...]:
    """What is wrong with a report; `at_least` is the end that its length and the rules propose."""
    found = []
    if not facts.began_at < facts.ended_at:
        found.append(problem("ends_before_it_starts", N_("The end must come after the start."), field="ended_at"))
    elif facts.ended_at - facts.began_at > LONGEST:
        found.append(problem("outage_too_long", N_("Longer than 14 days is no outage: move the dates of the window."),
                             field="ended_at"))
    if facts.ended_at > facts.now:
        found.append(problem("outage_goes_on", N_("Record it when it is over: until then nobody knows which deadlines "
                                                  "fall into it."), field="ended_at"))
    if facts.extends_to < at_least:
        found.append(problem("extends_too_little", N_("Nobody may lose by it: extend to %(moment)s at least."),
                             field="extends_to", moment=at_least))
    return tuple(found)


def end_is_to_come(facts: OutageFacts) -> Problem | None:
    if facts.now < facts.extends_to:
        return None
    return problem("extension_over", N_("The extended moment has passed meanwhile. Dismiss the report and record it "
                                        "again with a later one."))


def another_confirms(facts: OutageFacts, actor: Actor) -> Problem | None:
    if facts.reporter_id is None or actor.account_id != facts.reporter_id:
        return None
    return two_duties("second_person_outage", N_("Whoever records an outage does not confirm it: another lead does."))
