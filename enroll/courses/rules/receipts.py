"""The receipt of a work's files as a document says it: every value finished, in Chinese with the Beijing moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enroll.foundation.clock import beijing

STATES_ZH = {"draft": "未提交", "handed_in": "已提交，待批阅", "returned": "已退回，待重新提交", "accepted": "已通过"}


@dataclass(frozen=True)
class ReceivedFile:
    """What we hold of one file; `wanted` is the deliverable it is for, `size` bytes."""

    name: str
    wanted: str
    size: int
    sha256: str
    received_at: datetime


def receipt_values(
    work: Any, files: Iterable[ReceivedFile], partner: tuple[str, str], now: datetime, *, demo: bool
) -> dict[str, Any]:
    """What templates/documents/receipt.typ asks for, of a PracticeWork; the partner by name and code."""
    name, code = partner
    lesson, made = work.lesson, _said(now)
    return {
        "partner_name": name, "partner_code": code, "demo": demo, "number": work.reference, "made": made,
        "foot": " · ".join(part for part in (name, work.reference, made) if part),
        "name": work.enrolment.learner.legal_name or work.enrolment.learner.reference,
        "lesson": f"{lesson.code} {lesson.title}", "state": STATES_ZH[work.state],
        "handed_in": _said(work.handed_in_at) if work.handed_in_at else "–",
        "files": [{"name": one.name, "wanted": one.wanted, "size": f"{one.size:,}", "sha256": one.sha256,
                   "received": _said(one.received_at, seconds=True)} for one in files],
    }


def with_printable_names(values: dict[str, Any], missing: Iterable[str]) -> dict[str, Any]:
    """The same with a question mark for what the fonts have not (an emoji in a file's name): the digest still says
    which file it is."""
    table = {ord(character): "?" for one in missing for character in one}
    return {**values, "files": [{**one, "name": one["name"].translate(table)} for one in values["files"]]}


def _said(moment: datetime, *, seconds: bool = False) -> str:
    return beijing(moment).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")
