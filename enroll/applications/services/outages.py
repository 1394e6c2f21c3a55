"""Outages 故障延期 (R13): recorded by one person, confirmed by another; then every deadline that fell into it ends
later, those of windows with the confirmation, those of single people each in a transaction of its own."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.applications.events import OutageConfirmed, OutageFelt, OutageReported
from enroll.applications.lifecycle import APPLICATION, LIVE, OUTAGE, ApplicationState
from enroll.applications.models import Application, Extension, Outage, OutageEffect
from enroll.applications.queries.facts import facts_about
from enroll.applications.queries.outages import Fallen, effect_exists, fallen_into, grace_hours
from enroll.applications.rules.deadlines import Extended
from enroll.applications.rules.outages import OutageFacts, Outcome, faults_of, proposed_end
from enroll.applications.services.extending import follow_dates
from enroll.applications.services.reviewing import let_it_be_paid
from enroll.audit.moves import begin, expect_version, make_move
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.problems import NOT_PERMITTED, REASON_MISSING, Refused
from enroll.programmes.services.windows import move_date
from enroll.sittings.services.lapsing import NOT_OFFERED_AGAIN, offer_again
from enroll.sittings.services.seats import extend_places, hold_seats
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction

REPORTERS = (Permission.MANAGE_WINDOWS, Permission.LEAD_REVIEW, Permission.MANAGE_SETTINGS)
BACK_TO = {"closes_at": "reinstate_draft", "correct_by": "reinstate_returned", "payment_due_at": "reinstate_approved"}


def report_outage(
    began_at: datetime, ended_at: datetime, what: str, *, extends_to: datetime | None = None, by: Actor, now: datetime
) -> str:
    """Record an outage that is over; gives its reference. `what` is read by learners; without `extends_to` the end is
    the one its length and the programme's hours propose. Raises Refused with everything that is wrong with it."""
    with transaction() as session:
        if not any(by.may(one) for one in REPORTERS):
            raise Refused(NOT_PERMITTED)
        proposed = proposed_end(began_at, ended_at, grace_hours(session, now))
        until = extends_to or proposed
        faults = [*faults_of(OutageFacts(now, began_at, ended_at, until), proposed)]
        if not what.strip():
            faults.append(REASON_MISSING)
        if faults:
            raise Refused(faults)
        outage = Outage(reference=next_reference(session, "Y"), began_at=began_at, ended_at=ended_at, extends_to=until,
                        what=what, reported_at=now, reported_by_id=by.account_id)
        begin(session, OUTAGE, outage, by=by, now=now, began_at=began_at.isoformat(), ended_at=ended_at.isoformat(),
              extends_to=until.isoformat())
        outbox.record(session, OutageReported(outage.reference), now)
        return outage.reference


def confirm_outage(
    reference: str, *, by: Actor, now: datetime, reason: str = "", seen_version: int | None = None
) -> None:
    """Another person confirms it: the dates of windows that fell into it move at once, and whoever is concerned is
    told; each person's own deadlines follow right after. Raises Refused where a date would break the order of its
    window's dates, by name: then nothing has moved."""
    with transaction() as session:
        outage = lock(session, Outage, Outage.reference == reference)
        expect_version(outage, seen_version)
        make_move(session, OUTAGE, outage, "confirm", by=by, now=now, facts=facts_of(outage, now), reason=reason)
        outage.decided_by_id = by.account_id
        for one in fallen_into(session, outage.began_at, outage.ended_at):
            if one.learner_id is None:
                move_date(one.subject, one.name, outage.extends_to, reason=outage.what, by=by, now=now)
                _note(session, outage, one, outage.extends_to, Outcome.EXTENDED, now)
        outbox.record(session, OutageConfirmed(reference), now)


def dismiss_outage(
    reference: str, *, reason: str, by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """It was none, or is recorded again: no deadline moves."""
    with transaction() as session:
        outage = lock(session, Outage, Outage.reference == reference)
        expect_version(outage, seen_version)
        make_move(session, OUTAGE, outage, "dismiss", by=by, now=now, facts=facts_of(outage, now), reason=reason)
        outage.decided_by_id = by.account_id


def facts_of(outage: Outage, now: datetime) -> OutageFacts:
    return OutageFacts(now, outage.began_at, outage.ended_at, outage.extends_to, outage.reported_by_id)


def give_time_back(reference: str, fallen: Fallen, *, now: datetime) -> bool:
    """What a confirmed outage does to one person's own deadline: extended; or, where it had lapsed, brought back with
    its seats. Gives False where it was done already."""
    with transaction() as session:
        application = lock(session, Application, Application.reference == fallen.application)
        outage = lock(session, Outage, Outage.reference == reference)
        if effect_exists(session, outage.id, fallen.subject, fallen.name):
            return False
        until = min(outage.extends_to, application.window.seating_by)
        outcome = Outcome.EXTENDED
        if until <= now:
            outcome = Outcome.TOO_LATE
        elif fallen.name == "offer_ends_at" and fallen.lapsed:
            if application.state not in LIVE:
                raise Refused(NOT_OFFERED_AGAIN)
            offer_again(fallen.subject, until, now=now)
            outcome = Outcome.BROUGHT_BACK
        elif fallen.name == "offer_ends_at":
            extend_places(application.reference, offer_until=until)
        else:
            outcome = Outcome.BROUGHT_BACK if fallen.lapsed else Outcome.EXTENDED
            _extend(session, application, outage, fallen, until, now)
        _tell(session, outage, fallen, until, outcome, now)
        return True


def seat_is_gone(reference: str, fallen: Fallen, *, now: datetime) -> None:
    """It could not be brought back: somebody else has the seat. The learner is told, and the page names them."""
    with transaction() as session:
        outage = lock(session, Outage, Outage.reference == reference)
        _tell(session, outage, fallen, fallen.before, Outcome.SEAT_GONE, now)


def _extend(
    session: Session, application: Application, outage: Outage, fallen: Fallen, until: datetime, now: datetime
) -> None:
    if fallen.name != "closes_at":  # a draft's date is its window's, which has moved
        session.add(Extension(learner_id=application.learner_id, window_id=application.window_id,
                              name=str(Extended(fallen.name)), until=until, granted_at=now,
                              reason=f"{outage.reference}: {outage.what}", granted_by_id=outage.decided_by_id))
        session.flush()
    if not fallen.lapsed:
        follow_dates(application.reference, by=SYSTEM, now=now)
        return
    facts = replace(facts_about(session, application, now), fell_into_outage=True)
    make_move(session, APPLICATION, application, BACK_TO[fallen.name], by=SYSTEM, now=now, facts=facts,
              outage=outage.reference)
    if application.state == ApplicationState.DRAFT:
        return
    hold_seats(list(application.chosen.values()), application.learner_id, application.reference,
               resit=application.resit, by=SYSTEM, now=now)
    application.correct_by = until if application.state == ApplicationState.RETURNED else None
    application.warned = ""
    if application.state == ApplicationState.APPROVED:
        let_it_be_paid(session, application, by=SYSTEM, now=now, approved_at=application.decided_at)


def _tell(
    session: Session, outage: Outage, fallen: Fallen, until: datetime, outcome: Outcome, now: datetime
) -> None:
    assert fallen.learner_id is not None, "a deadline of one person"
    _note(session, outage, fallen, until, outcome, now)
    outbox.record(session, OutageFelt(fallen.learner_id, outage.reference, fallen.application, fallen.name,
                                      str(outcome), until.isoformat()), now)


def _note(
    session: Session, outage: Outage, fallen: Fallen, after: datetime, outcome: Outcome, now: datetime
) -> None:
    session.add(OutageEffect(outage_id=outage.id, subject=fallen.subject, name=fallen.name,
                             learner_id=fallen.learner_id, before=fallen.before, after=after, outcome=str(outcome),
                             done_at=now))
    session.flush()
