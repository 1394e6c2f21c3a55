"""The moves of a window's cases, for the figures of the review."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.applications.models import Application, ApplicationMove
from enroll.applications.rules.figures import DECIDES, GIVES, MoveRow
from enroll.programmes.models import Window

MOST_MOVES = 100_000


def review_moves(session: Session, window: str) -> list[MoveRow]:
    """What gave each case of the window to the office, and what decided it; case by case, in order."""
    wanted = (
        select(Application.reference, Window.code, ApplicationMove.move, ApplicationMove.made_at,
               ApplicationMove.made_by_id, ApplicationMove.made_by_name)
        .join(Application, Application.id == ApplicationMove.record_id)
        .join(Window, Window.id == Application.window_id)
        .where(Window.code == window, ApplicationMove.move.in_([*GIVES, *DECIDES]))
        .order_by(ApplicationMove.record_id, ApplicationMove.id).limit(MOST_MOVES)
    )
    return [MoveRow(*row) for row in session.execute(wanted)]
