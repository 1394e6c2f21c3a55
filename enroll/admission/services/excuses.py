"""An excuse's way: asked for with evidence, granted (which excuses the booking), refused or withdrawn."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.admission.events import ExcuseMoved
from enroll.admission.lifecycle import EXCUSE, ExcuseState
from enroll.admission.models import Excuse
from enroll.admission.queries.excuses import facts_of
from enroll.admission.queries.facts import facts_about
from enroll.admission.rules.excuses import against_asking
from enroll.audit.moves import begin, expect_version, make_move
from enroll.foundation.actor import Actor
from enroll.foundation.problems import REASON_MISSING, NotFound, Refused, problem
from enroll.foundation.words import N_
from enroll.sittings.models import Booking
from enroll.sittings.services.seats import move_booking
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction
from enroll.storage.files import StoredFile

ONE_AT_A_TIME = problem("excuse_open", N_("An excuse for this booking is being looked at, or was granted."))
NO_EVIDENCE = problem("no_evidence", N_("Add a picture or PDF that proves it, for example of a hospital."),
                      field="picture")


def ask_excuse(
    booking_reference: str, words: str, file: StoredFile | None, *, by: Actor, now: datetime
) -> str:
    """Ask to be excused from one's own booking; gives the reference. Raises NotFound, Refused with every reason."""
    with transaction() as session:
        booking = lock(session, Booking, Booking.reference == booking_reference)
        if booking.learner.account_id != by.account_id:
            raise NotFound(booking_reference)
        facts = facts_of(session, booking, now)
        live = select(Excuse.id).where(Excuse.booking_id == booking.id,
                                       Excuse.state.in_((ExcuseState.ASKED, ExcuseState.GRANTED)))
        found = [*against_asking(facts)]
        found += [ONE_AT_A_TIME] if session.scalar(live) is not None else []
        found += [] if words.strip() else [REASON_MISSING]
        found += [] if file is not None else [NO_EVIDENCE]
        if found or file is None:
            raise Refused(found)
        session.add(file)
        session.flush()
        excuse = Excuse(reference=next_reference(session, "HK"), learner_id=booking.learner_id, booking_id=booking.id,
                        words=words, file_id=file.id, asked_at=now)
        begin(session, EXCUSE, excuse, by=by, now=now, booking=booking.reference)
        _tell(session, excuse, "begin", now)
        return excuse.reference


def decide_excuse(
    reference: str, granted: bool, reason: str, *, by: Actor, now: datetime, version: int | None = None
) -> None:
    """Grant it, and excuse the booking in the same act, or refuse it. The learner reads the reason. Raises Refused."""
    with transaction() as session:
        excuse = _locked(session, reference, version)
        booking, move = lock(session, Booking, Booking.id == excuse.booking_id), "grant" if granted else "refuse"
        make_move(session, EXCUSE, excuse, move, by=by, now=now, facts=facts_of(session, booking, now), reason=reason)
        if granted:
            move_booking(booking.reference, "excuse", facts=facts_about(session, booking, now), by=by, now=now,
                         reason=f"{reference}: {reason}", excuse=reference)
        _tell(session, excuse, move, now)


def withdraw_excuse(reference: str, *, by: Actor, now: datetime, version: int | None = None) -> None:
    """The learner takes it back while nobody has decided. Raises NotFound for another's, Refused."""
    with transaction() as session:
        excuse = _locked(session, reference, version)
        if excuse.learner.account_id != by.account_id:
            raise NotFound(reference)
        make_move(session, EXCUSE, excuse, "withdraw", by=by, now=now, facts=facts_of(session, excuse.booking, now))
        _tell(session, excuse, "withdraw", now)


def _locked(session: Session, reference: str, version: int | None) -> Excuse:
    excuse = lock(session, Excuse, Excuse.reference == reference)
    expect_version(excuse, version)
    return excuse


def _tell(session: Session, excuse: Excuse, move: str, now: datetime) -> None:
    outbox.record(session, ExcuseMoved(excuse.learner_id, excuse.reference, move, excuse.state), now)
