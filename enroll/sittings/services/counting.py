"""The count of a sitting's seats. The database does the counting, so two callers cannot both win."""

from typing import Any

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from enroll.sittings.models import Sitting


def take_seat(session: Session, sitting_id: int) -> bool:
    """Take one seat; False where there is none. One conditional UPDATE, so the count is right whoever else presses."""
    taken = session.execute(
        update(Sitting)
        .where(Sitting.id == sitting_id, Sitting.taken < Sitting.capacity, Sitting.closed_at.is_(None))
        .values(taken=Sitting.taken + 1)
    )
    return _touched(taken)


def give_back_seat(session: Session, sitting_id: int) -> None:
    session.execute(
        update(Sitting).where(Sitting.id == sitting_id, Sitting.taken > 0).values(taken=Sitting.taken - 1)
    )


def hold_count(session: Session, sitting_id: int) -> Sitting:
    """The sitting as it stands, with its count under our lock: nobody takes or gives back a seat until we are done. A
    list is read and joined only under it; else a seat could come free between the look and the joining, for nobody."""
    session.execute(update(Sitting).where(Sitting.id == sitting_id).values(taken=Sitting.taken))
    return session.get_one(Sitting, sitting_id, populate_existing=True)


def _touched(result: Any) -> bool:
    return isinstance(result, CursorResult) and result.rowcount == 1
