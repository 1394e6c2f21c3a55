"""Opening accounts: of learners, who confirm an address, and of staff, who are given roles."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from enroll.accounts.lifecycle import ACCOUNT, AccountState
from enroll.accounts.models import Account, RoleGrant
from enroll.accounts.permissions import Role
from enroll.accounts.rules.contacts import EMAIL, Contact, username_is_plain
from enroll.accounts.rules.passwords import STAFF_LEAST, PasswordFacts, password_problems
from enroll.audit import services as audit
from enroll.audit.moves import begin, make_move
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.problems import Refused, problem
from enroll.foundation.words import N_
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction
from enroll.storage.passwords import hashed

FORGOTTEN_AFTER = timedelta(days=2)


def open_account(
    password_hash: str, roles: Collection[Role], *, by: Actor, now: datetime, contacts: Collection[Contact] = (),
    username: str | None = None, name: str = "", language: str = "zh", confirmed: bool = False, is_demo: bool = False,
    until: datetime | None = None,
) -> Account:
    """Open an account with these roles (until a moment, or without end). `password_hash` comes from
    storage.passwords.hashed, before the transaction.

    Unless `confirmed`, its addresses cannot be signed in with until confirm_account. Raises Refused: name or address
    taken.
    """
    if until is not None and until <= now:
        raise Refused(problem("role_ends_before", N_("The role must end after it begins."), field="until_on"))
    with transaction() as session:
        account = Account(
            reference=next_reference(session, "U"), username=username, name=name, password_hash=password_hash,
            language=language, opened_at=now, is_demo=is_demo,
            email=next((contact.shown for contact in contacts if contact.kind == EMAIL), None),
        )
        begin_account(session, account, by, now)
        for role in roles:
            session.add(RoleGrant(account_id=account.id, role=role, from_at=now, until_at=until,
                                  granted_by_id=by.account_id))
        if confirmed:
            for contact in contacts:
                link_contact(session, account, contact)
            make_move(session, ACCOUNT, account, "confirm", by=SYSTEM, now=now)
        session.flush()
        return account


def confirm_account(session: Session, account_id: int, contact: Contact, *, now: datetime) -> Account:
    """The address is theirs: from now on they can sign in with it. Inside the caller's transaction. Raises Refused:
    somebody else has confirmed the address meanwhile."""
    account = lock(session, Account, Account.id == account_id)
    link_contact(session, account, contact)
    make_move(session, ACCOUNT, account, "confirm", by=SYSTEM, now=now)
    return account


def create_staff(
    username: str, name: str, roles: Collection[Role], password: str, *, by: Actor, now: datetime,
    is_demo: bool = False,
) -> str:
    """Open an active account for somebody of staff, by their user name; gives its reference. The password is checked
    by the policy (15 characters and not guessable), except for demo accounts. Raises Refused."""
    problems = [found for found in (username_is_plain(username),) if found]
    if not is_demo:
        problems += password_problems(PasswordFacts(password, STAFF_LEAST, (username, name)))
    if problems:
        raise Refused(problems)
    digest = hashed(password)
    return open_account(digest, roles, by=by, now=now, username=username, name=name, confirmed=True,
                        is_demo=is_demo).reference


def begin_account(session: Session, account: Account, by: Actor, now: datetime) -> None:
    try:
        with session.begin_nested():
            begin(session, ACCOUNT, account, by=by, now=now)
    except IntegrityError as error:
        taken = problem("username_taken", N_("This user name is taken. Choose another."), field="username")
        raise Refused(taken) from error


def link_contact(session: Session, account: Account, contact: Contact) -> None:
    """Give a confirmed address to an account. Raises Refused where it is another's."""
    try:
        with session.begin_nested():
            if contact.kind == EMAIL:
                account.email, account.email_key = contact.shown, contact.key
            else:
                account.phone = contact.key
            session.flush()
    except IntegrityError as error:
        raise Refused(problem("address_taken", N_("This address belongs to another account. Sign in there, or use "
                                                  "“Forgot password”."))) from error


def forget_unconfirmed(*, now: datetime) -> int:
    """Remove what was typed by people who never confirmed their address; the empty row stays (nothing is deleted)."""
    old = select(Account).where(Account.state == AccountState.UNCONFIRMED, Account.opened_at < now - FORGOTTEN_AFTER,
                                Account.password_hash != "")
    with transaction() as session:
        rows = session.scalars(old.limit(500)).all()
        for account in rows:
            account.email, account.password_hash, account.name = None, "", ""
            audit.record(session, "account.forget_unconfirmed", account.reference, by=SYSTEM, now=now)
        return len(rows)
