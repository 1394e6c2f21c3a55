"""How guessing passwords is slowed down, without shutting the right person out for ever.

Figures: ten tries in five minutes, then a wait that doubles (OWASP ASVS 5, 6.3.1). Somebody who has signed in from a
place before is counted there by themselves, so strangers elsewhere cannot lock them out.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

FREE_TRIES = 10
WINDOW = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=1)
REMEMBERED = timedelta(hours=24)
KNOWN_PLACE = timedelta(days=90)


def name_locked_until(failures: Sequence[datetime], now: datetime) -> datetime | None:
    """`failures`: wrong tries on one name. After ten of a day each further one doubles the wait, up to an hour."""
    lately = sorted(moment for moment in failures if moment > now - REMEMBERED)
    if len(lately) < FREE_TRIES:
        return None
    wait = min(WINDOW * 2 ** min(len(lately) - FREE_TRIES, 10), LONGEST_WAIT)
    return _if_later(lately[-1] + wait, now)


def place_locked_until(failures: Sequence[datetime], now: datetime) -> datetime | None:
    """`failures`: wrong tries on any name from one network address. Ten in five minutes; a classroom behind one address
    recovers as the old ones fall out of the five minutes."""
    lately = sorted(moment for moment in failures if moment > now - WINDOW)
    return None if len(lately) < FREE_TRIES else _if_later(lately[-FREE_TRIES] + WINDOW, now)


def _if_later(moment: datetime, now: datetime) -> datetime | None:
    return moment if now < moment else None
