"""An application ends before the exam: withdrawn, given up, cancelled by a lead, or with its window."""

from datetime import datetime

from enroll.applications.lifecycle import APPLICATION, ApplicationState
from enroll.applications.models import Application
from enroll.applications.queries.facts import facts_about
from enroll.applications.services.colleagues import close_opinion
from enroll.applications.services.money import close_fee, quote
from enroll.applications.services.submitting import moved
from enroll.audit.moves import expect_version, make_move
from enroll.fees.rules import Cause
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.problems import Refused, problem
from enroll.foundation.words import N_
from enroll.sittings.rules import BookingFacts
from enroll.sittings.services.seats import end_bookings
from enroll.storage import outbox
from enroll.storage.database import lock, transaction


def withdraw(
    reference: str, *, by: Actor, now: datetime, reason: str = "", seen_version: int | None = None
) -> None:
    """The learner takes the application back before it is decided; the seats are free at once."""
    _end(reference, "withdraw", Cause.WITHDRAWN, by=by, now=now, reason=reason, seen_version=seen_version)


def give_up(
    reference: str, *, by: Actor, now: datetime, expected_fen: int, reason: str = "", seen_version: int | None = None
) -> None:
    """The learner gives up an approved registration. `expected_fen` is the refund the page has shown: where it is
    another one by now (a date has passed), nothing happens and the page shows the new one."""
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        offered = quote(session, application, Cause.WITHDRAWN, now)
        if (offered.amount_fen if offered else 0) != expected_fen:
            raise Refused(problem("refund_changed", N_("The refund is another one by now. Look at it again before you "
                                                       "decide.")))
        _end(reference, "give_up", Cause.WITHDRAWN, by=by, now=now, reason=reason, seen_version=seen_version)


def cancel(
    reference: str, cause: Cause, *, by: Actor, now: datetime, reason: str, seen_version: int | None = None
) -> None:
    """A lead cancels an approved registration for a cause; what is given back follows from it."""
    _end(reference, "cancel", cause, by=by, now=now, reason=reason, seen_version=seen_version)


def cancel_with_window(reference: str, *, now: datetime) -> None:
    """The exam window does not take place: every live application of it ends, and everything paid comes back."""
    _end(reference, "cancel_window", Cause.SITTING_CANCELLED, by=SYSTEM, now=now)


def _end(
    reference: str, move: str, cause: Cause, *, by: Actor, now: datetime, reason: str = "",
    seen_version: int | None = None,
) -> None:
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        expect_version(application, seen_version)
        was_draft = application.state == ApplicationState.DRAFT
        facts = facts_about(session, application, now)
        make_move(session, APPLICATION, application, move, by=by, now=now, facts=facts, reason=reason)
        application.claimed_by_id = application.claimed_until = None
        close_opinion(session, application, now=now)
        if not was_draft:
            booking_facts = BookingFacts(learner_account_id=facts.learner_account_id, now=now)
            end_bookings(reference, "cancel", facts=booking_facts, by=by, now=now, reason=reason)
            close_fee(session, application, cause, by=by, now=now, reason=reason)
        outbox.record(session, moved(application, move), now)
