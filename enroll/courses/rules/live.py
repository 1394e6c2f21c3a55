"""Live classes: who was there for how long, which of it counts, and the codes that are shown in the room."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from enroll.foundation.actor import Actor
from enroll.foundation.clock import SHANGHAI
from enroll.foundation.problems import OWN_RECORD, Problem, problem
from enroll.foundation.words import N_

CODE_SECONDS = 60
OPEN_BEFORE = timedelta(minutes=30)  # signing in; signing out is open as long after the end
IN, OUT = "in", "out"
LIVE_WHY = {
    "": N_("Counted in full"),
    "absent": N_("Not seen there"),
    "no_sign_out": N_("Signed in and never out: how long is not known"),
    "too_short": N_("Less than the share that counts"),
    "parallel": N_("Studied something else at the same time: that time counts once"),
    "over_cap": N_("Above the day's limit"),
    "by_hand": N_("Corrected by a trainer"),
}
FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M:%S",
           "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M")
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class LiveFacts:
    """What a move of a live class depends on; `account_ids` are those whose attendance would be settled."""

    over: bool
    seen: bool
    account_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Sign:
    """One piece of evidence: both moments from a list, or one of them from a code."""

    came_at: datetime | None
    left_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """One person's attendance: seconds seen, minutes that count, and why they are fewer. `share` in whole percent."""

    seconds: int
    share: int
    minutes: int
    why: str
    spans: tuple[Span, ...] = ()


def class_is_over(facts: LiveFacts) -> Problem | None:
    return None if facts.over else problem("not_over", N_("The class is not over yet."))


def somebody_was_seen(facts: LiveFacts) -> Problem | None:
    if facts.seen:
        return None
    return problem("nobody_seen", N_("There is no attendance yet: bring in the meeting's list, or codes."))


def not_among_those_credited(facts: LiveFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id in facts.account_ids else None


def stays(signs: Iterable[Sign], within: Span) -> tuple[tuple[Span, ...], bool]:
    """(the stretches somebody was there, cut to the class and merged; whether one was begun and never ended).

    Codes are paired in the order of time; several joins from several devices count once.
    """
    whole = [(one.came_at, one.left_at) for one in signs if one.came_at and one.left_at]
    single = [(one.came_at or one.left_at, one.came_at is not None) for one in signs
              if (one.came_at is None) != (one.left_at is None)]
    begun: datetime | None = None
    for at, comes in sorted((at, comes) for at, comes in single if at is not None):
        if comes:
            begun = begun or at
        elif begun is not None:
            whole.append((begun, at))
            begun = None
    return merged(whole, within), begun is not None


def merged(spans: Iterable[Span], within: Span) -> tuple[Span, ...]:
    """Without overlap, in order, nothing outside `within`."""
    made: list[Span] = []
    for start, end in sorted((max(a, within[0]), min(b, within[1])) for a, b in spans):
        if end <= start:
            continue
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((start, end))
    return tuple(made)


def without(spans: Sequence[Span], taken: Sequence[Span]) -> tuple[Span, ...]:
    """`spans` less what is `taken` already."""
    left = list(spans)
    for start, end in taken:
        left = [part for a, b in left for part in ((a, min(b, start)), (max(a, end), b)) if part[0] < part[1]]
    return tuple(left)


def seconds_in(spans: Iterable[Span]) -> int:
    return sum(int((end - start).total_seconds()) for start, end in spans)


def attendance(signs: Sequence[Sign], within: Span, taken: Sequence[Span], least_percent: int) -> Standing:
    """What one person's signs are worth. `taken` is time of theirs that the ledger has, or will have, from elsewhere:
    it counts once. Minutes are those seen, in whole minutes, from `least_percent` of the class on."""
    spans, open_end = stays(signs, within)
    seconds, length = seconds_in(spans), seconds_in([within])
    share = seconds * 100 // length
    if not seconds:
        return Standing(0, 0, 0, "no_sign_out" if open_end else "absent")
    if seconds * 100 < least_percent * length:
        return Standing(seconds, share, 0, "no_sign_out" if open_end else "too_short", spans)
    rest = seconds_in(without(spans, taken))
    return Standing(seconds, share, rest // 60, "parallel" if rest < seconds else "", spans)


def code_at(secret: str, which: str, moment: datetime) -> str:
    """The six digits that the room shows during this minute."""
    return _code(secret, which, int(moment.timestamp()) // CODE_SECONDS)


def code_fits(secret: str, which: str, typed: str, moment: datetime) -> bool:
    """The code of this minute or of the one before: typing takes a while."""
    step = int(moment.timestamp()) // CODE_SECONDS
    given = re.sub(r"\s", "", typed)
    return any(hmac.compare_digest(_code(secret, which, one).encode(), given.encode()) for one in (step, step - 1))


def read_moment(text: str) -> datetime | None:
    """A moment as meeting tools write it, in Beijing time; None for anything else."""
    plain = " ".join(text.split()).partition(".")[0]
    for form in FORMATS:
        try:
            return datetime.strptime(plain, form).replace(tzinfo=SHANGHAI)
        except ValueError:
            continue
    return None


def _code(secret: str, which: str, step: int) -> str:
    digest = hmac.new(secret.encode(), f"{which}:{step}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:6], 'big') % 1_000_000:06d}"
