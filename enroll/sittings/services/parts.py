"""What publications settled part by part: written by results, which stand later, read by whoever offers a resit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from enroll.programmes.models import Window
from enroll.sittings.models import PublishedPart
from enroll.storage.database import transaction


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
