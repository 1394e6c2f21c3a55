"""Payments from a list of the bank or an app: read and shown first, then each row recorded by itself, once a file."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.audit import services as audit
from enroll.documents.reading import KnownColumn, Table, read_table
from enroll.documents.refusals import Unacceptable
from enroll.documents.sheets import Column, write_xlsx
from enroll.fees.models import Fee, Payment
from enroll.fees.rules import PaymentRow, read_payment
from enroll.fees.services.grouping import Answered
from enroll.fees.services.payments import record_payment
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, NotFound, Problem, Refused, RowFault, problem
from enroll.foundation.references import public_token
from enroll.foundation.words import N_
from enroll.storage.database import db, let_go, transaction
from enroll.storage.files import keep_file, read_file
from enroll.storage.imports import StagedImport, applied_before, fault_as_json, file_of, lock_import, staged

KIND = "payments"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = (
    KnownColumn("reference", ("缴费单号", "Fee no.")),
    KnownColumn("provider", ("缴费方式", "How it was paid")),
    KnownColumn("trade_no", ("交易号", "Trade number")),
    KnownColumn("amount", ("金额", "金额（元）", "Amount", "Amount (yuan)")),
    KnownColumn("paid_at", ("缴费时间", "Paid at")),
)


@dataclass(frozen=True)
class PaymentsFile:
    """A kept file read again for recording; made outside the transaction."""

    token: str
    table: Table = field(repr=False)


def blank_payments() -> bytes:
    return write_xlsx([Column(one.titles[0], 20) for one in COLUMNS], [], sheet_title="缴费")


def check_payments(content: bytes, *, file_name: str, by: Actor, now: datetime) -> StagedImport:
    """Read a list and keep it with what could be recorded and what could not; no payment is recorded yet.

    The very same file, once recorded, is found again. Raises Refused for a file that cannot be read.
    """
    if not by.may(Permission.MANAGE_FEES) or by.account_id is None:
        raise Refused(NOT_PERMITTED)
    table = _table(content)
    stored = keep_file(content, name=file_name, media_type=XLSX, purpose=KIND, now=now, owner_id=by.account_id,
                       sealed=True)
    with transaction() as session:
        earlier = applied_before(session, KIND, stored.sha256)
        if earlier is not None:
            return earlier
        rows, faults = _read(session, table)
        session.add(stored)
        session.flush()
        row = StagedImport(
            token=public_token(), kind=KIND, file_name=file_name[:200], sha256=stored.sha256, file_id=stored.id,
            row_count=len(table.rows), uploaded_by_id=by.account_id, uploaded_at=now,
            accepted=[{"row": one.number, "reference": one.reference, "amount_fen": one.amount_fen} for one in rows],
            refused=[fault_as_json(one, table.titles) for one in faults],
        )
        session.add(row)
        session.flush()
        return row


def read_again(token: str) -> PaymentsFile:
    """The kept file, checked against its digest. Raises NotFound, FileIsWrong."""
    session = db.session()
    row = staged(session, token)
    if row is None or row.kind != KIND:
        raise NotFound(token)
    content = read_file(file_of(session, row))
    let_go(session)
    return PaymentsFile(token, _table(content))


def apply_payments(file: PaymentsFile, *, by: Actor, now: datetime) -> list[Answered]:
    """Record the rows that can be recorded, in one transaction; each answer stands for itself. Raises Refused where the
    same file was recorded before."""
    with transaction() as session:
        row = lock_import(session, file.token)
        if row.applied_at is not None or applied_before(session, KIND, row.sha256) is not None:
            raise Refused(problem("file_known", N_("This very file was recorded before; nothing was changed.")))
        answers = [_record(session, one, by, now) for one in _read(session, file.table)[0]]
        row.applied_at, row.applied_by_id = now, by.account_id
        audit.record(session, "fees.import_payments", "payments", by=by, now=now, sha256=row.sha256,
                     rows=row.row_count, recorded=sum(not one.problems for one in answers))
        return answers


def _record(session: Session, row: PaymentRow, by: Actor, now: datetime) -> Answered:
    try:
        with session.begin_nested():
            record_payment(row.reference, row.provider, row.trade_no, row.amount_fen, row.paid_at, by=by, now=now)
        return Answered(row.reference)
    except Refused as refused:
        return Answered(row.reference, refused.problems)


def _table(content: bytes) -> Table:
    try:
        return read_table(content, COLUMNS)
    except Unacceptable as error:
        raise Refused(error.problem("file")) from error


def _read(session: Session, table: Table) -> tuple[list[PaymentRow], list[RowFault]]:
    """The rows that can be recorded as far as can be seen, and the faults of the others."""
    rows, faults, seen = list[PaymentRow](), list[RowFault](), dict[tuple[str, str], int]()
    known = _known(session, table)
    for raw in table.rows:
        read = read_payment(raw.number, raw.values)
        found = read if isinstance(read, list) else _against(read, known, seen)
        faults += found
        if not found and not isinstance(read, list):
            seen[(read.provider, read.trade_no)] = read.number
            rows.append(read)
    return rows, faults


@dataclass(frozen=True)
class _Known:
    fees: frozenset[str]
    trades: frozenset[tuple[str, str]]


def _known(session: Session, table: Table) -> _Known:
    fees = {row.values["reference"].strip().upper() for row in table.rows}
    trades = {"".join(row.values["trade_no"].split()).upper() for row in table.rows}
    return _Known(
        frozenset(session.scalars(select(Fee.reference).where(Fee.reference.in_(fees)))),
        frozenset((one.provider, one.trade_no) for one in session.execute(
            select(Payment.provider, Payment.trade_no).where(Payment.trade_no.in_(trades)))),
    )


def _against(row: PaymentRow, known: _Known, seen: dict[tuple[str, str], int]) -> list[RowFault]:
    trade = (str(row.provider), row.trade_no)
    if row.reference not in known.fees:
        return [RowFault(row.number, "reference", problem("fee_unknown", N_("There is no fee with this number.")))]
    if trade in known.trades:
        known_already = problem("trade_no_known", N_("This trade number is already recorded."))
        return [RowFault(row.number, "trade_no", known_already)]
    if trade in seen:
        return [RowFault(row.number, "trade_no", _twice(seen[trade]))]
    return []


def _twice(number: int) -> Problem:
    return problem("twice_in_file", N_("This trade number also stands in row %(row)s."), row=number)
