"""Working days in mainland China: weekdays, less public holidays, plus the weekend days worked in exchange (调休上班).

The tables come from the yearly notice of the State Council's office; a day that is not yet confirmed counts as the
table says, and the pages say that it is not confirmed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from enroll.foundation.clock import at_beijing, beijing, local_day

ONE_DAY = timedelta(days=1)
FARTHEST = 400  # days looked at before a table of holidays without an end is taken for a mistake


class NoWorkingDay(ValueError):
    """The tables leave no working day within a year: they are wrong."""


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days are worked. `unconfirmed` are days of the tables that no official notice confirms yet."""

    days_off: frozenset[date] = frozenset()
    days_worked: frozenset[date] = frozenset()
    unconfirmed: frozenset[date] = field(default=frozenset())

    def is_working(self, day: date) -> bool:
        return day in self.days_worked or (day.weekday() < 5 and day not in self.days_off)

    def knows(self, year: int) -> bool:
        """Whether the holidays of the year are in the tables: 1 October is off in every year by law.
        The notice for a year comes in the autumn before; until then only the weekends are known."""
        return date(year, 10, 1) in self.days_off

    def between(self, first: date, last: date) -> int:
        """Working days after `first`, up to and including `last`; 0 where `last` is not later."""
        return sum(self.is_working(first + ONE_DAY * number) for number in range(1, (last - first).days + 1))

    def after(self, day: date, number: int) -> date:
        """The `number`-th working day after `day`; 0 is `day` itself, or the next working day."""
        if number == 0 and self.is_working(day):
            return day
        return self._nth(day, max(number, 1))

    def before(self, day: date, number: int) -> date:
        """The `number`-th working day before `day` (warnings ahead of a deadline)."""
        return self._nth(day, number, -ONE_DAY)

    def deadline(self, moment: datetime, number: int, at: time | None = None) -> datetime:
        """The moment `number` working days after `moment` (UTC): the same time of day in Beijing, or `at`."""
        day = self.after(local_day(moment), number)
        return at_beijing(day, beijing(moment).time() if at is None else at)

    def working_seconds(self, first: datetime, last: datetime) -> int:
        """Seconds of working days between two moments (UTC), a working day being whole in Beijing: from Friday 15:00 to
        Monday 15:00 it is one day, as `deadline` counts. 0 where `last` is not later."""
        total, at = 0.0, first
        while at < last:
            midnight = at_beijing(local_day(at) + ONE_DAY, time(0))
            if self.is_working(local_day(at)):
                total += (min(midnight, last) - at).total_seconds()
            at = midnight
        return int(total)

    def after_seconds(self, moment: datetime, seconds: int) -> datetime:
        """The moment at which so many seconds of working days have passed since `moment`."""
        at, left = moment, timedelta(seconds=seconds)
        day = local_day(at)
        if not self.is_working(day):
            day = self.after(day, 1)
            at = at_beijing(day, time(0))
        while at + left > (midnight := at_beijing(day + ONE_DAY, time(0))):
            left -= midnight - at
            day = self.after(day, 1)
            at = at_beijing(day, time(0))
        return at + left

    def _nth(self, day: date, number: int, step: timedelta = ONE_DAY) -> date:
        for found, candidate in enumerate(self._working_days_from(day, step), start=1):
            if found == number:
                return candidate
        raise NoWorkingDay(day.isoformat())

    def _working_days_from(self, day: date, step: timedelta) -> Iterator[date]:
        silent = 0
        while silent < FARTHEST:
            day += step
            silent += 1
            if self.is_working(day):
                silent = 0
                yield day


def days_left(at: datetime, now: datetime) -> int:
    """Calendar days in Beijing from today to the last day on which `at` is not yet over; 0 is today, negative is over.

    `at` is the first moment that is too late: 24:00 of the 27th (stored as 00:00 of the 28th) is the 27th.
    """
    last_moment = at - timedelta(microseconds=1)
    left = (local_day(last_moment) - local_day(now)).days
    return min(left, -1) if at <= now else left
