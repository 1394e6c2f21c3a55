"""Going on in a later window 转期: what becomes of the fee, and what bars a window from being the target."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from enroll.applications.rules.parts import Attempt
from enroll.foundation.clock import at_beijing
from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_
from enroll.programmes.rules.windows import WindowDates
from enroll.programmes.rules.working_days import WorkingCalendar


class FeeEffect(StrEnum):
    """What becomes of the exam fee with a transfer."""

    LATER = "later"  # nothing is owed yet: it falls due in the new window, as anywhere
    ANEW = "anew"  # what was owed and not paid ends; the new window's price falls due
    CARRIED = "carried"  # what was paid, waived or included goes along; nothing is charged or given back


def fee_effect(state: str | None, paid_fen: int) -> FeeEffect:
    """By the state of the live fee (None: there is none) and what arrived for it."""
    if state is None:
        return FeeEffect.LATER
    return FeeEffect.ANEW if state == "due" and not paid_fen else FeeEffect.CARRIED


def transfer_ends(dates: WindowDates, calendar: WorkingCalendar, working_days: int) -> datetime:
    """The first moment too late for learners to transfer out of a window: so many working days before its first exam
    day, and never after seats are assigned."""
    return min(at_beijing(calendar.before(dates.starts_on, working_days)) if working_days else dates.exam_begins_at,
               dates.seating_by)


@dataclass(frozen=True)
class TargetFacts:
    """What decides whether an application can go on in another window. `attempt` is what its learner could take there
    if the present seats did not count; `applies_there` that there is a live application of theirs already."""

    now: datetime
    published: bool
    later: bool
    closes_at: datetime
    parts: Sequence[str]
    resit: bool
    attempt: Attempt
    applies_there: bool = False


def against_target(facts: TargetFacts) -> tuple[Problem, ...]:
    """Every reason against this window."""
    found = []
    if not facts.published or not facts.later:
        found.append(problem("no_later_window", N_("Choose a published window that takes place later."),
                             field="window"))
    if facts.now >= facts.closes_at:
        found.append(problem("window_closed", N_("Registration closed at %(moment)s."), moment=facts.closes_at))
    if facts.applies_there:
        found.append(problem("applies_there", N_("You have an application for this window already.")))
    if facts.attempt.awaited:
        found.append(problem("results_awaited", N_("The results of %(windows)s are not published yet; then you can "
                                                   "apply for what is missing."), windows=facts.attempt.awaited))
    elif (set(facts.attempt.parts), facts.attempt.resit) != (set(facts.parts), facts.resit):
        found.append(problem("other_parts_there", N_("In this window you would have to take other parts: a passed one "
                                                     "is not kept as long. Withdraw here and apply there instead.")))
    return tuple(found)
