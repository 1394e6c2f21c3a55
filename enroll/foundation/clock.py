"""Moments are aware UTC; days and deadlines are decided in Asia/Shanghai, whatever the machine's TZ says."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, UTC."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class ShiftedClock:
    """A clock that runs at real speed from another moment: the demo's day, and the tests' fixed moments."""

    def __init__(self, offset: timedelta = timedelta(0), *, standing: datetime | None = None):
        self.offset, self.standing = offset, standing

    def now(self) -> datetime:
        return self.standing if self.standing is not None else datetime.now(UTC) + self.offset

    def set(self, moment: datetime) -> None:
        """Stand (tests) or run (demo) from this aware moment on."""
        if self.standing is not None:
            self.standing = moment.astimezone(UTC)
        else:
            self.offset = moment - datetime.now(UTC)


def beijing(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI)


def local_day(moment: datetime) -> date:
    """The calendar day in Asia/Shanghai."""
    return beijing(moment).date()


def at_beijing(day: date, at: time = time(0)) -> datetime:
    """The UTC moment of a wall-clock time in Asia/Shanghai."""
    return datetime.combine(day, at, SHANGHAI).astimezone(UTC)


def age_on(birth_date: date, day: date) -> int:
    """Completed years of age; somebody born on 29 February has their birthday on 1 March in other years."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (0 if had_birthday else 1)
