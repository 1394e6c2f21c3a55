"""What is sent to learners, and when: nudges of an adviser from templates, reminders of the next step, the week's
summary. Nothing leaves by itself in the night (21:00 to 8:00 in Beijing)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from enroll.foundation.clock import at_beijing, beijing, local_day
from enroll.foundation.minutes import shown_hours, shown_hours_short
from enroll.foundation.words import N_, Words, say
from enroll.hours.rules.pace import Forecast

QUIET_FROM, QUIET_UNTIL = 21, 8  # hours in Beijing
IDLE_DAYS = 3  # without study, from when on somebody is reminded
LONGEST_IDLE = 42  # after six weeks a machine says no more; the adviser's list still does
MONDAY = 0


class NudgeKind(StrEnum):
    ADVISER = "adviser"
    REMINDER = "reminder"
    SUMMARY = "summary"
    LOOKED = "looked"  # the week's look that found nothing for the learner to do: nothing was sent


KIND_NAMES = {
    NudgeKind.ADVISER: N_("Nudge by the adviser"), NudgeKind.REMINDER: N_("Automatic reminder"),
    NudgeKind.SUMMARY: N_("Weekly summary"), NudgeKind.LOOKED: N_("Looked at, nothing to remind of"),
}


@dataclass(frozen=True)
class NudgeFacts:
    """What the words of a nudge need. Minutes; `unit` of one course hour."""

    name: str
    adviser: str
    minutes: int
    required: int
    unit: int
    forecast: Forecast
    idle_days: int = 0


@dataclass(frozen=True)
class NudgeWords:
    subject: Words
    text: Words


NUDGES: Mapping[str, tuple[str, str, str]] = {
    "go_on": (
        N_("Go on studying"),
        N_("%(short)s course hours to go"),
        N_("%(name)s, you have %(hours)s course hours; %(short)s are still to go. Ten minutes a day keep you on the "
           "way.\n\n%(adviser)s, your adviser"),
    ),
    "pace": (
        N_("Pace for the window"),
        N_("Window %(window)s: %(daily)d minutes a day"),
        N_("%(name)s, window %(window)s can be made with %(daily)d minutes a day; the hours must be complete on "
           "%(day)s. %(short)s course hours are still to go.\n\n%(adviser)s, your adviser"),
    ),
    "idle": (
        N_("Not studied lately"),
        N_("We have not seen you for a while"),
        N_("%(name)s, your last study was %(idle)d days ago. If something is in the way, answer here or ask for a "
           "call: I help.\n\n%(adviser)s, your adviser"),
    ),
}


def nudge_words(template: str, facts: NudgeFacts) -> NudgeWords | None:
    """The words of a template for one learner; None where it does not fit (no window to name, say)."""
    chosen, window = NUDGES[template], facts.forecast.earliest
    if (template == "pace" and window is None) or (template == "idle" and not facts.idle_days):
        return None
    values = {
        "name": facts.name, "adviser": facts.adviser, "idle": facts.idle_days,
        "hours": shown_hours(facts.minutes, facts.unit),
        "short": shown_hours_short(facts.forecast.minutes_left, facts.unit),
        "window": window.code if window else "", "daily": window.minutes_a_day if window else 0,
        "day": window.last_day if window else None,
    }
    return NudgeWords(say(chosen[1], **values), say(chosen[2], **values))


def is_quiet(moment: datetime) -> bool:
    """Whether nothing may be sent by itself now."""
    hour = beijing(moment).hour
    return hour >= QUIET_FROM or hour < QUIET_UNTIL


def week_of(moment: datetime) -> str:
    """The week in Beijing, as 2026-W47."""
    year, week, _ = local_day(moment).isocalendar()
    return f"{year}-W{week:02d}"


def last_week(moment: datetime) -> tuple[date, date]:
    """Monday and Sunday of the week before."""
    today = local_day(moment)
    monday = today - timedelta(days=today.weekday() + 7)
    return monday, monday + timedelta(days=6)


def summary_is_due(moment: datetime) -> bool:
    """On Monday and Tuesday, by day: a worker that stood still on Monday makes up for it, later it would be stale."""
    return local_day(moment).weekday() in {MONDAY, MONDAY + 1} and not is_quiet(moment)


def idle_range(moment: datetime) -> tuple[datetime, datetime]:
    """Somebody is reminded whose last study lies in [first, second)."""
    today = local_day(moment)
    return at_beijing(today - timedelta(days=LONGEST_IDLE)), at_beijing(today - timedelta(days=IDLE_DAYS - 1))


@dataclass(frozen=True)
class WeekFacts:
    """One week of one learner. Minutes."""

    minutes: int
    days: int
    lessons: int
    total: int
    unit: int
    forecast: Forecast


def summary_words(week: WeekFacts) -> NudgeWords:
    """The week's summary; it ends with the window that can be made, where there is one."""
    window = week.forecast.earliest
    subject = say(N_("Your week: %(minutes)d minutes on %(days)d days"), minutes=week.minutes, days=week.days)
    values = {"minutes": week.minutes, "days": week.days, "lessons": week.lessons,
              "hours": shown_hours(week.total, week.unit),
              "short": shown_hours_short(week.forecast.minutes_left, week.unit)}
    if window is None or not week.forecast.minutes_left:
        return NudgeWords(subject, say(N_(
            "Last week %(minutes)d minutes were credited on %(days)d days, and %(lessons)d lessons completed. In all "
            "you have %(hours)s course hours; %(short)s are still to go."), **values))
    return NudgeWords(subject, say(N_(
        "Last week %(minutes)d minutes were credited on %(days)d days, and %(lessons)d lessons completed. In all you "
        "have %(hours)s course hours; %(short)s are still to go. Window %(window)s can be made with %(daily)d minutes "
        "a day."), window=window.code, daily=window.minutes_a_day, **values))
