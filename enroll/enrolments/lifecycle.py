"""The life of an enrolment 报读."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.enrolments.rules import (
    deciding_about_another,
    excepted_by_a_second,
    excepts_another,
    fee_allows_study,
    is_their_own,
    nothing_was_paid,
    takes_back_own_proposal,
)
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


class ExceptionState(StrEnum):
    PROPOSED = "proposed"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


X = ExceptionState
EXCEPTION_STANDS = frozenset({X.PROPOSED, X.GRANTED})

RULE_EXCEPTION = Lifecycle(
    "Exception",
    states=X,
    first=X.PROPOSED,
    moves=[
        Move("grant", N_("Grant the exception"), sources(X.PROPOSED), X.GRANTED, Permission.REVIEW_APPLICATIONS,
             person_checks=(excepts_another, excepted_by_a_second), asks_reason=True),
        Move("refuse", N_("Refuse the exception"), sources(X.PROPOSED), X.REFUSED, Permission.REVIEW_APPLICATIONS,
             person_checks=(excepts_another, excepted_by_a_second), asks_reason=True),
        Move("withdraw", N_("Take the proposal back"), sources(X.PROPOSED), X.WITHDRAWN, Permission.LEAD_REVIEW,
             person_checks=(takes_back_own_proposal,)),
    ],
    labels={
        X.PROPOSED: StateLabel(N_("Exception to decide"), N_("Exception being looked at"), "warn", "clock"),
        X.GRANTED: StateLabel(N_("Exception granted"), N_("Exception granted"), "ok", "circle-check"),
        X.REFUSED: StateLabel(N_("Exception refused"), N_("Exception refused"), "bad", "circle-x"),
        X.WITHDRAWN: StateLabel(N_("Proposal taken back"), N_("Proposal taken back"), "mute", "x"),
    },
)
