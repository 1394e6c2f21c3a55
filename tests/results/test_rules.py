"""What a mark is, what the parts come to, and who may stand for it: no database."""

import random
from dataclasses import replace

import pytest

from enroll.accounts.permissions import Permission
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Problem, Refused
from enroll.results.lifecycle import RESULT, ResultState
from enroll.results.rules.checks import (
    PublicationFacts,
    ResultFacts,
    SittingProgress,
    against_publishing,
)
from enroll.results.rules.marks import read_mark
from enroll.results.rules.sampling import CheckPolicy, SampleFacts, must_be_checked, sample_is_clean
from enroll.results.rules.verdicts import (
    Entered,
    OutcomeRules,
    PartOutcome,
    Verdict,
    outcome_of,
    part_outcome,
    window_after,
)
from tests.builders.award import PUBLISHING

RULES = OutcomeRules({"theory": 600, "practical": 600}, 1000, 3, (1, 3, 5, 7, 9, 11))
V, S = Verdict, ResultState
MAKER, CHECKER, THIRD = (
    Actor(number, str(number), frozenset({Permission.MAKE_RESULTS, Permission.CHECK_RESULTS})) for number in (1, 2, 3)
)


@pytest.mark.parametrize(
    ("text", "tenths"), [("0", 0), ("72", 720), ("72.0", 720), ("100", 1000), (" 60 ", 600), ("007", 70)]
)
def test_a_mark_in_plain_digits_is_read_in_tenths(text, tenths):
    assert read_mark(text, full=1000, step=10) == Entered(tenths)


@pytest.mark.parametrize(
    "text",
    [
        "101",
        "abc",
        "73.25",
        "１２",
        "-1",
        "1e3",
        "NaN",
        "nan",
        "inf",
        "sNaN",
        "",
        "7 2",
        "+5",
        "1_0",
        "٧٢",
        "72,5",
        "=1+1",
        "0x10",
        "100.1",
        "\x00",
        "99999",
        "½",
        "七十",
    ],
)
def test_what_is_no_mark_is_refused_beside_its_field(text):
    found = read_mark(text, full=1000, step=10)
    assert isinstance(found, Problem)
    assert found.field == "mark"


def test_a_step_of_half_points_takes_halves_and_nothing_between():
    assert read_mark("72.5", full=1000, step=5) == Entered(725)
    assert read_mark("72.5", full=1000, step=10).code == "mark_between_steps"
    assert read_mark("72.3", full=1000, step=5).code == "mark_between_steps"


@pytest.mark.parametrize(
    ("text", "verdict"), [("合格", "pass"), ("不合格", "fail"), ("Pass", "pass"), ("fail", "fail")]
)
def test_where_the_body_returns_no_mark_a_bare_outcome_is_entered(text, verdict):
    assert read_mark(text, full=1000, step=10) == Entered(None, verdict)


@pytest.mark.parametrize(
    ("code", "number", "after"),
    [("202609", 1, "202611"), ("202609", 3, "202703"), ("202611", 1, "202701"), ("202701", 6, "202801")],
)
def test_windows_follow_each_other_in_the_odd_months(code, number, after):
    assert window_after(code, number, RULES.months) == after


def part(verdict: Verdict, mark: int | None = None, window: str = "202609") -> PartOutcome:
    return part_outcome(verdict, window, mark, "R", RULES)


def come_to(window="202609", carried=None, **sat):
    return outcome_of(
        window, {name: part(verdict, window=window) for name, verdict in sat.items()}, carried or {}, RULES
    )


@pytest.mark.parametrize(
    ("theory", "practical", "verdict"),
    [
        (V.PASS, V.PASS, V.PASS),
        (V.PASS, V.FAIL, V.PARTIAL),
        (V.ABSENT, V.PASS, V.PARTIAL),
        (V.EXCUSED, V.PASS, V.PARTIAL),
        (V.FAIL, V.FAIL, V.FAIL),
        (V.FAIL, V.ABSENT, V.FAIL),
        (V.ABSENT, V.ABSENT, V.ABSENT),
        (V.EXCUSED, V.EXCUSED, V.EXCUSED),
        (V.EXCUSED, V.ABSENT, V.ABSENT),
        (V.VOID, V.FAIL, V.VOID),
        (V.VOID, V.PASS, V.PARTIAL),
    ],
)
def test_two_parts_come_to_one_outcome(theory, practical, verdict):
    assert come_to(theory=theory, practical=practical).verdict is verdict


def test_a_part_alone_is_kept_for_three_windows():
    found = come_to(theory=V.PASS, practical=V.FAIL)
    assert (found.verdict, found.kept_until) == (V.PARTIAL, "202703")


def carried(window="202609", until="202703"):
    return {"theory": PartOutcome(V.PASS, window, kept_until=until)}


def test_a_kept_part_completes_a_later_window_and_not_one_after_its_end():
    assert come_to("202703", carried(), practical=V.PASS).verdict is V.PASS
    late = come_to("202705", carried(), practical=V.PASS)
    assert (late.verdict, late.kept_until) == (V.PARTIAL, "202711")


def test_failing_the_last_window_that_counts_the_kept_part_keeps_nothing():
    assert come_to("202611", carried(), practical=V.FAIL).verdict is V.PARTIAL
    assert come_to("202703", carried(), practical=V.FAIL).verdict is V.FAIL
    assert come_to("202703", carried(), practical=V.ABSENT).verdict is V.ABSENT


def test_sitting_a_kept_part_again_never_loses_it():
    assert come_to("202611", carried(), theory=V.FAIL, practical=V.PASS).verdict is V.PASS


def test_near_marks_and_a_sample_of_the_rest_are_checked_and_nobody_chooses_the_sample():
    marks = {f"R{number}": 400 + number for number in range(400)}  # 40.0 to 79.9
    passing = dict.fromkeys(marks, 600)
    policy = CheckPolicy(near_tenths=30, sample_percent=5, sample_at_least=10)
    chosen = must_be_checked(marks, passing, "digest", policy)
    near = {one for one, mark in marks.items() if 570 <= mark <= 630}
    assert near <= chosen
    assert len(chosen - near) == 20
    assert must_be_checked(dict(reversed(marks.items())), passing, "digest", policy) == chosen
    assert must_be_checked(marks, passing, "another", policy) != chosen


def test_a_small_file_is_checked_whole():
    marks = {f"R{number}": 900 for number in range(9)} | {"bare": None}
    assert must_be_checked(marks, dict.fromkeys(marks, 600), "d", CheckPolicy()) == set(marks)


def test_one_difference_in_the_sample_means_that_everything_is_keyed_again():
    assert sample_is_clean(SampleFacts(0, 0)) is None
    assert sample_is_clean(SampleFacts(1, 0)).code == "sample_unfinished"
    assert sample_is_clean(SampleFacts(0, 1)).code == "sample_differs"


def facts(**changes) -> ResultFacts:
    first = ResultFacts(learner_account_id=99, first=Entered(720), second=Entered(720), makers=frozenset({1}))
    return replace(first, **changes)


def moved(move: str, state: ResultState, actor: Actor, known: ResultFacts, reason: str = "") -> ResultState | None:
    try:
        return RESULT.require(move, state, actor, known, reason).target
    except Refused:
        return None


def test_ten_thousand_random_pairs_are_checked_only_where_two_people_agreed_or_a_third_decided():
    chance = random.Random(20260923)
    people = [MAKER, CHECKER, THIRD]
    for _ in range(10_000):
        first, second = chance.choice([600, 610, 720]), chance.choice([600, 610, 720])
        maker, checker, decider = (chance.choice(people) for _ in range(3))
        known = facts(first=Entered(first), second=Entered(second), makers=frozenset({maker.account_id}))
        agreed = moved("agree", S.ENTERED, checker, known) is S.CHECKED
        differed = moved("differ", S.ENTERED, checker, known) is S.DISCREPANCY
        assert agreed == (first == second and maker is not checker)
        assert differed == (first != second and maker is not checker)
        after = replace(known, second_by=checker.account_id)
        decided = differed and moved("decide", S.DISCREPANCY, decider, after, "seen") is S.CHECKED
        assert decided == (differed and decider not in (maker, checker))


def test_nobody_enters_checks_or_decides_their_own_mark():
    for actor, move, state in (
        (MAKER, "enter", S.PENDING),
        (CHECKER, "agree", S.ENTERED),
        (THIRD, "decide", S.DISCREPANCY),
    ):
        assert moved(move, state, actor, facts(learner_account_id=actor.account_id), "why") is None


def test_somebody_whose_entry_was_entered_over_does_not_check_it():
    assert moved("agree", S.ENTERED, CHECKER, facts(makers=frozenset({1, 2}))) is None


@pytest.mark.parametrize("attendance", ["absent", "excused", "disqualified", "ticketed"])
def test_only_somebody_who_sat_gets_a_mark(attendance):
    for move, state in (("enter", S.PENDING), ("agree", S.ENTERED)):
        assert moved(move, state, CHECKER, facts(attendance=attendance)) is None


def test_a_sitting_is_locked_when_everybody_has_an_outcome():
    assert SittingProgress("S", checked=3).may_be_locked
    assert SittingProgress("S", checked=1, locked=2).may_be_locked
    for name in ("not_recorded", "to_open", "to_enter", "entered", "differ"):
        assert not SittingProgress("S", **{name: 1, "checked": 3}).may_be_locked
    assert not SittingProgress("S").may_be_locked


def test_publishing_names_every_reason_at_once():
    early = PublicationFacts(
        now=PUBLISHING.replace(year=2025),
        publish_at=PUBLISHING,
        published_at=None,
        sittings=(SittingProgress("S1", checked=1), SittingProgress("S2", locked=1)),
    )
    assert [one.code for one in against_publishing(early)] == ["too_early", "not_locked"]
    nothing = replace(early, now=PUBLISHING, sittings=())
    assert [one.code for one in against_publishing(nothing)] == ["no_results"]
    again = replace(early, published_at=PUBLISHING)
    assert [one.code for one in against_publishing(again)] == ["already_published"]
    ready = replace(early, now=PUBLISHING, sittings=(SittingProgress("S2", locked=1),))
    assert against_publishing(ready) == ()
