"""Incidents of an exam day 异常情况: what can happen, what is decided, and who decides, hears and appeals.

The way follows 专业技术人员资格考试违纪违规行为处理规定 (人社部令31号) where the issuing body has published nothing of
its own: the facts on record with their evidence, the person heard before the decision, an appeal to somebody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from enroll.foundation.actor import Actor
from enroll.foundation.clock import at_beijing, local_day
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, Problem, problem, two_duties
from enroll.foundation.words import N_

MOST_FILES = 12


class Kind(StrEnum):
    IMPERSONATION = "impersonation"
    COPYING = "copying"
    NOTES = "notes"
    DEVICE = "device"
    SCREEN_SWITCH = "screen_switch"
    OFF_CAMERA = "off_camera"
    OTHERS_PRESENT = "others_present"
    SIMILARITY = "similarity"
    LEAK = "leak"
    DISORDER = "disorder"
    TECHNICAL = "technical"
    HEALTH = "health"
    OTHER = "other"


class Decision(StrEnum):
    NONE = "none"
    WARNING = "warning"
    VOID = "void"


class Noted(StrEnum):
    """What somebody added to an incident. A note is for staff; evidence is weighed; a statement is the person's own."""

    NOTE = "note"
    EVIDENCE = "evidence"
    STATEMENT = "statement"


KIND_NAMES: Mapping[Kind, str] = {
    Kind.IMPERSONATION: N_("Impersonation"), Kind.COPYING: N_("Copying"), Kind.NOTES: N_("Notes or books used"),
    Kind.DEVICE: N_("Forbidden device"), Kind.SCREEN_SWITCH: N_("Left the exam screen too often"),
    Kind.OFF_CAMERA: N_("Away from the camera, or covered it"), Kind.OTHERS_PRESENT: N_("Somebody else in the room"),
    Kind.SIMILARITY: N_("Similar answers"), Kind.LEAK: N_("Questions passed on"),
    Kind.DISORDER: N_("Disturbance of the exam"), Kind.TECHNICAL: N_("Technical failure"),
    Kind.HEALTH: N_("Somebody unwell"), Kind.OTHER: N_("Something else"),
}
DECISION_NAMES: Mapping[Decision, str] = {
    Decision.NONE: N_("Recorded, no measure"), Decision.WARNING: N_("Warning"),
    Decision.VOID: N_("Result of this part void"),
}
NOTED_NAMES: Mapping[Noted, str] = {
    Noted.NOTE: N_("Note among staff"), Noted.EVIDENCE: N_("Evidence"), Noted.STATEMENT: N_("Statement of the person"),
}


@dataclass(frozen=True)
class IncidentFacts:
    """Whose record it is (None: the sitting's), who reported and who decided it (accounts), and the dates. `heard`: a
    statement is on file. `decision` is what is proposed, or what stands."""

    now: datetime
    learner_account_id: int | None = None
    reported_by: int | None = None
    decided_by: int | None = None
    heard: bool = False
    statement_until: datetime | None = None
    appeal_until: datetime | None = None
    decision: str = ""
    results_published: bool = False


def end_of_days(now: datetime, days: int | None) -> datetime | None:
    """The end of the day in Beijing so many days after this one, half-open; None where no limit is stated."""
    return None if days is None else at_beijing(local_day(now) + timedelta(days=days + 1))


def was_heard(facts: IncidentFacts) -> Problem | None:
    """Nothing is decided against somebody who could not speak yet."""
    if facts.decision in ("", Decision.NONE) or facts.heard or facts.learner_account_id is None:
        return None
    if facts.statement_until is not None and facts.now >= facts.statement_until:
        return None
    return problem("not_heard", N_("The person has not been heard. Take their statement, or wait until %(moment)s."),
                   moment=facts.statement_until) if facts.statement_until else problem(
        "not_heard_yet", N_("The person has not been heard. Take their statement first."))


def may_be_void(facts: IncidentFacts) -> Problem | None:
    if facts.decision == Decision.VOID and facts.learner_account_id is None:
        return problem("nobody_named", N_("This incident names no candidate: no result can be void."),
                       field="decision")
    if facts.decision == Decision.VOID and facts.results_published:
        return problem("results_stand", N_("The results of this part are published. It is declared void there."),
                       field="decision")
    return None


def has_a_measure(facts: IncidentFacts) -> Problem | None:
    if facts.decision != Decision.NONE:
        return None
    return problem("nothing_to_appeal", N_("Nothing was decided against you."))


def appeal_in_time(facts: IncidentFacts) -> Problem | None:
    if facts.appeal_until is None or facts.now < facts.appeal_until:
        return None
    return problem("appeal_over", N_("An appeal was possible until %(moment)s."), moment=facts.appeal_until)


def may_be_reversed(facts: IncidentFacts) -> Problem | None:
    if facts.decision == Decision.VOID and facts.results_published:
        return problem("void_is_published", N_("The void result is published already. It is corrected there first."))
    return None


def not_their_own(facts: IncidentFacts, actor: Actor) -> Problem | None:
    own = actor.account_id is not None and actor.account_id == facts.learner_account_id
    return OWN_RECORD if own else None


def decided_by_another(facts: IncidentFacts, actor: Actor) -> Problem | None:
    if actor.account_id is None or actor.account_id != facts.reported_by:
        return None
    return two_duties("reported_it", N_("You reported this incident; another person decides."))


def answered_by_a_third(facts: IncidentFacts, actor: Actor) -> Problem | None:
    if actor.account_id is None or actor.account_id not in (facts.reported_by, facts.decided_by):
        return None
    return two_duties("decided_it", N_("You reported or decided this incident; another person answers the appeal."))


def is_their_incident(facts: IncidentFacts, actor: Actor) -> Problem | None:
    return None if actor.account_id == facts.learner_account_id else NOT_PERMITTED
