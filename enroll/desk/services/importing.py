"""`flask import`: one file of any kind, read and applied by the services that the pages call, and answered row by row.

A new kind joins by a line in IMPORTS: how a file of it is checked, and how a checked one is applied.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.lifecycle import AccountState
from enroll.accounts.models import Account
from enroll.admission.services import lists
from enroll.exchange.rules.batches import BatchKind
from enroll.exchange.services import replies
from enroll.fees.services import importing as payments
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Problem, Refused, problem
from enroll.foundation.words import N_, Words
from enroll.handovers.services import bringing
from enroll.handovers.services.kinds import KINDS as HANDED_OVER
from enroll.handovers.services.kinds import Kind as HandedOver
from enroll.questions.services import importing as questions
from enroll.results.services import importing as marks
from enroll.storage.database import db, let_go, transaction
from enroll.storage.files import read_file
from enroll.storage.imports import StagedImport, file_of, staged


@dataclass(frozen=True)
class Brought:
    """A file as the operator names it. `format` is how it is read where a kind knows several; `about` is what it
    belongs to: the window of marks, the sitting of an attendance list, the module of questions that name none."""

    content: bytes
    name: str
    format: str = ""
    about: str = ""


@dataclass(frozen=True)
class RefusedRow:
    """Why a row was not taken. Row 0 is the file as a whole."""

    row: int
    column: str
    code: str
    words: Words


@dataclass(frozen=True)
class Answer:
    """What became of a file: its rows, how many were taken (or, in a dry run, could be), the rest with its reasons.
    `waiting` says that the rows are kept and somebody else, or the background, has the next word."""

    rows: int
    accepted: int
    refused: tuple[RefusedRow, ...]
    waiting: bool = False


Check = Callable[[Brought, Actor, datetime], str]
Apply = Callable[[StagedImport, Actor, datetime], "Applied"]


@dataclass(frozen=True)
class Applied:
    accepted: int
    refused: tuple[RefusedRow, ...] = ()
    waiting: bool = False


@dataclass(frozen=True)
class ImportKind:
    """`formats`: the ways its files are read, the usual one first; `about`: what --about names, where it is needed."""

    check: Check
    apply: Apply
    formats: tuple[str, ...] = ("sheet",)
    about: str = ""


class _OnlyLooked(Exception):
    """Ends a dry run: everything it wrote is rolled back."""


def bring(kind: ImportKind, brought: Brought, *, dry_run: bool, by: Actor, now: datetime) -> Answer:
    """Check a file and, unless it is a dry run, apply it. A dry run changes nothing. Never raises Refused: what was
    refused as a whole stands in the answer as row 0. Raises NotFound where `about` names nothing."""
    try:
        if dry_run:
            return _looked(kind, brought, by, now)
        token = kind.check(brought, by, now)
        row = _row(db.session(), token)
        before = _answer(row)
        try:
            applied = kind.apply(row, by, now)
        except Refused as refused:
            return Answer(before.rows, 0, (*before.refused, *_as_a_whole(refused.problems)))
        return Answer(before.rows, applied.accepted, (*before.refused, *applied.refused), applied.waiting)
    except Refused as refused:
        return Answer(0, 0, _as_a_whole(refused.problems))


def member_of_staff(session: Session, username: str, now: datetime) -> Actor | None:
    """Who does it: the named account with the permissions it has now; None where it is unknown or may not sign in."""
    account = session.scalar(select(Account).where(Account.username == username.strip().lower()))
    return account.actor_at(now) if account is not None and account.state == AccountState.ACTIVE else None


def _looked(kind: ImportKind, brought: Brought, by: Actor, now: datetime) -> Answer:
    answer = Answer(0, 0, ())
    try:
        with transaction() as session:
            row = _row(session, kind.check(brought, by, now))
            answer = _answer(row)
            if row.applied_at is not None:
                answer = Answer(answer.rows, 0, (*answer.refused, *_as_a_whole([KNOWN])))
            raise _OnlyLooked
    except _OnlyLooked:
        return answer


KNOWN = problem("file_known", N_("This very file was brought in before; nothing was changed."))


def _row(session: Session, token: str) -> StagedImport:
    row = staged(session, token)
    assert row is not None, "it was just kept"
    return row


def _answer(row: StagedImport) -> Answer:
    refused = tuple(RefusedRow(one["row"], one["column"], one["code"], _words(one)) for one in row.refused)
    return Answer(row.row_count, len(row.accepted), refused)


def _words(kept: dict[str, Any]) -> Words:
    return Words(kept.get("message") or kept["text"], tuple(sorted(kept["values"].items())))


def _as_a_whole(problems: Iterable[Problem], row: int = 0) -> tuple[RefusedRow, ...]:
    return tuple(RefusedRow(row, one.field if row else "", one.code, one.words) for one in problems)


def _check_questions(brought: Brought, by: Actor, now: datetime) -> str:
    wanted = questions.Wanted(brought.format, brought.about)
    return questions.check_questions(brought.content, wanted, file_name=brought.name, by=by, now=now).token


def _apply_questions(row: StagedImport, by: Actor, now: datetime) -> Applied:
    """As drafts: whoever looks after the bank puts them into use."""
    return Applied(questions.apply_questions(row.token, publish=False, by=by, now=now))


def _check_payments(brought: Brought, by: Actor, now: datetime) -> str:
    return payments.check_payments(brought.content, file_name=brought.name, by=by, now=now).token


def _apply_payments(row: StagedImport, by: Actor, now: datetime) -> Applied:
    rows = {one["reference"]: one["row"] for one in row.accepted}
    answers = payments.apply_payments(payments.read_again(row.token), by=by, now=now)
    return _each((rows.get(one.reference, 0), one.problems) for one in answers)


def _check_marks(brought: Brought, by: Actor, now: datetime) -> str:
    file = marks.bring_file(brought.content, brought.name, by=by, now=now)
    return marks.stage_marks(brought.about, file, by=by, now=now).token


def _apply_marks(row: StagedImport, by: Actor, now: datetime) -> Applied:
    """As first entries; a second person checks them in the pages."""
    rows, digest, token = {one["result"]: one["row"] for one in row.accepted}, row.sha256, row.token
    content = read_file(file_of(db.session(), row))
    let_go(db.session())
    table = marks.table_of(content)
    answers = marks.apply_marks(token, digest, table, by=by, now=now)
    return _each((rows.get(one.reference, 0), one.problems) for one in answers)


def _reply(kind: BatchKind) -> ImportKind:
    def check(brought: Brought, by: Actor, now: datetime) -> str:
        return replies.check_reply(kind, brought.content, file_name=brought.name, by=by, now=now,
                                   batch=brought.about).token

    def apply(row: StagedImport, by: Actor, now: datetime) -> Applied:
        if row.applied_at is not None:
            raise Refused(KNOWN)
        replies.apply_reply(row.token, by=by, now=now)
        return Applied(len(row.accepted))

    return ImportKind(check, apply)


def _attendance(what: str) -> ImportKind:
    def check(brought: Brought, by: Actor, now: datetime) -> str:
        return lists.check_list(brought.about, what, brought.content, file_name=brought.name, by=by, now=now).token

    def apply(row: StagedImport, by: Actor, now: datetime) -> Applied:
        if row.applied_at is not None:
            raise Refused(KNOWN)
        rows = {one["reference"]: one["row"] for one in row.accepted}
        answers = lists.apply_list(row.token, by=by, now=now)
        return _each((rows.get(one.reference, 0), one.problems) for one in answers)

    return ImportKind(check, apply, about="the code of the sitting")


def _of_before(kind: HandedOver) -> ImportKind:
    """A list of before is taken whole or not at all; where two people stand for it, the second confirms in the pages,
    and it is written down in the background."""

    def check(brought: Brought, by: Actor, now: datetime) -> str:
        return bringing.check_list(kind, brought.content, file_name=brought.name, by=by, now=now).token

    def apply(row: StagedImport, by: Actor, now: datetime) -> Applied:
        count = len(row.accepted)
        if row.refused:
            raise Refused(bringing.HAS_FAULTS)
        if row.applied_at is not None:
            raise Refused(bringing.FILE_KNOWN)
        if not kind.two_people:
            bringing.confirm_list(row.token, by=by, now=now)
        return Applied(count, waiting=True)

    return ImportKind(check, apply)


def _each(answers: Iterable[tuple[int, tuple[Problem, ...]]]) -> Applied:
    found = list(answers)
    refused = tuple(one for row, problems in found for one in _as_a_whole(problems, row))
    return Applied(sum(not problems for _, problems in found), refused)


IMPORTS: dict[str, ImportKind] = {
    "questions": ImportKind(_check_questions, _apply_questions, ("xlsx", "gift", "aiken")),
    "payments": ImportKind(_check_payments, _apply_payments),
    "marks": ImportKind(_check_marks, _apply_marks, about="the code of the exam window"),
    "started": _attendance("started"),
    "absent": _attendance("absent"),
    "tickets": _reply(BatchKind.REGISTRATION),
    "numbers": _reply(BatchKind.ISSUANCE),
    **{key: _of_before(kind) for key, kind in HANDED_OVER.items()},
}
