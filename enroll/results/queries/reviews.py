"""Score reviews: the queue, due first, and one with everything its answer needs."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from enroll.results.lifecycle import ReviewState
from enroll.results.models import Result, ScoreReview
from enroll.results.queries.facts import WITH_ALL, involved_in
from enroll.results.rules.checks import ReviewFacts
from enroll.sittings.models import Booking

WHOLE = (
    joinedload(ScoreReview.booking).joinedload(Booking.learner),
    joinedload(ScoreReview.booking).joinedload(Booking.window),
    joinedload(ScoreReview.result).options(*WITH_ALL),
)


def review_queue(session: Session, state: ReviewState, *, at_most: int = 200) -> Sequence[ScoreReview]:
    """Open ones with the nearest deadline first; answered ones with the newest first."""
    order = (ScoreReview.answer_by, ScoreReview.id) if state is ReviewState.OPEN else (ScoreReview.id.desc(),)
    wanted = select(ScoreReview).where(ScoreReview.state == state).options(*WHOLE).order_by(*order)
    return session.scalars(wanted.limit(at_most)).unique().all()


def review_counts(session: Session) -> dict[str, int]:
    return dict(session.execute(select(ScoreReview.state, func.count()).group_by(ScoreReview.state)).all())


def review_by_reference(session: Session, reference: str) -> ScoreReview | None:
    return session.scalar(select(ScoreReview).where(ScoreReview.reference == reference).options(*WHOLE))


def review_facts(review: ScoreReview) -> ReviewFacts:
    return ReviewFacts(review.booking.learner.account_id, involved_in(review.result))


def open_reviews_of(session: Session, learner_id: int) -> Sequence[ScoreReview]:
    """Reviews of this learner that wait for an answer: what holds back a certificate."""
    wanted = select(ScoreReview).where(ScoreReview.learner_id == learner_id, ScoreReview.state == ReviewState.OPEN)
    return session.scalars(wanted.options(*WHOLE)).unique().all()


def versions_of_booking(session: Session, booking_id: int) -> Sequence[Result]:
    """Every version of a result there was, oldest first."""
    return session.scalars(
        select(Result).where(Result.booking_id == booking_id).options(*WITH_ALL).order_by(Result.id)
    ).all()
