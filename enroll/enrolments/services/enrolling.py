"""Somebody enrols; the programme's demands are frozen, the training fee falls due, study begins once it may."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.audit.moves import begin, make_move
from enroll.enrolments.events import EnrolmentMoved
from enroll.enrolments.lifecycle import ENROLMENT, LIVE, EnrolmentState
from enroll.enrolments.models import Cohort, Enrolment
from enroll.enrolments.queries.cohorts import cohort_by_code
from enroll.enrolments.queries.enrolments import current_agreement, enrolment_of, facts_about
from enroll.enrolments.rules import (
    DAYS_TO_PAY,
    TRAINING,
    Demands,
    WishFacts,
    fee_allows_study,
    stands_against_enrolling,
)
from enroll.fees.rules import Payer
from enroll.fees.services.raising import raise_fee
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NotFound, Refused
from enroll.learners.models import Learner
from enroll.programmes.models import Programme
from enroll.programmes.queries.programmes import programme_by_code, rules_at
from enroll.programmes.rules.figures import ProgrammeRules
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction


def enrol(
    learner_id: int, programme_code: str, cohort_code: str, direction_code: str, agreement_version: int, *,
    payer: str = Payer.LEARNER, by: Actor, now: datetime,
) -> str:
    """Enrol a learner on a programme; gives the reference of the enrolment.

    The demands are those of today, whatever changes later (R12). The training fee is due in seven days; study begins at
    once where the programme lets people study before they pay, or where nothing is to be paid. Raises Refused with
    every reason: among them an enrolment on this programme that is still live.
    """
    with transaction() as session:
        # The learner's own row: two presses at once come one after the other, and the second finds the first's work.
        learner = lock(session, Learner, Learner.id == learner_id)
        programme, rules = _programme(session, programme_code, now)
        cohort = cohort_by_code(session, cohort_code)
        wish = _wish(session, learner, programme, cohort, rules, direction_code, agreement_version, by, now)
        problems = stands_against_enrolling(wish)
        if problems or cohort is None:
            raise Refused(problems)
        enrolment = Enrolment(
            reference=next_reference(session, "E"), learner_id=learner.id, programme_id=programme.id,
            cohort_id=cohort.id, direction_code=direction_code, demands_as_stood=Demands.of(rules).as_json(),
            agreement_version=agreement_version, enrolled_at=now,
        )
        begin(session, ENROLMENT, enrolment, by=by, now=now, programme=programme.code, cohort=cohort.code,
              direction=direction_code, agreement_version=agreement_version)
        tell(session, enrolment, "enrol", now)
        raise_fee(learner.id, enrolment.reference, TRAINING, due_at=now + DAYS_TO_PAY, payer=payer, by=by, now=now)
        _start(session, enrolment, now)
        return enrolment.reference


def start_studying(reference: str, *, now: datetime) -> None:
    """Let somebody study whose training fee is settled; an enrolment that does not wait for it stays as it is."""
    with transaction() as session:
        if session.scalar(select(Enrolment.id).where(Enrolment.reference == reference)) is not None:
            _start(session, lock(session, Enrolment, Enrolment.reference == reference), now)


def tell(session: Session, enrolment: Enrolment, move: str, now: datetime) -> None:
    """Write into the open transaction that an enrolment has moved."""
    event = EnrolmentMoved(enrolment.learner_id, enrolment.reference, move, enrolment.state)
    outbox.record(session, event, now)


def _start(session: Session, enrolment: Enrolment, now: datetime) -> None:
    facts = facts_about(session, enrolment, now)
    if enrolment.state == EnrolmentState.PENDING_PAYMENT and fee_allows_study(facts) is None:
        make_move(session, ENROLMENT, enrolment, "activate", by=SYSTEM, now=now, facts=facts)
        tell(session, enrolment, "activate", now)


def _programme(session: Session, code: str, now: datetime) -> tuple[Programme, ProgrammeRules]:
    programme = programme_by_code(session, code)
    if programme is None:
        raise NotFound(code)
    return programme, rules_at(session, code, local_day(now))


def _wish(
    session: Session, learner: Learner, programme: Programme, cohort: Cohort | None, rules: ProgrammeRules,
    direction_code: str, agreement_version: int, by: Actor, now: datetime,
) -> WishFacts:
    agreement, known = current_agreement(session, now), enrolment_of(session, learner.id, programme.id)
    return WishFacts(
        programme_open=programme.enrolment_open,
        cohort_of_programme=cohort is not None and cohort.programme_id == programme.id,
        cohort_closed=cohort is not None and cohort.closed_at is not None,
        cohort_open_to_all=cohort is not None and cohort.open_to_all,
        invited=by.account_id != learner.account_id,
        direction_known=rules.direction(direction_code) is not None,
        agreement_version=agreement_version,
        current_version=agreement.version if agreement is not None else None,
        live_reference=known.reference if known is not None and known.state in LIVE else None,
    )
