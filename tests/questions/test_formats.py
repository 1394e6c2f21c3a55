"""GIFT, Aiken and the workbook: what is read, what is refused by name at its line; what is written comes back."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enroll.documents.reading import read_table
from enroll.foundation.text import UnreadableText, clean_line, clean_lines
from enroll.questions.rules.aiken import read_aiken
from enroll.questions.rules.formats import as_aiken, as_gift
from enroll.questions.rules.gift import read_gift
from enroll.questions.rules.questions import Kind, NewQuestion, lettered, normalised, question_faults
from enroll.questions.rules.sheet import read_row
from enroll.questions.services.importing import KNOWN, as_workbook


def only(text, read=read_gift):
    found = read(text)
    assert not found.faults, found.faults
    assert len(found.questions) == 1
    return found.questions[0].new


def faults(text, read=read_gift):
    return [(one.line, one.problem.code) for one in read(text).faults]


def cleans_to_itself(clean):
    def holds(text):
        try:
            return clean(text) == text and normalised(text) != ""
        except UnreadableText:
            return False
    return holds


SIGNS = st.sampled_from(list("\\~=#{}:%*[]->/\"'.,!?$ AaTF1 正确错误Ａ，。：＃＝｛n"))
LINE = st.text(st.one_of(SIGNS, st.characters(codec="utf-8")), min_size=1, max_size=30).map(str.strip).filter(
    cleans_to_itself(clean_line))
LINES = st.lists(LINE, min_size=1, max_size=3).map("\n".join).filter(cleans_to_itself(clean_lines))


@st.composite
def questions(draw, texts=LINES, kinds=tuple(Kind)):
    kind = draw(st.sampled_from(kinds))
    options, answer = {}, ("T",)
    if kind in {Kind.SINGLE, Kind.MULTIPLE}:
        options = lettered(draw(st.lists(texts, min_size=2, max_size=8, unique_by=normalised)))
        most = 1 if kind == Kind.SINGLE else len(options)
        right = st.lists(st.sampled_from(sorted(options)), min_size=1 if most == 1 else 2, max_size=most, unique=True)
        answer = tuple(sorted(draw(right)))
    elif kind == Kind.JUDGE:
        answer = (draw(st.sampled_from("TF")),)
    elif kind == Kind.FILL:
        answer = tuple(draw(st.lists(LINE, min_size=1, max_size=4, unique_by=normalised)))
    else:
        answer = (draw(texts),)
    made = NewQuestion(
        draw(st.sampled_from(["", "CAIP-T-001", "Q000007"])), kind, draw(st.sampled_from(["", "G1-M1"])), "",
        draw(texts), answer, options, draw(st.one_of(st.just(""), texts)), draw(st.integers(1, 3)),
        draw(st.one_of(st.just(""), LINE)),
    )
    return made


def survives_gift(one):
    """A model answer that holds the line which ends model answers is the one thing GIFT cannot say."""
    return one.kind != Kind.SHORT or "----" not in one.answer[0].splitlines()


@settings(max_examples=80, deadline=None)
@given(st.lists(questions().filter(survives_gift).filter(lambda one: not question_faults(one)), max_size=4))
def test_what_is_written_as_gift_is_read_as_it_was(bank):
    found = read_gift(as_gift(bank))
    assert found.faults == ()
    assert [one.new for one in found.questions] == bank


@settings(max_examples=60, deadline=None)
@given(st.lists(questions(texts=LINE, kinds=(Kind.SINGLE, Kind.JUDGE)).filter(lambda one: not question_faults(one)),
                max_size=4))
def test_what_is_written_as_aiken_is_read_as_far_as_aiken_can_say_it(bank):
    text, left_out = as_aiken(bank)
    found = read_aiken(text)
    assert found.faults == ()
    said = [replace(one, code="", topic="", explanation="", difficulty=1, source="") for one in bank]
    read = [one.new for one in found.questions]
    assert len(read) == len(bank) - len(left_out)
    assert all(one in said for one in read)


@settings(max_examples=60, deadline=None)
@given(st.lists(questions().filter(lambda one: not question_faults(one)), min_size=1, max_size=4))
def test_what_is_written_as_a_workbook_is_read_as_it_was(bank):
    rows = read_table(as_workbook(bank), KNOWN).rows
    assert [read_row(row.number, row.values) for row in rows] == bank


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_a_reader(text):
    for read in (read_gift, read_aiken):
        found = read(text)
        assert all(1 <= one.line <= text.count("\n") + text.count("\r") + 1 for one in found.faults)
        assert all(not question_faults(one.new) for one in found.questions)


# GIFT, construct by construct, as Moodle's documentation shows them.

def test_a_choice_with_title_feedback_and_general_feedback():
    one = only("// a comment\n::Q1:: What's between orange and green in the spectrum?\n"
               "{\n=yellow # right; good!\n~red # wrong, it's yellow\n~blue\n#### The rainbow.\n}")
    assert (one.kind, one.stem) == ("single", "What's between orange and green in the spectrum?")
    assert one.options == {"A": "yellow", "B": "red", "C": "blue"}
    assert (one.answer, one.code) == (("A",), "Q1")
    assert one.explanation == "The rainbow.\nA. right; good!\nB. wrong, it's yellow"


def test_a_missing_word_leaves_a_blank():
    one = only("Mahatma Gandhi's birthday is {~15th ~3rd =2nd} of October.")
    assert one.stem == "Mahatma Gandhi's birthday is _____ of October."
    assert (one.kind, one.answer) == ("single", ("C",))


@pytest.mark.parametrize(("answer", "right"), [("TRUE", "T"), ("T", "T"), ("FALSE", "F"), ("F#no#yes", "F")])
def test_true_and_false_in_each_spelling(answer, right):
    one = only(f"Grant was buried in a tomb in New York City.{{{answer}}}")
    assert (one.kind, one.answer) == ("judge", (right,))


def test_several_right_answers_by_weight():
    one = only("What two people are entombed in Grant's tomb? {\n~%-100%No one\n~%50%Grant\n~%50%Grant's wife\n"
               "~%-100%Grant's father\n}")
    assert (one.kind, one.answer) == ("multiple", ("B", "C"))


def test_a_short_answer_is_a_fill_in_with_all_accepted_answers():
    one = only("Two plus two equals {=four =4 =%100%vier}")
    assert (one.kind, one.answer) == ("fill", ("four", "4", "vier"))


def test_an_essay_with_a_model_answer_is_a_short_answer():
    one = only("Write about bears. {#### They are\\nlarge.}")
    assert (one.kind, one.answer) == ("short", ("They are\nlarge.",))


def test_escapes_and_formats():
    one = only(r"[html]<p>Which answer equals 5\:</p>{~\= 2 + 2 =\= 2 + 3 ~[plain]\{a\} \~ \# \\}")
    assert one.stem == "Which answer equals 5:"
    assert one.options == {"A": "= 2 + 2", "B": "= 2 + 3", "C": "{a} ~ # \\"}


def test_a_category_and_tags_say_where_questions_belong():
    text = "$CATEGORY: $course$/top/G1-M2\n\n一？{T}\n\n// [tag:topic=G1-M1] [tag:difficulty=3] [id:A-1]\n二？{F}"
    first, second = (one.new for one in read_gift(text).questions)
    assert (first.topic, first.difficulty) == ("G1-M2", 1)
    assert (second.topic, second.difficulty, second.code) == ("G1-M1", 3, "A-1")


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("一？{T}\n\nMatch.{=a -> 1 =b -> 2}", 3, "gift_matching"),
        ("When?{#1822:5}", 1, "gift_numerical"),
        ("\n\nOnly a text.", 3, "gift_description"),
        ("一？{T", 1, "gift_braces"),
        ("一？{T}{F}", 1, "gift_several"),
        ("Say. {}", 1, "gift_essay"),
        ("一？{=a =b ~c}", 1, "gift_any_right"),
        ("一？{=a ~%50%b ~c}", 1, "gift_partly_right"),
        ("一？{~%50%a ~b}", 1, "gift_weights"),
        ("一？{=%50%a ~b}", 1, "gift_weights"),
        ("一？{=a =%50%b}", 1, "gift_partly_accepted"),
        ("一？{=a*}", 1, "gift_wildcard"),
        ("[html]<img src=x>一？{T}", 1, "gift_html"),
        ("一？{=a ~a}", 1, "options_twice"),
        ("{=a ~b}", 1, "stem_missing"),
        ("一\x00？{T}", 1, "gift_unreadable"),
        ("一\ufdd0？{T}", 1, "gift_unreadable"),
    ],
)
def test_what_gift_cannot_bring_is_refused_by_name_at_its_line(text, line, code):
    assert faults(text) == [(line, code)]


TAKEN = [
    (4, "single"), (12, "multiple"), (14, "single"), (16, "judge"), (18, "judge"), (20, "fill"), (22, "short"),
    (24, "single"), (26, "single"), (28, "judge"),
]  # fmt: skip
REFUSED = [
    (30, "gift_numerical"), (32, "gift_numerical"), (34, "gift_numerical"), (36, "gift_matching"),
    (38, "gift_description"), (40, "gift_partly_accepted"), (42, "gift_wildcard"), (44, "gift_any_right"),
    (46, "gift_partly_right"), (48, "gift_essay"),
]  # fmt: skip


def test_one_file_with_every_construct_is_taken_or_refused_by_name_and_line():
    found = read_gift((Path(__file__).parent / "every_construct.gift").read_text(encoding="utf-8"))
    assert [(one.line, str(one.new.kind)) for one in found.questions] == TAKEN
    assert [(one.line, one.problem.code) for one in found.faults] == REFUSED
    assert {one.new.topic for one in found.questions} == {"G1-M1"}
    assert found.questions[0].new.code == "house-1"


# Aiken.

AIKEN = "What is the correct answer?\nA. Is it this one?\nB) Maybe this answer?\nC. Possibly?\nANSWER: C\n"


def test_aiken_as_moodle_shows_it():
    one = only(AIKEN, read_aiken)
    assert (one.kind, one.answer, one.options["B"]) == ("single", ("C",), "Maybe this answer?")


def test_two_options_that_say_true_and_false_are_a_judgement():
    assert only("地球是圆的。\nA. 正确\nB. 错误\nANSWER: B", read_aiken).kind == "judge"


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        (AIKEN + "\nA. one\nB. two\nANSWER: A", 7, "aiken_no_stem"),
        ("一？\nA. one\n\nB. two\nANSWER: A", 2, "aiken_no_answer"),
        ("一？\nA. one\nB. two\nANSWER: C", 4, "aiken_answer"),
        ("一？\nA. one\nB. two\nANSWER: AB", 4, "aiken_answer"),
        ("一？\nA. one\nC. two\nANSWER: A", 3, "aiken_option"),
        ("一？\n二？\nA. one\nB. two\nANSWER: A", 2, "aiken_option"),
        ("一？\nA. one\nB. one\nANSWER: A", 1, "options_twice"),
    ],
)
def test_what_aiken_cannot_bring_is_refused_at_its_line(text, line, code):
    assert (line, code) in faults(text, read_aiken)


# The workbook.

def a_row(**changes):
    values = {key.key: "" for key in KNOWN} | {"kind": "单选题", "stem": "一？", "option_A": "甲", "option_B": "乙",
                                               "answer": "A", "topic": "G1-M1"}
    return read_row(2, values | changes)


@pytest.mark.parametrize(("written", "right"), [("对", "T"), ("√", "T"), ("Ｆ", "F"), ("错误", "F")])
def test_a_judgement_is_read_as_people_write_it(written, right):
    assert a_row(kind="判断", option_A="", option_B="", answer=written).answer == (right,)


def test_several_right_letters_are_read_as_people_write_them():
    assert a_row(kind="多选", option_C="丙", answer="A、c").answer == ("A", "C")


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"kind": "连线题"}, "kind_unknown"), ({"answer": "D"}, "answer_unknown"), ({"answer": ""}, "answer_unknown"),
     ({"option_B": "", "option_C": "丙"}, "options_gap"), ({"difficulty": "9"}, "difficulty_unknown"),
     ({"stem": ""}, "stem_missing"), ({"code": "一二三"}, "code_shape"), ({"stem": "长" * 2001}, "too_long")],
)
def test_each_fault_of_a_row_is_named(changes, code):
    assert code in {one.problem.code for one in a_row(**changes)}
