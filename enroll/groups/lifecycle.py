"""The life of a group application 团体报名."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_


class GroupState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


S = GroupState

GROUP = Lifecycle(
    "Group application",
    states=S,
    first=S.OPEN,
    moves=[
        # Applications go on each by itself; only the roster and the invitations end.
        Move("close", N_("Close the group"), sources(S.OPEN), S.CLOSED, Permission.MANAGE_GROUPS, asks_reason=True),
        Move("reopen", N_("Open the group again"), sources(S.CLOSED), S.OPEN, Permission.MANAGE_GROUPS,
             asks_reason=True),
    ],
    labels={
        S.OPEN: StateLabel(N_("Group open"), N_("Group open"), "ok", "users"),
        S.CLOSED: StateLabel(N_("Group closed"), N_("Group closed"), "mute", "lock"),
    },
)
