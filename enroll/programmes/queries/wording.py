"""The words that may not stand in what is published."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.programmes.models import ForbiddenWording
from enroll.programmes.rules.advertising import Wording, wordings_at


def wordings(session: Session, day: date) -> tuple[Wording, ...]:
    """What is looked for on that day."""
    return wordings_at((one.as_wording() for one in session.scalars(select(ForbiddenWording))), day)


def wording_rows(session: Session) -> Sequence[ForbiddenWording]:
    """What the house has set itself, the newest first."""
    wanted = select(ForbiddenWording).order_by(ForbiddenWording.from_on.desc(), ForbiddenWording.id.desc())
    return session.scalars(wanted).all()
