"""For the doctor: applications that went on in a later window, what colleagues said, what was drawn."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from enroll.applications.lifecycle import TRANSFERS, OpinionState
from enroll.applications.models import (
    Application,
    ApplicationMove,
    CaseNote,
    SecondOpinion,
    SpotCheck,
    Transfer,
)
from enroll.applications.rules.colleagues import is_drawn
from enroll.audit.models import AuditEntry, OnePersonAct
from enroll.fees.lifecycle import FeeState
from enroll.fees.models import Fee
from enroll.programmes.models import Window


def unsound_applications(session: Session) -> Iterator[str]:
    yield from _transfers(session)
    yield from _colleagues(session)
    yield from _draws(session)


def _transfers(session: Session) -> Iterator[str]:
    """Whoever was transferred goes on in one later window, as the same learner; nothing is owed for the earlier one."""
    moved = select(Application.reference).join(ApplicationMove, ApplicationMove.record_id == Application.id).where(
        ApplicationMove.move.in_(TRANSFERS), Application.id.not_in(select(Transfer.from_id)))
    for reference in session.scalars(moved.order_by(Application.id)):
        yield f"application {reference}: transferred, and goes on nowhere"
    old, new = aliased(Application), aliased(Application)
    before, after = aliased(Window), aliased(Window)
    pairs = (
        select(old.reference, new.reference).join(Transfer, Transfer.from_id == old.id)
        .join(new, new.id == Transfer.to_id).join(before, before.id == old.window_id)
        .join(after, after.id == new.window_id)
        .where((old.learner_id != new.learner_id) | (after.starts_on <= before.starts_on) | (old.state != "cancelled"))
    )
    for one, other in session.execute(pairs):
        yield f"application {one}: its transfer to {other} is none to a later window of the same learner"
    owed = select(old.reference).join(Transfer, Transfer.from_id == old.id).join(
        Fee, (Fee.subject == old.reference) & (Fee.state != FeeState.VOID))
    for reference in session.scalars(owed):
        yield f"application {reference}: transferred, and its fee did not go along"


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
