"""Dates that move: for one person by a lead, for everybody with the window."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.applications.lifecycle import LIVE, ApplicationState
from enroll.applications.models import Application, Extension
from enroll.applications.queries.corrections import open_items
from enroll.applications.queries.dates import own_dates, payment_deadline
from enroll.applications.rules.deadlines import Extended, correction_due
from enroll.audit import services as audit
from enroll.fees.services.raising import postpone_fee
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, REASON_MISSING, NotFound, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.programmes.queries.programmes import rules_at
from enroll.programmes.queries.windows import working_calendar
from enroll.sittings.services.seats import extend_places
from enroll.storage.database import lock, transaction


def extend(
    learner_id: int, window_code: str, name: Extended, until: datetime, *, reason: str, by: Actor, now: datetime
) -> None:
    """Give one person more time for one date of a window (R13): by a lead, with a reason, before seats are assigned.

    Raises Refused when the lead may not, the date lies in the past or after the seating, or no reason is given.
    """
    with transaction() as session:
        window = session.scalar(select(Window).where(Window.code == window_code))
        learner = session.get(Learner, learner_id)
        if window is None or learner is None:
            raise NotFound("Window or learner")
        against = _against(window, learner, until, reason, by, now)
        if against:
            raise Refused(against)
        session.add(Extension(learner_id=learner_id, window_id=window.id, name=str(name), until=until, reason=reason,
                              granted_at=now, granted_by_id=by.account_id))
        session.flush()
        audit.record(session, "extension.grant", learner.reference, by=by, now=now, learner_id=learner_id,
                     window=window_code, date=str(name), until=until.isoformat(), reason=reason)
        reference = session.scalar(select(Application.reference).where(
            Application.learner_id == learner_id, Application.window_id == window.id, Application.state.in_(LIVE)
        ))
        if reference is not None:
            _follow(reference, name, until, by=by, now=now)


def _follow(reference: str, name: Extended, until: datetime, *, by: Actor, now: datetime) -> None:
    if name is Extended.LIST:
        extend_places(reference, list_until=until)
    else:
        follow_dates(reference, by=by, now=now)


def follow_dates(reference: str, *, by: Actor, now: datetime) -> None:
    """Let the deadline of an application follow the dates it rests on; a deadline never comes earlier by this."""
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        due_at = _deadline_now(session, application, now)
        old = application.correct_by if application.state == ApplicationState.RETURNED else application.payment_due_at
        # Approved with a part that waits for a seat: nothing is owed yet, so no date of it moves.
        waits = application.state == ApplicationState.APPROVED and old is None
        if due_at is None or waits or (old is not None and due_at <= old):
            return
        if application.state == ApplicationState.RETURNED:
            application.correct_by = due_at
        else:
            application.payment_due_at = due_at
            postpone_fee(reference, due_at, now=now)
        application.warned = ""
        audit.record(session, "application.deadline", reference, by=by, now=now, learner_id=application.learner_id,
                     before=old.isoformat() if old else "", after=due_at.isoformat())


def _deadline_now(session: Session, application: Application, now: datetime) -> datetime | None:
    window = application.window
    dates = own_dates(session, application.learner_id, window, resit=application.resit)
    if application.state == ApplicationState.RETURNED:
        items = open_items(session, application.id)
        days = rules_at(session, window.programme.code, local_day(now)).correction_working_days
        extended = dates.extension(Extended.CORRECTION)
        due = correction_due(items[-1].returned_at if items else now, dates.lane, working_calendar(session), days)
        return max(due, extended or due)
    if application.state == ApplicationState.APPROVED and application.decided_at is not None:
        return payment_deadline(session, application, application.decided_at)
    return None


def _against(
    window: Window, learner: Learner, until: datetime, reason: str, by: Actor, now: datetime
) -> list[Problem]:
    found = []
    if not by.may(Permission.LEAD_REVIEW):
        found.append(NOT_PERMITTED)
    if by.account_id == learner.account_id:
        found.append(OWN_RECORD)
    if not reason.strip():
        found.append(REASON_MISSING)
    if not now < until <= window.seating_by:
        found.append(problem("extension_out_of_bounds", N_("Choose a moment between now and %(moment)s, when seats are "
                             "assigned."), field="until", moment=window.seating_by))
    return found
