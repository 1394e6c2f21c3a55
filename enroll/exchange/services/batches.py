"""A batch from the first list to the last answer: made, frozen with its files, sent, reconciled."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.audit import services as audit
from enroll.audit.moves import begin, expect_version, make_move
from enroll.documents.sheets import Column, write_xlsx, zip_files
from enroll.exchange.lifecycle import BATCH
from enroll.exchange.models import Batch, BatchRow
from enroll.exchange.queries.batches import facts_about
from enroll.exchange.rules.batches import BatchKind
from enroll.exchange.services.kinds import KINDS
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, NotFound, Refused, Stale, problem
from enroll.foundation.words import N_
from enroll.learners.models import LearnerFile
from enroll.programmes.models import Window
from enroll.storage.counters import next_reference
from enroll.storage.database import db, let_go, lock, transaction
from enroll.storage.files import StoredFile, keep_file, read_file

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = {"证件号码": 22, "电子邮箱": 26, "姓名": 16, "考点": 24, "开始时间": 18, "结束时间": 18}
SHEET_TITLES = {BatchKind.REGISTRATION: "报名名册", BatchKind.ISSUANCE: "发证名册"}


@dataclass(frozen=True)
class Prepared:
    """The files of a batch, made before the transaction that freezes it, and what they say."""

    contents: Mapping[str, str]
    sheet: StoredFile
    photos: StoredFile | None


def make_batch(kind: BatchKind, window_code: str, *, by: Actor, now: datetime) -> str:
    """A draft of everybody in the window whom the body has not been told of; gives its reference. Raises Refused where
    there is nobody, NotFound."""
    if not by.may(Permission.EXCHANGE) or by.account_id is None:
        raise Refused(NOT_PERMITTED)
    with transaction() as session:
        window = session.scalar(select(Window).where(Window.code == window_code))
        if window is None:
            raise NotFound(window_code)
        people = KINDS[kind].waiting(session, window.id)
        if not people:
            raise Refused(problem("nobody_waits", N_("There is nobody to report: everybody stands in a batch.")))
        batch = Batch(reference=next_reference(session, "X", group=window_code[2:]), kind=str(kind),
                      window_id=window.id, made_at=now, made_by_id=by.account_id)
        begin(session, BATCH, batch, by=by, now=now, kind=str(kind), rows=len(people))
        told = KINDS[kind].contents(session, [subject for subject, _ in people])
        session.add_all(BatchRow(batch_id=batch.id, number=number, subject=subject, learner_id=learner_id,
                                 content=_as_text(told[subject]))
                        for number, (subject, learner_id) in enumerate(people, 1) if subject in told)
        try:
            session.flush()
        except IntegrityError as error:
            raise Refused(problem("reported_meanwhile", N_("Somebody has just made a batch with these people. Look at "
                                                           "the list again."))) from error
        return batch.reference


def prepare(reference: str, *, now: datetime) -> Prepared:
    """Make the roster and the archive of photos of a draft and keep them. Slow: outside any transaction. NotFound."""
    session = db.session()
    batch = session.scalar(select(Batch).where(Batch.reference == reference))
    if batch is None:
        raise NotFound(reference)
    kind, told = BatchKind(batch.kind), _told(session, batch)
    people = {row.subject: row.learner_id for row in batch.rows if row.subject in told}
    photos = _photos(session, people)
    let_go(session)
    rows = list(told.values())
    columns = [Column(title, WIDTHS.get(title, 14)) for title in (rows[0] if rows else {})]
    sheet = write_xlsx(columns, [list(one.values()) for one in rows], sheet_title=SHEET_TITLES[kind], dated=now)
    archive = zip_files({f"{subject}.jpg": read_file(photo) for subject, photo in photos.items()}) if photos else b""
    return Prepared(
        {subject: _as_text(one) for subject, one in told.items()},
        keep_file(sheet, name=f"{reference}.xlsx", media_type=XLSX, purpose="roster", now=now, sealed=True),
        keep_file(archive, name=f"{reference}-photos.zip", media_type="application/zip", purpose="roster", now=now,
                  sealed=True) if archive else None,
    )


def freeze(reference: str, prepared: Prepared, *, by: Actor, now: datetime, seen_version: int | None = None) -> None:
    """Freeze a draft with the files made for it: from here on its rows are what was told. Whoever is not registered any
    more leaves the draft. Raises Refused; Stale where anything changed since the files were made."""
    with transaction() as session:
        batch = lock(session, Batch, Batch.reference == reference)
        expect_version(batch, seen_version)
        told = {subject: _as_text(one) for subject, one in _told(session, batch).items()}
        if told != prepared.contents:
            raise Stale(reference, batch.version)
        for row in list(batch.rows):
            if row.subject in told:
                row.content = told[row.subject]
            else:
                audit.record(session, "batch.leave_out", reference, by=by, now=now, learner_id=row.learner_id,
                             row=row.subject)
                session.delete(row)
        session.flush()
        make_move(session, BATCH, batch, "freeze", by=by, now=now, facts=facts_about(session, batch), rows=len(told),
                  sheet_sha256=prepared.sheet.sha256)
        session.add_all([one for one in (prepared.sheet, prepared.photos) if one is not None])
        session.flush()
        batch.sheet_id = prepared.sheet.id
        batch.photos_id = prepared.photos.id if prepared.photos else None


def freeze_batch(reference: str, *, by: Actor, now: datetime, seen_version: int | None = None) -> None:
    """Both steps, for a job or a command."""
    freeze(reference, prepare(reference, now=now), by=by, now=now, seen_version=seen_version)


def send_batch(reference: str, *, by: Actor, now: datetime, seen_version: int | None = None) -> None:
    """Say that the frozen batch has gone to the body; certificates in it are reported in the same transaction."""
    with transaction() as session:
        batch = lock(session, Batch, Batch.reference == reference)
        expect_version(batch, seen_version)
        make_move(session, BATCH, batch, "send", by=by, now=now, facts=facts_about(session, batch))
        KINDS[BatchKind(batch.kind)].sent(session, batch.rows, batch, by=by, now=now)


def thaw_batch(
    reference: str, *, by: Actor, now: datetime, reason: str, seen_version: int | None = None
) -> None:
    """Back to the draft before anything was sent; its files stay kept, and are made anew with the next freezing."""
    with transaction() as session:
        batch = lock(session, Batch, Batch.reference == reference)
        expect_version(batch, seen_version)
        make_move(session, BATCH, batch, "thaw", by=by, now=now, facts=facts_about(session, batch), reason=reason)
        batch.sheet_id = batch.photos_id = None


def reconcile_batch(reference: str, *, by: Actor, now: datetime, seen_version: int | None = None) -> None:
    """Close a batch of which every row is answered."""
    with transaction() as session:
        batch = lock(session, Batch, Batch.reference == reference)
        expect_version(batch, seen_version)
        make_move(session, BATCH, batch, "reconcile", by=by, now=now, facts=facts_about(session, batch))


def note_download(reference: str, what: str, *, by: Actor, now: datetime) -> None:
    """Who took a file with document numbers out of the house, and when."""
    with transaction() as session:
        audit.record(session, "batch.download", reference, by=by, now=now, file=what)


def _told(session: Session, batch: Batch) -> dict[str, dict[str, Any]]:
    """What the body would be told now of everybody in the draft, in its order."""
    subjects = [row.subject for row in batch.rows]
    found = KINDS[BatchKind(batch.kind)].contents(session, subjects)
    return {subject: found[subject] for subject in subjects if subject in found}


def _photos(session: Session, people: Mapping[str, int]) -> dict[str, StoredFile]:
    rows = session.scalars(select(LearnerFile).where(
        LearnerFile.learner_id.in_(set(people.values())), LearnerFile.kind == "photo",
        LearnerFile.replaced_at.is_(None)))
    by_learner = {row.learner_id: row.file for row in rows}
    found = {subject: by_learner[learner_id] for subject, learner_id in people.items() if learner_id in by_learner}
    for photo in found.values():
        session.expunge(photo) if photo in session else None
    return found


def _as_text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False)
