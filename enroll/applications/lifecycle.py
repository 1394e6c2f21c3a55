"""The life of an application 报名申请: one per learner, programme and window."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.applications.rules.accommodations import is_anothers, is_own
from enroll.applications.rules.colleagues import (
    answers_for_another,
    is_the_one_asked,
    looks_a_second_time,
    takes_back_own_question,
)
from enroll.applications.rules.moves import (
    ELIGIBLE_TO_APPROVE,
    ELIGIBLE_TO_SUBMIT,
    actor_did_not_help,
    actor_is_another_person,
    actor_is_not_the_first_reviewer,
    answer_is_in_time,
    appeal_is_in_time,
    case_is_free,
    correction_is_overdue,
    correction_still_fits,
    declaration_is_signed,
    evidence_is_fresh,
    exam_has_not_begun,
    fell_into_an_outage,
    is_paid_before_seating,
    items_are_mended,
    items_are_named,
    lead_when_flagged,
    lists_are_closed,
    opinion_is_in,
    payment_is_overdue,
    proof_stands,
    sittings_are_chosen,
    ticket_is_not_out,
    transfer_is_offered,
    window_is_cancelled,
    window_is_closed,
    window_is_open,
)
from enroll.applications.rules.outages import another_confirms, end_is_to_come
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


class OutageState(StrEnum):
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


S, P = ApplicationState, Permission
LIVE = frozenset({S.DRAFT, S.SUBMITTED, S.RETURNED, S.APPROVED})
TRANSFERS = frozenset({"transfer", "transfer_for_cause"})
BY_ANOTHER = (actor_is_another_person, actor_did_not_help)
BY_REVIEWER = (*BY_ANOTHER, case_is_free, opinion_is_in)

# What the learner does.
OWN_MOVES = [
    Move("submit", N_("Submit application"), sources(S.DRAFT), S.SUBMITTED, P.APPLY,
         checks=(window_is_open, sittings_are_chosen, *ELIGIBLE_TO_SUBMIT, declaration_is_signed)),
    Move("resubmit", N_("Submit again"), sources(S.RETURNED), S.SUBMITTED, P.APPLY,
         checks=(answer_is_in_time, items_are_mended, *ELIGIBLE_TO_SUBMIT)),
    Move("withdraw", N_("Withdraw"), sources(S.DRAFT, S.SUBMITTED, S.RETURNED), S.WITHDRAWN, P.APPLY, danger=True),
    Move("give_up", N_("Give up the registration"), sources(S.APPROVED), S.CANCELLED, P.APPLY,
         checks=(exam_has_not_begun,), danger=True),
    # The application of the later window begins in the state this one had.
    Move("transfer", N_("Transfer to a later window"), sources(S.SUBMITTED, S.RETURNED, S.APPROVED), S.CANCELLED,
         P.APPLY, checks=(transfer_is_offered, appeal_is_in_time, ticket_is_not_out, exam_has_not_begun)),
]
# What the office does.
OFFICE_MOVES = [
    Move("approve", N_("Approve"), sources(S.SUBMITTED), S.APPROVED, P.REVIEW_APPLICATIONS,
         checks=(*ELIGIBLE_TO_APPROVE, proof_stands), person_checks=(*BY_REVIEWER, lead_when_flagged)),
    Move("return", N_("Return for correction"), sources(S.SUBMITTED), S.RETURNED, P.REVIEW_APPLICATIONS,
         checks=(items_are_named, correction_still_fits), person_checks=BY_REVIEWER),
    Move("reject", N_("Reject"), sources(S.SUBMITTED), S.REJECTED, P.REVIEW_APPLICATIONS,
         checks=(items_are_named,), person_checks=BY_REVIEWER, danger=True),
    Move("reopen", N_("Review again"), sources(S.APPROVED), S.SUBMITTED, P.LEAD_REVIEW,
         checks=(ticket_is_not_out, exam_has_not_begun), person_checks=BY_ANOTHER, asks_reason=True),
    Move("reopen_on_appeal", N_("Review again on appeal"), sources(S.REJECTED), S.SUBMITTED, P.LEAD_REVIEW,
         checks=(appeal_is_in_time,), person_checks=(*BY_ANOTHER, actor_is_not_the_first_reviewer),
         asks_reason=True),
    Move("cancel", N_("Cancel the registration"), sources(S.APPROVED), S.CANCELLED, P.LEAD_REVIEW,
         checks=(exam_has_not_begun,), person_checks=BY_ANOTHER, asks_reason=True, danger=True),
    Move("transfer_for_cause", N_("Transfer to a later window for a cause"),
         sources(S.SUBMITTED, S.RETURNED, S.APPROVED), S.CANCELLED, P.LEAD_REVIEW,
         checks=(appeal_is_in_time, ticket_is_not_out, exam_has_not_begun), person_checks=BY_ANOTHER,
         asks_reason=True),
]
# What time and other facts do.
OTHER_MOVES = [
    Move("approve_resit", N_("Approve the resit"), sources(S.SUBMITTED), S.APPROVED, P.SYSTEM,
         checks=(*ELIGIBLE_TO_APPROVE, proof_stands, evidence_is_fresh)),
    Move("lapse_draft", N_("Window closed"), sources(S.DRAFT), S.EXPIRED, P.SYSTEM, checks=(window_is_closed,)),
    Move("lapse_correction", N_("Correction overdue"), sources(S.RETURNED), S.EXPIRED, P.SYSTEM,
         checks=(correction_is_overdue,)),
    Move("lapse_unpaid", N_("Fee overdue"), sources(S.APPROVED), S.EXPIRED, P.SYSTEM, checks=(payment_is_overdue,)),
    Move("revive", N_("Paid after the lapse, seat still free"), sources(S.EXPIRED), S.APPROVED, P.SYSTEM,
         checks=(is_paid_before_seating, *ELIGIBLE_TO_APPROVE, proof_stands)),
    # What lapsed in an outage is as if it had not, where its seats are still free.
    Move("reinstate_draft", N_("Brought back after an outage"), sources(S.EXPIRED), S.DRAFT, P.SYSTEM,
         checks=(fell_into_an_outage,)),
    Move("reinstate_returned", N_("Brought back after an outage"), sources(S.EXPIRED), S.RETURNED, P.SYSTEM,
         checks=(fell_into_an_outage,)),
    Move("reinstate_approved", N_("Brought back after an outage"), sources(S.EXPIRED), S.APPROVED, P.SYSTEM,
         checks=(fell_into_an_outage,)),
    Move("lapse_unseated", N_("No seat before the lists closed"), sources(S.SUBMITTED, S.RETURNED, S.APPROVED),
         S.EXPIRED, P.SYSTEM, checks=(lists_are_closed,)),
    Move("cancel_window", N_("Window cancelled"), sources(S.DRAFT, S.SUBMITTED, S.RETURNED, S.APPROVED), S.CANCELLED,
         P.SYSTEM, checks=(window_is_cancelled,)),
]
TRANSFERRED = StateLabel(N_("Transferred"), N_("Transferred to a later window"), "mute", "arrow-right")
REGISTERED = StateLabel(N_("Approved, fee settled"), N_("Registered"), "ok", "circle-check")
# Why something lapsed is known from the move; the label says it.
EXPIRED_LABELS = {
    "lapse_correction": StateLabel(N_("Lapsed: not corrected"), N_("Not corrected in time, seat released"), "mute",
                                   "x"),
    "lapse_unpaid": StateLabel(N_("Lapsed: not paid"), N_("Not paid in time, seat released"), "mute", "x"),
    "lapse_unseated": StateLabel(N_("Lapsed: no seat"), N_("Waiting list over, no seat came free"), "mute", "x"),
    "lapse_draft": StateLabel(N_("Lapsed: never submitted"), N_("Not submitted before registration closed"), "mute",
                              "x"),
}

APPLICATION = Lifecycle(
    "Application",
    states=S,
    first=S.DRAFT,
    moves=[*OWN_MOVES, *OFFICE_MOVES, *OTHER_MOVES],
    labels={
        S.DRAFT: StateLabel(N_("Draft"), N_("Not submitted"), "mute", "pencil"),
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


class AccommodationState(StrEnum):
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


A = AccommodationState

ACCOMMODATION = Lifecycle(
    "Accommodation",
    states=A,
    first=A.REQUESTED,
    moves=[
        Move("grant", N_("Grant"), sources(A.REQUESTED), A.GRANTED, P.LEAD_REVIEW, person_checks=(is_anothers,),
             asks_reason=True),
        Move("refuse", N_("Refuse"), sources(A.REQUESTED), A.REFUSED, P.LEAD_REVIEW, person_checks=(is_anothers,),
             asks_reason=True),
        Move("withdraw", N_("Withdraw the request"), sources(A.REQUESTED, A.GRANTED), A.WITHDRAWN, P.APPLY,
             person_checks=(is_own,)),
        Move("replace", N_("Replaced by a newer one"), sources(A.GRANTED), A.REPLACED, P.LEAD_REVIEW),
    ],
    labels={
        A.REQUESTED: StateLabel(N_("Accommodation to decide"), N_("Being looked at"), "warn", "clock"),
        A.GRANTED: StateLabel(N_("Granted"), N_("Granted"), "ok", "circle-check"),
        A.REFUSED: StateLabel(N_("Refused"), N_("Refused"), "bad", "circle-x"),
        A.WITHDRAWN: StateLabel(N_("Withdrawn"), N_("Withdrawn"), "mute", "x"),
        A.REPLACED: StateLabel(N_("Replaced by a newer one"), N_("Replaced by a newer one"), "mute", "x"),
    },
)

WAITS = StateLabel(N_("Approved, on the waiting list"), N_("Approved, waiting for a seat"), "wait", "hourglass")


def label_of(
    state: str, *, settled: bool = False, last_move: str = "", was: str = "", unseated: bool = False
) -> StateLabel:
    """The words for an application now. `last_move` and `was` (the state it came from) are those of its newest history
    row: a reopened case reads for the learner as it did before, until it is decided again."""
    if state == S.SUBMITTED and last_move == "reopen":
        seen = REGISTERED if settled else APPLICATION.label(was or S.APPROVED)
        return StateLabel(APPLICATION.label(state).staff, seen.learner, seen.kind, seen.icon)
    if state == S.APPROVED and unseated:
        return WAITS  # paid, too, where it was transferred to a full sitting
    if state == S.APPROVED and settled:
        return REGISTERED
    if state == S.CANCELLED and last_move in TRANSFERS:
        return TRANSFERRED
    if state == S.EXPIRED:
        return EXPIRED_LABELS.get(last_move, APPLICATION.label(state))
    return APPLICATION.label(state)


class OpinionState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class SpotCheckState(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"
    DOUBTED = "doubted"
    SETTLED = "settled"
    REOPENED = "reopened"


W, K = OpinionState, SpotCheckState
SECOND_OPINION = Lifecycle(
    "Second opinion",
    states=W,
    first=W.OPEN,
    moves=[
        Move("answer", N_("Give this opinion"), sources(W.OPEN), W.ANSWERED, P.REVIEW_APPLICATIONS,
             person_checks=(answers_for_another, is_the_one_asked), asks_reason=True),
        Move("withdraw", N_("Take the question back"), sources(W.OPEN), W.WITHDRAWN, P.REVIEW_APPLICATIONS,
             person_checks=(takes_back_own_question,)),
        Move("close", N_("Decided without it"), sources(W.OPEN), W.WITHDRAWN, P.SYSTEM),
    ],
    labels={
        W.OPEN: StateLabel(N_("Waiting for an opinion"), N_("Waiting for an opinion"), "warn", "hourglass"),
        W.ANSWERED: StateLabel(N_("Answered"), N_("Answered"), "ok", "circle-check"),
        W.WITHDRAWN: StateLabel(N_("Taken back"), N_("Taken back"), "mute", "x"),
    },
)
SPOT_CHECK = Lifecycle(
    "Spot check",
    states=K,
    first=K.OPEN,
    moves=[
        Move("agree", N_("The approval is right"), sources(K.OPEN), K.UPHELD, P.REVIEW_APPLICATIONS,
             person_checks=(looks_a_second_time,)),
        Move("disagree", N_("I would not have approved it"), sources(K.OPEN), K.DOUBTED, P.REVIEW_APPLICATIONS,
             person_checks=(looks_a_second_time,), asks_reason=True),
        Move("settle", N_("The approval stands"), sources(K.DOUBTED), K.SETTLED, P.LEAD_REVIEW,
             person_checks=(looks_a_second_time,), asks_reason=True),
        Move("reopen", N_("Review the case again"), sources(K.DOUBTED), K.REOPENED, P.LEAD_REVIEW,
             person_checks=(looks_a_second_time,), asks_reason=True),
    ],
    labels={
        K.OPEN: StateLabel(N_("To be looked at again"), N_("To be looked at again"), "warn", "hourglass"),
        K.UPHELD: StateLabel(N_("Found right"), N_("Found right"), "ok", "circle-check"),
        K.DOUBTED: StateLabel(N_("Doubted, for the lead"), N_("Doubted, for the lead"), "bad", "alert-triangle"),
        K.SETTLED: StateLabel(N_("Stands, by the lead"), N_("Stands, by the lead"), "ok", "circle-check"),
        K.REOPENED: StateLabel(N_("Reviewed again"), N_("Reviewed again"), "info", "refresh"),
    },
)
OUTAGE = Lifecycle(
    "Outage",
    states=OutageState,
    first=OutageState.REPORTED,
    moves=[
        Move("confirm", N_("Confirm, and extend the deadlines"), sources(OutageState.REPORTED), OutageState.CONFIRMED,
             P.LEAD_REVIEW, checks=(end_is_to_come,), person_checks=(another_confirms,), danger=True),
        Move("dismiss", N_("Dismiss the report"), sources(OutageState.REPORTED), OutageState.DISMISSED, P.LEAD_REVIEW,
             asks_reason=True),
    ],
    labels={
        OutageState.REPORTED: StateLabel(N_("To be confirmed"), N_("Being looked into"), "warn", "clock"),
        OutageState.CONFIRMED: StateLabel(N_("Deadlines extended"), N_("Deadlines extended"), "ok", "circle-check"),
        OutageState.DISMISSED: StateLabel(N_("Dismissed"), N_("Dismissed"), "mute", "x"),
    },
)
