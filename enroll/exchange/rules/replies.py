"""What the issuing body's reply says, row by row, and everything that is wrong with it. A reply is taken whole or not
at all: half a reply would leave nobody knowing which half."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from enroll.admission.rules.door import name_or_tail_agrees
from enroll.admission.rules.tickets import NUMBER
from enroll.exchange.rules.batches import BatchKind, RowState
from enroll.foundation.problems import Problem, problem
from enroll.foundation.text import compared
from enroll.foundation.words import N_

YES = {"", "通过", "接收", "成功", "已接收", "已发证", "发证", "合格", "ACCEPTED", "YES", "OK", "ISSUED"}
NO = {"退回", "不通过", "拒绝", "不予发证", "失败", "REJECTED", "NO", "REFUSED"}
CERTIFICATE_NO = re.compile(r"[0-9A-Z][0-9A-Z./-]{3,59}")
LONGEST = {"exam_account": 80, "exam_secret": 200, "exam_link": 400, "note": 500}


@dataclass(frozen=True)
class Expected:
    """A row we sent and wait for. `subject` is the booking's or certificate's reference."""

    row_id: int
    subject: str
    application: str
    legal_name: str
    id_mask: str
    state: str


@dataclass(frozen=True)
class Fault:
    """Why a row of a file cannot be taken: its number and the column's title in the file."""

    row: int
    column: str
    problem: Problem


@dataclass(frozen=True)
class Answer:
    """One row of a reply, and the rows of ours that it answers: both parts where it names the application."""

    row: int
    row_ids: tuple[int, ...]
    values: Mapping[str, str] = field(repr=False)
    accepted: bool = True


def sort_out(
    kind: BatchKind, rows: Sequence[tuple[int, Mapping[str, str]]], expected: Sequence[Expected],
    titles: Mapping[str, str],
) -> tuple[list[Answer], list[Fault]]:
    """Match every row of a reply, by our reference and the name or the document's end. Gives what can be taken, and
    every fault with its row and column."""
    known = _by_reference(expected)
    answers: list[Answer] = []
    faults: list[Fault] = []
    seen: dict[tuple[str, str], int] = {}

    def fault(row: int, key: str, what: Problem) -> None:
        faults.append(Fault(row, titles.get(key, titles.get("reference", "")), what))

    for number, values in rows:
        found = [(key, what) for key, what in _faults_of(kind, values)]
        mine = known.get(values["reference"].upper(), [])
        found += [("reference", what) for what in _faults_of_match(values, mine)]
        found += _doubles(values, mine, seen, number)
        for key, what in found:
            fault(number, key, what)
        if not found:
            accepted = compared(values["result"]) in YES
            answers.append(Answer(number, tuple(one.row_id for one in mine), values, accepted))
    return answers, faults


def issued_on(text: str) -> date | None:
    """2027-03-17, 2027/3/17, 2027年3月17日 or 20270317; None for anything else."""
    found = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", text.split(" ")[0]) if text else None
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def shown(values: Mapping[str, str]) -> dict[str, Any]:
    """What a preview and a batch row may show of an answer: never the password."""
    return {key: value for key, value in values.items() if key != "exam_secret" and value}


def _by_reference(expected: Sequence[Expected]) -> dict[str, list[Expected]]:
    known: dict[str, list[Expected]] = {}
    for one in expected:
        known.setdefault(one.subject, []).append(one)
        if one.application:
            known.setdefault(one.application, []).append(one)
    return known


def _faults_of_match(values: Mapping[str, str], mine: Sequence[Expected]) -> list[Problem]:
    if not values["reference"]:
        return [problem("reference_missing", N_("The reference is missing."))]
    if not mine:
        return [problem("row_unknown", N_("We have sent nobody under %(reference)s."), reference=values["reference"])]
    if any(one.state != RowState.QUEUED for one in mine):
        return [problem("row_answered", N_("%(reference)s has been answered before."), reference=values["reference"])]
    if not values["name"] and not values["tail"]:
        return [problem("nobody_named", N_("Give the name or the last four characters of the document number."))]
    if not name_or_tail_agrees(name=values["name"], tail=values["tail"], legal_name=mine[0].legal_name,
                               id_mask=mine[0].id_mask):
        return [problem("stranger", N_("The name or the document's end is not that of %(reference)s."),
                        reference=values["reference"])]
    return []


def _doubles(
    values: Mapping[str, str], mine: Sequence[Expected], seen: dict[tuple[str, str], int], number: int
) -> list[tuple[str, Problem]]:
    """A person twice; a number or an account given to two people."""
    found = []
    person = mine[0].application or mine[0].subject if mine else ""
    wanted = [("reference", str(one.row_id)) for one in mine]
    wanted += [(key, f"{values[key]}") for key in ("certificate_no",) if values.get(key)]
    for key in ("ticket_no", "exam_account"):
        if values.get(key):
            owner = seen.setdefault((f"owner {person}", values[key]), number)
            first = seen.setdefault((key, values[key]), number)
            if first != number and owner != first:
                found.append((key, _twice(first)))
    for key, value in wanted:
        first = seen.setdefault((key, value), number)
        if first != number:
            found.append((key, _twice(first)))
            break
    return found


def _twice(first: int) -> Problem:
    return problem("twice", N_("This stands in row %(first)s already."), first=first)


def _faults_of(kind: BatchKind, values: Mapping[str, str]) -> list[tuple[str, Problem]]:
    said = compared(values["result"])
    found = [(key, problem("too_long", N_("At most %(most)s characters."), most=most))
             for key, most in LONGEST.items() if len(values.get(key, "")) > most]
    if said not in YES | NO:
        return [*found, ("result", problem("result_unknown", N_("“%(said)s” is no result. Write accepted or rejected."),
                                           said=values["result"][:40]))]
    if said in NO:
        return found if values["note"] else [*found, ("note", problem(
            "reason_missing", N_("A row that comes back needs its reason.")))]
    if values.get("tail") and len(values["tail"]) != 4:
        found.append(("tail", problem("tail_wrong", N_("Give exactly the last four characters."))))
    return found + (_faults_of_access(values) if kind is BatchKind.REGISTRATION else _faults_of_number(values))


def _faults_of_access(values: Mapping[str, str]) -> list[tuple[str, Problem]]:
    found = []
    number, link = values["ticket_no"], values["exam_link"]
    if number and not NUMBER.fullmatch(number.upper()):
        found.append(("ticket_no", problem("ticket_no_wrong", N_("A ticket number has 4 to 40 letters, digits and "
                                                                 "hyphens."))))
    if link and (urlsplit(link).scheme != "https" or not urlsplit(link).netloc or re.search(r"[\s\"'<>\\]", link)):
        found.append(("exam_link", problem("link_wrong", N_("The link must begin with https://."))))
    return found


def _faults_of_number(values: Mapping[str, str]) -> list[tuple[str, Problem]]:
    found = []
    if not CERTIFICATE_NO.fullmatch(values["certificate_no"].upper()):
        found.append(("certificate_no", problem("certificate_no_wrong", N_(
            "The certificate number is missing or has other characters than letters, digits, “.”, “/” and hyphens."))))
    for key in ("issued_on", "valid_until"):
        if (values[key] or key == "issued_on") and issued_on(values[key]) is None:
            found.append((key, problem("day_wrong", N_("Enter a day such as 2027-03-17."))))
    return found
