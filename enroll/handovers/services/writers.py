"""What each kind of list does: how its rows are read, checked and written down."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from enroll.foundation.problems import RowFault
from enroll.handovers.rules.reading import read_certificate, read_cohort, read_hours, read_learner, read_part
from enroll.handovers.services import people, records
from enroll.handovers.services.matching import Stand


@dataclass(frozen=True)
class Writer:
    """`read` gives a row or its faults; `against` says what stands against rows that could be read; `write` writes one
    down in the open transaction."""

    read: Callable[[int, Mapping[str, str], date], Any]
    against: Callable[[Session, Sequence[Any], datetime], list[RowFault]]
    write: Callable[[Session, Any, Stand], None]


WRITERS = {
    "cohorts": Writer(read_cohort, people.against_cohorts, people.write_cohort),
    "learners": Writer(read_learner, people.against_learners, people.write_learner),
    "hours": Writer(read_hours, records.against_hours, records.write_hours),
    "parts": Writer(read_part, records.against_parts, records.write_part),
    "certificates": Writer(read_certificate, records.against_certificates, records.write_certificate),
}
