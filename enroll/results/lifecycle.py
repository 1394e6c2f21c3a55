"""The life of a result 成绩, and of a score review 成绩复核."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_
from enroll.results.rules import (
    answerer_is_a_stranger,
    checker_is_another_person,
    decider_is_a_third_person,
    entries_agree,
    entries_differ,
    maker_is_another_person,
    no_entry_is_missing,
)


class ResultState(StrEnum):
    PENDING = "pending"
    ENTERED = "entered"
    DISCREPANCY = "discrepancy"
    CHECKED = "checked"
    LOCKED = "locked"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    VOID = "void"


class ReviewState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"


S, V = ResultState, ReviewState

RESULT = Lifecycle(
    "Result",
    states=S,
    first=S.PENDING,
    moves=[
        Move("enter", N_("Enter the mark"), sources(S.PENDING, S.ENTERED), S.ENTERED, Permission.MAKE_RESULTS,
             person_checks=(maker_is_another_person,)),
        # Attendance decides without a mark: absent, excused and disqualified are outcomes, never a nought.
        Move("settle", N_("Take the outcome from the attendance"), sources(S.PENDING), S.CHECKED, Permission.SYSTEM),
        Move("agree", N_("Second entry agrees"), sources(S.ENTERED), S.CHECKED, Permission.CHECK_RESULTS,
             checks=(entries_agree,), person_checks=(checker_is_another_person,)),
        Move("differ", N_("Second entry differs"), sources(S.ENTERED), S.DISCREPANCY, Permission.CHECK_RESULTS,
             checks=(entries_differ,), person_checks=(checker_is_another_person,)),
        Move("decide", N_("Decide the difference"), sources(S.DISCREPANCY), S.CHECKED, Permission.CHECK_RESULTS,
             person_checks=(decider_is_a_third_person,), asks_reason=True),
        Move("lock", N_("Lock"), sources(S.CHECKED), S.LOCKED, Permission.PUBLISH_RESULTS,
             checks=(no_entry_is_missing,)),
        Move("unlock", N_("Unlock"), sources(S.LOCKED), S.CHECKED, Permission.PUBLISH_RESULTS, asks_reason=True),
        Move("publish", N_("Publish"), sources(S.LOCKED), S.PUBLISHED, Permission.PUBLISH_RESULTS),
        Move("supersede", N_("Replace by a corrected one"), sources(S.PUBLISHED), S.SUPERSEDED,
             Permission.ANSWER_SCORE_REVIEWS, asks_reason=True),
        Move("void", N_("Declare void"), sources(S.PUBLISHED, S.LOCKED, S.CHECKED), S.VOID,
             Permission.PUBLISH_RESULTS, asks_reason=True, danger=True),
    ],
    labels={
        S.PENDING: StateLabel(N_("To be entered"), N_("Results awaited"), "warn", "hourglass"),
        S.ENTERED: StateLabel(N_("Entered once"), N_("Results awaited"), "warn", "hourglass"),
        S.DISCREPANCY: StateLabel(N_("The two entries differ"), N_("Results awaited"), "warn", "hourglass"),
        S.CHECKED: StateLabel(N_("Checked"), N_("Results awaited"), "warn", "hourglass"),
        S.LOCKED: StateLabel(N_("Locked"), N_("Results awaited"), "warn", "hourglass"),
        S.PUBLISHED: StateLabel(N_("Published"), N_("Published"), "ok", "circle-check"),
        S.SUPERSEDED: StateLabel(N_("Corrected"), N_("Corrected"), "mute", "x"),
        S.VOID: StateLabel(N_("Void"), N_("Result void"), "bad", "ban"),
    },
)

SCORE_REVIEW = Lifecycle(
    "Score review",
    states=V,
    first=V.OPEN,
    moves=[
        Move("answer", N_("Answer"), sources(V.OPEN), V.ANSWERED, Permission.ANSWER_SCORE_REVIEWS,
             person_checks=(answerer_is_a_stranger,), asks_reason=True),
    ],
    labels={
        V.OPEN: StateLabel(N_("To be answered"), N_("Score review under way"), "warn", "clock"),
        V.ANSWERED: StateLabel(N_("Answered"), N_("Answered"), "ok", "circle-check"),
    },
)
