"""For the doctor: applications that went on in a later window."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from enroll.applications.lifecycle import TRANSFERS, OutageState
from enroll.applications.models import Application, ApplicationMove, Outage, OutageEffect, Transfer
from enroll.audit.models import OnePersonAct
from enroll.fees.lifecycle import FeeState
from enroll.fees.models import Fee
from enroll.programmes.models import Window


def unsound_applications(session: Session) -> Iterator[str]:
    yield from _transfers(session)
    yield from _outages(session)


def _transfers(session: Session) -> Iterator[str]:
    """Whoever was transferred goes on in one later window, as the same learner; nothing is owed for the earlier one."""
    moved = select(Application.reference).join(ApplicationMove, ApplicationMove.record_id == Application.id).where(
        ApplicationMove.move.in_(TRANSFERS), Application.id.not_in(select(Transfer.from_id)))
    for reference in session.scalars(moved.order_by(Application.id)):
        yield f"application {reference}: transferred, and goes on nowhere"
    old, new = aliased(Application), aliased(Application)
    before, after = aliased(Window), aliased(Window)
    pairs = (
        select(old.reference, new.reference).join(Transfer, Transfer.from_id == old.id)
        .join(new, new.id == Transfer.to_id).join(before, before.id == old.window_id)
        .join(after, after.id == new.window_id)
        .where((old.learner_id != new.learner_id) | (after.starts_on <= before.starts_on) | (old.state != "cancelled"))
    )
    for one, other in session.execute(pairs):
        yield f"application {one}: its transfer to {other} is none to a later window of the same learner"
    owed = select(old.reference).join(Transfer, Transfer.from_id == old.id).join(
        Fee, (Fee.subject == old.reference) & (Fee.state != FeeState.VOID))
    for reference in session.scalars(owed):
        yield f"application {reference}: transferred, and its fee did not go along"


def _outages(session: Session) -> Iterator[str]:
    """Two people stand for a confirmed outage, or one whose exception is on record; nothing it did came earlier."""
    alone = select(OnePersonAct.subject).where(OnePersonAct.act == "outage.confirm")
    wanted = select(Outage.reference).where(Outage.state == OutageState.CONFIRMED, Outage.reference.not_in(alone),
                                            Outage.decided_by_id == Outage.reported_by_id)
    for reference in session.scalars(wanted):
        yield f"outage {reference}: recorded and confirmed by one person"
    done = select(Outage.reference, OutageEffect.subject).join(OutageEffect, OutageEffect.outage_id == Outage.id)
    earlier = done.where((OutageEffect.after < OutageEffect.before) | (Outage.state != OutageState.CONFIRMED))
    for reference, subject in session.execute(earlier):
        yield f"outage {reference}: what it did to {subject} is no extension"
