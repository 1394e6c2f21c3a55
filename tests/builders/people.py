"""People who sign in: their accounts as the services open them, with a password and addresses."""

from datetime import timedelta
from typing import Any

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.accounts.rules.contacts import Contact, read_contact
from enroll.accounts.services.opening import open_account
from enroll.foundation.actor import SYSTEM, Actor
from enroll.storage.database import db
from enroll.storage.passwords import hashed
from tests.conftest import NOON
from tests.worlds import built_once

PASSWORD = "kettle spoon river nine"
EARLIER = NOON - timedelta(days=30)


def a_contact(address: str) -> Contact:
    contact = read_contact(address)
    assert isinstance(contact, Contact), contact
    return contact


@built_once
def an_open_account(
    *roles: Role, email: str = "", phone: str = "", username: str | None = None, name: str = "", confirmed: bool = True,
    password: str = PASSWORD, **more: Any,
) -> Account:
    """An account as sign-up or an administrator leaves it; of a learner unless roles are named."""
    contacts = [a_contact(address) for address in (email, phone) if address]
    return open_account(hashed(password), roles or (Role.LEARNER,), by=SYSTEM, now=EARLIER, contacts=contacts,
                        username=username, name=name, confirmed=confirmed, **more)


def a_member_of_staff(*roles: Role, username: str = "shenhe1", name: str = "审核员甲") -> Account:
    return an_open_account(*(roles or (Role.REVIEWER,)), username=username, name=name)


def actor_of(account: Account) -> Actor:
    """The account as it acts at the tests' moment."""
    db.session.refresh(account)
    actor = account.actor_at(NOON)
    db.session.rollback()
    return actor
