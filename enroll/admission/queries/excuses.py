"""Excuses: one's own, the queue, and the facts a decision rests on."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from enroll.admission.lifecycle import ExcuseState
from enroll.admission.models import Excuse, ExcuseMove
from enroll.admission.rules.excuses import ExcuseFacts
from enroll.admission.rules.incidents import end_of_days
from enroll.foundation.clock import local_day
from enroll.learners.models import Learner
from enroll.learners.queries.people import search_learners
from enroll.programmes.queries.programmes import entry_rules_of
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.models import Booking, PublishedPart, Sitting
from enroll.storage.paging import Page, page_by_id

NAMED = (joinedload(Excuse.learner), joinedload(Excuse.file),
         joinedload(Excuse.booking).joinedload(Booking.sitting).joinedload(Sitting.window))


def excuses_of_booking(session: Session, booking_id: int) -> Sequence[Excuse]:
    """What was asked for one booking, the newest first."""
    wanted = select(Excuse).where(Excuse.booking_id == booking_id).options(*NAMED)
    return session.scalars(wanted.order_by(Excuse.id.desc())).all()


def own_excuse(session: Session, account_id: int, reference: str) -> Excuse | None:
    """One's own; another's is not found."""
    return session.scalar(select(Excuse).join(Learner, Learner.id == Excuse.learner_id).where(
        Learner.account_id == account_id, Excuse.reference == reference).options(*NAMED))


def excuse_by_reference(session: Session, reference: str) -> Excuse | None:
    return session.scalar(select(Excuse).where(Excuse.reference == reference).options(*NAMED))


def excuses_in(
    session: Session, states: Collection[str], find: str = "", *, after: int | None = None
) -> Page[Excuse]:
    """A page of the queue, the oldest first while it waits; `find` looks through all states."""
    wanted = select(Excuse).options(*NAMED)
    if find:
        people = search_learners(find).with_only_columns(Learner.id)
        wanted = wanted.where(or_(Excuse.reference == find.upper(), Excuse.learner_id.in_(people)))
    else:
        wanted = wanted.where(Excuse.state.in_(states))
    return page_by_id(session, wanted, Excuse.id, after=after, descending=ExcuseState.ASKED not in states or bool(find))


def asked(session: Session, window_id: int | None = None) -> int:
    """How many wait for a decision: all, or those of one window."""
    wanted = select(func.count(Excuse.id)).where(Excuse.state == ExcuseState.ASKED)
    if window_id is not None:
        wanted = wanted.join(Booking, Booking.id == Excuse.booking_id).where(Booking.window_id == window_id)
    return session.scalar(wanted) or 0


def moves_of_excuse(session: Session, number: int) -> Sequence[ExcuseMove]:
    wanted = select(ExcuseMove).where(ExcuseMove.record_id == number)
    return session.scalars(wanted.order_by(ExcuseMove.id)).all()


def facts_of(session: Session, booking: Booking, now: datetime) -> ExcuseFacts:
    sitting = booking.sitting
    stated = entry_rules_of(sitting.window.programme, local_day(sitting.ends_at)).rule("excuse_days")
    published = session.scalar(select(PublishedPart.id).where(
        PublishedPart.learner_id == booking.learner_id, PublishedPart.part == booking.part,
        PublishedPart.window_code == sitting.window.code, PublishedPart.ended_at.is_(None)).limit(1)) is not None
    return ExcuseFacts(now, booking.learner.account_id, booking.state,
                       end_of_days(sitting.ends_at, stated.value if stated else None), published)


def unsound_excuses(session: Session) -> Iterator[str]:
    """Excuses that were granted and are not borne out by their booking, or the other way, for `flask doctor`."""
    rows = session.execute(select(Excuse.reference, Booking.reference, Booking.state).join(
        Booking, Booking.id == Excuse.booking_id).where(
        Excuse.state == ExcuseState.GRANTED, Booking.state != BookingState.EXCUSED))
    for reference, booking, state in rows:
        yield f"excuse {reference} was granted, and booking {booking} is {state}"
    granted = select(Excuse.id).where(Excuse.booking_id == Booking.id, Excuse.state == ExcuseState.GRANTED)
    for booking in session.scalars(select(Booking.reference).where(
            Booking.state == BookingState.EXCUSED, ~granted.exists())):
        yield f"booking {booking} is excused and no excuse was granted"
    by_one = select(Excuse.reference).join(ExcuseMove, ExcuseMove.record_id == Excuse.id).join(
        Learner, Learner.id == Excuse.learner_id).where(
        ExcuseMove.move == "grant", ExcuseMove.made_by_id == Learner.account_id)
    for reference in session.scalars(by_one):
        yield f"excuse {reference} was granted by its own learner"
