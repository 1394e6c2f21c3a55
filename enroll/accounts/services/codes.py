"""Confirmation codes: sending one, trying one, using one up.

A code lives in real time, like a session: moving the demo's clock ends no code and shortens no wait for the next one.
"""

import hmac
from datetime import datetime

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from enroll.accounts.events import CodeSent
from enroll.accounts.models import ConfirmationCode
from enroll.accounts.queries import codes_sent_to
from enroll.accounts.rules.codes import DAY, VALID, CodeFacts, Purpose, code_is_right, code_may_be_sent
from enroll.foundation.problems import Refused
from enroll.foundation.references import confirmation_code
from enroll.storage import outbox
from enroll.storage.database import transaction
from enroll.storage.sealing import keyed_hash


def send_code(
    account_id: int | None, purpose: Purpose, address: str, *, language: str, now: datetime, real_now: datetime,
    decoy: bool = False, token: str = "",
) -> int:
    """Send a code to an address (a contact's key) and give the code's number, under which it is tried.

    A decoy looks the same from outside and no message goes out: the address is nobody's, or somebody else's.
    Raises Refused: asked too soon, or too often within a day.
    """
    with transaction() as session:
        problem = code_may_be_sent(codes_sent_to(session, address, real_now - DAY), real_now)
        if problem:
            raise Refused(problem)
        code = confirmation_code()
        row = ConfirmationCode(
            account_id=account_id, purpose=purpose, address=address, code_hash=_hash(purpose, address, code),
            sent_at=real_now, expires_at=real_now + VALID,
        )
        session.add(row)
        session.flush()
        if account_id is not None and not decoy:
            outbox.record(session, CodeSent(account_id, purpose, address, language, token, code), now)
        return row.id


def try_code(code_id: int, purpose: Purpose, typed: str, *, real_now: datetime) -> None:
    """Raises Refused unless this is the code. A wrong try is counted at once, also when the rest of the act fails, so
    this stands before the transaction that uses the code."""
    with transaction() as session:
        row = session.get(ConfirmationCode, code_id, with_for_update=True, populate_existing=True)
        facts = None
        if row is not None and row.purpose == purpose:
            same = hmac.compare_digest(row.code_hash, _hash(purpose, row.address, "".join(typed.split())))
            facts = CodeFacts(row.expires_at, row.attempts, same)
        problem = code_is_right(facts, real_now)
        if row is not None and problem is not None and problem.code == "code_wrong":
            row.attempts += 1
    if problem is not None:
        raise Refused(problem)


def use_code(session: Session, code_id: int, purpose: Purpose, *, real_now: datetime) -> ConfirmationCode:
    """Use up a code that was tried and right; of several presses at once one succeeds. Raises Refused."""
    taken = session.execute(
        update(ConfirmationCode)
        .where(ConfirmationCode.id == code_id, ConfirmationCode.purpose == purpose,
               ConfirmationCode.used_at.is_(None), ConfirmationCode.expires_at > real_now)
        .values(used_at=real_now).execution_options(synchronize_session=False)
    )
    if not (isinstance(taken, CursorResult) and taken.rowcount):
        problem = code_is_right(None, real_now)
        raise Refused([problem] if problem else [])
    return session.get_one(ConfirmationCode, code_id, populate_existing=True)


def _hash(purpose: str, address: str, code: str) -> str:
    return keyed_hash("code", f"{purpose}:{address}:{code}")
