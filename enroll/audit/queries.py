"""Reading the audit, and checking that nobody changed it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ScalarSelect, Select, String, cast, func, select
from sqlalchemy.orm import Session, joinedload

from enroll.audit.models import ActOnBehalf, AuditEntry, AuditHead, OnePersonAct
from enroll.audit.rules import GENESIS, digest_of


def acts_about(session: Session, subject: str) -> Sequence[AuditEntry]:
    """What was done to one record, oldest first."""
    return session.scalars(select(AuditEntry).where(AuditEntry.subject == subject).order_by(AuditEntry.seq)).all()


def acts_on_learner(session: Session, learner_id: int, *, at_most: int = 200) -> Sequence[AuditEntry]:
    """One learner's whole file, newest first."""
    wanted = select(AuditEntry).where(AuditEntry.learner_id == learner_id).order_by(AuditEntry.seq.desc())
    return session.scalars(wanted.limit(at_most)).all()


def done_alone(session: Session, subjects: Collection[str]) -> Sequence[OnePersonAct]:
    """What one person did for two about these records, oldest first: each carries its reason."""
    return session.scalars(
        select(OnePersonAct).where(OnePersonAct.subject.in_(subjects)).order_by(OnePersonAct.id)).all()


def done_for(session: Session, learner_id: int, *, at_most: int = 100) -> Sequence[ActOnBehalf]:
    """What staff did on a learner's behalf, newest first."""
    wanted = select(ActOnBehalf).where(ActOnBehalf.learner_id == learner_id).options(joinedload(ActOnBehalf.evidence))
    return session.scalars(wanted.order_by(ActOnBehalf.id.desc()).limit(at_most)).all()


def helpers_of(session: Session, subject: str) -> frozenset[int]:
    """The accounts that acted on somebody's behalf on this record: they decide nothing about it."""
    return helpers_of_each(session, subject)[subject]


def helpers_of_each(session: Session, *subjects: str) -> Mapping[str, frozenset[int]]:
    """The same of several records, by their reference."""
    wanted = select(ActOnBehalf.subject, ActOnBehalf.by_id).where(ActOnBehalf.subject.in_(subjects))
    helped = [(subject, by_id) for subject, by_id in session.execute(wanted)]
    return {one: frozenset(by_id for subject, by_id in helped if subject == one) for one in subjects}


def helpers_asked(subject: str) -> ScalarSelect[str]:
    """The question behind helpers_of as one value, asked with others; read by helpers_read."""
    named = func.aggregate_strings(cast(ActOnBehalf.by_id, String), " ")
    return select(named).where(ActOnBehalf.subject == subject).scalar_subquery()


def helpers_read(found: str | None) -> frozenset[int]:
    return frozenset(int(one) for one in (found or "").split())


def done_alone_since(since: datetime) -> Select[OnePersonAct]:
    """The list of such acts for whoever watches over the office; the page orders it."""
    return select(OnePersonAct).where(OnePersonAct.at >= since)


def counted_alone(session: Session, since: datetime) -> int:
    return session.scalar(select(func.count()).select_from(OnePersonAct).where(OnePersonAct.at >= since)) or 0


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
