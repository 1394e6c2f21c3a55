"""What becomes of an enrolment: another direction, another cohort, its moves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.audit import services as audit
from enroll.audit.moves import expect_version, make_move
from enroll.enrolments.lifecycle import ENROLMENT, LIVE, EnrolmentState
from enroll.enrolments.models import Cohort, Enrolment
from enroll.enrolments.queries.enrolments import facts_about
from enroll.enrolments.services.enrolling import tell
from enroll.fees.services.raising import void_fee
from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Refused, problem
from enroll.foundation.words import N_, say
from enroll.storage.database import lock, transaction


def change_direction(
    reference: str, direction_code: str, *, by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Study another direction. Every minute credited stays; the new direction must be one that stood at enrolment.

    Raises Refused for an enrolment that is over, an unknown direction, and the one that is already chosen.
    """
    with transaction() as session:
        enrolment = _live(session, reference, seen_version)
        if direction_code not in enrolment.demands.direction_minutes:
            raise Refused(problem("direction_unknown", N_("Choose one of the directions that are shown."),
                                  field="direction"))
        before = enrolment.direction_code
        if before == direction_code:
            raise Refused(problem("direction_same", N_("This is the direction already chosen."), field="direction"))
        enrolment.direction_code, enrolment.version = direction_code, enrolment.version + 1
        audit.record(session, "enrolments.change_direction", reference, by=by, now=now, learner_id=enrolment.learner_id,
                     **{"from": before, "to": direction_code})


def set_cohort(
    reference: str, cohort_code: str, *, by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Move somebody to another cohort of the same programme; its adviser follows them from now on."""
    with transaction() as session:
        enrolment = _live(session, reference, seen_version)
        cohort = session.scalar(select(Cohort).where(Cohort.code == cohort_code))
        if enrolment.learner.account_id == by.account_id:
            raise Refused(OWN_RECORD)
        if cohort is None or cohort.programme_id != enrolment.programme_id:
            raise Refused(problem("cohort_unknown", N_("Choose one of the cohorts that are shown."), field="cohort"))
        if cohort.closed_at is not None:
            raise Refused(problem("cohort_closed", N_("This cohort is closed. Choose another one."), field="cohort"))
        before = enrolment.cohort.code
        if cohort.id != enrolment.cohort_id:
            enrolment.cohort_id, enrolment.version = cohort.id, enrolment.version + 1
            audit.record(session, "enrolments.set_cohort", reference, by=by, now=now, learner_id=enrolment.learner_id,
                         **{"from": before, "to": cohort_code})


def move_enrolment(
    reference: str, move: str, reason: str = "", *, by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Complete, withdraw or cancel an enrolment. What is still owed for it is owed no longer; what was paid comes back
    as finance decides by the refund rules."""
    with transaction() as session:
        enrolment = lock(session, Enrolment, Enrolment.reference == reference)
        expect_version(enrolment, seen_version)
        facts = facts_about(session, enrolment, now)
        make_move(session, ENROLMENT, enrolment, move, by=by, now=now, facts=facts, reason=reason)
        if enrolment.state == EnrolmentState.WITHDRAWN:
            void_fee(reference, now=now, reason=reason)
        tell(session, enrolment, move, now)


def note_export(rows: int, filters: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    """Note that a list of learners left the house: how many rows, found by what."""
    with transaction() as session:
        audit.record(session, "enrolments.export", "enrolments", by=by, now=now, rows=rows, **filters)


def _live(session: Session, reference: str, seen_version: int | None) -> Enrolment:
    enrolment = lock(session, Enrolment, Enrolment.reference == reference)
    expect_version(enrolment, seen_version)
    if enrolment.state not in LIVE:
        words = say(ENROLMENT.label(enrolment.state).staff)
        raise Refused(problem("wrong_state", N_("This is already “%(state)s”, so the step is no longer possible."),
                              state=words))
    return enrolment
