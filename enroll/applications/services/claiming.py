"""A case is claimed for twenty minutes at a time: a lock with an end, not a state."""

from datetime import datetime

from enroll.accounts.permissions import Permission
from enroll.applications.lifecycle import ApplicationState
from enroll.applications.models import Application
from enroll.applications.queries.facts import facts_about
from enroll.applications.rules.deadlines import CLAIM
from enroll.applications.rules.moves import actor_is_another_person, case_is_free
from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, Refused, problem
from enroll.foundation.words import N_
from enroll.storage.database import lock, transaction


def claim(reference: str, *, by: Actor, now: datetime, take_over: bool = False) -> None:
    """Work on a case: nobody else decides it for the next twenty minutes. A lead may take a claim over.

    Raises Refused naming who has it and until when, or when the case is not waiting for a decision.
    """
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        facts = facts_about(session, application, now)
        against = [one for one in (actor_is_another_person(facts, by), case_is_free(facts, by)) if one]
        if take_over and by.may(Permission.LEAD_REVIEW):
            against = [one for one in against if one.code != "claimed"]
        if not by.may(Permission.REVIEW_APPLICATIONS):
            against.append(NOT_PERMITTED)
        if application.state != ApplicationState.SUBMITTED:
            against.append(problem("not_waiting", N_("This application is not waiting for a decision.")))
        if against:
            raise Refused(against)
        if application.claimed_by_id != by.account_id:
            audit.record(session, "application.claim", reference, by=by, now=now, learner_id=application.learner_id,
                         taken_from=application.claimed_by_id)
        renew_claim(application, by, now)


def release(reference: str, *, by: Actor, now: datetime) -> None:
    """Give a case back to the queue. One that is not one's own stays as it is."""
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        if application.claimed_by_id == by.account_id:
            application.claimed_by_id = application.claimed_until = None


def renew_claim(application: Application, by: Actor, now: datetime) -> None:
    """Every act on a case holds it for another twenty minutes; a longer reservation is not cut short."""
    held = application.claimed_until if application.claimed_by_id == by.account_id else None
    application.claimed_by_id = by.account_id
    application.claimed_until = max(now + CLAIM, held or now + CLAIM)
