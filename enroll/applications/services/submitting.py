"""Handing in: the first time from the draft, again after a correction."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from enroll.applications.events import ApplicationMoved
from enroll.applications.lifecycle import APPLICATION
from enroll.applications.models import Application
from enroll.applications.queries.applicant import standing_for
from enroll.applications.queries.corrections import corrections_of
from enroll.applications.queries.dates import own_dates
from enroll.applications.queries.facts import facts_about
from enroll.applications.rules.deadlines import reserved_until, review_due_again
from enroll.applications.services.freezing import freeze
from enroll.applications.services.learner_acts import keep_consents
from enroll.audit.moves import expect_version, make_move
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.hours.services.crediting import hold_still
from enroll.learners.rules.texts import COMMITMENT
from enroll.programmes.queries.programmes import rules_of
from enroll.programmes.queries.windows import working_calendar
from enroll.sittings.services.seats import hold_seats
from enroll.storage import outbox
from enroll.storage.database import lock, transaction


def submit(
    reference: str, consents: Mapping[str, int], *, by: Actor, now: datetime, seen_version: int | None = None,
    network_address: str = "",
) -> None:
    """Hand in a draft: consents kept, a seat held for each part, version 1 frozen - or nothing of it.

    `consents` are the texts ticked, by code, with the version that was read. Raises Refused with every reason: what is
    not met, and each sitting that is full.
    """
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        expect_version(application, seen_version)
        keep_consents(session, application.learner, consents, by=by, now=now, network_address=network_address,
                      again={COMMITMENT})
        hold_still(session, application.enrolment_id)
        standing = standing_for(session, application, now)
        facts = facts_about(session, application, now, standing=standing)
        make_move(session, APPLICATION, application, "submit", by=by, now=now, facts=facts)
        hold_seats(list(application.chosen.values()), application.learner_id, reference, resit=application.resit,
                   by=by, now=now, or_wait_in=[application.chosen[part] for part in application.waiting or ()])
        application.submitted_at = now
        application.exceptions = None
        freeze(session, application, standing, now=now)
        application.review_due_at = _review_due(session, application, now)
        outbox.record(session, moved(application, "submit"), now)


def resubmit(
    reference: str, answers: Mapping[str, str], *, by: Actor, now: datetime, consents: Mapping[str, int] | None = None,
    seen_version: int | None = None, network_address: str = "",
) -> None:
    """Hand in again after a correction, before its deadline. `answers` are words for the items that are answered on the
    page (hours, education, other), by item.

    The reviewer who returned it sees it first, for one working day. Raises Refused while an item is open or it is late.
    """
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        expect_version(application, seen_version)
        keep_consents(session, application.learner, consents or {}, by=by, now=now, network_address=network_address,
                      again={COMMITMENT})
        given = _mend(session, application, answers, now)
        hold_still(session, application.enrolment_id)
        standing = standing_for(session, application, now)
        facts = facts_about(session, application, now, standing=standing)
        make_move(session, APPLICATION, application, "resubmit", by=by, now=now, facts=facts)
        freeze(session, application, standing, now=now, answers=given)
        application.correct_by, application.warned, application.exceptions = None, "", None
        application.review_due_at = _review_due(session, application, now)
        application.review_seconds_left = None
        application.claimed_by_id = application.first_reviewer_id
        application.claimed_until = reserved_until(now, working_calendar(session))
        outbox.record(session, moved(application, "resubmit"), now)


def moved(application: Application, move: str) -> ApplicationMoved:
    return ApplicationMoved(application.learner_id, application.reference, move, application.state)


def _mend(session: Session, application: Application, answers: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Close each returned item that is put right; gives the answers that were used."""
    given = {}
    for one in corrections_of(session, application, answers):
        if one.mended:
            one.row.mended_at, one.row.answer = now, answers.get(one.row.item, "")
            if one.row.answer:
                given[one.row.item] = one.row.answer
    session.flush()
    return given


def _review_due(session: Session, application: Application, now: datetime) -> datetime:
    lane = own_dates(session, application.learner_id, application.window, resit=application.resit).lane
    rules = rules_of(application.window.programme, local_day(now))
    calendar, left = working_calendar(session), application.review_seconds_left
    return review_due_again(now, left, lane, calendar, rules.review_working_days)
