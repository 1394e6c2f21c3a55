"""Matters that must be closed before a certificate: raised by a change of outcome, or by packages that stand later."""

from datetime import datetime

from sqlalchemy import select

from enroll.accounts.permissions import Permission
from enroll.audit import services as audit
from enroll.certificates.models import OpenMatter
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, REASON_MISSING, Refused
from enroll.learners.models import Learner
from enroll.storage.database import lock, transaction


def raise_matter(learner_id: int, kind: str, reference: str, *, by: Actor, now: datetime, words: str = "") -> int:
    """Note something about a learner that holds back their certificate until it is closed; gives its number.

    `kind` is one of MATTER_KINDS, `reference` names the record it is about. Raised again while open, it is one matter.
    """
    with transaction() as session:
        known = session.scalar(select(OpenMatter).where(
            OpenMatter.kind == kind, OpenMatter.reference == reference, OpenMatter.closed_at.is_(None)))
        if known is not None:
            return known.id
        row = OpenMatter(learner_id=learner_id, kind=kind, reference=reference, words=words, raised_at=now,
                         raised_by_id=by.account_id)
        session.add(row)
        session.flush()
        audit.record(session, "certificate.raise_matter", reference, by=by, now=now, learner_id=learner_id, kind=kind)
        return row.id


def close_matter(kind: str, reference: str, *, by: Actor, now: datetime, words: str) -> None:
    """Close an open matter with the words that end it. A person of the issuance review, or the package that raised it
    (as the system). Raises NotFound, Refused."""
    if not (by.may(Permission.REVIEW_ISSUANCE) or by.may(Permission.SYSTEM)):
        raise Refused(NOT_PERMITTED)
    if not words.strip():
        raise Refused(REASON_MISSING)
    with transaction() as session:
        row = lock(session, OpenMatter, OpenMatter.kind == kind, OpenMatter.reference == reference,
                   OpenMatter.closed_at.is_(None))
        if session.get_one(Learner, row.learner_id).account_id == by.account_id:
            raise Refused(OWN_RECORD)
        row.closed_at, row.closed_by_id, row.closing_words = now, by.account_id, words
        audit.record(session, "certificate.close_matter", reference, by=by, now=now, learner_id=row.learner_id,
                     kind=kind, reason=words)
