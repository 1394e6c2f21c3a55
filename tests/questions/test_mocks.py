"""Mock exams on the real database: drawn, timed by the server, saved from two devices, handed in by themselves."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from enroll.foundation.actor import SYSTEM
from enroll.foundation.problems import NotFound, Refused
from enroll.questions.jobs import finish_mocks
from enroll.questions.models import BankQuestion, QuestionCard, QuizAttempt
from enroll.questions.queries.mocks import mock_exams, my_mock, my_mocks, scores_by_module
from enroll.questions.queries.papers import shown_paper
from enroll.questions.rules.papers import (
    GRACE,
    PooledQuestion,
    Section,
    blueprint_faults,
    changed_answers,
    draw,
)
from enroll.questions.services.attempts import save_answers
from enroll.questions.services.mocks import end_mock, start_mock, submit_mock
from enroll.storage.database import again_if_crowded
from tests.at_once import at_once
from tests.builders.quizzes import BANKER, a_bank, a_mock_exam, the_modules
from tests.builders.study import a_student, learner_of
from tests.conftest import NOON

TIME = timedelta(minutes=45)
SECOND = timedelta(seconds=1)
KINDS = [(kind, topic, level) for kind in ("single", "multiple", "fill") for topic in ("A", "B") for level in (1, 2, 3)]
POOL = [PooledQuestion(number, kind, ("A", "B"), topic, level) for number, (kind, topic, level) in
        enumerate(KINDS * 2, start=1)]


# From facts alone.

def test_a_blueprint_counts_by_type_module_and_difficulty():
    sections = [Section("single", 2, 1, topic="A", difficulty=3), Section("fill", 3, 2, topic="B"),
                Section("multiple", 4, 2, 1)]
    paper = draw(POOL, sections, "seed")
    bank = {one.id: one for one in POOL}
    assert Counter((bank[item.question].kind, item.points) for item in paper) == {
        ("single", 1): 2, ("fill", 2): 3, ("multiple", 2): 4}
    assert {(bank[item.question].topic, bank[item.question].difficulty) for item in paper[:2]} == {("A", 3)}


@pytest.mark.parametrize(
    ("sections", "code"),
    [
        ([], "blueprint_empty"),
        ([Section("short", 1, 1)], "section_kind"),
        ([Section("single", 0, 1)], "section_numbers"),
        ([Section("multiple", 1, 2, 2)], "section_numbers"),
        ([Section("single", 1, 2, 1)], "section_partial"),
        ([Section("single", 1, 1, difficulty=9)], "difficulty_unknown"),
        ([Section("single", 13, 1)], "pool_short"),
    ],
)
def test_a_paper_that_cannot_be_drawn_is_not_planned(sections, code):
    assert {one.code for one in blueprint_faults(sections, POOL)} == {code}


@pytest.mark.parametrize(
    ("kept", "given", "seen", "after"),
    [
        ({"1": ["A"]}, {"2": ["B"]}, {}, {"1": ["A"], "2": ["B"]}),  # another device answered 1 meanwhile
        ({"1": ["A"]}, {"1": ["B"]}, {"1": ["A"]}, {"1": ["B"]}),
        ({"1": ["A"]}, {}, {"1": ["A"]}, {}),  # taken back here
        ({"1": ["C"]}, {"1": ["A"]}, {"1": ["A"]}, {"1": ["C"]}),  # untouched here, changed there
        ({}, {"1": ["A", "B"]}, {"1": ["B", "A"]}, {}),
    ],
)
def test_a_page_writes_only_what_it_changed(kept, given, seen, after):
    assert changed_answers(kept, given, seen) == after


# On the real database.

@pytest.fixture
def learner(session):
    enrolment = a_student()
    the_modules()
    a_bank()
    a_mock_exam()
    return learner_of(enrolment)


def begun(learner, now=NOON, **more):
    return start_mock("MOCK-1", by=learner, now=now, **more)


def own(session, learner, token):
    session.rollback()
    return my_mock(session, learner.account_id, token)


def all_right(session, learner, token):
    answers = {"single": ["A"], "multiple": ["A", "B"], "judge": ["T"]}
    kinds = {one.id: one.kind for one in session.scalars(select(BankQuestion))}
    return {str(item["question"]): answers[kinds[item["question"]]] for item in own(session, learner, token).paper}


def test_the_same_number_draws_the_same_paper_for_everybody(session, learner):
    a_bank("G1-M2", single=20)
    papers = []
    for person in (learner, learner_of(a_student("wangfang"))):
        for number in ("202611", "202612"):
            token = begun(person, paper_number=number)
            papers.append((number, own(session, person, token).paper))
            submit_mock(token, {}, by=person, now=NOON)
    first, second, third, fourth = (paper for _, paper in papers)
    assert first == third
    assert second == fourth
    assert first != second


@pytest.mark.parametrize("number", ["x", "123456789", "-1", "1 2", "１２"])
def test_a_paper_number_has_digits(session, learner, number):
    with pytest.raises(Refused):
        begun(learner, paper_number=number)


def test_a_second_device_goes_on_with_the_same_paper_and_loses_nothing(session, learner):
    token = begun(learner)
    assert begun(learner, NOON + SECOND) == token
    first, second, *_ = all_right(session, learner, token).items()
    save_answers(token, dict([first]), by=learner, now=NOON, seen={})
    save_answers(token, dict([second]), by=learner, now=NOON, seen={})  # opened before the first had saved
    assert own(session, learner, token).answers == dict([first, second])


def test_two_devices_that_save_at_once_lose_nothing(app, session, learner):
    token = begun(learner)
    answers = all_right(session, learner, token)
    session.rollback()
    at_once(app, *[lambda one=one: again_if_crowded(
        lambda: save_answers(token, dict([one]), by=learner, now=NOON, seen={})) for one in answers.items()])
    assert own(session, learner, token).answers == answers


def test_until_the_last_second_and_its_grace_answers_are_taken_and_then_no_more(session, learner):
    token = begun(learner)
    answers = all_right(session, learner, token)
    end = NOON + TIME + GRACE
    save_answers(token, answers, by=learner, now=end - SECOND, seen={})
    for late in (end, end + SECOND):
        with pytest.raises(Refused):
            save_answers(token, {}, by=learner, now=late, seen=answers)
    marked = submit_mock(token, {}, by=learner, now=end + SECOND)
    assert (marked.points, marked.submitted_at) == (28, NOON + TIME)


def test_the_job_hands_in_what_was_saved_once_and_not_before_the_end(session, learner):
    token = begun(learner)
    answers = all_right(session, learner, token)
    save_answers(token, answers, by=learner, now=NOON, seen={})
    finish_mocks(NOON + TIME + GRACE - SECOND)
    assert own(session, learner, token).submitted_at is None
    session.rollback()
    for _ in range(2):
        finish_mocks(NOON + TIME + GRACE)
    attempt = own(session, learner, token)
    assert (attempt.points, attempt.submitted_at) == (28, NOON + TIME)
    assert set(session.scalars(select(QuestionCard.times_asked))) == {1}


def test_what_goes_wrong_goes_into_the_wrong_answer_book_once(session, learner):
    token = begun(learner)
    answers = all_right(session, learner, token)
    wrong = next(key for key, chosen in answers.items() if chosen == ["A"])
    for _ in range(2):
        submit_mock(token, {**answers, wrong: ["B"]}, by=learner, now=NOON)
    session.rollback()
    cards = {card.question_id: card for card in session.scalars(select(QuestionCard))}
    assert [number for number, card in cards.items() if card.in_book] == [int(wrong)]
    assert {card.times_asked for card in cards.values()} == {1}


def test_the_report_adds_up_by_module_with_the_weakest_first(session, learner):
    a_bank("G1-M2", single=20)
    token = begun(learner, paper_number="7")
    answers = all_right(session, learner, token)
    topics = {one.id: one.topic for one in session.scalars(select(BankQuestion))}
    submit_mock(token, {key: chosen for key, chosen in answers.items() if topics[int(key)] == "G1-M1"}, by=learner,
                now=NOON)
    attempt = own(session, learner, token)
    scores = scores_by_module(session, attempt)
    assert [one.code for one in scores] == ["G1-M2", "G1-M1"]
    assert [one.percent for one in scores] == [0, 100]
    assert sum(one.points for one in scores) == attempt.points
    assert sum(one.full for one in scores) == attempt.full_points


def test_right_answers_are_not_given_to_a_page_before_handing_in(session, learner):
    token = begun(learner)
    shown = shown_paper(session, own(session, learner, token))
    assert all(one.right is None and one.explanation == "" for one in shown)


def test_another_s_mock_exam_is_not_there(session, learner):
    token = begun(learner)
    stranger = learner_of(a_student("stranger"))
    session.rollback()
    assert my_mock(session, stranger.account_id, token) is None
    for act in (lambda: submit_mock(token, None, by=stranger, now=NOON), lambda: submit_mock(token, None, by=SYSTEM,
                                                                                             now=NOON)):
        with pytest.raises(NotFound):
            act()


def test_a_mock_exam_is_offered_between_its_days(session, learner):
    a_mock_exam("MOCK-2", holds_from=(NOON + timedelta(days=1)).date())
    assert [one.quiz.code for one in mock_exams(session, "CAIP", NOON.date())] == ["MOCK-1"]
    with pytest.raises(NotFound):
        start_mock("MOCK-2", by=learner, now=NOON)
    token = begun(learner)
    end_mock("MOCK-1", by=BANKER, now=NOON)
    with pytest.raises(NotFound):
        begun(learner)
    submit_mock(token, {}, by=learner, now=NOON)
    session.rollback()
    assert [one.token for one in my_mocks(session, learner.account_id)] == [token]


def test_two_presses_at_once_begin_one_mock_exam(app, session, learner):
    tokens = at_once(app, *[lambda: again_if_crowded(lambda: begun(learner))] * 4)
    session.rollback()
    assert session.scalars(select(QuizAttempt.token)).all() == [tokens[0]]
    assert len(set(tokens)) == 1
