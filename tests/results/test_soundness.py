"""What `flask doctor` asks of results: quiet on sound ones, and loud on every fault that is planted."""

import pytest
from sqlalchemy import text, update

from enroll.results.models import MarkEntry, Outcome, Publication, Result, ResultMove
from enroll.results.queries.soundness import unsound_results
from enroll.results.services.checking import decide_difference
from enroll.results.services.publishing import publish_results
from enroll.results.services.reviews import answer_score_review, ask_score_review
from enroll.storage.database import transaction
from tests.builders.award import (
    MARKING,
    PUBLISHING,
    House,
    a_candidate,
    acting,
    an_exam,
    check,
    enter,
    locked,
    opened,
    points,
    published,
    result_of,
)


@pytest.fixture
def house(app):
    return House()


@pytest.fixture
def window(app):
    return an_exam()


def only(session):
    return " · ".join(unsound_results(session))


def test_sound_results_give_no_sentence(session, window, house):
    ana, ben = a_candidate("ana", window), a_candidate("ben", window, "present", "absent")
    published(window, house, {ana: {"theory": 72, "practical": 54}, ben: {"theory": 90}})
    reference = ask_score_review(
        ana.id, result_of(ana, window, "practical").reference, "", by=ana.account.actor_at(PUBLISHING), now=PUBLISHING
    )
    answer_score_review(reference, "corrected", "x", by=acting(house.lead), now=PUBLISHING, corrected=points(60))
    assert list(unsound_results(session)) == []


def test_a_decided_difference_is_sound(session, window, house):
    ana = a_candidate("ana", window)
    opened(window, by=acting(house.maker))
    enter(ana, window, "theory", 68, by=acting(house.maker))
    check(ana, window, "theory", 63, by=acting(house.checker))
    decide_difference(
        result_of(ana, window, "theory").reference, points(65), by=acting(house.third), now=MARKING, reason="x"
    )
    assert list(unsound_results(session)) == []


def plant(result, **changes):
    with transaction() as session:
        session.execute(update(Result).where(Result.id == result.id).values(**changes))


def test_a_mark_that_is_not_the_one_two_people_entered_is_named(session, window, house):
    ana = a_candidate("ana", window)
    locked(window, house, {ana: {"theory": 72, "practical": 54}})
    row = result_of(ana, window, "theory")
    plant(row, mark=900)
    assert only(session) == f"result {row.reference} does not rest on two equal entries of two people"


def test_one_persons_entry_is_not_enough_however_the_state_came_about(session, window, house):
    ana = a_candidate("ana", window)
    opened(window, by=acting(house.maker))
    enter(ana, window, "theory", 72, by=acting(house.maker))
    row = result_of(ana, window, "theory")
    with transaction() as writing:
        writing.execute(text("UPDATE result SET state = 'checked', mark = 720 WHERE id = :id"), {"id": row.id})
    assert "rests on the entry of one person" in only(session)
    with transaction() as writing:
        writing.add(MarkEntry(result_id=row.id, entry_no=2, mark=720, made_by_id=house.maker.id, made_at=MARKING))
    assert "does not rest on two equal entries of two people" in only(session)
    with transaction() as writing:
        writing.add(MarkEntry(result_id=row.id, entry_no=3, mark=720, made_by_id=house.maker.id, made_at=MARKING))
    assert "does not rest on the decision of a third person" in only(session)


def test_a_file_accepted_by_who_brought_it_is_named(session, window, house):
    ana = a_candidate("ana", window)
    opened(window, by=acting(house.maker))
    enter(ana, window, "theory", 72, by=acting(house.maker))
    row = result_of(ana, window, "theory")
    with transaction() as writing:
        writing.execute(text("UPDATE result SET state = 'checked', mark = 720 WHERE id = :id"), {"id": row.id})
        writing.add(
            ResultMove(
                record_id=row.id,
                move="accept",
                from_state="entered",
                to_state="checked",
                version=3,
                made_at=MARKING,
                made_by_id=house.maker.id,
                made_by_name="luru",
                reason="",
            )
        )
    assert "was accepted by the person who entered it" in only(session)


def test_an_attendance_with_a_mark_is_named(session, window, house):
    ana = a_candidate("ana", window, "absent", "absent")
    opened(window, by=acting(house.maker))
    plant(result_of(ana, window, "theory"), verdict="pass", mark=0)
    assert "was settled by the attendance, but has a mark" in only(session)


def test_half_a_publication_is_named_from_both_sides(session, window, house):
    ana = a_candidate("ana", window)
    locked(window, house, {ana: {"theory": 72, "practical": 54}})
    row = result_of(ana, window, "theory")
    with transaction() as writing:
        writing.execute(text("UPDATE result SET state = 'published' WHERE id = :id"), {"id": row.id})
    assert "is published, and the publication of its window says otherwise" in only(session)
    assert "is published without an outcome" in only(session)
    with transaction() as writing:
        writing.add(Publication(window_id=window.id, published_at=PUBLISHING, published_by_id=house.lead.id, results=1))
    assert "is locked, and the publication of its window says otherwise" in only(session)


def test_an_outcome_before_the_publication_is_named(session, window, house):
    ana = a_candidate("ana", window)
    with transaction() as writing:
        writing.add(
            Outcome(
                learner_id=ana.id,
                programme_id=window.programme_id,
                window_id=window.id,
                verdict="pass",
                by_part={},
                rules={},
                computed_at=MARKING,
            )
        )
    assert only(session) == "1 outcomes stand without a publication"


def test_a_review_answered_by_the_checker_and_a_result_replaced_without_one_are_named(session, window, house):
    ana = a_candidate("ana", window)
    locked(window, house, {ana: {"theory": 72, "practical": 54}})
    publish_results(window.code, by=acting(house.lead), now=PUBLISHING)
    reference = ask_score_review(
        ana.id, result_of(ana, window, "theory").reference, "", now=PUBLISHING, by=ana.account.actor_at(PUBLISHING)
    )
    answer_score_review(reference, "unchanged", "x", by=acting(house.lead), now=PUBLISHING)
    with transaction() as writing:
        writing.execute(text("UPDATE score_review SET answered_by_id = :id"), {"id": house.checker.id})
        writing.execute(
            text("UPDATE result SET state = 'superseded' WHERE id = :id"),
            {"id": result_of(ana, window, "practical").id},
        )
    found = only(session)
    assert "was answered by somebody who made or checked the mark" in found
    assert "was replaced without a score review" in found
