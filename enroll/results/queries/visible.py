"""What a learner may see of results. Every page, document, export, message and door asks here, and nowhere else.

It reads only what a publication wrote (outcomes), never the rows in which marks are made: before the publication there
is nothing to read, whatever was entered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from enroll.programmes.models import Window
from enroll.results.models import Outcome, Publication, ScoreReview
from enroll.results.rules.verdicts import BY_ATTENDANCE, Verdict
from enroll.sittings.lifecycle import Part
from enroll.sittings.models import Booking


@dataclass(frozen=True)
class VisiblePart:
    """One part as published. Marks in tenths, None where there is none (absent, a bare outcome, kept from `window`)."""

    part: Part
    verdict: Verdict
    mark: int | None
    pass_mark: int
    full: int
    window: str
    result: str
    kept_until: str
    carried: bool
    corrected: bool = False
    review: ScoreReview | None = None


@dataclass(frozen=True)
class VisibleResult:
    """One window as published for one learner; `outcome` is the newest, after any correction."""

    window: Window
    published_at: datetime
    verdict: Verdict
    kept_until: str
    parts: tuple[VisiblePart, ...]
    outcome_id: int

    @property
    def passed(self) -> bool:
        return self.verdict is Verdict.PASS


def visible_results(session: Session, learner_id: int, now: datetime) -> tuple[VisibleResult, ...]:
    """Everything published for this learner, the newest window first."""
    newest = select(func.max(Outcome.id)).where(Outcome.learner_id == learner_id).group_by(Outcome.window_id)
    rows = session.execute(
        select(Outcome, Publication.published_at, Window)
        .join(Publication, Publication.window_id == Outcome.window_id).join(Window, Window.id == Outcome.window_id)
        .where(Outcome.id.in_(newest), Publication.published_at <= now).order_by(Window.starts_on.desc())
    ).all()
    reviews = {one.booking.part + one.booking.window.code: one for one in _reviews(session, learner_id)} if rows else {}
    return tuple(
        VisibleResult(window, published_at, Verdict(outcome.verdict), outcome.kept_until_window,
                      tuple(_part(part, told, outcome, window.code, reviews) for part, told in outcome.by_part.items()),
                      outcome.id)
        for outcome, published_at, window in rows
    )


def visible_result(session: Session, learner_id: int, window_code: str, now: datetime) -> VisibleResult | None:
    return next((one for one in visible_results(session, learner_id, now) if one.window.code == window_code), None)


def awaited_windows(session: Session, learner_id: int, now: datetime) -> list[Window]:
    """Windows this learner was there for (or should have been) that are not published yet: from bookings alone."""
    attended = ("present", *BY_ATTENDANCE)
    published = select(Publication.window_id).where(Publication.published_at <= now)
    wanted = select(Window).where(
        Window.id.in_(select(Booking.window_id).where(Booking.learner_id == learner_id, Booking.state.in_(attended))),
        Window.id.not_in(published),
    )
    return list(session.scalars(wanted.order_by(Window.starts_on.desc())))


def _reviews(session: Session, learner_id: int) -> list[ScoreReview]:
    wanted = select(ScoreReview).where(ScoreReview.learner_id == learner_id).options(
        joinedload(ScoreReview.booking).joinedload(Booking.window)
    )
    return list(session.scalars(wanted))


def _part(
    part: str, told: Mapping[str, Any], outcome: Outcome, window_code: str, reviews: Mapping[str, ScoreReview]
) -> VisiblePart:
    carried = told["window"] != window_code
    review = None if carried else reviews.get(part + window_code)
    return VisiblePart(
        part=Part(part), verdict=Verdict(told["verdict"]), mark=told["mark"], full=outcome.rules["full"],
        pass_mark=outcome.rules["pass_marks"][part], window=told["window"], result=told["result"],
        kept_until=told["kept_until"], carried=carried, review=review,
        corrected=review is not None and review.finding == "corrected",
    )
