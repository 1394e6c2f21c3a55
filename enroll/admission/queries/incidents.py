"""Incidents: one's own, the queue, what they touch, and whether what is on file holds."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from enroll.accounts.models import Account
from enroll.admission.lifecycle import OPEN_INCIDENTS, IncidentState
from enroll.admission.models import Incident, IncidentMove, IncidentPost
from enroll.admission.rules.incidents import IncidentFacts, Noted
from enroll.learners.models import Learner
from enroll.learners.queries.people import search_learners
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.models import Booking, PublishedPart, Sitting
from enroll.storage.files import StoredFile
from enroll.storage.paging import Page, page_by_id

NAMED = (joinedload(Incident.learner), joinedload(Incident.sitting).joinedload(Sitting.window),
         joinedload(Incident.booking), joinedload(Incident.reported_by).lazyload(Account.grants),
         joinedload(Incident.decided_by).lazyload(Account.grants))
POSTS = selectinload(Incident.posts).joinedload(IncidentPost.file)


def own_incidents(session: Session, account_id: int, *, booking_id: int | None = None) -> Sequence[Incident]:
    """What was reported about whoever is signed in, the newest first."""
    wanted = _own(account_id).order_by(Incident.id.desc())
    return session.scalars(wanted if booking_id is None else wanted.where(Incident.booking_id == booking_id)).all()


def own_incident(session: Session, account_id: int, reference: str) -> Incident | None:
    """One's own; another's is not found. Evidence and notes are left out by the page."""
    return session.scalar(_own(account_id).where(Incident.reference == reference).options(POSTS))


def incident_by_reference(session: Session, reference: str) -> Incident | None:
    return session.scalar(select(Incident).where(Incident.reference == reference).options(*NAMED, POSTS))


def incidents_in(
    session: Session, states: Collection[str], find: str = "", *, sitting: str = "", after: int | None = None
) -> Page[Incident]:
    """A page of the queue: those to be decided oldest first, what ended newest first; `find` is a reference or a
    learner and looks through all states, `sitting` is a sitting's code."""
    wanted, ended = select(Incident).options(*NAMED), not set(states) & OPEN_INCIDENTS
    if find:
        people = search_learners(find).with_only_columns(Learner.id)
        wanted = wanted.where(or_(Incident.reference == find.upper(), Incident.learner_id.in_(people)))
    else:
        wanted = wanted.where(Incident.state.in_(states))
    if sitting:
        wanted = wanted.where(Incident.sitting_id.in_(select(Sitting.id).where(Sitting.code == sitting)))
    return page_by_id(session, wanted, Incident.id, after=after, descending=ended or bool(find))


def counts_by_state(session: Session) -> dict[str, int]:
    rows = session.execute(select(Incident.state, func.count()).group_by(Incident.state))
    return dict(rows.all())


def incidents_of_sitting(session: Session, sitting_id: int) -> int:
    """How many are on record for a sitting."""
    return session.scalar(select(func.count(Incident.id)).where(Incident.sitting_id == sitting_id)) or 0


def moves_of_incident(session: Session, number: int) -> Sequence[IncidentMove]:
    wanted = select(IncidentMove).where(IncidentMove.record_id == number)
    return session.scalars(wanted.order_by(IncidentMove.id)).all()


def file_of(incident: Incident, token: str, *, own: bool) -> StoredFile | None:
    """A file of the incident; `own` leaves only those of the learner's own statements."""
    return next((post.file for post in incident.posts if post.file and post.file.token == token
                 and not (own and (post.by_staff or post.what != Noted.STATEMENT))), None)


def facts_of(session: Session, incident: Incident, now: datetime, *, decision: str = "") -> IncidentFacts:
    """`decision` is what somebody proposes; without it, what stands."""
    person = incident.learner.account_id if incident.learner else None
    heard = session.scalar(select(IncidentPost.id).where(
        IncidentPost.incident_id == incident.id, IncidentPost.what == Noted.STATEMENT).limit(1)) is not None
    stands = select(PublishedPart.id).where(
        PublishedPart.learner_id == incident.learner_id, PublishedPart.part == incident.sitting.part,
        PublishedPart.window_code == incident.sitting.window.code, PublishedPart.ended_at.is_(None))
    published = incident.learner_id is not None and session.scalar(stands.limit(1)) is not None
    facts = IncidentFacts(
        now=now, learner_account_id=person, reported_by=incident.reported_by_id, decided_by=incident.decided_by_id,
        heard=heard, statement_until=incident.statement_until, appeal_until=incident.appeal_until,
        decision=incident.decision, results_published=published)
    return replace(facts, decision=decision) if decision else facts


def open_incident_of(session: Session, booking_id: int) -> str | None:
    """The reference of an incident of this booking that is not decided, or appealed."""
    return session.scalar(select(Incident.reference).where(
        Incident.booking_id == booking_id, Incident.state.in_(OPEN_INCIDENTS)).order_by(Incident.id).limit(1))


def unsound_incidents(session: Session) -> Iterator[str]:
    """Incidents whose rows do not bear out what they decided, for `flask doctor`."""
    stands = Incident.state.in_((IncidentState.DECIDED, IncidentState.APPEALED, IncidentState.UPHELD))
    void = select(Incident.reference, Booking.reference, Booking.state).join(
        Booking, Booking.id == Incident.booking_id)
    for reference, booking, state in session.execute(void.where(
            Incident.decision == "void", stands, Booking.state != BookingState.DISQUALIFIED)):
        yield f"incident {reference} made a result void, and booking {booking} is {state}"
    behind = select(Incident.id).where(Incident.booking_id == Booking.id, Incident.decision == "void", stands)
    for booking in session.scalars(select(Booking.reference).where(
            Booking.state == BookingState.DISQUALIFIED, ~behind.exists())):
        yield f"booking {booking} is disqualified and no incident says why"
    by_one = select(Incident.reference).join(Learner, Learner.id == Incident.learner_id).where(
        Incident.decided_by_id == Learner.account_id)
    for reference in session.scalars(by_one):
        yield f"incident {reference} was decided by the candidate it is about"


def _own(account_id: int) -> Select[Incident]:
    return select(Incident).join(Learner, Learner.id == Incident.learner_id).where(
        Learner.account_id == account_id).options(*NAMED)
