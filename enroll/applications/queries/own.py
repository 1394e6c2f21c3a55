"""A learner's own applications: ownership is part of every question."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from enroll.applications.lifecycle import label_of
from enroll.applications.models import Application, ApplicationMove
from enroll.applications.queries.dates import OwnDates, own_dates
from enroll.applications.queries.parts import Past
from enroll.fees.lifecycle import SETTLED, FeeState
from enroll.fees.models import Fee
from enroll.fees.queries.fees import fee_for
from enroll.foundation.lifecycle import StateLabel
from enroll.learners.models import Learner
from enroll.sittings.models import Booking
from enroll.sittings.queries import bookings_of

WHOLE = (
    joinedload(Application.window), joinedload(Application.enrolment),
    joinedload(Application.learner).joinedload(Learner.account),
)


@dataclass(frozen=True)
class Position:
    """Where one application stands: its words, its fee, and the dates that count for this person."""

    application: Application
    label: StateLabel
    settled: bool
    fee: Fee | None
    dates: OwnDates
    last_move: str


@dataclass(frozen=True)
class Standing(Position):
    """The same with its bookings."""

    bookings: Sequence[Booking]


def own_application(session: Session, account_id: int, reference: str) -> Application | None:
    wanted = select(Application).join(Learner, Learner.id == Application.learner_id).where(
        Learner.account_id == account_id, Application.reference == reference
    )
    return session.scalar(wanted.options(*WHOLE))


def own_applications(session: Session, account_id: int) -> Sequence[Application]:
    """All of them, the newest first."""
    wanted = select(Application).join(Learner, Learner.id == Application.learner_id).where(
        Learner.account_id == account_id
    )
    return session.scalars(wanted.options(*WHOLE).order_by(Application.id.desc())).all()


def stand_of(
    session: Session, application: Application, history: Sequence[ApplicationMove] | None = None,
    dates: OwnDates | None = None,
) -> Standing:
    """Everything a page says about where an application stands; `history` (newest first) and `dates` where the page has
    read them."""
    bookings = bookings_of(session, application.reference)
    if history is None:
        at = position_of(session, application, dates)
    else:
        fee = fee_for(session, application.reference)
        at = _position(application, next(iter(history), None), fee, dates or _dates_of(session, application))
    return Standing(**vars(at), bookings=bookings)


def position_of(session: Session, application: Application, dates: OwnDates | None = None) -> Position:
    last, fee = _moves_and_fees(session, [application.id])[application.id]
    return _position(application, last, fee, dates or _dates_of(session, application))


def positions_of(session: Session, applications: Sequence[Application], past: Past) -> list[Position]:
    """Where several applications of one learner stand."""
    known = _moves_and_fees(session, [one.id for one in applications])
    return [_position(one, *known[one.id], past.dates(one.window, resit=one.resit)) for one in applications]


def _position(application: Application, last: ApplicationMove | None, fee: Fee | None, dates: OwnDates) -> Position:
    settled = fee is not None and fee.state in SETTLED
    return Position(application, label_with(application, last, settled), settled, fee, dates, last.move if last else "")


def _dates_of(session: Session, application: Application) -> OwnDates:
    return own_dates(session, application.learner_id, application.window, resit=application.resit)


def _moves_and_fees(
    session: Session, application_ids: Sequence[int]
) -> dict[int, tuple[ApplicationMove | None, Fee | None]]:
    """The newest move and the live fee of each application."""
    wanted = (
        select(Application.id, ApplicationMove, Fee)
        .outerjoin(ApplicationMove, (ApplicationMove.record_id == Application.id)
                   & ApplicationMove.id.in_(_newest_moves(application_ids)))
        .outerjoin(Fee, (Fee.subject == Application.reference) & (Fee.state != FeeState.VOID))
        .where(Application.id.in_(application_ids))
    )
    return {number: (last, fee) for number, last, fee in session.execute(wanted)}


def label_with(application: Application, last: ApplicationMove | None, settled: bool) -> StateLabel:
    return label_of(application.state, settled=settled, last_move=last.move if last else "",
                    was=last.from_state if last else "")


def last_moves(session: Session, application_ids: Iterable[int]) -> dict[int, ApplicationMove]:
    """The newest move of each application."""
    found = session.scalars(select(ApplicationMove).where(ApplicationMove.id.in_(_newest_moves(application_ids))))
    return {one.record_id: one for one in found}


def _newest_moves(application_ids: Iterable[int]) -> Select[int]:
    return select(func.max(ApplicationMove.id)).where(
        ApplicationMove.record_id.in_(list(application_ids))).group_by(ApplicationMove.record_id)


def history_of(session: Session, application_id: int) -> Sequence[ApplicationMove]:
    """Every move of an application, the newest first."""
    wanted = select(ApplicationMove).where(ApplicationMove.record_id == application_id)
    return session.scalars(wanted.order_by(ApplicationMove.id.desc())).all()
