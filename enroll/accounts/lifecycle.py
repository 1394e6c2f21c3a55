"""The life of an account."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.accounts.rules.roles import an_administrator_remains, not_for_oneself
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_


class AccountState(StrEnum):
    UNCONFIRMED = "unconfirmed"
    ACTIVE = "active"
    DISABLED = "disabled"


S = AccountState

ACCOUNT = Lifecycle(
    "Account",
    states=S,
    first=S.UNCONFIRMED,
    moves=[
        Move("confirm", N_("Confirm"), sources(S.UNCONFIRMED), S.ACTIVE, Permission.SYSTEM),
        Move("disable", N_("Disable account"), sources(S.UNCONFIRMED, S.ACTIVE), S.DISABLED,
             Permission.MANAGE_ACCOUNTS, checks=(an_administrator_remains,), person_checks=(not_for_oneself,),
             asks_reason=True, danger=True),
        Move("enable", N_("Enable account"), sources(S.DISABLED), S.ACTIVE, Permission.MANAGE_ACCOUNTS,
             person_checks=(not_for_oneself,), asks_reason=True),
    ],
    labels={
        S.UNCONFIRMED: StateLabel(N_("Not confirmed"), N_("Not confirmed"), "warn", "clock"),
        S.ACTIVE: StateLabel(N_("Active"), N_("Active"), "ok", "circle-check"),
        S.DISABLED: StateLabel(N_("Disabled"), N_("Disabled"), "bad", "ban"),
    },
)
