"""Reading accounts and their sessions."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enroll.accounts.lifecycle import AccountState
from enroll.accounts.models import Account, WebSession
from enroll.accounts.permissions import Role
from enroll.accounts.rules import SessionLimits, session_is_live
from enroll.storage.sealing import keyed_hash

SEEN_EVERY = timedelta(minutes=1)


def session_by_token(session: Session, token: str, now: datetime, limits: SessionLimits) -> WebSession | None:
    """The live session behind a cookie's token; ended, idle or of a disabled account is None."""
    wanted = select(WebSession).where(WebSession.token_hash == keyed_hash("session", token))
    whole = joinedload(WebSession.account).joinedload(Account.grants)
    found = session.scalars(wanted.options(whole)).unique().one_or_none()
    if found is None or found.ended_at is not None or found.account.state != AccountState.ACTIVE:
        return None
    staff = found.account.roles_at(now) != frozenset({Role.LEARNER})
    return found if session_is_live(found.begun_at, found.seen_at, now, limits, staff=staff) else None


def account_by_reference(session: Session, reference: str) -> Account | None:
    return session.scalar(select(Account).where(Account.reference == reference))
