"""What an enrolment demands of the learner, frozen as it stood on the day."""

from dataclasses import asdict, dataclass, field
from typing import Any

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_


@dataclass(frozen=True)
class Demands:
    """The programme's demands as they stood when the learner enrolled. Minutes, except where the name says hours."""

    unit: int  # minutes of one course hour
    required_hours: int
    practice_hours: int
    directions: int
    most_minutes_a_day: int
    heartbeat_seconds: int
    direction_minutes: dict[str, int] = field(default_factory=dict)  # direction -> minutes that complete it

    @property
    def required_minutes(self) -> int:
        return self.required_hours * self.unit

    @property
    def practice_minutes(self) -> int:
        return self.practice_hours * self.unit

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class EnrolmentFacts:
    fee_settled: bool
    study_before_payment: bool


def fee_allows_study(facts: EnrolmentFacts) -> Problem | None:
    if facts.fee_settled or facts.study_before_payment:
        return None
    return problem("training_fee_due", N_("The training fee is still to be paid."), mend="fees.mine")
