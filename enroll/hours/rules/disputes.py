"""Time that was not counted, and that its learner disputes: what can be disputed, and how much can come of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from enroll.foundation.clock import at_beijing, local_day
from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_


@dataclass(frozen=True)
class Stretch:
    """Uncounted time as the question "may it be disputed?" looks at it. `room` are the minutes its lesson can still
    take; `days` how long one may dispute (None: without a limit)."""

    seconds: int
    happened_at: datetime
    room: int
    days: int | None
    disputed: bool

    @property
    def until(self) -> datetime | None:
        """The moment from which it is too late: the end of the last day in Beijing."""
        return None if self.days is None else at_beijing(local_day(self.happened_at) + timedelta(days=self.days + 1))


@dataclass(frozen=True)
class DisputeFacts:
    """What the decision depends on: whose time it is, the minutes to be counted, and the minutes that the lesson and
    the day (its limit, in Asia/Shanghai) can still take."""

    learner_account_id: int
    minutes: int = 0
    lesson_room: int = 0
    day_room: int = 0


def may_be_disputed(stretch: Stretch, now: datetime) -> tuple[Problem, ...]:
    """Every reason why this stretch cannot be disputed; () when it can."""
    found = []
    if stretch.disputed:
        found.append(problem("disputed_before", N_("This stretch has been disputed; each one is looked at once.")))
    if stretch.seconds < 60:
        text = N_("It is less than a minute; the ledger keeps whole minutes, so counting it would change nothing.")
        found.append(problem("under_a_minute", text))
    if stretch.room <= 0:
        found.append(problem("lesson_full", N_("The lesson has all its minutes; nothing could be added.")))
    if stretch.until is not None and now >= stretch.until:
        found.append(problem("dispute_late", N_("Time can be disputed within %(days)d days; this is older."),
                             days=stretch.days))
    return tuple(found)


def fits_the_lesson(facts: DisputeFacts) -> Problem | None:
    if facts.minutes > facts.lesson_room:
        text = N_("The lesson can take %(room)d more minutes, not %(minutes)d.")
        return problem("lesson_full", text, field="minutes", room=facts.lesson_room, minutes=facts.minutes)
    return None


def fits_the_day(facts: DisputeFacts) -> Problem | None:
    if facts.minutes > facts.day_room:
        return problem("day_full", N_("That day can take %(room)d more minutes, not %(minutes)d; nobody can lift the "
                                      "limit of a day."), field="minutes", room=facts.day_room, minutes=facts.minutes)
    return None
