"""What a batch needs before it is frozen, and when it is finished."""

from dataclasses import dataclass

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_


@dataclass(frozen=True)
class BatchFacts:
    rows: int
    unanswered: int


def batch_has_rows(facts: BatchFacts) -> Problem | None:
    return None if facts.rows else problem("batch_empty", N_("There is nobody in this batch yet."))


def every_row_is_answered(facts: BatchFacts) -> Problem | None:
    if facts.unanswered:
        return problem("rows_unanswered", N_("%(count)s rows have no answer yet."), count=facts.unanswered)
    return None
