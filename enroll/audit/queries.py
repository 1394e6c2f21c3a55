"""Reading the audit, and checking that nobody changed it."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.audit.models import AuditEntry, AuditHead
from enroll.audit.rules import GENESIS, digest_of


def acts_about(session: Session, subject: str) -> Sequence[AuditEntry]:
    """What was done to one record, oldest first."""
    return session.scalars(select(AuditEntry).where(AuditEntry.subject == subject).order_by(AuditEntry.seq)).all()


def acts_on_learner(session: Session, learner_id: int, *, at_most: int = 200) -> Sequence[AuditEntry]:
    """One learner's whole file, newest first."""
    wanted = select(AuditEntry).where(AuditEntry.learner_id == learner_id).order_by(AuditEntry.seq.desc())
    return session.scalars(wanted.limit(at_most)).all()


def broken_links(session: Session) -> Iterator[str]:
    """Every place where the chain does not hold: a hole, a changed row, a cut tail."""
    previous, expected = GENESIS, 1
    for row in session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).yield_per(1000):
        if row.seq != expected:
            yield f"entry {expected} is missing"
        if row.previous != previous:
            yield f"entry {row.seq} does not follow the one before it"
        if row.digest != digest_of(row.previous, row.seq, row.at, row.actor_id, row.actor_name, row.act, row.subject,
                                   row.learner_id, row.details):
            yield f"entry {row.seq} was changed"
        previous, expected = row.digest, row.seq + 1
    head = session.get(AuditHead, 1)
    if head is not None and (head.seq, head.digest) != (expected - 1, previous):
        yield f"the chain ends at {expected - 1}, its head says {head.seq}"
