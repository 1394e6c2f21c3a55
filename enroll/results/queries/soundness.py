"""Whether what was published can be stood for: what `flask doctor` asks. Each sentence is one thing that is wrong."""

from collections.abc import Iterator

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from enroll.audit.models import OnePersonAct
from enroll.results.lifecycle import ResultState
from enroll.results.models import MarkEntry, Outcome, Publication, Result, ResultMove, ScoreReview, ScoreReviewMove
from enroll.results.queries.facts import entered_in, involved_in, round_of, versions_of
from enroll.results.rules.verdicts import BY_ATTENDANCE, Entered
from enroll.sittings.models import Booking, Sitting

STANDING = (ResultState.CHECKED, ResultState.LOCKED, ResultState.PUBLISHED)


def unsound_results(session: Session) -> Iterator[str]:
    """Results that two people (or a third) do not stand for, and publications that are not all or nothing."""
    for question in (_marks, _half_published, _without_outcome, _reviews):
        yield from question(session)


def _marks(session: Session) -> Iterator[str]:
    wanted = select(Result).where(Result.state.in_(STANDING)).options(
        selectinload(Result.entries), joinedload(Result.booking)
    )
    alone = dict[str, frozenset[int]]()
    for one in session.scalars(select(OnePersonAct).where(OnePersonAct.act.startswith("result."))):
        alone[one.subject] = alone.get(one.subject, frozenset()) | {one.by_id}
    accepted = set(session.scalars(select(ResultMove.record_id).where(ResultMove.move == "accept")))
    for row in session.scalars(wanted.order_by(Result.id)).yield_per(500):
        fault = _fault(session, row, row.id in accepted, alone.get(row.reference, frozenset()))
        if fault:
            yield f"result {row.reference} {fault}"


def _fault(session: Session, row: Result, accepted: bool, alone: frozenset[int]) -> str:
    """`alone`: who did two duties about this result by themselves, with the reason on record."""
    if row.source == "attendance":
        settled = row.verdict in set(BY_ATTENDANCE.values()) and row.mark is None
        return "" if settled else "was settled by the attendance, but has a mark or no such verdict"
    now = round_of(row)
    stands = Entered(row.mark, row.verdict if row.mark is None else None)
    if now.decision is not None:
        earlier = {one.made_by_id for version in versions_of(row) for one in version.entries if one.entry_no < 3}
        if now.decision.made_by_id in earlier - alone or entered_in(now.decision) != stands:
            return "does not rest on the decision of a third person"
        return ""
    if now.second is not None:
        if now.second.made_by_id in now.makers - alone or not entered_in(now.first) == entered_in(now.second) == stands:
            return "does not rest on two equal entries of two people"
        return ""
    if accepted and now.first is not None and entered_in(now.first) == stands:
        another = _accepted_by_another(session, row, now.makers - alone)
        return "" if another else "was accepted by the person who entered it"
    return "rests on the entry of one person"


def _accepted_by_another(session: Session, row: Result, makers: frozenset[int]) -> bool:
    by = session.scalars(select(ResultMove.made_by_id).where(
        ResultMove.record_id == row.id, ResultMove.move == "accept").order_by(ResultMove.id.desc())).first()
    return by is not None and by not in makers


def _half_published(session: Session) -> Iterator[str]:
    """In a published window nothing is still on its way; in another one nothing is published."""
    public = select(Publication.window_id)
    on_its_way = ResultState.PENDING, ResultState.ENTERED, ResultState.DISCREPANCY, *STANDING[:2]
    rows = session.execute(
        select(Result.reference, Result.state, Sitting.code).join(Sitting, Sitting.id == Result.sitting_id).where(
            (Sitting.window_id.in_(public) & Result.state.in_(on_its_way))
            | (Sitting.window_id.not_in(public) & Result.state.in_((ResultState.PUBLISHED, ResultState.SUPERSEDED)))
        ).order_by(Result.id)
    )
    for reference, state, sitting in rows:
        yield f"result {reference} of {sitting} is {state}, and the publication of its window says otherwise"


def _without_outcome(session: Session) -> Iterator[str]:
    rows = session.execute(
        select(Result.reference).join(Booking, Booking.id == Result.booking_id).where(
            Result.state == ResultState.PUBLISHED,
            ~exists().where(Outcome.learner_id == Result.learner_id, Outcome.window_id == Booking.window_id),
        )
    )
    for (reference,) in rows:
        yield f"result {reference} is published without an outcome"
    published = select(Publication.window_id)
    early = session.scalar(select(func.count(Outcome.id)).where(Outcome.window_id.not_in(published)))
    if early:
        yield f"{early} outcomes stand without a publication"


def _reviews(session: Session) -> Iterator[str]:
    """Answered by somebody who neither made nor checked; a corrected result has an answered review behind it."""
    answered = select(ScoreReview).where(ScoreReview.answered_by_id.is_not(None)).options(
        joinedload(ScoreReview.result).selectinload(Result.entries)
    )
    for review in session.scalars(answered).unique():
        if review.answered_by_id in involved_in(review.result):
            yield f"score review {review.reference} was answered by somebody who made or checked the mark"
    answers = select(ScoreReviewMove.record_id).where(ScoreReviewMove.move == "answer")
    corrected = select(Result.reference).where(Result.state == ResultState.SUPERSEDED, ~exists().where(
        ScoreReview.result_id == Result.id, ScoreReview.id.in_(answers), ScoreReview.finding == "corrected"))
    for reference in session.scalars(corrected):
        yield f"result {reference} was replaced without a score review"
    orphans = select(func.count(MarkEntry.id)).where(MarkEntry.entry_no == 2, ~exists().where(
        ResultMove.record_id == MarkEntry.result_id, ResultMove.move.in_(("agree", "differ"))))
    if session.scalar(orphans):
        yield "second entries stand without the move that belongs to them"
