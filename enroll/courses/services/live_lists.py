"""The list of a meeting tool: read, looked at, brought in. Rows that name nobody are left out, and said so."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from enroll.accounts.rules.contacts import phone_key
from enroll.audit.services import record as note_act
from enroll.courses.lifecycle import LiveState
from enroll.courses.models.live import LiveClass, LiveSign
from enroll.courses.queries.live import learners_named, people_in, span_of
from enroll.courses.rules.live import read_moment
from enroll.documents.reading import KnownColumn, Table, TableRow, read_table
from enroll.documents.refusals import Unacceptable
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import Actor
from enroll.foundation.masking import mask_name
from enroll.foundation.problems import NotFound, Problem, Refused, RowFault, problem
from enroll.foundation.references import public_token
from enroll.foundation.text import compared
from enroll.foundation.words import N_
from enroll.storage.database import lock, transaction
from enroll.storage.files import keep_file
from enroll.storage.imports import StagedImport, applied_before, fault_as_json, lock_import

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WHO = ("account", "phone", "email", "name")
COLUMNS = (
    KnownColumn("account", ("账号", "用户名", "学员编号", "Account", "User name", "Username", "Learner no."), False),
    KnownColumn("phone", ("手机号", "手机号码", "手机", "Phone", "Mobile"), False),
    KnownColumn("email", ("邮箱", "电子邮箱", "用户邮箱", "Email", "E-mail", "User Email"), False),
    KnownColumn("name", ("姓名", "用户昵称", "昵称", "参会者", "成员名称", "用户昵称（入会昵称）", "Name",
                         "Name (Original Name)", "User Name (Original Name)", "Participant"), False),
    KnownColumn("came", ("入会时间", "加入时间", "首次入会时间", "进入时间", "Join time", "Joined", "First join")),
    KnownColumn("left", ("退会时间", "离开时间", "最后退会时间", "退出时间", "Leave time", "Left", "Last leave")),
)
NO_LIST = problem("no_list", N_("This list is not waiting any more."))


@dataclass(frozen=True)
class Seen:
    """One row of the list that names a learner: from when until when."""

    number: int
    enrolment: Enrolment
    came_at: datetime
    left_at: datetime


def check_attendance_list(
    reference: str, content: bytes, *, file_name: str, by: Actor, now: datetime
) -> StagedImport:
    """Keep a list and what it would do; nothing is brought in yet. Raises NotFound, Refused for a file that cannot be
    read, or for a class that is settled or cancelled."""
    if by.account_id is None:
        raise NotFound("LiveClass")
    table = _table(content)
    stored = keep_file(content, name=file_name, media_type=MEDIA_TYPE, purpose="live attendance", now=now, sealed=True,
                       owner_id=by.account_id)
    with transaction() as session:
        live = _open_class(session, reference)
        seen, faults = _read(session, live, table)
        session.add(stored)
        session.flush()
        row = StagedImport(
            token=public_token(), kind=f"live:{reference}", subject=reference, file_name=file_name[:200],
            sha256=hashlib.sha256(content).hexdigest(), file_id=stored.id, row_count=len(table.rows),
            uploaded_by_id=by.account_id, uploaded_at=now, accepted=[_kept(one) for one in seen],
            refused=[fault_as_json(one, table.titles) for one in faults],
        )
        session.add(row)
        note_act(session, "live_class.check_list", reference, by=by, now=now, sha256=row.sha256, rows=row.row_count)
        return row


def apply_attendance_list(token: str, *, by: Actor, now: datetime) -> int:
    """Bring the rows in that name a learner, once a file; gives how many. Raises NotFound, Refused."""
    with transaction() as session:
        row = lock_import(session, token)
        if not row.kind.startswith("live:") or by.account_id is None:
            raise NotFound(token)
        live = _open_class(session, row.subject)
        if row.applied_at is not None or row.abandoned_at is not None or not row.accepted:
            raise Refused(NO_LIST)
        if applied_before(session, row.kind, row.sha256) is not None:
            raise Refused(problem("file_known", N_("This very file has been brought in already.")))
        session.add_all(
            LiveSign(class_id=live.id, enrolment_id=one["enrolment"], came_at=datetime.fromisoformat(one["came"]),
                     left_at=datetime.fromisoformat(one["left"]), import_token=token, recorded_at=now,
                     recorded_by_id=by.account_id)
            for one in row.accepted
        )
        row.applied_at, row.applied_by_id = now, by.account_id
        note_act(session, "live_class.apply_list", live.reference, by=by, now=now, sha256=row.sha256,
                 rows=len(row.accepted))
        return len(row.accepted)


def _open_class(session: Session, reference: str) -> LiveClass:
    live = lock(session, LiveClass, LiveClass.reference == reference)
    if live.state not in (LiveState.PLANNED, LiveState.HELD):
        raise Refused(problem("settled", N_("The attendance of this class has been settled already.")))
    return live


def _table(content: bytes) -> Table:
    try:
        table = read_table(content, COLUMNS)
    except Unacceptable as error:
        raise Refused(error.problem("file")) from error
    if not set(WHO) & set(table.titles):
        raise Refused(problem("nobody_named", N_("A column must say who: account, phone, e-mail or name."),
                              field="file"))
    return table


def _read(session: Session, live: LiveClass, table: Table) -> tuple[list[Seen], list[RowFault]]:
    people = _People(session, live, table)
    seen, faults = list[Seen](), list[RowFault]()
    for row in table.rows:
        found = _row(live, row, people)
        if isinstance(found, Seen):
            seen.append(found)
        elif found is not None:
            faults.append(found)
    return seen, faults


def _row(live: LiveClass, row: TableRow, people: "_People") -> Seen | RowFault | None:
    """The row as somebody seen, its fault, or None for the trainer's own row."""
    values = row.values
    came, left = read_moment(values["came"]), read_moment(values["left"])
    for key, moment in (("came", came), ("left", left)):
        if moment is None:
            words = N_("A moment is needed such as 2026-11-22 19:00:00.")
            return RowFault(row.number, key, problem("moment_odd", words))
    assert came is not None
    assert left is not None
    start, end = span_of(live)
    if left <= came:
        return RowFault(row.number, "left", problem("left_first", N_("Left before it was joined.")))
    if left <= start or came >= end:
        return RowFault(row.number, "came", problem("not_then", N_("This is not the time of the class.")))
    if people.is_trainer(values):
        return None
    found = people.of(values)
    if isinstance(found, Problem):
        return RowFault(row.number, next((key for key in WHO if values[key]), "name"), found)
    day = timedelta(days=1)
    return Seen(row.number, found, max(came, start - day), min(left, end + day))


class _People:
    """Who the rows can mean: those with a place first, then every learner of the programme."""

    def __init__(self, session: Session, live: LiveClass, table: Table):
        self.trainer = live.trainer
        self.placed = {one.id for one in people_in(session, live.id)}
        names = {key for row in table.rows for key in _keys(row.values).values()}
        self.by_key: dict[tuple[str, str], list[Enrolment]] = defaultdict(list)
        known = learners_named(session, live.course.programme_id, sorted(names)) if names else ()
        for one in known:
            for key in _own_keys(one):
                self.by_key[key].append(one)

    def is_trainer(self, values: Mapping[str, str]) -> bool:
        own = {compared(text) for text in (self.trainer.username, self.trainer.name, self.trainer.email) if text}
        return any(compared(values[key]) in own for key in ("account", "email", "name") if values[key])

    def of(self, values: Mapping[str, str]) -> Enrolment | Problem:
        keys = _keys(values)
        for key in WHO:
            found = self.by_key.get((key, keys[key]), []) if key in keys else []
            if len(found) > 1:
                found = [one for one in found if one.id in self.placed] or found
            if len(found) == 1:
                return found[0]
            if found:
                return problem("several", N_("Several learners have this name; add a phone number or an account."))
        return problem("nobody", N_("No learner of this programme is meant by this row."))


def _keys(values: Mapping[str, str]) -> dict[str, str]:
    made = {"account": values["account"].strip(), "phone": phone_key(values["phone"]) or "",
            "email": values["email"].strip().lower(), "name": values["name"].strip()}
    return {key: text for key, text in made.items() if text}


def _own_keys(one: Enrolment) -> Iterable[tuple[str, str]]:
    account, learner = one.learner.account, one.learner
    keys: Sequence[tuple[str, str | None]] = (
        ("account", account.username), ("account", account.reference), ("account", learner.reference),
        ("phone", account.phone), ("email", account.email_key), ("name", learner.legal_name))
    return [(key, text) for key, text in keys if text]


def _kept(one: Seen) -> dict[str, object]:
    learner = one.enrolment.learner
    return {"row": one.number, "enrolment": one.enrolment.id, "who": mask_name(learner.called),
            "came": one.came_at.isoformat(), "left": one.left_at.isoformat()}
