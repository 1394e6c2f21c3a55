"""The decision about a case: approve, return, reject; and to look again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from enroll.applications.lifecycle import APPLICATION
from enroll.applications.models import Application, ReturnedItem
from enroll.applications.queries.dates import correction_deadline, payment_deadline
from enroll.applications.queries.facts import facts_about
from enroll.applications.queries.own import unseated_parts
from enroll.applications.queries.versions import newest_version
from enroll.applications.rules.items import OF_IDENTITY, Item, ItemGiven, faults_of_items
from enroll.applications.rules.moves import ApplicationFacts
from enroll.applications.services.colleagues import close_opinion
from enroll.applications.services.learner_acts import return_checks, verify_checks
from enroll.applications.services.money import close_fee, let_fee_fall_due
from enroll.applications.services.settling import confirm_if_settled
from enroll.applications.services.submitting import moved
from enroll.audit.moves import expect_version, make_move
from enroll.fees.rules import Cause
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.problems import Refused
from enroll.hours.services.crediting import hold_still
from enroll.hours.services.proofs import issue_waiting_proofs
from enroll.learners.lifecycle import CheckKind
from enroll.programmes.queries.windows import working_calendar
from enroll.sittings.queries import bookings_of
from enroll.sittings.rules import BookingFacts
from enroll.sittings.services.seats import end_bookings, hold_seats
from enroll.storage import outbox
from enroll.storage.database import lock, transaction


def approve(
    reference: str, *, verified: Sequence[CheckKind] = (), by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Approve a case. `verified` are the checks decided on the same page; the exam fee falls due (or is included).

    Raises Refused with every reason: another person's claim, hours not credited, no proof, a check without a verdict.
    """
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        expect_version(application, seen_version)
        # Decided first, so that the facts below see the verdict; a refusal takes it back with everything else.
        verify_checks(session, application.learner, verified, by=by, now=now)
        hold_still(session, application.enrolment_id)
        if verified:
            issue_waiting_proofs(application.learner_id, now=now)
        facts = facts_about(session, application, now)
        _decide(session, application, "approve", facts, by=by, now=now, verified=[str(one) for one in verified])
        let_it_be_paid(session, application, by=by, now=now)


def approve_resit(reference: str, *, now: datetime) -> None:
    """Approve a resit by itself: identity and photo are those of the last exam and young enough. Raises Refused where a
    person has to look."""
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        facts = facts_about(session, application, now)
        _decide(session, application, "approve_resit", facts, by=SYSTEM, now=now)
        let_it_be_paid(session, application, by=SYSTEM, now=now)


def let_it_be_paid(
    session: Session, application: Application, *, by: Actor, now: datetime, approved_at: datetime | None = None
) -> None:
    """What follows an approval (now, or `approved_at`): when the fee is due, the fee itself, and the bookings where
    nothing is owed. While a part waits for a seat nothing is owed: the fee falls due with the seat."""
    if unseated_parts(application, bookings_of(session, application.reference)):
        application.payment_due_at = None
        return
    application.payment_due_at = payment_deadline(session, application, approved_at or now)
    application.warned = ""
    application.fee_reference = let_fee_fall_due(session, application, application.payment_due_at, by=by, now=now)
    confirm_if_settled(session, application, now=now)


def return_for_correction(
    reference: str, items: Sequence[ItemGiven], *, by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Return named items with reasons and words; only these unlock, until a deadline. The seats stay held."""
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        expect_version(application, seen_version)
        due = correction_deadline(session, application, now)
        facts = facts_about(session, application, now, items_named=len(items), return_until=due)
        _decide(session, application, "return", facts, by=by, now=now, items=_as_noted(items))
        _keep_items(session, application, items, "return", now)
        return_checks(session, application.learner, _by_check(items), by=by, now=now)
        application.correct_by, application.warned = due, ""
        due_at = application.review_due_at or now
        application.review_seconds_left = working_calendar(session).working_seconds(now, due_at)


def reject(
    reference: str, items: Sequence[ItemGiven], *, by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Reject with reason codes and words; the seats are free at once, what was paid comes back."""
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        expect_version(application, seen_version)
        facts = facts_about(session, application, now, items_named=len(items))
        _decide(session, application, "reject", facts, by=by, now=now, items=_as_noted(items))
        _keep_items(session, application, items, "reject", now)
        booking_facts = BookingFacts(learner_account_id=facts.learner_account_id, now=now)
        end_bookings(reference, "cancel", facts=booking_facts, by=by, now=now)
        close_fee(session, application, Cause.REJECTED, by=by, now=now, reason=items[0].words if items else "")


def reopen(reference: str, *, reason: str, by: Actor, now: datetime, seen_version: int | None = None) -> None:
    """A lead has an approved case looked at again; the learner sees nothing of it until it is decided."""
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        expect_version(application, seen_version)
        make_move(session, APPLICATION, application, "reopen", by=by, now=now,
                  facts=facts_about(session, application, now), reason=reason)
        application.review_due_at = now


def reopen_on_appeal(
    reference: str, *, reason: str, by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """A lead who did not decide the first time takes an appeal up; the seats are held again, or it is refused."""
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        expect_version(application, seen_version)
        make_move(session, APPLICATION, application, "reopen_on_appeal", by=by, now=now,
                  facts=facts_about(session, application, now), reason=reason)
        hold_seats(list(application.chosen.values()), application.learner_id, reference, resit=application.resit,
                   by=by, now=now)
        application.review_due_at = now
        outbox.record(session, moved(application, "reopen_on_appeal"), now)


def _decide(
    session: Session, application: Application, move: str, facts: ApplicationFacts, *, by: Actor, now: datetime,
    **noted: Any,
) -> None:
    """Make the move that decides a case, and tell the learner. The claim ends with it."""
    make_move(session, APPLICATION, application, move, by=by, now=now, facts=facts, **noted)
    application.decided_at, application.decided_by_id = now, by.account_id
    application.claimed_by_id = application.claimed_until = None
    close_opinion(session, application, now=now)
    if application.first_reviewer_id is None:
        application.first_reviewer_id = by.account_id
    outbox.record(session, moved(application, move), now)


def _keep_items(
    session: Session, application: Application, items: Sequence[ItemGiven], outcome: str, now: datetime
) -> None:
    faults = faults_of_items(tuple(items))
    if faults:
        raise Refused(faults)
    version = newest_version(session, application.id)
    session.add_all(
        ReturnedItem(application_id=application.id, version_number=version.number if version else 0, item=one.item,
                     reason_code=one.reason_code, words=one.words, outcome=outcome, returned_at=now)
        for one in items
    )


def _by_check(items: Sequence[ItemGiven]) -> dict[CheckKind, list[ItemGiven]]:
    return {
        CheckKind.IDENTITY: [one for one in items if one.item in OF_IDENTITY],
        CheckKind.PHOTO: [one for one in items if one.item == Item.PHOTO],
    }


def _as_noted(items: Sequence[ItemGiven]) -> list[str]:
    """What goes into the audit: items and codes; the words stand with the case."""
    return [f"{one.item}:{one.reason_code}" for one in items]
