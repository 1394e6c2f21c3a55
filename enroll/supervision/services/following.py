"""Contacts with learners: noted, planned, missed; a call back that a learner asks for."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.audit.moves import begin, expect_version, make_move
from enroll.foundation.actor import Actor
from enroll.foundation.clock import at_beijing, local_day
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, Refused, problem
from enroll.foundation.words import N_
from enroll.learners.models import Learner
from enroll.programmes.queries.windows import working_calendar
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction
from enroll.supervision.events import ContactPlanned
from enroll.supervision.lifecycle import CONTACT
from enroll.supervision.models import Contact
from enroll.supervision.queries.following import calls_waiting, contact_facts, my_adviser
from enroll.supervision.rules.asking import TARGET_WORKING_DAYS
from enroll.supervision.rules.following import Channel, Outcome, already_asked

MORNING = time(9)
PAST = problem("next_in_the_past", N_("The next contact lies on a day to come."), field="next_on")
NO_ADVISER = problem("no_adviser", N_("You have no adviser yet; enrol on a programme first."))


@dataclass(frozen=True)
class Talk:
    """How a contact went; `next_on` plans the next one."""

    channel: Channel
    outcome: Outcome
    note: str = ""
    next_on: date | None = None


def log_contact(learner_reference: str, talk: Talk, *, by: Actor, now: datetime) -> str:
    """Note a contact that has been; gives its reference. Raises Refused for oneself and a next day that is past."""
    with transaction() as session:
        learner = _learner(session, learner_reference, by)
        contact = _new(session, learner, by.account_id or 0, talk.channel, now, by=by, now=now)
        _finish(session, contact, talk, by=by, now=now)
        return contact.reference


def plan_contact(learner_reference: str, channel: Channel, on: date, *, by: Actor, now: datetime) -> str:
    """Plan a contact for a day to come, at nine in the morning."""
    with transaction() as session:
        learner = _learner(session, learner_reference, by)
        if on < local_day(now):
            raise Refused(PAST)
        contact = _new(session, learner, by.account_id or 0, channel, at_beijing(on, MORNING), by=by, now=now)
        return contact.reference


def finish_contact(reference: str, talk: Talk, *, by: Actor, now: datetime, version: int | None = None) -> None:
    """Note how a planned (or missed) contact went."""
    with transaction() as session:
        contact = lock(session, Contact, Contact.reference == reference)
        expect_version(contact, version)
        _finish(session, contact, talk, by=by, now=now)


def miss_contact(
    reference: str, next_on: date | None = None, *, by: Actor, now: datetime, version: int | None = None
) -> None:
    """The learner was not reached; the next try is planned where a day is named."""
    with transaction() as session:
        contact = lock(session, Contact, Contact.reference == reference)
        expect_version(contact, version)
        make_move(session, CONTACT, contact, "miss", by=by, now=now, facts=contact_facts(contact))
        _plan_next(session, contact, Channel(contact.channel), next_on, by=by, now=now)


def ask_for_call(wish: str, *, by: Actor, now: datetime) -> str:
    """A learner asks their adviser for a call, within one working day; gives the contact's reference."""
    with transaction() as session:
        learner = lock(session, Learner, Learner.account_id == by.account_id)
        adviser, waiting = my_adviser(session, learner.id), already_asked(calls_waiting(session, learner.id))
        if adviser is None or waiting:
            raise Refused(waiting or NO_ADVISER)
        due = working_calendar(session).deadline(now, TARGET_WORKING_DAYS)
        contact = _new(session, learner, adviser.id, Channel.PHONE, due, wish=wish, by=by, now=now)
        outbox.record(session, ContactPlanned(contact.reference, learner.id, adviser.id), now)
        return contact.reference


def _learner(session: Session, reference: str, by: Actor) -> Learner:
    if not by.may(Permission.FOLLOW_LEARNERS):
        raise Refused(NOT_PERMITTED)
    learner = lock(session, Learner, Learner.reference == reference)
    if learner.account_id == by.account_id:
        raise Refused(OWN_RECORD)
    return learner


def _new(
    session: Session, learner: Learner, adviser_id: int, channel: Channel, due_at: datetime, *, by: Actor,
    now: datetime, wish: str = "",
) -> Contact:
    contact = Contact(reference=next_reference(session, "K"), learner_id=learner.id, adviser_id=adviser_id,
                      channel=str(channel), asked_by_learner=bool(wish), wish=wish, due_at=due_at)
    begin(session, CONTACT, contact, by=by, now=now, channel=str(channel))
    return contact


def _finish(session: Session, contact: Contact, talk: Talk, *, by: Actor, now: datetime) -> None:
    contact.channel, contact.outcome, contact.note = str(talk.channel), str(talk.outcome), talk.note
    contact.done_at, contact.adviser_id = now, by.account_id or contact.adviser_id
    make_move(session, CONTACT, contact, "finish", by=by, now=now, facts=contact_facts(contact),
              outcome=str(talk.outcome))
    _plan_next(session, contact, talk.channel, talk.next_on, by=by, now=now)


def _plan_next(
    session: Session, contact: Contact, channel: Channel, on: date | None, *, by: Actor, now: datetime
) -> None:
    if on is None:
        return
    if on <= local_day(now):
        raise Refused(PAST)
    learner = session.get_one(Learner, contact.learner_id)
    _new(session, learner, contact.adviser_id, channel, at_beijing(on, MORNING), by=by, now=now)
