"""Hours from elsewhere: what a claim 学时申报 may say, and how much of it may be accepted."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, REASON_MISSING, Problem, problem
from enroll.foundation.text import compared
from enroll.foundation.words import N_

MOST_FILES = 5
MOST_MINUTES = 10_000


class ClaimUnit(StrEnum):
    MINUTES = "minutes"
    COURSE_HOURS = "course_hours"
    CLOCK_HOURS = "clock_hours"


UNIT_NAMES = {
    ClaimUnit.MINUTES: N_("Minutes"), ClaimUnit.COURSE_HOURS: N_("Course hours (as long as ours)"),
    ClaimUnit.CLOCK_HOURS: N_("Full hours of 60 minutes"),
}


@dataclass(frozen=True)
class ClaimedCourse:
    """The course of ours that the hours are claimed for, as it is called today."""

    code: str
    title: str
    section: str


@dataclass(frozen=True)
class Claim:
    """What the learner says: where, when, how much (`amount` in `unit`), what for."""

    partner: str
    partner_code: str
    studied_from: date
    studied_until: date
    amount: int
    unit: str
    kind: str
    course: ClaimedCourse
    note: str = ""


@dataclass(frozen=True)
class ClaimFacts:
    """What a claim depends on. Minutes; `most_outside` None is no limit; `outside_before` are those of other claims,
    accepted or waiting; `studied_from` and `studied_until` include both days."""

    learner_account_id: int
    claimed: int
    accepted: int
    studied_from: date
    studied_until: date
    today: date
    most_a_day: int
    most_outside: int | None
    outside_before: int
    files: int = 1
    claimed_before: bool = False
    reason: str = ""


def minutes_of(amount: int, unit: str, hour_unit_minutes: int) -> int:
    """Claimed minutes: the unit converts once."""
    return amount * {ClaimUnit.MINUTES: 1, ClaimUnit.CLOCK_HOURS: 60}.get(ClaimUnit(unit), hour_unit_minutes)


def partner_key(name: str) -> str:
    """The partner as duplicates are found by it: no case, no width, no spaces."""
    return compared(name)[:120]


def says_how_much(facts: ClaimFacts) -> Problem | None:
    if not 1 <= facts.claimed <= MOST_MINUTES:
        return problem("minutes_out_of_bounds", N_("Claim 1 to %(most)d minutes."), field="amount", most=MOST_MINUTES)
    return None


def days_make_sense(facts: ClaimFacts) -> Problem | None:
    if facts.studied_until < facts.studied_from:
        return problem("days_turned_round", N_("The last day is before the first."), field="studied_until")
    if facts.studied_until > facts.today:
        return problem("days_ahead", N_("Claim hours when they are over; this day is still to come."),
                       field="studied_until")
    return None


def fits_its_days(facts: ClaimFacts) -> Problem | None:
    """The limit of a day holds elsewhere as it does here."""
    days = (facts.studied_until - facts.studied_from).days + 1
    if 0 < days * facts.most_a_day < facts.claimed:
        return problem("too_much_for_its_days", N_("In %(days)d days at most %(most)d minutes can be studied."),
                       field="amount", days=days, most=days * facts.most_a_day)
    return None


def has_evidence(facts: ClaimFacts) -> Problem | None:
    if facts.files < 1:
        return problem("evidence_missing", N_("Add the partner's record of these hours."), field="files")
    return None


def is_claimed_once(facts: ClaimFacts) -> Problem | None:
    if facts.claimed_before:
        return problem("claimed_before", N_("Hours of this partner on these days have been claimed already."),
                       field="partner")
    return None


def within_outside_limit(facts: ClaimFacts) -> Problem | None:
    minutes = facts.accepted or facts.claimed
    if facts.most_outside is not None and facts.outside_before + minutes > facts.most_outside:
        left = max(facts.most_outside - facts.outside_before, 0)
        return problem("outside_limit", N_("At most %(most)d minutes from elsewhere count; %(left)d are left."),
                       field="minutes" if facts.accepted else "amount", most=facts.most_outside, left=left)
    return None


def accepts_no_more(facts: ClaimFacts) -> Problem | None:
    if not 1 <= facts.accepted <= facts.claimed:
        return problem("accepts_too_much", N_("Accept 1 to %(claimed)d minutes, what was claimed."), field="minutes",
                       claimed=facts.claimed)
    return None


def says_why_fewer(facts: ClaimFacts) -> Problem | None:
    return REASON_MISSING if 0 < facts.accepted < facts.claimed and not facts.reason.strip() else None


def reviewer_is_another_person(facts: ClaimFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None


CLAIMING = (says_how_much, days_make_sense, fits_its_days, has_evidence, is_claimed_once, within_outside_limit)
