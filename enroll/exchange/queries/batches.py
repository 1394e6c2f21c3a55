"""Batches, their rows, and who waits to be in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from enroll.exchange.lifecycle import BatchState
from enroll.exchange.models import Batch, BatchMove, BatchRow
from enroll.exchange.rules.batches import BatchFacts, BatchKind, RowState
from enroll.exchange.rules.replies import Expected
from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.storage.imports import StagedImport
from enroll.storage.paging import Page, page_by_id

ANSWERABLE = (BatchState.SENT, BatchState.ACKNOWLEDGED)


@dataclass(frozen=True)
class RowCounts:
    rows: int = 0
    queued: int = 0
    accepted: int = 0
    rejected: int = 0


def batch_by_reference(session: Session, reference: str) -> Batch | None:
    whole = (joinedload(Batch.window), joinedload(Batch.sheet), joinedload(Batch.photos))
    return session.scalar(select(Batch).where(Batch.reference == reference).options(*whole))


def some_batches(
    session: Session, *, kind: str = "", window_code: str = "", state: str = "", after: int | None = None
) -> Page[Batch]:
    wanted = select(Batch).options(joinedload(Batch.window))
    if kind:
        wanted = wanted.where(Batch.kind == kind)
    if window_code:
        wanted = wanted.where(Batch.window.has(code=window_code))
    if state:
        wanted = wanted.where(Batch.state == state)
    return page_by_id(session, wanted, Batch.id, after=after)


def some_rows(session: Session, batch: Batch, *, state: str = "", after: int | None = None) -> Page[BatchRow]:
    wanted = select(BatchRow).where(BatchRow.batch_id == batch.id).options(joinedload(BatchRow.learner))
    if state:
        wanted = wanted.where(BatchRow.row_state == state)
    return page_by_id(session, wanted, BatchRow.id, after=after, descending=False, size=60)


def counts_of(session: Session, batch_ids: Sequence[int]) -> dict[int, RowCounts]:
    rows = session.execute(
        select(BatchRow.batch_id, BatchRow.row_state, func.count(BatchRow.id))
        .where(BatchRow.batch_id.in_(batch_ids)).group_by(BatchRow.batch_id, BatchRow.row_state)
    )
    found: dict[int, dict[str, int]] = {}
    for batch_id, state, number in rows:
        found.setdefault(batch_id, {})[state] = number
    return {
        key: RowCounts(sum(one.values()), one.get("queued", 0), one.get("accepted", 0) + one.get("numbered", 0),
                       one.get("rejected", 0))
        for key, one in found.items()
    }


def facts_about(session: Session, batch: Batch) -> BatchFacts:
    return facts_with(session, batch, counts_of(session, [batch.id]).get(batch.id, RowCounts()))


def facts_with(session: Session, batch: Batch, counts: RowCounts) -> BatchFacts:
    """The same where its rows are counted."""
    accounts = session.scalars(
        select(Learner.account_id).join(BatchRow, BatchRow.learner_id == Learner.id)
        .where(BatchRow.batch_id == batch.id)
    )
    return BatchFacts(counts.rows, counts.queued, frozenset(accounts))


def expected_rows(session: Session, kind: BatchKind, batch_reference: str = "") -> list[tuple[BatchRow, Learner]]:
    """Rows a reply may answer: of one batch, or of every batch of the kind that has been sent."""
    wanted = select(BatchRow, Learner).join(Batch, Batch.id == BatchRow.batch_id).join(
        Learner, Learner.id == BatchRow.learner_id
    ).where(Batch.kind == str(kind), Batch.state.in_(ANSWERABLE)).order_by(BatchRow.id)
    if batch_reference:
        wanted = wanted.where(Batch.reference == batch_reference)
    return [(row, learner) for row, learner in session.execute(wanted)]


def as_expected(row: BatchRow, content: dict[str, Any]) -> Expected:
    """The row as it was sent: a later correction of the name does not change what the body was told."""
    return Expected(row.id, row.subject, content.get("报名号", ""), content["姓名"], content["证件号码"], row.row_state)


def in_an_open_row(subject: Any) -> Any:
    """SQL: the subject stands in a batch and has not been sent back."""
    return exists().where(BatchRow.subject == subject, BatchRow.row_state != str(RowState.REJECTED))


def moves_of(session: Session, batch: Batch) -> Sequence[BatchMove]:
    wanted = select(BatchMove).where(BatchMove.record_id == batch.id)
    return session.scalars(wanted.order_by(BatchMove.id.desc())).all()


def imports_of(session: Session, batch: Batch) -> Sequence[StagedImport]:
    wanted = select(StagedImport).where(StagedImport.subject == batch.reference).order_by(StagedImport.id.desc())
    return session.scalars(wanted.limit(20)).all()


def windows_of_batches(session: Session) -> Sequence[Window]:
    return session.scalars(select(Window).where(Window.state != "draft").order_by(Window.starts_on.desc())).all()
