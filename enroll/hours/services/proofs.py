"""The proof of hours: issued by itself when it is due, replaced or revoked by a person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enroll.audit import services as audit
from enroll.audit.moves import begin, expect_version, make_move
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Refused
from enroll.foundation.references import public_token
from enroll.hours.events import ProofIssued, ProofRevoked
from enroll.hours.lifecycle import PROOF
from enroll.hours.models import HoursBalance, HoursProof, LedgerEntry
from enroll.hours.queries.disputes import open_disputes
from enroll.hours.queries.doubts import open_doubts
from enroll.hours.queries.ledger import course_sums, ledger_rows
from enroll.hours.queries.proofs import active_proof, newest_proof
from enroll.hours.queries.standing import identity_is_verified, totals_of
from enroll.hours.rules.proof import Holder, frozen_facts, ledger_digest
from enroll.hours.rules.standing import ProofFacts, stands_against_proof, still_missing
from enroll.hours.services.balances import balance_under_lock
from enroll.programmes.models import Organisation
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction
from enroll.storage.files import StoredFile


def issue_if_due(session: Session, enrolment: Enrolment, balance: HoursBalance, *, now: datetime) -> HoursProof | None:
    """Issue the proof in the open transaction if nothing stands against it and none was ever issued.

    The balance is locked by the caller, so two credits at once cannot both issue it.
    """
    if still_missing(enrolment.demands, totals_of(balance)):
        return None
    last = newest_proof(session, enrolment.id)
    facts = ProofFacts(
        enrolment.demands, totals_of(balance), identity_is_verified(session, enrolment.learner_id),
        open_doubts(session, enrolment.id), revoked_before=last is not None,
        open_disputes=open_disputes(session, enrolment.id),
    )
    return None if stands_against_proof(facts) else _issue(session, enrolment, balance, by=SYSTEM, now=now)


def issue_waiting_proofs(learner_id: int, *, now: datetime) -> None:
    """What waited for the learner's identity may be issued now. Does nothing where it is not due."""
    with transaction() as session:
        waiting = select(HoursBalance.enrolment_id).join(Enrolment, Enrolment.id == HoursBalance.enrolment_id)
        for enrolment_id in session.scalars(waiting.where(Enrolment.learner_id == learner_id)).all():
            balance = balance_under_lock(session, enrolment_id)
            issue_if_due(session, session.get_one(Enrolment, enrolment_id), balance, now=now)


def reissue_proof(
    enrolment_id: int, *, by: Actor, now: datetime, reason: str, seen: tuple[str, int | None] | None = None
) -> str:
    """Issue a proof with today's facts in place of the one before (a corrected name, a revocation that was put right).

    Gives the new number. `seen` is the proof that was looked at, with its version. Raises Stale where it has moved on,
    Refused while the hours are not complete or something else stands against it.
    """
    with transaction() as session:
        balance = balance_under_lock(session, enrolment_id)
        if seen is not None:
            expect_version(lock(session, HoursProof, HoursProof.reference == seen[0]), seen[1])
        enrolment = session.get_one(Enrolment, enrolment_id)
        facts = ProofFacts(
            enrolment.demands, totals_of(balance), identity_is_verified(session, enrolment.learner_id),
            open_doubts(session, enrolment.id), revoked_before=False,
            open_disputes=open_disputes(session, enrolment.id),
        )
        problems = stands_against_proof(facts)
        if problems:
            raise Refused(problems)
        old = active_proof(session, enrolment_id)
        if old is not None:
            make_move(session, PROOF, lock(session, HoursProof, HoursProof.id == old.id), "supersede", by=by, now=now,
                      reason=reason)
            session.flush()
        return _issue(session, enrolment, balance, by=by, now=now).reference


def revoke_proof(reference: str, *, by: Actor, now: datetime, reason: str, version: int | None = None) -> None:
    """Revoke the proof in force. Applications that used it hear of it by ProofRevoked."""
    with transaction() as session:
        proof = lock(session, HoursProof, HoursProof.reference == reference)
        expect_version(proof, version)
        make_move(session, PROOF, proof, "revoke", by=by, now=now, reason=reason)
        outbox.record(session, ProofRevoked(proof.learner_id, proof.reference), now)


def keep_documents(reference: str, pdf: StoredFile, image: StoredFile) -> bool:
    """Attach the documents of a proof, once: False where it has them already, and they stay as they are."""
    with transaction() as session:
        proof = lock(session, HoursProof, HoursProof.reference == reference)
        if proof.file_id is not None:
            return False
        session.add_all([pdf, image])
        session.flush()
        proof.file_id, proof.image_id = pdf.id, image.id
        return True


def _issue(session: Session, enrolment: Enrolment, balance: HoursBalance, *, by: Actor, now: datetime) -> HoursProof:
    rows = ledger_rows(session, enrolment.id)
    proof = HoursProof(
        reference=next_reference(session, "P"), token=public_token(), enrolment_id=enrolment.id,
        learner_id=enrolment.learner_id, minutes=balance.minutes, facts=_facts(session, enrolment, now),
        last_entry_id=rows[-1].id, ledger_digest=ledger_digest(rows), issued_at=now,
    )
    begin(session, PROOF, proof, by=by, now=now, minutes=balance.minutes, digest=proof.ledger_digest)
    outbox.record(session, ProofIssued(proof.learner_id, proof.reference), now)
    return proof


def _facts(session: Session, enrolment: Enrolment, now: datetime) -> dict[str, Any]:
    learner, programme, demands = enrolment.learner, enrolment.programme, enrolment.demands
    partner = session.get(Organisation, 1)
    first, last = session.execute(
        select(func.min(LedgerEntry.local_day), func.max(LedgerEntry.local_day))
        .where(LedgerEntry.enrolment_id == enrolment.id)
    ).one()
    return frozen_facts(
        Holder(learner.legal_name, learner.id_type or "", learner.id_number_mask),
        programme=(programme.name_zh, programme.name_en),
        partner=(partner.name, partner.code) if partner else ("", ""),
        unit=demands.unit, required_hours=demands.required_hours, practice_hours=demands.practice_hours,
        courses=course_sums(session, enrolment.id), studied_from=first, studied_until=last, issued_on=local_day(now),
    )


def note_proofs_export(rows: int, filters: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    """Note that a list of proofs left the house: how many rows, found by what."""
    with transaction() as session:
        audit.record(session, "proofs.export", "proofs", by=by, now=now, rows=rows, **filters)
