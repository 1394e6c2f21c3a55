"""Who may do what: granting and ending roles, disabling and enabling accounts."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.events import AccountChanged
from enroll.accounts.lifecycle import ACCOUNT
from enroll.accounts.models import Account, RoleGrant
from enroll.accounts.permissions import Permission, Role
from enroll.accounts.queries import role_facts, role_held
from enroll.accounts.rules.contacts import EMAIL, Contact
from enroll.accounts.rules.roles import an_administrator_remains, not_for_oneself
from enroll.accounts.services.opening import link_contact
from enroll.accounts.services.sessions import end_sessions
from enroll.audit import services as audit
from enroll.audit.moves import expect_version, make_move
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, REASON_MISSING, Refused, problem
from enroll.foundation.words import N_
from enroll.storage import outbox
from enroll.storage.database import lock, transaction


def grant_roles(
    reference: str, roles: Collection[Role], *, by: Actor, now: datetime, from_at: datetime | None = None,
    until: datetime | None = None,
) -> None:
    """Give roles from a moment (now) until another (or without end); a stand-in has an end. Their sessions end, so that
    no page is left open with less or more than they may. Raises Refused."""
    with transaction() as session:
        account = _account_under_lock(session, reference, now)
        _require_manager(session, account, by, now)
        begins = max(from_at or now, now)
        if until is not None and until <= begins:
            raise Refused(problem("role_ends_before", N_("The role must end after it begins."), field="until_on"))
        wanted = sorted(set(roles) - account.roles_at(begins))
        if not wanted:
            raise Refused(problem("role_held", N_("This person already holds the role at that time.")))
        for role in wanted:
            session.add(RoleGrant(account_id=account.id, role=role, from_at=begins, until_at=until,
                                  granted_by_id=by.account_id))
            audit.record(session, "account.grant_role", account.reference, by=by, now=now, role=str(role),
                         from_at=begins.isoformat(), until=until.isoformat() if until else None)
        end_sessions(account.id, real_now=now)


def end_role(reference: str, role: Role, *, by: Actor, now: datetime) -> None:
    """The role ends now, also one that would have begun later. Raises Refused: one's own, or the last
    administrator's."""
    with transaction() as session:
        account = _account_under_lock(session, reference, now)
        _require_manager(session, account, by, now)
        if role == Role.ADMINISTRATOR:
            last = an_administrator_remains(role_facts(session, account, now))
            if last:
                raise Refused(last)
        open_grants = [grant for grant in account.grants
                       if grant.role == role and (grant.until_at is None or grant.until_at > now)]
        if not open_grants:
            raise Refused(problem("role_not_held", N_("This role has already ended.")))
        for grant in open_grants:
            grant.until_at = max(now, grant.from_at)
        audit.record(session, "account.end_role", account.reference, by=by, now=now, role=str(role))
        end_sessions(account.id, real_now=now)


def move_account(
    reference: str, move: str, *, by: Actor, now: datetime, reason: str = "", version: int | None = None
) -> None:
    """Disable or enable an account. A disabled one is out at once: sessions, codes, all. Raises Refused, Stale."""
    with transaction() as session:
        account = _account_under_lock(session, reference, now)
        expect_version(account, version)
        made = make_move(session, ACCOUNT, account, move, by=by, now=now, reason=reason,
                         facts=role_facts(session, account, now))
        end_sessions(account.id, real_now=now)
        outbox.record(session, AccountChanged(account.id, f"{made.name}d"), now)


def replace_contact(
    reference: str, contact: Contact, *, by: Actor, now: datetime, reason: str, version: int | None = None
) -> None:
    """Give an account of staff another address, for somebody who lost both phone and e-mail and has shown who they are:
    `reason` says how. Every session ends, and the address before is told. A learner's is replaced by two people, as a
    lost sign-in. Raises Refused, Stale."""
    with transaction() as session:
        account = _account_under_lock(session, reference, now)
        expect_version(account, version)
        _require_manager(session, account, by, now)
        if account.roles_at(now) == frozenset({Role.LEARNER}):
            raise Refused(problem("two_people", N_("A learner’s address is replaced by two people: open a request "
                                                   "under “Lost sign-ins”.")))
        if not reason.strip():
            raise Refused(REASON_MISSING)
        before = (account.email if contact.kind == EMAIL else account.phone) or ""
        link_contact(session, account, contact)
        account.version += 1
        end_sessions(account.id, real_now=now)
        audit.record(session, "account.replace_contact", account.reference, by=by, now=now, kind=contact.kind,
                     to=contact.masked, reason=reason)
        outbox.record(session, AccountChanged(account.id, "address_changed", before), now)


def _account_under_lock(session: Session, reference: str, now: datetime) -> Account:
    """Administrators first, in one order: two who remove each other at once must not both succeed."""
    session.execute(
        select(Account.id).where(role_held(Role.ADMINISTRATOR, now)).order_by(Account.id).with_for_update()
    )
    return lock(session, Account, Account.reference == reference)


def _require_manager(session: Session, account: Account, by: Actor, now: datetime) -> None:
    if not by.may(Permission.MANAGE_ACCOUNTS):
        raise Refused(NOT_PERMITTED)
    own = not_for_oneself(role_facts(session, account, now), by)
    if own:
        raise Refused(own)
