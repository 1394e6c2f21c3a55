"""Whether every certificate can be stood for: what `flask doctor` asks. Each sentence is one thing that is wrong."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.audit.models import OnePersonAct
from enroll.certificates.lifecycle import CERTIFICATE, RECORDED, CertificateState
from enroll.certificates.models import Certificate, CertificateMeasure, CertificateMove
from enroll.certificates.queries.cases import WHOLE
from enroll.certificates.queries.evidence import evidence_of
from enroll.results.models import Publication

S = CertificateState
STOOD_FOR = (S.APPROVED, S.REPORTED, S.BODY_REJECTED, *RECORDED)
MEASURED = ("suspend", "restore", "revoke")


def unsound_certificates(session: Session) -> Iterator[str]:
    """Certificates that two independent people do not stand for, or that do not rest on a published pass."""
    wanted = select(Certificate).where(Certificate.state.in_(STOOD_FOR)).options(*WHOLE).order_by(Certificate.id)
    alone = {(one.subject, one.by_id) for one in session.scalars(select(OnePersonAct).where(
        OnePersonAct.act.startswith("certificate.")))}
    for case in session.scalars(wanted).unique():
        for fault in _faults(session, case, alone):
            yield f"certificate {case.reference} {fault}"
    yield from _measures(session)


def _faults(session: Session, case: Certificate, alone: set[tuple[str, int]]) -> Iterator[str]:
    """`alone`: who did by themselves, with a reason on record, what two people do, about which case."""
    approvers = {case.first_by_id, case.second_by_id}
    by_themselves = {who for subject, who in alone if subject == case.reference}
    if None in approvers or (len(approvers) < 2 and not (case.by_one_person and approvers <= by_themselves)):
        yield "was not approved by two people"
    elif (approvers - by_themselves) & evidence_of(session, case).involved:
        yield "was approved by somebody who made or checked a mark, or was the only trainer"
    if case.learner.account_id in approvers:
        yield "was approved by its own learner"
    if case.outcome.verdict != "pass":
        yield "does not rest on a pass"
    if session.scalar(select(Publication.id).where(Publication.window_id == case.window_id)) is None:
        yield "rests on results that are not published"
    if case.state in RECORDED and not (case.number and case.issued_on and case.facts.get("name")):
        yield "is recorded without a number, a date or its frozen facts"
    if case.state not in RECORDED and case.number:
        yield f"has a number and is {CERTIFICATE.states(case.state)}"
    if not case.first_digest or case.first_digest != case.second_digest:
        yield "was approved on two different sets of evidence"


def _measures(session: Session) -> Iterator[str]:
    """Every suspension, restoration and revocation was proposed by one and made by another."""
    made = session.execute(
        select(Certificate.reference, CertificateMove.move, CertificateMove.made_by_id, CertificateMove.made_at,
               CertificateMove.record_id)
        .join(Certificate, Certificate.id == CertificateMove.record_id)
        .where(CertificateMove.move.in_(MEASURED)).order_by(CertificateMove.id)
    ).all()
    marked = {(one.subject, one.by_id) for one in session.scalars(select(OnePersonAct))}
    for reference, move, by, at, record in made:
        proposed = session.execute(select(CertificateMeasure.proposed_by_id, CertificateMeasure.by_one_person).where(
            CertificateMeasure.certificate_id == record, CertificateMeasure.move == move,
            CertificateMeasure.confirmed_at == at)).all()
        if not any(one != by or (alone and (reference, by) in marked) for one, alone in proposed):
            yield f"certificate {reference}: {move} was not proposed by one person and made by another"
