"""The demo's own clock: an offset kept in the database, so that it survives restarts. No date in the data is moved."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from enroll.foundation.clock import ShiftedClock
from enroll.storage.database import Base, db, transaction


class DemoClock(Base):
    """How far the demo's day stands from the real one; one row, in demo databases only."""

    __tablename__ = "demo_clock"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    offset_seconds: Mapped[int] = mapped_column(BigInteger)


def load_clock() -> ShiftedClock:
    """The clock as it stands in this database; real time where none was set."""
    row = db.session.get(DemoClock, 1)
    offset = timedelta(seconds=row.offset_seconds) if row is not None else timedelta(0)
    db.session.rollback()
    return ShiftedClock(offset)


def set_clock(clock: ShiftedClock, moment: datetime) -> None:
    """Let the demo's day run on from this moment, here and after a restart."""
    clock.set(moment)
    with transaction() as session:
        session.merge(DemoClock(id=1, offset_seconds=int((moment - datetime.now(UTC)).total_seconds())))
