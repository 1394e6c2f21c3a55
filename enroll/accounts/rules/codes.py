"""Confirmation codes: six digits, ten minutes, five tries; another one after a minute, few in a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_

VALID = timedelta(minutes=10)
AGAIN_AFTER = timedelta(seconds=60)
MOST_TRIES = 5
MOST_A_DAY = 5  # to one address: a person needs one, a text message costs money, a flood annoys its victim
DAY = timedelta(hours=24)


class Purpose(StrEnum):
    CONFIRM = "confirm"
    RECOVER = "recover"
    CHANGE = "change"
    GUARDIAN = "guardian"


@dataclass(frozen=True)
class CodeFacts:
    """A code as it stands; `matches` says whether what was typed is it."""

    expires_at: datetime
    wrong_tries: int
    matches: bool


def code_may_be_sent(sent_before: Sequence[datetime], now: datetime) -> Problem | None:
    """`sent_before`: the moments of earlier codes to the same address."""
    lately = sorted(moment for moment in sent_before if moment > now - DAY)
    if lately and now < lately[-1] + AGAIN_AFTER:
        wait = int((lately[-1] + AGAIN_AFTER - now).total_seconds()) + 1
        return problem("code_too_soon", N_("A code was sent a moment ago. You can ask for another in "
                                           "%(seconds)s seconds."), seconds=wait)
    if len(lately) >= MOST_A_DAY:
        return problem("codes_used_up", N_("Five codes were sent to this address within a day. Ask for another after "
                                           "%(at)s."), at=lately[0] + DAY)
    return None


def code_is_right(facts: CodeFacts | None, now: datetime) -> Problem | None:
    """None when the code may be used. The words are the same whether or not a code was ever sent to anybody."""
    if facts is None or now >= facts.expires_at:
        return problem("code_expired", N_("This code is no longer valid. Ask for a new one."), field="code")
    if facts.wrong_tries >= MOST_TRIES:
        return problem("code_tries_used_up", N_("Five wrong tries: this code is no longer valid. Ask for a new one."),
                       field="code")
    if not facts.matches:
        return problem("code_wrong", N_("This is not the code. It has six digits; the newest message counts."),
                       field="code")
    return None
