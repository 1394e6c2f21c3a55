"""Corrections: one's own, the queue, and every document one would touch."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, joinedload, selectinload

from enroll.accounts.models import Account
from enroll.admission.models import Ticket
from enroll.certificates.lifecycle import STANDING, UNDER_WAY
from enroll.certificates.models import Certificate
from enroll.corrections.lifecycle import LIVE, CorrectionState
from enroll.corrections.models import Correction, CorrectionMove
from enroll.corrections.rules import FIELDS, CorrectionFacts, Kind, Touched
from enroll.exchange.lifecycle import BatchState
from enroll.exchange.models import Batch, BatchRow
from enroll.hours.lifecycle import ProofState
from enroll.hours.models import HoursProof
from enroll.learners.models import Learner
from enroll.learners.queries.people import search_learners
from enroll.learners.services.identity import IdentityDetails
from enroll.programmes.models import Window
from enroll.storage.files import StoredFile
from enroll.storage.paging import Page, page_by_id

PEOPLE = (joinedload(Correction.approved_by).lazyload(Account.grants),
          joinedload(Correction.applied_by).lazyload(Account.grants))
WHOLE = (joinedload(Correction.learner), selectinload(Correction.files), *PEOPLE)
SENT = (BatchState.FROZEN, BatchState.SENT, BatchState.ACKNOWLEDGED)


def my_corrections(session: Session, account_id: int) -> Sequence[Correction]:
    return session.scalars(_of(account_id).order_by(Correction.id.desc()).limit(50)).all()


def my_correction(session: Session, account_id: int, reference: str) -> Correction | None:
    """One's own; another's is not found."""
    return session.scalar(_of(account_id).where(Correction.reference == reference))


def correction_by_reference(session: Session, reference: str) -> Correction | None:
    return session.scalar(select(Correction).where(Correction.reference == reference).options(*WHOLE))


def live_correction(session: Session, learner_id: int) -> Correction | None:
    return session.scalar(select(Correction).where(Correction.learner_id == learner_id, Correction.state.in_(LIVE)))


def corrections_in(session: Session, states: Sequence[str], find: str = "", *, after: int | None = None
                   ) -> Page[Correction]:
    """Corrections in these states, the oldest first while they wait; a search looks in all."""
    wanted = select(Correction).options(joinedload(Correction.learner), *PEOPLE)
    if find:
        learners = search_learners(find).with_only_columns(Learner.id)
        wanted = wanted.where(or_(Correction.reference == find.upper(), Correction.learner_id.in_(learners)))
    else:
        wanted = wanted.where(Correction.state.in_(states))
    waits = not find and set(states) <= set(LIVE)
    return page_by_id(session, wanted, Correction.id, after=after, descending=not waits)


def waiting(session: Session) -> dict[str, int]:
    """How many stand in each state that waits for somebody."""
    rows = session.execute(select(Correction.state, func.count()).where(Correction.state.in_(LIVE)).group_by(
        Correction.state))
    return dict(rows.all())


def file_of(correction: Correction, token: str) -> StoredFile | None:
    return next((one.file for one in correction.files if one.file.token == token), None)


def moves_of(session: Session, number: int) -> Sequence[CorrectionMove]:
    wanted = select(CorrectionMove).where(CorrectionMove.record_id == number)
    return session.scalars(wanted.order_by(CorrectionMove.id)).all()


def facts_of(correction: Correction) -> CorrectionFacts:
    return CorrectionFacts(correction.learner.account_id, correction.approved_by_id)


def as_sealed(details: IdentityDetails) -> str:
    """The identity's fields as one text, to be sealed."""
    return json.dumps({field: str(getattr(details, field) or "") for field in FIELDS}, ensure_ascii=False)


def details_in(sealed: str) -> IdentityDetails:
    told: dict[str, Any] = json.loads(sealed)
    return IdentityDetails(**{**told, "birth_date": date.fromisoformat(told["birth_date"])})


def details_of(learner: Learner) -> IdentityDetails:
    """The identity as it stands."""
    return IdentityDetails(
        legal_name=learner.legal_name, id_type=learner.id_type or "", id_number=learner.id_number or "",
        birth_date=learner.birth_date, sex=learner.sex, latin_name=learner.latin_name, nationality=learner.nationality)


def details_to_be(correction: Correction) -> IdentityDetails:
    """What the identity is to be: as wanted, with what a correction says nothing about left as it stands."""
    learner = correction.learner
    return replace(details_in(correction.wanted), education=learner.education, employer=learner.employer)


def touched_by(session: Session, learner_id: int, now: datetime) -> list[Touched]:
    """Every document in force that states the learner's identity, in the order they are brought up to date."""
    proofs = select(literal(1), HoursProof.id, HoursProof.reference, literal(Kind.PROOF.value)).where(
        HoursProof.learner_id == learner_id, HoursProof.state == ProofState.ISSUED)
    tickets = (
        select(literal(2), Ticket.id, Ticket.number, literal(Kind.TICKET.value))
        .join(Window, Window.id == Ticket.window_id)
        .where(Ticket.learner_id == learner_id, Ticket.replaced_at.is_(None), Window.scores_publish_at > now))
    rosters = (
        select(literal(3), Batch.id, Batch.reference, literal(Kind.ROSTER.value))
        .join(BatchRow, BatchRow.batch_id == Batch.id)
        .where(BatchRow.learner_id == learner_id, BatchRow.row_state != "rejected", Batch.state.in_(SENT)).distinct())
    kind = case((Certificate.state.in_(UNDER_WAY), Kind.CASE.value), else_=Kind.CERTIFICATE.value)
    certificates = select(literal(4), Certificate.id, Certificate.reference, kind).where(
        Certificate.learner_id == learner_id, Certificate.state.in_([*UNDER_WAY, *STANDING]))
    rows = session.execute(union_all(proofs, tickets, rosters, certificates)).all()
    return [Touched(Kind(of), reference) for _, _, reference, of in sorted(tuple(row) for row in rows)]


def as_json(touched: Sequence[Touched]) -> list[dict[str, Any]]:
    return [{**asdict(one), "kind": str(one.kind)} for one in touched]


def unsound_corrections(session: Session) -> Iterator[str]:
    """Corrections that were carried out by the wrong person, for `flask doctor`."""
    applied = select(Correction).where(Correction.state == CorrectionState.APPLIED).options(joinedload(
        Correction.learner))
    for one in session.scalars(applied.order_by(Correction.id)):
        people = {one.approved_by_id, one.applied_by_id}
        if one.learner.account_id in people:
            yield f"correction {one.reference} was decided or carried out by its own learner"


def _of(account_id: int) -> Select[Correction]:
    return select(Correction).join(Learner, Learner.id == Correction.learner_id).where(
        Learner.account_id == account_id).options(*WHOLE)
