"""A learner's own applications: ownership is part of every question."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from enroll.applications.lifecycle import LIVE, ApplicationState, label_of
from enroll.applications.models import Application, ApplicationMove, Extension
from enroll.applications.queries.dates import OwnDates, dates_with, own_dates
from enroll.applications.queries.parts import Past
from enroll.fees.lifecycle import SETTLED, FeeState
from enroll.fees.models import Fee
from enroll.foundation.lifecycle import StateLabel
from enroll.learners.models import Learner
from enroll.sittings.lifecycle import SEATED
from enroll.sittings.models import Booking
from enroll.sittings.queries import Place, places_of

WHOLE = (
    joinedload(Application.window), joinedload(Application.enrolment),
    joinedload(Application.learner).joinedload(Learner.account),
)


@dataclass(frozen=True)
class Position:
    """Where one application stands: its words, its fee, its bookings (with their places in waiting lists, by reference)
    and the dates that count for this person."""

    application: Application
    label: StateLabel
    settled: bool
    fee: Fee | None
    dates: OwnDates
    last_move: str
    bookings: Sequence[Booking]
    places: dict[str, Place]


Standing = Position
Found = tuple[ApplicationMove | None, Fee | None, Sequence[Booking]]


def own_application(session: Session, account_id: int, reference: str) -> Application | None:
    wanted = select(Application).join(Learner, Learner.id == Application.learner_id).where(
        Learner.account_id == account_id, Application.reference == reference
    )
    return session.scalar(wanted.options(*WHOLE))


def to_be_handed_in(session: Session, account_id: int) -> tuple[str, str] | None:
    """Reference and state of the newest application that waits for its learner's press: a draft, or returned."""
    wanted = select(Application.reference, Application.state).join(Learner, Learner.id == Application.learner_id).where(
        Learner.account_id == account_id,
        Application.state.in_((ApplicationState.DRAFT, ApplicationState.RETURNED))).order_by(Application.id.desc())
    found = session.execute(wanted.limit(1)).one_or_none()
    return (found[0], found[1]) if found is not None else None


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
    if history is None:
        return position_of(session, application, dates)
    fee, seats, extended = _beside(session, application)
    return _position(session, application, (next(iter(history), None), fee, seats),
                     dates or dates_with(extended, application.window, resit=application.resit))


def _beside(
    session: Session, application: Application
) -> tuple[Fee | None, Sequence[Booking], tuple[tuple[str, datetime], ...]]:
    """The live fee, the bookings (the theory exam first) and the person's extensions in the window, in one question."""
    wanted = (
        select(Fee, Booking, Extension.name, Extension.until).select_from(Application)
        .outerjoin(Fee, (Fee.subject == Application.reference) & (Fee.state != FeeState.VOID))
        .outerjoin(Booking, Booking.subject == Application.reference)
        .outerjoin(Extension, (Extension.learner_id == Application.learner_id)
                   & (Extension.window_id == Application.window_id))
        .where(Application.id == application.id).options(joinedload(Booking.sitting))
        .order_by(Booking.part.desc(), Booking.id)
    )
    rows = session.execute(wanted).all()
    extended = dict.fromkeys((name, until) for _fee, _seat, name, until in rows if until is not None)
    return rows[0][0], list(dict.fromkeys(one for _fee, one, *_ in rows if one is not None)), tuple(extended)


def position_of(session: Session, application: Application, dates: OwnDates | None = None) -> Position:
    found = _found(session, [application.id])[application.id]
    return _position(session, application, found, dates or _dates_of(session, application))


def positions_of(session: Session, applications: Sequence[Application], past: Past) -> list[Position]:
    """Where several applications of one learner stand."""
    known = _found(session, [one.id for one in applications])
    return [_position(session, one, known[one.id], past.dates(one.window, resit=one.resit)) for one in applications]


def _position(session: Session, application: Application, found: Found, dates: OwnDates) -> Position:
    last, fee, bookings = found
    settled = fee is not None and fee.state in SETTLED
    label = label_with(application, last, settled, bool(unseated_parts(application, bookings)))
    return Position(application, label, settled, fee, dates, last.move if last else "", bookings,
                    places_of(session, bookings))


def unseated_parts(application: Application, bookings: Sequence[Booking]) -> tuple[str, ...]:
    """The parts of a submitted application that have no seat of their own: waited for, offered, or lost with a list."""
    seated = {one.part for one in bookings if one.state in SEATED}
    return tuple(part for part in application.parts if part not in seated)


def _dates_of(session: Session, application: Application) -> OwnDates:
    return own_dates(session, application.learner_id, application.window, resit=application.resit)


def _found(session: Session, application_ids: Sequence[int]) -> Mapping[int, Found]:
    """The newest move, the live fee and the bookings (the theory exam first) of each application."""
    wanted = (
        select(Application.id, ApplicationMove, Fee, Booking)
        .outerjoin(ApplicationMove, (ApplicationMove.record_id == Application.id)
                   & ApplicationMove.id.in_(_newest_moves(application_ids)))
        .outerjoin(Fee, (Fee.subject == Application.reference) & (Fee.state != FeeState.VOID))
        .outerjoin(Booking, Booking.subject == Application.reference)
        .where(Application.id.in_(application_ids)).options(joinedload(Booking.sitting))
        .order_by(Booking.part.desc(), Booking.id)
    )
    found: dict[int, tuple[ApplicationMove | None, Fee | None, list[Booking]]] = {}
    for number, last, fee, booking in session.execute(wanted):
        seats = found.setdefault(number, (last, fee, []))[2]
        seats += [booking] if booking is not None else []
    return found


def label_with(
    application: Application, last: ApplicationMove | None, settled: bool, unseated: bool = False
) -> StateLabel:
    return label_of(application.state, settled=settled, unseated=unseated, last_move=last.move if last else "",
                    was=last.from_state if last else "")


def last_moves(session: Session, application_ids: Iterable[int]) -> dict[int, ApplicationMove]:
    """The newest move of each application."""
    found = session.scalars(select(ApplicationMove).where(ApplicationMove.id.in_(_newest_moves(application_ids))))
    return {one.record_id: one for one in found}


def _newest_moves(application_ids: Iterable[int]) -> Select[int]:
    return select(func.max(ApplicationMove.id)).where(
        ApplicationMove.record_id.in_(list(application_ids))).group_by(ApplicationMove.record_id)


def applies_anew(session: Session, application: Application) -> bool:
    """Whether the same person has another application under way for the same window."""
    other = select(Application.id).where(
        Application.learner_id == application.learner_id, Application.window_id == application.window_id,
        Application.id != application.id, Application.state.in_(LIVE))
    return session.scalar(other.limit(1)) is not None


def history_of(session: Session, application_id: int) -> Sequence[ApplicationMove]:
    """Every move of an application, the newest first."""
    wanted = select(ApplicationMove).where(ApplicationMove.record_id == application_id)
    return session.scalars(wanted.order_by(ApplicationMove.id.desc())).all()
