"""Score reviews: asked by the learner, answered by a stranger to the mark. They look for recording errors, and never
mark again."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.audit.moves import begin, expect_version, make_move
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NotFound, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.results.events import ScoreReviewAnswered
from enroll.results.lifecycle import PUBLIC, RESULT, SCORE_REVIEW, ResultState
from enroll.results.models import Result, ScoreReview
from enroll.results.queries.facts import facts_of, involved_in, outcome_rules
from enroll.results.queries.progress import publication_of
from enroll.results.rules.checks import AskFacts, ReviewFacts, against_asking
from enroll.results.rules.rows import TypedMark
from enroll.results.rules.verdicts import Entered, Verdict, verdict_of
from enroll.results.services.entering import add_entry
from enroll.results.services.publishing import compute_again
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction

UNCHANGED, CORRECTED = "unchanged", "corrected"


def ask_score_review(learner_id: int, result_reference: str, words: str, *, by: Actor, now: datetime) -> str:
    """Ask for a review of one part; gives its reference. Raises NotFound (not theirs, not public yet), Refused."""
    with transaction() as session:
        row = lock(session, Result, Result.reference == result_reference, Result.learner_id == learner_id,
                   Result.state.in_(PUBLIC))
        problems = against_asking(_ask_facts(session, row, now))
        if problems:
            raise Refused(problems)
        window = row.booking.window
        review = ScoreReview(
            reference=next_reference(session, "V", group=window.code[2:]), booking_id=row.booking_id, result_id=row.id,
            learner_id=learner_id, words=words, asked_at=now, answer_by=window.score_review_answer_by,
        )
        begin(session, SCORE_REVIEW, review, by=by, now=now, result=row.reference)
        return review.reference


def answer_score_review(
    reference: str, finding: str, answer: str, *, by: Actor, now: datetime, corrected: Entered | None = None,
    seen_version: int | None = None,
) -> None:
    """Answer a review, unchanged or corrected; `answer` is what the learner reads. A correction is a new version of the
    result and a new outcome; a certificate that stands is not touched by it. Raises Refused, Stale, NotFound."""
    with transaction() as session:
        review = lock(session, ScoreReview, ScoreReview.reference == reference)
        expect_version(review, seen_version)
        row = lock(session, Result, Result.id == review.result_id)
        involved = involved_in(row)
        make_move(session, SCORE_REVIEW, review, "answer", by=by, now=now, reason=answer, finding=finding,
                  facts=ReviewFacts(row.booking.learner.account_id, involved))
        problems = _against_answer(finding, row, corrected)
        if problems:
            raise Refused(problems)
        review.finding, review.answer, review.answered_at = finding, answer, now
        review.answered_by_id = by.account_id
        if corrected is not None and finding == CORRECTED:
            _correct(session, row, corrected, answer, by, now)
            compute_again(session, row.booking.window, row.learner_id, now)
        outbox.record(session, ScoreReviewAnswered(review.learner_id, reference), now)


def _correct(session: Session, row: Result, corrected: Entered, reason: str, by: Actor, now: datetime) -> None:
    """Replace a published result by a corrected version, which is public at once."""
    make_move(session, RESULT, row, "supersede", by=by, now=now, facts=facts_of(row), reason=reason)
    session.flush()  # the version in force steps down before the next one stands
    pass_mark = outcome_rules(session, row.booking.window).pass_marks[row.booking.part]
    version = Result(
        reference=next_reference(session, "R", group=row.booking.window.code[2:]), booking_id=row.booking_id,
        sitting_id=row.sitting_id, learner_id=row.learner_id, replaces=row, booking=row.booking, entries=[],
    )
    begin(session, RESULT, version, by=by, now=now, replaces=row.reference)
    make_move(session, RESULT, version, "correct", by=by, now=now, facts=facts_of(version), reason=reason)
    add_entry(version, 3, TypedMark(version.reference, corrected), "review", by, now, reason)
    version.mark, version.source = corrected.mark, "review"
    version.verdict = str(verdict_of(corrected, pass_mark))


def _ask_facts(session: Session, row: Result, now: datetime) -> AskFacts:
    window = row.booking.window
    published = publication_of(session, window.id)
    asked = session.scalar(select(ScoreReview.id).where(ScoreReview.booking_id == row.booking_id))
    return AskFacts(
        published_at=published.published_at if published else None, closes_at=window.score_review_closes_at, now=now,
        sat=row.state == ResultState.PUBLISHED and row.verdict in {Verdict.PASS, Verdict.FAIL},
        asked_before=asked is not None,
    )


def _against_answer(finding: str, row: Result, corrected: Entered | None) -> list[Problem]:
    if finding not in {UNCHANGED, CORRECTED}:
        raise NotFound(finding)
    if finding == UNCHANGED:
        return []
    if row.state != ResultState.PUBLISHED:
        return [problem("not_in_force", N_("This result is no longer the one in force; it cannot be corrected."))]
    if corrected is None:
        return [problem("mark_missing", N_("Enter the corrected mark."), field="mark")]
    if corrected.mark is not None and corrected.mark == row.mark:
        return [problem("mark_same", N_("This is the published mark; the finding is then “unchanged”."), field="mark")]
    return []
