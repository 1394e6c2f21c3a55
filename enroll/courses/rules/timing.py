"""How timed study is counted: a pure machine from heartbeat to heartbeat. Seconds come from the server's clock alone.

A heartbeat covers the time since the one before it. That time counts when the page was playing, was heard from in time,
and, for a video on its first view, when the video moved on by as much. `last_beat_at` only ever moves forward, by at
least what was counted, so no second of the clock is counted twice: not for a replay, not for a second page (it begins
where the last one ended), not when the clock is put back.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from enroll.foundation.clock import beijing

SILENT = timedelta(minutes=10)  # after so long without a heartbeat a session is over
SLACK = 3  # seconds a video position may be off: seeking lands on key frames
MOST_SECONDS = 86_400


@dataclass(frozen=True)
class Policy:
    """How one session is counted, as it stood at its start. `room` are the seconds the lesson still has to give.

    Presence checks come at a random number of counted minutes between the two (0: never) and wait `check_seconds` for
    an answer. `video_seconds` 0 is a lesson to read. `offline_seconds`: after a lost line of no more than this the page
    catches up with what it kept meanwhile; a step of the server's clock of less than this could be claimed so.
    """

    heartbeat_seconds: int
    room: int
    check_from_minutes: int = 0
    check_until_minutes: int = 0
    check_seconds: int = 0
    video_seconds: int = 0
    seek_ahead: bool = False
    offline_seconds: int = 0

    @property
    def most_a_beat(self) -> int:
        """One heartbeat may get lost on the way."""
        return 2 * self.heartbeat_seconds

    @property
    def gap(self) -> int:
        """Longer than this the page was away, and nothing of it counts."""
        return 3 * self.heartbeat_seconds

    @property
    def catches_up(self) -> int:
        """Seconds without a line that a page may still bring in late."""
        return max(self.offline_seconds, self.gap)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Beat:
    """What a page sends. `media_from` and `media_to` (milliseconds) are the stretch of the video it played since its
    last heartbeat; `present` answers a presence check. `late_seconds`: it could not be sent in time; what it covers
    follows on what was heard last, and is no longer than this."""

    seq: int
    playing: bool
    present: bool = False
    media_from: int | None = None
    media_to: int | None = None
    late_seconds: int | None = None


@dataclass(frozen=True)
class Clocked:
    """A session between two heartbeats. Seconds; `held` wait for the answer to a presence check."""

    last_beat_at: datetime
    seq: int = 0
    playing: bool = True
    credited: int = 0
    held: int = 0
    furthest: int = 0
    check_at: int | None = None
    check_asked_at: datetime | None = None
    by_day: Mapping[str, int] = field(default_factory=dict)
    uncounted: Mapping[str, int] = field(default_factory=dict)

    def is_complete(self, policy: Policy) -> bool:
        return self.credited >= policy.room


def begin_at(now: datetime, last_ended_at: datetime | None) -> datetime:
    """Where a new session begins: never before the person's last one ended, also when the clock was put back."""
    return now if last_ended_at is None else max(now, last_ended_at)


def count(before: Clocked, beat: Beat, policy: Policy, now: datetime, next_check: Callable[[], int]) -> Clocked:
    """The session after this heartbeat. One that was seen before, or that is older than one seen, changes nothing.

    `next_check` gives the counted seconds until the next presence check.
    """
    if beat.seq <= before.seq:
        return before
    elapsed = max(int((now - before.last_beat_at).total_seconds()), 0)
    late = beat.late_seconds is not None and elapsed <= policy.catches_up
    if beat.late_seconds is not None and late:
        elapsed = min(elapsed, beat.late_seconds, policy.most_a_beat)
    after = replace(before, seq=beat.seq, playing=beat.playing,
                    last_beat_at=before.last_beat_at + timedelta(seconds=elapsed))
    earned = 0
    if before.playing:
        after, earned = _earned(after, beat, policy, elapsed)
    return _checked(after, beat, policy, (earned, after.last_beat_at if late else now), now, next_check)


def ended(before: Clocked) -> Clocked:
    """The session as it is settled: what waits for an answer that will not come any more is not counted."""
    return _uncount(replace(before, held=0, check_asked_at=None), "presence_missed", before.held)


def taken_over(before: Clocked, now: datetime, policy: Policy) -> Clocked:
    """Another page or device began: what this one has not reported yet is seen, and not counted."""
    elapsed = int((now - before.last_beat_at).total_seconds())
    lost = elapsed if before.playing and 0 < elapsed <= policy.gap else 0
    return _uncount(ended(before), "parallel_device", lost)


def seen_through(furthest: int, video_seconds: int) -> bool:
    """Whether the video has been seen to its end; a lesson without one has nothing to see."""
    return furthest >= video_seconds - SLACK


def _earned(after: Clocked, beat: Beat, policy: Policy, elapsed: int) -> tuple[Clocked, int]:
    """The seconds of this stretch that count, with the reasons for those that do not."""
    if elapsed > policy.gap:
        return _uncount(after, "gap", min(elapsed, int(SILENT.total_seconds()))), 0
    earned = min(elapsed, policy.most_a_beat)
    after = _uncount(after, "gap", elapsed - earned)
    if not seen_through(after.furthest, policy.video_seconds):
        after, earned = _watched(after, beat, policy, earned)
    room = max(policy.room - after.credited - after.held, 0)
    return _uncount(after, "after_lesson_length", max(earned - room, 0)), min(earned, room)


def _watched(after: Clocked, beat: Beat, policy: Policy, seconds: int) -> tuple[Clocked, int]:
    """A video on its first view: no more than it moved on by, at its own speed, and not from beyond what was seen."""
    begun, reached = beat.media_from, beat.media_to
    if begun is None or reached is None or reached <= begun:
        return _uncount(after, "idle", seconds), 0
    if begun > (after.furthest + SLACK) * 1000 and not policy.seek_ahead:
        return _uncount(after, "seek_on_first_view", seconds), 0
    moved = min(seconds, -(-(reached - begun) // 1000))
    # Played faster than at its own speed it is not seen further than the time allows.
    seen = policy.video_seconds if policy.seek_ahead else after.furthest + seconds
    after = replace(after, furthest=max(after.furthest, min(reached // 1000, seen, policy.video_seconds)))
    return _uncount(after, "idle", seconds - moved), moved


def _checked(
    after: Clocked, beat: Beat, policy: Policy, earning: tuple[int, datetime], now: datetime,
    next_check: Callable[[], int],
) -> Clocked:
    """Credit what was earned (seconds, and when they ended), or hold it while a presence check is open."""
    earned, until = earning
    if after.check_asked_at is None:
        after = _credit(after, earned, until)
        due = after.check_at is not None and after.credited >= after.check_at
        return replace(after, check_asked_at=now) if due and after.playing and not after.is_complete(policy) else after
    in_time = now - after.check_asked_at <= timedelta(seconds=policy.check_seconds)
    if in_time and not beat.present:
        return replace(after, held=after.held + earned)
    held = after.held + earned
    after = replace(after, held=0, check_asked_at=None)
    if in_time:
        after = _credit(after, held, until)
    else:
        after = replace(_uncount(after, "presence_missed", held), playing=beat.playing and beat.present)
    return replace(after, check_at=after.credited + next_check())


def _credit(after: Clocked, seconds: int, now: datetime) -> Clocked:
    """Credit seconds that end now, each to the day in Beijing on which it lies."""
    if not seconds:
        return after
    local = beijing(now)
    today = min(seconds, local.hour * 3600 + local.minute * 60 + local.second)
    by_day = dict(after.by_day)
    for day, part in ((local.date(), today), (local.date() - timedelta(days=1), seconds - today)):
        if part:
            by_day[day.isoformat()] = by_day.get(day.isoformat(), 0) + part
    return replace(after, credited=after.credited + seconds, by_day=by_day)


def _uncount(after: Clocked, reason: str, seconds: int) -> Clocked:
    if seconds <= 0:
        return after
    kept = min(after.uncounted.get(reason, 0) + seconds, MOST_SECONDS)
    return replace(after, uncounted={**after.uncounted, reason: kept})
