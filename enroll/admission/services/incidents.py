"""An incident's way: reported, the person heard, decided by another, appealed, answered by a third."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.admission.events import IncidentMoved
from enroll.admission.lifecycle import INCIDENT, OPEN_INCIDENTS, IncidentState
from enroll.admission.models import Incident, IncidentPost
from enroll.admission.queries.days import booking_in
from enroll.admission.queries.facts import facts_about
from enroll.admission.queries.incidents import facts_of
from enroll.admission.rules.incidents import MOST_FILES, Decision, Noted, end_of_days, not_their_own
from enroll.audit import services as audit
from enroll.audit.moves import begin, expect_version, make_move
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, NotFound, Refused, problem
from enroll.foundation.words import N_
from enroll.programmes.queries.programmes import entry_rules_of
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.queries import sitting_by_code
from enroll.sittings.services.seats import move_booking
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction
from enroll.storage.files import StoredFile

NOBODY = problem("nobody_here", N_("Nobody in this sitting has this booking number."), field="booking")
TOO_EARLY = problem("not_happened", N_("This moment has not come yet."), field="happened_at")
ENDED = problem("incident_over", N_("Nothing is added to an incident that was decided."))
NOTHING = problem("nothing_added", N_("Write something, or choose a picture."), field="text")
FULL = problem("too_many_files", N_("At most %(number)d files belong to one incident."), field="picture",
               number=MOST_FILES)


@dataclass(frozen=True)
class Report:
    """What somebody saw: in which sitting, about whom (a booking's reference, empty for the whole sitting), where
    exactly, what happened, and what was done about it at once."""

    sitting: str
    booking: str
    kind: str
    happened_at: datetime
    what: str
    place: str = ""
    done_about_it: str = ""


def report_incident(report: Report, file: StoredFile | None = None, *, by: Actor, now: datetime) -> str:
    """Put an incident on record; gives its reference. The candidate is told and can state their case. Raises Refused,
    NotFound."""
    if not (by.may(Permission.RUN_EXAMS) or by.may(Permission.LEAD_REVIEW)) or by.account_id is None:
        raise Refused(NOT_PERMITTED)
    with transaction() as session:
        sitting, booking = _where(session, report)
        found = [TOO_EARLY] if report.happened_at > now else []
        found += [NOBODY] if report.booking and booking is None else []
        found += [OWN_RECORD] if booking is not None and booking.learner.account_id == by.account_id else []
        if found:
            raise Refused(found)
        incident = Incident(
            reference=next_reference(session, "YC"), sitting_id=sitting.id, booking_id=booking.id if booking else None,
            learner_id=booking.learner_id if booking else None, kind=report.kind, happened_at=report.happened_at,
            place=report.place or _seat(booking), what=report.what, done_about_it=report.done_about_it,
            reported_by_id=by.account_id, reported_at=now,
            statement_until=end_of_days(now, _days(sitting, now, "incident_statement_days")) if booking else None,
        )
        begin(session, INCIDENT, incident, by=by, now=now, sitting=sitting.code, kind=report.kind,
              booking=booking.reference if booking else "")
        if file is not None:
            _post(session, incident, Noted.EVIDENCE, "", file, by=by, now=now, staff=True)
        _tell(session, incident, "begin", now)
        return incident.reference


def add_to_incident(
    reference: str, what: Noted, text: str, file: StoredFile | None = None, *, by: Actor, now: datetime,
    version: int | None = None,
) -> None:
    """Staff add evidence, a note, or a statement that the person gave on paper. Raises Refused: over, full."""
    if not (by.may(Permission.RUN_EXAMS) or by.may(Permission.LEAD_REVIEW)):
        raise Refused(NOT_PERMITTED)
    with transaction() as session:
        incident = _locked(session, reference, version)
        against = not_their_own(facts_of(session, incident, now), by)
        if against:
            raise Refused(against)
        _post(session, incident, what, text, file, by=by, now=now, staff=True)
        audit.record(session, "incident.add", reference, by=by, now=now, learner_id=incident.learner_id, what=str(what))


def state_ones_case(
    reference: str, text: str, file: StoredFile | None = None, *, by: Actor, now: datetime, version: int | None = None
) -> None:
    """The candidate says what happened, in their own words. Raises NotFound for another's, Refused: decided already."""
    with transaction() as session:
        incident = _locked(session, reference, version)
        if incident.learner is None or incident.learner.account_id != by.account_id:
            raise NotFound(reference)
        _post(session, incident, Noted.STATEMENT, text, file, by=by, now=now, staff=False)
        audit.record(session, "incident.add", reference, by=by, now=now, learner_id=incident.learner_id,
                     what=str(Noted.STATEMENT))


def decide_incident(
    reference: str, decision: str, reason: str, *, by: Actor, now: datetime, version: int | None = None
) -> None:
    """Decide what follows; a void result disqualifies the booking in the same act. The candidate is told, and until
    when an appeal is possible. Raises Refused with everything that stands against it."""
    with transaction() as session:
        incident = _locked(session, reference, version)
        facts = facts_of(session, incident, now, decision=decision)
        days = _days(incident.sitting, now, "incident_appeal_days")
        incident.decision, incident.decided_by_id, incident.decided_at = decision, by.account_id, now
        incident.appeal_until = end_of_days(now, days) if decision != Decision.NONE and incident.booking_id else None
        with session.no_autoflush:
            make_move(session, INCIDENT, incident, "decide", by=by, now=now, facts=facts, reason=reason,
                      decision=decision)
        session.flush()
        if decision == Decision.VOID:
            _carry(session, incident, "disqualify", by, now, reason)
        _tell(session, incident, "decide", now)


def appeal(reference: str, reason: str, *, by: Actor, now: datetime, version: int | None = None) -> None:
    """The candidate asks for the decision to be looked at by somebody else. Raises NotFound, Refused."""
    with transaction() as session:
        incident = _locked(session, reference, version)
        if incident.learner is None or incident.learner.account_id != by.account_id:
            raise NotFound(reference)
        make_move(session, INCIDENT, incident, "appeal", by=by, now=now, facts=facts_of(session, incident, now),
                  reason=reason)
        _tell(session, incident, "appeal", now)


def answer_appeal(
    reference: str, stands: bool, reason: str, *, by: Actor, now: datetime, version: int | None = None
) -> None:
    """The decision stands, or is taken back with what it did. Raises Refused."""
    with transaction() as session:
        incident, move = _locked(session, reference, version), "uphold" if stands else "reverse"
        make_move(session, INCIDENT, incident, move, by=by, now=now, facts=facts_of(session, incident, now),
                  reason=reason)
        session.flush()
        if not stands and incident.decision == Decision.VOID:
            _carry(session, incident, "reinstate", by, now, reason)
        _tell(session, incident, move, now)


def _where(session: Session, report: Report) -> tuple[Sitting, Booking | None]:
    sitting = sitting_by_code(session, report.sitting)
    if sitting is None:
        raise NotFound(report.sitting)
    return sitting, booking_in(session, sitting.code, report.booking.upper()) if report.booking else None


def _seat(booking: Booking | None) -> str:
    if booking is None or booking.room is None:
        return ""
    return f"{booking.room.code} · {booking.seat_no or '–'}"


def _days(sitting: Sitting, now: datetime, key: str) -> int | None:
    """A dated figure of the programme as it stands today; None where none is stated."""
    stated = entry_rules_of(sitting.window.programme, local_day(now)).rule(key)
    return stated.value if stated is not None else None


def _carry(session: Session, incident: Incident, move: str, by: Actor, now: datetime, reason: str) -> None:
    booking = lock(session, Booking, Booking.id == incident.booking_id)
    move_booking(booking.reference, move, facts=facts_about(session, booking, now), by=by, now=now,
                 reason=f"{incident.reference}: {reason}", incident=incident.reference)


def _post(
    session: Session, incident: Incident, what: Noted, text: str, file: StoredFile | None, *, by: Actor, now: datetime,
    staff: bool,
) -> None:
    if incident.state not in OPEN_INCIDENTS or (not staff and incident.state != IncidentState.REPORTED):
        raise Refused(ENDED)
    assert by.account_id is not None, "only people add to an incident"
    if file is not None:
        kept = session.scalars(select(IncidentPost.id).where(
            IncidentPost.incident_id == incident.id, IncidentPost.file_id.is_not(None))).all()
        if len(kept) >= MOST_FILES:
            raise Refused(FULL)
        session.add(file)
        session.flush()
    elif not text.strip():
        raise Refused(NOTHING)
    session.add(IncidentPost(incident_id=incident.id, what=str(what), by_id=by.account_id, by_name=by.name[:120],
                             by_staff=staff, text=text, file_id=file.id if file else None, posted_at=now))
    session.flush()


def _locked(session: Session, reference: str, version: int | None = None) -> Incident:
    incident = lock(session, Incident, Incident.reference == reference)
    expect_version(incident, version)
    return incident


def _tell(session: Session, incident: Incident, move: str, now: datetime) -> None:
    if incident.learner_id is not None:
        outbox.record(session, IncidentMoved(incident.learner_id, incident.reference, move, incident.state), now)
