"""The ledger as a table for files: its columns, and the cells of an entry; texts are translated where it is written."""

from datetime import datetime
from typing import Any

from enroll.foundation.words import N_
from enroll.hours.rules.crediting import KINDS, SOURCES

COLUMNS = (N_("Entry"), N_("Course"), N_("Lesson"), N_("What it was"), N_("From"), N_("Until"), N_("How"), N_("Kind"),
           N_("Minutes"), N_("Reason"), N_("Takes back entry"))
MOST_EXPORTED = 10_000


def cells_of(entry: Any) -> tuple[str | int | datetime | None, ...]:
    """In the order of the columns; what is a code is given as its marked text."""
    return (entry.id, f"{entry.course_code} {entry.course_title}", entry.lesson_code, entry.title, entry.started_at,
            entry.ended_at, SOURCES[entry.source], KINDS[entry.kind], entry.minutes, entry.reason, entry.reverses_id)


MARKED = (6, 7)  # the cells that are marked texts
