"""Questions from a file: read and shown first with every fault at its line, then taken in, once a file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.audit import services as audit
from enroll.documents.reading import KnownColumn, Table, decoded, read_table
from enroll.documents.refusals import Unacceptable
from enroll.documents.sheets import Column, write_xlsx
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, NotFound, Refused, problem
from enroll.foundation.references import public_token
from enroll.foundation.words import N_
from enroll.questions.queries.bank import alike_in_bank, codes_by_digest, codes_taken, topics
from enroll.questions.rules.aiken import read_aiken
from enroll.questions.rules.gift import read_gift
from enroll.questions.rules.questions import (
    NewQuestion,
    ReadFile,
    ReadQuestion,
    RowFault,
    digest_of,
    pieces_of,
    with_place,
)
from enroll.questions.rules.sheet import COLUMNS, as_row, read_row
from enroll.questions.services.bank import add_questions
from enroll.storage.database import db, transaction
from enroll.storage.files import keep_file, read_file
from enroll.storage.imports import StagedImport, applied_before, file_of, lock_import, staged

KIND = "questions"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = "text/plain"
KNOWN = tuple(KnownColumn(key, titles, required) for key, titles, required in COLUMNS)
MOST_QUESTIONS = 2_000
SHOWN_CHARACTERS = 80
NO_TOPIC = "-"


@dataclass(frozen=True)
class Wanted:
    """How a file is read: 'xlsx', 'gift' or 'aiken'; where questions go that name no module; Aiken's difficulty."""

    format: str
    topic: str = ""
    difficulty: int = 1


@dataclass(frozen=True)
class Checked:
    """What of a file can be taken, with a hint where a question is nearly there already, and the faults of the rest."""

    questions: tuple[ReadQuestion, ...]
    faults: tuple[RowFault, ...]
    alike: dict[int, str]


def check_questions(content: bytes, wanted: Wanted, *, file_name: str, by: Actor, now: datetime) -> StagedImport:
    """Read a file and keep it with what could be taken and what not; the bank is not changed yet.

    The very same file, once taken in, is found again. Raises Refused for a file that cannot be read.
    """
    if not by.may(Permission.MANAGE_BANK) or by.account_id is None:
        raise Refused(NOT_PERMITTED)
    read = _read(content, wanted.format)
    stored = keep_file(content, name=file_name, media_type=XLSX if wanted.format == "xlsx" else TEXT, purpose=KIND,
                       now=now, owner_id=by.account_id, sealed=True)
    with transaction() as session:
        earlier = applied_before(session, KIND, stored.sha256)
        if earlier is not None:
            return earlier
        checked = check_file(session, read, wanted)
        session.add(stored)
        session.flush()
        row = StagedImport(
            token=public_token(), kind=KIND, subject=f"{wanted.format} {wanted.topic or NO_TOPIC} {wanted.difficulty}",
            file_name=file_name[:200], sha256=stored.sha256, file_id=stored.id, uploaded_by_id=by.account_id,
            uploaded_at=now, row_count=len(read.questions) + len({one.line for one in read.faults}),
            accepted=[_shown(one, checked.alike.get(one.line, "")) for one in checked.questions],
            refused=[as_json(one) for one in checked.faults],
        )
        session.add(row)
        session.flush()
        return row


def apply_questions(token: str, *, publish: bool, by: Actor, now: datetime) -> int:
    """Take in what can be taken of a checked file, all in one transaction; gives how many. Raises NotFound, and Refused
    where the file was taken in before or nothing is left to take."""
    content = _content(token)
    with transaction() as session:
        row = lock_import(session, token)
        if row.applied_at is not None or applied_before(session, KIND, row.sha256) is not None:
            raise Refused(problem("file_known", N_("This very file was taken in before; nothing was changed.")))
        wanted = wanted_of(row)
        checked = check_file(session, _read(content, wanted.format), wanted)
        if not checked.questions:
            raise Refused(problem("nothing_left", N_("No question of this file can be taken in.")))
        count = add_questions([one.new for one in checked.questions], by=by, now=now, publish=publish)
        row.applied_at, row.applied_by_id = now, by.account_id
        audit.record(session, "questions.import", row.file_name[:60], by=by, now=now, sha256=row.sha256,
                     rows=row.row_count, taken=count, published=publish)
        return count


def check_file(session: Session, read: ReadFile, wanted: Wanted) -> Checked:
    """The questions that can be taken, against the bank and against each other."""
    known = {one.code: one.section for one in topics(session)}
    placed = [replace(one, new=_placed(one.new, wanted, known)) for one in read.questions]
    taken = codes_taken(session, [one.new.code for one in placed if one.new.code])
    same = codes_by_digest(session, [one.new for one in placed])
    finder, seen_codes, seen = alike_in_bank(session), dict[str, int](), dict[str, int]()
    kept, faults, alike = list[ReadQuestion](), list(read.faults), dict[int, str]()
    for one in placed:
        found = _against(one, known, taken, same, seen_codes, seen)
        faults += found
        if found:
            continue
        pieces = pieces_of(one.new)
        if near := finder.nearest(pieces):
            alike[one.line] = near
        name = one.new.code or f"#{one.line}"
        finder.add(name, pieces)
        seen[digest_of(one.new)] = one.line
        seen_codes[one.new.code] = one.line
        kept.append(one)
    return Checked(tuple(kept), tuple(sorted(faults, key=lambda one: one.line)), alike)


def as_workbook(questions: Sequence[NewQuestion]) -> bytes:
    """The questions as the workbook that can be brought in again."""
    columns = [Column(titles[0], 40 if key in {"stem", "explanation"} else 16) for key, titles, _ in COLUMNS]
    return write_xlsx(columns, [as_row(one) for one in questions], sheet_title="题库")


def as_json(fault: RowFault) -> dict[str, object]:
    words = fault.problem.words
    titles = {key: shown[0] for key, shown, _ in COLUMNS}
    return {"row": fault.line, "column": titles.get(fault.column, ""), "code": fault.problem.code,
            "message": words.text, "values": dict(words.values)}


def wanted_of(row: StagedImport) -> Wanted:
    form, topic, difficulty = row.subject.split(" ")
    return Wanted(form, "" if topic == NO_TOPIC else topic, int(difficulty))


def _placed(new: NewQuestion, wanted: Wanted, known: dict[str, str]) -> NewQuestion:
    topic = new.topic if new.topic in known or not wanted.topic else wanted.topic
    return with_place(new, topic=topic, section=known.get(topic, ""),
                      difficulty=wanted.difficulty if wanted.format == "aiken" else 0)


def _against(
    one: ReadQuestion, known: dict[str, str], taken: set[str], same: dict[str, str], seen_codes: dict[str, int],
    seen: dict[str, int],
) -> list[RowFault]:
    faults, digest, new = list[RowFault](), digest_of(one.new), one.new
    if new.topic not in known:
        text = N_("There is no module “%(topic)s”; name one, or choose one for the whole file.")
        faults.append(RowFault(one.line, "topic", problem("topic_unknown", text, topic=new.topic)))
    if new.code in taken:
        text = N_("There is a question %(question)s already.")
        faults.append(RowFault(one.line, "code", problem("code_taken", text, question=new.code)))
    elif new.code and new.code in seen_codes:
        faults.append(RowFault(one.line, "code", problem("code_twice", N_("This code also stands in line %(row)d."),
                                                         row=seen_codes[new.code])))
    if digest in same:
        text = N_("%(question)s already asks this; only spaces, signs or the order of options differ.")
        faults.append(RowFault(one.line, "stem", problem("same_question", text, question=same[digest])))
    elif digest in seen:
        faults.append(RowFault(one.line, "stem", problem("twice_in_file", N_("Line %(row)d asks the same."),
                                                         row=seen[digest])))
    return faults


def _read(content: bytes, form: str) -> ReadFile:
    try:
        if form == "xlsx":
            read = _rows(read_table(content, KNOWN))
        elif content.startswith(b"PK"):
            text = N_("This is a workbook or another packed file; choose its format.")
            raise Refused(problem("packed", text, field="file"))
        else:
            read = (read_gift if form == "gift" else read_aiken)(decoded(content))
    except Unacceptable as error:
        raise Refused(error.problem("file")) from error
    if not read.questions and not read.faults:
        raise Refused(problem("no_rows", N_("There is no question in this file."), field="file"))
    if len(read.questions) > MOST_QUESTIONS:
        text = N_("At most %(most)d questions in one file; split it.")
        raise Refused(problem("too_many", text, field="file", most=MOST_QUESTIONS))
    return read


def _rows(table: Table) -> ReadFile:
    questions, faults = list[ReadQuestion](), list[RowFault]()
    for row in table.rows:
        read = read_row(row.number, row.values)
        if isinstance(read, list):
            faults += read
        else:
            questions.append(ReadQuestion(row.number, read))
    return ReadFile(tuple(questions), tuple(faults))


def _content(token: str) -> bytes:
    """The kept file, checked against its digest. Raises NotFound, FileIsWrong."""
    session = db.session()
    row = staged(session, token)
    if row is None or row.kind != KIND:
        raise NotFound(token)
    return read_file(file_of(session, row))


def _shown(one: ReadQuestion, alike: str) -> dict[str, object]:
    return {"row": one.line, "code": one.new.code, "kind": one.new.kind, "topic": one.new.topic,
            "stem": one.new.stem[:SHOWN_CHARACTERS], "alike": alike}
