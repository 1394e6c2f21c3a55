"""Accommodations: a learner's own, the queue of those to decide, and what stands for applications."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from enroll.applications.lifecycle import AccommodationState
from enroll.applications.models import Accommodation, AccommodationMove, Application
from enroll.applications.rules.accommodations import AccommodationFacts, Granted
from enroll.learners.models import Learner
from enroll.programmes.queries.programmes import rules_of
from enroll.storage.files import StoredFile
from enroll.storage.paging import Page, page_by_id

S = AccommodationState


def granted_for(session: Session, references: Collection[str]) -> dict[str, Granted]:
    """What stands for these applications, by their references; those without are left out."""
    rows = session.execute(
        select(Application.reference, Accommodation.granted, Accommodation.granted_minutes)
        .join(Application, Application.id == Accommodation.application_id)
        .where(Application.reference.in_(references), Accommodation.state == S.GRANTED))
    return {reference: Granted(tuple(codes), minutes) for reference, codes, minutes in rows}


def accommodations_of(session: Session, application_id: int) -> Sequence[Accommodation]:
    """Every request for an application, the newest first."""
    wanted = select(Accommodation).where(Accommodation.application_id == application_id).options(
        selectinload(Accommodation.files))
    return session.scalars(wanted.order_by(Accommodation.id.desc())).all()


def own_accommodation(session: Session, account_id: int, reference: str) -> Accommodation | None:
    """A learner's own request; another's is not found."""
    return session.scalar(_whole().join(Learner, Learner.id == Accommodation.learner_id).where(
        Accommodation.reference == reference, Learner.account_id == account_id))


def accommodation_by_reference(session: Session, reference: str) -> Accommodation | None:
    return session.scalar(_whole().where(Accommodation.reference == reference))


def accommodations_in(
    session: Session, states: Collection[str], words: str = "", *, after: int | None = None
) -> Page[Accommodation]:
    """The oldest first while they wait, the newest first once they are decided; found by name or reference."""
    wanted = _whole().where(Accommodation.state.in_(states))
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        wanted = wanted.where(or_(
            Accommodation.reference == words.upper(), Accommodation.application.has(reference=words.upper()),
            Accommodation.learner.has(Learner.legal_name.ilike(like))))
    return page_by_id(session, wanted, Accommodation.id, after=after, descending=S.REQUESTED not in states, size=40)


def waiting_number(session: Session) -> int:
    return session.scalar(select(func.count()).where(Accommodation.state == S.REQUESTED)) or 0


def moves_of_accommodation(session: Session, accommodation_id: int) -> Sequence[AccommodationMove]:
    wanted = select(AccommodationMove).where(AccommodationMove.record_id == accommodation_id)
    return session.scalars(wanted.order_by(AccommodationMove.id.desc())).all()


def file_of(accommodation: Accommodation, token: str) -> StoredFile | None:
    return next((one.file for one in accommodation.files if one.file.token == token), None)


def offered_for(application: Application) -> tuple[tuple[str, ...], int]:
    """(accommodations that can be asked for, extra minutes at most) by the programme's rules on the first exam day."""
    rules = rules_of(application.window.programme, application.window.starts_on)
    most = rules.most_extra_minutes or 0
    codes = tuple(one for one in rules.accommodations or () if one != "extra_time" or most)
    return codes, most


def accommodation_facts(accommodation: Accommodation, now: datetime) -> AccommodationFacts:
    return AccommodationFacts(accommodation.learner.account_id, now, accommodation.application.window.seating_by)


def unsound_accommodations(session: Session) -> Iterator[str]:
    """Accommodations that were decided by their own learner, or granted without anything: for `flask doctor`."""
    decided = select(Accommodation).where(Accommodation.decided_by_id.is_not(None)).options(
        joinedload(Accommodation.learner))
    for one in session.scalars(decided.order_by(Accommodation.id)):
        if one.decided_by_id == one.learner.account_id:
            yield f"accommodation {one.reference} was decided by its own learner"
        if one.state == S.GRANTED and not one.granted:
            yield f"accommodation {one.reference} grants nothing"


def _whole() -> Select[Accommodation]:
    return select(Accommodation).options(
        joinedload(Accommodation.learner), joinedload(Accommodation.application).joinedload(Application.window),
        joinedload(Accommodation.decided_by), selectinload(Accommodation.files))
