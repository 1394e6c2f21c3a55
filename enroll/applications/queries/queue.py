"""The office's list of applications: by what waits, due first, found by reference, name or exact document number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, String, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from enroll.applications.lifecycle import ApplicationState
from enroll.applications.models import Application
from enroll.fees.lifecycle import OPEN
from enroll.fees.models import Fee
from enroll.foundation.text import compared
from enroll.hours.models import HoursBalance
from enroll.learners.models import Learner
from enroll.learners.queries.people import search_learners
from enroll.programmes.models import Window

PAGE_SIZE = 30
MOST_COUNTED = 1000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
S = ApplicationState


class Tab(StrEnum):
    REVIEW = "review"
    RETURNED = "returned"
    UNPAID = "unpaid"
    ALL = "all"


DUE: dict[Tab, InstrumentedAttribute[datetime | None]] = {
    Tab.REVIEW: Application.review_due_at, Tab.RETURNED: Application.correct_by, Tab.UNPAID: Application.payment_due_at,
}


FOUND = {
    "exceptions": Application.exceptions > 0, "clean": Application.exceptions == 0,
    "flagged": Application.flagged != "", "opinion": Application.opinions_open > 0,
}
"""What a list can be narrowed to beside the plain filters: what the program found, what the office marked."""


@dataclass(frozen=True)
class Filter:
    """What narrows the list. `kind` is first or resit; `mine` is an account: claimed or returned by that person;
    `found` one of FOUND."""

    tab: Tab = Tab.REVIEW
    window: str = ""
    kind: str = ""
    mine: int | None = None
    text: str = ""
    found: str = ""


@dataclass(frozen=True)
class Found:
    rows: Sequence[Application]
    after: str  # the key of the next page, '' where there is none


def applications_in(session: Session, wanted: Filter, *, after: str = "", size: int = PAGE_SIZE) -> Found:
    """One page of the list: due first, or for all the newest first. `after` is the key that the last page gave."""
    listed = _narrowed(_of_tab(wanted.tab), wanted).options(
        joinedload(Application.window), joinedload(Application.learner).joinedload(Learner.account),
        joinedload(Application.enrolment), joinedload(Application.claimed_by),
    )
    due = DUE.get(wanted.tab)
    key = _read_key(after)
    if due is None:
        if key is not None:
            listed = listed.where(Application.id < key[1])
        rows = session.scalars(listed.order_by(Application.id.desc()).limit(size + 1)).all()
    else:
        if key is not None:
            listed = listed.where(or_(due > key[0], and_(due == key[0], Application.id > key[1])))
        rows = session.scalars(listed.order_by(due, Application.id).limit(size + 1)).all()
    shown = rows[:size]
    return Found(shown, _key_of(shown[-1], wanted.tab) if len(rows) > size else "")


def counts(session: Session, wanted: Filter) -> dict[Tab, int]:
    """How many stand in each tab under the other filters, counted up to MOST_COUNTED, in one statement."""
    parts = []
    for tab in Tab:
        capped = _narrowed(_of_tab(tab), wanted).with_only_columns(Application.id).order_by(None).limit(MOST_COUNTED)
        parts.append(select(literal(str(tab)).label("tab"), func.count().label("number"))
                     .select_from(capped.subquery()))
    return {Tab(tab): number for tab, number in session.execute(union_all(*parts))}


def next_to_review(session: Session, account_id: int, now: datetime, *, but: str = "") -> str | None:
    """The case to open next: the most urgent one that nobody else holds and that is not one's own."""
    free = or_(Application.claimed_by_id.is_(None), Application.claimed_until <= now,
               Application.claimed_by_id == account_id)
    wanted = select(Application.reference).join(Learner, Learner.id == Application.learner_id).where(
        Application.state == S.SUBMITTED, Application.reference != but, free, Learner.account_id != account_id
    )
    return session.scalar(wanted.order_by(Application.review_due_at, Application.id).limit(1))


def neighbours(application: Application) -> tuple[ColumnElement[str | None], ColumnElement[str | None]]:
    """The questions after the references of the cases before and after this one in the review queue, asked with others;
    nothing at its ends."""
    due = application.review_due_at
    if application.state != S.SUBMITTED or due is None:
        return literal(None, String()), literal(None, String())
    queue = select(Application.reference).where(Application.state == S.SUBMITTED)
    column = Application.review_due_at
    earlier = or_(column < due, and_(column == due, Application.id < application.id))
    later = or_(column > due, and_(column == due, Application.id > application.id))
    before = queue.where(earlier).order_by(column.desc(), Application.id.desc()).limit(1).scalar_subquery()
    after = queue.where(later).order_by(column, Application.id).limit(1).scalar_subquery()
    return before, after


def windows_with_applications(session: Session) -> Sequence[str]:
    """The codes of the windows that anybody applied for, the latest first."""
    used = exists().where(Application.window_id == Window.id)
    return session.scalars(select(Window.code).where(used).order_by(Window.code.desc())).all()


def waiting_for_learners(session: Session, tab: Tab, window: str, *, at_most: int = 50) -> Sequence[Application]:
    """Who has to act, due first, for the notice to a group."""
    return applications_in(session, Filter(tab, window), size=at_most).rows


def minutes_of(session: Session, enrolment_ids: Sequence[int]) -> dict[int, int]:
    """Minutes credited by enrolment, for the rows of a page."""
    rows = session.execute(select(HoursBalance.enrolment_id, HoursBalance.minutes).where(
        HoursBalance.enrolment_id.in_(enrolment_ids)
    ))
    return dict(rows.all())


def _of_tab(tab: Tab) -> Select[Application]:
    listed = select(Application)
    if tab is Tab.REVIEW:
        return listed.where(Application.state == S.SUBMITTED)
    if tab is Tab.RETURNED:
        return listed.where(Application.state == S.RETURNED)
    if tab is Tab.UNPAID:
        owed = exists().where(Fee.subject == Application.reference, Fee.state.in_(OPEN))
        return listed.where(Application.state == S.APPROVED, owed)
    return listed.where(Application.state != S.DRAFT)


def _narrowed(listed: Select[Application], wanted: Filter) -> Select[Application]:
    if wanted.window:
        ids = select(Window.id).where(Window.code == wanted.window)
        listed = listed.where(Application.window_id.in_(ids))
    if wanted.kind:
        listed = listed.where(Application.resit.is_(wanted.kind == "resit"))
    if wanted.mine is not None:
        mine = or_(Application.claimed_by_id == wanted.mine, Application.first_reviewer_id == wanted.mine)
        listed = listed.where(mine)
    if wanted.found in FOUND:
        listed = listed.where(FOUND[wanted.found])
    if wanted.text:
        people = search_learners(wanted.text).with_only_columns(Learner.id)
        listed = listed.where(or_(Application.reference == compared(wanted.text), Application.learner_id.in_(people)))
    return listed


def _key_of(row: Application, tab: Tab) -> str:
    due = DUE.get(tab)
    moment = getattr(row, due.key) if due is not None else EPOCH
    return f"{((moment or EPOCH) - EPOCH) // MICROSECOND}-{row.id}"


def _read_key(text: str) -> tuple[datetime, int] | None:
    """The key of a page; anything that is none is taken for the first page."""
    moment, _dash, number = text.partition("-")
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 17
            and number.isascii() and number.isdigit() and len(number) <= 10):
        return None
    return EPOCH + int(moment) * MICROSECOND, int(number)
