"""For the doctor: practical work that nobody will mark, and files that never came whole."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from enroll.accounts.models import Account, RoleGrant
from enroll.accounts.permissions import Role
from enroll.audit.models import AuditEntry
from enroll.courses.lifecycle import WorkState
from enroll.courses.models.works import PracticeFile, PracticeWork
from enroll.storage.uploads import KEPT_FOR, HalfUpload, bytes_on_disk

CLEARED = 2 * KEPT_FOR  # the job that clears them runs every half minute


def unsound_works(session: Session) -> Iterator[str]:
    """Works that wait with somebody who teaches no more, and works handed in without a file or a note."""
    last = select(func.max(AuditEntry.at)).scalar_subquery()
    teaches = exists().where(and_(
        RoleGrant.account_id == PracticeWork.trainer_id, RoleGrant.role == Role.TRAINER,
        or_(RoleGrant.until_at.is_(None), RoleGrant.until_at > last)))
    waiting = (
        select(PracticeWork.reference, Account.name).join(Account, Account.id == PracticeWork.trainer_id)
        .where(PracticeWork.state == WorkState.HANDED_IN, or_(~teaches, Account.state == "disabled"))
    )
    for reference, name in session.execute(waiting):
        yield f"practical work {reference}: waits with {name}, who teaches no more"
    files = exists().where(PracticeFile.work_id == PracticeWork.id, PracticeFile.hand_in == PracticeWork.hand_ins)
    empty = select(PracticeWork.reference).where(PracticeWork.state == WorkState.HANDED_IN, PracticeWork.note == "",
                                                 ~files)
    for reference in session.scalars(empty):
        yield f"practical work {reference}: handed in with neither a file nor a note"


def unsound_uploads(session: Session) -> Iterator[str]:
    """Half uploads that should have been cleared, and those of which less lies on disk than was said to have come."""
    last = session.scalar(select(func.max(AuditEntry.at)))
    for half in session.scalars(select(HalfUpload)):
        if last is not None and half.touched_at < last - CLEARED - timedelta(minutes=5):
            yield f"half upload {half.id}: untouched since {half.touched_at:%Y-%m-%d %H:%M}, and not cleared"
        there = bytes_on_disk(half)
        if half.received > there:
            yield f"half upload {half.id}: {half.received} bytes said to have come, {there} on disk"
