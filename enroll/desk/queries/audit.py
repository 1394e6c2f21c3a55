"""The audit, for reading."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from enroll.audit.models import AuditEntry
from enroll.storage.paging import Page, page_by_id


def acts(
    session: Session, *, after: int | None, subject: str = "", actor_name: str = "", act: str = ""
) -> Page[AuditEntry]:
    """The audit, newest first, narrowed by record, person or act."""
    wanted: Select[AuditEntry] = select(AuditEntry)
    if subject:
        wanted = wanted.where(AuditEntry.subject == subject)
    if actor_name:
        wanted = wanted.where(AuditEntry.actor_name == actor_name)
    if act:
        wanted = wanted.where(AuditEntry.act == act)
    return page_by_id(session, wanted, AuditEntry.seq, after=after, size=50)


def people_and_acts(session: Session) -> tuple[Sequence[str], Sequence[str]]:
    """What the audit's filters offer."""
    people = session.scalars(select(AuditEntry.actor_name).distinct().order_by(AuditEntry.actor_name).limit(200)).all()
    kinds = session.scalars(select(AuditEntry.act).distinct().order_by(AuditEntry.act).limit(300)).all()
    return people, kinds
