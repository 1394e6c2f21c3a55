"""When the hours are complete, and what stands against the proof. Minutes are whole; the unit converts once, last.

A direction 专业方向 is complete when its own course has all its minutes (the direction's minutes as they stood at
enrolment). The proof looks at the whole, at practice, and at the number of complete directions, and at nothing else:
`required_note` of the programme says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from enroll.enrolments.rules import Demands
from enroll.foundation.minutes import shown_hours_short, whole_hours
from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_


@dataclass(frozen=True)
class Totals:
    """Minutes of one enrolment: all of them, those of practice, and by course code. Of the ledger, or waiting."""

    minutes: int = 0
    practice: int = 0
    by_course: Mapping[str, int] = field(default_factory=dict)

    def and_also(self, more: "Totals") -> "Totals":
        courses = {code: self.by_course.get(code, 0) + more.by_course.get(code, 0)
                   for code in {*self.by_course, *more.by_course}}
        return Totals(self.minutes + more.minutes, self.practice + more.practice, courses)


@dataclass(frozen=True)
class ProofFacts:
    """What the issue of a proof depends on."""

    demands: Demands
    totals: Totals
    identity_verified: bool
    open_doubts: int
    revoked_before: bool
    open_disputes: int = 0


def hours_are_enough(minutes: int, required_hours: int, unit: int) -> bool:
    """1,574 minutes of a 45-minute unit are 34 hours, so not 35."""
    return whole_hours(minutes, unit) >= required_hours


def minutes_left(demands: Demands, credited: Totals, direction: str) -> int:
    """What is left is at least the largest of the single shortfalls: one lesson can serve several of them."""
    short = [demands.required_minutes - credited.minutes, demands.practice_minutes - credited.practice]
    if demands.directions:
        short.append(demands.direction_minutes.get(direction, 0) - credited.by_course.get(direction, 0))
    return max(0, *short)


def directions_complete(demands: Demands, totals: Totals) -> tuple[str, ...]:
    """The codes of the directions whose minutes are all there."""
    return tuple(code for code, minutes in demands.direction_minutes.items()
                 if totals.by_course.get(code, 0) >= minutes)


def still_missing(demands: Demands, totals: Totals, direction: str = "") -> tuple[Problem, ...]:
    """What the ledger still lacks, each with its minutes; () when the hours are complete. `direction` is the learner's
    own, named where no direction is complete."""
    found = []
    if not hours_are_enough(totals.minutes, demands.required_hours, demands.unit):
        short = demands.required_minutes - totals.minutes
        found.append(problem("hours_short", N_("%(hours)s more course hours (%(minutes)d minutes) to be credited."),
                             mend="courses.study", hours=shown_hours_short(short, demands.unit), minutes=short))
    if not hours_are_enough(totals.practice, demands.practice_hours, demands.unit):
        short = demands.practice_minutes - totals.practice
        text = N_("Of these, %(hours)s more hours (%(minutes)d minutes) of practice.")
        found.append(problem("practice_short", text, mend="courses.study",
                             hours=shown_hours_short(short, demands.unit), minutes=short))
    if len(directions_complete(demands, totals)) < demands.directions:
        found.append(_direction_missing(demands, totals, direction))
    return tuple(found)


def stands_against_proof(facts: ProofFacts) -> tuple[Problem, ...]:
    """Every reason why no proof is issued now; () when it is due."""
    found = list(still_missing(facts.demands, facts.totals))
    if not facts.identity_verified:
        found.append(problem("identity_unverified", N_("Your identity has not been checked yet; the proof follows by "
                                                       "itself."), mend="learners.identity"))
    if facts.open_doubts:
        found.append(problem("hours_in_doubt", N_("Minutes in doubt are being looked at; the proof follows the "
                                                  "decision.")))
    if facts.open_disputes:
        found.append(problem("hours_disputed", N_("Time you disputed is being looked at; the proof follows the answer, "
                                                  "or as soon as you take the dispute back."),
                             mend="hours.mine"))
    if facts.revoked_before:
        found.append(problem("proof_revoked", N_("An earlier proof was revoked; a person issues the next one.")))
    return tuple(found)


def _direction_missing(demands: Demands, totals: Totals, direction: str) -> Problem:
    needed = demands.direction_minutes.get(direction, 0)
    if not needed:
        return problem("direction_missing", N_("Complete one direction, every lesson of it."), mend="courses.study")
    left = needed - totals.by_course.get(direction, 0)
    return problem("direction_missing", N_("Complete your direction: %(minutes)d more minutes in %(direction)s."),
                   mend="courses.study", minutes=left, direction=direction)
