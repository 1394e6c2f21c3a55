"""Disputed time: raised by its learner, decided by a person of the house, or taken back."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from enroll.audit.moves import begin, expect_version, make_move
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NotFound, Refused
from enroll.hours.events import DisputeDecided
from enroll.hours.lifecycle import DISPUTE
from enroll.hours.models import HoursDispute, Source
from enroll.hours.queries.disputes import minutes_of_lesson, stretch_of
from enroll.hours.queries.ledger import watched_minutes_on
from enroll.hours.rules.crediting import Credit, credit_as_json, credit_of_json
from enroll.hours.rules.disputes import DisputeFacts, Stretch, may_be_disputed
from enroll.hours.services.balances import balance_under_lock
from enroll.hours.services.crediting import credit
from enroll.hours.services.proofs import issue_if_due
from enroll.programmes.queries.programmes import rules_at
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction
from enroll.storage.files import StoredFile


def stretch_facts(
    session: Session, enrolment: Enrolment, number: int, lesson_minutes: int, now: datetime
) -> Stretch:
    """What decides whether this stretch may be disputed. Raises NotFound for another's."""
    row = stretch_of(session, enrolment.id, number)
    if row is None:
        raise NotFound("UncountedTime")
    rules = rules_at(session, enrolment.programme.code, local_day(now))
    room = lesson_minutes - minutes_of_lesson(session, enrolment.id, row.lesson_code)
    return Stretch(row.seconds, row.happened_at, room, rules.dispute_days, row.dispute is not None)


def raise_dispute(
    enrolment_id: int, number: int, what: Credit, lesson_minutes: int, words: str, picture: StoredFile | None, *,
    evidence: dict[str, Any], by: Actor, now: datetime,
) -> str:
    """Dispute one stretch of one's uncounted time; gives the reference.

    `what` is the lesson's time as it would be credited, `evidence` what the server kept of the session, frozen for
    whoever decides. Raises NotFound, and Refused with every reason why it cannot be disputed.
    """
    with transaction() as session:
        balance_under_lock(session, enrolment_id)  # the proof of hours sees the dispute, or comes before it
        enrolment = session.get_one(Enrolment, enrolment_id)
        stretch = stretch_facts(session, enrolment, number, lesson_minutes, now)
        problems = may_be_disputed(stretch, now)
        if problems:
            raise Refused(problems)
        if picture is not None:
            session.add(picture)
            session.flush()
        dispute = HoursDispute(
            reference=next_reference(session, "Y"), uncounted_id=number, enrolment_id=enrolment_id,
            learner_id=enrolment.learner_id, minutes=min(stretch.seconds // 60, 480), lesson_minutes=lesson_minutes,
            words=words, picture_id=picture.id if picture else None, entry=credit_as_json(what), evidence=evidence,
            raised_at=now,
        )
        begin(session, DISPUTE, dispute, by=by, now=now, minutes=dispute.minutes, uncounted=number)
        return dispute.reference


def decide_dispute(
    reference: str, move: str, *, by: Actor, now: datetime, reason: str, minutes: int | None = None,
    version: int | None = None,
) -> None:
    """`count` credits so many of its minutes (all that fit, unless told) from a source of their own; `stand` leaves the
    time uncounted. Either may let the proof go. Raises Refused with every reason."""
    with transaction() as session:
        dispute = lock(session, HoursDispute, HoursDispute.reference == reference)
        expect_version(dispute, version)
        balance = balance_under_lock(session, dispute.enrolment_id)
        what = credit_disputed(dispute)
        facts = dispute_facts(session, dispute, minutes)
        counted = facts.minutes if move == "count" else 0
        if move == "count":
            dispute.counted_minutes = max(min(counted, dispute.minutes), 1)
        make_move(session, DISPUTE, dispute, move, by=by, now=now, facts=facts, reason=reason, minutes=counted)
        session.flush()
        if counted:
            credit(dispute.enrolment_id, credit_disputed(dispute), by=by, now=now, reason=reason)
        else:
            issue_if_due(session, dispute.enrolment, balance, now=now)
        outbox.record(session, DisputeDecided(dispute.learner_id, dispute.enrolment_id, reference, dispute.state,
                                              what.lesson_code), now)


def withdraw_dispute(reference: str, *, by: Actor, now: datetime, version: int | None = None) -> None:
    """The learner takes a dispute back; a proof that waited for it may go. Raises NotFound for another's."""
    with transaction() as session:
        dispute = lock(session, HoursDispute, HoursDispute.reference == reference)
        if dispute.enrolment.learner.account_id != by.account_id:
            raise NotFound("HoursDispute")
        expect_version(dispute, version)
        balance = balance_under_lock(session, dispute.enrolment_id)
        make_move(session, DISPUTE, dispute, "withdraw", by=by, now=now,
                  facts=DisputeFacts(dispute.enrolment.learner.account_id))
        session.flush()
        issue_if_due(session, dispute.enrolment, balance, now=now)


def dispute_facts(session: Session, dispute: HoursDispute, minutes: int | None = None) -> DisputeFacts:
    """What the decision depends on now; `minutes` None asks for as many as fit, and at least one."""
    what = credit_disputed(dispute)
    lesson_room = dispute.lesson_minutes - minutes_of_lesson(session, dispute.enrolment_id, what.lesson_code)
    day = local_day(what.ended_at)
    used = watched_minutes_on(session, dispute.enrolment_id, [day]).get(day, 0)
    day_room = dispute.enrolment.demands.most_minutes_a_day - used
    wanted = max(min(dispute.minutes, lesson_room, day_room), 1) if minutes is None else minutes
    return DisputeFacts(dispute.enrolment.learner.account_id, wanted, max(lesson_room, 0), max(day_room, 0))


def credit_disputed(dispute: HoursDispute) -> Credit:
    """What counting it credits: the time as it was, with the dispute as its source."""
    return credit_of_json(dispute.entry, source=Source.DISPUTE, source_key=f"dispute:{dispute.reference}",
                          minutes=dispute.counted_minutes or dispute.minutes)
