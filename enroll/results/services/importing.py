"""Marks from a file of the issuing body: read and shown first, then entered as the first of two entries, undone while
nobody has checked them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.audit import services as audit
from enroll.documents.reading import KnownColumn, Table, read_table
from enroll.documents.refusals import UnreadableSheet
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, REASON_MISSING, NotFound, Refused, problem
from enroll.foundation.references import public_token
from enroll.foundation.words import N_
from enroll.programmes.models import Window
from enroll.results.lifecycle import ResultState
from enroll.results.queries.imports import KIND, applied_with, expected_in
from enroll.results.queries.sampling import import_check
from enroll.results.rules.body_file import COLUMNS, BodyRow, Reading, RefusedRow, read_rows
from enroll.results.rules.rows import RowOutcome, TypedMark
from enroll.results.services.entering import enter_marks, take_back
from enroll.storage.database import lock, transaction
from enroll.storage.files import StoredFile, keep_file
from enroll.storage.imports import StagedImport

KNOWN = tuple(KnownColumn(key, titles, required) for key, (titles, required) in COLUMNS.items())
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ALREADY = problem("file_known", N_("This very file was entered before; nothing was changed."))


@dataclass(frozen=True)
class MarksFile:
    """A file that was read and written to disk, before any transaction; `stored` is a row that is not added yet."""

    digest: str
    name: str
    table: Table
    stored: StoredFile


@dataclass(frozen=True)
class Staged:
    """`known`: this very file was entered before, and `token` is that import."""

    token: str
    known: bool = False


def bring_file(content: bytes, file_name: str, *, by: Actor, now: datetime) -> MarksFile:
    """Read a file, outside any transaction. Raises Refused where it cannot be read at all: digits lost, no columns."""
    table = table_of(content)
    stored = keep_file(content, name=file_name[:200], media_type=XLSX, purpose="marks", now=now, owner_id=by.account_id,
                       sealed=True)
    return MarksFile(hashlib.sha256(content).hexdigest(), file_name[:200], table, stored)


def stage_marks(window_code: str, file: MarksFile, *, by: Actor, now: datetime) -> Staged:
    """Keep a file with what was understood and what was refused; no mark is entered yet. Raises Refused, NotFound."""
    _may_import(by)
    with transaction() as session:
        known = applied_with(session, file.digest)
        if known is not None:
            return Staged(known.token, known=True)
        reading = _reading(session, _window(session, window_code), file.table)
        assert by.account_id is not None, "files are brought by people"
        session.add(file.stored)
        session.flush()
        row = StagedImport(
            token=public_token(), kind=KIND, subject=window_code, file_name=file.name, sha256=file.digest,
            file_id=file.stored.id, row_count=len(file.table.rows), uploaded_by_id=by.account_id, uploaded_at=now,
            # Without the marks: whoever checks later must not come across them here.
            accepted=[{"row": one.number, "result": one.expected.reference} for one in reading.matched],
            refused=[_as_json(one, file.table) for one in reading.refused],
        )
        session.add(row)
        audit.record(session, "marks.upload", window_code, by=by, now=now, sha256=file.digest,
                     rows=len(file.table.rows), accepted=len(reading.matched), refused=len(reading.refused))
        return Staged(row.token)


def preview_marks(session: Session, window_code: str, table: Table) -> Reading:
    """The rows of a file as they would be entered now; for the person who brought it."""
    return _reading(session, _window(session, window_code), table)


def apply_marks(token: str, digest: str, table: Table, *, by: Actor, now: datetime) -> list[RowOutcome]:
    """Enter the marks of a kept file, once, as first entries. `digest` is the one that was shown, `table` the file read
    again (`table_of`), outside the transaction. Raises Refused, NotFound."""
    _may_import(by)
    with transaction() as session:
        row = lock(session, StagedImport, StagedImport.token == token, StagedImport.kind == KIND,
                   StagedImport.uploaded_by_id == by.account_id)
        if row.sha256 != digest or row.abandoned_at is not None:
            raise Refused(problem("file_moved_on", N_("This file is no longer the one that was shown.")))
        if row.applied_at is not None or applied_with(session, digest) is not None:
            raise Refused(ALREADY)
        reading = _reading(session, _window(session, row.subject), table)
        outcomes = _enter(reading, digest, by, now)
        row.applied_at, row.applied_by_id = now, by.account_id
        audit.record(session, "marks.apply", row.subject, by=by, now=now, sha256=digest, rows=len(outcomes),
                     entered=sum(one.outcome == "done" for one in outcomes))
        return outcomes


def abandon_marks(token: str, *, by: Actor, now: datetime) -> None:
    """Put a file away that was not entered. Raises Refused when it was."""
    _may_import(by)
    with transaction() as session:
        row = lock(session, StagedImport, StagedImport.token == token, StagedImport.kind == KIND)
        if row.applied_at is not None:
            raise Refused(ALREADY)
        row.abandoned_at = now
        audit.record(session, "marks.abandon", row.subject, by=by, now=now, sha256=row.sha256)


def undo_marks(token: str, *, by: Actor, now: datetime, reason: str) -> int:
    """Take every mark of a file back, while nobody has checked one of them; gives how many. The file may come again."""
    _may_import(by)
    if not reason.strip():
        raise Refused(REASON_MISSING)
    with transaction() as session:
        row = lock(session, StagedImport, StagedImport.token == token, StagedImport.kind == KIND)
        if row.applied_at is None:
            raise Refused(problem("not_applied", N_("The marks of this file are not entered.")))
        rows = import_check(session, row.sha256, now, locked=True).rows
        if any(one.state != ResultState.ENTERED for one in rows):
            raise Refused(problem("already_checking", N_("Somebody has begun to check these marks; they can no longer "
                                                         "be taken back together.")))
        for one in rows:
            take_back(session, one, by=by, now=now, reason=reason)
        row.applied_at, row.abandoned_at = None, now
        audit.record(session, "marks.undo", row.subject, by=by, now=now, sha256=row.sha256, rows=len(rows),
                     reason=reason)
        return len(rows)


def _may_import(by: Actor) -> None:
    if not by.may(Permission.MAKE_RESULTS):
        raise Refused(NOT_PERMITTED)


def _window(session: Session, code: str) -> Window:
    found = session.scalar(select(Window).where(Window.code == code))
    if found is None or not found.terms:
        raise NotFound(code)
    return found


def table_of(content: bytes) -> Table:
    """The known columns of a marks file, xlsx or CSV. Raises Refused."""
    try:
        return read_table(content, KNOWN)
    except UnreadableSheet as no:
        raise Refused(no.problem("file")) from no


def _reading(session: Session, window: Window, table: Table) -> Reading:
    marks = window.agreed.pass_marks
    rows = [BodyRow(row.number, row.values) for row in table.rows]
    return read_rows(rows, expected_in(session, window), full=marks.full, step=marks.step)


def _enter(reading: Reading, digest: str, by: Actor, now: datetime) -> list[RowOutcome]:
    by_sitting: dict[str, list[TypedMark]] = {}
    for one in reading.matched:
        if one.entered is not None:
            by_sitting.setdefault(one.expected.sitting, []).append(TypedMark(one.expected.reference, one.entered))
    return [outcome for sitting, typed in sorted(by_sitting.items())
            for outcome in enter_marks(sitting, typed, by=by, now=now, source=digest)]


def _as_json(one: RefusedRow, table: Table) -> dict[str, Any]:
    words = one.problem.words
    return {"row": one.number, "column": table.titles.get(one.column, one.column), "code": one.problem.code,
            "text": words.text, "values": dict(words.values)}
