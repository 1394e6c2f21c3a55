from datetime import date, timedelta

import pytest
from babel import Locale
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from enroll.foundation.clock import age_on
from enroll.learners.lifecycle import IDENTITY_CHECK, CheckState
from enroll.learners.rules.ages import may_sign_up, needs_guardian
from enroll.learners.rules.checks import Given, missing_of_identity, missing_of_photo
from enroll.learners.rules.countries import NATIONALITIES
from enroll.learners.rules.findings import FindingFacts, findings_of
from enroll.learners.rules.names import NameReading, read_latin_name, read_name
from enroll.learners.rules.numbers import (
    EIGHTEEN,
    OLD_FOREIGN_PR,
    PATTERNS,
    IdType,
    NumberReading,
    check_character,
    number_differs,
    read_number,
)
from tests.builders.learners import BORN, a_number

TODAY = date(2026, 11, 22)
GOOD = a_number()


def code_of(answer):
    return "" if isinstance(answer, NumberReading | NameReading) else answer.code


@pytest.mark.parametrize("typed", [GOOD, GOOD.lower(), f" {GOOD[:6]} {GOOD[6:]} ", "".join(
    chr(ord(one) + 0xFEE0) for one in GOOD)])
def test_a_resident_number_is_read_in_every_spelling_and_says_birth_date_and_sex(typed):
    assert read_number(IdType.RESIDENT_ID, typed, TODAY) == NumberReading(GOOD, BORN, "male")


def test_a_check_character_x_may_be_typed_small():
    number = next(one for one in (a_number(sequence) for sequence in range(1, 999)) if one.endswith("X"))
    assert read_number(IdType.RESIDENT_ID, number.lower(), TODAY).number == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"), "id_number_check"),
        (GOOD[:14] + GOOD[15] + GOOD[14] + GOOD[16:], "id_number_check"),
        ("110199900312101", "id_number_old"),
        ("110199199002301013", "id_number_date"),
        (a_number(born=date(2026, 11, 23)), "id_number_date"),
        ("110199189912311010", "id_number_date"),
        ("00" + GOOD[2:], "id_number_unreadable"),
        (GOOD[:-1], "id_number_unreadable"),
        (GOOD + "1", "id_number_unreadable"),
        ("X" * 18, "id_number_unreadable"),
        ("", "id_number_unreadable"),
        ("=1+1", "id_number_unreadable"),
        ("１" * 5000, "id_number_unreadable"),
        ("٠" * 18, "id_number_unreadable"),
        ("\x00" * 18, "id_number_unreadable"),
    ],
)
def test_a_wrong_resident_number_is_refused_with_the_reason(typed, code):
    assert code_of(read_number(IdType.RESIDENT_ID, typed, TODAY)) == code


@given(st.integers(0, 16), st.integers(0, 9))
def test_no_single_wrong_digit_passes_the_check(place, digit):
    changed = GOOD[:place] + str(digit) + GOOD[place + 1 :]
    assert changed == GOOD or code_of(read_number(IdType.RESIDENT_ID, changed, TODAY))


@given(st.sampled_from(list(IdType)), st.text(max_size=40))
def test_no_text_makes_the_reading_of_numbers_fail(id_type, typed):
    read_number(id_type, typed, TODAY)


@pytest.mark.parametrize(
    ("id_type", "typed", "number"),
    [
        ("hk_macao_permit", "h12345678", "H12345678"),
        ("hk_macao_permit", "M1234567801", "M1234567801"),
        ("taiwan_permit", "０１２３４５６７", "01234567"),
        ("passport", "p1234567a", "P1234567A"),
        ("foreign_pr", "abc123456789012", "ABC123456789012"),
        ("military_id", "军字第 1234567 号", "军字第1234567号"),
    ],
)
def test_other_documents_are_read_by_their_own_rule(id_type, typed, number):
    assert read_number(IdType(id_type), typed, TODAY) == NumberReading(number)


@pytest.mark.parametrize(
    ("id_type", "first"),
    [("hmt_residence_permit", "810000"), ("hmt_residence_permit", "830000"),
     ("foreign_pr", "911608")]
)
def test_permits_of_the_same_build_are_read_like_the_card(id_type, first):
    seventeen = first + "19880701" + "002"
    number = seventeen + check_character(seventeen)
    assert read_number(IdType(id_type), number, TODAY) == NumberReading(number, date(1988, 7, 1), "female")
    assert code_of(read_number(IdType.RESIDENT_ID, number, TODAY)) == "id_number_unreadable"


@pytest.mark.parametrize(
    ("id_type", "typed"),
    [("hk_macao_permit", "A12345678"), ("hk_macao_permit", "H1234567"), ("taiwan_permit", "1234567"),
     ("passport", "ABCDE"), ("passport", "P-1234"), ("passport", "P" * 17 + "1"), ("foreign_pr", "AB1234567890123"),
     ("military_id", "军"), ("military_id", "军字第<1234>号")],
)
def test_another_documents_number_that_does_not_fit_is_refused(id_type, typed):
    assert code_of(read_number(IdType(id_type), typed, TODAY)) == "id_number_unreadable"


def test_a_number_that_says_another_birth_date_or_sex_is_noticed():
    reading = read_number(IdType.RESIDENT_ID, GOOD, TODAY)
    assert number_differs(reading, BORN, "male") == []
    assert [one.field for one in number_differs(reading, BORN + timedelta(days=1), "female")] == ["birth_date", "sex"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("阿依努尔·买买提江", "阿依努尔·买买提江"), ("阿依努尔・买买提江", "阿依努尔·买买提江"),
        ("阿依努尔•买买提江", "阿依努尔·买买提江"), ("阿依努尔‧买买提江", "阿依努尔·买买提江"),
        ("阿依努尔．买买提江", "阿依努尔·买买提江"), ("阿依努尔 . 买买提江", "阿依努尔·买买提江"),
        ("张 伟", "张伟"), ("张　伟", "张伟"),
        ("ＣＨＡＮ Ka Yan", "CHAN Ka Yan"),
    ],
)
def test_look_alikes_are_put_right_and_the_change_is_said(typed, kept):
    assert read_name(typed) == NameReading(kept, typed != kept)


@pytest.mark.parametrize("name", ["𬱖頔", "䮌䮌", "〇一", "欧阳思源", "Ngô Đình Diệm", "O'Neil-Smith J.", "José María",
                                  "김철수",
                                  "ཚེ་རིང".replace("་", " "), "ئايگۈل", "張偉", "龍", "Ana", "买买提·ABC"])
def test_a_name_is_kept_character_by_character(name):
    assert read_name(name) == NameReading(name, False)


@pytest.mark.parametrize("name", ["", "=1+1", "张3", "a" * 61, "x" * 5000, "😀", "李\ue000", "<b>李</b>", "·", "-",
                                  "@SUM(A1)",
                                  "e" + "\u0301" * 9, "{{7*7}}", "李\u0000", "A;DROP", "1"])
def test_what_is_no_name_is_refused(name):
    assert code_of(read_name(name))


def test_a_latin_name_may_be_left_out_but_not_be_chinese():
    assert [code_of(read_latin_name(name)) for name in ("", "CHAN Ka Yan", "DE LA CRUZ, Juan")] == ["", "", ""]
    assert code_of(read_latin_name("陈嘉欣")) == "latin_name_unreadable"


@pytest.mark.parametrize("born", [date(1986, 5, 4), date(1988, 7, 1), date(1991, 9, 15), date(2012, 2, 29)])
def test_a_birthday_is_the_same_day_everywhere(born):
    """security.md, A108: in 1986 to 1991 the clocks of China had summer time."""
    seventeen = f"110199{born:%Y%m%d}101"
    assert read_number(IdType.RESIDENT_ID, seventeen + check_character(seventeen), TODAY).birth_date == born
    assert age_on(born, TODAY) == TODAY.year - born.year


def test_somebody_may_sign_up_from_the_day_they_are_fourteen():
    born = date(2012, 11, 22)
    assert may_sign_up(born, TODAY) is None
    assert may_sign_up(born + timedelta(days=1), TODAY).code == "too_young"
    assert may_sign_up(date(2012, 2, 29), date(2026, 2, 28)).code == "too_young"
    assert may_sign_up(date(2012, 2, 29), date(2026, 3, 1)) is None
    assert may_sign_up(TODAY + timedelta(days=1), TODAY).code == "birth_date_impossible"
    assert may_sign_up(date(1900, 1, 1), TODAY).code == "birth_date_impossible"


def test_a_guardian_stands_for_somebody_until_the_day_they_are_eighteen():
    assert needs_guardian(date(2008, 11, 23), TODAY)
    assert not needs_guardian(date(2008, 11, 22), TODAY)


def test_everything_that_is_missing_is_said_at_once():
    assert [one.code for one in missing_of_identity(Given(needs_guardian=True))] == [
        "consent_missing", "details_missing", "id_front_missing", "id_back_missing", "guardian_unnamed"]
    whole = Given("张伟", "", "resident_id", "male", frozenset({"id_front", "id_back"}), True)
    assert missing_of_identity(whole) == []
    assert [one.code for one in missing_of_photo(whole)] == ["photo_missing"]


def test_a_passport_has_one_side_and_a_name_in_latin_letters():
    passport = Given("陈嘉欣", "", "passport", "female", frozenset({"id_front"}), True)
    assert [one.code for one in missing_of_identity(passport)] == ["latin_name_missing"]
    latin = Given("CHAN Ka Yan", "", "passport", "female", frozenset({"id_front"}), True)
    assert missing_of_identity(latin) == []


def test_findings_show_exceptions_first():
    whole = Given("张伟", "", "resident_id", "male", frozenset({"id_front", "id_back", "photo"}), True)
    facts = FindingFacts(TODAY, BORN, whole, number=GOOD, photo=())
    assert {one.kind for one in findings_of(facts)} == {"ok"}
    odd = FindingFacts(TODAY, date(2010, 1, 1), whole, number=GOOD[:-1], same_name_and_birth=1, same_pictures=1,
                       unprintable=("𬱖",), photo=())
    kinds = [one.kind for one in findings_of(odd)]
    assert kinds == sorted(kinds, key=["bad", "warn", "ok"].index)
    assert {one.code for one in findings_of(odd) if one.kind != "ok"} == {
        "number_form", "age", "same_pictures", "same_person", "name_glyphs"}


def test_without_a_rule_for_photos_the_machine_does_not_say_that_the_photo_keeps_it():
    whole = Given("张伟", "", "resident_id", "male", frozenset({"id_front", "id_back", "photo"}), True)
    found = {one.code: one.kind for one in findings_of(FindingFacts(TODAY, BORN, whole, number=GOOD))}
    assert found["photo_unchecked"] == "warn"
    assert "photo" not in found


@pytest.mark.parametrize(("id_type", "typed"), [
    ("resident_id", GOOD), ("passport", "E12345678"), ("taiwan_permit", "12345678"), ("hk_macao_permit", "H12345678"),
    ("foreign_pr", "ABC110101199001"), ("military_id", "军字第12345678号")])  # fmt: skip
def test_a_newline_is_no_part_of_a_document_number(id_type, typed):
    """`$` of a pattern lets one newline through; compared() takes it away before, and the pattern would refuse it."""
    pattern = {"resident_id": EIGHTEEN, "foreign_pr": OLD_FOREIGN_PR, **PATTERNS}[id_type]
    assert pattern.fullmatch(typed)
    assert not pattern.fullmatch(typed + "\n")


def test_unable_is_not_failed_and_a_verified_check_is_never_reopened_here():
    moves = {(source, move.name) for move in IDENTITY_CHECK.moves.values() for source in move.sources}
    assert {("unable", "verify"), ("unable", "return"), ("unable", "submit")} <= moves
    assert IDENTITY_CHECK.final_states() == {CheckState.VERIFIED}


def test_every_nationality_has_a_name_in_both_languages():
    aliases = get_global("territory_aliases")
    two_letters = [aliases[code] for code in NATIONALITIES]
    assert all(len(one) == 1 for one in two_letters)
    assert len({one[0] for one in two_letters}) == len(NATIONALITIES) == len(set(NATIONALITIES))
    for language in ("zh", "en"):
        assert all(one[0] in Locale(language).territories for one in two_letters)
