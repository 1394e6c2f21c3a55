"""The queue of identity checks: those handed in first come first."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, contains_eager

from enroll.learners.lifecycle import CheckState
from enroll.learners.models import IdentityCheck, Learner
from enroll.learners.queries.people import search_learners
from enroll.storage.paging import PAGE_SIZE

ALL = "all"
WAITING = "waiting"  # for a person: handed in, or to be checked by other evidence


@dataclass(frozen=True)
class QueuePage:
    """Rows of one page; `after` is the last row's number where there are more."""

    rows: Sequence[IdentityCheck]
    after: int | None


def queue(
    session: Session, *, state: str = WAITING, kind: str = "", text: str = "", after: int | None = None,
    size: int = PAGE_SIZE,
) -> QueuePage:
    """Checks in a state ('waiting': for a person, 'all': in any), of a kind, of learners a text finds; the longest
    waiting first."""
    wanted = _matching(state, kind, text)
    last = session.get(IdentityCheck, after) if after is not None else None
    if last is not None:
        wanted = wanted.where(_later_than(last))
    ordered = wanted.order_by(IdentityCheck.submitted_at.asc().nulls_last(), IdentityCheck.id).limit(size + 1)
    rows = session.scalars(ordered).all()
    return QueuePage(rows[:size], rows[size - 1].id if len(rows) > size else None)


def next_waiting(session: Session, decided: IdentityCheck, *, but_account: int | None) -> IdentityCheck | None:
    """The check that has waited longest, of another learner and not of this person."""
    wanted = _matching(CheckState.SUBMITTED, "", "").where(IdentityCheck.learner_id != decided.learner_id)
    if but_account is not None:
        wanted = wanted.where(Learner.account_id != but_account)
    ordered = wanted.order_by(IdentityCheck.submitted_at, IdentityCheck.id)
    return session.scalar(ordered.limit(1))


def _matching(state: str, kind: str, text: str) -> Select[IdentityCheck]:
    wanted = select(IdentityCheck).join(Learner, Learner.id == IdentityCheck.learner_id).options(
        contains_eager(IdentityCheck.learner).joinedload(Learner.account)
    )
    if state == WAITING:
        wanted = wanted.where(IdentityCheck.state.in_((CheckState.SUBMITTED, CheckState.UNABLE)))
    elif state != ALL:
        wanted = wanted.where(IdentityCheck.state == state)
    if kind:
        wanted = wanted.where(IdentityCheck.kind == kind)
    if text:
        found = search_learners(text).with_only_columns(Learner.id).order_by(None)
        wanted = wanted.where(or_(IdentityCheck.learner_id.in_(found), IdentityCheck.reference == text.upper()))
    return wanted


def _later_than(last: IdentityCheck) -> ColumnElement[bool]:
    """In the order of the queue; those that were never handed in stand at its end."""
    if last.submitted_at is None:
        return and_(IdentityCheck.submitted_at.is_(None), IdentityCheck.id > last.id)
    return or_(
        IdentityCheck.submitted_at > last.submitted_at,
        and_(IdentityCheck.submitted_at == last.submitted_at, IdentityCheck.id > last.id),
        IdentityCheck.submitted_at.is_(None),
    )
