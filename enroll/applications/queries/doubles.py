"""What two learners who may be one person have applied for."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enroll.applications.models import Application


def applications_of(session: Session, *learner_ids: int) -> dict[int, list[Application]]:
    """By learner, the newest first."""
    wanted = select(Application).where(Application.learner_id.in_(learner_ids)).options(joinedload(Application.window))
    found: dict[int, list[Application]] = {one: [] for one in learner_ids}
    for row in session.scalars(wanted.order_by(Application.id.desc())):
        found[row.learner_id].append(row)
    return found
