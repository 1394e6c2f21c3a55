"""For the doctor: what colleagues said about a case, and what was drawn for a second look."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enroll.applications.lifecycle import OpinionState
from enroll.applications.models import Application, CaseNote, SecondOpinion, SpotCheck
from enroll.applications.rules.colleagues import is_drawn
from enroll.audit.models import AuditEntry, OnePersonAct
from enroll.enrolments.lifecycle import ExceptionState
from enroll.enrolments.models import RuleException, RuleExceptionMove
from enroll.learners.models import Learner


def unsound_review(session: Session) -> Iterator[str]:
    yield from _colleagues(session)
    yield from _draws(session)
    yield from _exceptions(session)


def _colleagues(session: Session) -> Iterator[str]:
    """Notes and open questions are as many as the case says; nobody answers their own question or looks at their own
    approval."""
    notes = select(func.count()).where(CaseNote.application_id == Application.id).correlate(Application)
    open_ = select(func.count()).where(SecondOpinion.application_id == Application.id,
                                       SecondOpinion.state == OpinionState.OPEN).correlate(Application)
    wrong = select(Application.reference).where(
        (Application.notes_kept != notes.scalar_subquery()) | (Application.opinions_open != open_.scalar_subquery()))
    for reference in session.scalars(wrong.order_by(Application.id)):
        yield f"application {reference}: its notes or questions are not as many as it says"
    own = select(SecondOpinion.reference).where(SecondOpinion.answered_by_id == SecondOpinion.asked_by_id)
    for reference in session.scalars(own):
        yield f"second opinion {reference} was given by who asked for it"


def _draws(session: Session) -> Iterator[str]:
    """Every spot check names the approval it was drawn by, whose lot draws it again; two different people decided."""
    wanted = select(SpotCheck, AuditEntry).outerjoin(AuditEntry, AuditEntry.seq == SpotCheck.audit_seq)
    alone = set(session.scalars(select(OnePersonAct.subject)))
    for check, row in session.execute(wanted.order_by(SpotCheck.id)):
        if row is None or row.digest != check.audit_digest or not is_drawn(check.audit_digest, check.percent):
            yield f"spot check {check.reference}: its lot does not follow from the audit chain"
        if check.looked_by_id is not None and check.looked_by_id == check.decided_by_id and (
            check.reference not in alone
        ):
            yield f"spot check {check.reference}: the same person approved and looked again"


def _exceptions(session: Session) -> Iterator[str]:
    """What was granted was granted by the one it names, in a move of its own, who neither proposed it nor is its
    learner."""
    granted = RuleExceptionMove.move == "grant"
    wanted = select(RuleException, RuleExceptionMove.made_by_id, Learner.account_id).join(
        Learner, Learner.id == RuleException.learner_id).outerjoin(
        RuleExceptionMove, (RuleExceptionMove.record_id == RuleException.id) & granted).where(
        RuleException.state == ExceptionState.GRANTED)
    for one, by_id, account_id in session.execute(wanted.order_by(RuleException.id)):
        if by_id is None or by_id != one.decided_by_id or by_id in {one.proposed_by_id, account_id}:
            yield f"exception {one.reference} was not granted by a second person"
