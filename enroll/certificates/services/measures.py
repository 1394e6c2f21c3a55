"""Suspending, restoring and revoking: one person proposes on the issuing body's decision, another one confirms."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.audit import services as audit
from enroll.audit.moves import make_move
from enroll.certificates.events import CertificateMoved
from enroll.certificates.lifecycle import CERTIFICATE
from enroll.certificates.models import Certificate, CertificateMeasure
from enroll.certificates.queries.cases import open_measure
from enroll.certificates.queries.evidence import facts_about
from enroll.certificates.rules import MEASURE_CODES
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, REASON_ALONE, NotFound, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.storage import outbox
from enroll.storage.database import lock, transaction

MEASURES = ("suspend", "restore", "revoke")


def propose_measure(
    reference: str, move: str, reason_code: str, words: str, decided_on: date, *, by: Actor, now: datetime
) -> None:
    """Propose a measure that another person must confirm. `decided_on` is the day of the issuing body's decision.
    Raises Refused, NotFound."""
    if not by.may(Permission.REVIEW_ISSUANCE):
        raise Refused(NOT_PERMITTED)
    with transaction() as session:
        case = lock(session, Certificate, Certificate.reference == reference)
        problems = _against(session, case, move, reason_code, words, decided_on, by, now)
        if problems:
            raise Refused(problems)
        assert by.account_id is not None, "measures are proposed by people"
        session.add(CertificateMeasure(
            certificate_id=case.id, move=move, reason_code=reason_code, words=words, decided_on=decided_on,
            proposed_by_id=by.account_id, proposed_at=now))
        audit.record(session, f"certificate.propose_{move}", reference, by=by, now=now, learner_id=case.learner_id,
                     code=reason_code, decided_on=decided_on.isoformat(), reason=words)


def confirm_measure(reference: str, *, by: Actor, now: datetime, reason: str = "") -> None:
    """Make the proposed move, as another person than the proposer; or the same one, who may act alone and says why in
    `reason`. The public page says so from this moment."""
    with transaction() as session:
        case = lock(session, Certificate, Certificate.reference == reference)
        measure = _open(session, case)
        facts = facts_about(session, case, proposed_by=measure.proposed_by_id)
        alone = CERTIFICATE.done_alone(CERTIFICATE.moves[measure.move], by, facts)
        if alone and not reason.strip():
            raise Refused(REASON_ALONE)
        words = reason if alone else measure.words
        make_move(session, CERTIFICATE, case, measure.move, by=by, now=now, facts=facts, reason=words,
                  code=measure.reason_code, decided_on=measure.decided_on.isoformat(),
                  proposed_by=measure.proposed_by_id)
        measure.by_one_person = reason.strip() if alone else ""
        measure.confirmed_by_id, measure.confirmed_at = by.account_id, now
        outbox.record(session, CertificateMoved(case.learner_id, reference, measure.move, case.state), now)


def drop_measure(reference: str, *, by: Actor, now: datetime) -> None:
    """Take a proposal away, by whoever reviews issuance."""
    if not by.may(Permission.REVIEW_ISSUANCE):
        raise Refused(NOT_PERMITTED)
    with transaction() as session:
        case = lock(session, Certificate, Certificate.reference == reference)
        measure = _open(session, case)
        measure.dropped_at = now
        audit.record(session, f"certificate.drop_{measure.move}", reference, by=by, now=now, learner_id=case.learner_id)


def _open(session: Session, case: Certificate) -> CertificateMeasure:
    measure = open_measure(session, case)
    if measure is None:
        raise NotFound(case.reference)
    return measure


def _against(
    session: Session, case: Certificate, move: str, reason_code: str, words: str, decided_on: date, by: Actor,
    now: datetime,
) -> list[Problem]:
    problems = []
    if move not in MEASURES or case.state not in CERTIFICATE.moves[move].sources:
        problems.append(problem("wrong_measure", N_("This step is not possible in the present state."), field="move"))
    if reason_code not in MEASURE_CODES:
        problems.append(problem("code_missing", N_("Choose the reason."), field="code"))
    if not words.strip():
        problems.append(problem("reason_missing", N_("Say why, and name the issuing body's decision."), field="reason"))
    if decided_on > local_day(now):
        problems.append(problem("decided_later", N_("The decision cannot lie in the future."), field="decided_on"))
    if case.learner.account_id == by.account_id:
        problems.append(OWN_RECORD)
    if open_measure(session, case) is not None:
        problems.append(problem("measure_open", N_("A proposal waits to be confirmed already.")))
    return problems
