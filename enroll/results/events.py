"""What results tell the rest of the program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ResultsPublished:
    """A window's results became visible, for everybody at once."""

    window: str


@dataclass(frozen=True)
class OutcomePublished:
    """One learner's outcome stands (again, after a correction). Carries no mark and no verdict: readers ask for it."""

    learner_id: int
    window: str
    outcome_id: int


@dataclass(frozen=True)
class ScoreReviewAnswered:
    learner_id: int
    reference: str
