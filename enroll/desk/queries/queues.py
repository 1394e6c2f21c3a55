"""The queues of staff: who works on each, what waits in it and since when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute

from enroll.accounts.permissions import Permission
from enroll.admission.lifecycle import OPEN_INCIDENTS, ExcuseState
from enroll.admission.models import Excuse, Incident
from enroll.admission.rules.deciding import DECIDED_WITHIN
from enroll.applications.lifecycle import ApplicationState, OpinionState, SpotCheckState
from enroll.applications.models import Application, SecondOpinion, SpotCheck
from enroll.applications.rules.excepting import DECIDED_WITHIN as EXCEPTION_DECIDED_WITHIN
from enroll.certificates.lifecycle import CertificateState
from enroll.certificates.models import Certificate
from enroll.corrections.lifecycle import CorrectionState
from enroll.corrections.models import Correction
from enroll.courses.lifecycle import WorkState
from enroll.courses.models.works import PracticeWork
from enroll.enrolments.lifecycle import ExceptionState
from enroll.enrolments.models import RuleException
from enroll.fees.lifecycle import FeeState, RefundState
from enroll.fees.models import Fee, Refund
from enroll.foundation.actor import Actor
from enroll.hours.lifecycle import AdjustmentState, AnomalyState, ClaimState, DisputeState, DoubtState
from enroll.hours.models import HourAdjustment, HourClaim, HoursAnomaly, HoursDispute, HoursDoubt
from enroll.learners.lifecycle import CheckState
from enroll.learners.models import IdentityCheck, Learner
from enroll.programmes.rules.working_days import WorkingCalendar
from enroll.recovery.lifecycle import RecoveryState
from enroll.recovery.models import Recovery
from enroll.results.lifecycle import ResultState, ReviewState
from enroll.results.models import Result, ScoreReview
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.models import Booking, Sitting
from enroll.storage.columns import UtcMoment
from enroll.supervision.lifecycle import WAITING, ComplaintState, ContactState
from enroll.supervision.models import Complaint, Contact, LearnerQuestion
from enroll.supervision.rules.asking import TARGET_WORKING_DAYS as TO_FIRST_ANSWER

# The house's promise to learners, shown to both sides; a queue is hot when its oldest case has waited longer.
TARGET_WORKING_DAYS = 3
NOW = bindparam("now", type_=UtcMoment())


@dataclass(frozen=True)
class Queue:
    """One queue: who works on it, what waits in it, since when (or until when, where it has a deadline of its own).
    `page` is what the address of a case's page carries, where that is not the case's own reference; what is
    `afterwards` waits only once that moment is over: nobody records who came before the exam has ended."""

    key: str
    permissions: tuple[Permission, ...]
    model: type[Any]
    waiting: Any
    since: InstrumentedAttribute[Any]
    learner: InstrumentedAttribute[Any]
    deadline: bool = False
    join: tuple[Any, Any] | None = None
    page: InstrumentedAttribute[str] | None = None
    target: int = TARGET_WORKING_DAYS
    afterwards: bool = False

    def select(self, *columns: Any) -> Select[Any]:
        """These columns of what waits; the statement is sent with the moment as `now`."""
        wanted = select(*columns).select_from(self.model)
        if self.join is not None:
            wanted = wanted.join(*self.join)
        if self.afterwards:
            wanted = wanted.where(self.since <= NOW)
        return wanted.where(self.waiting)

    def due(self, since: datetime, calendar: WorkingCalendar) -> datetime:
        """Until when a case is to be decided that has waited since then."""
        return since if self.deadline else calendar.deadline(since, self.target)

    def is_hot(self, first: datetime | None, now: datetime, calendar: WorkingCalendar) -> bool:
        return first is not None and self.due(first, calendar) <= now


QUEUES = (
    Queue(
        "identities",
        (Permission.REVIEW_IDENTITY,),
        IdentityCheck,
        IdentityCheck.state.in_([CheckState.SUBMITTED, CheckState.UNABLE]),
        IdentityCheck.submitted_at,
        IdentityCheck.learner_id,
    ),
    Queue(
        "hours",
        (Permission.REVIEW_HOURS,),
        HoursDoubt,
        HoursDoubt.state == DoubtState.OPEN,
        HoursDoubt.raised_at,
        HoursDoubt.learner_id,
    ),
    Queue(
        "hours_disputes",
        (Permission.REVIEW_HOURS,),
        HoursDispute,
        HoursDispute.state == DisputeState.OPEN,
        HoursDispute.raised_at,
        HoursDispute.learner_id,
    ),
    Queue(
        "hours_claims",
        (Permission.REVIEW_HOURS,),
        HourClaim,
        HourClaim.state == ClaimState.SUBMITTED,
        HourClaim.submitted_at,
        HourClaim.learner_id,
    ),
    Queue(
        "hours_adjustments",
        (Permission.REVIEW_HOURS,),
        HourAdjustment,
        HourAdjustment.state == AdjustmentState.WAITING,
        HourAdjustment.made_at,
        HourAdjustment.learner_id,
    ),
    Queue(
        "hours_anomalies",
        (Permission.REVIEW_HOURS,),
        HoursAnomaly,
        HoursAnomaly.state == AnomalyState.OPEN,
        HoursAnomaly.found_at,
        HoursAnomaly.learner_id,
    ),
    Queue(
        "practical",
        (Permission.TEACH,),
        PracticeWork,
        PracticeWork.state == WorkState.HANDED_IN,
        PracticeWork.handed_in_at,
        PracticeWork.learner_id,
    ),
    Queue(
        "applications",
        (Permission.REVIEW_APPLICATIONS,),
        Application,
        Application.state == ApplicationState.SUBMITTED,
        Application.review_due_at,
        Application.learner_id,
        deadline=True,
    ),
    Queue(
        "second_opinions",
        (Permission.REVIEW_APPLICATIONS,),
        SecondOpinion,
        SecondOpinion.state == OpinionState.OPEN,
        SecondOpinion.asked_at,
        SecondOpinion.learner_id,
        join=(Application, Application.id == SecondOpinion.application_id),
        page=Application.reference,
        target=1,
    ),
    Queue(
        "spot_checks",
        (Permission.REVIEW_APPLICATIONS,),
        SpotCheck,
        SpotCheck.state == SpotCheckState.OPEN,
        SpotCheck.drawn_at,
        SpotCheck.learner_id,
    ),
    Queue(
        "spot_checks_doubted",
        (Permission.LEAD_REVIEW,),
        SpotCheck,
        SpotCheck.state == SpotCheckState.DOUBTED,
        SpotCheck.looked_at,
        SpotCheck.learner_id,
        target=1,
    ),
    Queue(
        "rule_exceptions",
        (Permission.REVIEW_APPLICATIONS,),
        RuleException,
        RuleException.state == ExceptionState.PROPOSED,
        RuleException.proposed_at,
        RuleException.learner_id,
        target=EXCEPTION_DECIDED_WITHIN,
    ),
    Queue(
        "fees",
        (Permission.MANAGE_FEES,),
        Fee,
        Fee.state.in_([FeeState.DUE, FeeState.PART_PAID]),
        Fee.due_at,
        Fee.learner_id,
        deadline=True,
    ),
    Queue(
        "refunds",
        (Permission.MANAGE_FEES,),
        Refund,
        Refund.state.in_([RefundState.REQUESTED, RefundState.APPROVED, RefundState.FAILED]),
        Refund.requested_at,
        Refund.learner_id,
    ),
    Queue(
        "admission",
        (Permission.RUN_EXAMS,),
        Booking,
        Booking.state.in_([BookingState.TICKETED, BookingState.CONFIRMED]),
        Sitting.ends_at,
        Booking.learner_id,
        deadline=True,
        join=(Sitting, Sitting.id == Booking.sitting_id),
        page=Sitting.code,
        afterwards=True,
    ),
    Queue("incidents", (Permission.LEAD_REVIEW,), Incident, Incident.state.in_(OPEN_INCIDENTS), Incident.reported_at,
          Incident.learner_id, target=DECIDED_WITHIN),
    Queue("excuses", (Permission.LEAD_REVIEW,), Excuse, Excuse.state == ExcuseState.ASKED, Excuse.asked_at,
          Excuse.learner_id, target=DECIDED_WITHIN),
    Queue(
        "results",
        (Permission.MAKE_RESULTS,),
        Result,
        Result.state == ResultState.PENDING,
        Sitting.ends_at,
        Result.learner_id,
        join=(Sitting, Sitting.id == Result.sitting_id),
        page=Sitting.code,
    ),
    Queue(
        "results_check",
        (Permission.CHECK_RESULTS,),
        Result,
        Result.state.in_([ResultState.ENTERED, ResultState.DISCREPANCY]),
        Sitting.ends_at,
        Result.learner_id,
        join=(Sitting, Sitting.id == Result.sitting_id),
        page=Sitting.code,
    ),
    Queue(
        "score_reviews",
        (Permission.ANSWER_SCORE_REVIEWS,),
        ScoreReview,
        ScoreReview.state == ReviewState.OPEN,
        ScoreReview.answer_by,
        ScoreReview.learner_id,
        deadline=True,
    ),
    Queue(
        "certificates",
        (Permission.REVIEW_ISSUANCE,),
        Certificate,
        Certificate.state.in_([CertificateState.ELIGIBLE, CertificateState.FIRST_APPROVED]),
        Certificate.opened_at,
        Certificate.learner_id,
    ),
    Queue(
        "exchange",
        (Permission.EXCHANGE,),
        Certificate,
        Certificate.state.in_([CertificateState.APPROVED, CertificateState.BODY_REJECTED]),
        Certificate.opened_at,
        Certificate.learner_id,
    ),
    Queue(
        "learner_questions",
        (Permission.ANSWER_QUESTIONS,),
        LearnerQuestion,
        LearnerQuestion.state.in_(WAITING),
        LearnerQuestion.waiting_since,
        LearnerQuestion.learner_id,
        target=TO_FIRST_ANSWER,
    ),
    Queue(
        "corrections",
        (Permission.REVIEW_IDENTITY,),
        Correction,
        Correction.state == CorrectionState.REQUESTED,
        Correction.requested_at,
        Correction.learner_id,
    ),
    Queue(
        "recoveries",
        (Permission.RECOVER_ACCESS,),
        Recovery,
        Recovery.state.in_([RecoveryState.ASKED, RecoveryState.CHECKED]),
        Recovery.asked_at,
        Recovery.learner_id,
    ),
    Queue(
        "complaints",
        (Permission.HANDLE_COMPLAINTS,),
        Complaint,
        Complaint.state == ComplaintState.RECEIVED,
        Complaint.answer_by,
        Complaint.learner_id,
        deadline=True,
    ),
    Queue(
        "supervision",
        (Permission.FOLLOW_LEARNERS,),
        Contact,
        Contact.state == ContactState.PLANNED,
        Contact.due_at,
        Contact.learner_id,
        deadline=True,
        join=(Learner, Learner.id == Contact.learner_id),
        page=Learner.reference,
    ),
)


def queues_of(actor: Actor) -> tuple[Queue, ...]:
    return tuple(queue for queue in QUEUES if any(actor.may(permission) for permission in queue.permissions))
