"""Which cases pass by themselves: every item checked by a rule or by a reviewer before, and nothing to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Exists, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from enroll.applications.lifecycle import ApplicationState
from enroll.applications.models import Application
from enroll.hours.lifecycle import ProofState
from enroll.hours.models import HoursProof
from enroll.learners.lifecycle import CheckKind, CheckState
from enroll.learners.models import IdentityCheck, Learner
from enroll.programmes.models import Window


@dataclass(frozen=True)
class Passing:
    """Cases that could be approved together, due first; how many more there are; how many others wait for a person."""

    rows: Sequence[Application]
    more: int
    others: int


def passing(session: Session, account_id: int, now: datetime, *, window: str = "", size: int) -> Passing:
    """Under review, without exceptions, flags or open questions, held by nobody else, not one's own, with identity and
    photo verified by a reviewer before, and with a proof of hours in force."""
    waiting = [Application.state == ApplicationState.SUBMITTED]
    if window:
        waiting.append(Application.window_id.in_(select(Window.id).where(Window.code == window)))
    free = or_(Application.claimed_by_id.is_(None), Application.claimed_until <= now,
               Application.claimed_by_id == account_id)
    proved = exists().where(HoursProof.enrolment_id == Application.enrolment_id, HoursProof.state == ProofState.ISSUED)
    own = exists().where(Learner.id == Application.learner_id, Learner.account_id == account_id)
    clean = [Application.exceptions == 0, Application.flagged == "", Application.opinions_open == 0, free, proved, ~own,
             _verified(CheckKind.IDENTITY), _verified(CheckKind.PHOTO)]
    wanted = select(Application).where(*waiting, *clean).options(
        joinedload(Application.window), joinedload(Application.learner), joinedload(Application.enrolment))
    rows = session.scalars(wanted.order_by(Application.review_due_at, Application.id).limit(size)).all()
    every = select(func.count()).select_from(Application).where(*waiting)
    counted, all_waiting = session.execute(select(
        every.where(*clean).scalar_subquery(), every.scalar_subquery())).one()
    return Passing(rows, counted - len(rows), all_waiting - counted)


def _verified(kind: CheckKind) -> Exists:
    return exists().where(IdentityCheck.learner_id == Application.learner_id, IdentityCheck.kind == str(kind),
                          IdentityCheck.state == CheckState.VERIFIED)
