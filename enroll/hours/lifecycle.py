"""The life of a proof of hours 学时证明, and of minutes in doubt."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_
from enroll.hours.rules.doubts import decider_is_another_person


class ProofState(StrEnum):
    ISSUED = "issued"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


class DoubtState(StrEnum):
    OPEN = "open"
    COUNTED = "counted"
    NOT_COUNTED = "not_counted"


P, D = ProofState, DoubtState

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
