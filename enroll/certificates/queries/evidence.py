"""Everything two people look at before they stand for a certificate, on one page, and what is still open."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from enroll.admission.models import Attendance
from enroll.applications.models import Application, ApplicationMove
from enroll.certificates.models import Certificate, OpenMatter
from enroll.certificates.rules import MATTER_KINDS, CertificateFacts, evidence_digest
from enroll.courses.lifecycle import WorkState
from enroll.courses.models.works import PracticeWork
from enroll.enrolments.models import Enrolment
from enroll.fees.lifecycle import FeeState
from enroll.fees.models import Fee
from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_, say
from enroll.hours.models import HoursProof
from enroll.learners.lifecycle import CheckState
from enroll.learners.models import IdentityCheck, LearnerFile
from enroll.results.models import Outcome, Result
from enroll.results.queries.facts import WITH_PERSON, involved_in
from enroll.results.queries.reviews import open_reviews_of
from enroll.sittings.lifecycle import PART_NAMES, Part
from enroll.sittings.models import Booking, PublishedPart

OWED = (FeeState.DUE, FeeState.PART_PAID)


@dataclass(frozen=True)
class PartEvidence:
    """One counted part: the booking it was sat in, the result in force, and what the door recorded."""

    part: str
    window: str
    verdict: str
    booking: Booking
    result: Result
    attendance: Sequence[Attendance]


@dataclass(frozen=True)
class Evidence:
    """What a reviewer sees. `trainers` accepted the learner's practical works."""

    outcome: Outcome
    newest: Outcome
    checks: Sequence[IdentityCheck]
    photo: LearnerFile | None
    enrolment: Enrolment | None
    proof: HoursProof | None
    trainers: frozenset[int]
    applications: Sequence[Application]
    application_moves: Sequence[ApplicationMove]
    parts: Sequence[PartEvidence]
    earlier_parts: Sequence[PublishedPart]  # counted parts passed before our first day, for which two people stand
    fees: Sequence[Fee]
    matters: Sequence[OpenMatter]

    @property
    def involved(self) -> frozenset[int]:
        """Everybody who made or checked a mark of this pass, and the sole trainer."""
        marks = {one for part in self.parts for one in involved_in(part.result)}
        marks |= {one for part in self.earlier_parts for one in (part.recorded_by_id, part.second_person_id) if one}
        sole = self.trainers if len(self.trainers) == 1 else frozenset()
        return frozenset(marks | sole)


def evidence_of(session: Session, case: Certificate) -> Evidence:
    """Gathered afresh: the facts of the case as they stand now."""
    parts = _parts(session, case)
    subjects = {part.booking.subject for part in parts}
    applications, moves = _applications(session, subjects)
    enrolment, proof, trainers = _course(session, case)
    newest, checks, photo, matters = _person(session, case)
    owed_for = subjects | ({enrolment.reference} if enrolment else set())
    return Evidence(
        outcome=case.outcome, newest=newest, checks=checks, photo=photo, enrolment=enrolment, proof=proof,
        trainers=trainers, applications=applications, application_moves=moves, parts=parts,
        earlier_parts=_earlier_parts(session, case, parts), fees=_fees_for(session, case, owed_for),
        matters=matters,
    )


def open_matters(session: Session, case: Certificate, evidence: Evidence) -> tuple[Problem, ...]:
    """What must be closed before this case moves on, each with where it is closed."""
    return tuple(found for question in (_reviews, _fees, _identity, _hours, _outcome, _matters)
                 for found in question(session, case, evidence))


def facts_about(
    session: Session, case: Certificate, evidence: Evidence | None = None, **more: Any
) -> CertificateFacts:
    """The facts of a move; `more` are those of the one move (number, code, proposer)."""
    evidence = evidence or evidence_of(session, case)
    return CertificateFacts(
        learner_account_id=case.learner.account_id, involved=evidence.involved, first_by=case.first_by_id,
        open_matters=open_matters(session, case, evidence), refused_by=case.refused_by_id,
        evidence_changed=bool(case.first_digest) and case.first_digest != digest_of(case, evidence), **more,
    )


def digest_of(case: Certificate, evidence: Evidence) -> str:
    return evidence_digest(spelled(case, evidence))


def spelled(case: Certificate, evidence: Evidence) -> dict[str, Any]:
    """The evidence as plain values, of which the digest is taken. Numbers are masked, files stand by their digest."""
    learner = case.learner
    earlier = [[one.part, one.window_code, one.kept_until, one.source, one.recorded_by_id, one.second_person_id]
               for one in evidence.earlier_parts]
    return {
        **({"earlier_parts": earlier} if earlier else {}),
        "case": case.reference,
        "identity": [learner.legal_name, learner.id_type, learner.id_number_mask],
        "checks": [[one.kind, one.state, one.decided_by_id, _moment(one.decided_at)] for one in evidence.checks],
        "photo": evidence.photo.file.sha256 if evidence.photo else "",
        "proof": [evidence.proof.reference, evidence.proof.state, evidence.proof.minutes,
                  evidence.proof.ledger_digest] if evidence.proof else [],
        "applications": [[one.reference, one.state, one.decided_by_id] for one in evidence.applications],
        "parts": [
            [one.part, one.window, one.verdict, one.booking.reference, one.booking.state, one.result.reference,
             one.result.mark, [[entry.entry_no, entry.mark, entry.made_by_id] for entry in one.result.entries]]
            for one in evidence.parts
        ],
        "outcome": [evidence.newest.verdict, evidence.newest.by_part],
        "fees": [[one.reference, one.state] for one in evidence.fees],
    }


def matters_of(session: Session, learner_id: int) -> Sequence[OpenMatter]:
    wanted = select(OpenMatter).where(OpenMatter.learner_id == learner_id, OpenMatter.closed_at.is_(None))
    return session.scalars(wanted.order_by(OpenMatter.id)).all()


def _parts(session: Session, case: Certificate) -> list[PartEvidence]:
    rows = session.execute(
        select(Result, Attendance).join(Booking, Booking.id == Result.booking_id)
        .outerjoin(Attendance, Attendance.booking_id == Result.booking_id).options(
            WITH_PERSON, joinedload(Result.entries), joinedload(Result.booking).joinedload(Booking.window),
            joinedload(Result.booking).joinedload(Booking.sitting))
        .where(Booking.learner_id == case.learner_id, Result.state != "superseded").order_by(
            Result.id, Attendance.id)
    ).unique().all()
    newest = {(row.booking.part, row.booking.window.code): row for row, _at in rows}
    found = [(part, told["window"], newest.get((part, told["window"]))) for part, told in case.outcome.by_part.items()]
    return [
        PartEvidence(part, window, row.verdict or "", row.booking, row,
                     [at for one, at in rows if one is row and at is not None])
        for part, window, row in found if row is not None
    ]


def _earlier_parts(session: Session, case: Certificate, parts: Sequence[PartEvidence]) -> Sequence[PublishedPart]:
    """The parts the outcome counts that nobody sat here: handed over from before our first day."""
    missing = {(part, told["window"]) for part, told in case.outcome.by_part.items()} - {
        (one.part, one.window) for one in parts}
    if not missing:
        return ()
    rows = session.scalars(select(PublishedPart).where(
        PublishedPart.learner_id == case.learner_id, PublishedPart.programme_id == case.programme_id,
        PublishedPart.source != "", PublishedPart.ended_at.is_(None)).order_by(PublishedPart.id))
    return [row for row in rows if (row.part, row.window_code) in missing]


def _applications(
    session: Session, subjects: Collection[str]
) -> tuple[Sequence[Application], Sequence[ApplicationMove]]:
    """The applications of these references, and everything that happened to them, oldest first."""
    rows = session.execute(
        select(Application, ApplicationMove)
        .outerjoin(ApplicationMove, ApplicationMove.record_id == Application.id)
        .where(Application.reference.in_(subjects)).order_by(Application.id, ApplicationMove.id)
    ).all()
    moves = sorted((move for _, move in rows if move is not None), key=lambda move: move.id)
    return list(dict.fromkeys(one for one, _ in rows)), moves


def _person(
    session: Session, case: Certificate
) -> tuple[Outcome, Sequence[IdentityCheck], LearnerFile | None, Sequence[OpenMatter]]:
    """The window's outcome as it stands, both checks of the learner, the photo in force, and every open matter."""
    newest = select(func.max(Outcome.id)).where(
        Outcome.learner_id == case.learner_id, Outcome.window_id == case.window_id).scalar_subquery()
    rows = session.execute(
        select(Outcome, IdentityCheck, LearnerFile, OpenMatter)
        .outerjoin(IdentityCheck, IdentityCheck.learner_id == Outcome.learner_id)
        .outerjoin(LearnerFile, (LearnerFile.learner_id == Outcome.learner_id) & (LearnerFile.kind == "photo")
                   & LearnerFile.replaced_at.is_(None))
        .outerjoin(OpenMatter, (OpenMatter.learner_id == Outcome.learner_id) & OpenMatter.closed_at.is_(None))
        .where(Outcome.id == newest).options(joinedload(LearnerFile.file, innerjoin=False))
        .order_by(IdentityCheck.kind, OpenMatter.id)
    ).all()
    _outcomes, checks, _photos, matters = (dict.fromkeys(one for one in found if one is not None)
                                           for found in zip(*rows, strict=True))
    return rows[0][0], list(checks), rows[0][2], list(matters)


def _course(session: Session, case: Certificate) -> tuple[Enrolment | None, HoursProof | None, frozenset[int]]:
    """The enrolment it rests on, the newest proof of its hours, and who accepted its practical works."""
    trainers = select(func.aggregate_strings(cast(PracticeWork.decided_by_id, String), " ")).where(
        PracticeWork.enrolment_id == Enrolment.id, PracticeWork.state == WorkState.ACCEPTED).scalar_subquery()
    every = aliased(HoursProof)
    newest = select(func.max(every.id)).where(every.enrolment_id == Enrolment.id).correlate(Enrolment).scalar_subquery()
    wanted = select(Enrolment, HoursProof, trainers).outerjoin(HoursProof, HoursProof.id == newest).where(
        Enrolment.learner_id == case.learner_id, Enrolment.programme_id == case.programme_id,
        Enrolment.state != "withdrawn")
    found = session.execute(wanted.order_by(Enrolment.id.desc()).limit(1)).first()
    return (found[0], found[1], frozenset(int(one) for one in (found[2] or "").split())) if found else (
        None, None, frozenset())


def _fees_for(session: Session, case: Certificate, subjects: Collection[str]) -> Sequence[Fee]:
    wanted = select(Fee).where(
        Fee.learner_id == case.learner_id, Fee.subject.in_(subjects), Fee.state != FeeState.VOID)
    return session.scalars(wanted.order_by(Fee.id)).all()


def _reviews(session: Session, case: Certificate, evidence: Evidence) -> list[Problem]:
    counted = {part.booking.id for part in evidence.parts}
    return [
        problem("score_review_open", N_("score review %(reference)s of the %(part)s"), reference=one.reference,
                part=say(PART_NAMES[Part(one.booking.part)]), mend="results_staff.score_reviews")
        for one in open_reviews_of(session, case.learner_id) if one.booking_id in counted
    ]


def _fees(session: Session, case: Certificate, evidence: Evidence) -> list[Problem]:
    return [problem("fee_open", N_("fee %(reference)s is not paid"), reference=one.reference)
            for one in evidence.fees if one.state in OWED]


def _identity(session: Session, case: Certificate, evidence: Evidence) -> list[Problem]:
    return [problem("identity_open", N_("identity or photo not verified (%(reference)s)"), reference=one.reference)
            for one in evidence.checks if one.state != CheckState.VERIFIED]


def _hours(session: Session, case: Certificate, evidence: Evidence) -> list[Problem]:
    if evidence.proof is not None and evidence.proof.state == "issued":
        return []
    return [problem("proof_missing", N_("there is no proof of hours in force"))]


def _outcome(session: Session, case: Certificate, evidence: Evidence) -> list[Problem]:
    if evidence.newest.verdict == "pass":
        return []
    return [problem("outcome_not_pass", N_("the outcome of the window is no longer a pass"))]


def _matters(session: Session, case: Certificate, evidence: Evidence) -> list[Problem]:
    return [problem("matter_open", N_("%(matter)s (%(reference)s)"), matter=say(MATTER_KINDS.get(one.kind, one.kind)),
                    reference=one.reference) for one in evidence.matters]


def _moment(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


