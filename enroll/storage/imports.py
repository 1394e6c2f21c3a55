"""A file that somebody brings, between upload and effect: uploaded, checked, applied once or abandoned."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from enroll.foundation.problems import NotFound, RowFault
from enroll.storage.columns import UtcMoment, whole
from enroll.storage.database import Base
from enroll.storage.files import StoredFile


class StagedImport(Base):
    """`accepted` and `refused` are the preview; applying is bound to the file's SHA-256, and happens once a kind."""

    __tablename__ = "staged_import"
    __table_args__ = (
        Index("uq_staged_import_applied", "kind", "sha256", unique=True,
              sqlite_where=text("applied_at IS NOT NULL"), postgresql_where=text("applied_at IS NOT NULL")),
        *whole("row_count", 0, 200_000),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(60), default="")
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    row_count: Mapped[int]
    accepted: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    refused: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcMoment)
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    applied_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    abandoned_at: Mapped[datetime | None] = mapped_column(UtcMoment)


def staged(session: Session, token: str) -> StagedImport | None:
    """An import by its token."""
    return session.scalar(select(StagedImport).where(StagedImport.token == token))


def applied_before(session: Session, kind: str, sha256: str) -> StagedImport | None:
    """The import of this kind that brought the very same file in."""
    return session.scalar(select(StagedImport).where(
        StagedImport.kind == kind, StagedImport.sha256 == sha256, StagedImport.applied_at.is_not(None)))


def lock_import(session: Session, token: str) -> StagedImport:
    """The import under its lock, and with it every other upload of the same file: two who apply copies of one file at
    once do it one after the other, and the second finds it done. Raises NotFound."""
    known = staged(session, token)
    if known is None:
        raise NotFound(token)
    same = select(StagedImport).where(StagedImport.kind == known.kind, StagedImport.sha256 == known.sha256)
    locked = session.scalars(
        same.order_by(StagedImport.id).with_for_update().execution_options(populate_existing=True)
    ).all()
    return next(one for one in locked if one.token == token)


def file_of(session: Session, row: StagedImport) -> StoredFile:
    return session.get_one(StoredFile, row.file_id)


def fault_as_json(fault: RowFault, titles: Mapping[str, str]) -> dict[str, Any]:
    """A fault as the preview keeps it, its column by the file's own title; the words are translated when shown."""
    words = fault.problem.words
    return {"row": fault.number, "column": titles.get(fault.column, fault.column), "code": fault.problem.code,
            "message": words.text,
            "values": {name: value if isinstance(value, int) else str(value) for name, value in words.values}}
