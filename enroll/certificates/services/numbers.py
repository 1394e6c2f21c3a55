"""What the exchange with the issuing body calls: who is to be reported, what came back, and the number it gave."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.audit.moves import make_move
from enroll.certificates.events import CertificateMoved, CertificateRecorded
from enroll.certificates.lifecycle import CERTIFICATE, CertificateState
from enroll.certificates.models import Certificate
from enroll.certificates.queries.evidence import evidence_of, facts_about
from enroll.certificates.rules import against_dates, read_number
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.programmes.models import Organisation, Window
from enroll.programmes.queries.programmes import rules_at
from enroll.storage import outbox
from enroll.storage.database import lock, transaction
from enroll.storage.files import StoredFile

REPORTABLE = (CertificateState.APPROVED, CertificateState.BODY_REJECTED)
BODY_FILE, PARTNER_RECORD = "body_file", "partner_record"
NO_NUMBER = problem("number_wrong", N_("This is not a certificate number of the issuing body."), field="number")
NUMBER_TAKEN = problem("number_taken", N_("Another certificate has this number already."), field="number")


def reportable(session: Session, window: Window) -> Sequence[Certificate]:
    """The certificates of a window that two people approved and that wait to be reported (again), by reference."""
    wanted = select(Certificate).where(Certificate.window_id == window.id, Certificate.state.in_(REPORTABLE))
    return session.scalars(wanted.order_by(Certificate.reference)).all()


def report(reference: str, batch_reference: str, *, by: Actor, now: datetime) -> None:
    """The batch with this certificate went to the body. Raises Refused where something was opened since approval."""
    with transaction() as session:
        case = lock(session, Certificate, Certificate.reference == reference)
        make_move(session, CERTIFICATE, case, "report", by=by, now=now, facts=facts_about(session, case),
                  batch=batch_reference)
        case.batch_reference, case.reported_at = batch_reference, now
        _tell(session, case, "report", now)


def reject_by_body(reference: str, *, reason: str, by: Actor, now: datetime) -> None:
    """The body returned this row, with its words."""
    with transaction() as session:
        case = lock(session, Certificate, Certificate.reference == reference)
        make_move(session, CERTIFICATE, case, "reject_by_body", by=by, now=now, facts=facts_about(session, case),
                  reason=reason)
        _tell(session, case, "reject_by_body", now)


def record_number(
    reference: str, number: str, issued_on: date, valid_until: date | None, body_file: StoredFile | None, *, by: Actor,
    now: datetime,
) -> None:
    """Record the body's number and freeze everything the document states. The document is the body's own file where it
    sent one; else our record of it is printed afterwards. Raises Refused: no number, one that is taken, wrong dates."""
    with transaction() as session:
        case = lock(session, Certificate, Certificate.reference == reference)
        known = read_number(number)
        problems = _against(session, case, known, issued_on, valid_until, now)
        if problems:
            raise Refused(problems)
        if case.replaces is not None:
            _supersede(session, case, by, now)
        facts = facts_about(session, case, number=known or "")
        # Frozen before the move is written: a certificate that is issued is whole, says the database.
        case.number, case.issued_on, case.valid_until, case.recorded_at = known, issued_on, valid_until, now
        case.facts = _frozen(session, case)
        case.document_kind = BODY_FILE if body_file is not None else PARTNER_RECORD
        if body_file is not None:
            session.add(body_file)
            session.flush()
            case.file_id = body_file.id
        make_move(session, CERTIFICATE, case, "record", by=by, now=now, facts=facts, number=known,
                  issued_on=issued_on.isoformat(), document=case.document_kind,
                  document_sha256=body_file.sha256 if body_file is not None else "")
        _tell(session, case, "record", now)
        outbox.record(session, CertificateRecorded(case.learner_id, reference), now)


def keep_document(reference: str, pdf: StoredFile | None, image: StoredFile | None) -> bool:
    """Attach what was printed, once: False where there is a document already, and it stays as it is."""
    with transaction() as session:
        case = lock(session, Certificate, Certificate.reference == reference)
        kept = False
        if pdf is not None and case.file_id is None:
            session.add(pdf)
            session.flush()
            case.file_id, kept = pdf.id, True
        if image is not None and case.image_id is None:
            session.add(image)
            session.flush()
            case.image_id, kept = image.id, True
        return kept


def _against(
    session: Session, case: Certificate, number: str | None, issued_on: date, valid_until: date | None, now: datetime
) -> list[Problem]:
    problems: list[Problem] = []
    if number is None:
        problems.append(NO_NUMBER)
    elif session.scalar(select(Certificate.id).where(Certificate.number == number, Certificate.id != case.id)):
        problems.append(NUMBER_TAKEN)
    return [*problems, *against_dates(issued_on, valid_until, exam_on=case.window.starts_on, today=local_day(now))]


def _supersede(session: Session, case: Certificate, by: Actor, now: datetime) -> None:
    """The new number takes the place of the old certificate, whose link goes on saying so."""
    old = lock(session, Certificate, Certificate.id == case.replaces_id)
    make_move(session, CERTIFICATE, old, "supersede", by=by, now=now, facts=facts_about(session, old),
              reason=case.reference)
    session.flush()
    _tell(session, old, "supersede", now)


def _frozen(session: Session, case: Certificate) -> dict[str, Any]:
    """What the document and the public page state from now on, whatever is changed later. Plain values."""
    learner, window = case.learner, case.window
    partner = session.get(Organisation, 1)
    evidence = evidence_of(session, case)
    rules = rules_at(session, window.programme.code, window.agreed.ruled_on)
    direction = rules.direction(evidence.enrolment.direction_code) if evidence.enrolment else None
    return {
        "name": learner.legal_name, "latin_name": learner.latin_name, "id_type": learner.id_type or "",
        "id_number_mask": learner.id_number_mask,
        "programme_code": window.programme.code, "programme_zh": window.programme.name_zh,
        "programme_en": window.programme.name_en,
        "direction_zh": direction.name.zh if direction else "", "direction_en": direction.name.en if direction else "",
        "issuers": list(partner.issuers) if partner else [], "partner_name": partner.name if partner else "",
        "partner_code": partner.code if partner else "", "lookup_url": partner.lookup_url if partner else "",
        "window": window.code, "recorded_on": local_day(case.recorded_at or case.opened_at).isoformat(),
        "parts": [*({"part": one.part, "window": one.window, "verdict": one.verdict} for one in evidence.parts),
                  *({"part": one.part, "window": one.window_code, "verdict": one.verdict}
                    for one in evidence.earlier_parts)],
    }


def _tell(session: Session, case: Certificate, move: str, now: datetime) -> None:
    outbox.record(session, CertificateMoved(case.learner_id, case.reference, move, case.state), now)
