"""Accommodations: asked for, granted in whole or in part, refused, taken back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from enroll.applications.events import AccommodationMoved
from enroll.applications.lifecycle import ACCOMMODATION, LIVE, AccommodationState
from enroll.applications.models import Accommodation, AccommodationFile, Application
from enroll.applications.queries.accommodations import accommodation_facts, offered_for
from enroll.applications.rules.accommodations import may_be_asked, wish_faults
from enroll.audit.moves import begin, expect_version, make_move
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, REASON_MISSING, Refused
from enroll.programmes.rules.arrangements import EXTRA_TIME
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction
from enroll.storage.files import StoredFile

S = AccommodationState


def ask_accommodation(
    application_reference: str, wishes: Sequence[str], minutes: int, why: str, evidence: Sequence[StoredFile], *,
    by: Actor, now: datetime,
) -> str:
    """Ask for accommodations for one application; gives the reference. What was granted before stands until this is
    decided. Raises Refused with everything that stands against it; NotFound."""
    with transaction() as session:
        application = lock(session, Application, Application.reference == application_reference)
        if application.learner.account_id != by.account_id:
            raise Refused(NOT_PERMITTED)
        offered, most = offered_for(application)
        waits = session.scalar(select(Accommodation.id).where(
            Accommodation.application_id == application.id, Accommodation.state == S.REQUESTED)) is not None
        against = may_be_asked(live=application.state in LIVE, waiting=waits, now=now,
                               until=application.window.seating_by, offered=bool(offered))
        faults = [*([against] if against else []),
                  *wish_faults(wishes, minutes, offered=offered, most_minutes=most),
                  *([] if why.strip() else [REASON_MISSING])]
        if faults:
            raise Refused(faults)
        asked = Accommodation(
            reference=next_reference(session, "S"), application_id=application.id, learner_id=application.learner_id,
            wishes=list(wishes), minutes=_extra(wishes, minutes), why=why, requested_at=now)
        begin(session, ACCOMMODATION, asked, by=by, now=now, application=application_reference)
        session.add_all(evidence)
        session.flush()
        session.add_all(AccommodationFile(accommodation_id=asked.id, file_id=one.id) for one in evidence)
        return asked.reference


def grant_accommodation(
    reference: str, granted: Sequence[str], minutes: int, reason: str, *, by: Actor, now: datetime,
    seen_version: int | None = None,
) -> None:
    """Grant these of what was asked for; what stood before is replaced. The learner reads the reason. Raises Refused,
    Stale, NotFound."""
    with transaction() as session:
        asked = _locked(session, reference, seen_version)
        faults = wish_faults(granted, minutes, offered=asked.wishes, most_minutes=offered_for(asked.application)[1])
        if faults:
            raise Refused(faults)
        before = session.scalar(select(Accommodation.reference).where(
            Accommodation.application_id == asked.application_id, Accommodation.state == S.GRANTED))
        if before is not None:
            standing = lock(session, Accommodation, Accommodation.reference == before)
            make_move(session, ACCOMMODATION, standing, "replace", by=by, now=now, replaced_by=reference)
            session.flush()
        asked.granted, asked.granted_minutes = list(granted), _extra(granted, minutes)
        _decide(session, asked, "grant", reason, by, now)


def refuse_accommodation(
    reference: str, reason: str, *, by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Refuse it, with the reason that the learner reads; they may ask again. Raises Refused, Stale, NotFound."""
    with transaction() as session:
        _decide(session, _locked(session, reference, seen_version), "refuse", reason, by, now)


def withdraw_accommodation(reference: str, *, by: Actor, now: datetime, seen_version: int | None = None) -> None:
    """The learner does not need it, or no longer. Raises Refused, Stale, NotFound."""
    with transaction() as session:
        asked = _locked(session, reference, seen_version)
        make_move(session, ACCOMMODATION, asked, "withdraw", by=by, now=now, facts=accommodation_facts(asked, now))
        _tell(session, asked, "withdraw", now)


def take_along(session: Session, from_id: int, to_id: int) -> None:
    """What was asked and granted goes on with an application that goes on in another window."""
    session.execute(update(Accommodation).where(Accommodation.application_id == from_id).values(application_id=to_id))


def _decide(session: Session, asked: Accommodation, move: str, reason: str, by: Actor, now: datetime) -> None:
    asked.answer, asked.decided_at, asked.decided_by_id = reason, now, by.account_id
    # The words may tell of health: they stay sealed in the record, and out of the history and the audit.
    make_move(session, ACCOMMODATION, asked, move, by=by, now=now, facts=accommodation_facts(asked, now),
              reason="—" if reason.strip() else "", granted=list(asked.granted), minutes=asked.granted_minutes)
    _tell(session, asked, move, now)


def _tell(session: Session, asked: Accommodation, move: str, now: datetime) -> None:
    outbox.record(session, AccommodationMoved(asked.learner_id, asked.reference, move, asked.state), now)


def _extra(codes: Sequence[str], minutes: int) -> int:
    return minutes if EXTRA_TIME in codes else 0


def _locked(session: Session, reference: str, seen_version: int | None) -> Accommodation:
    found = lock(session, Accommodation, Accommodation.reference == reference)
    expect_version(found, seen_version)
    return found
