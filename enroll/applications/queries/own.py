"""A learner's own applications: ownership is part of every question."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from enroll.applications.lifecycle import label_of
from enroll.applications.models import Application, ApplicationMove
from enroll.applications.queries.dates import OwnDates, own_dates
from enroll.fees.lifecycle import SETTLED
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
class Standing:
    """Where one application stands: its words, its bookings, its fee, and the dates that count for this person."""

    application: Application
    label: StateLabel
    settled: bool
    fee: Fee | None
    bookings: Sequence[Booking]
    dates: OwnDates
    last_move: str


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
    session: Session, application: Application, history: Sequence[ApplicationMove] | None = None
) -> Standing:
    """Everything a page says about where an application stands; `history` where the page has read it, newest first."""
    last = last_moves(session, [application.id]).get(application.id) if history is None else next(iter(history), None)
    fee = fee_for(session, application.reference)
    settled = fee is not None and fee.state in SETTLED
    return Standing(
        application, label_with(application, last, settled), settled, fee,
        bookings_of(session, application.reference),
        own_dates(session, application.learner_id, application.window, resit=application.resit),
        last.move if last else "",
    )


def label_with(application: Application, last: ApplicationMove | None, settled: bool) -> StateLabel:
    return label_of(application.state, settled=settled, last_move=last.move if last else "",
                    was=last.from_state if last else "")


def last_moves(session: Session, application_ids: Iterable[int]) -> dict[int, ApplicationMove]:
    """The newest move of each application."""
    newest = (
        select(func.max(ApplicationMove.id)).where(ApplicationMove.record_id.in_(list(application_ids)))
        .group_by(ApplicationMove.record_id)
    )
    found = session.scalars(select(ApplicationMove).where(ApplicationMove.id.in_(newest)))
    return {one.record_id: one for one in found}


def history_of(session: Session, application_id: int) -> Sequence[ApplicationMove]:
    """Every move of an application, the newest first."""
    wanted = select(ApplicationMove).where(ApplicationMove.record_id == application_id)
    return session.scalars(wanted.order_by(ApplicationMove.id.desc())).all()
