"""The reason library: what is in use, and how each reason read before."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.learners.models import Reason, ReasonWording


def reason_library(session: Session) -> Sequence[Reason]:
    """Every reason in use, by item."""
    return session.scalars(select(Reason).where(Reason.retired_at.is_(None)).order_by(Reason.id)).all()


def reasons_by_code(session: Session, codes: Collection[str]) -> dict[tuple[str, str], Reason]:
    """These reasons by item and code, out of use or not."""
    found = session.scalars(select(Reason).where(Reason.code.in_(codes)))
    return {(one.item, one.code): one for one in found}


def every_reason(session: Session) -> Sequence[Reason]:
    """The whole library, those out of use too, item by item."""
    return session.scalars(select(Reason).order_by(Reason.item, Reason.retired_at.is_not(None), Reason.id)).all()


def wordings_of(session: Session, reason_id: int) -> Sequence[ReasonWording]:
    """How a reason read, the newest first; empty where it was never touched."""
    wanted = select(ReasonWording).where(ReasonWording.reason_id == reason_id)
    return session.scalars(wanted.order_by(ReasonWording.number.desc())).all()
