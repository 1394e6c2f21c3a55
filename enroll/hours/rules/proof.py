"""What a proof of hours freezes, and the digest that ties it to its ledger rows."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any


@dataclass(frozen=True)
class LedgerRow:
    """One row as the digest takes it."""

    id: int
    source_key: str
    kind: str
    course_code: str
    lesson_code: str
    started_at: datetime
    ended_at: datetime
    minutes: int


@dataclass(frozen=True)
class CourseSum:
    """Credited minutes of one course, as its table row on the proof."""

    code: str
    title: str
    section: str
    knowledge: int
    practice: int

    @property
    def minutes(self) -> int:
        return self.knowledge + self.practice


@dataclass(frozen=True)
class Holder:
    """Who the proof is for, as it stands on the day. The document number is masked before it comes here."""

    name: str
    id_type: str
    id_number_mask: str


def ledger_digest(rows: Iterable[LedgerRow]) -> str:
    """SHA-256 over the rows in the order of their numbers, in one canonical spelling."""
    spelled = [
        [row.id, row.source_key, row.kind, row.course_code, row.lesson_code, _moment(row.started_at),
         _moment(row.ended_at), row.minutes]
        for row in sorted(rows, key=lambda one: one.id)
    ]
    return hashlib.sha256(json.dumps(spelled, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def frozen_facts(
    holder: Holder, *, programme: tuple[str, str], partner: tuple[str, str], unit: int, required_hours: int,
    practice_hours: int, courses: Iterable[CourseSum], studied_from: date, studied_until: date, issued_on: date,
) -> dict[str, Any]:
    """The facts as JSON: they are printed as they stand, whatever changes later. Courses without minutes stay out."""
    return {
        "name": holder.name, "id_type": holder.id_type, "id_number_mask": holder.id_number_mask,
        "programme_zh": programme[0], "programme_en": programme[1],
        "partner_name": partner[0], "partner_code": partner[1],
        "unit": unit, "required_hours": required_hours, "practice_hours": practice_hours,
        "courses": [
            {"code": one.code, "title": one.title, "section": one.section, "knowledge": one.knowledge,
             "practice": one.practice}
            for one in courses if one.minutes
        ],
        "studied_from": studied_from.isoformat(), "studied_until": studied_until.isoformat(),
        "issued_on": issued_on.isoformat(),
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
