"""The issuing body's reply: read, matched row by row and shown before anything changes; then applied whole, once.

The upload is kept sealed, because it may hold passwords; what is shown of it is kept without them, and applying reads
the very same file again, bound to its SHA-256."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.audit import services as audit
from enroll.audit.moves import make_move
from enroll.documents.pdf_files import check_pdf
from enroll.documents.reading import KnownColumn, Table, read_table
from enroll.documents.refusals import Unacceptable
from enroll.documents.sheets import Column, write_xlsx
from enroll.exchange.events import ReplyApplied
from enroll.exchange.lifecycle import BATCH, BatchState
from enroll.exchange.models import Batch, BatchRow
from enroll.exchange.queries.batches import as_expected, expected_rows, facts_about
from enroll.exchange.rules.batches import BatchKind, RowState
from enroll.exchange.rules.replies import Answer, Fault, shown, sort_out
from enroll.exchange.services.kinds import KINDS
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, NotFound, Problem, Refused, problem
from enroll.foundation.references import public_token
from enroll.foundation.words import N_, Words
from enroll.storage import outbox
from enroll.storage.database import db, let_go, lock, transaction
from enroll.storage.files import StoredFile, keep_file, read_file
from enroll.storage.imports import StagedImport, applied_before, file_of, lock_import, staged

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COMMON = (
    KnownColumn("reference", ("报名号/考位号", "考位号", "报名号", "证书申请号", "申请号", "Reference")),
    KnownColumn("name", ("姓名", "Name"), required=False),
    KnownColumn("tail", ("证件号码后四位", "证件后四位", "Last four of the document"), required=False),
)
LAST = (
    KnownColumn("result", ("结果", "Result"), required=False), KnownColumn("note", ("说明", "Note"), required=False),
)
COLUMNS: dict[BatchKind, tuple[KnownColumn, ...]] = {
    BatchKind.REGISTRATION: (
        *COMMON, KnownColumn("ticket_no", ("准考证号", "Ticket no."), required=False),
        KnownColumn("exam_account", ("考试账号", "Exam account"), required=False),
        KnownColumn("exam_secret", ("初始密码", "Password"), required=False),
        KnownColumn("exam_link", ("考试链接", "Exam link"), required=False), *LAST,
    ),
    BatchKind.ISSUANCE: (
        *COMMON, KnownColumn("certificate_no", ("证书编号", "Certificate no.")),
        KnownColumn("issued_on", ("发证日期", "Issued on")),
        KnownColumn("valid_until", ("有效期至", "Valid until"), required=False), *LAST,
    ),
}
MOST_ARCHIVE, MOST_FILES = 300 * 1024 * 1024, 5_000


@dataclass(frozen=True)
class Reply:
    """An upload read again for applying; made outside the transaction."""

    token: str
    kind: BatchKind
    table: Table = field(repr=False)


def blank_reply(kind: BatchKind) -> bytes:
    """The reply's template: the header alone, every column as text."""
    return write_xlsx([Column(one.titles[0], 20) for one in COLUMNS[kind]], [], sheet_title="回执")


def check_reply(
    kind: BatchKind, content: bytes, *, file_name: str, by: Actor, now: datetime, batch: str = "",
    documents: bytes = b"",
) -> StagedImport:
    """Read and match a reply, and keep it with its preview; nothing else changes. `batch` limits it to one batch;
    `documents` is an archive of the body's PDFs, each named by its certificate number.

    Raises Refused for a file that cannot be read at all; what is wrong with rows stands in `refused`.
    """
    if not by.may(Permission.EXCHANGE) or by.account_id is None:
        raise Refused(NOT_PERMITTED)
    try:
        table = read_table(content, COLUMNS[kind])
        pdfs = _unpacked(documents) if documents else {}
    except Unacceptable as error:
        raise Refused(error.problem("file")) from error
    stored = keep_file(content, name=file_name, media_type=XLSX, purpose="body_reply", now=now, owner_id=by.account_id,
                       sealed=True)
    kept = {number: keep_file(pdf, name=f"{number}.pdf", media_type="application/pdf", purpose="body_document", now=now,
                              sealed=True) for number, pdf in pdfs.items()}
    with transaction() as session:
        earlier = applied_before(session, f"reply:{kind}", stored.sha256)
        if earlier is not None:
            return earlier
        answers, faults = _matched(session, kind, table, batch, by, now)
        faults += _faults_of_documents(answers, kept, table) if kind is BatchKind.ISSUANCE else []
        session.add_all([stored, *kept.values()])
        session.flush()
        row = StagedImport(
            token=public_token(), kind=f"reply:{kind}", subject=batch, file_name=file_name[:200],
            sha256=stored.sha256, file_id=stored.id, row_count=len(table.rows),
            accepted=[_preview(one, kept) for one in answers], refused=[_as_json(one) for one in faults],
            uploaded_by_id=by.account_id, uploaded_at=now,
        )
        session.add(row)
        session.flush()
        audit.record(session, "reply.check", row.token, by=by, now=now, sha256=row.sha256, rows=row.row_count,
                     refused=len(faults))
        return row


def read_again(token: str) -> Reply:
    """The uploaded file, as it was checked. Raises NotFound, FileIsWrong."""
    session = db.session()
    row = staged(session, token)
    if row is None or not row.kind.startswith("reply:"):
        raise NotFound(token)
    kind, content = BatchKind(row.kind.removeprefix("reply:")), read_file(file_of(session, row))
    let_go(session)
    if sha256(content).hexdigest() != row.sha256:
        raise NotFound(token)
    return Reply(token, kind, read_table(content, COLUMNS[kind]))


def apply_reply(reply: Reply | str, *, by: Actor, now: datetime) -> int:
    """Apply a checked reply, all of it in one transaction; gives how many rows of ours it answered, 0 where the same
    file was applied before. Raises Refused where a row is wrong (also when it became so meanwhile), NotFound."""
    if isinstance(reply, str):
        reply = read_again(reply)
    with transaction() as session:
        row = lock_import(session, reply.token)
        if row.applied_at is not None or applied_before(session, row.kind, row.sha256) is not None:
            return 0
        if row.abandoned_at is not None:
            raise Refused(problem("abandoned", N_("This import was given up. Upload the file again.")))
        answers, faults = _matched(session, reply.kind, reply.table, row.subject, by, now)
        if faults or row.refused:
            raise Refused(problem("rows_refused", N_("Nothing was changed: some rows cannot be taken. Correct them in "
                                                     "the file and upload it again.")))
        files = {one["certificate_no"]: one["file_id"] for one in row.accepted if one.get("file_id")}
        done = _apply(session, reply.kind, answers, files, by, now)
        row.applied_at, row.applied_by_id = now, by.account_id
        audit.record(session, "reply.apply", row.token, by=by, now=now, sha256=row.sha256, rows=done)
        return done


def abandon_reply(token: str, *, by: Actor, now: datetime) -> None:
    """Give up a checked file; nothing of it was applied. Raises Refused once it was."""
    with transaction() as session:
        row = lock(session, StagedImport, StagedImport.token == token)
        if row.applied_at is not None:
            raise Refused(problem("applied_already", N_("This file has been applied already.")))
        row.abandoned_at = row.abandoned_at or now
        audit.record(session, "reply.abandon", token, by=by, now=now)


def _matched(
    session: Session, kind: BatchKind, table: Table, batch: str, by: Actor, now: datetime
) -> tuple[list[Answer], list[Fault]]:
    pairs = expected_rows(session, kind, batch)
    expected = [as_expected(row, json.loads(row.content)) for row, _ in pairs]
    rows = [(one.number, one.values) for one in table.rows]
    answers, faults = sort_out(kind, rows, expected, table.titles)
    by_id = {row.id: row for row, _ in pairs}
    for one in [one for one in answers if one.accepted]:
        found = KINDS[kind].against(session, [by_id[row_id] for row_id in one.row_ids], one.values, now)
        faults += [Fault(one.row, table.titles.get(key, table.titles["reference"]), what) for key, what in found]
    own = {row.id for row, learner in pairs if learner.account_id == by.account_id}
    faults += [Fault(one.row, table.titles["reference"], OWN_RECORD) for one in answers if own & set(one.row_ids)]
    return answers, faults


def _apply(
    session: Session, kind: BatchKind, answers: Sequence[Answer], files: Mapping[str, int], by: Actor, now: datetime
) -> int:
    wanted = {row_id: one for one in answers for row_id in one.row_ids}
    touched: dict[int, Batch] = {}
    for row_id in sorted(wanted):
        row, answer = lock(session, BatchRow, BatchRow.id == row_id), wanted[row_id]
        batch = touched.setdefault(row.batch_id, session.get_one(Batch, row.batch_id))
        values = dict(answer.values)
        if answer.accepted:
            body_file = session.get(StoredFile, files.get(values.get("certificate_no", ""), 0))
            extra = {"body_file": body_file} if kind is BatchKind.ISSUANCE else {}
            row.row_state = str(KINDS[kind].accept(row, values, batch.reference, by=by, now=now, **extra))
        else:
            KINDS[kind].reject(row, values["note"], by=by, now=now)
            row.row_state = str(RowState.REJECTED)
        row.reply, row.words, row.answered_at = shown(values), values["note"], now
    session.flush()
    for batch in touched.values():
        batch = lock(session, Batch, Batch.id == batch.id)
        if batch.state == BatchState.SENT:
            make_move(session, BATCH, batch, "acknowledge", by=by, now=now, facts=facts_about(session, batch))
        outbox.record(session, ReplyApplied(batch.reference, str(kind), batch.window.code), now)
    return len(wanted)


def _unpacked(content: bytes) -> dict[str, bytes]:
    """The PDFs of an archive by the number in their names, each looked over. Raises Unacceptable."""
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir()]
            if len(entries) > MOST_FILES or sum(one.file_size for one in entries) > MOST_ARCHIVE:
                raise Unacceptable("archive_too_big", N_("The archive unpacks to more than it may."))
            for one in entries:
                name = one.filename.rsplit("/", 1)[-1]
                if not name.lower().endswith(".pdf") or name[:-4].upper() in found:
                    raise Unacceptable("archive_name", N_("“%(name)s” is no PDF, or is there twice. Name each file by "
                                                          "its certificate number."), name=name[:80])
                pdf = archive.read(one)
                check_pdf(pdf)
                found[name[:-4].upper()] = pdf
    except (zipfile.BadZipFile, RuntimeError, OSError, NotImplementedError, EOFError) as error:
        raise Unacceptable("archive_damaged", N_("The archive cannot be opened. Pack the PDFs as a plain .zip.")) \
            from error
    return found


def _faults_of_documents(answers: Sequence[Answer], kept: Mapping[str, StoredFile], table: Table) -> list[Fault]:
    """A PDF for which no row has a number: it would be lost without a word."""
    known = {one.values["certificate_no"].upper() for one in answers}
    return [Fault(1, table.titles.get("certificate_no", ""), problem(
        "document_unknown", N_("The archive holds %(name)s.pdf, and no row has that number."), name=number))
        for number in kept if number not in known]


def _preview(answer: Answer, kept: Mapping[str, StoredFile]) -> dict[str, Any]:
    number = answer.values.get("certificate_no", "").upper()
    return {**shown(answer.values), "row": answer.row, "accepted": answer.accepted,
            "secret": bool(answer.values.get("exam_secret")),
            **({"file_id": kept[number].id, "certificate_no": answer.values["certificate_no"]} if number in kept
               else {})}


def _as_json(fault: Fault) -> dict[str, Any]:
    words = fault.problem.words
    return {"row": fault.row, "column": fault.column, "code": fault.problem.code, "message": words.text,
            "values": {name: value for name, value in words.values if isinstance(value, str | int)}}


def fault_from(kept: Mapping[str, Any]) -> tuple[int, str, Problem]:
    """A kept fault, ready to be shown: row, column, and the words in the reader's language."""
    words = Words(kept["message"], tuple(sorted(kept["values"].items())))
    return kept["row"], kept["column"], Problem(kept["code"], words)
