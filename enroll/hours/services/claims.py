"""Hours from elsewhere: claimed with the partner's record, returned, handed in again, accepted in part or whole."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.audit.moves import begin, expect_version, make_move
from enroll.enrolments.lifecycle import EnrolmentState
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import Actor
from enroll.foundation.clock import at_beijing, local_day
from enroll.foundation.minutes import minutes_needed
from enroll.foundation.problems import NotFound, Refused, problem
from enroll.foundation.words import N_
from enroll.hours.events import ClaimDecided
from enroll.hours.lifecycle import CLAIM
from enroll.hours.models import HourClaim, HourClaimFile, Source
from enroll.hours.queries.claims import is_claimed, outside_minutes
from enroll.hours.rules.claims import CLAIMING, MOST_FILES, Claim, ClaimFacts, minutes_of, partner_key
from enroll.hours.rules.crediting import Credit, in_rows
from enroll.hours.services.crediting import credit_all
from enroll.programmes.queries.programmes import rules_at
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction
from enroll.storage.files import StoredFile

NOT_STUDYING = problem("not_studying", N_("Hours can be claimed while the enrolment is active."))
TOO_MANY = problem("too_many_files", N_("At most %(most)d files."), field="files", most=MOST_FILES)


def claim_hours(
    enrolment_id: int, claim: Claim, files: Sequence[StoredFile], *, by: Actor, now: datetime
) -> str:
    """Claim hours for one's own enrolment; gives the reference. Raises Refused with everything that is wrong."""
    with transaction() as session:
        enrolment = _own(session, enrolment_id, by)
        record = HourClaim(reference=next_reference(session, "H"), enrolment_id=enrolment.id,
                           learner_id=enrolment.learner_id, accepted_minutes=None, submitted_at=now)
        facts = _say(session, record, enrolment, claim, now, files=len(files))
        problems = [found for check in CLAIMING if (found := check(facts))]
        if len(files) > MOST_FILES:
            problems.append(TOO_MANY)
        if problems:
            raise Refused(problems)
        begin(session, CLAIM, record, by=by, now=now, minutes=record.minutes, partner=record.partner)
        _add(session, record, files, now)
        return record.reference


def resubmit_claim(
    reference: str, claim: Claim, files: Sequence[StoredFile], *, by: Actor, now: datetime, version: int | None = None
) -> None:
    """Hand a returned claim in again, changed, with more evidence where there is some."""
    with transaction() as session:
        record = lock(session, HourClaim, HourClaim.reference == reference)
        enrolment = _own(session, record.enrolment_id, by)
        expect_version(record, version)
        kept = len(record.files) + len(files)
        if kept > 2 * MOST_FILES:
            raise Refused(TOO_MANY)
        with session.no_autoflush:
            facts = _say(session, record, enrolment, claim, now, files=kept)
            make_move(session, CLAIM, record, "resubmit", by=by, now=now, facts=facts, minutes=record.minutes,
                      partner=record.partner)
        record.submitted_at = now
        _add(session, record, files, now)


def withdraw_claim(reference: str, *, by: Actor, now: datetime, version: int | None = None) -> None:
    with transaction() as session:
        record = lock(session, HourClaim, HourClaim.reference == reference)
        _own(session, record.enrolment_id, by, active=False)
        expect_version(record, version)
        make_move(session, CLAIM, record, "withdraw", by=by, now=now)


def decide_claim(
    reference: str, move: str, *, by: Actor, now: datetime, reason: str = "", minutes: int | None = None,
    version: int | None = None,
) -> None:
    """`accept` credits so many of its minutes (all unless told; fewer need a reason), `return` asks for more, `refuse`
    ends it. Raises Refused with every reason."""
    with transaction() as session:
        enrolment_id = _enrolment_of(session, reference)
        enrolment = lock(session, Enrolment, Enrolment.id == enrolment_id)
        record = lock(session, HourClaim, HourClaim.reference == reference)
        expect_version(record, version)
        facts = claim_facts(session, record, enrolment, now, accepted=minutes, reason=reason)
        with session.no_autoflush:
            make_move(session, CLAIM, record, move, by=by, now=now, facts=facts, reason=reason,
                      minutes=facts.accepted if move == "accept" else 0)
            record.accepted_minutes = facts.accepted if move == "accept" else None
        session.flush()
        if move == "accept":
            credit_all(enrolment.id, in_rows(_credit(record, now)), by=by, now=now, reason=reason)
        outbox.record(session, ClaimDecided(record.learner_id, reference, record.state), now)


def claim_facts(
    session: Session, record: HourClaim, enrolment: Enrolment, now: datetime, *, accepted: int | None = None,
    reason: str = "", files: int = 1, claimed_before: bool = False,
) -> ClaimFacts:
    """What a claim depends on now; `accepted` None is all that was claimed."""
    rules = rules_at(session, enrolment.programme.code, local_day(now))
    most = rules.hours_external_max
    return ClaimFacts(
        learner_account_id=enrolment.learner.account_id, claimed=record.minutes,
        accepted=record.minutes if accepted is None else accepted, studied_from=record.studied_from,
        studied_until=record.studied_until, today=local_day(now), most_a_day=enrolment.demands.most_minutes_a_day,
        most_outside=None if most is None else minutes_needed(most, enrolment.demands.unit),
        outside_before=outside_minutes(session, enrolment.id, but=record.id), files=files,
        claimed_before=claimed_before, reason=reason,
    )


def _say(
    session: Session, record: HourClaim, enrolment: Enrolment, claim: Claim, now: datetime, *, files: int
) -> ClaimFacts:
    """Write what is claimed on the record; gives what it depends on."""
    course = claim.course
    record.partner, record.partner_code, record.partner_key = claim.partner, claim.partner_code, partner_key(
        claim.partner)
    record.studied_from, record.studied_until = claim.studied_from, claim.studied_until
    record.amount, record.unit = claim.amount, str(claim.unit)
    record.minutes = minutes_of(claim.amount, claim.unit, enrolment.demands.unit)
    record.kind, record.note = claim.kind, claim.note
    record.section, record.course_code, record.course_title = course.section, course.code, course.title
    before = is_claimed(session, enrolment.learner_id, record.partner_key, claim.studied_from, claim.studied_until,
                        but=record.id)
    facts = claim_facts(session, record, enrolment, now, accepted=0, files=files, claimed_before=before)
    return facts


def _own(session: Session, enrolment_id: int, by: Actor, *, active: bool = True) -> Enrolment:
    enrolment = lock(session, Enrolment, Enrolment.id == enrolment_id)
    if enrolment.learner.account_id != by.account_id:
        raise NotFound("Enrolment")
    if active and enrolment.state != EnrolmentState.ACTIVE:
        raise Refused(NOT_STUDYING)
    return enrolment


def _enrolment_of(session: Session, reference: str) -> int:
    number = session.scalar(select(HourClaim.enrolment_id).where(HourClaim.reference == reference))
    if number is None:
        raise NotFound("HourClaim")
    return number


def _add(session: Session, record: HourClaim, files: Sequence[StoredFile], now: datetime) -> None:
    session.add_all(files)
    session.flush()
    session.add_all(HourClaimFile(claim_id=record.id, file_id=one.id, added_at=now) for one in files)


def _credit(record: HourClaim, now: datetime) -> Credit:
    """The accepted minutes, on the days on which they were studied elsewhere."""
    ends = at_beijing(record.studied_until + timedelta(days=1)) - timedelta(seconds=1)
    starts = at_beijing(record.studied_from)
    return Credit(
        source=Source.OUTSIDE, source_key=f"claim:{record.reference}", section=record.section, kind=record.kind,
        course_code=record.course_code, course_title=record.course_title, lesson_code="",
        title=record.partner[:160], started_at=starts, ended_at=max(min(ends, now), starts),
        minutes=record.accepted_minutes or 0,
    )
