"""Minutes entered by hand: with a reason and evidence; above the limit a second person approves before they count."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.audit.moves import begin, expect_version, make_move
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import Actor
from enroll.foundation.clock import at_beijing, local_day
from enroll.foundation.minutes import minutes_needed
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, REASON_MISSING, Refused
from enroll.hours.events import AdjustmentCredited
from enroll.hours.lifecycle import ADJUSTMENT
from enroll.hours.models import HourAdjustment, Source
from enroll.hours.queries.adjustments import entered_alone
from enroll.hours.rules.adjusting import Adjustment, AdjustmentFacts, day_is_over, minutes_in_bounds
from enroll.hours.rules.crediting import Credit, in_rows
from enroll.hours.services.crediting import credit_all
from enroll.programmes.queries.programmes import rules_at
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction
from enroll.storage.files import StoredFile


def enter_minutes(
    enrolment_id: int, what: Adjustment, evidence: StoredFile, *, by: Actor, now: datetime
) -> HourAdjustment:
    """Enter minutes by hand. They count at once where one person may enter so many, else they wait for a second one;
    the record's state says which. Raises Refused: without a reason, for one's own hours, out of bounds."""
    with transaction() as session:
        enrolment = lock(session, Enrolment, Enrolment.id == enrolment_id)
        record = HourAdjustment(
            reference=next_reference(session, "J"), enrolment_id=enrolment.id, learner_id=enrolment.learner_id,
            minutes=what.minutes, may_alone=may_enter_alone(session, enrolment, now), section=what.section,
            kind=what.kind, course_code=what.course_code, course_title=what.course_title, title=what.title,
            done_on=what.done_on, reason=what.reason, made_at=now, made_by_id=by.account_id, made_by_name=by.name,
        )
        facts = adjustment_facts(record, enrolment, now)
        problems = [found for check in (minutes_in_bounds, day_is_over) if (found := check(facts))]
        if not what.reason.strip():
            problems.append(replace(REASON_MISSING, field="reason"))
        if by.account_id == enrolment.learner.account_id:
            problems.append(OWN_RECORD)
        if not by.may(ADJUSTMENT.moves["enter"].permission):
            problems = [NOT_PERMITTED]
        if problems:
            raise Refused(problems)
        session.add(evidence)
        session.flush()
        record.file_id = evidence.id
        begin(session, ADJUSTMENT, record, by=by, now=now, minutes=record.minutes, reason=what.reason,
              sha256=evidence.sha256)
        if record.minutes <= record.may_alone:
            make_move(session, ADJUSTMENT, record, "enter", by=by, now=now, facts=facts, reason=what.reason)
            _credit(session, record, by, now)
        return record


def decide_adjustment(
    reference: str, move: str, *, by: Actor, now: datetime, reason: str = "", version: int | None = None
) -> None:
    """`approve` as the second person credits the minutes, `refuse` does not, `withdraw` is its maker's."""
    with transaction() as session:
        found = session.scalar(select(HourAdjustment.enrolment_id).where(HourAdjustment.reference == reference))
        enrolment = lock(session, Enrolment, Enrolment.id == (found or 0))
        record = lock(session, HourAdjustment, HourAdjustment.reference == reference)
        expect_version(record, version)
        with session.no_autoflush:
            make_move(session, ADJUSTMENT, record, move, by=by, now=now, facts=adjustment_facts(record, enrolment, now),
                      reason=reason, minutes=record.minutes)
            record.second_person_id = by.account_id if move == "approve" else None
        session.flush()
        if move == "approve":
            _credit(session, record, by, now)


def may_enter_alone(session: Session, enrolment: Enrolment, now: datetime) -> int:
    """The minutes one person may still enter for this enrolment; 0 where the programme does not say."""
    hours = rules_at(session, enrolment.programme.code, local_day(now)).manual_alone_hours or 0
    return max(minutes_needed(hours, enrolment.demands.unit) - entered_alone(session, enrolment.id), 0)


def adjustment_facts(record: HourAdjustment, enrolment: Enrolment, now: datetime) -> AdjustmentFacts:
    return AdjustmentFacts(enrolment.learner.account_id, record.made_by_id, record.minutes, record.may_alone,
                           record.done_on, local_day(now))


def _credit(session: Session, record: HourAdjustment, by: Actor, now: datetime) -> None:
    session.flush()
    starts = at_beijing(record.done_on)
    what = Credit(
        source=Source.MANUAL, source_key=f"adjustment:{record.reference}", section=record.section, kind=record.kind,
        course_code=record.course_code, course_title=record.course_title, lesson_code="", title=record.title,
        started_at=starts, ended_at=max(min(starts + timedelta(days=1, seconds=-1), now), starts),
        minutes=record.minutes,
    )
    credit_all(record.enrolment_id, in_rows(what), by=by, now=now, reason=record.reason,
               second_person_id=record.second_person_id, maker_id=record.made_by_id)
    outbox.record(session, AdjustmentCredited(record.learner_id, record.reference), now)
