"""The life of a fee, and of a refund."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.fees.rules import deciding_about_another, paid_in_full, part_is_paid
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_


class FeeState(StrEnum):
    DUE = "due"
    PART_PAID = "part_paid"
    PAID = "paid"
    WAIVED = "waived"
    INCLUDED = "included"
    VOID = "void"


class RefundState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"


S, R = FeeState, RefundState
OPEN = frozenset({S.DUE, S.PART_PAID})
SETTLED = frozenset({S.PAID, S.WAIVED, S.INCLUDED})

FEE = Lifecycle(
    "Fee",
    states=S,
    first=S.DUE,
    moves=[
        Move("pay_part", N_("Record a part payment"), sources(S.DUE, S.PART_PAID), S.PART_PAID, Permission.MANAGE_FEES,
             checks=(part_is_paid,), person_checks=(deciding_about_another,)),
        Move("pay", N_("Record the payment"), sources(S.DUE, S.PART_PAID), S.PAID, Permission.MANAGE_FEES,
             checks=(paid_in_full,), person_checks=(deciding_about_another,)),
        Move("waive", N_("Waive"), sources(S.DUE), S.WAIVED, Permission.MANAGE_FEES,
             person_checks=(deciding_about_another,), asks_reason=True),
        # By the program, where the package is known to cover the item; by finance, who say why.
        Move("include", N_("Included in the package"), sources(S.DUE), S.INCLUDED, Permission.SYSTEM),
        Move("mark_included", N_("Mark as included in the package"), sources(S.DUE), S.INCLUDED,
             Permission.MANAGE_FEES, person_checks=(deciding_about_another,), asks_reason=True),
        # What was part paid comes back by a refund that is asked for in the same breath.
        Move("void", N_("No longer owed"), sources(S.DUE, S.PART_PAID), S.VOID, Permission.SYSTEM),
        # Money that came after the lapse, while the seat was still free.
        Move("revive", N_("Paid after all"), sources(S.VOID), S.PAID, Permission.SYSTEM, checks=(paid_in_full,)),
    ],
    labels={
        S.DUE: StateLabel(N_("To be paid"), N_("To be paid"), "warn", "clock"),
        S.PART_PAID: StateLabel(N_("Part paid"), N_("Part paid"), "warn", "clock"),
        S.PAID: StateLabel(N_("Paid"), N_("Paid"), "ok", "circle-check"),
        S.WAIVED: StateLabel(N_("Waived"), N_("Waived"), "ok", "circle-check"),
        S.INCLUDED: StateLabel(N_("Included in the package"), N_("Included in the package"), "ok", "circle-check"),
        S.VOID: StateLabel(N_("Void"), N_("No longer owed"), "mute", "x"),
    },
)

REFUND = Lifecycle(
    "Refund",
    states=R,
    first=R.REQUESTED,
    moves=[
        Move("approve", N_("Approve the refund"), sources(R.REQUESTED), R.APPROVED, Permission.MANAGE_FEES,
             person_checks=(deciding_about_another,)),
        Move("send", N_("Sent to the bank"), sources(R.APPROVED, R.FAILED), R.SENT, Permission.MANAGE_FEES),
        Move("done", N_("Arrived"), sources(R.SENT), R.DONE, Permission.MANAGE_FEES),
        Move("fail", N_("Did not arrive"), sources(R.SENT), R.FAILED, Permission.MANAGE_FEES, asks_reason=True),
    ],
    labels={
        R.REQUESTED: StateLabel(N_("Refund requested"), N_("Refund requested"), "warn", "clock"),
        R.APPROVED: StateLabel(N_("Refund approved"), N_("Refund approved"), "info", "clock"),
        R.SENT: StateLabel(N_("Refund sent"), N_("Refund on its way"), "info", "clock"),
        R.DONE: StateLabel(N_("Refunded"), N_("Refunded"), "ok", "circle-check"),
        R.FAILED: StateLabel(N_("Refund failed"), N_("Refund being looked into"), "bad", "circle-x"),
    },
)
