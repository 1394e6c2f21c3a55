"""Gathering what the learner's front page depends on: a fixed handful of statements, however much there is."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from enroll.admission.models import Ticket
from enroll.applications.lifecycle import ApplicationState
from enroll.applications.models import Application
from enroll.applications.queries.openings import openings
from enroll.certificates.lifecycle import CERTIFICATE, IN_FORCE, CertificateState
from enroll.certificates.models import Certificate
from enroll.courses.queries.plan import next_lesson, pending_minutes
from enroll.courses.queries.standing import hours_forecast
from enroll.enrolments.lifecycle import EnrolmentState
from enroll.enrolments.models import Enrolment
from enroll.fees.lifecycle import SETTLED, FeeState
from enroll.fees.models import Fee
from enroll.foundation.clock import age_on, local_day
from enroll.home.rules.facts import AGAIN, BookingView, HomeFacts, WindowView
from enroll.hours.lifecycle import ProofState
from enroll.hours.models import HoursBalance, HoursProof
from enroll.hours.queries.standing import totals_of
from enroll.hours.rules.pace import Forecast
from enroll.hours.rules.standing import Totals
from enroll.learners.models import Guardian, Learner
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.models import Window
from enroll.results.queries.visible import VisibleResult, visible_result
from enroll.sittings.lifecycle import LIVE, SEATED
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.queries import places_of

# An application that is over (or whose window is) no longer leads the page, once its results are read.
OVER = {ApplicationState.REJECTED, ApplicationState.WITHDRAWN, ApplicationState.EXPIRED, ApplicationState.CANCELLED}
SHOWN_CERTIFICATES = IN_FORCE | {CertificateState.REFUSED, CertificateState.REVOKED}
STANDING = {ApplicationState.SUBMITTED, ApplicationState.RETURNED, ApplicationState.APPROVED}
ADULT = 18


@dataclass(frozen=True)
class Standing:
    """The learner, and the facts about where they stand."""

    learner: Learner
    enrolment: Enrolment | None
    facts: HomeFacts
    forecast: Forecast | None = None  # while hours are to be studied


def standing(session: Session, account_id: int, now: datetime) -> Standing | None:
    wanted = select(Learner).where(Learner.account_id == account_id)
    learner = session.scalars(wanted.options(joinedload(Learner.checks))).unique().one_or_none()
    if learner is None:
        return None
    checks = {check.kind: check.state for check in learner.checks}
    enrolment, balance, proof, training = _study(session, learner.id)
    application, fee, result = _application(session, learner.id, now)
    window = application.window if application else None
    view = _view(window) if window else _window_to_come(session, account_id, now)
    minutes = balance.minutes if balance else 0
    demands = enrolment.demands if enrolment else None
    pending = pending_minutes(session, enrolment.id) if enrolment and not proof else 0
    lesson = next_lesson(session, enrolment.id) if enrolment and not proof else None
    certificate = _certificate(session, learner.id)
    bookings = _bookings(session, application) if application else ()
    facts = HomeFacts(
        now=now,
        enrolled=enrolment is not None,
        training_fee_open=training is not None and training.state in {FeeState.DUE, FeeState.PART_PAID},
        training_fee_due_at=training.due_at if training else None,
        identity=checks.get("identity", "draft"),
        photo=checks.get("photo", "draft"),
        guardian_open=_guardian_is_awaited(session, learner, now),
        minutes=minutes,
        pending=pending,
        required=demands.required_minutes if demands else 0,
        unit=demands.unit if demands else 45,
        proof=proof.reference if proof else "",
        lesson=(lesson.course_code, lesson.code, lesson.title) if lesson else None,
        window=view,
        application=application.reference if application else "",
        application_state=application.state if application else "",
        review_due_at=application.review_due_at if application else None,
        correct_by=application.correct_by if application else None,
        payment_due_at=fee.due_at if fee else None,
        fee_settled=fee is not None and fee.state in SETTLED,
        fee_state=fee.state if fee else "",
        bookings=bookings,
        unseated=application is not None and application.state in STANDING and not {
            one.part for one in bookings if one.state in SEATED} >= set(application.parts),
        ticket=_ticket_number(session, learner.id, window) if bookings else "",
        published=result is not None,
        verdict=result.verdict if result else "",
        certificate_state=certificate.state if certificate else "",
        certificate_label=CERTIFICATE.label(certificate.state).learner if certificate else "",
    )
    studying = enrolment is not None and proof is None and enrolment.state == EnrolmentState.ACTIVE
    credited = totals_of(balance) if balance else Totals()
    outlook = hours_forecast(session, enrolment, credited, now) if enrolment and studying else None
    return Standing(learner, enrolment, facts, outlook)


def _study(
    session: Session, learner_id: int
) -> tuple[Enrolment | None, HoursBalance | None, HoursProof | None, Fee | None]:
    row = session.execute(
        select(Enrolment, HoursBalance, HoursProof, Fee)
        .outerjoin(HoursBalance, HoursBalance.enrolment_id == Enrolment.id)
        .outerjoin(HoursProof, (HoursProof.enrolment_id == Enrolment.id) & (HoursProof.state == ProofState.ISSUED))
        .outerjoin(Fee, (Fee.subject == Enrolment.reference) & (Fee.state != FeeState.VOID))
        .where(Enrolment.learner_id == learner_id, Enrolment.state != EnrolmentState.WITHDRAWN)
        .options(joinedload(Enrolment.programme), joinedload(Enrolment.cohort))
        .order_by(Enrolment.id.desc())
        .limit(1)
    ).first()
    return (row[0], row[1], row[2], row[3]) if row else (None, None, None, None)


def _application(
    session: Session, learner_id: int, now: datetime
) -> tuple[Application | None, Fee | None, VisibleResult | None]:
    """The application that leads the page, the newest one that is not over, with its fee and what the learner may see
    of its result. Where that says that a part is missing, the result stays and the application leads no longer."""
    row = session.execute(
        select(Application, Fee)
        .outerjoin(Fee, (Fee.subject == Application.reference) & (Fee.state != FeeState.VOID))
        .where(Application.learner_id == learner_id, Application.state.not_in(OVER))
        .options(joinedload(Application.window))
        .order_by(Application.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None, None, None
    result = visible_result(session, learner_id, row[0].window.code, now)
    return (None, None, result) if result is not None and result.verdict in AGAIN else (row[0], row[1], result)


def _window_to_come(session: Session, account_id: int, now: datetime) -> WindowView | None:
    """The window this person can apply for now, until the end of their own lane; else the one that opens next."""
    open_now = next((one for one in openings(session, account_id, now) if not one.problems), None)
    if open_now is not None:
        return replace(_view(open_now.window), closes_at=open_now.closes_at)
    following = (
        select(Window)
        .where(Window.state == WindowState.PUBLISHED, Window.closes_at > now)
        .order_by(Window.closes_at)
        .limit(1)
    )
    found = session.scalar(following)
    return _view(found) if found is not None else None


def _bookings(session: Session, application: Application) -> tuple[BookingView, ...]:
    rows = session.scalars(
        select(Booking)
        .join(Sitting)
        .options(joinedload(Booking.sitting).joinedload(Sitting.site))
        .where(Booking.subject == application.reference, Booking.state.in_(LIVE))
        .order_by(Sitting.starts_at, Booking.id)
    ).all()
    places = places_of(session, rows)
    return tuple(
        BookingView(
            row.part, row.state, row.sitting.online, row.sitting.starts_at, row.sitting.ends_at, row.sitting.site.name,
            row.reference, row.offer_ends_at, places[row.reference].position if row.reference in places else None,
        )
        for row in rows
    )


def _ticket_number(session: Session, learner_id: int, window: Window | None) -> str:
    if window is None:
        return ""
    wanted = select(Ticket.number).where(
        Ticket.learner_id == learner_id, Ticket.window_id == window.id, Ticket.replaced_at.is_(None)
    )
    return session.scalar(wanted.order_by(Ticket.kind.desc()).limit(1)) or ""


def _certificate(session: Session, learner_id: int) -> Certificate | None:
    wanted = select(Certificate).where(Certificate.learner_id == learner_id, Certificate.state.in_(SHOWN_CERTIFICATES))
    return session.scalar(wanted.order_by(Certificate.id.desc()).limit(1))


def _guardian_is_awaited(session: Session, learner: Learner, now: datetime) -> bool:
    if age_on(learner.birth_date, local_day(now)) >= ADULT:
        return False
    done = select(func.count()).where(Guardian.learner_id == learner.id, Guardian.acknowledged_at.is_not(None))
    return not session.scalar(done)


def _view(window: Window) -> WindowView:
    return WindowView(
        window.code,
        window.starts_on,
        window.opens_at,
        window.closes_at,
        window.review_by,
        window.ticket_from,
        window.scores_publish_at,
        window.roster_to_issuer_by,
        window.certificate_expected_on,
    )
