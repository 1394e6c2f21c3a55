"""Which parts of the exam somebody still has to take, and by which lane they come."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_
from enroll.sittings.lifecycle import BookingState, Part, PartVerdict

# Seats that were used up in an earlier window: whoever had one comes again by the resit lane. An excuse uses
# no attempt.
ATTEMPTED = frozenset({BookingState.PRESENT, BookingState.ABSENT, BookingState.DISQUALIFIED})
# Seats that stand: that exam is still to come, so nobody knows what will be missing after it.
STANDING = frozenset({BookingState.HELD, BookingState.CONFIRMED, BookingState.TICKETED})


@dataclass(frozen=True)
class Settled:
    """One part of an earlier window as it was published. Windows are named by their codes, which sort by time;
    `kept_until` is the last window in which a pass still counts."""

    window: str
    part: Part
    verdict: str
    kept_until: str = ""


@dataclass(frozen=True)
class Attempt:
    """What somebody may apply for in a window: the parts, by which lane, and which passes are kept. `awaited` names
    earlier windows whose results are not out: until then nobody knows which parts are missing."""

    parts: tuple[Part, ...]
    resit: bool = False
    kept: tuple[Settled, ...] = ()
    awaited: tuple[str, ...] = ()
    resits_before: int = 0


def attempt_for(
    window: str, settled: Iterable[Settled], seats_used: Collection[tuple[str, Part]],
    seats_standing: Collection[tuple[str, Part]] = (),
) -> Attempt:
    """A first sitting takes both parts; a resit only those that are not passed and kept. `seats_used` are window and
    part of every earlier seat that counted as an attempt, `seats_standing` those whose exam is still to come."""
    earlier = [one for one in settled if one.window < window]
    used = {one for one in seats_used if one[0] < window}
    known = {(one.window, one.part) for one in earlier}
    kept = tuple(one for one in earlier if one.verdict == PartVerdict.PASS and window <= one.kept_until)
    missing = tuple(part for part in Part if part not in {one.part for one in kept})
    sat = {one.window for one in earlier if one.verdict != PartVerdict.EXCUSED} | {code for code, _ in used}
    coming = {one for one in seats_standing if one[0] < window}
    awaited = sorted({code for code, part in (used | coming) - known if part in missing})
    return Attempt(missing, bool(sat), kept, tuple(awaited), max(len(sat) - 1, 0))


def stands_against_attempt(attempt: Attempt, max_resits: int | None) -> tuple[Problem, ...]:
    """Why this attempt cannot be begun; `max_resits` are the window's terms, None for no limit."""
    found = []
    if attempt.awaited:
        found.append(problem("results_awaited", N_("The results of %(windows)s are not published yet; then you can "
                             "apply for what is missing."), windows=attempt.awaited))
    if not attempt.parts:
        found.append(problem("nothing_missing", N_("Both parts are passed; there is nothing left to apply for.")))
    if attempt.resit and max_resits is not None and attempt.resits_before >= max_resits:
        found.append(problem("no_resit_left", N_("All %(number)s resits are used."), number=max_resits))
    return tuple(found)


def fee_items(parts: Iterable[str], *, resit: bool) -> str:
    """The price item of an application: one for the first sitting, one for each part of a resit."""
    return "+".join(f"resit_{part}" for part in parts) if resit else "exam_first"
