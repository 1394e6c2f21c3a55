"""Complaints: one's own, the queue, who answers, and whether what is on file holds."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from enroll.accounts.models import Account
from enroll.accounts.permissions import Permission, Role, granted
from enroll.accounts.queries import STAFF_ROLES, holders_of
from enroll.learners.models import Learner
from enroll.learners.queries.people import search_learners
from enroll.storage.files import StoredFile
from enroll.storage.paging import PAGE_SIZE, Page, page_by_id
from enroll.supervision.lifecycle import ComplaintState
from enroll.supervision.models import Complaint, ComplaintMove, ComplaintPost
from enroll.supervision.rules.complaints import ComplaintFacts

HANDLING = tuple(role for role in Role if Permission.HANDLE_COMPLAINTS in granted(frozenset({role})))
NAMED = (joinedload(Complaint.owner).lazyload(Account.grants),
         joinedload(Complaint.about_person).lazyload(Account.grants))
POSTS = selectinload(Complaint.posts).joinedload(ComplaintPost.file)


@dataclass(frozen=True)
class Figures:
    """How complaints stand: waiting, of these one's own and past their day, and how many were found justified, wholly
    or in part, of all that were answered."""

    waiting: int
    mine: int
    overdue: int
    answered: int
    justified: int


def my_complaints(session: Session, account_id: int, *, after: int | None = None) -> Page[Complaint]:
    return page_by_id(session, _of(account_id), Complaint.id, after=after)


def my_complaint(session: Session, account_id: int, reference: str) -> Complaint | None:
    """One's own complaint; another's is not found. What staff noted among themselves is left out by the page."""
    return session.scalar(_of(account_id).where(Complaint.reference == reference).options(POSTS))


def complaint_by_reference(session: Session, reference: str) -> Complaint | None:
    wanted = select(Complaint).where(Complaint.reference == reference)
    return session.scalar(wanted.options(joinedload(Complaint.learner), *NAMED, POSTS))


def file_of(complaint: Complaint, token: str, *, notes: bool) -> StoredFile | None:
    """A file of the complaint; `notes` says whether those among staff count."""
    return next((post.file for post in complaint.posts
                 if post.file and post.file.token == token and (notes or not post.note)), None)


def moves_of_complaint(session: Session, number: int) -> Sequence[ComplaintMove]:
    wanted = select(ComplaintMove).where(ComplaintMove.record_id == number)
    return session.scalars(wanted.order_by(ComplaintMove.id)).all()


def facts_of(complaint: Complaint) -> ComplaintFacts:
    return ComplaintFacts(complaint.learner.account_id, complaint.about_id)


def waiting_of(session: Session, learner_id: int) -> int:
    wanted = select(func.count(Complaint.id)).where(
        Complaint.learner_id == learner_id, Complaint.state == ComplaintState.RECEIVED)
    return session.scalar(wanted) or 0


def complaints_waiting(session: Session, *, owner_id: int | None = None, after: int | None = None) -> Page[Complaint]:
    """Complaints to be answered, those due first on top."""
    order = (Complaint.answer_by, Complaint.id)
    wanted = _listed(owner_id).where(Complaint.state == ComplaintState.RECEIVED)
    last = session.get(Complaint, after) if after is not None else None
    if last is not None:
        wanted = wanted.where(tuple_(*order) > (last.answer_by, last.id))
    rows = session.scalars(wanted.order_by(*order).limit(PAGE_SIZE + 1)).all()
    return Page(rows[:PAGE_SIZE], rows[PAGE_SIZE - 1].id if len(rows) > PAGE_SIZE else None, after)


def complaints_in(
    session: Session, state: str, *, owner_id: int | None = None, after: int | None = None
) -> Page[Complaint]:
    """Answered or closed complaints, newest first."""
    return page_by_id(session, _listed(owner_id).where(Complaint.state == state), Complaint.id, after=after)


def complaints_found(session: Session, text: str, *, after: int | None = None) -> Page[Complaint]:
    """By reference, or by their learner as learners are found everywhere."""
    learners = search_learners(text).with_only_columns(Learner.id)
    wanted = _listed(None).where(or_(Complaint.reference == text.upper(), Complaint.learner_id.in_(learners)))
    return page_by_id(session, wanted, Complaint.id, after=after)


def figures(session: Session, account_id: int, now: datetime) -> Figures:
    waits = Complaint.state == ComplaintState.RECEIVED
    row = session.execute(select(
        func.count().filter(waits), func.count().filter(waits & (Complaint.owner_id == account_id)),
        func.count().filter(waits & (Complaint.answer_by <= now)), func.count().filter(Complaint.finding != ""),
        func.count().filter(Complaint.finding.in_(("upheld", "partly"))),
    ).select_from(Complaint)).one()
    return Figures(*row)


def all_complaints(session: Session) -> Iterator[Complaint]:
    """Every complaint, oldest first, for the register that staff take away."""
    return iter(session.scalars(_listed(None).order_by(Complaint.id)).all())


def handlers(session: Session, now: datetime) -> Sequence[Account]:
    """Everybody who answers complaints now, by name."""
    return holders_of(session, HANDLING, now)


def who_handles(session: Session, kept_out: Collection[int | None], now: datetime) -> int | None:
    """A review lead, else anybody who answers complaints, with the fewest waiting; nobody of those kept out. None where
    nobody is left: it then stands in the queue of all."""
    rows = session.execute(select(Complaint.owner_id, func.count()).where(
        Complaint.state == ComplaintState.RECEIVED).group_by(Complaint.owner_id))
    waiting = {row[0]: row[1] for row in rows}
    for roles in ((Role.REVIEW_LEAD,), HANDLING):
        people = [one for one in holders_of(session, roles, now) if one.id not in kept_out]
        if people:
            return min(people, key=lambda one: (waiting.get(one.id, 0), one.id)).id
    return None


def members_of_staff(session: Session, now: datetime) -> Sequence[Account]:
    return holders_of(session, [Role(role) for role in STAFF_ROLES], now)


def unsound_complaints(session: Session) -> Iterator[str]:
    """Complaints whose rows do not bear out what they say, for `flask doctor`."""
    answers = select(ComplaintPost.complaint_id).where(ComplaintPost.by_staff, ComplaintPost.note.is_(False))
    for reference in session.scalars(select(Complaint.reference).where(
            Complaint.finding != "", Complaint.id.not_in(answers))):
        yield f"complaint {reference} has a finding and nobody wrote to the learner"
    answered_by = (
        select(Complaint.reference).join(ComplaintMove, ComplaintMove.record_id == Complaint.id)
        .join(Learner, Learner.id == Complaint.learner_id)
        .where(ComplaintMove.move.in_(("answer", "close")),
               or_(ComplaintMove.made_by_id == Learner.account_id, ComplaintMove.made_by_id == Complaint.about_id))
    )
    for reference in session.scalars(answered_by):
        yield f"complaint {reference} was decided by its learner, or by whom it is about"


def _of(account_id: int) -> Select[Complaint]:
    return select(Complaint).join(Learner, Learner.id == Complaint.learner_id).where(
        Learner.account_id == account_id).options(joinedload(Complaint.learner), *NAMED)


def _listed(owner_id: int | None) -> Select[Complaint]:
    wanted = select(Complaint).options(joinedload(Complaint.learner), *NAMED)
    return wanted if owner_id is None else wanted.where(Complaint.owner_id == owner_id)
