"""Minutes in doubt: raised with evidence, decided by a person who is not the learner."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.audit.moves import begin, expect_version, make_move
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import Actor
from enroll.hours.events import DoubtDecided, DoubtRaised
from enroll.hours.lifecycle import DOUBT
from enroll.hours.models import HoursDoubt, Source
from enroll.hours.rules.crediting import Credit, NotCounted, credit_as_json, credit_of_json
from enroll.hours.rules.doubts import DoubtFacts
from enroll.hours.services.balances import balance_under_lock
from enroll.hours.services.crediting import credit, note_uncounted
from enroll.hours.services.proofs import issue_if_due
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction


def raise_doubt(
    enrolment_id: int, what: Credit, *, why: str, words: str, evidence: dict[str, Any], by: Actor, now: datetime
) -> str:
    """Put minutes aside instead of crediting them; gives the reference. The same source key is put aside once.

    `why` is a code of rules/doubts.py, `words` what was seen, `evidence` plain values that the decider looks at.
    """
    with transaction() as session:
        balance_under_lock(session, enrolment_id)  # a credit at the same moment sees the doubt, or comes before it
        known = session.scalar(select(HoursDoubt.reference).where(HoursDoubt.source_key == what.source_key))
        if known is not None:
            return known
        enrolment = session.get_one(Enrolment, enrolment_id)
        doubt = HoursDoubt(
            reference=next_reference(session, "D"), enrolment_id=enrolment_id, learner_id=enrolment.learner_id,
            source_key=what.source_key, minutes=what.minutes, why=why, words=words, evidence=evidence,
            entry=credit_as_json(what), raised_at=now,
        )
        begin(session, DOUBT, doubt, by=by, now=now, minutes=what.minutes, why=why)
        outbox.record(session, DoubtRaised(doubt.learner_id, doubt.reference), now)
        return doubt.reference


def decide_doubt(
    reference: str, move: str, *, by: Actor, now: datetime, reason: str, version: int | None = None
) -> None:
    """`count` credits the minutes, `refuse` shows them to the learner as not counted; either may let the proof go."""
    with transaction() as session:
        doubt = lock(session, HoursDoubt, HoursDoubt.reference == reference)
        expect_version(doubt, version)
        facts = DoubtFacts(doubt.enrolment.learner.account_id)
        make_move(session, DOUBT, doubt, move, by=by, now=now, facts=facts, reason=reason, minutes=doubt.minutes)
        session.flush()
        what = credit_in_doubt(doubt)
        if move == "count":
            credit(doubt.enrolment_id, what, by=by, now=now, reason=reason)
        else:
            _leave_uncounted(session, doubt, what, now)
        outbox.record(session, DoubtDecided(doubt.learner_id, doubt.reference, doubt.state), now)


def credit_in_doubt(doubt: HoursDoubt) -> Credit:
    """What counting this doubt credits: the time as it was, with the doubt as its source."""
    return credit_of_json(doubt.entry, source=Source.DOUBT, source_key=f"doubt:{doubt.reference}")


def _leave_uncounted(session: Session, doubt: HoursDoubt, what: Credit, now: datetime) -> None:
    note_uncounted(session, doubt.enrolment_id,
                   [NotCounted(what.lesson_code, what.title, "doubt_refused", doubt.minutes * 60)], now)
    balance = balance_under_lock(session, doubt.enrolment_id)
    issue_if_due(session, session.get_one(Enrolment, doubt.enrolment_id), balance, now=now)
