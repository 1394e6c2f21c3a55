"""A list of before, from upload to effect: checked, confirmed (by a second person where it counts for something), then
written down as a whole in the background, or not at all."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.audit import services as audit
from enroll.documents.reading import Table, read_table
from enroll.documents.refusals import Unacceptable
from enroll.documents.sheets import Column, write_xlsx
from enroll.documents.workbooks import SheetLimits
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NOT_PERMITTED, NotFound, Refused, RowFault, problem
from enroll.foundation.references import public_token
from enroll.foundation.words import N_
from enroll.handovers.events import HandoverConfirmed
from enroll.handovers.services.kinds import KINDS, Kind
from enroll.handovers.services.matching import Stand
from enroll.handovers.services.writers import WRITERS
from enroll.storage import outbox
from enroll.storage.database import transaction
from enroll.storage.files import keep_file, read_file
from enroll.storage.imports import StagedImport, applied_before, fault_as_json, file_of, lock_import, staged

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIMITS = SheetLimits(most_rows=3_000, most_columns=40)

NOT_SHOWN = {"name", "code", "learner", "contact"}

FILE_KNOWN = problem("file_known", N_("This very file was brought over before; nothing was changed."))
HAS_FAULTS = problem("has_faults", N_("Rows of this list cannot be taken. Mend them and bring the list again: it is "
                                      "taken as a whole, or not at all."))
ANOTHER_PERSON = problem("another_person", N_("Who brought the list does not confirm it. Another person compares it "
                                              "with its source and confirms."))
NOT_WAITING = problem("not_waiting", N_("This list no longer waits for a decision."))


def blank_list(kind: Kind) -> bytes:
    """A workbook with the titles and one example row."""
    return write_xlsx([Column(one.titles[0], 22) for one in kind.columns], [kind.example], sheet_title="Enroll")


def check_list(kind: Kind, content: bytes, *, file_name: str, by: Actor, now: datetime) -> StagedImport:
    """Read a list and keep it with what it would do and every fault; nothing else is written.

    The very same file, once brought over, is found again. Raises Refused for a file that cannot be read.
    """
    if by.account_id is None or not any(by.may(one) for one in kind.bring):
        raise Refused(NOT_PERMITTED)
    table = _table(kind, content)
    stored = keep_file(content, name=file_name, media_type=MEDIA_TYPE, purpose="handover", now=now,
                       owner_id=by.account_id, sealed=True)
    with transaction() as session:
        earlier = applied_before(session, kind.staged_as, stored.sha256)
        if earlier is not None:
            return earlier
        rows, faults = _rows(session, kind, table, now)
        session.add(stored)
        session.flush()
        row = StagedImport(
            token=public_token(), kind=kind.staged_as, file_name=file_name[:200], sha256=stored.sha256,
            file_id=stored.id, row_count=len(table.rows), uploaded_by_id=by.account_id, uploaded_at=now,
            accepted=_shown(table, {one.number for one in rows}),
            refused=[fault_as_json(one, table.titles) for one in faults],
        )
        session.add(row)
        audit.record(session, "handover.bring", row.token, by=by, now=now, kind=kind.key, sha256=row.sha256,
                     rows=row.row_count, faults=len(faults))
        session.flush()
        return row


def confirm_list(token: str, *, by: Actor, now: datetime) -> None:
    """Stand for a list without faults; it is written down in the background. Raises NotFound, Refused: faults, brought
    over before, no longer waiting, or the person who brought it where two are needed."""
    with transaction() as session:
        row = lock_import(session, token)
        kind = kind_of(row)
        _may_decide(kind, row, by)
        if kind.two_people and by.account_id == row.uploaded_by_id:
            raise Refused(ANOTHER_PERSON)
        if row.refused:
            raise Refused(HAS_FAULTS)
        if applied_before(session, row.kind, row.sha256) is not None:
            raise Refused(FILE_KNOWN)
        row.applied_by_id = by.account_id
        audit.record(session, "handover.confirm", token, by=by, now=now, kind=kind.key, sha256=row.sha256)
        outbox.record(session, HandoverConfirmed(token), now)


def abandon_list(token: str, *, by: Actor, now: datetime) -> None:
    """Put a list away that is not to be brought over. Raises NotFound, Refused."""
    with transaction() as session:
        row = lock_import(session, token)
        kind = kind_of(row)
        _may_decide(kind, row, by, also=kind.bring)
        row.abandoned_at = now
        audit.record(session, "handover.abandon", token, by=by, now=now, kind=kind.key)


def write_down(token: str, *, now: datetime, real_now: datetime) -> None:
    """Write a confirmed list down: every row in one transaction. Where a row no longer fits, nothing is written, the
    list waits again and shows why. A second time changes nothing."""
    kind, table = _kept(token)
    try:
        with transaction() as session:
            row = lock_import(session, token)
            if row.applied_at is not None or row.applied_by_id is None:
                return
            rows, faults = _rows(session, kind, table, now)
            if faults:
                raise _RowsRefused(faults)
            stand = _stand(session, row, now, real_now)
            for one in rows:
                _write(session, kind, one, stand)
            row.applied_at = now
            audit.record(session, "handover.apply", token, by=stand.second, now=now, kind=kind.key, sha256=row.sha256,
                         rows=len(rows))
    except _RowsRefused as refused:
        _let_it_wait(token, [fault_as_json(one, table.titles) for one in refused.faults], now)


def kind_of(row: StagedImport) -> Kind:
    """The kind of a staged list. Raises NotFound for an import that is none."""
    found = KINDS.get(row.kind.removeprefix("handover:")) if row.kind.startswith("handover:") else None
    if found is None:
        raise NotFound(row.token)
    return found


class _RowsRefused(Exception):
    def __init__(self, faults: list[RowFault]):
        self.faults = faults
        super().__init__(len(faults))


def _may_decide(kind: Kind, row: StagedImport, by: Actor, *, also: tuple[str, ...] = ()) -> None:
    if by.account_id is None or not any(by.may(one) for one in (*(kind.confirm or kind.bring), *also)):
        raise Refused(NOT_PERMITTED)
    if row.applied_at is not None or row.abandoned_at is not None or row.applied_by_id is not None:
        raise Refused(NOT_WAITING)


def _write(session: Session, kind: Kind, one: Any, stand: Stand) -> None:
    try:
        WRITERS[kind.key].write(session, one, stand)
    except Refused as refused:
        raise _RowsRefused([RowFault(one.number, "", why) for why in refused.problems]) from refused


def _shown(table: Table, taken: set[int]) -> list[dict[str, Any]]:
    """The rows that can be taken as the file has them; addresses, by which people sign in, stay in the sealed file."""
    return [
        {"row": raw.number, "who": raw.values.get("name") or raw.values.get("code", ""),
         "what": " · ".join(text for key, text in raw.values.items() if text and key not in NOT_SHOWN)}
        for raw in table.rows if raw.number in taken
    ]


def _stand(session: Session, row: StagedImport, now: datetime, real_now: datetime) -> Stand:
    people = [session.get_one(Account, number).actor_at(now) for number in (row.uploaded_by_id, row.applied_by_id)]
    return Stand(people[0], people[1], row.sha256, now, real_now)


def _let_it_wait(token: str, faults: list[dict[str, Any]], now: datetime) -> None:
    with transaction() as session:
        row = lock_import(session, token)
        row.applied_by_id, row.refused = None, faults
        audit.record(session, "handover.refuse", token, by=SYSTEM, now=now, faults=len(faults))


def _kept(token: str) -> tuple[Kind, Table]:
    """The kept file read again, checked against its digest, outside every transaction."""
    with transaction() as session:
        row = staged(session, token)
        if row is None:
            raise NotFound(token)
        kind, stored = kind_of(row), file_of(session, row)
        session.expunge(stored)
    content = read_file(stored)
    return kind, _table(kind, content)


def _table(kind: Kind, content: bytes) -> Table:
    try:
        return read_table(content, kind.columns, limits=LIMITS)
    except Unacceptable as error:
        raise Refused(error.problem("file")) from error


def _rows(session: Session, kind: Kind, table: Table, now: datetime) -> tuple[list[Any], list[RowFault]]:
    """The rows that can be written down, and the faults of the others in the file's order."""
    writer, today = WRITERS[kind.key], local_day(now)
    rows, faults = list[Any](), list[RowFault]()
    for raw in table.rows:
        read = writer.read(raw.number, raw.values, today)
        if isinstance(read, list):
            faults += read
        else:
            rows.append(read)
    faults += writer.against(session, rows, now)
    wrong = {fault.number for fault in faults}
    return [row for row in rows if row.number not in wrong], sorted(faults, key=lambda fault: fault.number)

