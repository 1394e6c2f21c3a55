"""A correction's way: requested with evidence, approved or refused, carried to every document by a second person."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.admission.models import Ticket
from enroll.admission.rules.tickets import TicketKind
from enroll.admission.services.tickets import renew_ticket
from enroll.audit import services as audit
from enroll.audit.moves import begin, expect_version, make_move
from enroll.certificates.services.cases import open_reissue
from enroll.certificates.services.matters import close_matter, raise_matter
from enroll.corrections.events import CorrectionMoved
from enroll.corrections.lifecycle import CORRECTION
from enroll.corrections.models import Correction, CorrectionFile
from enroll.corrections.queries import (
    as_json,
    as_sealed,
    details_in,
    details_of,
    details_to_be,
    facts_of,
    live_correction,
    touched_by,
)
from enroll.corrections.rules import (
    FIELDS,
    NO_EVIDENCE,
    NOT_VERIFIED,
    NOTHING_CHANGED,
    ONE_AT_A_TIME,
    Kind,
    Touched,
)
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NOT_PERMITTED, REASON_MISSING, Refused
from enroll.hours.models import HoursProof
from enroll.hours.services.proofs import reissue_proof
from enroll.learners.models import Learner
from enroll.learners.queries.checks import identity_is_verified
from enroll.learners.services.identity import IdentityDetails, correct_identity, details_as_kept
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction
from enroll.storage.files import StoredFile

MATTER = "correction"


def request_correction(
    learner_id: int, wanted: IdentityDetails, reason: str, evidence: Sequence[StoredFile], *, by: Actor, now: datetime
) -> str:
    """Ask for a verified identity to be corrected; gives the reference. An empty number keeps the one there is.

    An issuance review waits until the correction is decided. Raises Refused with everything that stands against it.
    """
    with transaction() as session:
        learner = lock(session, Learner, Learner.id == learner_id)
        if learner.account_id != by.account_id:
            raise Refused(NOT_PERMITTED)
        problems = [] if identity_is_verified(session, learner_id) else [NOT_VERIFIED]
        problems += [ONE_AT_A_TIME] if live_correction(session, learner_id) else []
        problems += [] if reason.strip() else [REASON_MISSING]
        problems += [] if evidence else [NO_EVIDENCE]
        if problems:
            raise Refused(problems)
        kept, before = details_as_kept(learner, wanted, local_day(now)), details_of(learner)
        changed = [field for field in FIELDS if getattr(kept, field) != getattr(before, field)]
        if not changed:
            raise Refused(NOTHING_CHANGED)
        correction = Correction(
            reference=next_reference(session, "G"), learner_id=learner_id, changed=changed, before=as_sealed(before),
            wanted=as_sealed(kept), reason=reason, requested_at=now,
        )
        begin(session, CORRECTION, correction, by=by, now=now, changed=changed)
        session.add_all(evidence)
        session.flush()
        session.add_all(CorrectionFile(correction_id=correction.id, file_id=one.id) for one in evidence)
        raise_matter(learner_id, MATTER, correction.reference, by=by, now=now)
        _tell(session, correction, "begin", now)
        return correction.reference


def withdraw_correction(reference: str, *, by: Actor, now: datetime, version: int | None = None) -> None:
    """The learner takes it back while nobody has decided."""
    _end(reference, "withdraw", by, now, "", version)


def refuse_correction(reference: str, reason: str, *, by: Actor, now: datetime, version: int | None = None) -> None:
    """Refuse it, with the reason that the learner reads."""
    _end(reference, "refuse", by, now, reason, version)


def approve_correction(reference: str, *, by: Actor, now: datetime, version: int | None = None) -> None:
    """The evidence bears it out. Another person carries it out."""
    with transaction() as session:
        correction = _locked(session, reference, version)
        make_move(session, CORRECTION, correction, "approve", by=by, now=now, facts=facts_of(correction))
        correction.approved_by_id = by.account_id
        _tell(session, correction, "approve", now)


def apply_correction(
    reference: str, *, by: Actor, now: datetime, version: int | None = None, reason: str = ""
) -> list[Touched]:
    """Carry an approved correction to the identity and to every document that states it, all or nothing; gives what was
    touched, in order. What was sent to the issuing body is named, for a person to tell it. Raises Refused, Stale."""
    with transaction() as session:
        correction = _locked(session, reference, version)
        touched, facts = touched_by(session, correction.learner_id, now), facts_of(correction)
        correction.applied_by_id, correction.applied_at = by.account_id, now
        make_move(session, CORRECTION, correction, "apply", by=by, now=now, facts=facts, reason=reason,
                  touched=[f"{one.kind}:{one.reference}" for one in touched])
        correct_identity(correction.learner_id, details_to_be(correction), by=by, now=now, because=reference)
        session.flush()
        for one in touched:
            _carry(session, correction, one, by, now)
        correction.touched = as_json(touched)
        session.flush()
        close_matter(MATTER, reference, by=SYSTEM, now=now, words=reference)
        _tell(session, correction, "apply", now)
        return touched


def reveal_numbers(reference: str, *, by: Actor, now: datetime) -> tuple[str, str]:
    """The whole document number before and as wanted, for whoever compares it with the evidence; who saw it is kept."""
    if not by.may(Permission.REVEAL_IDENTITY):
        raise Refused(NOT_PERMITTED)
    with transaction() as session:
        correction = _locked(session, reference)
        audit.record(session, "learner.reveal_number", correction.learner.reference, by=by, now=now,
                     learner_id=correction.learner_id, reason=reference)
        return details_in(correction.before).id_number, details_in(correction.wanted).id_number


def _carry(session: Session, correction: Correction, one: Touched, by: Actor, now: datetime) -> None:
    if one.kind is Kind.PROOF:
        enrolment_id = session.scalars(select(HoursProof.enrolment_id).where(
            HoursProof.reference == one.reference)).one()
        reissue_proof(enrolment_id, by=by, now=now, reason=correction.reference)
    elif one.kind is Kind.TICKET:
        ticket = session.scalars(select(Ticket).where(
            Ticket.number == one.reference, Ticket.learner_id == correction.learner_id,
            Ticket.replaced_at.is_(None))).one()
        renew_ticket(correction.learner_id, ticket.window_id, TicketKind(ticket.kind), by=by, now=now)
    elif one.kind is Kind.CERTIFICATE:
        open_reissue(one.reference, by=by, now=now, reason=correction.reference)


def _end(reference: str, move: str, by: Actor, now: datetime, reason: str, version: int | None) -> None:
    with transaction() as session:
        correction = _locked(session, reference, version)
        make_move(session, CORRECTION, correction, move, by=by, now=now, facts=facts_of(correction), reason=reason)
        session.flush()
        close_matter(MATTER, reference, by=SYSTEM, now=now, words=reason or reference)
        _tell(session, correction, move, now)


def _locked(session: Session, reference: str, version: int | None = None) -> Correction:
    correction = lock(session, Correction, Correction.reference == reference)
    expect_version(correction, version)
    return correction


def _tell(session: Session, correction: Correction, move: str, now: datetime) -> None:
    outbox.record(session, CorrectionMoved(correction.learner_id, correction.reference, move, correction.state), now)
