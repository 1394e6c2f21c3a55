"""Outages: which are on record, and which deadlines fell into one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from enroll.applications.lifecycle import LIVE, ApplicationState
from enroll.applications.models import Application, ApplicationMove, Outage, OutageEffect
from enroll.applications.rules.outages import LEARNER_DEADLINES, fell_into
from enroll.fees.lifecycle import SETTLED
from enroll.fees.models import Fee
from enroll.foundation.clock import local_day
from enroll.learners.models import Learner
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.models import Window
from enroll.programmes.queries.programmes import programmes, rules_of
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.models import Booking, BookingMove

S = ApplicationState
LAPSED_BY = {"lapse_draft": "closes_at", "lapse_correction": "correct_by", "lapse_unpaid": "payment_due_at"}


@dataclass(frozen=True)
class Fallen:
    """One deadline that fell into an outage: of a window, for `number` people, or of one person's application or
    offer. `lapsed` says that it has taken its effect already."""

    subject: str
    name: str
    before: datetime
    learner_id: int | None = None
    learner_name: str = ""
    application: str = ""
    number: int = 1
    lapsed: bool = False


def outage_by_reference(session: Session, reference: str) -> Outage | None:
    return session.scalar(select(Outage).where(Outage.reference == reference).options(joinedload(Outage.reported_by)))


def outages(session: Session, *, at_most: int = 200) -> Sequence[Outage]:
    """The newest first."""
    wanted = select(Outage).options(joinedload(Outage.reported_by)).order_by(Outage.id.desc())
    return session.scalars(wanted.limit(at_most)).all()


def effects_of(session: Session, outage_id: int) -> Sequence[tuple[OutageEffect, str]]:
    """What a confirmed outage did, with the learner's name where it was one person's."""
    wanted = select(OutageEffect, Learner.legal_name).outerjoin(Learner, Learner.id == OutageEffect.learner_id).where(
        OutageEffect.outage_id == outage_id).order_by(OutageEffect.id)
    return [(effect, name or "") for effect, name in session.execute(wanted)]


def effect_exists(session: Session, outage_id: int, subject: str, name: str) -> bool:
    wanted = select(OutageEffect.id).where(
        OutageEffect.outage_id == outage_id, OutageEffect.subject == subject, OutageEffect.name == name)
    return session.scalar(wanted.limit(1)) is not None


def grace_hours(session: Session, now: datetime) -> int:
    """The most that any programme on offer gives."""
    return max((rules_of(one, local_day(now)).outage_grace_hours or 0
                for one in programmes(session) if one.enrolment_open), default=0)


def fallen_into(
    session: Session, began_at: datetime, ended_at: datetime, moved: Mapping[tuple[str, str], datetime] | None = None
) -> list[Fallen]:
    """Every deadline of learners that fell into this time: of windows first, then of single people. `moved` are dates
    of windows (by code and name) as they were before this outage moved them."""
    lapsed = _lapsed(session, began_at, ended_at, moved or {})
    brought_back = {one.application for one in lapsed}  # with their seats: an offer of theirs needs nothing of its own
    return [*_of_windows(session, began_at, ended_at), *_of_applications(session, began_at, ended_at), *lapsed,
            *_of_offers(session, began_at, ended_at),
            *(one for one in _lapsed_offers(session, began_at, ended_at) if one.application not in brought_back)]


def still_to_do(session: Session, outage: Outage) -> list[Fallen]:
    """The single people whose deadlines a confirmed outage has not moved yet."""
    wanted = select(OutageEffect.subject, OutageEffect.name, OutageEffect.before).where(
        OutageEffect.outage_id == outage.id)
    done = {(subject, name): before for subject, name, before in session.execute(wanted)}
    found = fallen_into(session, outage.began_at, outage.ended_at, done)
    return [one for one in found if one.learner_id is not None and (one.subject, one.name) not in done]


def _of_windows(session: Session, began_at: datetime, ended_at: datetime) -> list[Fallen]:
    live = select(func.count(Application.id)).where(
        Application.window_id == Window.id, Application.state.in_(LIVE)).scalar_subquery()
    rows = session.execute(select(Window, live).where(Window.state == WindowState.PUBLISHED).order_by(Window.starts_on))
    return [Fallen(window.code, name, getattr(window, name), number=number) for window, number in rows
            for name in LEARNER_DEADLINES if fell_into(getattr(window, name), began_at, ended_at)]


def _of_applications(session: Session, began_at: datetime, ended_at: datetime) -> list[Fallen]:
    settled = exists().where(Fee.subject == Application.reference, Fee.state.in_(SETTLED))
    found = []
    for state, column in ((S.RETURNED, Application.correct_by), (S.APPROVED, Application.payment_due_at)):
        wanted = select(Application).where(Application.state == state, column > began_at, column <= ended_at)
        if state == S.APPROVED:
            wanted = wanted.where(~settled)
        rows = session.scalars(wanted.options(joinedload(Application.learner)).order_by(Application.id))
        found += [_person(one, column.key, getattr(one, column.key)) for one in rows]
    return found


def _lapsed(
    session: Session, began_at: datetime, ended_at: datetime, moved: Mapping[tuple[str, str], datetime]
) -> list[Fallen]:
    """What the clock has ended meanwhile, and would not have ended but for the outage."""
    newest = select(func.max(ApplicationMove.id)).where(ApplicationMove.record_id == Application.id).correlate(
        Application).scalar_subquery()
    wanted = (
        select(Application, ApplicationMove.move)
        .join(ApplicationMove, ApplicationMove.id == newest)
        .where(Application.state == S.EXPIRED, ApplicationMove.made_at > began_at,
               ApplicationMove.move.in_(LAPSED_BY)).options(joinedload(Application.learner),
                                                                 joinedload(Application.window))
    )
    found = []
    for one, move in session.execute(wanted.order_by(Application.id)):
        name = LAPSED_BY[move]
        closing = "resit_closes_at" if one.resit else "closes_at"
        deadline = getattr(one, name) if name != "closes_at" else moved.get(
            (one.window.code, closing), getattr(one.window, closing))
        if fell_into(deadline, began_at, ended_at):
            found.append(_person(one, name, deadline, lapsed=True))
    return found


def _of_offers(session: Session, began_at: datetime, ended_at: datetime) -> list[Fallen]:
    wanted = select(Booking).where(Booking.state == BookingState.OFFERED, Booking.offer_ends_at > began_at,
                                   Booking.offer_ends_at <= ended_at).options(joinedload(Booking.learner))
    return [_offer(one) for one in session.scalars(wanted.order_by(Booking.id))]


def _lapsed_offers(session: Session, began_at: datetime, ended_at: datetime) -> list[Fallen]:
    """Offers that ended by the clock, not seats that were accepted and lapsed later, of whoever still applies or whose
    application ended with it."""
    ended = exists().where(BookingMove.record_id == Booking.id, BookingMove.move == "lapse",
                           BookingMove.from_state == BookingState.OFFERED)
    wanted = (
        select(Booking).join(Application, Application.reference == Booking.subject)
        .where(Booking.state == BookingState.LAPSED, Booking.offer_ends_at > began_at,
               Booking.offer_ends_at <= ended_at, ended, Application.state.in_({*LIVE, S.EXPIRED}))
        .options(joinedload(Booking.learner))
    )
    return [_offer(one, lapsed=True) for one in session.scalars(wanted.order_by(Booking.id))]


def _offer(one: Booking, *, lapsed: bool = False) -> Fallen:
    assert one.offer_ends_at is not None, "an offer has an end"
    return Fallen(one.reference, "offer_ends_at", one.offer_ends_at, one.learner_id, one.learner.legal_name,
                  one.subject, lapsed=lapsed)


def _person(one: Application, name: str, before: datetime, *, lapsed: bool = False) -> Fallen:
    return Fallen(one.reference, name, before, one.learner_id, one.learner.legal_name, one.reference, lapsed=lapsed)
