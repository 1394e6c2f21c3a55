"""People who can sign in, and who they act as."""

from datetime import datetime, timedelta

from enroll.accounts.lifecycle import AccountState
from enroll.accounts.models import Account, RoleGrant
from enroll.accounts.permissions import Role
from enroll.foundation.actor import Actor
from enroll.storage.database import transaction
from tests.conftest import NOON
from tests.worlds import built_once


@built_once
def an_account(name: str, *roles: Role, since: datetime = NOON - timedelta(days=200)) -> Account:
    """Somebody who has held these roles for a while: an_account("rui", Role.REVIEWER). `name` is unique."""
    with transaction() as session:
        account = Account(
            reference=f"U-{name}", username=name, name=name, email=f"{name}@example.org",
            email_key=f"{name}@example.org", password_hash="not a hash", state=str(AccountState.ACTIVE), version=1,
            opened_at=since,
            grants=[RoleGrant(role=str(role), from_at=since) for role in roles],
        )
        session.add(account)
    return account


def an_actor(name: str, *roles: Role) -> Actor:
    """The same somebody, as services know them."""
    return an_account(name, *roles).actor_at(NOON)
