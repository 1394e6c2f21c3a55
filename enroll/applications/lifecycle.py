"""The life of an application 报名申请: one per learner, programme and window."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.applications.rules import (
    actor_is_another_person,
    answer_is_in_time,
    correction_is_overdue,
    declaration_is_signed,
    eligible_to_approve,
    eligible_to_submit,
    items_are_mended,
    items_are_named,
    payment_is_overdue,
    sittings_are_chosen,
    window_is_closed,
    window_is_open,
)
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_


class ApplicationState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


S = ApplicationState
LIVE = frozenset({S.DRAFT, S.SUBMITTED, S.RETURNED, S.APPROVED})
BY_ANOTHER = (actor_is_another_person,)

APPLICATION = Lifecycle(
    "Application",
    states=S,
    first=S.DRAFT,
    moves=[
        Move("submit", N_("Submit application"), sources(S.DRAFT), S.SUBMITTED, Permission.APPLY,
             checks=(window_is_open, sittings_are_chosen, eligible_to_submit, declaration_is_signed)),
        Move("return", N_("Return for correction"), sources(S.SUBMITTED), S.RETURNED, Permission.REVIEW_APPLICATIONS,
             checks=(items_are_named,), person_checks=BY_ANOTHER),
        Move("resubmit", N_("Submit again"), sources(S.RETURNED), S.SUBMITTED, Permission.APPLY,
             checks=(answer_is_in_time, items_are_mended)),
        Move("approve", N_("Approve"), sources(S.SUBMITTED), S.APPROVED, Permission.REVIEW_APPLICATIONS,
             checks=(eligible_to_approve,), person_checks=BY_ANOTHER),
        Move("reject", N_("Reject"), sources(S.SUBMITTED), S.REJECTED, Permission.REVIEW_APPLICATIONS,
             checks=(items_are_named,), person_checks=BY_ANOTHER, danger=True),
        Move("withdraw", N_("Withdraw"), sources(S.DRAFT, S.SUBMITTED, S.RETURNED), S.WITHDRAWN, Permission.APPLY,
             danger=True),
        Move("lapse_correction", N_("Correction overdue"), sources(S.RETURNED), S.EXPIRED, Permission.SYSTEM,
             checks=(correction_is_overdue,)),
        Move("lapse_draft", N_("Window closed"), sources(S.DRAFT), S.EXPIRED, Permission.SYSTEM,
             checks=(window_is_closed,)),
        Move("lapse_unpaid", N_("Fee overdue"), sources(S.APPROVED), S.EXPIRED, Permission.SYSTEM,
             checks=(payment_is_overdue,)),
        Move("reopen", N_("Review again"), sources(S.APPROVED, S.REJECTED), S.SUBMITTED, Permission.LEAD_REVIEW,
             person_checks=BY_ANOTHER, asks_reason=True),
        Move("give_up", N_("Give up the registration"), sources(S.APPROVED), S.CANCELLED, Permission.APPLY,
             danger=True),
        Move("cancel", N_("Cancel the registration"), sources(S.APPROVED), S.CANCELLED, Permission.LEAD_REVIEW,
             person_checks=BY_ANOTHER, asks_reason=True, danger=True),
    ],
    labels={
        S.DRAFT: StateLabel(N_("Draft"), N_("Not submitted"), "draft", "pencil"),
        S.SUBMITTED: StateLabel(N_("To be reviewed"), N_("Submitted, waiting for review"), "warn", "clock"),
        S.RETURNED: StateLabel(N_("Returned for correction"), N_("Correction needed"), "bad", "arrow-back-up"),
        # Approved reads "registered" for the learner once the fee is settled: computed where the label is shown.
        S.APPROVED: StateLabel(N_("Approved"), N_("Approved, fee to be paid"), "ok", "circle-check"),
        S.REJECTED: StateLabel(N_("Rejected"), N_("Not approved"), "bad", "circle-x"),
        S.WITHDRAWN: StateLabel(N_("Withdrawn"), N_("Withdrawn"), "mute", "x"),
        S.EXPIRED: StateLabel(N_("Lapsed"), N_("Lapsed, seat released"), "mute", "x"),
        S.CANCELLED: StateLabel(N_("Cancelled"), N_("Cancelled"), "mute", "x"),
    },
)
