"""Which applications time or another package asks about: references only, each is asked again under its lock."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from enroll.applications.lifecycle import LIVE, ApplicationState
from enroll.applications.models import Application, Extension
from enroll.fees.lifecycle import SETTLED
from enroll.fees.models import Fee
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.models import Window
from enroll.sittings.lifecycle import SEATED
from enroll.sittings.models import Booking

S = ApplicationState
WARNED_WITHIN = timedelta(days=12)  # a working day before can lie a long holiday before


def to_lapse(session: Session, now: datetime, *, at_most: int = 500) -> Sequence[str]:
    """Drafts of closed windows, corrections and payments that are overdue; the lapse itself decides."""
    unpaid = Application.reference.not_in(select(Fee.subject).where(Fee.state.in_(SETTLED)))
    closed = and_(Application.resit.is_(False), Window.closes_at <= now) | and_(
        Application.resit.is_(True), Window.resit_closes_at <= now)
    wanted = select(Application.reference).join(Window, Window.id == Application.window_id).where(or_(
        and_(Application.state == S.DRAFT, or_(closed, Window.state == WindowState.CANCELLED)),
        and_(Application.state == S.RETURNED, Application.correct_by <= now),
        and_(Application.state == S.APPROVED, Application.payment_due_at <= now, unpaid),
    ))
    return session.scalars(wanted.order_by(Application.id).limit(at_most)).all()


def unseated(session: Session, now: datetime, *, at_most: int = 500) -> Sequence[str]:
    """Applications under way whose lists are closed and which have lost a place in one; the lapse itself decides."""
    closed = and_(Application.resit.is_(False), Window.payment_due_at <= now) | and_(
        Application.resit.is_(True), Window.resit_payment_due_at <= now)
    ended, seat = aliased(Booking), aliased(Booking)
    seated = exists().where(seat.subject == ended.subject, seat.part == ended.part, seat.state.in_(SEATED))
    wanted = select(Application.reference).join(Window, Window.id == Application.window_id).where(
        Application.state.in_([S.SUBMITTED, S.RETURNED, S.APPROVED]), closed,
        exists().where(ended.subject == Application.reference, ended.state.not_in(SEATED), ~seated))
    return session.scalars(wanted.order_by(Application.id).limit(at_most)).all()


def to_warn(session: Session, now: datetime, *, at_most: int = 500) -> Sequence[str]:
    """Returned and unpaid applications whose deadline comes near and that were not warned to the last."""
    soon = now + WARNED_WITHIN
    wanted = select(Application.reference).where(Application.warned != "hours", or_(
        and_(Application.state == S.RETURNED, Application.correct_by > now, Application.correct_by <= soon),
        and_(Application.state == S.APPROVED, Application.payment_due_at > now, Application.payment_due_at <= soon),
    ))
    return session.scalars(wanted.order_by(Application.id).limit(at_most)).all()


def resting_on_proof(session: Session, proof_reference: str) -> Sequence[str]:
    """Live applications that were submitted with this proof of hours."""
    wanted = select(Application.reference).where(
        Application.proof_reference == proof_reference, Application.state.in_(LIVE)
    )
    return session.scalars(wanted.order_by(Application.id)).all()


def live_of(session: Session, learner_id: int) -> Sequence[str]:
    """A learner's applications that are submitted and not over."""
    wanted = select(Application.reference).where(
        Application.learner_id == learner_id, Application.state.in_(LIVE - {S.DRAFT})
    )
    return session.scalars(wanted.order_by(Application.id)).all()


def affected_by_window(session: Session, window_id: int) -> dict[str, int]:
    """How many live applications of a window there are in each state, and (`extensions`) how many individual extensions
    were granted: who a date that moves for everybody concerns."""
    counted = select(Application.state, func.count()).where(
        Application.window_id == window_id, Application.state.in_(LIVE)).group_by(Application.state)
    granted = select(literal("extensions"), func.count()).where(Extension.window_id == window_id)
    return dict(session.execute(union_all(counted, granted)).all())


def live_in_window(session: Session, window_code: str) -> Sequence[str]:
    wanted = select(Application.reference).join(Window, Window.id == Application.window_id).where(
        Window.code == window_code, Application.state.in_(LIVE)
    )
    return session.scalars(wanted.order_by(Application.id)).all()


def not_looked_over(session: Session, *, at_most: int = 200) -> Sequence[str]:
    """Cases under review that the program has not looked over since they were submitted."""
    return session.scalars(select(Application.reference).where(
        Application.state == S.SUBMITTED, Application.exceptions.is_(None)
    ).order_by(Application.id).limit(at_most)).all()


def resit_under_review(session: Session, reference: str) -> Sequence[str]:
    """This application, where it is a resit that waits for a decision; most are none, and nothing is to be done."""
    return session.scalars(select(Application.reference).where(
        Application.reference == reference, Application.resit, Application.state == S.SUBMITTED
    )).all()
