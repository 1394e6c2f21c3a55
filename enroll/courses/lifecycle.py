"""The life of a practical task that was handed in."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.courses.rules.practice import trainer_is_another_person, work_is_complete
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_


class WorkState(StrEnum):
    DRAFT = "draft"
    HANDED_IN = "handed_in"
    RETURNED = "returned"
    ACCEPTED = "accepted"


S = WorkState

PRACTICE_WORK = Lifecycle(
    "Practice assignment",
    states=S,
    first=S.DRAFT,
    moves=[
        Move("hand_in", N_("Hand in"), sources(S.DRAFT, S.RETURNED), S.HANDED_IN, Permission.LEARN,
             checks=(work_is_complete,)),
        Move("return", N_("Return with comments"), sources(S.HANDED_IN), S.RETURNED, Permission.TEACH,
             person_checks=(trainer_is_another_person,), asks_reason=True),
        Move("accept", N_("Accept and credit"), sources(S.HANDED_IN), S.ACCEPTED, Permission.TEACH,
             person_checks=(trainer_is_another_person,)),
    ],
    labels={
        S.DRAFT: StateLabel(N_("Being prepared"), N_("Not handed in"), "draft", "pencil"),
        S.HANDED_IN: StateLabel(N_("To be marked"), N_("Handed in, waiting for the trainer"), "warn", "clock"),
        S.RETURNED: StateLabel(N_("Returned"), N_("Returned, hand in again"), "bad", "arrow-back-up"),
        S.ACCEPTED: StateLabel(N_("Work accepted"), N_("Work accepted"), "ok", "circle-check"),
    },
)
