"""The life of an exam window; open, closed and running are computed from its dates."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_
from enroll.programmes.rules.timeline import CONFLICT_CHECKS, ORDER_CHECKS, everything_is_ruled


class WindowState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


S = WindowState

WINDOW = Lifecycle(
    "Exam window",
    states=S,
    first=S.DRAFT,
    moves=[
        Move("publish", N_("Publish"), sources(S.DRAFT), S.PUBLISHED, Permission.MANAGE_WINDOWS,
             checks=(*ORDER_CHECKS, everything_is_ruled, *CONFLICT_CHECKS)),
        Move("cancel", N_("Cancel the window"), sources(S.DRAFT, S.PUBLISHED), S.CANCELLED,
             Permission.MANAGE_WINDOWS, asks_reason=True, danger=True),
    ],
    labels={
        S.DRAFT: StateLabel(N_("Draft"), N_("Not published"), "mute", "pencil"),
        S.PUBLISHED: StateLabel(N_("Window published"), N_("Window published"), "ok", "circle-check"),
        S.CANCELLED: StateLabel(N_("Cancelled"), N_("Cancelled"), "mute", "x"),
    },
)
