"""What time and sign-ins do to requests for lost sign-ins."""

from datetime import datetime

from enroll.recovery.queries import due_recoveries
from enroll.recovery.services import carry_on
from enroll.storage.database import again_if_crowded, db, let_go


def carry_recoveries_on(now: datetime) -> int:
    """Set the addresses whose waiting time is over, end what is stale or no longer needed; gives how many."""
    session = db.session()
    due = due_recoveries(session, now)
    let_go(session)
    return sum(_carry_on(reference, move, now) for reference, move in due)


def _carry_on(reference: str, move: str, now: datetime) -> bool:
    return again_if_crowded(lambda: carry_on(reference, move, now=now))
