"""Score reviews: asked in time, answered by a stranger, corrected by a new version."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from enroll.accounts.permissions import Role
from enroll.foundation.problems import NotFound, Refused
from enroll.results.lifecycle import ReviewState
from enroll.results.models import Outcome, Result, ScoreReview
from enroll.results.queries.reviews import open_reviews_of, review_queue
from enroll.results.queries.visible import visible_results
from enroll.results.services.reviews import answer_score_review, ask_score_review
from enroll.sittings.queries import missing_parts
from enroll.storage.database import transaction
from enroll.storage.outbox import OutboxEntry
from tests.builders.award import PUBLISHING, House, a_candidate, acting, an_exam, locked, points, published, result_of
from tests.builders.study import a_person

ASKING = PUBLISHING + timedelta(days=3)


@pytest.fixture
def house(app):
    return House()


@pytest.fixture
def window(app):
    return an_exam()


@pytest.fixture
def ana(window, house):
    learner = a_candidate("ana", window)
    published(window, house, {learner: {"theory": 72, "practical": 54}})
    return learner


def by(learner):
    return learner.account.actor_at(ASKING)


def ask(learner, window, part="practical", now=ASKING):
    return ask_score_review(
        learner.id, result_of(learner, window, part).reference, "Please add again", by=by(learner), now=now
    )


def test_a_review_is_asked_inside_its_period_once_for_each_part(session, ana, window):
    reference = ask(ana, window)
    review = session.scalars(select(ScoreReview)).one()
    assert (review.reference, review.state, review.answer_by) == (reference, "open", window.score_review_answer_by)
    with pytest.raises(Refused) as no:
        ask(ana, window)
    assert no.value.codes == {"asked_before"}
    ask(ana, window, "theory", now=window.score_review_closes_at - timedelta(seconds=1))
    assert [one.booking.part for one in open_reviews_of(session, ana.id)] == ["practical", "theory"]


def test_at_the_closing_moment_it_is_too_late(ana, window):
    with pytest.raises(Refused) as no:
        ask(ana, window, now=window.score_review_closes_at)
    assert no.value.codes == {"review_closed"}


def test_what_is_not_published_or_not_theirs_is_not_found(window, house):
    ben = a_candidate("ben", window)
    locked(window, house, {ben: {"theory": 72, "practical": 54}})
    with pytest.raises(NotFound):
        ask(ben, window)
    other = a_candidate("cai", an_exam("202611", window.starts_on + timedelta(days=63)))
    with pytest.raises(NotFound):
        ask_score_review(other.id, result_of(ben, window, "theory").reference, "", by=by(other), now=ASKING)


def test_an_absence_has_no_mark_to_review(window, house):
    ben = a_candidate("ben", window, "absent", "present")
    published(window, house, {ben: {"practical": 54}})
    with pytest.raises(Refused) as no:
        ask(ben, window, "theory")
    assert no.value.codes == {"nothing_to_review"}


def test_a_review_asked_in_the_last_minute_is_answered_next_week_by_a_stranger(session, ana, window, house):
    reference = ask(ana, window, now=window.score_review_closes_at - timedelta(seconds=1))
    later = window.score_review_answer_by + timedelta(days=2)
    answer_score_review(
        reference, "unchanged", "The sheet was added again: 54.", by=acting(house.lead, later), now=later
    )
    review = session.scalars(select(ScoreReview)).one()
    assert (review.state, review.finding, review.answered_by_id) == ("answered", "unchanged", house.lead.id)
    assert session.query(Outcome).count() == 1, "nothing was computed again"
    assert session.scalars(select(OutboxEntry.event).where(OutboxEntry.event == "ScoreReviewAnswered")).all()


def test_whoever_made_or_checked_the_mark_does_not_answer(ana, window, house):
    reference = ask(ana, window)
    for involved, name in ((house.maker, "luru"), (house.checker, "fuhe")):
        both = a_person(f"{name}-too", Role.REVIEW_LEAD)
        actor = acting(both, ASKING).__class__(involved.id, name, acting(both, ASKING).permissions)
        with pytest.raises(Refused) as no:
            answer_score_review(reference, "unchanged", "Same", by=actor, now=ASKING)
        assert no.value.codes == {"answerer_was_involved"}
    with pytest.raises(Refused) as no:
        answer_score_review(reference, "unchanged", "  ", by=acting(house.lead, ASKING), now=ASKING)
    assert no.value.codes == {"reason_missing"}
    with pytest.raises(Refused):
        answer_score_review(reference, "unchanged", "Same", by=acting(house.auditor, ASKING), now=ASKING)


def test_a_correction_is_a_new_version_and_a_new_outcome(session, ana, window, house):
    before = result_of(ana, window, "practical").reference
    reference = ask(ana, window)
    answer_score_review(
        reference,
        "corrected",
        "One page was not added.",
        by=acting(house.lead, ASKING),
        now=ASKING,
        corrected=points(64),
    )
    now_in_force = result_of(ana, window, "practical")
    old = session.scalars(select(Result).where(Result.reference == before)).one()
    assert (old.state, old.mark) == ("superseded", 540)
    assert (now_in_force.state, now_in_force.mark, now_in_force.verdict) == ("published", 640, "pass")
    assert now_in_force.replaces_id == old.id
    assert session.scalars(select(Outcome.verdict).order_by(Outcome.id)).all() == ["partial", "pass"]
    shown = visible_results(session, ana.id, ASKING)[0]
    assert shown.passed
    assert [(one.mark, one.corrected) for one in shown.parts] == [(720, False), (640, True)]
    assert missing_parts(session, ana.id, window.programme_id, "202701") == ()
    with pytest.raises(Refused) as no:
        ask(ana, window)
    assert no.value.codes == {"asked_before"}


def test_a_correction_needs_another_mark(ana, window, house):
    reference, lead = ask(ana, window), acting(house.lead, ASKING)
    for corrected, code in ((None, "mark_missing"), (points(54), "mark_same")):
        with pytest.raises(Refused) as no:
            answer_score_review(reference, "corrected", "x", by=lead, now=ASKING, corrected=corrected)
        assert no.value.codes == {code}
        assert result_of(ana, window, "practical").mark == 540, code


def test_a_review_is_answered_once(ana, window, house):
    reference = ask(ana, window)
    answer_score_review(reference, "unchanged", "Same", by=acting(house.lead, ASKING), now=ASKING)
    with pytest.raises(Refused) as no:
        answer_score_review(
            reference, "corrected", "x", by=acting(house.lead, ASKING), now=ASKING, corrected=points(60)
        )
    assert no.value.codes == {"wrong_state"}


def test_the_queue_shows_what_is_due_first(session, ana, window):
    second = ask(ana, window, "practical")
    first = ask(ana, window, "theory")
    with transaction() as writing:
        row = writing.scalars(select(ScoreReview).where(ScoreReview.reference == first)).one()
        row.answer_by = row.answer_by - timedelta(days=1)
    assert [one.reference for one in review_queue(session, ReviewState.OPEN)] == [first, second]


def test_the_database_keeps_one_review_a_part(session, ana, window):
    ask(ana, window)
    row = session.scalars(select(ScoreReview)).one()
    again = ScoreReview(
        reference="V2609-9999",
        booking_id=row.booking_id,
        result_id=row.result_id,
        learner_id=ana.id,
        state="open",
        version=1,
        asked_at=ASKING,
        answer_by=ASKING,
    )
    with pytest.raises(IntegrityError), transaction() as writing:
        writing.add(again)
