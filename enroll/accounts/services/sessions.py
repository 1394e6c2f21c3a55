"""Beginning and ending signed-in sessions. Moments here are real time, not the demo's."""

from datetime import datetime

from sqlalchemy import update

from enroll.accounts.models import WebSession
from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.references import public_token
from enroll.storage.database import lock, transaction
from enroll.storage.sealing import keyed_hash


def begin_session(account_id: int, *, browser: str, network_address: str, real_now: datetime) -> str:
    """Open a session and give its token, which is kept nowhere but in the browser's cookie."""
    token = public_token() + public_token()
    with transaction() as session:
        session.add(WebSession(
            token_hash=keyed_hash("session", token), account_id=account_id, begun_at=real_now, seen_at=real_now,
            proved_at=real_now, browser=browser[:200], network_address=network_address[:45],
        ))
    return token


def note_session_seen(session_id: int, real_now: datetime) -> None:
    with transaction() as session:
        session.execute(update(WebSession).where(WebSession.id == session_id).values(seen_at=real_now))


def prove_presence(session_id: int, *, by: Actor, now: datetime, real_now: datetime) -> str:
    """The person has just given the password again in this session. Gives the session's new token: whoever copied the
    cookie before is out (OWASP ASVS 5, 7.2.4)."""
    token = public_token() + public_token()
    with transaction() as session:
        row = lock(session, WebSession, WebSession.id == session_id)
        row.token_hash, row.proved_at = keyed_hash("session", token), real_now
        audit.record(session, "account.prove_presence", row.account.reference, by=by, now=now)
    return token


def end_sessions(account_id: int, *, real_now: datetime, only: int | None = None, but: int | None = None) -> None:
    """End one session, all, or all but the present one: dead from the next request on, on every device."""
    ending = update(WebSession).where(WebSession.account_id == account_id, WebSession.ended_at.is_(None))
    if only is not None:
        ending = ending.where(WebSession.id == only)
    if but is not None:
        ending = ending.where(WebSession.id != but)
    with transaction() as session:
        session.execute(ending.values(ended_at=real_now))
