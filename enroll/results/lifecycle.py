"""The life of a result 成绩, and of a score review 成绩复核."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_
from enroll.results.rules.checks import (
    answerer_is_a_stranger,
    attendance_decides,
    checker_is_another_person,
    corrector_is_a_stranger,
    decider_is_a_third_person,
    entries_agree,
    entries_differ,
    maker_is_another_person,
    no_entry_is_missing,
    sample_allows,
    sat_the_exam,
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
PUBLIC = frozenset({S.PUBLISHED, S.SUPERSEDED, S.VOID})

RESULT = Lifecycle(
    "Result",
    states=S,
    first=S.PENDING,
    moves=[
        Move("enter", N_("Enter the mark"), sources(S.PENDING, S.ENTERED), S.ENTERED, Permission.MAKE_RESULTS,
             checks=(sat_the_exam,), person_checks=(maker_is_another_person,)),
        # Until somebody has checked it. The entry stays on file; the next one begins a new round.
        Move("take_back", N_("Take the entry back"), sources(S.ENTERED), S.PENDING, Permission.MAKE_RESULTS,
             person_checks=(maker_is_another_person,), asks_reason=True),
        # Attendance decides without a mark: absent, excused and disqualified are outcomes, never a nought.
        Move("settle", N_("Take the outcome from the attendance"),
             sources(S.PENDING, S.ENTERED, S.DISCREPANCY, S.CHECKED), S.CHECKED, Permission.SYSTEM,
             checks=(attendance_decides,)),
        Move("unsettle", N_("The attendance was corrected"), sources(S.CHECKED), S.PENDING, Permission.SYSTEM),
        Move("agree", N_("Second entry agrees"), sources(S.ENTERED), S.CHECKED, Permission.CHECK_RESULTS,
             checks=(sat_the_exam, entries_agree), person_checks=(checker_is_another_person,)),
        Move("differ", N_("Second entry differs"), sources(S.ENTERED), S.DISCREPANCY, Permission.CHECK_RESULTS,
             checks=(sat_the_exam, entries_differ), person_checks=(checker_is_another_person,)),
        # Of the issuing body's file, once the marks that must be checked were checked and none differed.
        Move("accept", N_("Accept after the sample"), sources(S.ENTERED), S.CHECKED, Permission.CHECK_RESULTS,
             checks=(sat_the_exam, sample_allows), person_checks=(checker_is_another_person,)),
        Move("decide", N_("Decide the difference"), sources(S.DISCREPANCY), S.CHECKED, Permission.CHECK_RESULTS,
             checks=(sat_the_exam,), person_checks=(decider_is_a_third_person,), asks_reason=True),
        Move("lock", N_("Lock"), sources(S.CHECKED), S.LOCKED, Permission.PUBLISH_RESULTS,
             checks=(no_entry_is_missing,), person_checks=(maker_is_another_person,)),
        Move("unlock", N_("Unlock"), sources(S.LOCKED), S.CHECKED, Permission.PUBLISH_RESULTS,
             person_checks=(maker_is_another_person,), asks_reason=True),
        Move("publish", N_("Publish"), sources(S.LOCKED), S.PUBLISHED, Permission.PUBLISH_RESULTS,
             person_checks=(maker_is_another_person,)),
        Move("supersede", N_("Replace by a corrected one"), sources(S.PUBLISHED), S.SUPERSEDED,
             Permission.ANSWER_SCORE_REVIEWS, person_checks=(corrector_is_a_stranger,), asks_reason=True),
        # The corrected version: decided by somebody who had nothing to do with the mark, and public at once.
        Move("correct", N_("Publish the corrected mark"), sources(S.PENDING), S.PUBLISHED,
             Permission.ANSWER_SCORE_REVIEWS, person_checks=(corrector_is_a_stranger,), asks_reason=True),
        Move("void", N_("Declare void"), sources(S.PUBLISHED, S.LOCKED, S.CHECKED), S.VOID,
             Permission.PUBLISH_RESULTS, person_checks=(maker_is_another_person,), asks_reason=True, danger=True),
    ],
    labels={
        S.PENDING: StateLabel(N_("To be entered"), N_("Results awaited"), "warn", "hourglass"),
        S.ENTERED: StateLabel(N_("Entered once"), N_("Results awaited"), "info", "pencil"),
        S.DISCREPANCY: StateLabel(N_("The two entries differ"), N_("Results awaited"), "bad", "arrows-left-right"),
        S.CHECKED: StateLabel(N_("Checked"), N_("Results awaited"), "ok", "circle-check"),
        S.LOCKED: StateLabel(N_("Locked"), N_("Results awaited"), "info", "lock"),
        S.PUBLISHED: StateLabel(N_("Published"), N_("Published"), "ok", "circle-check"),
        S.SUPERSEDED: StateLabel(N_("Replaced by a correction"), N_("Replaced by a correction"), "mute", "x"),
        S.VOID: StateLabel(N_("Void"), N_("Result void"), "bad", "ban"),
    },
)

SCORE_REVIEW = Lifecycle(
    "Score review",
    states=V,
    first=V.OPEN,
    moves=[
        Move("answer", N_("Answer the learner"), sources(V.OPEN), V.ANSWERED, Permission.ANSWER_SCORE_REVIEWS,
             person_checks=(answerer_is_a_stranger,), asks_reason=True),
    ],
    labels={
        V.OPEN: StateLabel(N_("To be answered"), N_("Score review under way"), "warn", "clock"),
        V.ANSWERED: StateLabel(N_("Answered"), N_("Answered"), "ok", "circle-check"),
    },
)
