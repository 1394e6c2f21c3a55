"""Who on an adviser's list needs them, and why: behind the pace, idle, waiting for us or with work to mend, a deadline
near. Facts in, reasons out; the list is sorted by them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from enroll.foundation.words import N_, Words, say
from enroll.hours.rules.pace import Forecast

IDLE_DAYS = 7
DEADLINE_DAYS = 7


class Risk(StrEnum):
    """Worst first, as the list is sorted."""

    DEADLINE = "deadline"
    IDLE = "idle"
    BEHIND = "behind"
    RETURNED = "returned"
    WAITING = "waiting"


RISK_NAMES = {
    Risk.DEADLINE: N_("Deadline near"), Risk.IDLE: N_("Idle"), Risk.BEHIND: N_("Behind the pace"),
    Risk.RETURNED: N_("Work to mend"), Risk.WAITING: N_("Waits for us"),
}
WEIGHT = {Risk.DEADLINE: 8, Risk.IDLE: 4, Risk.BEHIND: 3, Risk.RETURNED: 2, Risk.WAITING: 1}


@dataclass(frozen=True)
class Following:
    """Where one learner stands, for the adviser's list. `due` are moments by which the learner must act, with what for;
    `waiting` and `returned` are works and claims with us, and with the learner."""

    forecast: Forecast
    last_study: date
    today: date
    waiting: int = 0
    returned: int = 0
    due: tuple[tuple[datetime, str], ...] = ()

    @property
    def idle_days(self) -> int:
        return max((self.today - self.last_study).days, 0)

    @property
    def studies_on(self) -> bool:
        return self.forecast.minutes_left > 0


@dataclass(frozen=True)
class RiskFound:
    kind: Risk
    words: Words


def risks_of(one: Following, now: datetime) -> tuple[RiskFound, ...]:
    """Every risk of one learner, the worst first; () for somebody who needs nobody now."""
    made = (_deadline(one, now), _idle(one), _behind(one), _returned(one), _waiting(one))
    return tuple(found for found in made if found is not None)


def weight_of(risks: tuple[RiskFound, ...]) -> int:
    return sum(WEIGHT[risk.kind] for risk in risks)


def _deadline(one: Following, now: datetime) -> RiskFound | None:
    near = sorted(due for due in one.due if due[0] - now <= timedelta(days=DEADLINE_DAYS))
    if near:
        return RiskFound(Risk.DEADLINE, say(near[0][1], moment=near[0][0]))
    window = one.forecast.earliest
    safe = window.start_by if window else None
    if one.studies_on and window and safe and (safe - one.today).days <= DEADLINE_DAYS:
        text = N_("Window %(window)s: last safe day to begin is %(day)s")
        return RiskFound(Risk.DEADLINE, say(text, window=window.code, day=safe))
    return None


def _idle(one: Following) -> RiskFound | None:
    if one.studies_on and one.idle_days >= IDLE_DAYS:
        return RiskFound(Risk.IDLE, say(N_("%(days)d days without study"), days=one.idle_days))
    return None


def _behind(one: Following) -> RiskFound | None:
    """The earliest window that can be made is not the one the own pace leads to."""
    window = one.forecast.earliest
    if not one.studies_on or window is None or window.at_pace:
        return None
    text = N_("%(window)s takes %(daily)d min a day, the pace is %(pace)d")
    return RiskFound(Risk.BEHIND, say(text, window=window.code, daily=window.minutes_a_day, pace=one.forecast.pace))


def _returned(one: Following) -> RiskFound | None:
    if not one.returned:
        return None
    return RiskFound(Risk.RETURNED, say(N_("Returned works: %(number)d"), number=one.returned))


def _waiting(one: Following) -> RiskFound | None:
    if not one.waiting:
        return None
    return RiskFound(Risk.WAITING, say(N_("Works or claims that wait for us: %(number)d"), number=one.waiting))
