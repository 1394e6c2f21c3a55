"""Proofs of hours."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from enroll.enrolments.models import Enrolment
from enroll.hours.lifecycle import ProofState
from enroll.hours.models import HoursProof, ProofMove
from enroll.learners.models import Learner


def active_proof(session: Session, enrolment_id: int) -> HoursProof | None:
    """The proof in force; None before it is issued and after it is revoked."""
    return session.scalar(select(HoursProof).where(
        HoursProof.enrolment_id == enrolment_id, HoursProof.state == ProofState.ISSUED
    ))


def newest_proof(session: Session, enrolment_id: int) -> HoursProof | None:
    wanted = select(HoursProof).where(HoursProof.enrolment_id == enrolment_id)
    return session.scalar(wanted.order_by(HoursProof.id.desc()).limit(1))


def proof_by_reference(session: Session, reference: str) -> HoursProof | None:
    whole = joinedload(HoursProof.enrolment).joinedload(Enrolment.learner)
    return session.scalar(select(HoursProof).where(HoursProof.reference == reference).options(whole))


def proof_by_token(session: Session, token: str) -> HoursProof | None:
    """For the public page: whoever holds the document's QR code may ask whether it is in force."""
    return session.scalar(select(HoursProof).where(HoursProof.token == token))


def proofs(state: str = "", text: str = "") -> Select[HoursProof]:
    """Proofs for the list; `text` is the number of a proof, or the number or whole name of a learner."""
    whole = joinedload(HoursProof.enrolment).joinedload(Enrolment.learner)
    wanted = select(HoursProof).options(whole)
    if text:
        theirs = select(Enrolment.id).join(Enrolment.learner).where(or_(
            Learner.reference.in_({text, text.upper()}), Learner.legal_name == text))
        wanted = wanted.where(or_(HoursProof.reference == text.upper(), HoursProof.enrolment_id.in_(theirs)))
    return wanted.where(HoursProof.state == state) if state else wanted


def proof_history(session: Session, number: int) -> Sequence[ProofMove]:
    return session.scalars(select(ProofMove).where(ProofMove.record_id == number).order_by(ProofMove.id.desc())).all()


def why_revoked(session: Session, proof_id: int) -> str:
    wanted = select(ProofMove.reason).where(ProofMove.record_id == proof_id, ProofMove.move == "revoke")
    return session.scalar(wanted) or ""
