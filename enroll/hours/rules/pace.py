"""The pace forecast: which exam window can still be reached, at which pace, and until which day it is safe to wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

PACE_DAYS = 14


@dataclass(frozen=True)
class WindowDates:
    """A window as far as the hours matter: the last day (Beijing) on which they may be completed."""

    code: str
    last_day: date


@dataclass(frozen=True)
class WindowOutlook:
    """One window: can it be reached at all, at the pace of the last 14 days, and how many minutes a day it takes.

    `start_by` is the last day on which it is enough to begin, at a full day's minutes every day; None where it is
    already too late.
    """

    code: str
    last_day: date
    feasible: bool
    at_pace: bool
    minutes_a_day: int
    start_by: date | None


@dataclass(frozen=True)
class Forecast:
    """`minutes_left` 0 is complete. `pace` is minutes a day over the last 14 days; `done_on` the day it leads to (None
    where there is no pace); `earliest` the first window that is feasible, None where none is."""

    minutes_left: int
    pace: int
    done_on: date | None
    windows: tuple[WindowOutlook, ...]

    @property
    def earliest(self) -> WindowOutlook | None:
        return next((window for window in self.windows if window.feasible), None)

    @property
    def at_pace(self) -> WindowOutlook | None:
        return next((window for window in self.windows if window.at_pace), None)


def forecast(
    minutes_left: int, most_a_day: int, minutes_lately: int, today: date, windows: Iterable[WindowDates],
    *, credited_today: int = 0,
) -> Forecast:
    """The outlook from `today` on. `minutes_lately` are those of the last 14 days, `credited_today` what of the day's
    limit is used up. Windows come in the order of their dates."""
    left = max(minutes_left, 0)
    pace = minutes_lately // PACE_DAYS
    done_on = today if not left else _done_on(left, pace, today) if pace else None
    room_today = max(most_a_day - credited_today, 0)
    return Forecast(left, pace, done_on, tuple(
        _outlook(window, left, most_a_day, room_today, today, done_on) for window in windows
    ))


def _outlook(
    window: WindowDates, left: int, most_a_day: int, room_today: int, today: date, done_on: date | None
) -> WindowOutlook:
    days = (window.last_day - today).days + 1
    feasible = days > 0 and left <= room_today + most_a_day * (days - 1)
    return WindowOutlook(
        window.code, window.last_day, feasible,
        at_pace=feasible and done_on is not None and done_on <= window.last_day,
        minutes_a_day=_minutes_a_day(left, days, room_today) if feasible else 0,
        start_by=_start_by(window.last_day, left, most_a_day, today) if feasible else None,
    )


def _minutes_a_day(left: int, days: int, room_today: int) -> int:
    """The same number every day, today included as far as its limit still lets it count."""
    every_day = _up(left, days)
    return every_day if every_day <= room_today or days == 1 else _up(left - room_today, days - 1)


def _start_by(last_day: date, left: int, most_a_day: int, today: date) -> date:
    return max(last_day - timedelta(days=max(_up(left, most_a_day) - 1, 0)), today)


def _done_on(left: int, pace: int, today: date) -> date:
    return today + timedelta(days=min(_up(left, pace) - 1, 3650))


def _up(minutes: int, by: int) -> int:
    return -(-minutes // by)
