"""Dated figures: one record of every figure, a missing one named, a later value from its day on."""

from datetime import date

import pytest

from enroll.programmes.rules.advertising import STANDING, Wording, promises_nothing, wordings_at, words_in
from enroll.programmes.rules.figures import Rule, RuleMissing
from enroll.programmes.rules.known_rules import KNOWN_BY_KEY, fault_of, parts_of
from enroll.programmes.rules.reading import entry_rules, in_force, programme_rules
from tests.builders.programmes import ENTRY_AIE, FIGURES, RULED_ON, some_rules


def test_the_figures_become_one_record_in_the_units_that_count():
    rules = some_rules()
    assert (rules.required_minutes, rules.practice_minutes, rules.most_minutes_a_day) == (1575, 540, 360)
    assert (rules.pass_marks.theory, rules.pass_marks.full, rules.pass_marks.step) == (600, 1000, 10)
    assert rules.presence_check_minutes == (20, 30)
    assert rules.direction("D2").name.en == "Data analysis and decisions"
    assert rules.direction("D9") is None
    assert rules.max_resits is None
    assert (rules.photo.width, rules.photo.formats) == (295, ("jpg", "jpeg"))


def test_every_missing_figure_is_named_at_once():
    rows = tuple(Rule(key, value, RULED_ON, False, "x") for key, value in FIGURES.items()
                 if key not in {"required_hours", "pass_mark.theory", "photo.width"})
    with pytest.raises(RuleMissing) as error:
        programme_rules("CAIP", 2026, date(2026, 11, 22), rows)
    assert set(error.value.keys) == {"required_hours", "pass_mark.theory", "photo.width"}
    assert "CAIP has no rule for" in str(error.value)


def test_a_value_stands_from_its_day_on_and_the_old_one_until_then():
    rows = [Rule("required_hours", hours, date(year, 1, 1), True, "x") for hours, year in ((35, 2026), (40, 2027))]
    assert [one.value for one in in_force(rows, date(2026, 12, 31))] == [35]
    assert [one.value for one in in_force(rows, date(2027, 1, 1))] == [40]
    assert in_force(rows, date(2025, 12, 31)) == ()


def test_a_programme_we_only_compare_with_needs_no_figures_of_ours():
    rows = tuple(Rule(key, value, RULED_ON, True, "公开说明") for key, value in ENTRY_AIE.items())
    rules = entry_rules("AIE", 2026, date(2026, 11, 22), rows)
    assert (rules.min_age, rules.min_education, rules.required_hours) == (18, "junior_college", None)
    assert rules.preferred_majors[0].en == "Computing and related majors"
    assert rules.rule("min_age").official


def test_every_figure_of_the_builders_is_known_and_fits_and_none_is_forgotten():
    assert {key: fault_of(key, value) for key, value in FIGURES.items() if fault_of(key, value)} == {}
    assert set(KNOWN_BY_KEY) - set(FIGURES) == set(ENTRY_AIE)


@pytest.mark.parametrize(("key", "value"), [
    ("required_hours", "35"), ("required_hours", 35.0), ("required_hours", True), ("required_hours", None),
    ("required_hours", -1), ("hour_unit_minutes", 90), ("hours_at_submit", "all"), ("single_device", "yes"),
    ("single_device", 1), ("window_months", []), ("window_months", [0]), ("window_months", 5), ("directions", [{}]),
    ("presence_check_minutes", [30, 20]), ("presence_check_minutes", [20]), ("photo.formats", ["gif"]),
    ("min_education", "kindergarten"), ("max_playback_rate", 9), ("max_playback_rate", "1"),
    ("exam_refund_rules", []), ("exam_refund_rules", [{"code": "a", "when": "b", "percent": 101}]),
    ("preferred_majors", [{"zh": "计算机"}]), ("mark_scale", 1), ("pass_mark.theory", -1), ("nonsense", 1),
])
def test_a_value_that_does_not_fit_is_refused(key, value):
    assert fault_of(key, value) is not None


@pytest.mark.parametrize("key", ["max_resits", "hours_external_max", "min_age", "certificate_valid_years"])
def test_no_figure_is_a_value_where_the_rule_says_so(key):
    assert fault_of(key, None) is None


def test_a_group_of_figures_is_taken_apart_and_a_list_is_not():
    assert parts_of("pass_mark", {"theory": 60, "full": 100}) == [("pass_mark.theory", 60), ("pass_mark.full", 100)]
    assert parts_of("required_hours", 35) == [("required_hours", 35)]
    assert parts_of("window_months", [1, 3]) == [("window_months", [1, 3])]


@pytest.mark.parametrize("text", [
    "考试包过", "不过退费", "15天拿证", "官方指定机构", "独家押题", "Pass guaranteed", "内部资料", "零基础包拿证",
])
def test_a_promise_of_passing_is_found(text):
    assert words_in(STANDING, text)
    assert promises_nothing(STANDING, "", text).code == "advertising"


def test_a_title_may_not_look_official_and_the_issuers_name_may_stand():
    assert promises_nothing(STANDING, "国家人工智能职业资格课", titles=True).code == "advertising"
    assert [one.word for one in words_in(STANDING, "国家标准怎样读", titles=False)] == []
    found = words_in(STANDING, "第一行\n中国信息协会的证书，押题３天拿证", titles=True)
    assert [(one.word, one.line) for one in found] == [("押题", 2), ("３天拿证", 2)]
    assert "广告法" in found[0].source


def test_the_house_adds_narrows_and_lets_go_from_a_day_on():
    day = date(2026, 11, 22)
    rows = [Wording("稳过", "everywhere", "院办", day), Wording("速成", "dropped", "院办", day),
            Wording("押题", "titles", "院办", date(2027, 1, 1))]
    said = "稳过 速成 押题"
    assert [one.word for one in words_in(wordings_at(rows, day), said)] == ["稳过", "押题"]
    assert [one.word for one in words_in(wordings_at(rows, date(2026, 11, 21)), said)] == ["速成", "押题"]
    assert [one.word for one in words_in(wordings_at(rows, date(2027, 1, 1)), said)] == ["稳过"]


@pytest.mark.parametrize("text", ["关于202701期考试报名的通知", "中国信息协会市场研究业分会", "内部培训", "合格后发证"])
def test_plain_news_is_left_alone(text):
    assert promises_nothing(STANDING, text) is None
