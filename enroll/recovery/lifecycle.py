"""The life of a request for a lost sign-in 找回登录."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_
from enroll.recovery.rules import (
    actor_is_another,
    actor_is_the_second,
    address_is_free,
    face_is_the_same,
    has_something_to_compare,
    identity_is_the_same,
    is_fresh,
    is_somebodys,
    is_stale,
    nobody_signed_in,
    notes_are_made,
    person_is_recognised,
    somebody_signed_in,
    waiting_is_over,
)


class RecoveryState(StrEnum):
    ASKED = "asked"
    CHECKED = "checked"
    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


S, P = RecoveryState, Permission
LIVE = frozenset({S.ASKED, S.CHECKED, S.WAITING})
STANDS = (is_somebodys, is_fresh, nobody_signed_in)

RECOVERY = Lifecycle(
    "Lost sign-in",
    states=S,
    first=S.ASKED,
    moves=[
        Move("check", N_("The person is who they say"), sources(S.ASKED), S.CHECKED, P.RECOVER_ACCESS,
             checks=(*STANDS, has_something_to_compare, person_is_recognised, identity_is_the_same, face_is_the_same,
                     notes_are_made), person_checks=(actor_is_another,)),
        Move("confirm", N_("Confirm as the second person"), sources(S.CHECKED), S.WAITING, P.RECOVER_ACCESS,
             checks=(*STANDS, address_is_free), person_checks=(actor_is_another, actor_is_the_second)),
        Move("set", N_("Set the new address"), sources(S.WAITING), S.DONE, P.SYSTEM,
             checks=(waiting_is_over, nobody_signed_in, address_is_free)),
        Move("refuse", N_("Refuse the request"), sources(S.ASKED, S.CHECKED), S.REFUSED, P.RECOVER_ACCESS,
             person_checks=(actor_is_another,), asks_reason=True, danger=True),
        Move("stop", N_("Stop before it takes effect"), sources(S.WAITING), S.CANCELLED, P.RECOVER_ACCESS,
             person_checks=(actor_is_another,), asks_reason=True, danger=True),
        Move("object", N_("Objected to from the old address"), sources(S.WAITING), S.CANCELLED, P.SYSTEM),
        Move("signed_in", N_("The learner signed in"), sources(S.ASKED, S.CHECKED, S.WAITING), S.CANCELLED, P.SYSTEM,
             checks=(somebody_signed_in,)),
        Move("lapse", N_("Too old"), sources(S.ASKED, S.CHECKED), S.CANCELLED, P.SYSTEM, checks=(is_stale,)),
        Move("fail", N_("The new address is another’s"), sources(S.WAITING), S.CANCELLED, P.SYSTEM),
    ],
    labels={
        S.ASKED: StateLabel(N_("Person to be checked"), N_("Received"), "warn", "clock"),
        S.CHECKED: StateLabel(N_("To be confirmed by a second person"), N_("Being confirmed"), "info", "users"),
        S.WAITING: StateLabel(N_("Waiting time runs"), N_("Confirmed, waiting time runs"), "wait", "hourglass"),
        S.DONE: StateLabel(N_("New address set"), N_("New address set"), "ok", "circle-check"),
        S.REFUSED: StateLabel(N_("Refused"), N_("Not given back"), "bad", "circle-x"),
        S.CANCELLED: StateLabel(N_("Ended"), N_("Ended"), "mute", "x"),
    },
)
