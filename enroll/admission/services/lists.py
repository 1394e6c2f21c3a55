"""Started and absent lists of online parts: read and matched first, then applied whole, once."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.admission.models import ExamAccess, Ticket
from enroll.admission.queries.days import everybody_expected
from enroll.admission.rules.lists import Listed, match_list
from enroll.admission.rules.tickets import TicketKind
from enroll.admission.services.attendance import mark_absent, mark_started
from enroll.admission.services.tickets import Done
from enroll.audit import services as audit
from enroll.documents.reading import KnownColumn, Table, read_table
from enroll.documents.refusals import Unacceptable
from enroll.documents.sheets import Column, write_xlsx
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, NotFound, Problem, Refused, problem
from enroll.foundation.references import public_token
from enroll.foundation.words import N_, Words
from enroll.sittings.models import Sitting
from enroll.storage.database import db, let_go, transaction
from enroll.storage.files import keep_file, read_file
from enroll.storage.imports import StagedImport, applied_before, file_of, lock_import, staged

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WHAT = ("started", "absent")
COLUMNS = (
    KnownColumn("exam_account", ("考试账号", "Exam account"), required=False),
    KnownColumn("ticket_no", ("准考证号", "Ticket no."), required=False),
    KnownColumn("reference", ("考位号", "Booking no."), required=False),
    KnownColumn("name", ("姓名", "Name"), required=False),
    KnownColumn("tail", ("证件号码后四位", "Last four of the document"), required=False),
)


@dataclass(frozen=True)
class AttendanceList:
    """An uploaded list read again for applying; made outside the transaction."""

    token: str
    what: str
    sitting_code: str
    table: Table = field(repr=False)


def blank_list() -> bytes:
    return write_xlsx([Column(one.titles[0], 20) for one in COLUMNS], [], sheet_title="名单")


def check_list(
    sitting_code: str, what: str, content: bytes, *, file_name: str, by: Actor, now: datetime
) -> StagedImport:
    """Read a list of who `started` or was `absent`, and keep it with its preview; nothing else changes. Raises Refused
    for a file that cannot be read, NotFound."""
    if not by.may(Permission.RUN_EXAMS) or by.account_id is None:
        raise Refused(NOT_PERMITTED)
    try:
        table = read_table(content, COLUMNS)
    except Unacceptable as error:
        raise Refused(error.problem("file")) from error
    stored = keep_file(content, name=file_name, media_type=XLSX, purpose="attendance_list", now=now,
                       owner_id=by.account_id, sealed=True)
    kind = f"attendance:{what}"
    with transaction() as session:
        earlier = applied_before(session, kind, stored.sha256)
        if earlier is not None:
            return earlier
        found, faults = match_list([(one.number, one.values) for one in table.rows],
                                   _people(session, sitting_code), table.titles)
        session.add(stored)
        session.flush()
        row = StagedImport(
            token=public_token(), kind=kind, subject=sitting_code, file_name=file_name[:200], sha256=stored.sha256,
            file_id=stored.id, row_count=len(table.rows), uploaded_by_id=by.account_id, uploaded_at=now,
            accepted=[{"row": number, "reference": reference} for number, reference in found.items()],
            refused=[one.as_json() for one in faults],
        )
        session.add(row)
        session.flush()
        return row


def read_again(token: str) -> AttendanceList:
    """The uploaded list, as it was checked. Raises NotFound, FileIsWrong."""
    session = db.session()
    row = staged(session, token)
    if row is None or not row.kind.startswith("attendance:"):
        raise NotFound(token)
    what, code, content = row.kind.removeprefix("attendance:"), row.subject, read_file(file_of(session, row))
    known = row.sha256
    let_go(session)
    if sha256(content).hexdigest() != known:
        raise NotFound(token)
    return AttendanceList(token, what, code, read_table(content, COLUMNS))


def apply_list(listed: AttendanceList | str, *, by: Actor, now: datetime) -> list[Done]:
    """Record what a checked list says, in one transaction; gives what became of each, none where the same file was
    applied before. Raises Refused where a row is wrong, NotFound."""
    if isinstance(listed, str):
        listed = read_again(listed)
    with transaction() as session:
        row = lock_import(session, listed.token)
        if row.applied_at is not None or applied_before(session, row.kind, row.sha256) is not None:
            return []
        found, faults = match_list([(one.number, one.values) for one in listed.table.rows],
                                   _people(session, listed.sitting_code), listed.table.titles)
        if faults or row.abandoned_at is not None:
            raise Refused(problem("rows_refused", N_("Nothing was changed: some rows cannot be taken. Correct them in "
                                                     "the file and upload it again.")))
        mark = mark_started if listed.what == "started" else mark_absent
        done = mark(list(found.values()), by=by, now=now, source="list")
        row.applied_at, row.applied_by_id = now, by.account_id
        audit.record(session, "attendance.apply_list", listed.sitting_code, by=by, now=now, sha256=row.sha256,
                     what=listed.what, rows=len(found))
        return done


def fault_words(kept: dict[str, object]) -> Problem:
    """The words of a kept fault, for its reader."""
    values = kept["values"]
    assert isinstance(values, dict)
    return Problem(str(kept["code"]), Words(str(kept["message"]), tuple(sorted(values.items()))))


def _people(session: Session, sitting_code: str) -> list[Listed]:
    sitting = session.scalar(select(Sitting).where(Sitting.code == sitting_code))
    if sitting is None:
        raise NotFound(sitting_code)
    expected = everybody_expected(session, sitting.id)
    accesses = {one.booking_id: one for one in session.scalars(
        select(ExamAccess).where(ExamAccess.booking_id.in_([one.id for one in expected])))}
    kind = TicketKind.CONFIRMATION if sitting.online else TicketKind.TICKET
    numbers = {one.learner_id: one.number for one in session.scalars(select(Ticket).where(
        Ticket.window_id == sitting.window_id, Ticket.kind == str(kind), Ticket.replaced_at.is_(None)))}
    people = []
    for one in expected:
        access = accesses.get(one.id)
        people.append(Listed(
            one.reference, one.learner.legal_name, one.learner.id_number_mask,
            (access.ticket_no if access else "") or numbers.get(one.learner_id, ""),
            access.exam_account if access else "",
        ))
    return people
