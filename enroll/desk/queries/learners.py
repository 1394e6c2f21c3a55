"""Finding a learner, and everything that is kept about one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enroll.applications.models import Application
from enroll.certificates.models import Certificate
from enroll.courses.models.works import PracticeWork
from enroll.courses.queries.standing import hours_forecast
from enroll.enrolments.lifecycle import EnrolmentState
from enroll.enrolments.models import Enrolment
from enroll.fees.models import Fee
from enroll.hours.models import HoursBalance, HoursProof
from enroll.hours.queries.standing import totals_of
from enroll.hours.rules.pace import Forecast
from enroll.hours.rules.standing import Totals
from enroll.learners.models import Learner
from enroll.learners.queries.people import search_learners
from enroll.sittings.models import Booking
from enroll.storage.paging import Page, page_by_id


@dataclass(frozen=True)
class LearnerFile:
    """One learner's records, newest first in each list."""

    learner: Learner
    enrolments: Sequence[tuple[Enrolment, HoursBalance | None]]
    proofs: Sequence[HoursProof]
    works: Sequence[PracticeWork]
    applications: Sequence[Application]
    bookings: Sequence[Booking]
    fees: Sequence[Fee]
    certificates: Sequence[Certificate]
    forecast: Forecast | None = None  # of the enrolment that is studied on, until its hours are proved


def learner_file(session: Session, reference: str, now: datetime) -> LearnerFile | None:
    wanted = select(Learner).where(Learner.reference == reference)
    wanted = wanted.options(joinedload(Learner.account), joinedload(Learner.checks))
    learner = session.scalars(wanted).unique().one_or_none()
    if learner is None:
        return None
    mine = learner.id
    enrolments = session.execute(
        select(Enrolment, HoursBalance)
        .outerjoin(HoursBalance, HoursBalance.enrolment_id == Enrolment.id)
        .options(joinedload(Enrolment.programme), joinedload(Enrolment.cohort))
        .where(Enrolment.learner_id == mine)
        .order_by(Enrolment.id.desc())
    ).all()
    works = select(PracticeWork).options(joinedload(PracticeWork.lesson)).where(PracticeWork.learner_id == mine)
    applications = select(Application).options(joinedload(Application.window)).where(Application.learner_id == mine)
    bookings = select(Booking).options(joinedload(Booking.sitting)).where(Booking.learner_id == mine)
    proofs = select(HoursProof).where(HoursProof.learner_id == mine)
    fees = select(Fee).where(Fee.learner_id == mine)
    certificates = select(Certificate).where(Certificate.learner_id == mine)
    return LearnerFile(
        learner=learner,
        enrolments=[(row[0], row[1]) for row in enrolments],
        proofs=session.scalars(proofs.order_by(HoursProof.id.desc())).all(),
        works=session.scalars(works.order_by(PracticeWork.id.desc())).all(),
        applications=session.scalars(applications.order_by(Application.id.desc())).all(),
        bookings=session.scalars(bookings.order_by(Booking.id.desc())).all(),
        fees=session.scalars(fees.order_by(Fee.id.desc())).all(),
        certificates=session.scalars(certificates.order_by(Certificate.id.desc())).all(),
        forecast=_forecast(session, [(row[0], row[1]) for row in enrolments], now),
    )


def _forecast(
    session: Session, enrolments: Sequence[tuple[Enrolment, HoursBalance | None]], now: datetime
) -> Forecast | None:
    for enrolment, kept in enrolments:
        if enrolment.state == EnrolmentState.ACTIVE:
            return hours_forecast(session, enrolment, totals_of(kept) if kept else Totals(), now)
    return None


def find_learners(session: Session, text: str, *, after: int | None) -> Page[Learner]:
    """All learners, or those that `search_learners` finds; newest first."""
    wanted = search_learners(text) if text else select(Learner).options(joinedload(Learner.account))
    return page_by_id(session, wanted, Learner.id, after=after)
