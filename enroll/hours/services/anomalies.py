"""Study that looks unusual: noted once with its evidence, decided by a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.audit.moves import begin, expect_version, make_move
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import SYSTEM, Actor
from enroll.hours.lifecycle import ANOMALY
from enroll.hours.models import HoursAnomaly, LedgerEntry, Source
from enroll.hours.queries.anomalies import entries_of
from enroll.hours.rules.anomalies import WHY_IN_DOUBT, AnomalyFacts, AnomalyKind
from enroll.hours.rules.crediting import Credit
from enroll.hours.services.crediting import reverse
from enroll.hours.services.doubts import raise_doubt
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction


@dataclass(frozen=True)
class Seen:
    """What was seen: the same `key` is noted once. `evidence` are plain values; `entries` are what it is about."""

    kind: AnomalyKind
    key: str
    evidence: dict[str, Any]
    entries: Sequence[LedgerEntry]


def note_anomaly(session: Session, enrolment: Enrolment, seen: Seen, *, now: datetime) -> None:
    """Note it in the open transaction, for staff alone."""
    if session.scalar(select(HoursAnomaly.id).where(HoursAnomaly.key == seen.key)) is not None:
        return
    record = HoursAnomaly(
        reference=next_reference(session, "N"), enrolment_id=enrolment.id, learner_id=enrolment.learner_id,
        kind=str(seen.kind), key=seen.key, minutes=sum(one.minutes for one in seen.entries),
        entry_ids=[one.id for one in seen.entries], evidence=seen.evidence, found_at=now,
    )
    begin(session, ANOMALY, record, by=SYSTEM, now=now, kind=str(seen.kind), minutes=record.minutes)


def decide_anomaly(
    reference: str, move: str, *, by: Actor, now: datetime, reason: str, version: int | None = None
) -> None:
    """`pass` changes nothing; `reverse` takes every entry back that still counts; `doubt` does the same and puts each
    aside, to be decided with the learner's side of it. Raises Refused with every reason."""
    with transaction() as session:
        record = lock(session, HoursAnomaly, HoursAnomaly.reference == reference)
        expect_version(record, version)
        entries = [one for one in entries_of(session, record) if one.reversed_by is None]
        facts = AnomalyFacts(record.enrolment.learner.account_id, len(entries))
        make_move(session, ANOMALY, record, move, by=by, now=now, facts=facts, reason=reason, entries=len(entries))
        session.flush()
        for one in entries if move in ("doubt", "reverse") else ():
            put_aside = _again(one, reference)
            reverse(record.enrolment_id, one.id, by=by, now=now, reason=reason)
            if move == "doubt":
                why = WHY_IN_DOUBT.get(AnomalyKind(record.kind), "unlikely_pace")
                raise_doubt(record.enrolment_id, put_aside, why=why, words="", evidence=_for_the_doubt(record),
                            by=by, now=now)


def anomaly_facts(session: Session, record: HoursAnomaly, entries: Sequence[LedgerEntry]) -> AnomalyFacts:
    return AnomalyFacts(record.enrolment.learner.account_id, sum(one.reversed_by is None for one in entries))


def _again(entry: LedgerEntry, reference: str) -> Credit:
    """An entry as what would be credited if it is counted after all."""
    return Credit(
        source=Source.DOUBT, source_key=f"anomaly:{reference}:{entry.id}", section=entry.section, kind=entry.kind,
        course_code=entry.course_code, course_title=entry.course_title, lesson_code=entry.lesson_code,
        title=entry.title, started_at=entry.started_at, ended_at=entry.ended_at, minutes=entry.minutes,
        seconds_observed=entry.seconds_observed,
    )


def _for_the_doubt(record: HoursAnomaly) -> dict[str, Any]:
    return {"sessions": record.evidence.get("sessions", []), "anomaly": record.reference}
