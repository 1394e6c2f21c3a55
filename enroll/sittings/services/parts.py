"""What publications settled part by part: written by results, which stand later, read by whoever offers a resit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.foundation.problems import Refused, problem
from enroll.foundation.words import N_
from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.sittings.lifecycle import PartVerdict
from enroll.sittings.models import PublishedPart
from enroll.storage.database import lock, transaction

PART_KNOWN = problem("part_known", N_("This part of this window is settled already for this learner."))


@dataclass(frozen=True)
class SettledPart:
    """One part as a publication settles it; `kept_until` is the code of the last window that counts a pass."""

    learner_id: int
    part: str
    verdict: str
    kept_until: str = ""


def settle_parts(window: Window, settled: Sequence[SettledPart], *, now: datetime) -> None:
    """Write down what was published for a window. A part that was settled otherwise before is ended, not changed."""
    with transaction() as session:
        learners = {one.learner_id for one in settled}
        wanted = select(PublishedPart).where(
            PublishedPart.window_code == window.code, PublishedPart.programme_id == window.programme_id,
            PublishedPart.ended_at.is_(None),
        )
        standing = {(row.learner_id, row.part): row for row in session.scalars(wanted) if row.learner_id in learners}
        for one in settled:
            row = standing.get((one.learner_id, one.part))
            if row is not None and (row.verdict, row.kept_until) != (one.verdict, one.kept_until):
                standing.pop((one.learner_id, one.part)).ended_at = now
        session.flush()
        session.add_all(
            PublishedPart(learner_id=one.learner_id, programme_id=window.programme_id, part=one.part,
                          window_code=window.code, verdict=one.verdict, kept_until=one.kept_until, settled_at=now)
            for one in settled if (one.learner_id, one.part) not in standing
        )


@dataclass(frozen=True)
class EarlierPart:
    """A part passed before our first day: where it is proved, who brought it and who confirmed it (two people)."""

    learner_id: int
    programme_id: int
    part: str
    window_code: str
    kept_until: str
    source: str
    recorded_by_id: int
    second_person_id: int


def hand_over_part(one: EarlierPart, *, now: datetime) -> None:
    """Write down a pass of before. Raises Refused where something is settled for that part and window already."""
    with transaction() as session:
        lock(session, Learner, Learner.id == one.learner_id)
        if part_stands(session, one.learner_id, one.programme_id, one.part, one.window_code):
            raise Refused(PART_KNOWN)
        session.add(PublishedPart(
            learner_id=one.learner_id, programme_id=one.programme_id, part=one.part, window_code=one.window_code,
            verdict=PartVerdict.PASS, kept_until=one.kept_until, settled_at=now, source=one.source,
            recorded_by_id=one.recorded_by_id, second_person_id=one.second_person_id,
        ))
        session.flush()


def part_stands(session: Session, learner_id: int, programme_id: int, part: str, window_code: str) -> bool:
    return session.scalar(select(PublishedPart.id).where(
        PublishedPart.learner_id == learner_id, PublishedPart.programme_id == programme_id,
        PublishedPart.part == part, PublishedPart.window_code == window_code, PublishedPart.ended_at.is_(None),
    )) is not None
