from collections import Counter

from sqlalchemy import func, select

from enroll.accounts.models import Account, SignInAttempt
from enroll.accounts.permissions import Role
from enroll.accounts.queries import role_held
from enroll.accounts.rules.codes import Purpose
from enroll.accounts.services import changing, roles
from enroll.accounts.services.codes import try_code
from enroll.accounts.services.opening import confirm_account
from enroll.accounts.services.signing_in import check_sign_in
from enroll.foundation.problems import Refused
from enroll.storage.database import again_if_crowded, transaction
from enroll.storage.passwords import hashed
from tests.at_once import at_once
from tests.builders.mailbox import at, codes_sent
from tests.builders.people import a_contact, a_member_of_staff, actor_of, an_open_account
from tests.conftest import NOON


def outcome(answer):
    if isinstance(answer, Refused):
        return next(iter(answer.codes))
    return type(answer).__name__ if isinstance(answer, Exception) else "done"


def outcomes(answers):
    return Counter(map(outcome, answers))


def test_ten_people_who_confirm_one_address_at_once_leave_it_with_one(app, session):
    contact = a_contact("ana@example.org")
    waiting = [an_open_account(email="ana@example.org", confirmed=False).id for _ in range(8)]

    def confirm(account_id):
        def whole():
            with transaction() as open_session:
                confirm_account(open_session, account_id, contact, now=NOON)

        return lambda: again_if_crowded(whole)

    assert outcomes(at_once(app, *[confirm(one) for one in waiting])) == {"done": 1, "address_taken": 7}
    session.rollback()  # look with fresh eyes
    assert session.scalar(select(func.count()).select_from(Account).where(Account.email_key.is_not(None))) == 1


def test_one_recovery_code_used_ten_times_at_once_sets_one_password(app, session):
    an_open_account(email="ana@example.org")
    number = changing.ask_recovery("ana@example.org", phones=False, language="zh", **at(NOON))
    digests = [hashed(f"lantern river stone {one}") for one in range(8)]

    def recover(digest):
        return lambda: again_if_crowded(lambda: changing.recover(number, digest, **at(NOON)))

    assert outcomes(at_once(app, *[recover(digest) for digest in digests])) == {"done": 1, "code_expired": 7}


def test_wrong_codes_at_once_are_all_counted(app, session):
    an_open_account(email="ana@example.org")
    number = changing.ask_recovery("ana@example.org", phones=False, language="zh", **at(NOON))
    wrong = f"{(int(codes_sent()[-1]) + 1) % 1_000_000:06d}"
    answers = at_once(app, *[lambda: try_code(number, Purpose.RECOVER, wrong, real_now=NOON)] * 10)
    assert outcomes(answers) == {"code_wrong": 5, "code_tries_used_up": 5}


def test_two_administrators_who_remove_each_other_at_once_do_not_both_succeed(app, session):
    first, second = (a_member_of_staff(Role.ADMINISTRATOR, username=name) for name in ("admin", "admin2"))
    acts = [(first.reference, actor_of(second)), (second.reference, actor_of(first))]

    def end(reference, by):
        return lambda: again_if_crowded(lambda: roles.end_role(reference, Role.ADMINISTRATOR, by=by, now=NOON))

    assert outcomes(at_once(app, *[end(*act) for act in acts])) == {"done": 1, "last_administrator": 1}
    session.rollback()
    left = select(func.count()).select_from(Account).where(role_held(Role.ADMINISTRATOR, NOON))
    assert session.scalar(left) == 1


def test_guesses_at_once_are_counted_before_they_are_looked_at(app, session):
    an_open_account(email="ana@example.org")

    def guess():
        return again_if_crowded(
            lambda: check_sign_in("ana@example.org", "guess", network_address="203.0.113.9", real_now=NOON))

    answers = outcomes(at_once(app, *[guess] * 24))
    session.rollback()
    assert set(answers) == {"sign_in_wrong", "sign_in_locked"}
    assert session.scalar(select(func.count()).select_from(SignInAttempt)) == answers["sign_in_wrong"] < 24
