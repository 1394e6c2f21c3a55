"""Minutes entered by hand 学时调整: with a reason and evidence, above a limit by two people."""

from dataclasses import dataclass
from datetime import date

from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem, problem
from enroll.foundation.words import N_

MOST_MINUTES = 6_000


@dataclass(frozen=True)
class Adjustment:
    """What is entered: minutes of one kind for a course, on which day, what it was, and why by hand."""

    minutes: int
    kind: str
    course_code: str
    course_title: str
    section: str
    title: str
    done_on: date
    reason: str


@dataclass(frozen=True)
class AdjustmentFacts:
    """`may_alone` are the minutes that one person may still enter for this enrolment without a second one: several
    small entries are together one large one."""

    learner_account_id: int
    maker_id: int | None
    minutes: int
    may_alone: int
    done_on: date
    today: date


def one_person_may(facts: AdjustmentFacts) -> Problem | None:
    if facts.minutes > facts.may_alone:
        return problem("second_person_needed", N_("More than %(minutes)d minutes need a second person."),
                       minutes=facts.may_alone)
    return None


def minutes_in_bounds(facts: AdjustmentFacts) -> Problem | None:
    if not 1 <= facts.minutes <= MOST_MINUTES:
        return problem("minutes_out_of_bounds", N_("Enter 1 to %(most)d minutes."), field="minutes", most=MOST_MINUTES)
    return None


def day_is_over(facts: AdjustmentFacts) -> Problem | None:
    if facts.done_on > facts.today:
        return problem("day_ahead", N_("This day is still to come."), field="done_on")
    return None


def not_the_learner(facts: AdjustmentFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None


def second_is_not_the_maker(facts: AdjustmentFacts, actor: Actor) -> Problem | None:
    if actor.account_id == facts.maker_id:
        return problem("second_person_is_maker", N_("You entered these minutes; a second person decides."))
    return None


def is_the_maker(facts: AdjustmentFacts, actor: Actor) -> Problem | None:
    if actor.account_id != facts.maker_id:
        return problem("not_the_maker", N_("Only who entered it takes it back; you can refuse it."))
    return None
