"""A list of who started, or of who did not, as the exam system gives it: matched row by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enroll.admission.rules.door import name_or_tail_agrees
from enroll.foundation.problems import Problem, problem
from enroll.foundation.text import compared
from enroll.foundation.words import N_

KEYS = ("exam_account", "ticket_no", "reference")


@dataclass(frozen=True)
class Listed:
    """Somebody of the sitting, under every name the exam system may use for them."""

    reference: str
    legal_name: str
    id_mask: str
    ticket_no: str = ""
    exam_account: str = ""


@dataclass(frozen=True)
class ListFault:
    row: int
    column: str
    problem: Problem

    def as_json(self) -> dict[str, Any]:
        words = self.problem.words
        return {"row": self.row, "column": self.column, "code": self.problem.code, "message": words.text,
                "values": {name: value for name, value in words.values if isinstance(value, str | int)}}


def match_list(
    rows: Sequence[tuple[int, Mapping[str, str]]], people: Sequence[Listed], titles: Mapping[str, str]
) -> tuple[dict[int, str], list[ListFault]]:
    """(row → booking, faults). Account or ticket number must be one of this sitting's, and name or the document's end
    must agree; a person stands once."""
    known = {(key, compared(getattr(one, key))): one for one in people for key in KEYS if getattr(one, key)}
    found: dict[int, str] = {}
    faults: list[ListFault] = []
    seen: dict[str, int] = {}
    for number, values in rows:
        key = next((one for one in KEYS if values[one]), "")
        person = known.get((key, compared(values[key]))) if key else None
        fault = _fault_of(values, key, person, seen.get(person.reference if person else "", 0))
        if fault is not None:
            faults.append(ListFault(number, titles.get(key) or next(iter(titles.values()), ""), fault))
        elif person is not None:
            found[number] = person.reference
            seen[person.reference] = number
    return found, faults


def _fault_of(values: Mapping[str, str], key: str, person: Listed | None, first: int) -> Problem | None:
    if not key:
        return problem("nobody_listed", N_("Give the exam account, the ticket number or the seat reference."))
    if person is None:
        return problem("not_here", N_("%(value)s belongs to nobody in this sitting."), value=values[key][:60])
    if not name_or_tail_agrees(name=values["name"], tail=values["tail"], legal_name=person.legal_name,
                               id_mask=person.id_mask):
        return problem("stranger", N_("The name or the document's end is not that of %(value)s."),
                       value=values[key][:60])
    if first:
        return problem("twice", N_("This stands in row %(first)s already."), first=first)
    return None
