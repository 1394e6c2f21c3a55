"""Marks as the issuing body sends them: which row belongs to whom, and why a row is refused.

A row needs a ticket number or exam account, and the name or the end of the identity number with it.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from enroll.foundation.problems import Problem, problem
from enroll.foundation.text import compared
from enroll.foundation.words import N_
from enroll.results.rules.marks import read_mark
from enroll.results.rules.verdicts import Entered

COLUMNS = {  # key -> titles, required
    "ticket_no": (("准考证号", "Ticket no."), False),
    "exam_account": (("考试账号", "Exam account"), False),
    "legal_name": (("姓名", "Name"), False),
    "id_tail": (("证件后四位", "证件号码后四位", "Last four of the ID number"), False),
    "part": (("科目", "Part"), True),
    "mark": (("成绩", "分数", "Mark"), True),
}
PARTS = {"理论": "theory", "理论考试": "theory", "theory": "theory", "theory exam": "theory",
         "实践": "practical", "实践考核": "practical", "practical": "practical", "practical assessment": "practical"}
NOT_THERE = {"缺考": "absent", "absent": "absent", "缓考": "excused", "excused": "excused", "违纪": "disqualified",
             "disqualified": "disqualified"}
TAIL = 4


@dataclass(frozen=True)
class BodyRow:
    """One row of the file by the keys above; `number` counts from 1 with the header."""

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True)
class Expected:
    """One result we wait for, with what the body knows its owner by."""

    reference: str
    sitting: str
    part: str
    attendance: str
    state: str
    legal_name: str
    id_tail: str
    keys: frozenset[str]  # ticket numbers and exam accounts, as compared


@dataclass(frozen=True)
class Matched:
    """A row that was understood. `entered` is None where it only says what the attendance says."""

    number: int
    expected: Expected
    entered: Entered | None


@dataclass(frozen=True)
class RefusedRow:
    number: int
    column: str
    problem: Problem


@dataclass(frozen=True)
class Reading:
    matched: tuple[Matched, ...]
    refused: tuple[RefusedRow, ...]


def read_rows(rows: Sequence[BodyRow], expected: Iterable[Expected], *, full: int, step: int) -> Reading:
    """Every row either matched to one result, or refused with its column and reason. `full` and `step` in tenths."""
    known = {(key, one.part): one for one in expected for key in one.keys}
    read = [_read(row, known, full, step) for row in rows]
    times = Counter(one.expected.reference for one in read if isinstance(one, Matched))
    matched, refused = [], []
    for one in read:
        if isinstance(one, Matched) and times[one.expected.reference] > 1:
            refused.append(RefusedRow(one.number, _key_column(rows, one.number), problem(
                "row_twice", N_("This person's part stands in the file more than once."))))
        elif isinstance(one, Matched):
            matched.append(one)
        else:
            refused.append(one)
    return Reading(tuple(matched), tuple(refused))


def _key_column(rows: Sequence[BodyRow], number: int) -> str:
    row = next(one for one in rows if one.number == number)
    return "ticket_no" if row.values["ticket_no"] else "exam_account"


def _read(
    row: BodyRow, known: Mapping[tuple[str, str], Expected], full: int, step: int
) -> Matched | RefusedRow:
    values = row.values
    part = PARTS.get(values["part"].strip().lower())
    if part is None:
        return RefusedRow(row.number, "part", problem("part_unknown", N_("Say “theory” or “practical” here.")))
    column = "ticket_no" if values["ticket_no"] else "exam_account"
    if not values[column]:
        return RefusedRow(row.number, "ticket_no", problem(
            "nobody_named", N_("The row names neither a ticket number nor an exam account.")))
    one = known.get((compared(values[column]), part))
    if one is None:
        return RefusedRow(row.number, column, problem(
            "stranger", N_("Nobody of this window has this number in this part.")))
    against = _against_person(values, one) or _against_state(one)
    if against is not None:
        return RefusedRow(row.number, *against)
    return _with_mark(row, one, full, step)


def _against_person(values: Mapping[str, str], one: Expected) -> tuple[str, Problem] | None:
    """The number alone is not enough: name or identity tail must be there, and whatever is there must be right."""
    name, tail = values["legal_name"], compared(values["id_tail"])
    if not name and not tail:
        return "legal_name", problem("person_unproved", N_("Name or end of the identity number must stand beside the "
                                                            "number."))
    if name and unicodedata.normalize("NFC", name) != one.legal_name:
        return "legal_name", problem("name_differs", N_("The name is not the one registered under this number."))
    if tail and (len(tail) < TAIL or tail[-TAIL:] != one.id_tail):
        return "id_tail", problem("tail_differs", N_("The end of the identity number is not the one registered."))
    return None


def _against_state(one: Expected) -> tuple[str, Problem] | None:
    if one.state in {"pending", "entered"} or one.attendance in {"absent", "excused", "disqualified"}:
        return None
    return "mark", problem("already_checked", N_("This result was checked already and takes no first entry."))


def _with_mark(row: BodyRow, one: Expected, full: int, step: int) -> Matched | RefusedRow:
    text = row.values["mark"]
    said = NOT_THERE.get(text.strip().lower())
    settled = one.attendance if one.attendance != "present" else None
    if said != settled:
        return RefusedRow(row.number, "mark", problem(
            "attendance_differs", N_("The file and our attendance do not agree on whether this person sat the exam.")))
    if said is not None:
        return Matched(row.number, one, None)
    entered = read_mark(text, full=full, step=step)
    if isinstance(entered, Problem):
        return RefusedRow(row.number, "mark", entered)
    return Matched(row.number, one, entered)
