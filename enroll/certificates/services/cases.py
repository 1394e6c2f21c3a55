"""Opening a case on a pass, and the review by two people."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.audit import services as audit
from enroll.audit.moves import begin, expect_version, make_move
from enroll.certificates.events import CertificateMoved
from enroll.certificates.lifecycle import CERTIFICATE, IN_FORCE, STANDING, UNDER_WAY, CertificateState
from enroll.certificates.models import Certificate
from enroll.certificates.queries.evidence import digest_of, evidence_of, facts_about
from enroll.certificates.services.matters import raise_matter
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.references import public_token
from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.results.models import Outcome
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction


def follow_outcome(outcome_id: int, *, now: datetime) -> str:
    """What a published outcome means for certificates; gives the reference of the case concerned, or "".

    A pass opens a case, once. An outcome that is no longer a pass changes no case and no certificate: it leaves an open
    matter that a person must close.
    """
    with transaction() as session:
        told = session.get_one(Outcome, outcome_id)
        lock(session, Learner, Learner.id == told.learner_id)  # of two events of one learner the second waits
        newest = _newest(session, told)
        known = _known(session, told)
        if newest.verdict != "pass":
            return _note_change(known, newest, now)
        if known is None:
            return _open(session, newest, now)
        if known.state in UNDER_WAY and known.outcome_id != newest.id and known.window_id == newest.window_id:
            known.outcome_id = newest.id
            audit.record(session, "certificate.follow_outcome", known.reference, by=SYSTEM, now=now,
                         learner_id=known.learner_id, outcome=newest.id)
        return known.reference


def approve_first(
    reference: str, *, by: Actor, now: datetime, seen_version: int | None = None, reason: str = ""
) -> None:
    """The first of two people stands for the evidence as it is now. `reason` where somebody who had to do with the
    mark does it by themselves. Raises Refused, Stale, NotFound."""
    with transaction() as session:
        case = _case(session, reference, seen_version)
        evidence = evidence_of(session, case)
        digest = digest_of(case, evidence)
        make_move(session, CERTIFICATE, case, "approve_first", by=by, now=now, evidence=digest, reason=reason,
                  facts=facts_about(session, case, evidence))
        case.first_by_id, case.first_at, case.first_digest = by.account_id, now, digest
        _tell(session, case, "approve_first", now)


def approve_second(
    reference: str, *, by: Actor, now: datetime, seen_version: int | None = None, reason: str = ""
) -> None:
    """The second, another person, stands for the same evidence; or the same one, who may act alone, with the `reason`.
    Raises Refused, Stale, NotFound."""
    with transaction() as session:
        case = _case(session, reference, seen_version)
        evidence = evidence_of(session, case)
        digest = digest_of(case, evidence)
        make_move(session, CERTIFICATE, case, "approve_second", by=by, now=now, evidence=digest, reason=reason,
                  facts=facts_about(session, case, evidence))
        case.by_one_person = reason.strip() if by.account_id == case.first_by_id else ""
        case.second_by_id, case.second_at, case.second_digest = by.account_id, now, digest
        _tell(session, case, "approve_second", now)


def hold(reference: str, *, by: Actor, now: datetime, reason: str, seen_version: int | None = None) -> None:
    """Put a case on hold, with the reason."""
    _move(reference, "hold", by, now, reason, seen_version)


def release(reference: str, *, by: Actor, now: datetime, reason: str, seen_version: int | None = None) -> None:
    """End a hold. Both approvals are given anew."""
    with transaction() as session:
        case = _move(reference, "release", by, now, reason, seen_version)
        _forget_approvals(case)
        session.flush()


def refuse(
    reference: str, code: str, words: str, *, by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Refuse a case; the learner reads `words` and how to appeal. `code` is one of REFUSAL_CODES."""
    with transaction() as session:
        case = _case(session, reference, seen_version)
        facts = facts_about(session, case, refusal_code=code)
        make_move(session, CERTIFICATE, case, "refuse", by=by, now=now, facts=facts, reason=words, code=code)
        case.refusal_code, case.refusal_words, case.refused_by_id = code, words, by.account_id
        _tell(session, case, "refuse", now)


def reopen(reference: str, *, by: Actor, now: datetime, reason: str, seen_version: int | None = None) -> None:
    """Review a refused case again on appeal, by another person than the one who refused."""
    with transaction() as session:
        case = _move(reference, "reopen", by, now, reason, seen_version)
        _forget_approvals(case)
        case.refusal_code, case.refusal_words = "", ""
        session.flush()


def open_reissue(reference: str, *, by: Actor, now: datetime, reason: str) -> str:
    """A new case that will replace a certificate that stands (a corrected name, a lost paper); gives its reference. The
    old one stays until the new number is recorded."""
    with transaction() as session:
        old = lock(session, Certificate, Certificate.reference == reference, Certificate.state.in_(STANDING))
        case = _begin(session, old.outcome, by, now, replaces=old, reason=reason)
        _tell(session, case, "open", now)
        return case.reference


def _open(session: Session, outcome: Outcome, now: datetime) -> str:
    case = _begin(session, outcome, SYSTEM, now)
    _tell(session, case, "open", now)
    return case.reference


def _begin(
    session: Session, outcome: Outcome, by: Actor, now: datetime, *, replaces: Certificate | None = None,
    reason: str = "",
) -> Certificate:
    window = session.get_one(Window, outcome.window_id)
    case = Certificate(
        reference=next_reference(session, "C", group=window.code[2:]), token=public_token(),
        learner_id=outcome.learner_id, programme_id=outcome.programme_id, window_id=outcome.window_id,
        outcome_id=outcome.id, opened_at=now, replaces_id=replaces.id if replaces else None,
    )
    begin(session, CERTIFICATE, case, by=by, now=now, outcome=outcome.id, reason=reason,
          replaces=replaces.reference if replaces else "")
    return case


def _case(session: Session, reference: str, seen_version: int | None) -> Certificate:
    case = lock(session, Certificate, Certificate.reference == reference)
    expect_version(case, seen_version)
    return case


def _move(
    reference: str, move_name: str, by: Actor, now: datetime, reason: str, seen_version: int | None
) -> Certificate:
    with transaction() as session:
        case = _case(session, reference, seen_version)
        facts = facts_about(session, case)
        make_move(session, CERTIFICATE, case, move_name, by=by, now=now, facts=facts, reason=reason)
        _tell(session, case, move_name, now)
        return case


def _tell(session: Session, case: Certificate, move: str, now: datetime) -> None:
    outbox.record(session, CertificateMoved(case.learner_id, case.reference, move, case.state), now)


def _forget_approvals(case: Certificate) -> None:
    case.first_by_id = case.second_by_id = case.first_at = case.second_at = None
    case.first_digest = case.second_digest = case.by_one_person = ""


def _note_change(known: Certificate | None, newest: Outcome, now: datetime) -> str:
    """A certificate is never touched by a correction: the change waits for a person."""
    if known is None or known.state not in IN_FORCE or known.window_id != newest.window_id:
        return ""
    raise_matter(known.learner_id, "outcome_changed", known.reference, by=SYSTEM, now=now)
    return known.reference


def _newest(session: Session, told: Outcome) -> Outcome:
    """Events may come late or twice: what counts is the outcome as it stands now."""
    wanted = select(Outcome).where(Outcome.learner_id == told.learner_id, Outcome.window_id == told.window_id)
    return session.scalars(wanted.order_by(Outcome.id.desc()).limit(1)).one()


def _known(session: Session, told: Outcome) -> Certificate | None:
    """The case or certificate there already is: one in force, else a refused or ended one of the same window."""
    wanted = select(Certificate).where(
        Certificate.learner_id == told.learner_id, Certificate.programme_id == told.programme_id)
    rows = session.scalars(wanted.order_by(Certificate.id.desc())).all()
    in_force = [one for one in rows if one.state in IN_FORCE]
    same = [one for one in rows if one.window_id == told.window_id and one.state != CertificateState.SUPERSEDED]
    return next(iter([*in_force, *same]), None)
