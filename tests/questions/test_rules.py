"""Drawing, marking and the clock of an attempt, from facts alone."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enroll.questions.rules.papers import (
    GRACE,
    PaperItem,
    PooledQuestion,
    Section,
    StartFacts,
    draw,
    full_points,
    is_over,
    is_passed,
    may_start,
    points_for,
    sensible_answers,
)
from enroll.questions.rules.questions import NewQuestion, question_faults
from tests.conftest import NOON

POOL = [PooledQuestion(number, kind, ("A", "B", "C", "D"))
        for number, kind in enumerate(["single"] * 20 + ["multiple"] * 8 + ["judge"] * 8, start=1)]
MOCK = (Section("single", 16, 4), Section("multiple", 6, 4, 2), Section("judge", 6, 2))


def test_the_mock_paper_is_drawn_by_its_blueprint_and_full_at_100():
    paper = draw(POOL, MOCK, "seed")
    kinds = Counter(POOL[item.question - 1].kind for item in paper)
    assert kinds == {"single": 16, "multiple": 6, "judge": 6}
    assert full_points(paper) == 100


def test_the_same_seed_draws_the_same_paper_and_another_seed_another():
    assert draw(POOL, MOCK, "seed") == draw(list(reversed(POOL)), MOCK, "seed")
    assert draw(POOL, MOCK, "seed") != draw(POOL, MOCK, "other")


def test_no_question_comes_twice_and_a_short_pool_gives_all_it_has():
    paper = draw(POOL[:3], [Section("", 2, 2), Section("", 5, 2)], "seed")
    assert sorted(item.question for item in paper) == [1, 2, 3]


def test_true_and_false_are_not_shuffled_and_earn_nothing_in_part():
    item = draw([PooledQuestion(1, "judge", ())], [Section("", 1, 2, 1)], "seed")[0]
    assert (item.options, item.partial) == (("T", "F"), 0)


@pytest.mark.parametrize(
    ("right", "chosen", "earned"),
    [
        ("A", "A", 4), ("A", "B", 0), ("A", "", 0),
        ("AB", "AB", 4), ("AB", "A", 2), ("AB", "AC", 0), ("AB", "ABC", 0), ("AB", "", 0), ("ABC", "AB", 2),
    ],
)
def test_part_of_the_right_answers_earns_part_and_a_wrong_one_nothing(right, chosen, earned):
    assert points_for(right, chosen, 4, 2) == earned


@pytest.mark.parametrize(("points", "full", "passed"), [(59, 100, False), (60, 100, True), (5, 9, False), (6, 9, True),
                                                        (0, 0, False)])
def test_sixty_percent_is_reached_exactly_or_not_at_all(points, full, passed):
    assert is_passed(points, full, 60) is passed


@given(st.dictionaries(st.text(max_size=3), st.lists(st.text(max_size=2), max_size=6), max_size=6))
def test_whatever_is_sent_only_the_paper_s_questions_and_options_are_kept(sent):
    paper = [(PaperItem(1, ("A", "B"), 2, 1), "multiple"), (PaperItem(2, ("A", "B"), 2, 0), "single")]
    kept = sensible_answers(paper, sent | {"1": ["B", "A", "B", "Z"], "2": ["B", "A"]})
    assert kept == {"1": ["A", "B"], "2": ["B"]}


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        (StartFacts(0, 0, None, 10), set()),
        (StartFacts(3, 3, None, 10), {"attempts_used"}),
        (StartFacts(2, 3, NOON - timedelta(minutes=9), 10), {"too_soon"}),
        (StartFacts(2, 3, NOON - timedelta(minutes=10), 10), set()),
        (StartFacts(99, 0, None, 0), set()),
    ],
)
def test_an_attempt_waits_for_the_cool_down_and_for_the_next_day(facts, codes):
    assert {problem.code for problem in may_start(facts, NOON)} == codes


def test_the_time_is_over_a_grace_after_it_is_due():
    assert not is_over(NOON, NOON + GRACE - timedelta(seconds=1))
    assert is_over(NOON, NOON + GRACE)


def a_question(**changes):
    made = {"code": "Q1", "kind": "single", "topic": "G1-M1", "section": "general", "stem": "哪个？",
            "options": {"A": "一", "B": "二"}, "answer": ("A",)}
    return NewQuestion(**(made | changes))


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, set()),
        ({"kind": "judge", "options": {}, "answer": ("T",)}, set()),
        ({"kind": "multiple", "answer": ("A", "B")}, set()),
        ({"kind": "essay"}, {"kind_unknown"}),
        ({"stem": "  "}, {"stem_missing"}),
        ({"options": {"A": "一"}}, {"options_missing"}),
        ({"options": {"A": "一", "B": " "}}, {"options_missing"}),
        ({"answer": ("Z",)}, {"answer_unknown"}),
        ({"answer": ()}, {"answer_unknown"}),
        ({"answer": ("A", "B")}, {"answer_count"}),
        ({"kind": "multiple"}, {"answer_count"}),
        ({"kind": "judge", "options": {}, "answer": ("A",)}, {"answer_unknown"}),
    ],
)
def test_a_question_that_cannot_be_asked_says_why(changes, codes):
    assert {problem.code for problem in question_faults(a_question(**changes))} == codes
