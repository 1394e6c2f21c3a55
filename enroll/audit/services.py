"""Writing the audit. Callers name the act while they work; the rows are chained in the transaction's last step."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from enroll.audit.models import ActOnBehalf, AuditEntry, AuditHead
from enroll.audit.rules import GENESIS, digest_of
from enroll.foundation.actor import Actor
from enroll.storage.database import BEFORE_COMMIT, notes


def record(
    session: Session, act: str, subject: str, *, by: Actor, now: datetime, learner_id: int | None = None, **details: Any
) -> None:
    """Note an act of the open transaction. `act` is 'package.verb'; details are plain JSON values, never a secret,
    an identity number or a phone number. An act on somebody's behalf says so by itself."""
    if by.behalf is not None:
        details["behalf"] = by.behalf.as_details()
    row = AuditEntry(at=now, actor_id=by.account_id, actor_name=by.name, act=act, subject=subject,
                     learner_id=learner_id, details=details)
    notes(session).setdefault("audit", []).append(row)


def note_on_behalf(
    session: Session, act: str, subject: str, learner_id: int, *, by: Actor, now: datetime, evidence_id: int | None
) -> None:
    """Keep the whole act that somebody did for another person, for that person to read and for guards to ask."""
    assert by.behalf is not None, "only for somebody else"
    assert by.account_id is not None, "only people act for people"
    session.add(ActOnBehalf(
        act=act, subject=subject, learner_id=learner_id, of_account_id=by.behalf.account_id, evidence_id=evidence_id,
        asked_by=by.behalf.asked_by, reason=by.behalf.reason, at=now, by_id=by.account_id, by_name=by.name))


def chain_noted_acts(session: Session) -> None:
    """Give the noted acts their place in the chain. The head's lock is the last lock a transaction takes."""
    rows: list[AuditEntry] = notes(session).get("audit", [])
    if not rows:
        return
    session.flush()
    head = session.get(AuditHead, 1, with_for_update=True, populate_existing=True)
    if head is None:
        head = AuditHead(id=1, seq=0, digest=GENESIS)
        session.add(head)
    for row in rows:
        row.seq, row.previous = head.seq + 1, head.digest
        row.digest = digest_of(row.previous, row.seq, row.at, row.actor_id, row.actor_name, row.act, row.subject,
                               row.learner_id, row.details)
        session.add(row)
        head.seq, head.digest = row.seq, row.digest


if chain_noted_acts not in BEFORE_COMMIT:
    BEFORE_COMMIT.append(chain_noted_acts)
