"""Every file that was brought, whatever it is about, the newest first."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.storage.imports import StagedImport
from enroll.storage.paging import page_by_id


class ImportState(StrEnum):
    CHECKED = "checked"
    APPLIED = "applied"
    ABANDONED = "abandoned"


@dataclass(frozen=True)
class ImportRow:
    """One file: what it is about, what its preview found, what became of it and by whom."""

    staged: StagedImport
    kind: str
    state: ImportState
    brought_by: str
    applied_by: str


@dataclass(frozen=True)
class ImportPage:
    rows: tuple[ImportRow, ...]
    after: int | None
    before: bool


def imports(session: Session, kinds: Collection[str], *, state: str = "", after: int | None = None) -> ImportPage:
    """Files of these kinds. A kind may carry more behind a colon (attendance:<sitting>, reply:<batch kind>)."""
    wanted = select(StagedImport).where(
        or_(*(or_(StagedImport.kind == kind, StagedImport.kind.startswith(f"{kind}:")) for kind in kinds)))
    if state == ImportState.APPLIED:
        wanted = wanted.where(StagedImport.applied_at.is_not(None))
    elif state == ImportState.ABANDONED:
        wanted = wanted.where(StagedImport.abandoned_at.is_not(None))
    elif state == ImportState.CHECKED:
        wanted = wanted.where(StagedImport.applied_at.is_(None), StagedImport.abandoned_at.is_(None))
    page = page_by_id(session, wanted, StagedImport.id, after=after)
    names = _names(session, {person for row in page.rows for person in (row.uploaded_by_id, row.applied_by_id)})
    rows = tuple(
        ImportRow(row, row.kind.partition(":")[0], state_of(row), names.get(row.uploaded_by_id, ""),
                  names.get(row.applied_by_id or 0, "")) for row in page.rows)
    return ImportPage(rows, page.after, bool(page.before))


def state_of(row: StagedImport) -> ImportState:
    """Applied and then taken back counts as applied: what became of the rows stands with the records."""
    if row.applied_at is not None:
        return ImportState.APPLIED
    return ImportState.CHECKED if row.abandoned_at is None else ImportState.ABANDONED


def _names(session: Session, ids: Collection[int | None]) -> dict[int, str]:
    wanted = select(Account).where(Account.id.in_([one for one in ids if one is not None]))
    return {one.id: one.name or one.username or one.reference for one in session.scalars(wanted)}
