"""The lives of a course's edition, a practical task that was handed in, and a live class."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.courses.rules.editions import edition_is_complete, quotation_has_a_second_person
from enroll.courses.rules.live import class_is_over, not_among_those_credited, somebody_was_seen
from enroll.courses.rules.practice import trainer_is_another_person, work_is_complete
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_


class EditionState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


E = EditionState

COURSE_EDITION = Lifecycle(
    "Course edition",
    states=E,
    first=E.DRAFT,
    moves=[
        Move("publish", N_("Publish"), sources(E.DRAFT), E.PUBLISHED, Permission.MANAGE_COURSES,
             checks=(edition_is_complete,), person_checks=(quotation_has_a_second_person,)),
        Move("retire", N_("Retire"), sources(E.DRAFT, E.PUBLISHED), E.RETIRED, Permission.MANAGE_COURSES,
             asks_reason=True, danger=True),
    ],
    labels={
        E.DRAFT: StateLabel(N_("Draft"), N_("Draft"), "mute", "pencil"),
        E.PUBLISHED: StateLabel(N_("Published"), N_("Published"), "ok", "circle-check"),
        E.RETIRED: StateLabel(N_("Retired"), N_("Retired"), "mute", "ban"),
    },
)


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


class LiveState(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    SETTLED = "settled"
    CANCELLED = "cancelled"


L = LiveState

LIVE_CLASS = Lifecycle(
    "Live class",
    states=L,
    first=L.PLANNED,
    moves=[
        Move("change", N_("Change or move"), sources(L.PLANNED), L.PLANNED, Permission.TEACH),
        Move("hold", N_("It was held"), sources(L.PLANNED), L.HELD, Permission.SYSTEM, checks=(class_is_over,)),
        Move("settle", N_("Settle and credit"), sources(L.HELD), L.SETTLED, Permission.TEACH,
             checks=(somebody_was_seen,), person_checks=(not_among_those_credited,)),
        Move("cancel", N_("Cancel the class"), sources(L.PLANNED, L.HELD), L.CANCELLED, Permission.TEACH,
             asks_reason=True, danger=True),
    ],
    labels={
        L.PLANNED: StateLabel(N_("Class planned"), N_("Class planned"), "info", "calendar-event"),
        L.HELD: StateLabel(N_("Held, to be settled"), N_("Held, attendance is being settled"), "warn", "clock"),
        L.SETTLED: StateLabel(N_("Settled"), N_("Attendance settled"), "ok", "circle-check"),
        L.CANCELLED: StateLabel(N_("Cancelled"), N_("Cancelled"), "bad", "circle-x"),
    },
)
