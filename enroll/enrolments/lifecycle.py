"""The life of an enrolment 报读."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.enrolments.rules import fee_allows_study
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
        Move("complete", N_("Complete"), sources(S.ACTIVE), S.COMPLETED, Permission.MANAGE_COHORTS),
        Move("withdraw", N_("Withdraw the enrolment"), sources(S.PENDING_PAYMENT, S.ACTIVE), S.WITHDRAWN,
             Permission.MANAGE_COHORTS, asks_reason=True, danger=True),
    ],
    labels={
        S.PENDING_PAYMENT: StateLabel(N_("Waiting for the training fee"), N_("Training fee to be paid"), "warn",
                                      "clock"),
        S.ACTIVE: StateLabel(N_("Studying"), N_("Studying"), "info", "book-2"),
        S.COMPLETED: StateLabel(N_("Completed"), N_("Completed"), "ok", "circle-check"),
        S.WITHDRAWN: StateLabel(N_("Left"), N_("Left"), "mute", "x"),
    },
)
