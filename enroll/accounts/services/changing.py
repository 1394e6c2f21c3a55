"""What people change about their own account: password, addresses, language; and how they get back in."""

from datetime import datetime

from sqlalchemy.orm import Session

from enroll.accounts.events import AccountChanged
from enroll.accounts.lifecycle import AccountState
from enroll.accounts.models import Account
from enroll.accounts.queries import account_by_contact, account_by_sign_in_name
from enroll.accounts.rules.codes import Purpose
from enroll.accounts.rules.contacts import EMAIL, Contact, contact_of_key, read_contact
from enroll.accounts.services.codes import send_code, use_code
from enroll.accounts.services.opening import link_contact
from enroll.accounts.services.sessions import end_sessions
from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.text import compared
from enroll.storage import outbox
from enroll.storage.database import lock, transaction


def ask_recovery(typed: str, *, phones: bool, language: str, now: datetime, real_now: datetime) -> int:
    """Send a code to whoever has this name or address; the answer is the same where nobody has. Gives the code's
    number. Raises Refused: asked too soon or too often."""
    with transaction() as session:
        account = account_by_sign_in_name(session, typed)
        address = None
        if account is not None and account.state == AccountState.ACTIVE:
            address = _reachable_at(account, typed, phones)
        if account is None or address is None:
            return send_code(None, Purpose.RECOVER, _spelled(typed), language=language, now=now, real_now=real_now)
        return send_code(account.id, Purpose.RECOVER, address, language=account.language, now=now, real_now=real_now)


def recover(code_id: int, password_hash: str, *, now: datetime, real_now: datetime) -> Account:
    """Set a new password with a tried code; every session ends. Raises Refused: the code was used, or the account is no
    longer active."""
    with transaction() as session:
        code = use_code(session, code_id, Purpose.RECOVER, real_now=real_now)
        account = lock(session, Account, Account.id == code.account_id, Account.state == AccountState.ACTIVE)
        _keep_password(session, account, password_hash, by=account.actor_at(now), now=now, how="recovered")
        return account


def set_password(
    account_id: int, password_hash: str, *, by: Actor, now: datetime, keep_session: int | None = None
) -> None:
    """A new password; every other session ends. The old one was checked before (storage.passwords.matches)."""
    with transaction() as session:
        account = lock(session, Account, Account.id == account_id)
        _keep_password(session, account, password_hash, by=by, now=now, how="changed", keep_session=keep_session)


def ask_new_contact(account_id: int, contact: Contact, *, by: Actor, now: datetime, real_now: datetime) -> int:
    """Send a code to the new address; gives the code's number. Where the address is another's, its owner is told and
    the pages answer the same. Raises Refused: asked too soon or too often."""
    with transaction() as session:
        account = lock(session, Account, Account.id == account_id)
        owner = account_by_contact(session, contact)
        taken = owner is not None and owner.id != account_id
        if owner is not None and taken:
            outbox.record(session, AccountChanged(owner.id, "address_wanted"), now)
        return send_code(account.id, Purpose.CHANGE, contact.key, language=account.language, now=now, real_now=real_now,
                         decoy=taken)


def change_contact(account_id: int, code_id: int, *, by: Actor, now: datetime, real_now: datetime) -> None:
    """The address the code went to is theirs from now on; the one before is told. Raises Refused."""
    with transaction() as session:
        account = lock(session, Account, Account.id == account_id)
        code = use_code(session, code_id, Purpose.CHANGE, real_now=real_now)
        contact = contact_of_key(code.address)
        before = (account.email if contact.kind == EMAIL else account.phone) or ""
        link_contact(session, account, contact)
        audit.record(session, "account.change_contact", account.reference, by=by, now=now, kind=contact.kind,
                     to=contact.masked)
        outbox.record(session, AccountChanged(account.id, "address_changed", before), now)


def set_recovered_contact(account_id: int, contact: Contact, *, by: Actor, now: datetime) -> None:
    """A person who lost phone and e-mail was recognised by two people: this address is their only one from now on.

    The old addresses no longer sign anybody in and are told, every session ends, and the password of before no longer
    counts: a code to the new address sets another. Raises Refused: the address is another's.
    """
    with transaction() as session:
        account = lock(session, Account, Account.id == account_id, Account.state == AccountState.ACTIVE)
        before = [address for address in (account.email if account.email_key else "", account.phone) if address]
        account.email = account.email_key = account.phone = None
        session.flush()
        link_contact(session, account, contact)
        account.password_hash, account.version = "", account.version + 1
        end_sessions(account.id, real_now=now)
        audit.record(session, "account.set_recovered_contact", account.reference, by=by, now=now, kind=contact.kind,
                     to=contact.masked)
        for address in before:
            outbox.record(session, AccountChanged(account.id, "address_changed", address), now)


def choose_language(account_id: int, language: str, *, by: Actor, now: datetime) -> None:
    """The language of messages and, from the next sign-in on, of pages."""
    with transaction() as session:
        account = lock(session, Account, Account.id == account_id)
        account.language = language
        audit.record(session, "account.choose_language", account.reference, by=by, now=now, language=language)


def choose_keys(account_id: int, single_keys: bool, *, by: Actor, now: datetime) -> None:
    """Whether shortcuts of a single key work for this person; off where speech input or a shaky hand would press them
    (WCAG 2.1.4)."""
    with transaction() as session:
        account = lock(session, Account, Account.id == account_id)
        account.single_keys = single_keys
        audit.record(session, "account.choose_keys", account.reference, by=by, now=now, single_keys=single_keys)


def _keep_password(
    session: Session, account: Account, digest: str, *, by: Actor, now: datetime, how: str,
    keep_session: int | None = None,
) -> None:
    account.password_hash = digest
    end_sessions(account.id, real_now=now, but=keep_session)
    audit.record(session, f"account.password_{how}", account.reference, by=by, now=now)
    outbox.record(session, AccountChanged(account.id, "password_changed"), now)


def _reachable_at(account: Account, typed: str, phones: bool) -> str | None:
    """The address that was typed where it is one; for a user name the e-mail address, or else the phone."""
    contact = read_contact(typed)
    if isinstance(contact, Contact) and (contact.kind == EMAIL or phones):
        return contact.key
    return account.email_key or (account.phone if phones else None)


def _spelled(typed: str) -> str:
    contact = read_contact(typed)
    return contact.key if isinstance(contact, Contact) else compared(typed).lower()[:254]
