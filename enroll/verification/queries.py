"""Finding one document by its number and its holder's name, or by the code on the paper. Never a list, never a part."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enroll.admission.models import Ticket
from enroll.certificates.lifecycle import RECORDED, CertificateState
from enroll.certificates.models import Certificate, CertificateMove, EarlierCertificate
from enroll.certificates.queries.cases import earlier_by_number, successor_of
from enroll.certificates.rules import is_expired, read_number
from enroll.foundation.clock import local_day
from enroll.foundation.masking import mask_name
from enroll.foundation.text import compared
from enroll.hours.lifecycle import ProofState
from enroll.hours.models import HoursProof, ProofMove
from enroll.hours.queries.ledger import ledger_rows, taken_back_since
from enroll.hours.queries.proofs import proof_by_reference, proof_by_token
from enroll.hours.rules.proof import ledger_digest
from enroll.programmes.models import Organisation
from enroll.verification.rules import Part, Shown, Standing, TicketShown, names_match

NOBODY = "－"  # compared with where no document has the number: a miss takes the same way as a wrong name
BEGAN = {CertificateState.SUSPENDED: "suspend", CertificateState.REVOKED: "revoke",
         CertificateState.SUPERSEDED: "supersede"}


def by_number(session: Session, number: str, name: str, now: datetime) -> Shown | None:
    """The document with this number whose holder has this very name; a miss and a wrong name are the same answer."""
    asked = read_number(number) or ""
    certificate, earlier = _certificate(session, asked), earlier_by_number(session, asked)
    proof = proof_by_reference(session, compared(number)[:20])
    kept = [certificate.facts.get("name", "") if certificate else NOBODY, proof.facts["name"] if proof else NOBODY,
            earlier.name if earlier else NOBODY]
    right = [names_match(name, one) for one in kept]
    if certificate is not None and right[0]:
        return _certificate_shown(session, certificate, now)
    if earlier is not None and right[2]:
        return _earlier_shown(session, earlier, now)
    return _proof_shown(session, proof, now) if proof is not None and right[1] else None


def by_token(session: Session, token: str, now: datetime) -> Shown | None:
    """The document whose QR code this is."""
    wanted = select(Certificate).where(Certificate.token == token, Certificate.state.in_(RECORDED))
    certificate, proof = session.scalar(wanted), proof_by_token(session, token)
    if certificate is not None:
        return _certificate_shown(session, certificate, now)
    return _proof_shown(session, proof, now) if proof is not None else None


def ticket_by_code(session: Session, token: str) -> TicketShown | None:
    """The admission ticket or exam confirmation whose code this is; neither its seat nor who holds it in full."""
    found = session.scalar(select(Ticket).where(Ticket.token == token))
    if found is None:
        return None
    newest = session.scalar(select(func.max(Ticket.ticket_version)).where(
        Ticket.learner_id == found.learner_id, Ticket.window_id == found.window_id, Ticket.kind == found.kind,
        Ticket.replaced_at.is_(None)))
    return TicketShown(found.kind, found.number, found.ticket_version, mask_name(found.facts.get("name", "")),
                       found.facts.get("window", ""), found.released_at, found.replaced_at, newest)


def _certificate(session: Session, number: str) -> Certificate | None:
    return session.scalar(select(Certificate).where(Certificate.number == number, Certificate.state.in_(RECORDED)))


def _certificate_shown(session: Session, one: Certificate, now: datetime) -> Shown:
    facts, successor = one.facts, successor_of(session, one)
    assert one.number is not None, "a recorded certificate has a number"
    assert one.issued_on is not None, "and a day of issue"
    return Shown(
        kind="certificate", number=one.number, name=facts["name"], id_type=facts["id_type"],
        id_number_mask=facts["id_number_mask"], programme_zh=facts["programme_zh"], programme_en=facts["programme_en"],
        direction_zh=facts["direction_zh"], direction_en=facts["direction_en"], issuers=tuple(facts["issuers"]),
        partner=facts["partner_name"], issued_on=one.issued_on, valid_until=one.valid_until,
        parts=tuple(Part(part["part"], part["window"]) for part in facts["parts"]),
        standing=_standing(one, local_day(now)), since=_since(session, one), lookup_url=facts.get("lookup_url", ""),
        replaced_by=successor.number or "" if successor else "", partners_record=one.document_kind == "partner_record",
        file_sha256=one.file.sha256 if one.file else "",
    )


def _earlier_shown(session: Session, one: EarlierCertificate, now: datetime) -> Shown:
    """A certificate of before our first day, as two people recorded it from its source."""
    partner = session.get(Organisation, 1)
    return Shown(
        kind="certificate", number=one.number, name=one.name, id_type="", id_number_mask="",
        programme_zh=one.programme.name_zh, programme_en=one.programme.name_en,
        issuers=tuple(partner.issuers) if partner else (), partner=partner.name if partner else "",
        issued_on=one.issued_on, valid_until=one.valid_until,
        standing=Standing.EXPIRED if is_expired(one.valid_until, local_day(now)) else Standing.VALID,
        partners_record=True,
    )


def _standing(one: Certificate, today: date) -> Standing:
    if one.state == CertificateState.ISSUED:
        return Standing.EXPIRED if is_expired(one.valid_until, today) else Standing.VALID
    return {CertificateState.SUSPENDED: Standing.SUSPENDED, CertificateState.REVOKED: Standing.REVOKED}.get(
        CertificateState(one.state), Standing.REPLACED)


def _since(session: Session, one: Certificate) -> date | None:
    move = BEGAN.get(CertificateState(one.state))
    wanted = select(CertificateMove.made_at).where(CertificateMove.record_id == one.id, CertificateMove.move == move)
    began = session.scalars(wanted.order_by(CertificateMove.id.desc()).limit(1)).first()
    return local_day(began) if began else None


def _proof_shown(session: Session, proof: HoursProof, now: datetime) -> Shown:
    facts, ends = proof.facts, ("supersede", "revoke")
    wanted = select(ProofMove.made_at).where(ProofMove.record_id == proof.id, ProofMove.move.in_(ends))
    ended = session.scalars(wanted.order_by(ProofMove.id.desc()).limit(1)).first()
    return Shown(
        kind="proof", number=proof.reference, name=facts["name"], id_type=facts["id_type"],
        id_number_mask=facts["id_number_mask"], programme_zh=facts["programme_zh"], programme_en=facts["programme_en"],
        partner=facts["partner_name"], issued_on=date.fromisoformat(facts["issued_on"]), minutes=proof.minutes,
        unit=facts["unit"], standing=_proof_standing(session, proof), since=local_day(ended) if ended else None,
        file_sha256="",
    )


def _proof_standing(session: Session, proof: HoursProof) -> Standing:
    """Valid only while the ledger rows it rests on still make the digest that was frozen with it, and none of them has
    been taken back since."""
    if proof.state == ProofState.REVOKED:
        return Standing.REVOKED
    if proof.state == ProofState.SUPERSEDED:
        return Standing.REPLACED
    rows = ledger_rows(session, proof.enrolment_id, until=proof.last_entry_id)
    agrees = ledger_digest(rows) == proof.ledger_digest
    return Standing.VALID if agrees and not taken_back_since(session, proof) else Standing.IN_DOUBT
