"""Spot checks: what was drawn, and whether the draw can be computed again."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from enroll.applications.lifecycle import SpotCheckState
from enroll.applications.models import Application, SpotCheck, SpotCheckMove
from enroll.audit.models import AuditEntry

APPROVED = "application.approve"


def approval_of(session: Session, reference: str) -> AuditEntry | None:
    """The row of the newest approval of a case by a person, in the audit chain."""
    wanted = select(AuditEntry).where(AuditEntry.subject == reference, AuditEntry.act == APPROVED)
    return session.scalar(wanted.order_by(AuditEntry.seq.desc()).limit(1))


def is_known(session: Session, audit_seq: int) -> bool:
    return session.scalar(select(SpotCheck.id).where(SpotCheck.audit_seq == audit_seq)) is not None


def spot_checks(states: Sequence[SpotCheckState]) -> Select[SpotCheck]:
    """Those in these states, with the case, who approved it and who looked again; the page orders and limits them."""
    return select(SpotCheck).where(SpotCheck.state.in_(states)).options(*WHOLE)


def spot_check_by_reference(session: Session, reference: str) -> SpotCheck | None:
    return session.scalar(select(SpotCheck).where(SpotCheck.reference == reference).options(*WHOLE))


def spot_check_history(session: Session, record_id: int) -> Sequence[SpotCheckMove]:
    wanted = select(SpotCheckMove).where(SpotCheckMove.record_id == record_id)
    return session.scalars(wanted.order_by(SpotCheckMove.id.desc())).all()


WHOLE = (
    joinedload(SpotCheck.application).joinedload(Application.learner),
    joinedload(SpotCheck.decided_by), joinedload(SpotCheck.looked_by),
)
