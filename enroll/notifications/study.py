"""What accounts, identity, enrolment, money and study have to say, and to whom."""

from datetime import datetime

from sqlalchemy.orm import Session

from enroll.accounts.events import AccountChanged, CodeSent, Invited
from enroll.courses.events import LiveAttendanceDecided, LiveClassMoved, PracticeWorkMoved
from enroll.courses.lifecycle import PRACTICE_WORK
from enroll.courses.models.live import LiveClass
from enroll.courses.models.works import PracticeWork
from enroll.courses.queries.live import account_ids_of_places
from enroll.courses.rules.live import LIVE_WHY
from enroll.enrolments.events import EnrolmentMoved
from enroll.enrolments.models import Enrolment
from enroll.fees.events import FeeSettled, RefundMoved
from enroll.fees.lifecycle import FEE, REFUND
from enroll.fees.models import Fee, Refund
from enroll.hours.events import (
    AdjustmentCredited,
    ClaimDecided,
    DisputeDecided,
    DoubtDecided,
    ProofIssued,
    ProofRevoked,
)
from enroll.hours.models import HourAdjustment, HourClaim, HoursDispute, HoursDoubt, HoursProof
from enroll.learners.events import IdentityCheckMoved, NameEntered
from enroll.learners.lifecycle import IDENTITY_CHECK, CheckKind, CheckState
from enroll.learners.models import IdentityCheck, Learner
from enroll.notifications.notices import Notice, Tell
from enroll.notifications.queries import account_of, one_by_reference
from enroll.storage.outbox import Happened


def code_sent(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """To the address the event names, and nowhere else: it is being confirmed, or is a guardian's."""
    event = happened.event
    if not event.code:
        return []
    page: tuple[str, dict[str, str]] = ("learners.guardian_page", {"token": event.token}) if event.token else ("", {})
    return [Notice(event.account_id, f"code:{happened.entry_id}", "accounts/code",
                   {"code": event.code, "purpose": event.purpose}, *page, address=event.address,
                   language=event.language)]


def invited(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """To the address the account was opened with, which its owner confirms by opening the link."""
    event = happened.event
    if not event.token:
        return []
    return [Notice(event.account_id, f"invited:{happened.entry_id}", "accounts/invited", {},
                   "learners.activation", {"token": event.token}, address=event.address, language=event.language)]


def account_changed(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """To the person, and as a warning to the address that the account had before."""
    event = happened.event
    about, words = f"account:{event.what}:{happened.entry_id}", ("accounts/changed", {"what": event.what})
    told = [Notice(event.account_id, about, *words)]
    if event.before:
        told.append(Notice(event.account_id, f"{about}:before", *words, address=event.before))
    return told


def identity_check_moved(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    check = one_by_reference(session, IdentityCheck, event.reference)
    open_items = [one for one in check.returned if one.mended_at is None] if event.state == CheckState.RETURNED else []
    values = {"photo": check.kind == CheckKind.PHOTO, "state": event.state, "items": open_items,
              "label": IDENTITY_CHECK.label(event.state).learner}
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:{event.move}:{happened.entry_id}",
                   "learners/identity", values, "learners.identity")]


def name_entered(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    learner = session.get_one(Learner, event.learner_id)
    return [Notice(account_of(session, event.learner_id), f"name:{event.learner_id}:{happened.entry_id}",
                   "learners/name_entered", {"name": learner.legal_name}, "learners.identity")]


def enrolment_moved(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    enrolment = one_by_reference(session, Enrolment, event.reference)
    values = {"enrolment": enrolment, "state": event.state, "adviser": enrolment.cohort.adviser.name}
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:{event.state}", "enrolments/moved",
                   values, "courses.study" if event.state == "active" else "fees.mine")]


def fee_settled(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    fee = one_by_reference(session, Fee, event.reference)
    values = {"fee": fee, "label": FEE.label(event.state).learner, "paid": event.state == "paid"}
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:settled", "fees/settled", values,
                   "fees.mine")]


def refund_moved(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    refund = one_by_reference(session, Refund, event.reference)
    values = {"refund": refund, "label": REFUND.label(event.state).learner}
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:{event.state}:{happened.entry_id}",
                   "fees/refund", values, "fees.mine")]


def practice_work_moved(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    work = one_by_reference(session, PracticeWork, event.reference)
    values = {"work": work, "state": event.state, "label": PRACTICE_WORK.label(event.state).learner}
    lesson = work.lesson
    where = {"course": lesson.module.course.code, "lesson": lesson.code}
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:{event.move}:{happened.entry_id}",
                   "courses/practice", values, "courses.lesson", where)]


def live_class_moved(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """To everybody with a place."""
    event = happened.event
    live = one_by_reference(session, LiveClass, event.reference)
    values = {"live": live, "move": event.move, "reason": event.reason}
    return [Notice(number, f"{event.reference}:{event.move}:{event.version}", "courses/live", values, "live.show",
                   {"reference": event.reference}) for number in account_ids_of_places(session, live.id)]


def live_attendance_decided(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    live = one_by_reference(session, LiveClass, event.reference)
    values = {"live": live, "minutes": event.minutes, "why": LIVE_WHY[event.why], "reason": event.reason}
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:attendance:{event.version}",
                   "courses/attendance", values, "live.show", {"reference": event.reference})]


def doubt_decided(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    doubt = one_by_reference(session, HoursDoubt, event.reference)
    values = {"doubt": doubt, "counted": event.state == "counted"}
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:{event.state}", "hours/doubt", values,
                   "hours.mine")]


def dispute_decided(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    dispute = one_by_reference(session, HoursDispute, event.reference)
    values = {"dispute": dispute, "counted": event.state == "counted"}
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:{event.state}", "hours/dispute", values,
                   "hours.show_dispute", {"reference": event.reference})]


def claim_decided(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    claim = one_by_reference(session, HourClaim, event.reference)
    values = {"claim": claim, "state": event.state}
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:{event.state}:{happened.entry_id}",
                   "hours/claim", values, "hours.show_claim", {"reference": event.reference})]


def adjustment_credited(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    values = {"entry": one_by_reference(session, HourAdjustment, event.reference)}
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:credited", "hours/adjustment", values,
                   "hours.mine")]


def proof_issued(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    proof = one_by_reference(session, HoursProof, event.reference)
    values = {"proof": proof, "unit": proof.enrolment.demands.unit, "minutes": proof.minutes}
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:issued", "hours/proof", values,
                   "hours.mine")]


def proof_revoked(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    return [Notice(account_of(session, event.learner_id), f"{event.reference}:revoked", "hours/revoked",
                   {"reference": event.reference}, "hours.mine")]


TELLS: tuple[tuple[type, Tell], ...] = (
    (CodeSent, code_sent), (Invited, invited), (AccountChanged, account_changed),
    (IdentityCheckMoved, identity_check_moved), (NameEntered, name_entered),
    (EnrolmentMoved, enrolment_moved), (FeeSettled, fee_settled), (RefundMoved, refund_moved),
    (PracticeWorkMoved, practice_work_moved), (LiveClassMoved, live_class_moved),
    (LiveAttendanceDecided, live_attendance_decided), (DoubtDecided, doubt_decided),
    (DisputeDecided, dispute_decided), (ClaimDecided, claim_decided), (AdjustmentCredited, adjustment_credited),
    (ProofIssued, proof_issued),
    (ProofRevoked, proof_revoked),
)  # fmt: skip
