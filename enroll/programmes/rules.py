"""What a programme demands and how its windows' dates must stand to each other. Figures that are not public are dated
settings with a source; none is a constant here."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_

# The order in which a window's moments must stand; equal moments are allowed where the pair says so in the data.
WINDOW_ORDER = (
    "opens_at", "closes_at", "first_review_by", "correction_closes_at", "review_by", "payment_due_at", "seating_by",
    "ticket_from", "marking_by", "scores_publish_at", "score_review_closes_at", "score_review_answer_by",
)


@dataclass(frozen=True)
class WindowFacts:
    """The dates of a window by name, aware UTC."""

    dates: tuple[tuple[str, datetime], ...]


def window_dates_hold(facts: WindowFacts) -> Problem | None:
    named = dict(facts.dates)
    for earlier, later in pairwise(WINDOW_ORDER):
        if named[earlier] > named[later]:
            return problem("dates_out_of_order", N_("%(later)s must not be before %(earlier)s."), field=later,
                           earlier=named[earlier], later=named[later])
    return None
