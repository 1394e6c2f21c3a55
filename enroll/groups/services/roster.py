"""An employer's roster: read and shown with every fault first, then its people are invited, once a file."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.accounts.permissions import Permission
from enroll.accounts.rules.contacts import Contact, read_contact
from enroll.documents.reading import KnownColumn, Table, read_table
from enroll.documents.refusals import Unacceptable
from enroll.documents.sheets import Column, write_xlsx
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, NotFound, Problem, Refused, RowFault, problem
from enroll.foundation.references import public_token
from enroll.foundation.words import N_
from enroll.groups.models import ExamGroup, GroupMember
from enroll.groups.rules import IN_GROUP, NOBODY, OTHER_NAME
from enroll.groups.services.grouping import Invited, invite_members
from enroll.learners.models import Learner
from enroll.sittings.models import Sitting
from enroll.storage.database import db, let_go, lock, transaction
from enroll.storage.files import keep_file, read_file
from enroll.storage.imports import StagedImport, applied_before, fault_as_json, file_of, lock_import, staged

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = (
    KnownColumn("name", ("姓名", "Name")),
    KnownColumn("contact", ("邮箱或手机号", "E-mail or mobile number")),
    KnownColumn("theory", ("理论考试场次", "Theory sitting"), required=False),
    KnownColumn("practical", ("实践考核场次", "Practical sitting"), required=False),
)


@dataclass(frozen=True)
class Roster:
    """A kept file read again for inviting; made outside the transaction."""

    token: str
    group: str
    table: Table = field(repr=False)


def kind_of(group: str) -> str:
    return f"roster:{group}"


def blank_roster() -> bytes:
    return write_xlsx([Column(one.titles[0], 24) for one in COLUMNS], [], sheet_title="名单")


def check_roster(group: str, content: bytes, *, file_name: str, by: Actor, now: datetime) -> StagedImport:
    """Read a roster and keep it with who could be invited and who not; nobody is invited yet. Raises Refused."""
    if not by.may(Permission.MANAGE_GROUPS) or by.account_id is None:
        raise Refused(NOT_PERMITTED)
    table = _table(content)
    stored = keep_file(content, name=file_name, media_type=XLSX, purpose="roster", now=now, owner_id=by.account_id,
                       sealed=True)
    with transaction() as session:
        found = lock(session, ExamGroup, ExamGroup.reference == group)
        earlier = applied_before(session, kind_of(group), stored.sha256)
        if earlier is not None:
            return earlier
        rows, faults = _read(session, found, table)
        session.add(stored)
        session.flush()
        row = StagedImport(
            token=public_token(), kind=kind_of(group), file_name=file_name[:200], sha256=stored.sha256,
            file_id=stored.id, row_count=len(table.rows), uploaded_by_id=by.account_id, uploaded_at=now,
            accepted=[{"row": number, "name": name} for number, name, _one in rows],
            refused=[fault_as_json(one, table.titles) for one in faults],
        )
        session.add(row)
        session.flush()
        return row


def read_again(group: str, token: str) -> Roster:
    """The kept file, checked against its digest. Raises NotFound, FileIsWrong."""
    session = db.session()
    row = staged(session, token)
    if row is None or row.kind != kind_of(group):
        raise NotFound(token)
    content = read_file(file_of(session, row))
    let_go(session)
    return Roster(token, group, _table(content))


def invite_roster(roster: Roster, *, by: Actor, now: datetime) -> int:
    """Invite everybody of the roster who can be; gives how many. Raises Refused: the same file was taken before."""
    with transaction() as session:
        row = lock_import(session, roster.token)
        if row.applied_at is not None or applied_before(session, row.kind, row.sha256) is not None:
            raise Refused(problem("file_known", N_("This very file was taken before; nobody was invited again.")))
        group = session.scalars(select(ExamGroup).where(ExamGroup.reference == roster.group)).one()
        people = [one for _number, _name, one in _read(session, group, roster.table)[0]]
        row.applied_at, row.applied_by_id = now, by.account_id
        return invite_members(roster.group, people, by=by, now=now)


def _table(content: bytes) -> Table:
    try:
        return read_table(content, COLUMNS)
    except Unacceptable as error:
        raise Refused(error.problem("file")) from error


def _read(session: Session, group: ExamGroup, table: Table) -> tuple[list[tuple[int, str, Invited]], list[RowFault]]:
    contacts = {row.number: read_contact(row.values["contact"].strip()) for row in table.rows}
    learners = _learners(session, [one for one in contacts.values() if isinstance(one, Contact)])
    members = set(session.scalars(select(GroupMember.learner_id).where(GroupMember.group_id == group.id)))
    sittings = {one.code: one.part for one in session.scalars(select(Sitting).where(
        Sitting.window_id == group.window_id, Sitting.closed_at.is_(None)))}
    rows, faults, seen = list[tuple[int, str, Invited]](), list[RowFault](), dict[int, int]()
    for row in table.rows:
        contact, name = contacts[row.number], row.values["name"].strip()
        wished = {part: row.values.get(part, "").strip() for part in ("theory", "practical")}
        learner = learners.get(contact.key) if isinstance(contact, Contact) else None
        found = list(_against(contact, learner, name, members, seen))
        found += [(part, problem("sitting_unknown", N_("There is no open sitting with this code for this part.")))
                  for part, code in wished.items() if code and sittings.get(code) != part]
        faults += [RowFault(row.number, column, one) for column, one in found]
        if not found and learner is not None:
            seen[learner.id] = row.number
            rows.append((row.number, name, Invited(learner.id, wished["theory"], wished["practical"])))
    return rows, faults


def _against(
    contact: Contact | Problem, learner: Learner | None, name: str, members: set[int], seen: dict[int, int]
) -> list[tuple[str, Problem]]:
    if isinstance(contact, Problem):
        return [("contact", contact)]
    if learner is None:
        return [("contact", NOBODY)]
    if learner.legal_name and learner.legal_name != name:
        return [("name", OTHER_NAME)]
    if learner.id in members:
        return [("contact", IN_GROUP)]
    if learner.id in seen:
        return [("contact", problem("twice_in_file", N_("This person also stands in row %(row)s."),
                                    row=seen[learner.id]))]
    return []


def _learners(session: Session, contacts: list[Contact]) -> dict[str, Learner]:
    keys = [one.key for one in contacts]
    wanted = select(Learner, Account).join(Account, Account.id == Learner.account_id).where(
        or_(Account.email_key.in_(keys), Account.phone.in_(keys)))
    found: dict[str, Learner] = {}
    for learner, account in session.execute(wanted):
        found |= {key: learner for key in (account.email_key, account.phone) if key}
    return found
