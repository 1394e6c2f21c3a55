"""The life of a proof of hours 学时证明, of minutes in doubt, and of time that a learner disputes."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_
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


P, D, Q = ProofState, DoubtState, DisputeState

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
