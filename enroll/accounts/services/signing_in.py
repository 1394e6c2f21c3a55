"""Trying to sign in. Tries are counted in real time: the demo's clock may be moved, the wait for the next guess not."""

from datetime import datetime, timedelta

from sqlalchemy import update

from enroll.accounts.lifecycle import AccountState
from enroll.accounts.models import Account, SignInAttempt
from enroll.accounts.queries import account_by_sign_in_name, failures_before
from enroll.accounts.rules.lockout import name_locked_until, place_locked_until
from enroll.foundation.problems import Refused, problem
from enroll.foundation.text import compared
from enroll.foundation.words import N_
from enroll.storage.database import db, transaction
from enroll.storage.passwords import matches
from enroll.storage.sealing import keyed_hash

MINUTE = timedelta(minutes=1)
WRONG = problem("sign_in_wrong", N_("Name and password do not go together. Check both; the password tells capital from "
                                    "small letters."))


def check_sign_in(name: str, password: str, *, network_address: str, real_now: datetime) -> int:
    """The account's id. Raises Refused with one answer for every reason, so that it tells nobody who has an account;
    or with the moment from which the next try counts."""
    attempt_id = _count_try(name, network_address[:45], real_now)
    session = db.session()
    account = account_by_sign_in_name(session, name)
    known = account is not None and account.state == AccountState.ACTIVE
    account_id, digest = (account.id, account.password_hash) if account is not None and known else (None, None)
    session.rollback()
    if not matches(digest, password) or account_id is None:
        raise Refused(WRONG)
    _count_as_right(attempt_id)
    return account_id


def check_own_password(account_id: int, password: str, *, network_address: str, real_now: datetime) -> None:
    """The password again, before something that matters. Tries are counted as they are at sign-in. Raises Refused."""
    attempt_id = _count_try(f"account:{account_id}", network_address[:45], real_now)
    session = db.session()
    digest = session.get_one(Account, account_id).password_hash
    session.rollback()
    if not matches(digest, password):
        raise Refused(problem("password_wrong", N_("This is not your present password."), field="password"))
    _count_as_right(attempt_id)


def _count_as_right(attempt_id: int) -> None:
    with transaction() as session:
        session.execute(update(SignInAttempt).where(SignInAttempt.id == attempt_id).values(succeeded=True))


def _count_try(name: str, place: str, real_now: datetime) -> int:
    """Counted as failed until it has succeeded: many tries at once count as many."""
    name_hash = keyed_hash("sign-in", compared(name).lower())
    with transaction() as session:
        failures = failures_before(session, name_hash, place, real_now)
        locked = max(
            (until for until in (name_locked_until(failures.on_name, real_now),
                                 place_locked_until(failures.from_place, real_now)) if until is not None), default=None,
        )
        if locked is not None:
            raise Refused(problem("sign_in_locked", N_("Too many wrong tries. The next one counts in %(minutes)s "
                                                       "minutes; with “Forgot password” you need not wait."),
                                  minutes=-(-(locked - real_now) // MINUTE)))
        attempt = SignInAttempt(name_hash=name_hash, network_address=place, at=real_now, succeeded=False)
        session.add(attempt)
        session.flush()
        return attempt.id
