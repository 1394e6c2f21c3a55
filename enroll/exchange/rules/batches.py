"""What a batch needs before it is frozen, and when it is finished."""

from dataclasses import dataclass
from enum import StrEnum

from enroll.foundation.actor import Actor
from enroll.foundation.lifecycle import StateLabel
from enroll.foundation.problems import OWN_RECORD, Problem, problem
from enroll.foundation.words import N_


class BatchKind(StrEnum):
    REGISTRATION = "registration"
    ISSUANCE = "issuance"


class RowState(StrEnum):
    QUEUED = "queued"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NUMBERED = "numbered"


KIND_NAMES = {BatchKind.REGISTRATION: N_("Registrations"), BatchKind.ISSUANCE: N_("Certificates to be issued")}
ROW_LABELS = {
    RowState.QUEUED: StateLabel(N_("No answer yet"), N_("No answer yet"), "warn", "clock"),
    RowState.ACCEPTED: StateLabel(N_("Accepted"), N_("Accepted"), "ok", "circle-check"),
    RowState.REJECTED: StateLabel(N_("Sent back"), N_("Sent back"), "bad", "arrow-back-up"),
    RowState.NUMBERED: StateLabel(N_("Numbered"), N_("Numbered"), "ok", "certificate"),
}


@dataclass(frozen=True)
class BatchFacts:
    """`accounts`: of the people in it."""

    rows: int
    unanswered: int
    accounts: frozenset[int] = frozenset()


def batch_has_rows(facts: BatchFacts) -> Problem | None:
    return None if facts.rows else problem("batch_empty", N_("There is nobody in this batch yet."))


def every_row_is_answered(facts: BatchFacts) -> Problem | None:
    if facts.unanswered:
        return problem("rows_unanswered", N_("Rows without an answer yet: %(count)s."), count=facts.unanswered)
    return None


def actor_is_not_in_it(facts: BatchFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id in facts.accounts else None
