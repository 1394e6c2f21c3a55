"""Choosing questions, repetition, days in a row: from facts alone; and practice on the real database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from enroll.accounts.permissions import Role
from enroll.enrolments.lifecycle import EnrolmentState
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NotFound, Refused
from enroll.hours.models import LedgerEntry
from enroll.questions.models import BankQuestion, PracticeDay, PracticeRound, QuestionCard
from enroll.questions.queries.papers import pool_of_topics
from enroll.questions.queries.practice import known_of, numbers_in_book, today_of, topics_for
from enroll.questions.rules.papers import PooledQuestion
from enroll.questions.rules.practice import Known, Mode, chosen_for, days_in_a_row, weakest_first
from enroll.questions.rules.questions import NewQuestion
from enroll.questions.rules.repetition import LONGEST_DAYS, Recall, remembered
from enroll.questions.services.bank import add_questions, move_question
from enroll.questions.services.practice import (
    Wish,
    answer_question,
    compare_answer,
    keep_favourite_in,
    leave_book,
    set_goal,
    start_round,
)
from enroll.storage.database import again_if_crowded
from tests.at_once import at_once
from tests.builders.quizzes import BANKER, a_bank, the_modules
from tests.builders.study import a_colleague, a_student, learner_of
from tests.conftest import NOON

DAY = timedelta(days=1)
POOL = [PooledQuestion(number, "single", ("A", "B"), topic) for number, topic in enumerate("AAABBB", start=1)]
TYPED = [
    NewQuestion("F1", "fill", "G1-M2", "general", "检索增强生成的缩写是____？", ("RAG", "检索增强生成")),
    NewQuestion("S1", "short", "G1-M2", "general", "什么是幻觉？", ("没有依据的内容。",), explanation="须核查。"),
]


# From facts alone.

def test_the_weakest_module_comes_first_and_in_it_what_went_wrong():
    known = {1: Known(4, 4), 4: Known(2, 0), 5: Known(1, 1)}
    order = [one.id for one in weakest_first(POOL, known)]
    assert order[0] == 4
    assert order[-1] == 1


def test_by_module_what_was_never_asked_comes_first():
    chosen = chosen_for(Mode.MODULE, POOL, {1: Known(1, 1), 2: Known(1, 0)}, size=5, topic="A", seed="x")
    assert chosen[0].id == 3
    assert {one.id for one in chosen} == {1, 2, 3}


def test_the_book_the_due_and_the_favourites_hold_their_own():
    known = {1: Known(1, 0, in_book=True, is_due=True), 2: Known(1, 0, in_book=True), 3: Known(0, 0, favourite=True)}
    asked = {mode: {one.id for one in chosen_for(mode, POOL, known, size=20, topic="", seed="x")}
             for mode in (Mode.DUE, Mode.BOOK, Mode.FAVOURITES, Mode.RANDOM)}
    assert asked == {Mode.DUE: {1}, Mode.BOOK: {1, 2}, Mode.FAVOURITES: {3}, Mode.RANDOM: {1, 2, 3, 4, 5, 6}}


@given(st.lists(st.sampled_from(list(Recall)), min_size=1, max_size=12))
def test_a_question_is_due_on_a_later_day_and_within_the_longest_time(recalls):
    memory, now = None, NOON
    for recall in recalls:
        memory = remembered(memory, recall, now)
        assert local_day(now) < local_day(memory.due_at) <= local_day(now) + timedelta(days=LONGEST_DAYS)
        assert memory.stability > 0
        assert 1000 <= memory.hardness <= 10_000
        now = memory.due_at + timedelta(hours=20)


def test_what_went_right_comes_later_than_what_went_wrong():
    right, wrong = (remembered(None, recall, NOON).due_at for recall in (Recall.RIGHT, Recall.WRONG))
    assert wrong < right


@pytest.mark.parametrize(
    ("days", "row"), [((), 0), ((22,), 1), ((21,), 1), ((20,), 0), ((20, 21), 2), ((19, 20, 21, 22), 4), ((19, 21), 1)],
)
def test_days_in_a_row_leave_today_open(days, row):
    assert days_in_a_row([date(2026, 11, day) for day in days], date(2026, 11, 22)) == row


# On the real database.

@pytest.fixture
def learner(session):
    enrolment = a_student()
    the_modules()
    a_bank()
    add_questions(TYPED, by=BANKER, now=NOON)
    return learner_of(enrolment)


def begun(learner, now=NOON, **wish):
    return start_round(Wish(**({"mode": Mode.MODULE, "topic": "G1-M1", "size": 10} | wish)), by=learner, now=now)


def answered(session, learner, token, *, right, now=NOON, places=None):
    session.rollback()
    found = session.scalar(select(PracticeRound).where(PracticeRound.token == token))
    kinds = {one.id: one.kind for one in session.scalars(select(BankQuestion))}
    answers = {"single": "A", "multiple": "AB", "judge": "T"} if right else \
        {"single": "B", "multiple": "C", "judge": "F"}
    paper = list(enumerate(found.paper, start=1))
    session.rollback()
    for place, item in paper:
        if places is None or place in places:
            answer_question(token, place, list(answers[kinds[item["question"]]]), by=learner, now=now)


def card(session):
    session.rollback()
    return session.scalars(select(QuestionCard).order_by(QuestionCard.id)).first()


def test_what_goes_wrong_is_in_the_book_until_it_went_right_on_three_days(session, learner):
    answered(session, learner, begun(learner), right=False, places={1})
    assert card(session).in_book
    for day in range(1, 4):
        now = NOON + day * DAY
        token = begun(learner, now, mode=Mode.BOOK)
        answered(session, learner, token, right=True, now=now)
        again = begun(learner, now + timedelta(hours=1), mode=Mode.BOOK) if day < 3 else None
        if again:  # twice on one day is once
            answered(session, learner, again, right=True, now=now + timedelta(hours=1))
        assert card(session).in_book == (day < 3), day
    with pytest.raises(Refused) as refused:
        begun(learner, NOON + 4 * DAY, mode=Mode.BOOK)
    assert refused.value.codes == {"nothing_fits"}


def test_a_wrong_answer_is_due_tomorrow(session, learner):
    answered(session, learner, begun(learner), right=False, places={1, 2})
    session.rollback()
    assert numbers_in_book(session, learner.account_id, NOON) == (2, 0, 0)
    assert numbers_in_book(session, learner.account_id, NOON + DAY) == (2, 2, 0)


def test_a_second_answer_to_the_same_question_changes_nothing(session, learner):
    token = begun(learner)
    answered(session, learner, token, right=True, places={1})
    answered(session, learner, token, right=False, places={1})
    assert (card(session).times_asked, card(session).times_right, card(session).in_book) == (1, 1, False)


def test_a_typed_answer_counts_whatever_its_case_spaces_and_width(session, learner):
    token = begun(learner, topic="G1-M2")
    session.rollback()
    found = session.scalar(select(PracticeRound).where(PracticeRound.token == token))
    kinds = [session.get_one(BankQuestion, item["question"]).kind for item in found.paper]
    fill, short = kinds.index("fill") + 1, kinds.index("short") + 1
    session.rollback()
    for empty in ([], ["  "]):
        with pytest.raises(Refused):
            answer_question(token, fill, empty, by=learner, now=NOON)
    answer_question(token, fill, [" ｒ ａｇ "], by=learner, now=NOON)
    answer_question(token, short, ["我的答案"], by=learner, now=NOON)
    session.rollback()
    found = session.scalar(select(PracticeRound).where(PracticeRound.token == token))
    assert (found.answers[str(fill)]["recall"], found.answers[str(short)]["recall"]) == ("right", "")
    assert found.finished_at is None
    session.rollback()
    with pytest.raises(Refused):
        compare_answer(token, short, "brilliant", by=learner, now=NOON)
    for recall in ("partly", "right"):  # once
        compare_answer(token, short, recall, by=learner, now=NOON)
    session.rollback()
    found = session.scalar(select(PracticeRound).where(PracticeRound.token == token))
    assert found.answers[str(short)]["recall"] == "partly"
    assert found.finished_at == NOON


def test_the_day_counts_against_the_goal_and_days_make_a_row(session, learner):
    set_goal(5, by=learner, now=NOON)
    for day in range(3):
        now = NOON + day * DAY
        answered(session, learner, begun(learner, now, size=5), right=True, now=now)
    session.rollback()
    today = today_of(session, learner.account_id, local_day(NOON + 2 * DAY))
    assert (today.answered, today.right, today.goal, today.left, today.days_in_a_row) == (5, 5, 5, 0, 3)
    with pytest.raises(Refused):
        set_goal(7, by=learner, now=NOON)


def test_practice_credits_no_hours(session, learner):
    answered(session, learner, begun(learner), right=True)
    session.rollback()
    assert session.scalar(select(func.count(LedgerEntry.id))) == 0


def test_one_practises_the_general_modules_and_one_s_own_direction(session, learner):
    enrolment = a_student("wangfang", direction="D2")
    assert [one.code for one in topics_for(session, enrolment)] == ["G1-M1", "G1-M2", "D2-M1"]


def test_a_retired_question_is_practised_no_longer(session, learner):
    before = len(pool_of_topics(session, ["G1-M2"]))
    move_question("F1", "retire", by=BANKER, now=NOON, reason="过时")
    assert len(pool_of_topics(session, ["G1-M2"])) == before - 1


def test_practice_is_for_those_who_are_enrolled(session):
    the_modules()
    a_bank()
    waiting = learner_of(a_student("dengkai", state=EnrolmentState.PENDING_PAYMENT))
    for person in (waiting, a_colleague(Role.LEARNER, name="newcomer")):
        with pytest.raises(Refused) as refused:
            begun(person)
        assert refused.value.codes == {"not_studying"}


def test_another_s_round_and_another_s_question_are_not_there(session, learner):
    token = begun(learner)
    stranger = learner_of(a_student("stranger"))
    for act in (lambda: answer_question(token, 1, ["A"], by=stranger, now=NOON),
                lambda: keep_favourite_in(token, 1, True, by=stranger, now=NOON),
                lambda: leave_book("F1", by=stranger, now=NOON),
                lambda: answer_question(token, 99, ["A"], by=learner, now=NOON)):
        with pytest.raises(NotFound):
            act()


def test_two_devices_that_answer_at_once_count_once(app, session, learner):
    token = begun(learner)
    session.rollback()
    at_once(app, *[lambda: again_if_crowded(lambda: answer_question(token, 1, ["A", "T"], by=learner, now=NOON))] * 5)
    assert card(session).times_asked == 1
    assert session.scalars(select(PracticeDay.answered)).all() == [1]


def test_two_rounds_that_meet_the_same_question_at_once_make_one_card(app, session, learner):
    tokens = [begun(learner, topic="G1-M2") for _ in range(2)]
    session.rollback()
    acts = [lambda token=token, place=place: again_if_crowded(
        lambda: answer_question(token, place, ["x"], by=learner, now=NOON)) for token in tokens for place in (1, 2)]
    for outcome in at_once(app, *acts):
        assert not isinstance(outcome, Exception), outcome
    session.rollback()
    assert [one.asked for one in known_of(session, learner.account_id, NOON).values()] == [2], "the short one waits"
