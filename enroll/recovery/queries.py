"""Requests for lost sign-ins: whose they are, what stands against them, what is due."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from enroll.accounts.models import Account, WebSession
from enroll.accounts.queries import account_by_contact
from enroll.accounts.rules.contacts import contact_of_key
from enroll.applications.models import Application
from enroll.foundation.text import compared
from enroll.learners.models import Learner
from enroll.learners.queries.checks import identity_is_verified
from enroll.programmes.queries.programmes import programmes, rules_of
from enroll.programmes.rules.figures import RuleMissing
from enroll.recovery.lifecycle import LIVE, RecoveryState
from enroll.recovery.models import Recovery, RecoveryMove
from enroll.recovery.rules import DAY, RecoveryFacts, Terms
from enroll.storage.paging import Page, page_by_id
from enroll.storage.sealing import keyed_hash

WHOLE = (joinedload(Recovery.learner).joinedload(Learner.account),
         joinedload(Recovery.checked_by).lazyload(Account.grants),
         joinedload(Recovery.confirmed_by).lazyload(Account.grants))
TOKEN, OBJECTION, PLACE, NAME = "recovery", "recovery objection", "recovery place", "recovery name"


def terms_on(session: Session, day: date) -> Terms | None:
    """The waiting time and the days to decide, from the programme that can be enrolled on; None where none are set."""
    for programme in programmes(session):
        try:
            rules = rules_of(programme, day)
        except RuleMissing:
            continue
        if programme.enrolment_open and rules.recovery_wait_hours and rules.recovery_valid_days:
            return Terms(rules.recovery_wait_hours, rules.recovery_valid_days)
    return None


def learner_behind(session: Session, name: str, number: str, born: date | None) -> Learner | None:
    """Whose sign-in it is, where exactly one learner fits: the name and a number of theirs, or name and birthday."""
    found = select(Learner).where(Learner.legal_name == name).options(joinedload(Learner.account))
    if wanted := compared(number).upper():
        theirs = exists().where(Application.learner_id == Learner.id, Application.reference == wanted)
        found = found.where(or_(Learner.reference == wanted, theirs))
    elif born is not None:
        found = found.where(Learner.birth_date == born)
    else:
        return None
    rows = session.scalars(found.limit(2)).all()
    return rows[0] if len(rows) == 1 else None


def lately(session: Session, place_hash: str, name_hash: str, now: datetime) -> tuple[int, int]:
    """How many requests came within a day: from this place, in this name."""
    some = select(func.count()).select_from(Recovery).where(Recovery.asked_at > now - DAY)
    return (session.scalar(some.where(Recovery.place_hash == place_hash)) or 0,
            session.scalar(some.where(Recovery.name_hash == name_hash)) or 0)


def recovery_by_reference(session: Session, reference: str) -> Recovery | None:
    return session.scalar(select(Recovery).where(Recovery.reference == reference).options(*WHOLE))


def recovery_by_token(session: Session, token: str) -> Recovery | None:
    """The request behind the page that follows it."""
    return session.scalar(select(Recovery).where(Recovery.token_hash == keyed_hash(TOKEN, token)))


def recovery_to_object_to(session: Session, token: str) -> Recovery | None:
    """The request that the old address may still stop."""
    return session.scalar(select(Recovery).where(
        Recovery.cancel_hash == keyed_hash(OBJECTION, token), Recovery.state == RecoveryState.WAITING))


def live_of(session: Session, learner_id: int) -> Recovery | None:
    return session.scalar(select(Recovery).where(Recovery.learner_id == learner_id, Recovery.state.in_(LIVE)))


def recoveries_in(session: Session, states: Sequence[str], find: str = "", *, after: int | None = None
                  ) -> Page[Recovery]:
    """Requests in these states, the oldest first while they wait; a search by number looks in all."""
    wanted = select(Recovery).options(*WHOLE)
    wanted = wanted.where(Recovery.reference == find.upper()) if find else wanted.where(Recovery.state.in_(states))
    return page_by_id(session, wanted, Recovery.id, after=after, descending=not set(states) <= set(LIVE))


def moves_of(session: Session, number: int) -> Sequence[RecoveryMove]:
    return session.scalars(select(RecoveryMove).where(RecoveryMove.record_id == number).order_by(
        RecoveryMove.id)).all()


def facts_of(session: Session, one: Recovery, now: datetime) -> RecoveryFacts:
    learner = one.learner
    owner = account_by_contact(session, contact_of_key(one.contact))
    return RecoveryFacts(
        now=now, stale_at=one.stale_at, learner_account_id=learner.account_id if learner else None,
        identity_verified=learner is not None and identity_is_verified(session, learner.id),
        seen=one.seen, identity_agrees=one.identity_agrees, photo_agrees=one.photo_agrees, notes=one.notes,
        checked_by=one.checked_by_id, effective_at=one.effective_at,
        signed_in_since=learner is not None and _signed_in_since(session, learner.account_id, one.asked_really_at),
        address_taken=owner is not None and (learner is None or owner.id != learner.account_id),
    )


def due_recoveries(session: Session, now: datetime) -> list[tuple[str, str]]:
    """What time or a sign-in does to requests: (reference, move), to be asked again under the lock."""
    signed_in = exists().where(Learner.id == Recovery.learner_id, WebSession.account_id == Learner.account_id,
                               WebSession.begun_at > Recovery.asked_really_at)
    live = select(Recovery.reference).where(Recovery.state.in_(LIVE)).order_by(Recovery.id).limit(200)
    found = [(one, "signed_in") for one in session.scalars(live.where(signed_in))]
    found += [(one, "lapse") for one in session.scalars(live.where(
        Recovery.state != RecoveryState.WAITING, Recovery.stale_at <= now, ~signed_in))]
    return found + [(one, "set") for one in session.scalars(live.where(
        Recovery.state == RecoveryState.WAITING, Recovery.effective_at <= now, ~signed_in))]


def unsound_recoveries(session: Session) -> Iterator[str]:
    """Sign-ins given back by one person, by their own learner, or before the waiting time was over; for the doctor."""
    wanted = select(Recovery).where(Recovery.state.in_((RecoveryState.WAITING, RecoveryState.DONE))).options(*WHOLE)
    for one in session.scalars(wanted.order_by(Recovery.id)):
        people = {one.checked_by_id, one.confirmed_by_id}
        if None in people or len(people) < 2:
            yield f"recovery {one.reference} was not stood for by two people"
        if one.learner is not None and one.learner.account_id in people:
            yield f"recovery {one.reference} was stood for by its own learner"
    early = select(Recovery.reference).join(RecoveryMove, RecoveryMove.record_id == Recovery.id).where(
        RecoveryMove.move == "set", RecoveryMove.made_at < Recovery.effective_at)
    for reference in session.scalars(early):
        yield f"recovery {reference} took effect before its waiting time was over"


def _signed_in_since(session: Session, account_id: int, moment: datetime) -> bool:
    return session.scalar(select(WebSession.id).where(
        WebSession.account_id == account_id, WebSession.begun_at > moment).limit(1)) is not None
