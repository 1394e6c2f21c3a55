"""What a mark means, and what the parts of a window mean together. Marks are tenths of a point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from enroll.foundation.lifecycle import StateLabel
from enroll.foundation.words import N_


class Verdict(StrEnum):
    """The outcome of one part, or of a window."""

    PASS = "pass"
    PARTIAL = "partial"
    FAIL = "fail"
    ABSENT = "absent"
    EXCUSED = "excused"
    VOID = "void"


V = Verdict
VERDICT_LABELS = {
    V.PASS: StateLabel(N_("Pass"), N_("Pass"), "ok", "circle-check"),
    V.PARTIAL: StateLabel(N_("Passed in part"), N_("Passed in part"), "warn", "hourglass"),
    V.FAIL: StateLabel(N_("Fail"), N_("Fail"), "bad", "circle-x"),
    V.ABSENT: StateLabel(N_("Absent"), N_("Absent"), "mute", "ban"),
    V.EXCUSED: StateLabel(N_("Excused"), N_("Excused"), "mute", "clock"),
    V.VOID: StateLabel(N_("Result void"), N_("Result void"), "bad", "ban"),
}
# What the attendance decides by itself. Absent is an outcome without a mark, never a nought.
BY_ATTENDANCE = {"absent": V.ABSENT, "excused": V.EXCUSED, "disqualified": V.VOID}


@dataclass(frozen=True)
class Entered:
    """What one person keyed in: a mark, or a bare pass or fail where the issuing body returns no mark."""

    mark: int | None
    verdict: str | None = None


@dataclass(frozen=True)
class OutcomeRules:
    """What the window's frozen terms say: pass marks by part, full marks, and for how many windows a pass is kept.
    `months` are those in which windows are held."""

    pass_marks: Mapping[str, int]
    full: int
    keep_windows: int
    months: tuple[int, ...]


@dataclass(frozen=True)
class PartOutcome:
    """One part as a window counts it. `window` is where it was sat, `kept_until` the last window that counts a pass."""

    verdict: Verdict
    window: str
    mark: int | None = None
    result: str = ""
    kept_until: str = ""


@dataclass(frozen=True)
class WindowOutcome:
    """What a window means for one learner; `kept_until` only where part of it is kept."""

    verdict: Verdict
    by_part: Mapping[str, PartOutcome]
    kept_until: str = ""


def verdict_of(entered: Entered, pass_mark: int) -> Verdict:
    if entered.mark is None:
        return V.PASS if entered.verdict == V.PASS else V.FAIL
    return V.PASS if entered.mark >= pass_mark else V.FAIL


def window_after(code: str, number: int, months: Sequence[int]) -> str:
    """The code of the window that comes so many after this one: ('202609', 3) is '202703' in odd months."""
    year, month = int(code[:4]), int(code[4:])
    ordered = sorted(months)
    place = sum(1 for one in ordered if one <= month) - 1 + number
    return f"{year + place // len(ordered):04d}{ordered[place % len(ordered)]:02d}"


def part_outcome(verdict: Verdict, window: str, mark: int | None, result: str, rules: OutcomeRules) -> PartOutcome:
    """One part of this window; a pass says until which window it is kept."""
    kept = window_after(window, rules.keep_windows, rules.months) if verdict is V.PASS else ""
    return PartOutcome(verdict, window, mark, result, kept)


def outcome_of(
    window: str, sat: Mapping[str, PartOutcome], carried: Mapping[str, PartOutcome], rules: OutcomeRules
) -> WindowOutcome:
    """What the parts of this window, with passes kept from earlier ones, come to.

    A pass needs every part of the programme. A pass that no later window can count is nothing kept, so with another
    part missing it is a fail.
    """
    kept = {part: one for part, one in carried.items() if one.kept_until >= window}
    by_part = {**kept, **{part: one for part, one in sat.items() if part not in kept or one.verdict is V.PASS}}
    passed = [one for one in by_part.values() if one.verdict is V.PASS]
    if len(passed) == len(rules.pass_marks):
        return WindowOutcome(V.PASS, by_part)
    until = min((one.kept_until for one in passed), default="")
    if until > window:
        return WindowOutcome(V.PARTIAL, by_part, until)
    here = {one.verdict for part, one in sat.items()}
    for verdict in (V.VOID, V.FAIL, V.ABSENT):
        if verdict in here:
            return WindowOutcome(verdict, by_part)
    return WindowOutcome(V.FAIL if V.PASS in here or not here else V.EXCUSED, by_part)
