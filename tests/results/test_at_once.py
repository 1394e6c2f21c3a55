"""Several people at the same moment: makers, checkers, publishers, learners who poll
(security.md, A020, A085, A087)."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from enroll.foundation.problems import Refused
from enroll.results.models import MarkEntry, Outcome, Publication, Result
from enroll.results.queries.visible import visible_results
from enroll.results.rules.rows import TypedMark
from enroll.results.services.checking import check_marks, decide_difference
from enroll.results.services.entering import enter_marks
from enroll.results.services.opening import open_results
from enroll.results.services.publishing import publish_results, unlock_sitting
from enroll.results.services.reviews import answer_score_review, ask_score_review
from enroll.storage.database import again_if_crowded, db
from tests.at_once import at_once
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
    sitting_code,
)


@pytest.fixture
def house(app):
    return House()


@pytest.fixture
def window(app):
    return an_exam()


def test_results_opened_by_five_at_once_stand_once(app, session, window, house):
    for number in range(4):
        a_candidate(f"p{number}", window)
    by, code = acting(house.maker), sitting_code(window, "theory")
    session.rollback()
    given = at_once(app, *[lambda: again_if_crowded(lambda: open_results(code, by=by, now=MARKING))] * 5)
    assert sorted(given, key=str) == [0, 0, 0, 0, 4]
    assert session.query(Result).count() == 4


def test_of_two_second_entries_at_once_one_stands(app, session, window, house):
    ana = a_candidate("ana", window)
    opened(window, by=acting(house.maker))
    enter(ana, window, "theory", 70, by=acting(house.maker))
    reference, code = result_of(ana, window, "theory").reference, sitting_code(window, "theory")
    checker, third = acting(house.checker), acting(house.third)
    session.rollback()

    def checks(by, mark):
        return lambda: (
            again_if_crowded(lambda: check_marks(code, [TypedMark(reference, points(mark))], by=by, now=MARKING))[
                0
            ].outcome
        )

    given = at_once(app, checks(checker, 70), checks(third, 60))
    assert sorted(given) == ["done", "refused"]
    assert session.query(MarkEntry).filter_by(entry_no=2).count() == 1


def test_a_first_entry_changed_while_it_is_checked_comes_out_in_one_order(app, session, window, house):
    ana = a_candidate("ana", window)
    opened(window, by=acting(house.maker))
    enter(ana, window, "theory", 70, by=acting(house.maker))
    reference, code = result_of(ana, window, "theory").reference, sitting_code(window, "theory")
    maker, checker = acting(house.maker), acting(house.checker)
    session.rollback()
    at_once(
        app,
        lambda: again_if_crowded(lambda: enter_marks(code, [TypedMark(reference, points(71))], by=maker, now=MARKING)),
        lambda: again_if_crowded(
            lambda: check_marks(code, [TypedMark(reference, points(70))], by=checker, now=MARKING)
        ),
    )
    row = result_of(ana, window, "theory")
    assert (row.state, row.mark) in {("checked", 700), ("discrepancy", None)}
    first = [one.mark for one in row.entries if one.entry_no == 1][-1]
    assert (row.state == "checked") == (first == 700)


def test_of_two_deciders_at_once_one_decides(app, session, window, house):
    ana = a_candidate("ana", window)
    opened(window, by=acting(house.maker))
    enter(ana, window, "theory", 70, by=acting(house.maker))
    check(ana, window, "theory", 60, by=acting(house.checker))
    reference, third = result_of(ana, window, "theory").reference, acting(house.third)
    session.rollback()

    def decides(mark):
        return lambda: again_if_crowded(
            lambda: decide_difference(reference, points(mark), by=third, now=MARKING, reason="seen")
        )

    given = at_once(app, decides(70), decides(60))
    assert sum(isinstance(one, Refused) for one in given) == 1
    assert session.query(MarkEntry).filter_by(entry_no=3).count() == 1


def test_a_window_published_by_five_at_once_is_published_once(app, session, window, house):
    ana = a_candidate("ana", window)
    locked(window, house, {ana: {"theory": 72, "practical": 54}})
    code, lead = window.code, acting(house.lead)
    session.rollback()
    given = at_once(app, *[lambda: again_if_crowded(lambda: publish_results(code, by=lead, now=PUBLISHING))] * 5)
    assert sum(one == 2 for one in given) == 1
    assert sum(isinstance(one, Refused) for one in given) == 4
    assert (session.query(Publication).count(), session.query(Outcome).count()) == (1, 1)


def test_unlocking_and_publishing_at_once_never_publishes_half(app, session, window, house):
    people = [a_candidate(f"p{number}", window) for number in range(3)]
    locked(window, house, {one: {"theory": 72, "practical": 54} for one in people})
    code, theory, lead = window.code, sitting_code(window, "theory"), acting(house.lead)
    session.rollback()
    at_once(
        app,
        lambda: again_if_crowded(lambda: publish_results(code, by=lead, now=PUBLISHING)),
        lambda: again_if_crowded(lambda: unlock_sitting(theory, by=lead, now=PUBLISHING, reason="late list")),
    )
    states = set(session.scalars(select(Result.state)))
    if session.query(Publication).count():
        assert states == {"published"}
    else:
        assert "published" not in states


def test_learners_who_poll_during_the_publication_see_nothing_or_everything(app, session, window, house):
    people = [a_candidate(f"p{number}", window) for number in range(6)]
    locked(window, house, {one: {"theory": 72, "practical": 81} for one in people})
    code, lead, ids = window.code, acting(house.lead), [one.id for one in people]
    over = threading.Event()
    session.rollback()

    def publishes():
        try:
            return again_if_crowded(lambda: publish_results(code, by=lead, now=PUBLISHING))
        finally:
            over.set()

    def polls(learner_id):
        seen = set()
        for _ in range(10_000):
            finished = over.is_set()
            shown = visible_results(db.session(), learner_id, PUBLISHING + timedelta(seconds=1))
            seen.add(tuple((one.verdict, tuple((part.part, part.mark) for part in one.parts)) for one in shown))
            db.session.rollback()
            if finished:
                return seen
        return seen

    given = at_once(app, publishes, *[lambda one=one: polls(one) for one in ids])
    whole = (("pass", (("theory", 720), ("practical", 810))),)
    assert given[0] == 12
    for seen in given[1:]:
        assert not isinstance(seen, Exception), seen
        assert seen <= {(), whole}
        assert whole in seen


def test_a_review_answered_by_two_at_once_is_answered_once(app, session, window, house):
    ana = a_candidate("ana", window)
    published(window, house, {ana: {"theory": 72, "practical": 54}})
    reference = ask_score_review(
        ana.id, result_of(ana, window, "practical").reference, "", now=PUBLISHING, by=ana.account.actor_at(PUBLISHING)
    )
    lead = acting(house.lead)
    session.rollback()

    def answers(mark):
        return lambda: again_if_crowded(
            lambda: answer_score_review(reference, "corrected", "x", by=lead, now=PUBLISHING, corrected=points(mark))
        )

    given = at_once(app, answers(61), answers(62))
    assert sum(isinstance(one, Refused) for one in given) == 1
    assert session.query(Outcome).count() == 2
