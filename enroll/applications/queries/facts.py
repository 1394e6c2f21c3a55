"""Everything the moves of an application depend on, gathered under its lock."""

from datetime import datetime

from sqlalchemy.orm import Session

from enroll.applications.lifecycle import ApplicationState
from enroll.applications.models import Application
from enroll.applications.queries import own
from enroll.applications.queries.applicant import Standing, standing_for
from enroll.applications.queries.corrections import items_open
from enroll.applications.queries.dates import own_dates
from enroll.applications.queries.people import name_of
from enroll.applications.queries.versions import evidence_is_fresh
from enroll.applications.rules.moves import ApplicationFacts
from enroll.audit.queries import helpers_of
from enroll.fees.queries.fees import fee_is_settled
from enroll.foundation.clock import local_day
from enroll.learners.models import Consent
from enroll.learners.rules.texts import COMMITMENT
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.queries.programmes import rules_of
from enroll.programmes.rules.eligibility import stands_against_approving, stands_against_submitting
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.queries import bookings_of, list_closes_at

BEGUN = frozenset({BookingState.PRESENT, BookingState.ABSENT, BookingState.DISQUALIFIED, BookingState.EXCUSED})


def facts_about(
    session: Session, application: Application, now: datetime, *, items_named: int = 0,
    return_until: datetime | None = None, standing: Standing | None = None, known: own.Standing | None = None,
    still_open: int | None = None, helpers: frozenset[int] | None = None,
) -> ApplicationFacts:
    """The facts of an application now. `return_until` is the deadline that a return made now would set; `standing`,
    `known`, `still_open` (returned items not mended) and `helpers` (who acted for the learner) are what a page has read
    already."""
    window = application.window
    dates = known.dates if known else own_dates(session, application.learner_id, window, resit=application.resit)
    stands = standing or standing_for(session, application, now)
    # A draft has no seats, no fee and nothing that was returned: in the opening hour they are not asked for.
    draft = application.state == ApplicationState.DRAFT
    bookings = known.bookings if known else () if draft else bookings_of(session, application.reference)
    return ApplicationFacts(
        learner_account_id=application.learner.account_id, now=now,
        opens_at=dates.lane.opens_at, closes_at=dates.lane.closes_at,
        window_stands=window.state == WindowState.PUBLISHED,
        correct_by=return_until if application.state == ApplicationState.SUBMITTED else application.correct_by,
        payment_due_at=application.payment_due_at, appeal_until=window.seating_by,
        fee_settled=known.settled if known else not draft and fee_is_settled(session, application.reference),
        unseated=bool(own.unseated_parts(application, bookings)),
        list_closes_at=max([list_closes_at(window, resit=application.resit), *(
            one.list_until for one in bookings if one.list_until is not None)]),
        parts_chosen=set(application.chosen) == set(application.parts),
        declared=_signed_for_this(application, stands.consents.get(COMMITMENT)),
        unmet_to_submit=stands_against_submitting(stands.rules, stands.answers),
        unmet_to_approve=stands_against_approving(stands.answers),
        proof_is_active=stands.proof is not None,
        evidence_is_fresh=application.resit and evidence_is_fresh(session, application, now),
        items_named=items_named,
        items_open=still_open if still_open is not None else 0 if draft else items_open(session, application.id),
        tickets_out=any(one.state == BookingState.TICKETED for one in bookings),
        exam_begun=any(one.state in BEGUN for one in bookings),
        flagged=bool(application.flagged), opinions_open=application.opinions_open,
        opinion_holds=application.opinions_open > 0 and _opinion_holds(application, now),
        first_reviewer_id=application.first_reviewer_id,
        helpers=helpers_of(session, application.reference) if helpers is None else helpers,
        claimed_by_id=application.claimed_by_id, claimed_by_name=name_of(session, application.claimed_by_id),
        claimed_until=application.claimed_until,
    )


def _signed_for_this(application: Application, signed: Consent | None) -> bool:
    """The declaration is about what this application says: one signed for an earlier application does not count."""
    return signed is not None and signed.given_at >= application.begun_at


def _opinion_holds(application: Application, now: datetime) -> bool:
    return rules_of(application.window.programme, local_day(now)).second_opinion_holds
