"""What time and money do to an application: bookings confirmed, deadlines that pass, flags that are set."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from enroll.applications.events import DeadlineNear
from enroll.applications.lifecycle import APPLICATION, ApplicationState
from enroll.applications.models import Application
from enroll.applications.queries.facts import facts_about
from enroll.applications.queries.own import applies_anew, history_of
from enroll.applications.rules.deadlines import Warned, warning_due
from enroll.applications.services.money import close_fee
from enroll.applications.services.submitting import moved
from enroll.audit import services as audit
from enroll.audit.moves import make_move
from enroll.fees.queries.fees import fee_is_settled, paid_at
from enroll.fees.rules import Cause
from enroll.fees.services.payments import pay_after_all
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Refused, problem
from enroll.foundation.words import N_
from enroll.programmes.queries.programmes import rules_of
from enroll.programmes.queries.windows import working_calendar
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.queries import bookings_of
from enroll.sittings.rules import BookingFacts
from enroll.sittings.services.seats import end_bookings, hold_seats, move_booking
from enroll.storage import outbox
from enroll.storage.database import lock, transaction

LAPSES = {
    ApplicationState.DRAFT: "lapse_draft",
    ApplicationState.RETURNED: "lapse_correction",
    ApplicationState.APPROVED: "lapse_unpaid",
}

NOT_THE_WHOLE_FEE = problem("not_paid_in_full", N_("The payments do not reach the amount that is due."))


def confirm_bookings(reference: str, *, now: datetime) -> None:
    """The fee is settled: confirm what is held. Does nothing for an application that is not approved (money that came
    too late is reconciled by finance), and nothing twice."""
    with transaction() as session:
        confirm_if_settled(session, lock(session, Application, Application.reference == reference), now=now)


def confirm_if_settled(session: Session, application: Application, *, now: datetime) -> None:
    if application.state != ApplicationState.APPROVED or not fee_is_settled(session, application.reference):
        return
    facts = BookingFacts(application.learner.account_id, now, approved=True, fee_settled=True)
    for booking in bookings_of(session, application.reference):
        if booking.state == BookingState.HELD:
            move_booking(booking.reference, "confirm", facts=facts, by=SYSTEM, now=now)


def lapse(reference: str, *, now: datetime) -> bool:
    """Let an application lapse whose deadline has passed: the facts are asked again under its lock.

    Gives False where another state has been reached meanwhile; raises Refused where it is not due (paid, in time).
    """
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        move = LAPSES.get(ApplicationState(application.state))
        if move is None:
            return False
        facts = facts_about(session, application, now)
        make_move(session, APPLICATION, application, move, by=SYSTEM, now=now, facts=facts)
        end_bookings(reference, "lapse", facts=BookingFacts(facts.learner_account_id, now), by=SYSTEM, now=now)
        close_fee(session, application, Cause.WITHDRAWN, by=SYSTEM, now=now, reason=move)
        outbox.record(session, moved(application, move), now)
        return True


def revive(reference: str, payment_id: int, *, now: datetime) -> bool:
    """Money came after the application had lapsed unpaid: take its seats again where each is still free, all or none;
    once, and for money that was paid within the programme's hours after the lapse.

    Gives False where the application is not one to revive; raises Refused where a seat is gone, the money is not the
    whole fee, or something else stands against it. The payment then waits for finance, as every late one does.
    """
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        history = history_of(session, application.id)
        hours = rules_of(application.window.programme, local_day(now)).revival_hours
        until = history[0].made_at + timedelta(hours=hours)
        if history[0].move != "lapse_unpaid" or paid_at(session, payment_id) >= until or "revive" in {
                one.move for one in history} or applies_anew(session, application):
            return False
        hold_seats(list(application.chosen.values()), application.learner_id, reference, resit=application.resit,
                   by=SYSTEM, now=now)
        if not pay_after_all(session, payment_id, now=now):
            raise Refused(NOT_THE_WHOLE_FEE)
        make_move(session, APPLICATION, application, "revive", by=SYSTEM, now=now,
                  facts=facts_about(session, application, now))
        outbox.record(session, moved(application, "revive"), now)
        return True


def warn(reference: str, *, now: datetime) -> bool:
    """Say that a deadline is near, each stage once; gives whether something was said."""
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        what, due_at = _deadline_of(application)
        if due_at is None or due_at <= now or (what == "payment" and fee_is_settled(session, reference)):
            return False
        stage = warning_due(due_at, working_calendar(session), now)
        if stage in {Warned.NOT_YET, application.warned} or application.warned == Warned.HOURS:
            return False
        application.warned = str(stage)
        outbox.record(session, DeadlineNear(application.learner_id, reference, what, str(stage), due_at.isoformat()),
                      now)
        return True


def set_flag(reference: str, words: str, *, by: Actor, now: datetime) -> None:
    """Set or (with no words) clear the internal flag; the learner's page does not change and no message is sent."""
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        application.flagged = words[:200]
        application.version += 1
        audit.record(session, "application.flag", reference, by=by, now=now, learner_id=application.learner_id,
                     words=application.flagged)


def _deadline_of(application: Application) -> tuple[str, datetime | None]:
    if application.state == ApplicationState.RETURNED:
        return "correction", application.correct_by
    if application.state == ApplicationState.APPROVED:
        return "payment", application.payment_due_at
    return "", None
