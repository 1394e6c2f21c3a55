"""What an enrolment demands of the learner, frozen as it stood on the day; what must be true before somebody enrols,
and before an enrolment moves."""

import re
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from enroll.foundation.actor import SYSTEM_PERMISSION, Actor
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, Problem, problem
from enroll.foundation.words import N_, Words, say
from enroll.programmes.rules.comparison import Fact
from enroll.programmes.rules.figures import ProgrammeRules

AGREEMENT = "training_agreement"  # the code of the text that is agreed to
TRAINING = "training_package"  # the item of the price list
DAYS_TO_PAY = timedelta(days=7)
COHORT_CODE = re.compile(r"[A-Z0-9]{1,12}(?:-[A-Z0-9]{1,7})?")


class Exceptable(StrEnum):
    """The rules of entry that a lead and a second person may except somebody from. Hours, consents, the guardian's word
    and a verified identity never are (lifecycles: the 35 hours can never be excepted)."""

    AGE = "age"
    EDUCATION = "education"


EXCEPTABLE_NAMES = {Exceptable.AGE: N_("The age asked for"), Exceptable.EDUCATION: N_("The education asked for")}


@dataclass(frozen=True)
class ExceptionFacts:
    """Whom it is about, and who proposed it."""

    learner_account_id: int
    proposed_by_id: int


def excepts_another(facts: ExceptionFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None


def excepted_by_a_second(facts: ExceptionFacts, actor: Actor) -> Problem | None:
    """No small office does this alone: the database refuses it too."""
    if actor.account_id != facts.proposed_by_id:
        return None
    return problem("own_proposal", N_("You proposed this exception; a second person decides it."))


def takes_back_own_proposal(facts: ExceptionFacts, actor: Actor) -> Problem | None:
    if actor.account_id == facts.proposed_by_id:
        return None
    return problem("not_the_proposer", N_("Who proposed it takes it back."))


class CohortSource(StrEnum):
    """Where the learners of a cohort come from."""

    SELF = "self"
    EMPLOYER = "employer"
    SCHOOL = "school"


SOURCE_NAMES = {
    CohortSource.SELF: N_("By themselves"), CohortSource.EMPLOYER: N_("From an employer"),
    CohortSource.SCHOOL: N_("From a school"),
}


@dataclass(frozen=True)
class Demands:
    """The programme's demands as they stood when the learner enrolled. Minutes, except where the name says hours."""

    unit: int  # minutes of one course hour
    required_hours: int
    practice_hours: int
    directions: int
    most_minutes_a_day: int
    heartbeat_seconds: int
    direction_minutes: dict[str, int] = field(default_factory=dict)  # direction -> minutes that complete it

    @classmethod
    def of(cls, rules: ProgrammeRules) -> "Demands":
        """The demands of these rules: what is frozen on the day somebody enrols (R12)."""
        return cls(
            unit=rules.hour_unit_minutes, required_hours=rules.required_hours, practice_hours=rules.min_practice_hours,
            directions=rules.directions_required, most_minutes_a_day=rules.most_minutes_a_day,
            heartbeat_seconds=rules.heartbeat_seconds,
            direction_minutes={one.code: one.minutes for one in rules.directions},
        )

    @property
    def required_minutes(self) -> int:
        return self.required_hours * self.unit

    @property
    def practice_minutes(self) -> int:
        return self.practice_hours * self.unit

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def demand_facts(demands: Demands, rules: ProgrammeRules) -> list[Fact]:
    """The demands line by line, each with who says it: `rules` are those of the day the demands were frozen."""
    hours, practice = demands.required_hours, demands.practice_hours
    lines: list[tuple[str, str, str, Words]] = [
        ("hours", N_("Course hours"), "required_hours",
         say(N_("%(hours)d course hours of %(unit)d minutes"), hours=hours, unit=demands.unit)),
        ("practice", N_("Practice hours"), "min_practice_hours",
         say(N_("Of these, %(hours)d hours of practice"), hours=practice)),
        ("directions", N_("Directions"), "directions_required",
         say(N_("%(number)d of the directions offered"), number=demands.directions)),
        ("day", N_("Credited a day"), "max_credited_hours_per_day",
         say(N_("%(minutes)d minutes at most"), minutes=demands.most_minutes_a_day)),
    ]
    return [_fact(topic, label, value, rules, key) for topic, label, key, value in lines]


def _fact(topic: str, label: str, value: Words, rules: ProgrammeRules, key: str) -> Fact:
    rule = rules.rule(key)
    return Fact(topic, label, value) if rule is None else Fact(topic, label, value, rule.official, rule.source,
                                                               rule.from_on)


@dataclass(frozen=True)
class EnrolmentFacts:
    """What a move of an enrolment depends on."""

    fee_settled: bool
    study_before_payment: bool
    owner_account_id: int | None = None


def fee_allows_study(facts: EnrolmentFacts) -> Problem | None:
    if facts.fee_settled or facts.study_before_payment:
        return None
    return problem("training_fee_due", N_("The training fee is still to be paid."), mend="fees.mine")


def nothing_was_paid(facts: EnrolmentFacts) -> Problem | None:
    """The way back of one's own accord ends with the payment: what comes back then is decided by the refund rules."""
    if facts.fee_settled:
        return problem("training_fee_settled", N_("The training fee is settled already. Ask your adviser to end the "
                                                  "enrolment; what comes back follows the refund rules."))
    return None


def deciding_about_another(facts: EnrolmentFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id is not None and actor.account_id == facts.owner_account_id else None


def is_their_own(facts: EnrolmentFacts, actor: Actor) -> Problem | None:
    own = actor.may(SYSTEM_PERMISSION) or actor.account_id == facts.owner_account_id
    return None if own else NOT_PERMITTED


@dataclass(frozen=True)
class WishFacts:
    """What an enrolment that somebody asks for depends on. `invited`: asked for by staff, not by the learner."""

    programme_open: bool
    cohort_of_programme: bool
    cohort_closed: bool
    cohort_open_to_all: bool
    invited: bool
    direction_known: bool
    agreement_version: int
    current_version: int | None
    live_reference: str | None


def stands_against_enrolling(facts: WishFacts) -> list[Problem]:
    """Every reason why this enrolment cannot be made now."""
    found = []
    if facts.live_reference is not None:
        found.append(problem("already_enrolled", N_("There already is an enrolment on this programme: %(reference)s."),
                             mend="enrolments.mine", reference=facts.live_reference))
    if not facts.programme_open:
        found.append(problem("programme_shut", N_("This programme takes no enrolments now.")))
    if not facts.cohort_of_programme or not (facts.cohort_open_to_all or facts.invited):
        found.append(problem("cohort_unknown", N_("Choose one of the cohorts that are shown."), field="cohort"))
    elif facts.cohort_closed:
        found.append(problem("cohort_closed", N_("This cohort is closed. Choose another one."), field="cohort"))
    if not facts.direction_known:
        found.append(problem("direction_unknown", N_("Choose one of the directions that are shown."),
                             field="direction"))
    if facts.current_version is None:
        found.append(problem("agreement_missing", N_("The training agreement is not set up yet, so nobody can enrol. "
                                                     "Please tell us.")))
    elif facts.agreement_version != facts.current_version:
        found.append(problem("agreement_changed", N_("The training agreement has changed. Read the text of now and "
                                                     "agree to it."), field="agreement"))
    return found


def cohort_code_fits(code: str) -> Problem | None:
    if COHORT_CODE.fullmatch(code):
        return None
    return problem("cohort_code_unfit", N_("Use capital letters and digits, for example C2611."), field="code")
