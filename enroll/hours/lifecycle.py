"""The life of whatever a person decides about hours: proofs, doubts, disputes, claims, entries by hand."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_
from enroll.hours.rules.adjusting import is_the_maker, not_the_learner, one_person_may, second_is_not_the_maker
from enroll.hours.rules.anomalies import decider_is_not_the_learner, still_counts
from enroll.hours.rules.claims import (
    CLAIMING,
    accepts_no_more,
    reviewer_is_another_person,
    says_why_fewer,
    within_outside_limit,
)
from enroll.hours.rules.disputes import fits_the_day, fits_the_lesson
from enroll.hours.rules.doubts import decider_is_another_person


class ProofState(StrEnum):
    ISSUED = "issued"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


class DoubtState(StrEnum):
    OPEN = "open"
    COUNTED = "counted"
    NOT_COUNTED = "not_counted"


class DisputeState(StrEnum):
    OPEN = "open"
    COUNTED = "counted"
    STANDS = "stands"
    WITHDRAWN = "withdrawn"


class ClaimState(StrEnum):
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class AdjustmentState(StrEnum):
    WAITING = "waiting"
    CREDITED = "credited"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class AnomalyState(StrEnum):
    OPEN = "open"
    FINE = "fine"
    DOUBTED = "doubted"
    REVERSED = "reversed"


N = AnomalyState
P, D, Q, C, A = ProofState, DoubtState, DisputeState, ClaimState, AdjustmentState

PROOF = Lifecycle(
    "Proof of hours",
    states=P,
    first=P.ISSUED,
    moves=[
        Move("supersede", N_("Replace by a new one"), sources(P.ISSUED), P.SUPERSEDED, Permission.REVOKE_PROOF),
        Move("revoke", N_("Revoke"), sources(P.ISSUED), P.REVOKED, Permission.REVOKE_PROOF, asks_reason=True,
             danger=True),
    ],
    labels={
        P.ISSUED: StateLabel(N_("Issued"), N_("Issued"), "ok", "circle-check"),
        P.SUPERSEDED: StateLabel(N_("Replaced"), N_("Replaced"), "mute", "x"),
        P.REVOKED: StateLabel(N_("Revoked"), N_("Revoked"), "bad", "ban"),
    },
)

DOUBT = Lifecycle(
    "Minutes in doubt",
    states=D,
    first=D.OPEN,
    moves=[
        Move("count", N_("Count these minutes"), sources(D.OPEN), D.COUNTED, Permission.REVIEW_HOURS,
             person_checks=(decider_is_another_person,), asks_reason=True),
        Move("refuse", N_("Do not count them"), sources(D.OPEN), D.NOT_COUNTED, Permission.REVIEW_HOURS,
             person_checks=(decider_is_another_person,), asks_reason=True),
    ],
    labels={
        D.OPEN: StateLabel(N_("To be looked at"), N_("Waiting for a decision"), "warn", "hourglass"),
        D.COUNTED: StateLabel(N_("Counted"), N_("Counted"), "ok", "circle-check"),
        D.NOT_COUNTED: StateLabel(N_("Not counted"), N_("Not counted"), "bad", "circle-x"),
    },
)

DISPUTE = Lifecycle(
    "Disputed time",
    states=Q,
    first=Q.OPEN,
    moves=[
        Move("count", N_("Count these minutes"), sources(Q.OPEN), Q.COUNTED, Permission.REVIEW_HOURS,
             checks=(fits_the_lesson, fits_the_day), person_checks=(decider_is_another_person,), asks_reason=True),
        Move("stand", N_("It stays uncounted"), sources(Q.OPEN), Q.STANDS, Permission.REVIEW_HOURS,
             person_checks=(decider_is_another_person,), asks_reason=True),
        Move("withdraw", N_("Take the dispute back"), sources(Q.OPEN), Q.WITHDRAWN, Permission.LEARN),
    ],
    labels={
        Q.OPEN: StateLabel(N_("To be looked at"), N_("Disputed, waiting for an answer"), "warn", "hourglass"),
        Q.COUNTED: StateLabel(N_("Counted"), N_("Counted"), "ok", "circle-check"),
        Q.STANDS: StateLabel(N_("Stays uncounted"), N_("Looked at: stays uncounted"), "bad", "circle-x"),
        Q.WITHDRAWN: StateLabel(N_("Taken back by the learner"), N_("Taken back by you"), "mute", "x"),
    },
)

CLAIM = Lifecycle(
    "Claim of hours",
    states=C,
    first=C.SUBMITTED,
    moves=[
        Move("accept", N_("Accept"), sources(C.SUBMITTED), C.ACCEPTED, Permission.REVIEW_HOURS,
             checks=(accepts_no_more, within_outside_limit, says_why_fewer),
             person_checks=(reviewer_is_another_person,)),
        Move("return", N_("Return to be completed"), sources(C.SUBMITTED), C.RETURNED, Permission.REVIEW_HOURS,
             person_checks=(reviewer_is_another_person,), asks_reason=True),
        Move("refuse", N_("Refuse to credit"), sources(C.SUBMITTED), C.REFUSED, Permission.REVIEW_HOURS,
             person_checks=(reviewer_is_another_person,), asks_reason=True, danger=True),
        Move("resubmit", N_("Hand in again"), sources(C.RETURNED), C.SUBMITTED, Permission.LEARN, checks=CLAIMING),
        Move("withdraw", N_("Take the claim back"), sources(C.SUBMITTED, C.RETURNED), C.WITHDRAWN, Permission.LEARN),
    ],
    labels={
        C.SUBMITTED: StateLabel(N_("To be looked at"), N_("Handed in, waiting for a decision"), "warn", "hourglass"),
        C.RETURNED: StateLabel(N_("Returned"), N_("Returned, to be completed"), "bad", "arrow-back-up"),
        C.ACCEPTED: StateLabel(N_("Hours accepted"), N_("Hours accepted"), "ok", "circle-check"),
        C.REFUSED: StateLabel(N_("Refused"), N_("Not accepted"), "bad", "circle-x"),
        C.WITHDRAWN: StateLabel(N_("Taken back by the learner"), N_("Taken back by you"), "mute", "x"),
    },
)

ADJUSTMENT = Lifecycle(
    "Entry by hand",
    states=A,
    first=A.WAITING,
    moves=[
        Move("enter", N_("Credit at once"), sources(A.WAITING), A.CREDITED, Permission.REVIEW_HOURS,
             checks=(one_person_may,), person_checks=(not_the_learner,)),
        Move("approve", N_("Approve as the second person"), sources(A.WAITING), A.CREDITED, Permission.REVIEW_HOURS,
             person_checks=(not_the_learner, second_is_not_the_maker)),
        Move("refuse", N_("Refuse to credit"), sources(A.WAITING), A.REFUSED, Permission.REVIEW_HOURS,
             person_checks=(not_the_learner, second_is_not_the_maker), asks_reason=True, danger=True),
        Move("withdraw", N_("Take it back"), sources(A.WAITING), A.WITHDRAWN, Permission.REVIEW_HOURS,
             person_checks=(is_the_maker,)),
    ],
    labels={
        A.WAITING: StateLabel(N_("Waits for a second person"), N_("Being checked"), "warn", "hourglass"),
        A.CREDITED: StateLabel(N_("Credited"), N_("Credited"), "ok", "circle-check"),
        A.REFUSED: StateLabel(N_("Refused"), N_("Not credited"), "bad", "circle-x"),
        A.WITHDRAWN: StateLabel(N_("Taken back"), N_("Not credited"), "mute", "x"),
    },
)

ANOMALY = Lifecycle(
    "Unusual study",
    states=N,
    first=N.OPEN,
    moves=[
        Move("pass", N_("In order"), sources(N.OPEN), N.FINE, Permission.REVIEW_HOURS,
             person_checks=(decider_is_not_the_learner,), asks_reason=True),
        Move("doubt", N_("Put the minutes in doubt"), sources(N.OPEN), N.DOUBTED, Permission.REVIEW_HOURS,
             checks=(still_counts,), person_checks=(decider_is_not_the_learner,), asks_reason=True),
        Move("reverse", N_("Take the minutes back"), sources(N.OPEN), N.REVERSED, Permission.REVIEW_HOURS,
             checks=(still_counts,), person_checks=(decider_is_not_the_learner,), asks_reason=True, danger=True),
    ],
    labels={
        N.OPEN: StateLabel(N_("To be looked at"), N_("In order"), "warn", "hourglass"),
        N.FINE: StateLabel(N_("In order"), N_("In order"), "ok", "circle-check"),
        N.DOUBTED: StateLabel(N_("Put in doubt"), N_("Waiting for a decision"), "warn", "hourglass"),
        N.REVERSED: StateLabel(N_("Taken back"), N_("Taken back"), "bad", "ban"),
    },
)
