"""The life of an enrolment 报读."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.enrolments.rules import deciding_about_another, fee_allows_study, is_their_own, nothing_was_paid
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_


class EnrolmentState(StrEnum):
    PENDING_PAYMENT = "pending_payment"
    ACTIVE = "active"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


S = EnrolmentState
LIVE = frozenset({S.PENDING_PAYMENT, S.ACTIVE})

ENROLMENT = Lifecycle(
    "Enrolment",
    states=S,
    first=S.PENDING_PAYMENT,
    moves=[
        Move("activate", N_("Start studying"), sources(S.PENDING_PAYMENT), S.ACTIVE, Permission.SYSTEM,
             checks=(fee_allows_study,)),
        Move("complete", N_("Complete the studies"), sources(S.ACTIVE), S.COMPLETED, Permission.MANAGE_COHORTS,
             person_checks=(deciding_about_another,)),
        Move("withdraw", N_("Withdraw the enrolment"), sources(S.PENDING_PAYMENT, S.ACTIVE), S.WITHDRAWN,
             Permission.MANAGE_COHORTS, person_checks=(deciding_about_another,), asks_reason=True, danger=True),
        # Somebody who changed their mind before paying needs nobody's help; afterwards the refund is to be decided.
        Move("cancel", N_("Cancel the enrolment"), sources(S.PENDING_PAYMENT), S.WITHDRAWN, Permission.LEARN,
             checks=(nothing_was_paid,), person_checks=(is_their_own,), danger=True),
    ],
    labels={
        S.PENDING_PAYMENT: StateLabel(N_("Waiting for the training fee"), N_("Training fee to be paid"), "warn",
                                      "clock"),
        S.ACTIVE: StateLabel(N_("Studying"), N_("Studying"), "info", "book-2"),
        S.COMPLETED: StateLabel(N_("Studies completed"), N_("Studies completed"), "ok",
                                "circle-check"),
        S.WITHDRAWN: StateLabel(N_("Left the programme"), N_("Left the programme"), "mute", "x"),
    },
)
