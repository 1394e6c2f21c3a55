"""Attempts on the real database: frozen, timed by the server, marked once, and the account's own."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from enroll.accounts.permissions import Role
from enroll.foundation.problems import NotFound, Refused
from enroll.questions.models import BankQuestion, QuizAttempt
from enroll.questions.queries.bank import as_new, question_by_code
from enroll.questions.queries.papers import attempt_of, attempts_for, shown_paper
from enroll.questions.rules.papers import GRACE
from enroll.questions.services.attempts import finish_overdue, save_answers, start_attempt, submit_attempt
from enroll.questions.services.bank import add_question, add_questions, edit_question
from enroll.storage.database import again_if_crowded
from tests.at_once import at_once
from tests.builders.quizzes import BANKER, a_bank, a_mock_paper, a_quiz
from tests.builders.study import a_colleague, a_person, acting
from tests.conftest import NOON
from tests.questions.test_rules import a_question

LESSON = "lesson:G1-M1-Q"
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def learner(session):
    a_bank()
    a_quiz()
    return acting(a_person("zhangwei", Role.LEARNER))


def begun(learner, now=NOON, code="G1-M1-Q"):
    return start_attempt(code, purpose=LESSON, by=learner, now=now)


def all_right(session, learner, token):
    attempt = attempt_of(session, learner.account_id, token)
    bank = {question.id: question.answer for question in session.scalars(select(BankQuestion))}
    return {str(item["question"]): bank[item["question"]] for item in attempt.paper}


def test_an_attempt_freezes_its_paper_and_its_time(session, learner):
    attempt = attempt_of(session, learner.account_id, begun(learner))
    assert len(attempt.paper) == 5
    assert attempt.due_at == NOON + timedelta(minutes=15)
    token, before = attempt.token, shown_paper(session, attempt)
    for code in session.scalars(select(BankQuestion.code)).all():
        known = as_new(question_by_code(session, code))
        edit_question(code, replace(known, stem=f"改过的{known.stem}"), by=BANKER, now=NOON, alike_too=True)
    assert shown_paper(session, attempt_of(session, learner.account_id, token)) == before


def test_all_right_passes_and_all_wrong_does_not(session, learner):
    token = begun(learner)
    marked = submit_attempt(token, all_right(session, learner, token), by=learner, now=LATER)
    assert (marked.passed, marked.points, marked.full_points, marked.submitted_at) == (True, 10, 10, LATER)
    other = begun(learner, LATER)
    marked = submit_attempt(other, {}, by=learner, now=LATER + timedelta(minutes=1))
    assert (marked.passed, marked.points) == (False, 0)


def test_handing_in_twice_gives_the_same_outcome(session, learner):
    token = begun(learner)
    first = submit_attempt(token, {}, by=learner, now=LATER)
    again = submit_attempt(token, all_right(session, learner, token), by=learner, now=LATER)
    assert first == again


def test_what_is_saved_is_there_when_the_attempt_is_opened_again(session, learner):
    token = begun(learner)
    answers = all_right(session, learner, token)
    save_answers(token, answers, by=learner, now=LATER)
    assert begun(learner, LATER) == token
    session.expire_all()
    shown = shown_paper(session, attempt_of(session, learner.account_id, token))
    assert {str(question.id): list(question.chosen) for question in shown} == answers


def test_after_the_time_only_what_was_saved_counts(session, learner):
    token = begun(learner)
    right = all_right(session, learner, token)
    one = dict([next(iter(right.items()))])
    save_answers(token, one, by=learner, now=LATER)
    late = NOON + timedelta(minutes=15) + GRACE
    with pytest.raises(Refused):
        save_answers(token, right, by=learner, now=late)
    marked = submit_attempt(token, right, by=learner, now=late)
    assert marked.points == 2
    assert marked.submitted_at == NOON + timedelta(minutes=15)


def test_within_the_grace_what_is_handed_in_counts(session, learner):
    token = begun(learner)
    just = NOON + timedelta(minutes=15) + GRACE - timedelta(seconds=1)
    assert submit_attempt(token, all_right(session, learner, token), by=learner, now=just).points == 10


def test_an_attempt_nobody_hands_in_is_handed_in_by_the_job_once(session, learner):
    token = begun(learner)
    save_answers(token, all_right(session, learner, token), by=learner, now=LATER)
    assert finish_overdue(LATER, "lesson:") == []
    late = NOON + timedelta(hours=1)
    assert finish_overdue(late, "practice:") == []
    done = finish_overdue(late, "lesson:")
    assert [(one.token, one.passed) for one in done] == [(token, True)]
    assert finish_overdue(late, "lesson:") == []


def test_a_forgotten_attempt_is_closed_by_the_next_start_and_its_cool_down_holds(session, learner):
    begun(learner)
    with pytest.raises(Refused) as refused:
        begun(learner, NOON + timedelta(minutes=16))
    assert refused.value.codes == {"too_soon"}
    assert begun(learner, NOON + timedelta(minutes=26))


def test_another_person_s_attempt_is_the_same_as_none(session, learner):
    token = begun(learner)
    stranger = a_colleague(Role.LEARNER, name="stranger")
    assert attempt_of(session, stranger.account_id, token) is None
    for act in (save_answers, submit_attempt):
        with pytest.raises(NotFound):
            act(token, {}, by=stranger, now=LATER)


def test_the_right_answers_are_given_to_a_page_only_after_handing_in(session, learner):
    token = begun(learner)
    for question in shown_paper(session, attempt_of(session, learner.account_id, token)):
        assert (question.right, question.explanation, question.earned) == (None, "", None)
    submit_attempt(token, {}, by=learner, now=LATER)
    session.expire_all()
    shown = shown_paper(session, attempt_of(session, learner.account_id, token))
    assert all(question.right and question.explanation for question in shown)


def test_a_limit_of_attempts_is_for_the_day_in_beijing(session, learner):
    a_quiz("limited", attempts_a_day=2, cool_down_minutes=0)
    for number in range(2):
        moment = NOON + timedelta(minutes=number)
        submit_attempt(begun(learner, moment, "limited"), {}, by=learner, now=moment)
    with pytest.raises(Refused) as refused:
        begun(learner, NOON + timedelta(minutes=3), "limited")
    assert refused.value.codes == {"attempts_used"}
    assert begun(learner, NOON + timedelta(hours=14), "limited")  # midnight in Beijing has passed
    assert len(attempts_for(session, learner.account_id, LESSON)) == 3


def test_a_paper_by_blueprint_is_drawn_from_its_section(session, learner):
    a_mock_paper()
    attempt = attempt_of(session, learner.account_id, begun(learner, code="mock_paper"))
    assert attempt.full_points == 4 * 4 + 2 * 4 + 2 * 2


def test_an_unknown_quiz_is_not_found_and_an_empty_one_says_so(session, learner):
    with pytest.raises(NotFound):
        begun(learner, code="nothing")
    a_quiz("empty", topic="Z9")
    with pytest.raises(Refused) as refused:
        begun(learner, code="empty")
    assert refused.value.codes == {"no_questions"}


def test_questions_come_all_or_none_and_no_code_twice(session, learner):
    before = session.scalar(select(func.count(BankQuestion.id)))
    for faulty in ([a_question(), a_question(code="Q2", answer=("Z",))], [a_question(), a_question()],
                   [a_question(code="G1-M1-single-0")]):
        with pytest.raises(Refused):
            add_questions(faulty, by=BANKER, now=NOON)
    assert session.scalar(select(func.count(BankQuestion.id))) == before
    add_question(a_question(), by=BANKER, now=NOON)


def test_two_presses_at_once_open_one_attempt(app, session, learner):
    tokens = at_once(app, *[lambda: again_if_crowded(lambda: begun(learner))] * 6)
    session.rollback()
    assert len(set(tokens)) == 1
    assert session.scalar(select(func.count(QuizAttempt.id))) == 1
