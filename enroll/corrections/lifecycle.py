"""The life of an identity correction."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.corrections.rules import carried_out_by_a_second, decided_by_another, is_their_own
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_


class CorrectionState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    APPLIED = "applied"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


S = CorrectionState
LIVE = frozenset({S.REQUESTED, S.APPROVED})

CORRECTION = Lifecycle(
    "Correction",
    states=S,
    first=S.REQUESTED,
    moves=[
        Move("approve", N_("Approve the correction"), sources(S.REQUESTED), S.APPROVED, Permission.REVIEW_IDENTITY,
             person_checks=(decided_by_another,)),
        Move("apply", N_("Carry the correction out"), sources(S.APPROVED), S.APPLIED, Permission.LEAD_REVIEW,
             person_checks=(decided_by_another, carried_out_by_a_second)),
        Move("refuse", N_("Refuse the correction"), sources(S.REQUESTED, S.APPROVED), S.REFUSED,
             Permission.REVIEW_IDENTITY, person_checks=(decided_by_another,), asks_reason=True),
        Move("withdraw", N_("Withdraw the correction"), sources(S.REQUESTED), S.WITHDRAWN, Permission.LEARN,
             person_checks=(is_their_own,)),
    ],
    labels={
        S.REQUESTED: StateLabel(N_("Correction to decide"), N_("Correction being looked at"), "warn", "clock"),
        S.APPROVED: StateLabel(N_("Correction approved, to be carried out"),
                               N_("Correction approved, being carried out"), "info", "clock"),
        S.APPLIED: StateLabel(N_("Correction carried out"), N_("Correction carried out"), "ok", "circle-check"),
        S.REFUSED: StateLabel(N_("Correction refused"), N_("Correction refused"), "bad", "circle-x"),
        S.WITHDRAWN: StateLabel(N_("Correction withdrawn"), N_("Correction withdrawn"), "mute", "x"),
    },
)
