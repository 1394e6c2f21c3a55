"""What staff do in an application for a learner who asked for it 代办: fill it in, hand it in, change a sitting.
Consents and declaration stay the learner's own: a link goes to their address, and the application waits for it."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.applications.events import SignatureAsked
from enroll.applications.lifecycle import ApplicationState
from enroll.applications.models import Application, SignatureLink
from enroll.applications.queries.people import consents_in_force, texts_at
from enroll.applications.queries.signatures import PURPOSE, link_facts
from enroll.applications.rules.signatures import (
    NO_ADDRESS,
    NO_LONGER_VALID,
    UNSIGNED,
    VALID,
    link_is_open,
    may_ask_again,
)
from enroll.applications.services.drafting import begin_application, choose_sittings
from enroll.applications.services.learner_acts import keep_consents
from enroll.applications.services.seating import change_sitting
from enroll.applications.services.submitting import submit
from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused, problem
from enroll.foundation.references import public_token
from enroll.foundation.words import N_
from enroll.learners.rules.texts import COMMITMENT
from enroll.learners.services.behalf import Asked, act_for
from enroll.sittings.models import Booking
from enroll.storage import outbox
from enroll.storage.database import lock, transaction
from enroll.storage.sealing import keyed_hash

NOT_THEIRS = problem("not_found", N_("This is no matter of this learner."))


def choose_for(
    learner_id: int, window: str, chosen: Mapping[str, str], asked: Asked, *, by: Actor, now: datetime,
    wait_for: Collection[str] = (), seen_version: int | None = None,
) -> str:
    """Begin or go on with the draft for a window and keep its sittings; gives its reference. Raises Refused."""
    def do(actor: Actor) -> str:
        reference = begin_application(learner_id, window, by=actor, now=now)
        choose_sittings(reference, chosen, by=actor, now=now, wait_for=wait_for, seen_version=seen_version)
        return reference

    return act_for(learner_id, "application.choose", asked, do, by=by, now=now)


def submit_for(
    learner_id: int, reference: str, asked: Asked, *, by: Actor, now: datetime, seen_version: int | None = None
) -> str:
    """Hand in a draft whose consents and declaration the learner has given. Raises Refused with every reason."""
    def do(actor: Actor) -> str:
        with transaction() as session:
            _require_theirs(session, learner_id, reference)
            submit(reference, {}, by=actor, now=now, seen_version=seen_version)
        return reference

    return act_for(learner_id, "application.submit", asked, do, by=by, now=now)


def change_sitting_for(
    learner_id: int, booking: str, code: str, asked: Asked, *, by: Actor, now: datetime, seen_version: int | None = None
) -> str:
    """Change to another sitting of the same part and window; gives the application's reference. Raises Refused."""
    def do(actor: Actor) -> str:
        with transaction() as session:
            subject = session.scalar(select(Booking.subject).where(
                Booking.reference == booking, Booking.learner_id == learner_id))
            if subject is None:
                raise Refused(NOT_THEIRS)
            change_sitting(booking, code, by=actor, now=now, seen_version=seen_version)
            return subject

    return act_for(learner_id, "booking.change", asked, do, by=by, now=now)


def ask_to_sign(
    learner_id: int, reference: str, asked: Asked, *, by: Actor, now: datetime, real_now: datetime
) -> str:
    """Send the learner the link by which they agree, sign and hand in what was filled in; an earlier link no longer
    counts. Raises Refused: sent a moment ago, nothing chosen yet, or no confirmed address."""
    def do(actor: Actor) -> str:
        with transaction() as session:
            application = _require_theirs(session, learner_id, reference)
            if application.state != ApplicationState.DRAFT or set(application.chosen) != set(application.parts):
                raise Refused(problem("sitting_missing", N_("Choose a sitting for each part.")))
            account = application.learner.account
            if not (account.email_key or account.phone):
                raise Refused(NO_ADDRESS)
            token = _new_link(session, application, by, real_now)
            audit.record(session, "application.ask_to_sign", reference, by=actor, now=now, learner_id=learner_id)
            outbox.record(session, SignatureAsked(learner_id, reference, by.name, token), now)
            return reference

    return act_for(learner_id, "application.ask_to_sign", asked, do, by=by, now=now)


def sign(
    link_id: int, ticked: Mapping[str, int], *, now: datetime, real_now: datetime, network_address: str = ""
) -> str:
    """The learner agrees and signs by the link: each text in its version, by themselves; gives the application's
    reference. Handing it in comes next, `hand_in_signed`. Raises Refused: the link is over, a text is left out."""
    with transaction() as session:
        link = lock(session, SignatureLink, SignatureLink.id == link_id)
        if over := link_is_open(link_facts(link), real_now):
            raise Refused(over)
        application = lock(session, Application, Application.id == link.application_id)
        me = application.learner.account.actor_at(now)
        keep_consents(session, application.learner, ticked, by=me, now=now, network_address=network_address,
                      again={COMMITMENT})
        given = set(consents_in_force(session, application.learner_id, now)) - ({COMMITMENT} - set(ticked))
        if {text.code for text in texts_at(session, now) if text.required} - given:
            raise Refused(UNSIGNED)
        link.used_at = real_now
        audit.record(session, "application.sign", application.reference, by=me, now=now,
                     learner_id=application.learner_id)
        return application.reference


def hand_in_signed(link_id: int, *, now: datetime, network_address: str = "") -> None:
    """Hand in what was just signed, as its learner. Raises Refused where something else stands against it: then the
    signature stands, and the office goes on."""
    with transaction() as session:
        link = session.get_one(SignatureLink, link_id)
        if link.used_at is None:
            raise Refused(NO_LONGER_VALID)
        application = link.application
        submit(application.reference, {}, by=application.learner.account.actor_at(now), now=now,
               network_address=network_address)


def _new_link(session: Session, application: Application, by: Actor, real_now: datetime) -> str:
    before = session.scalar(select(SignatureLink).where(
        SignatureLink.application_id == application.id, SignatureLink.used_at.is_(None),
        SignatureLink.replaced_at.is_(None)))
    if before is not None:
        if soon := may_ask_again(before.sent_at, real_now):
            raise Refused(soon)
        before.replaced_at = real_now
        session.flush()
    token = public_token() + public_token()
    session.add(SignatureLink(application_id=application.id, token_hash=keyed_hash(PURPOSE, token), sent_at=real_now,
                              asked_by_name=by.name, expires_at=real_now + VALID))
    return token


def _require_theirs(session: Session, learner_id: int, reference: str) -> Application:
    application = lock(session, Application, Application.reference == reference)
    if application.learner_id != learner_id:
        raise Refused(NOT_THEIRS)
    return application
