"""Inviting people to take over an account that was opened for them, and letting them in."""

from datetime import datetime

from sqlalchemy import select, update

from enroll.accounts.events import Invited
from enroll.accounts.lifecycle import AccountState
from enroll.accounts.models import Account, Invitation
from enroll.accounts.queries import invitation_facts
from enroll.accounts.rules.contacts import contact_of_key
from enroll.accounts.rules.invitations import NO_LONGER_VALID, VALID, invitation_is_open, may_invite_again
from enroll.accounts.services.opening import confirm_account
from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused
from enroll.foundation.references import public_token
from enroll.storage import outbox
from enroll.storage.database import lock, transaction
from enroll.storage.sealing import keyed_hash


def invite(account_id: int, address: str, *, by: Actor, now: datetime, real_now: datetime) -> None:
    """Send the owner of an unconfirmed account the link that makes it theirs; an earlier link no longer counts.

    `address` is a contact's key. Raises Refused: the account is taken over already, or was invited a moment ago.
    """
    with transaction() as session:
        account = lock(session, Account, Account.id == account_id)
        if account.state != AccountState.UNCONFIRMED:
            raise Refused(NO_LONGER_VALID)
        before = session.scalar(select(Invitation).where(
            Invitation.account_id == account_id, Invitation.used_at.is_(None), Invitation.replaced_at.is_(None)))
        if before is not None:
            if soon := may_invite_again(before.sent_at, real_now):
                raise Refused(soon)
            before.replaced_at = real_now
            session.flush()
        token = public_token() + public_token()
        session.add(Invitation(account_id=account_id, address=address, token_hash=keyed_hash("invitation", token),
                               sent_at=real_now, expires_at=real_now + VALID))
        audit.record(session, "account.invite", account.reference, by=by, now=now,
                     to=contact_of_key(address).masked)
        outbox.record(session, Invited(account_id, address, account.language, token), now)


def note_wrong_try(invitation_id: int) -> None:
    """Count a wrong day of birth at once, whatever else the request does."""
    with transaction() as session:
        session.execute(update(Invitation).where(Invitation.id == invitation_id)
                        .values(attempts=Invitation.attempts + 1))


def accept_invitation(invitation_id: int, password_hash: str, *, now: datetime, real_now: datetime) -> Account:
    """The account is theirs: its address is confirmed, the password is the one they chose. Raises Refused: the link is
    over, or the address became somebody else's."""
    with transaction() as session:
        row = lock(session, Invitation, Invitation.id == invitation_id)
        if over := invitation_is_open(invitation_facts(row), real_now):
            raise Refused(over)
        row.used_at = real_now
        account = confirm_account(session, row.account_id, contact_of_key(row.address), now=now)
        account.password_hash = password_hash
        audit.record(session, "account.accept_invitation", account.reference, by=account.actor_at(now), now=now)
        return account

