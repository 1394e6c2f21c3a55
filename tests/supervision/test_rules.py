"""What is similar, who needs an adviser, what is sent when: pure decisions."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enroll.foundation.actor import Actor
from enroll.foundation.clock import SHANGHAI
from enroll.hours.rules.pace import WindowDates, forecast
from enroll.supervision.lifecycle import CONTACT, LEARNER_QUESTION
from enroll.supervision.rules.asking import (
    MOST_WAITING,
    QuestionFacts,
    answerer_is_another_person,
    grams_of,
    is_similar,
    is_their_question,
    may_ask_another,
    names_a_person,
    rating_faults,
)
from enroll.supervision.rules.reminding import (
    NUDGES,
    NudgeFacts,
    WeekFacts,
    idle_range,
    is_quiet,
    last_week,
    nudge_words,
    summary_is_due,
    summary_words,
    week_of,
)
from enroll.supervision.rules.risk import Following, Risk, risks_of, weight_of
from tests.conftest import NOON

TODAY = date(2026, 11, 22)
JANUARY = WindowDates("202701", date(2026, 12, 24))


def beijing(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


# Similar questions.

@pytest.mark.parametrize(("text", "grams"), [
    ("提示词", {"提示", "示词"}), ("学", {"学"}), ("", set()), ("？！ 。", set()),
    ("What is an AGENT", {"agent", "an", "is"}),
    ("用 GPT 写 PPT", {"用", "gpt", "写", "ppt"}), ("请问怎么", {"问怎"}),
])  # fmt: skip
def test_texts_are_compared_by_pairs_of_characters_and_by_words(text, grams):
    assert grams_of(text) == grams


@given(st.text(max_size=3000))
def test_any_text_has_a_bounded_number_of_short_grams(text):
    grams = grams_of(text)
    assert len(grams) <= 80
    assert all(0 < len(gram) <= 30 for gram in grams)


@given(st.text(alphabet="提示词背景多长学时报名ab c", min_size=1))
def test_a_text_is_similar_to_itself(text):
    grams = grams_of(text)
    assert is_similar(len(grams), len(grams)) or not grams


def test_one_shared_word_of_many_is_not_similar():
    assert not is_similar(1, 2)
    assert not is_similar(2, 9)
    assert is_similar(2, 8)


@pytest.mark.parametrize(("text", "codes"), [
    ("张伟问了什么", {"names_the_learner"}), ("电话 13812345678", {"numbers_of_a_person"}),
    ("证件 11010119900312101X", {"numbers_of_a_person"}), ("2026 年 11 月 22 日，1575 分钟", set()),
    ("张伟 13812345678", {"names_the_learner", "numbers_of_a_person"}),
])  # fmt: skip
def test_a_public_answer_names_nobody(text, codes):
    assert {one.code for one in names_a_person(("题目", text), "张伟")} == codes


def test_who_has_no_name_yet_is_named_nowhere():
    assert names_a_person(("任何内容",), "") == []


def test_a_question_belongs_to_its_asker_and_is_answered_by_another():
    me, other = Actor(1, "me"), Actor(2, "other")
    assert is_their_question(QuestionFacts(1), me) is None
    assert is_their_question(QuestionFacts(1), other) is not None
    assert answerer_is_another_person(QuestionFacts(1), me) is not None
    assert answerer_is_another_person(QuestionFacts(1), other) is None


def test_nobody_asks_without_end():
    assert may_ask_another(MOST_WAITING - 1) is None
    assert may_ask_another(MOST_WAITING) is not None


@pytest.mark.parametrize("rating", [None, 0, 6, -1])
def test_a_rating_is_one_of_five(rating):
    assert rating_faults(rating)
    assert not rating_faults(5)


def test_a_closed_question_can_be_asked_again_and_a_done_contact_is_final():
    assert LEARNER_QUESTION.final_states() == set()
    assert {str(state) for state in CONTACT.final_states()} == {"done"}


# The adviser's list.

def following(left=900, lately=0, *, idle=0, most=360, windows=(JANUARY,), **more):
    return Following(forecast(left, most, lately, TODAY, windows), TODAY - timedelta(days=idle), TODAY, **more)


def kinds(one, now=NOON):
    return [str(found.kind) for found in risks_of(one, now)]


@pytest.mark.parametrize(("one", "found"), [
    (following(0, idle=30), []),
    (following(300, 14 * 60), []),
    (following(900, 14 * 60, idle=7), ["idle"]),
    (following(900, 14 * 60, idle=6), []),
    (following(1575, 14 * 10), ["behind"]),
    (following(900, 0, idle=20), ["idle", "behind"]),
    (following(900, 0, windows=()), []),
    (following(300, 14 * 60, waiting=2), ["waiting"]),
    (following(300, 14 * 60, returned=1, waiting=1), ["returned", "waiting"]),
    (following(300, 14 * 60, due=((NOON + timedelta(days=2), "x"),)), ["deadline"]),
    (following(300, 14 * 60, due=((NOON + timedelta(days=8), "x"),)), []),
    (following(0, due=((NOON + timedelta(days=1), "x"),)), ["deadline"]),
    (following(1440, 14 * 60, windows=(WindowDates("W", TODAY + timedelta(days=9)),)), ["deadline", "behind"]),
])  # fmt: skip
def test_what_is_found_about_a_learner(one, found):
    assert kinds(one) == found


def test_a_deadline_weighs_more_than_being_idle_and_behind():
    near = following(300, 14 * 60, due=((NOON, "x"),))
    slow = following(900, 0, idle=20)
    assert weight_of(risks_of(near, NOON)) > weight_of(risks_of(slow, NOON))


@given(st.integers(0, 3000), st.integers(0, 5000), st.integers(0, 60), st.integers(0, 200))
def test_the_worst_always_stands_first(left, lately, idle, days):
    one = following(left, lately, idle=idle, windows=(WindowDates("W", TODAY + timedelta(days=days)),), waiting=1)
    order = list(Risk)
    found = [order.index(risk.kind) for risk in risks_of(one, NOON)]
    assert found == sorted(found)


# What is sent, and when.

@pytest.mark.parametrize(("moment", "quiet"), [
    ("2026-11-22T07:59", True), ("2026-11-22T08:00", False), ("2026-11-22T20:59", False), ("2026-11-22T21:00", True),
    ("2026-11-22T02:00", True),
])  # fmt: skip
def test_the_night_is_quiet_in_beijing(moment, quiet):
    assert is_quiet(beijing(moment)) is quiet


@pytest.mark.parametrize(("moment", "due"), [
    ("2026-11-22T10:00", False), ("2026-11-23T07:00", False), ("2026-11-23T08:00", True), ("2026-11-24T12:00", True),
    ("2026-11-25T12:00", False),
])  # fmt: skip
def test_the_summary_is_sent_early_in_the_week_by_day(moment, due):
    assert summary_is_due(beijing(moment)) is due


def test_a_week_is_the_one_in_beijing():
    assert week_of(beijing("2026-11-23T00:30")) == "2026-W48"
    assert week_of(beijing("2026-11-22T23:30")) == "2026-W47"
    assert last_week(beijing("2026-11-23T09:00")) == (date(2026, 11, 16), date(2026, 11, 22))


def test_who_studied_the_day_before_yesterday_is_not_reminded():
    first, until = idle_range(NOON)
    assert not beijing("2026-11-20T00:00") < until
    assert beijing("2026-11-19T23:59") < until
    assert first < until


def facts(left=900, idle=5, windows=(JANUARY,)):
    return NudgeFacts("张伟", "王老师", 675, 1575, 45, forecast(left, 360, 0, TODAY, windows), idle)


def test_every_template_says_who_is_meant_and_who_writes():
    for template in NUDGES:
        words = nudge_words(template, facts())
        assert words is not None
        values = dict(words.text.values)
        assert (values["name"], values["adviser"]) == ("张伟", "王老师")


def test_a_template_that_has_nothing_to_name_is_not_sent():
    assert nudge_words("pace", facts(windows=())) is None
    assert nudge_words("idle", facts(idle=0)) is None
    assert nudge_words("go_on", facts(windows=(), idle=0)) is not None


def test_the_summary_names_a_window_only_while_there_is_something_to_study():
    still = WeekFacts(300, 4, 6, 675, 45, forecast(900, 360, 0, TODAY, (JANUARY,)))
    assert dict(summary_words(still).text.values)["window"] == "202701"
    done = WeekFacts(300, 4, 6, 1575, 45, forecast(0, 360, 0, TODAY, (JANUARY,)))
    assert "window" not in dict(summary_words(done).text.values)
    assert "window" not in dict(summary_words(WeekFacts(0, 0, 0, 0, 45, forecast(9, 360, 0, TODAY, ()))).text.values)
