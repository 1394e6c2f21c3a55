"""What must hold of help that staff gave; for `flask doctor`."""

from collections.abc import Iterator

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from enroll.applications.lifecycle import OFFICE_MOVES, OWN_MOVES, ApplicationState
from enroll.applications.models import Application, ApplicationMove
from enroll.audit.models import ActOnBehalf, AuditEntry
from enroll.learners.models import Learner

DECISIONS = [move.name for move in OFFICE_MOVES]
OWN = ["begin", *(move.name for move in OWN_MOVES)]


def unsound_help(session: Session) -> Iterator[str]:
    """Who acted for a learner decided nothing there; nobody acted without a word of it; nobody agreed for another."""
    acted, moved = ActOnBehalf, ApplicationMove
    decided = select(Application.reference, moved.move).join(moved, moved.record_id == Application.id).where(
        moved.move.in_(DECISIONS),
        exists().where(acted.subject == Application.reference, acted.by_id == moved.made_by_id,
                       acted.at <= moved.made_at))
    for reference, move in session.execute(decided):
        yield f"{reference}: the move {move} was made by somebody who had acted for its learner"
    silent = (
        select(Application.reference, moved.move).join(moved, moved.record_id == Application.id)
        .join(Learner, Learner.id == Application.learner_id)
        # An application that goes on in a later window is begun by whoever decides that.
        .where(moved.move.in_(OWN), (moved.move != "begin") | (moved.to_state == ApplicationState.DRAFT),
               moved.made_by_id.is_not(None), moved.made_by_id != Learner.account_id,
               ~exists().where(acted.subject == Application.reference, acted.by_id == moved.made_by_id))
    )
    for reference, move in session.execute(silent):
        yield f"{reference}: {move} is the learner's own, was made by another, and nothing says on whose behalf"
    for seq, details in session.execute(select(AuditEntry.seq, AuditEntry.details).where(
            AuditEntry.act.in_(("consent.give", "consent.withdraw")))):
        if details.get("behalf"):
            yield f"entry {seq}: a consent in somebody else's name"
