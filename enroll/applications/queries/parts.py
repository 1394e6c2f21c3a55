"""What somebody may apply for: from what was published about earlier windows, and the seats they had."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.applications.rules.parts import ATTEMPTED, STANDING, Attempt, Settled, attempt_for
from enroll.programmes.models import Window
from enroll.sittings.lifecycle import Part
from enroll.sittings.models import Booking, PublishedPart


def attempt_of(session: Session, learner_id: int, window: Window) -> Attempt:
    """The parts this learner may take in this window, and by which lane."""
    published = session.scalars(select(PublishedPart).where(
        PublishedPart.learner_id == learner_id, PublishedPart.programme_id == window.programme_id,
        PublishedPart.ended_at.is_(None),
    ))
    settled = [Settled(one.window_code, Part(one.part), one.verdict, one.kept_until) for one in published]
    seats = session.execute(
        select(Window.code, Booking.part, Booking.state).join(Window, Window.id == Booking.window_id).where(
            Booking.learner_id == learner_id, Window.programme_id == window.programme_id,
            Booking.state.in_(ATTEMPTED | STANDING),
        )
    ).all()
    return attempt_for(
        window.code, settled, {(code, Part(part)) for code, part, state in seats if state in ATTEMPTED},
        {(code, Part(part)) for code, part, state in seats if state in STANDING},
    )
