from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from enroll.accounts.models import Account, ConfirmationCode, RoleGrant, SignInAttempt
from enroll.accounts.permissions import Role
from enroll.accounts.queries import account_by_sign_in_name
from enroll.accounts.rules.codes import Purpose
from enroll.accounts.services import changing, roles
from enroll.accounts.services.codes import send_code, try_code, use_code
from enroll.accounts.services.opening import confirm_account, create_staff, forget_unconfirmed
from enroll.accounts.services.signing_in import check_sign_in
from enroll.audit.queries import acts_about, broken_links
from enroll.foundation.actor import SYSTEM
from enroll.foundation.problems import NotFound, Refused, Stale
from enroll.storage.database import transaction
from enroll.storage.passwords import hashed, matches
from tests.builders.mailbox import at, codes_sent, events_told
from tests.builders.people import PASSWORD, a_contact, a_member_of_staff, actor_of, an_open_account
from tests.conftest import NOON

HOME, ELSEWHERE = "198.51.100.7", "203.0.113.9"
NEW = "lantern river stone"


def refusal_of(act):
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.codes


def test_somebody_signs_in_with_user_name_address_or_phone_however_it_is_spelled(session):
    account = an_open_account(email="Ana@Example.org", phone="19900001001", username="ana")
    for typed in ["ana", "ANA", "ana@example.org", "ANA@EXAMPLE.ORG", "19900001001", "+86 199 0000 1001"]:
        assert check_sign_in(typed, PASSWORD, network_address=HOME, real_now=NOON) == account.id


def test_a_wrong_name_a_wrong_password_and_a_disabled_account_get_the_same_answer(session):
    an_open_account(email="ana@example.org")
    gone = an_open_account(email="gone@example.org")
    boss = a_member_of_staff(Role.ADMINISTRATOR, username="admin")
    roles.move_account(gone.reference, "disable", by=actor_of(boss), now=NOON, reason="asked for it")
    answers = []
    tries = [("ana@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("gone@example.org", PASSWORD)]
    for name, password in tries:
        with pytest.raises(Refused) as refusal:
            check_sign_in(name, password, network_address=HOME, real_now=NOON)
        answers.append(refusal.value.problems)
    assert answers[0] == answers[1] == answers[2]


def test_an_unconfirmed_address_cannot_be_signed_in_with_nor_blocks_its_owner(session):
    an_open_account(email="ana@example.org", confirmed=False, password="the attackers own words")
    assert account_by_sign_in_name(session, "ana@example.org") is None
    owner = an_open_account(email="ana@example.org")
    assert check_sign_in("ana@example.org", PASSWORD, network_address=HOME, real_now=NOON) == owner.id


def test_an_address_belongs_to_the_first_who_confirms_it(session):
    first, second = (an_open_account(email="ana@example.org", confirmed=False) for _ in range(2))
    contact = a_contact("ana@example.org")
    with transaction() as open_session:
        confirm_account(open_session, first.id, contact, now=NOON)

    def confirm_second():
        with transaction() as open_session:
            confirm_account(open_session, second.id, contact, now=NOON)

    assert refusal_of(confirm_second) == {"address_taken"}
    assert session.scalars(select(Account.state).order_by(Account.id)).all() == ["active", "unconfirmed"]


def test_two_hundred_guesses_are_few_and_the_owner_still_gets_in_from_home(session):
    account = an_open_account(email="ana@example.org")
    check_sign_in("ana@example.org", PASSWORD, network_address=HOME, real_now=NOON - timedelta(days=3))
    answers = []
    for second in range(200):
        with pytest.raises(Refused) as refusal:
            check_sign_in("ana@example.org", "guess", network_address=ELSEWHERE,
                          real_now=NOON + timedelta(seconds=second))
        answers += refusal.value.codes
    assert (answers.count("sign_in_wrong"), answers.count("sign_in_locked")) == (10, 190)
    later = NOON + timedelta(seconds=200)
    third = "203.0.113.10"
    assert refusal_of(lambda: check_sign_in("ana@example.org", PASSWORD, network_address=third, real_now=later)) == {
        "sign_in_locked"}
    assert check_sign_in("ana@example.org", PASSWORD, network_address=HOME, real_now=later) == account.id


def test_guessing_many_names_from_one_place_is_slowed_down_too(session):
    codes = [code for number in range(30)
             for code in refusal_of(lambda number=number: check_sign_in(f"name{number}", "guess", network_address=HOME,
                                                                        real_now=NOON))]
    assert codes.count("sign_in_wrong") == 10
    assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 10


def test_what_was_typed_as_a_name_is_not_kept(session):
    refusal_of(lambda: check_sign_in("my password by mistake", "guess", network_address=HOME, real_now=NOON))
    kept = session.scalars(select(SignInAttempt)).one()
    assert "mistake" not in str(vars(kept))


def test_a_password_is_never_hashed_inside_a_transaction(app):
    with transaction(), pytest.raises(RuntimeError, match="before the transaction"):
        hashed("kettle spoon river")
    with transaction(), pytest.raises(RuntimeError, match="before the transaction"):
        matches(None, "kettle spoon river")


def test_one_password_typed_on_two_keyboards_is_one(app):
    assert matches(hashed("ｋettle spoon river"), "kettle spoon river")
    assert not matches("", "kettle spoon river")
    assert not matches("no digest at all", "kettle spoon river")


def test_a_code_is_used_once_within_five_tries(session):
    account = an_open_account(email="ana@example.org")
    number = send_code(account.id, Purpose.CHANGE, "new@example.org", language="zh", **at(NOON))
    code = codes_sent("new@example.org")[-1]
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(4):
        assert refusal_of(lambda: try_code(number, Purpose.CHANGE, wrong, real_now=NOON)) == {"code_wrong"}
    try_code(number, Purpose.CHANGE, f" {code[:3]} {code[3:]} ", real_now=NOON)
    with transaction() as open_session:
        use_code(open_session, number, Purpose.CHANGE, real_now=NOON)

    def again():
        with transaction() as open_session:
            use_code(open_session, number, Purpose.CHANGE, real_now=NOON)

    assert refusal_of(again) == {"code_expired"}
    assert refusal_of(lambda: try_code(number, Purpose.CHANGE, wrong, real_now=NOON)) == {"code_wrong"}
    assert refusal_of(lambda: try_code(number, Purpose.CHANGE, code, real_now=NOON)) == {"code_tries_used_up"}


def test_a_code_that_is_none_is_wrong(session):
    for place, typed in enumerate(("", "0", "null", "\x00", "１２３４５６", "x" * 5000)):
        account = an_open_account(email=f"ana{place}@example.org")
        number = send_code(account.id, Purpose.CHANGE, f"new{place}@example.org", language="zh", **at(NOON))
        wrong = refusal_of(partial(try_code, number, Purpose.CHANGE, typed, real_now=NOON))
        assert wrong == {"code_wrong"}, typed


def test_a_code_serves_the_one_purpose_and_the_one_address_it_was_sent_for(session):
    account = an_open_account(email="ana@example.org")
    number = send_code(account.id, Purpose.CHANGE, "new@example.org", language="zh", **at(NOON))
    code = codes_sent()[-1]
    assert refusal_of(lambda: try_code(number, Purpose.RECOVER, code, real_now=NOON)) == {"code_expired"}
    assert refusal_of(lambda: try_code(number + 1, Purpose.CHANGE, code, real_now=NOON)) == {"code_expired"}


def test_the_code_itself_stands_nowhere_in_the_clear(session):
    account = an_open_account(email="ana@example.org")
    send_code(account.id, Purpose.CHANGE, "new@example.org", language="zh", **at(NOON))
    code = codes_sent()[-1]
    kept = session.scalars(select(ConfirmationCode)).one()
    assert code not in str(vars(kept))
    assert code not in str(events_told("CodeSent"))


def test_recovery_sets_a_new_password_ends_every_session_and_tells_the_owner(session):
    account = an_open_account(email="ana@example.org")
    number = changing.ask_recovery("ANA@example.org", phones=False, language="zh", **at(NOON))
    try_code(number, Purpose.RECOVER, codes_sent("ana@example.org")[-1], real_now=NOON)
    changing.recover(number, hashed(NEW), **at(NOON))
    assert check_sign_in("ana@example.org", NEW, network_address=HOME, real_now=NOON) == account.id
    assert events_told("AccountChanged") == [{"account_id": account.id, "what": "password_changed", "before": ""}]


def test_recovery_of_nobody_looks_the_same_and_tells_nobody(session):
    for typed in ["nobody@example.org", "19900009999", "nobody", "=1+1", "x" * 250]:
        number = changing.ask_recovery(typed, phones=True, language="zh", **at(NOON))
        assert refusal_of(lambda number=number: try_code(number, Purpose.RECOVER, "123456", real_now=NOON)) == {
            "code_wrong"}
    assert events_told("CodeSent") == []
    again = refusal_of(lambda: changing.ask_recovery("nobody", phones=True, language="zh", **at(NOON)))
    assert again == {"code_too_soon"}


def test_a_disabled_account_is_not_recovered(session):
    account = an_open_account(email="ana@example.org")
    boss = a_member_of_staff(Role.ADMINISTRATOR, username="admin")
    number = changing.ask_recovery("ana@example.org", phones=False, language="zh", **at(NOON))
    roles.move_account(account.reference, "disable", by=actor_of(boss), now=NOON, reason="asked for it")
    with pytest.raises(NotFound):
        changing.recover(number, hashed(NEW), **at(NOON))
    changing.ask_recovery("ana@example.org", phones=False, language="zh", **at(NOON + timedelta(minutes=2)))
    assert len(codes_sent()) == 1


def test_a_new_address_is_confirmed_by_a_code_to_it_and_the_old_one_is_warned(session):
    account = an_open_account(email="old@example.org")
    number = changing.ask_new_contact(account.id, a_contact("New@example.org"), by=actor_of(account), **at(NOON))
    try_code(number, Purpose.CHANGE, codes_sent("new@example.org")[-1], real_now=NOON)
    changing.change_contact(account.id, number, by=actor_of(account), **at(NOON))
    assert account_by_sign_in_name(session, "old@example.org") is None
    assert account_by_sign_in_name(session, "new@example.org").id == account.id
    assert events_told("AccountChanged") == [
        {"account_id": account.id, "what": "address_changed", "before": "old@example.org"}]
    assert [act.details for act in acts_about(session, account.reference)][-1] == {
        "kind": "email", "to": "n***@example.org"}


def test_an_address_of_somebody_else_gets_no_code_and_its_owner_hears_of_it(session):
    ana, eve = an_open_account(email="ana@example.org"), an_open_account(email="eve@example.org")
    changing.ask_new_contact(eve.id, a_contact("ana@example.org"), by=actor_of(eve), **at(NOON))
    assert codes_sent() == []
    assert events_told("AccountChanged") == [{"account_id": ana.id, "what": "address_wanted", "before": ""}]


def test_a_role_has_its_time_and_both_ends_are_audited(session):
    boss, person = a_member_of_staff(Role.ADMINISTRATOR, username="admin"), a_member_of_staff(Role.REVIEWER)
    week = timedelta(days=7)
    roles.grant_roles(person.reference, [Role.REVIEW_LEAD], by=actor_of(boss), now=NOON, from_at=NOON + week,
                      until=NOON + 2 * week)
    session.refresh(person)
    held = [Role.REVIEW_LEAD in person.roles_at(NOON + step * week) for step in (0, 1, 2)]
    assert held == [False, True, False]
    roles.end_role(person.reference, Role.REVIEWER, by=actor_of(boss), now=NOON)
    session.refresh(person)
    assert person.roles_at(NOON) == frozenset()
    assert session.scalar(select(func.count()).select_from(RoleGrant).where(RoleGrant.account_id == person.id)) == 2
    assert [act.act for act in acts_about(session, person.reference)][-2:] == ["account.grant_role", "account.end_role"]
    assert list(broken_links(session)) == []


def test_nobody_changes_their_own_roles_and_the_last_administrator_stays(session):
    boss = a_member_of_staff(Role.ADMINISTRATOR, username="admin")
    other = a_member_of_staff(Role.ADMINISTRATOR, username="admin2")
    by = actor_of(boss)
    assert refusal_of(lambda: roles.grant_roles(boss.reference, [Role.REVIEWER], by=by, now=NOON)) == {"own_roles"}
    assert refusal_of(lambda: roles.end_role(boss.reference, Role.ADMINISTRATOR, by=by, now=NOON)) == {"own_roles"}
    itself = refusal_of(lambda: roles.move_account(boss.reference, "disable", by=by, now=NOON, reason="left"))
    assert itself == {"own_roles"}
    roles.end_role(other.reference, Role.ADMINISTRATOR, by=by, now=NOON)
    helper = a_member_of_staff(Role.ADMINISTRATOR, username="admin3")
    roles.move_account(helper.reference, "disable", by=by, now=NOON, reason="left us")
    third = an_open_account(Role.ADMINISTRATOR, username="admin4")
    roles.end_role(boss.reference, Role.ADMINISTRATOR, by=actor_of(third), now=NOON)
    fourth = an_open_account(Role.REVIEWER, username="rev")
    assert refusal_of(lambda: roles.end_role(third.reference, Role.ADMINISTRATOR, by=by, now=NOON)) == {
        "last_administrator"}
    assert refusal_of(lambda: roles.grant_roles(fourth.reference, [Role.AUDITOR], by=actor_of(fourth), now=NOON)) == {
        "not_permitted"}


def test_an_account_seen_in_an_older_version_is_not_disabled(session):
    boss, person = a_member_of_staff(Role.ADMINISTRATOR, username="admin"), a_member_of_staff()
    with pytest.raises(Stale):
        roles.move_account(person.reference, "disable", by=actor_of(boss), now=NOON, reason="left", version=1)


def test_staff_are_created_by_the_policy_and_a_demo_account_without_it(session):
    with pytest.raises(Refused) as refusal:
        create_staff("Wang Fang", "王芳", [Role.REVIEWER], "short", by=SYSTEM, now=NOON)
    assert refusal.value.codes == {"username_unreadable", "password_short"}
    create_staff("wangfang", "王芳", [Role.REVIEWER], "kettle spoon river", by=SYSTEM, now=NOON)
    create_staff("admin", "系统管理员", [Role.ADMINISTRATOR], "caip-demo-2026", by=SYSTEM, now=NOON, is_demo=True)
    assert check_sign_in("admin", "caip-demo-2026", network_address=HOME, real_now=NOON)
    assert refusal_of(lambda: create_staff("admin", "另一位", [Role.ADMINISTRATOR], "kettle spoon river", by=SYSTEM,
                                           now=NOON)) == {"username_taken"}


def test_what_unconfirmed_people_typed_is_forgotten_after_two_days(session):
    old = an_open_account(email="old@example.org", confirmed=False)
    kept = an_open_account(email="kept@example.org")
    assert (forget_unconfirmed(now=NOON), forget_unconfirmed(now=NOON)) == (1, 0)
    session.refresh(old), session.refresh(kept)
    assert (old.email, old.password_hash, kept.email) == (None, "", "kept@example.org")


