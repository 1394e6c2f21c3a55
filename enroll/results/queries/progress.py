"""How far the results of a window are, in one statement."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from enroll.admission.queries.excuses import asked
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.models import Window
from enroll.results.lifecycle import ResultState
from enroll.results.models import Publication, Result
from enroll.results.rules.checks import PublicationFacts, SittingProgress
from enroll.results.rules.verdicts import BY_ATTENDANCE
from enroll.sittings.models import Booking, Sitting

UNRECORDED = ("confirmed", "ticketed")
COUNTING = (*UNRECORDED, "present", *BY_ATTENDANCE)
R = ResultState
COLUMN_OF = {
    R.PENDING: "to_enter", R.ENTERED: "entered", R.DISCREPANCY: "differ", R.CHECKED: "checked", R.LOCKED: "locked",
    R.PUBLISHED: "published", R.VOID: "locked",
}


def progress_of(session: Session, window_id: int) -> tuple[SittingProgress, ...]:
    """Each sitting of a window with its numbers, theory first; sittings without anybody are left out."""
    return progress_by_window(session, [window_id]).get(window_id, ())


def progress_by_window(session: Session, window_ids: Collection[int]) -> dict[int, tuple[SittingProgress, ...]]:
    """The same for many windows at once."""
    grouped = (Sitting.window_id, Sitting.code, Sitting.part, Booking.state, Result.state, Result.source,
               Result.verdict)
    rows = session.execute(
        select(*grouped, func.count(Booking.id))
        .join(Booking, Booking.sitting_id == Sitting.id)
        .outerjoin(Result, and_(Result.booking_id == Booking.id, Result.state != R.SUPERSEDED))
        .where(Sitting.window_id.in_(window_ids), Booking.state.in_(COUNTING))
        .group_by(*grouped)
        .order_by(Sitting.part.desc(), Sitting.code)
    )
    made: dict[int, dict[str, SittingProgress]] = {}
    for window_id, code, part, attendance, state, source, verdict, number in rows:
        of_window = made.setdefault(window_id, {})
        known = of_window.setdefault(code, SittingProgress(code, part))
        column = _column(attendance, state, source, verdict)
        of_window[code] = replace(known, **{column: getattr(known, column) + number})
    return {window_id: tuple(found.values()) for window_id, found in made.items()}


def sitting_progress(session: Session, sitting: Sitting) -> SittingProgress:
    found = {one.sitting: one for one in progress_of(session, sitting.window_id)}
    return found.get(sitting.code) or SittingProgress(sitting.code, sitting.part)


def _column(attendance: str, state: str | None, source: str | None, verdict: str | None) -> str:
    if state in {R.PUBLISHED, R.VOID}:
        return COLUMN_OF[R(state)]
    if attendance in UNRECORDED:
        return "not_recorded"
    settled = BY_ATTENDANCE.get(attendance)
    follows = verdict == settled if settled is not None else source != "attendance"
    if state is None or not follows:
        return "to_open"
    return COLUMN_OF[R(state)]


def publication_of(session: Session, window_id: int) -> Publication | None:
    return session.scalar(select(Publication).where(Publication.window_id == window_id))


def published_moments(session: Session, window_ids: Collection[int]) -> dict[int, datetime]:
    """When the results of each of these windows were published; those not published are left out."""
    wanted = select(Publication.window_id, Publication.published_at).where(Publication.window_id.in_(window_ids))
    return {row.window_id: row.published_at for row in session.execute(wanted)}


def publication_facts(session: Session, window: Window, now: datetime) -> PublicationFacts:
    published = publication_of(session, window.id)
    return PublicationFacts(
        now=now, publish_at=window.scores_publish_at,
        published_at=published.published_at if published is not None else None,
        sittings=progress_of(session, window.id), excuses_asked=asked(session, window.id),
    )


def windows_with_exams(session: Session, now: datetime, *, at_most: int = 8) -> Sequence[Window]:
    """Windows whose exam has begun, the newest first: those that have results to make or to show."""
    wanted = select(Window).where(Window.state == WindowState.PUBLISHED, Window.starts_on <= now.date())
    return session.scalars(wanted.order_by(Window.starts_on.desc()).limit(at_most)).all()
