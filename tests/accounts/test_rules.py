from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enroll.accounts.lifecycle import ACCOUNT
from enroll.accounts.permissions import (
    BUNDLES,
    PERMISSION_NAMES,
    ROLE_GRANTS,
    ROLE_NAMES,
    Permission,
    Role,
    duties_to_watch,
)
from enroll.accounts.rules.codes import CodeFacts, code_is_right, code_may_be_sent
from enroll.accounts.rules.contacts import Contact, phone_key, read_contact, username_is_plain
from enroll.accounts.rules.lockout import name_locked_until, place_locked_until
from enroll.accounts.rules.passwords import STAFF_LEAST, PasswordFacts, password_problems
from enroll.accounts.rules.roles import RoleFacts
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused
from tests.conftest import NOON

COMMON_ONES = """
1234567890 qwertyuiop password123 Password@123 P@$$w0rd2024 1q2w3e4r5t zaq12wsxcde3 1qaz2wsx3edc qazwsxedcrfv
asdfghjkl123 woaini5201314 5201314woaini a5201314520 zhang123456 wang123456 qq123456789 abc123456789 123456789a
aaaaaaaaaab 147258369147 admin123456 iloveyou1314 caip-demo-2026 12345678910 0987654321 1234qwerasdf contraseña10
zhimakaimen888 theworldinyourhand woaiwoziji520 beijing2008abc jiushiaini99 abababababab superman2024 Admin@123456
welcome2026!!
"""


@pytest.mark.parametrize("password", COMMON_ONES.split())
def test_a_password_that_is_guessed_first_is_refused(password):
    assert password_problems(PasswordFacts(password)), password


@pytest.mark.parametrize("password", ["correct horse battery", "Kx9mQvLptRsw", "wo xihuan chi", "我爱吃热干面和豆皮呀"])
def test_a_password_of_a_few_unusual_words_is_taken(password):
    assert password_problems(PasswordFacts(password)) == []


@pytest.mark.parametrize(
    ("password", "own"),
    [
        ("ouyangsiyuan xx yy", "ouyangsiyuan@example.org"),
        ("ana@example.org", "ana@example.org"),
        ("lantern 01001 0001001", "+8619900001001"),
        ("lantern-19900312-x", "110199199003121013"),
        ("lantern river 121013", "110199199003121013"),
        ("灯笼欧阳思源灯笼河流", "欧阳思源"),
    ],
)
def test_a_password_with_a_piece_of_ones_own_data_is_refused(password, own):
    found = password_problems(PasswordFacts(password, own=(own,)))
    assert [problem.code for problem in found] == ["password_own"]


def test_staff_need_fifteen_characters_and_nobody_more_than_128():
    assert password_problems(PasswordFacts("kettle spoon 9", STAFF_LEAST))[0].code == "password_short"
    assert password_problems(PasswordFacts("kettle spoon 90", STAFF_LEAST)) == []
    assert password_problems(PasswordFacts("kettle spoon " * 12))[0].code == "password_long"


@given(st.text(min_size=1, max_size=300), st.text(max_size=60))
def test_no_password_makes_the_policy_fail(password, own):
    password_problems(PasswordFacts(password, own=(own,)))


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("19900001001", "+8619900001001"),
        ("+86 199 0000 1001", "+8619900001001"),
        ("１９９００００１００１", "+8619900001001"),
        ("+852 9123 4567", "+85291234567"),
        ("010 6555 1234", None),
        ("1990000100", None),
        ("=1+1", None),
        ("٠١٢٣٤٥٦٧٨٩", None),
    ],
)
def test_a_phone_number_is_compared_in_one_spelling(typed, key):
    assert phone_key(typed) == key


@pytest.mark.parametrize("typed", ["Ana@Example.org", " ana@example.org ", "ana@EXAMPLE.ORG"])
def test_an_address_is_compared_in_small_letters(typed):
    contact = read_contact(typed)
    assert isinstance(contact, Contact)
    assert (contact.kind, contact.key) == ("email", "ana@example.org")


@pytest.mark.parametrize("typed", ["", "a@", "@b.c", "a b@", "x" * 5000, "a@b", "<b>@x.org", "a@b.c\x00", "=cmd@x"])
def test_what_is_no_address_is_refused_with_an_example(typed):
    assert not isinstance(read_contact(typed), Contact)


def test_a_phone_is_refused_where_no_text_messages_leave():
    found = read_contact("19900001001", phones=False)
    assert not isinstance(found, Contact)
    assert found.code == "phone_not_offered"


@pytest.mark.parametrize("username", ["Ana", "a", "1ana", "ana!", "аna", "ana smith", "a" * 41, ""])
def test_a_user_name_is_plain(username):
    assert username_is_plain(username) is not None
    assert username_is_plain("ana.smith-2") is None


def test_a_code_is_right_in_time_with_few_tries():
    late = NOON + timedelta(minutes=10)
    assert code_is_right(CodeFacts(late, 0, True), NOON) is None
    assert code_is_right(CodeFacts(late, 4, True), NOON) is None
    codes = [
        code_is_right(CodeFacts(late, 0, True), late),
        code_is_right(CodeFacts(late, 5, True), NOON),
        code_is_right(CodeFacts(late, 0, False), NOON),
        code_is_right(None, NOON),
    ]
    assert [found and found.code for found in codes] == [
        "code_expired", "code_tries_used_up", "code_wrong", "code_expired"]


def test_a_code_goes_out_once_a_minute_and_five_times_a_day():
    minutes = [NOON - timedelta(minutes=10 * step) for step in range(1, 6)]
    assert code_may_be_sent([], NOON) is None
    assert code_may_be_sent([NOON - timedelta(seconds=60)], NOON) is None
    assert code_may_be_sent([NOON - timedelta(seconds=59)], NOON).code == "code_too_soon"
    assert code_may_be_sent(minutes[:4], NOON) is None
    assert code_may_be_sent(minutes, NOON).code == "codes_used_up"
    assert code_may_be_sent(minutes, NOON + timedelta(hours=24)) is None


def test_ten_wrong_tries_lock_a_name_for_five_minutes_and_each_further_one_doubles_it():
    tries = [NOON + timedelta(seconds=step) for step in range(10)]
    assert name_locked_until(tries[:9], NOON + timedelta(minutes=1)) is None
    assert name_locked_until(tries, NOON + timedelta(minutes=1)) == tries[-1] + timedelta(minutes=5)
    eleventh = tries[-1] + timedelta(minutes=5)
    assert name_locked_until(tries, eleventh) is None
    assert name_locked_until([*tries, eleventh], eleventh + timedelta(minutes=1)) == eleventh + timedelta(minutes=10)


def test_a_whole_day_of_guessing_one_name_is_at_most_forty_tries():
    now, tries = NOON, []
    while now < NOON + timedelta(hours=24):
        until = name_locked_until(tries, now)
        if until is None:
            tries.append(now)
        now = until or now + timedelta(seconds=1)
    assert len(tries) <= 40


def test_a_place_may_try_ten_names_in_five_minutes_and_recovers():
    tries = [NOON + timedelta(seconds=30 * step) for step in range(10)]
    assert place_locked_until(tries, NOON + timedelta(minutes=4, seconds=45)) == NOON + timedelta(minutes=5)
    assert place_locked_until(tries, NOON + timedelta(minutes=5)) is None


def test_every_role_and_permission_has_a_name_and_every_permission_a_holder():
    held = set().union(*ROLE_GRANTS.values())
    assert set(ROLE_NAMES) == set(ROLE_GRANTS) == set(Role)
    assert held == set(Permission) - {Permission.SYSTEM}
    assert set(PERMISSION_NAMES) == held - {Permission.LEARN, Permission.APPLY}


def test_a_small_team_covers_every_duty_and_no_bundle_puts_together_what_must_stand_apart():
    given_away = set().union(*(roles for _, _, roles in BUNDLES))
    assert given_away == set(Role) - {Role.LEARNER, Role.AUDITOR, Role.ADMINISTRATOR, Role.SINGLE_OPERATOR}
    assert [duties_to_watch(roles) for _, _, roles in BUNDLES] == [[]] * len(BUNDLES)
    assert duties_to_watch(frozenset({Role.RESULT_MAKER, Role.RESULT_CHECKER}))


def test_the_last_administrator_cannot_be_disabled_nor_anybody_disable_themselves():
    boss = Actor(1, "boss", frozenset({Permission.MANAGE_ACCOUNTS}))
    for facts, code in [(RoleFacts(2, True, 0), "last_administrator"), (RoleFacts(1, True, 3), "own_roles")]:
        with pytest.raises(Refused) as refusal:
            ACCOUNT.require("disable", "active", boss, facts, "because")
        assert refusal.value.codes == {code}
    assert ACCOUNT.require("disable", "active", boss, RoleFacts(2, True, 1), "because").target == "disabled"
