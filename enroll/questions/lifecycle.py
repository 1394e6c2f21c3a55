"""The life of a question in the bank 试题. What learners answered keeps the edition they saw."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_


class QuestionState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    RETIRED = "retired"


Q = QuestionState
MANAGE = Permission.MANAGE_BANK

QUESTION = Lifecycle(
    "Bank question",
    states=Q,
    first=Q.DRAFT,
    moves=[
        Move("send", N_("Send for review"), sources(Q.DRAFT), Q.IN_REVIEW, MANAGE),
        Move("publish", N_("Put into use"), sources(Q.DRAFT, Q.IN_REVIEW), Q.PUBLISHED, MANAGE),
        Move("retire", N_("Retire"), sources(Q.DRAFT, Q.IN_REVIEW, Q.PUBLISHED), Q.RETIRED, MANAGE, asks_reason=True,
             danger=True),
        Move("restore", N_("Restore as a draft"), sources(Q.RETIRED), Q.DRAFT, MANAGE),
    ],
    labels={
        Q.DRAFT: StateLabel(N_("Draft"), N_("Draft"), "mute", "pencil"),
        Q.IN_REVIEW: StateLabel(N_("With a reviewer"), N_("With a reviewer"), "warn", "clock"),
        Q.PUBLISHED: StateLabel(N_("In use"), N_("In use"), "ok", "circle-check"),
        Q.RETIRED: StateLabel(N_("Retired"), N_("Retired"), "mute", "ban"),
    },
)
