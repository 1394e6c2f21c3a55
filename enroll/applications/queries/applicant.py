"""What is known about the person who applies: identity, photo, consents, guardian, hours. Gathered afresh each time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from enroll.applications.models import Application
from enroll.applications.queries.people import Ground, consents_in_force, ground_of
from enroll.applications.rules.excepting import with_exceptions
from enroll.courses.queries.plan import pending as pending_minutes
from enroll.enrolments.models import Enrolment
from enroll.foundation.clock import local_day
from enroll.hours.models import HoursProof
from enroll.hours.rules.standing import Totals, directions_complete
from enroll.learners.models import Consent
from enroll.programmes.models import Window
from enroll.programmes.queries.programmes import entry_rules_of
from enroll.programmes.rules.eligibility import Applicant, RuleAnswer, eligibility
from enroll.programmes.rules.figures import EntryRules


@dataclass(frozen=True)
class Standing:
    """How somebody stands against the programme's rules at a moment: minutes, the proof, the states of
    identity and photo, what they agreed to, and every rule answered."""

    rules: EntryRules
    credited: Totals
    pending: Totals
    proof: HoursProof | None
    checks: Mapping[str, str]
    consents: Mapping[str, Consent]
    answers: tuple[RuleAnswer, ...]


def standing_of(session: Session, enrolment: Enrolment, window: Window, *, ruled_at: datetime) -> Standing:
    """Every rule of the programme, answered for this learner and this window.

    Which rule counts (R12): hours, kinds and unit as frozen on the enrolment; age and education as the rules stand at
    `ruled_at` (the submission), for the window's first day.
    """
    rules = _frozen_at_enrolment(entry_rules_of(window.programme, local_day(ruled_at)), enrolment)
    ground = ground_of(session, enrolment, window)
    pending = pending_minutes(session, enrolment.id)
    consents = consents_in_force(session, enrolment.learner_id, ruled_at)
    applicant = _applicant(enrolment, ground, pending, frozenset(consents))
    return Standing(rules, ground.credited, pending, ground.proof, ground.checks, consents,
                    with_exceptions(eligibility(rules, applicant, window.starts_on), ground.excepted))


def standing_for(session: Session, application: Application, now: datetime) -> Standing:
    """The same for an application: by the rules of its submission, where it was submitted."""
    return standing_of(session, application.enrolment, application.window,
                       ruled_at=application.submitted_at or now)


def _frozen_at_enrolment(rules: EntryRules, enrolment: Enrolment) -> EntryRules:
    demands = enrolment.demands
    return replace(rules, hour_unit_minutes=demands.unit, required_hours=demands.required_hours,
                   min_practice_hours=demands.practice_hours, directions_required=demands.directions)


def _applicant(enrolment: Enrolment, ground: Ground, pending: Totals, consents: frozenset[str]) -> Applicant:
    learner, credited, checks = enrolment.learner, ground.credited, ground.checks
    complete = directions_complete(enrolment.demands, credited)
    with_pending = directions_complete(enrolment.demands, credited.and_also(pending))
    return Applicant(
        birth_date=learner.birth_date, education=learner.education or None, minutes_credited=credited.minutes,
        minutes_pending=pending.minutes, practice_credited=credited.practice, practice_pending=pending.practice,
        directions_complete=len(complete), directions_pending=len(with_pending) - len(complete),
        identity=checks["identity"], photo=checks["photo"],
        consents=consents,
        guardian_acknowledged=ground.guardian_acknowledged,
    )
