"""The terms of a window, frozen when it is published: what counts for everybody who applies for it, whatever changes
later (rule R12)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from enroll.programmes.rules.figures import PassMarks, ProgrammeRules, RefundRule
from enroll.programmes.rules.reading import refund_rules

EXAM_ITEMS = ("exam_first", "resit_theory", "resit_practical")  # what a window cannot be published without


@dataclass(frozen=True, kw_only=True)
class WindowTerms:
    """Marks in tenths of a point, fees in fen by item code, refund rules as they were shown."""

    ruled_on: date
    pass_marks: PassMarks
    keep_passed_subject_windows: int
    max_resits: int | None
    score_review_days: int
    payment_grace_hours: int
    fees: Mapping[str, int]
    exam_refund_rules: tuple[RefundRule, ...]

    @classmethod
    def of(cls, rules: ProgrammeRules, fees: Mapping[str, int]) -> "WindowTerms":
        """The terms these rules and prices make."""
        return cls(
            ruled_on=rules.on, pass_marks=rules.pass_marks,
            keep_passed_subject_windows=rules.keep_passed_subject_windows, max_resits=rules.max_resits,
            score_review_days=rules.score_review_days, payment_grace_hours=rules.payment_grace_hours,
            fees=dict(fees), exam_refund_rules=rules.exam_refund_rules,
        )

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "WindowTerms":
        return cls(**{
            **kept, "ruled_on": date.fromisoformat(kept["ruled_on"]), "pass_marks": PassMarks(**kept["pass_marks"]),
            "exam_refund_rules": refund_rules(kept["exam_refund_rules"]),
        })

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ruled_on": self.ruled_on.isoformat(), "fees": dict(self.fees),
                "exam_refund_rules": [asdict(one) for one in self.exam_refund_rules]}
