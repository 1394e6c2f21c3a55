"""What applications, tickets, results and certificates have to say, and to whom. No mark leaves the house: messages
say that something is there to be read, the page behind the sign-in shows it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.admission.events import ExcuseMoved, IncidentMoved, NoticeWritten, TicketReleased
from enroll.admission.models import Excuse, Incident, IncidentMove, Ticket
from enroll.admission.queries.excuses import facts_of, moves_of_excuse
from enroll.admission.queries.notices import holders_in, notices_of
from enroll.admission.rules.incidents import DECISION_NAMES, KIND_NAMES, Decision, Kind
from enroll.applications import lifecycle as applications
from enroll.applications.events import AccommodationMoved, ApplicationMoved, DeadlineNear
from enroll.applications.lifecycle import ApplicationState
from enroll.applications.models import Accommodation, Application
from enroll.applications.queries.transfers import transfer_of
from enroll.certificates.events import CertificateMoved
from enroll.certificates.lifecycle import CERTIFICATE
from enroll.certificates.models import Certificate
from enroll.corrections.events import CorrectionMoved
from enroll.corrections.lifecycle import CORRECTION
from enroll.corrections.models import Correction, CorrectionMove
from enroll.enrolments.events import ExceptionGranted
from enroll.enrolments.models import RuleException
from enroll.enrolments.rules import EXCEPTABLE_NAMES, Exceptable
from enroll.fees.models import Fee
from enroll.notifications.notices import Notice, Tell
from enroll.notifications.queries import (
    account_of,
    fee_of,
    one_by_reference,
    open_items_of,
    sitting_now,
    ticket_by_token,
)
from enroll.results.events import OutcomePublished, ScoreReviewAnswered
from enroll.results.models import ScoreReview
from enroll.sittings.events import BookingMoved, PlaceNews
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.queries import live_bookings_of
from enroll.storage.outbox import Happened

# A booking's own news that the learner has not read in the application's: registered, and what happened on the day.
BOOKING_NEWS = {BookingState.CONFIRMED, BookingState.ABSENT, BookingState.DISQUALIFIED, BookingState.OFFERED,
                BookingState.MOVED}


def application_moved(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    if event.state == ApplicationState.DRAFT or event.move in {"reopen", "lapse_draft"}:
        return []
    if event.move in applications.TRANSFERS:
        return _transferred(session, happened)
    application = one_by_reference(session, Application, event.reference)
    fee: Fee | None = fee_of(session, application.reference)
    outcome = "reject" if event.state == ApplicationState.REJECTED else "return"
    values = {
        "application": application, "state": event.state, "move": event.move, "fee": fee,
        "items": open_items_of(session, application.id, outcome), "window": application.window,
    }
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:{event.move}:{happened.entry_id}",
                   "applications/moved", values, "applications.show", {"reference": event.reference})]


def _transferred(session: Session, happened: Happened) -> list[Notice]:
    """One message for the whole of it: where the application goes on, with which sittings, and the fee."""
    old, new, transfer = transfer_of(session, happened.event.reference)
    values = {"application": old, "there": new, "window": new.window, "before": old.window, "transfer": transfer,
              "bookings": live_bookings_of(session, new.reference), "own": happened.event.move == "transfer",
              "fee": fee_of(session, new.reference)}
    return [Notice(account_of(session, happened.event.learner_id), f"{old.reference}:transfer",
                   "applications/transferred", values, "applications.show", {"reference": new.reference})]


def deadline_near(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """One working day, and three hours, before a correction or a payment is due."""
    event = happened.event
    application = one_by_reference(session, Application, event.reference)
    values = {"application": application, "what": event.what, "due_at": datetime.fromisoformat(event.due_at),
              "window": application.window}
    page = "fees.mine" if event.what == "payment" else "applications.show"
    where = {} if event.what == "payment" else {"reference": event.reference}
    about = f"{event.reference}:{event.what}:{event.stage}:{event.due_at}"
    return [Notice(account_of(session, event.learner_id), about, "applications/deadline", values, page, where)]


def booking_moved(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    if event.state not in BOOKING_NEWS or event.move == "transfer":
        return []
    booking = one_by_reference(session, Booking, event.reference)
    absent = event.state == BookingState.ABSENT
    values = {"booking": booking, "state": event.state, "window": booking.window, "sitting": booking.sitting,
              "now_in": sitting_now(session, booking) if event.state == BookingState.MOVED else None,
              "excuse_until": facts_of(session, booking, now).asked_until if absent else None}
    # Both parts of an application are confirmed by one payment: one message, whichever comes first.
    about = f"{booking.subject}:{event.state}" if event.state == BookingState.CONFIRMED else (
        f"{event.reference}:{event.state}:{happened.entry_id}")
    page, where = ("seats.accept", event.reference) if event.state == BookingState.OFFERED else (
        ("excuses.ask", event.reference) if absent else ("applications.show", booking.subject))
    return [Notice(account_of(session, event.learner_id), about, "applications/booking", values, page,
                   {"reference": where})]


def place_news(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """A place in a waiting list: its offer ends soon, or was not answered; or the list is closed."""
    event = happened.event
    booking = one_by_reference(session, Booking, event.reference)
    page, where = ("seats.accept", event.reference) if event.what == "soon" else ("applications.show", booking.subject)
    values = {"booking": booking, "what": event.what, "window": booking.window, "sitting": booking.sitting}
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:{event.what}", "applications/place",
                   values, page, {"reference": where})]


def ticket_released(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    ticket: Ticket = ticket_by_token(session, event.token)
    values = {"ticket": ticket, "online": event.kind == "confirmation", "newer": event.ticket_version > 1}
    return [Notice(account_of(session, event.learner_id), f"ticket:{event.token}", "admission/ticket", values,
                   "admission.ticket", {"number": ticket.number})]


def incident_moved(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    incident = one_by_reference(session, Incident, event.reference)
    last = session.scalars(select(IncidentMove.reason).where(
        IncidentMove.record_id == incident.id).order_by(IncidentMove.id.desc()).limit(1)).first()
    values = {"incident": incident, "move": event.move, "kind": KIND_NAMES[Kind(incident.kind)], "reason": last or "",
              "decision": DECISION_NAMES[Decision(incident.decision)] if incident.decision else ""}
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:{event.move}", "admission/incident",
                   values, "incidents.show", {"reference": event.reference})]


def excuse_moved(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """What became of a request to be excused; the booking's own move is not told a second time."""
    event = happened.event
    excuse = one_by_reference(session, Excuse, event.reference)
    last = moves_of_excuse(session, excuse.id)[-1]
    values = {"excuse": excuse, "move": event.move, "reason": last.reason,
              "until": facts_of(session, excuse.booking, now).asked_until}
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:{event.move}", "admission/excuse",
                   values, "excuses.show", {"reference": event.reference})]


def outcome_published(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    return [Notice(account_of(session, event.learner_id), f"outcome:{event.outcome_id}", "results/published",
                   {"window": event.window}, "results.mine")]


def score_review_answered(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    review = one_by_reference(session, ScoreReview, event.reference)
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:answered", "results/review",
                   {"review": review}, "results.mine")]


def certificate_moved(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """Silent where the learner's words stay the same: a first approval, a hold."""
    event = happened.event
    if event.move in {"approve_first", "hold", "release"}:
        return []
    certificate = one_by_reference(session, Certificate, event.reference)
    values = {"certificate": certificate, "state": event.state, "label": CERTIFICATE.label(event.state).learner}
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:{event.state}:{happened.entry_id}",
                   "certificates/moved", values, "certificates.mine")]


def correction_moved(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """To the learner, at every step but their own withdrawal."""
    event = happened.event
    if event.move == "withdraw":
        return []
    correction = one_by_reference(session, Correction, event.reference)
    last = session.scalars(select(CorrectionMove.reason).where(
        CorrectionMove.record_id == correction.id).order_by(CorrectionMove.id.desc()).limit(1)).first()
    values = {"correction": correction, "move": event.move, "reason": last or "",
              "label": CORRECTION.label(event.state).learner}
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:{event.move}", "corrections/moved",
                   values, "corrections.show", {"reference": event.reference})]


def accommodation_moved(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """What was decided and why may tell of health: the message says that there is an answer, the page which."""
    event = happened.event
    if event.move not in {"grant", "refuse"}:
        return []
    found = one_by_reference(session, Accommodation, event.reference)
    values = {"accommodation": found, "move": event.move, "window": found.application.window}
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:{event.move}",
                   "applications/accommodation", values, "applications.accommodations",
                   {"reference": found.application.reference})]


def exception_granted(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """Which rule, and until when they may apply; a refusal changes nothing that the learner sees."""
    found = one_by_reference(session, RuleException, happened.event.reference)
    values = {"window": found.window, "rule": EXCEPTABLE_NAMES[Exceptable(found.rule)]}
    return [Notice(account_of(session, happened.event.learner_id), f"{found.reference}:grant",
                   "applications/exception", values, "applications.mine", {})]


def notice_written(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """To everybody who holds a ticket or confirmation of the sitting, with the words themselves."""
    event = happened.event
    sitting = session.scalars(select(Sitting).where(Sitting.code == event.sitting)).one()
    wording = next((one for one in notices_of(session, sitting.id) if one.number == event.number), None)
    if wording is None or not wording.text_zh.strip():
        return []
    return [Notice(account_of(session, learner_id), f"notice:{event.sitting}:{event.number}:{number}",
                   "admission/notice", {"sitting": sitting, "wording": wording}, "admission.ticket",
                   {"number": number})
            for learner_id, number in holders_in(session, sitting.id)]


TELLS: tuple[tuple[type, Tell], ...] = (
    (CorrectionMoved, correction_moved),
    (ApplicationMoved, application_moved), (DeadlineNear, deadline_near), (BookingMoved, booking_moved),
    (PlaceNews, place_news), (AccommodationMoved, accommodation_moved),
    (ExceptionGranted, exception_granted),
    (TicketReleased, ticket_released), (NoticeWritten, notice_written), (IncidentMoved, incident_moved),
    (ExcuseMoved, excuse_moved),
    (OutcomePublished, outcome_published), (ScoreReviewAnswered, score_review_answered),
    (CertificateMoved, certificate_moved),
)  # fmt: skip
