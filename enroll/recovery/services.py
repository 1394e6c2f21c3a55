"""A lost sign-in's way: asked for, checked by one person, confirmed by a second, waited for, set; or stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.accounts.rules.contacts import Contact, contact_of_key
from enroll.accounts.services.changing import set_recovered_contact
from enroll.audit import services as audit
from enroll.audit.moves import begin, expect_version, make_move
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NOT_PERMITTED, NotFound, Refused, problem
from enroll.foundation.references import public_token
from enroll.foundation.words import N_
from enroll.learners.models import Learner
from enroll.learners.queries.people import learner_by_reference
from enroll.recovery.events import RecoveryMoved
from enroll.recovery.lifecycle import RECOVERY
from enroll.recovery.models import Recovery
from enroll.recovery.queries import (
    NAME,
    OBJECTION,
    PLACE,
    TOKEN,
    facts_of,
    lately,
    learner_behind,
    live_of,
    recovery_to_object_to,
    terms_on,
)
from enroll.recovery.rules import NOT_OFFERED, asked_too_often
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction
from enroll.storage.sealing import keyed_hash

UNDER_WAY = problem("recovery_open", N_("A request of this learner is under way already."))


@dataclass(frozen=True)
class Lost:
    """What somebody says who can no longer sign in; `number` is of an application or a learner, where they know one."""

    name: str
    contact: Contact
    story: str
    number: str = ""
    born: date | None = None
    language: str = "zh"


def ask_for_recovery(lost: Lost, *, place: str, now: datetime, real_now: datetime) -> str:
    """Keep a request from outside; gives the token of the page that follows it. Whether such a learner exists changes
    nothing of the answer. Raises Refused: too many within a day, or not offered here."""
    with transaction() as session:
        place_hash = keyed_hash(PLACE, place)
        often = asked_too_often(*lately(session, place_hash, _name_hash(lost), now))
        if often:
            raise Refused(often)
        learner = learner_behind(session, lost.name, lost.number, lost.born)
        if learner is not None and live_of(session, learner.id) is not None:
            learner = None  # one at a time; a person looks at this one beside the other
        return _keep(session, lost, learner, None, place_hash, by=SYSTEM, now=now, real_now=real_now)[1]


def open_for(learner_reference: str, lost: Lost, *, by: Actor, now: datetime, real_now: datetime) -> str:
    """The same for somebody who stands at the counter; gives the reference. Raises Refused, NotFound."""
    _require(by)
    with transaction() as session:
        learner = learner_by_reference(session, learner_reference)
        if learner is None:
            raise NotFound("Learner")
        if live_of(session, learner.id) is not None:
            raise Refused(UNDER_WAY)
        return _keep(session, lost, learner, by.account_id, "", by=by, now=now, real_now=real_now)[0]


def say_whose(reference: str, learner_reference: str, *, by: Actor, now: datetime, version: int | None = None) -> None:
    """Staff found the learner whose sign-in it is, before anybody has checked the person. Raises Refused."""
    _require(by)
    with transaction() as session:
        one = _locked(session, reference, version)
        learner = learner_by_reference(session, learner_reference.strip().upper())
        if one.state != RECOVERY.first:
            raise Refused(problem("too_late", N_("Whose it is was settled with the check.")))
        if learner is None:
            raise Refused(problem("no_such_learner", N_("There is no learner with this number."), field="learner"))
        if live_of(session, learner.id) not in {None, one}:
            raise Refused(UNDER_WAY)
        one.learner_id, one.version = learner.id, one.version + 1
        audit.record(session, "recovery.say_whose", reference, by=by, now=now, learner_id=learner.id)


def check_person(
    reference: str, seen: Sequence[str], notes: str, *, identity_agrees: bool, photo_agrees: bool, by: Actor,
    now: datetime, version: int | None = None,
) -> None:
    """The first person has seen document and face and compared them with the verified identity and photo."""
    with transaction() as session:
        one = _locked(session, reference, version)
        one.seen, one.notes = list(seen), notes
        one.identity_agrees, one.photo_agrees = identity_agrees, photo_agrees
        make_move(session, RECOVERY, one, "check", by=by, now=now, facts=facts_of(session, one, now), seen=list(seen))
        one.checked_by_id = by.account_id
        _tell(session, one, "check", now)


def confirm_person(reference: str, *, by: Actor, now: datetime, version: int | None = None) -> None:
    """The second person stands for it too, having given their password just before: the waiting time begins, and the
    old addresses are told how to object. Of two who confirm at once one succeeds. Raises Refused."""
    with transaction() as session:
        one = _locked(session, reference, version)
        terms = terms_on(session, local_day(now))
        if terms is None:
            raise Refused(NOT_OFFERED)
        effective_at = terms.effective_at(now)
        make_move(session, RECOVERY, one, "confirm", by=by, now=now, facts=facts_of(session, one, now),
                  effective_at=effective_at.isoformat())
        token = public_token() + public_token()
        one.confirmed_by_id, one.effective_at, one.cancel_hash = by.account_id, effective_at, keyed_hash(
            OBJECTION, token)
        _tell(session, one, "confirm", now, token)


def end_recovery(
    reference: str, move: str, reason: str, *, by: Actor, now: datetime, version: int | None = None
) -> None:
    """Refuse a request, or stop it while the waiting time runs; the reason stays on record."""
    with transaction() as session:
        one = _locked(session, reference, version)
        make_move(session, RECOVERY, one, move, by=by, now=now, facts=facts_of(session, one, now), reason=reason)
        _tell(session, one, move, now)


def object_to(token: str, *, now: datetime) -> None:
    """Somebody with the old address says that this is not wanted: it ends. Raises NotFound."""
    with transaction() as session:
        found = recovery_to_object_to(session, token)
        if found is None:
            raise NotFound("Recovery")
        one = _locked(session, found.reference)
        make_move(session, RECOVERY, one, "object", by=SYSTEM, now=now, facts=facts_of(session, one, now))
        _tell(session, one, "object", now)


def carry_on(reference: str, move: str, *, now: datetime) -> bool:
    """What time or a sign-in does: `set` the new address, end what is stale or no longer needed. Gives False where it
    is not so any more."""
    with transaction() as session:
        one = _locked(session, reference)
        facts = facts_of(session, one, now)
        if move == "set" and facts.address_taken:
            move = "fail"
        try:
            make_move(session, RECOVERY, one, move, by=SYSTEM, now=now, facts=facts)
        except Refused:
            return False
        if move == "set":
            assert one.learner is not None, "the database keeps that"
            set_recovered_contact(one.learner.account_id, contact_of_key(one.contact), by=SYSTEM, now=now)
        _tell(session, one, move, now)
        return True


def _keep(
    session: Session, lost: Lost, learner: Learner | None, opened_by: int | None, place_hash: str, *, by: Actor,
    now: datetime, real_now: datetime,
) -> tuple[str, str]:
    terms = terms_on(session, local_day(now))
    if terms is None:
        raise Refused(NOT_OFFERED)
    token = public_token()
    one = Recovery(
        reference=next_reference(session, "Y"), token_hash=keyed_hash(TOKEN, token), name=lost.name,
        learner_id=learner.id if learner else None, known_number=lost.number, contact=lost.contact.key,
        story=lost.story, language=lost.language, place_hash=place_hash, name_hash=_name_hash(lost), asked_at=now,
        asked_really_at=real_now, stale_at=terms.stale_at(now), opened_by_id=opened_by,
    )
    try:
        begin(session, RECOVERY, one, by=by, now=now)
    except IntegrityError as error:  # the same learner at the same moment
        raise Refused(UNDER_WAY) from error
    return one.reference, token


def _name_hash(lost: Lost) -> str:
    return keyed_hash(NAME, lost.name)


def _require(by: Actor) -> None:
    if not by.may(Permission.RECOVER_ACCESS):
        raise Refused(NOT_PERMITTED)


def _locked(session: Session, reference: str, version: int | None = None) -> Recovery:
    one = lock(session, Recovery, Recovery.reference == reference)
    expect_version(one, version)
    return one


def _tell(session: Session, one: Recovery, move: str, now: datetime, token: str = "") -> None:
    outbox.record(session, RecoveryMoved(one.reference, move, one.state, token), now)
