"""Timed study never counts more than the wall clock, whatever is sent, and says why for what it does not count."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from enroll.courses.rules.timing import Beat, Clocked, Policy, begin_at, count, ended, seen_through, taken_over

START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
READING = Policy(heartbeat_seconds=30, room=1800)
CHECKED = Policy(heartbeat_seconds=30, room=1800, check_from_minutes=20, check_until_minutes=30, check_seconds=180)
VIDEO = Policy(heartbeat_seconds=30, room=1800, video_seconds=600)
TUNNEL = Policy(heartbeat_seconds=30, room=1800, offline_seconds=115)  # shorter than the smallest step of a clock below


def after(seconds, now=START):
    return now + timedelta(seconds=seconds)


def never():
    return 10**6


def played(policy, *beats, begun=None, start=START):
    """(seconds since the start, Beat) one after another."""
    clocked = begun or Clocked(last_beat_at=start)
    for seconds, beat in beats:
        clocked = count(clocked, beat, policy, after(seconds, start), never)
    return clocked


def test_half_an_hour_of_heartbeats_is_half_an_hour():
    whole = played(READING, *[(30 * number, Beat(number, True)) for number in range(1, 61)])
    assert (whole.credited, whole.uncounted) == (1800, {})
    assert whole.is_complete(READING)


def test_parts_of_a_second_are_not_lost_from_beat_to_beat():
    whole = played(READING, *[(29.9 * number, Beat(number, True)) for number in range(1, 31)])
    assert whole.credited == 897  # 30 x 29.9 seconds


@pytest.mark.parametrize(
    ("seconds", "credited", "gap"), [(30, 30, 0), (60, 60, 0), (61, 60, 1), (90, 60, 30), (91, 0, 91), (7200, 0, 600)]
)
def test_a_beat_brings_a_minute_at_most_and_nothing_after_a_long_silence(seconds, credited, gap):
    one = played(READING, (seconds, Beat(1, True)))
    assert (one.credited, one.uncounted.get("gap", 0)) == (credited, gap)


def test_a_replayed_or_older_heartbeat_changes_nothing():
    first = played(READING, (30, Beat(5, True)))
    for seq in (5, 4, 0, -1):
        assert count(first, Beat(seq, True), READING, after(60), never) == first


def test_a_hundred_heartbeats_a_second_earn_the_second():
    assert played(READING, *[(number / 100, Beat(number, True)) for number in range(1, 301)]).credited == 3


def test_paused_time_is_neither_counted_nor_held_against_anybody():
    beats = [(30, Beat(1, False)), (200, Beat(2, True)), (230, Beat(3, True))]
    paused = played(READING, *beats)
    assert (paused.credited, paused.uncounted) == (60, {})


def test_a_lesson_gives_its_own_length_and_no_more():
    room = replace(READING, room=45)
    whole = played(room, (30, Beat(1, True)), (60, Beat(2, True)), (90, Beat(3, True)))
    assert (whole.credited, whole.uncounted) == (45, {"after_lesson_length": 45})


@pytest.mark.parametrize("step", [-3600, -1])
def test_a_clock_put_back_earns_nothing_until_it_has_caught_up(step):
    before = played(READING, (30, Beat(1, True)))
    back = count(before, Beat(2, True), READING, after(30 + step), never)
    assert (back.credited, back.last_beat_at) == (30, before.last_beat_at)
    assert count(back, Beat(3, True), READING, after(60), never).credited == 60


def test_a_clock_put_forward_by_an_hour_earns_nothing():
    before = played(READING, (30, Beat(1, True)))
    assert count(before, Beat(2, True), READING, after(3660), never).credited == 30


def test_a_new_session_begins_no_earlier_than_the_last_one_ended():
    assert begin_at(START, None) == START
    assert begin_at(START, after(-60)) == START
    assert begin_at(START, after(600)) == after(600)


def test_midnight_in_beijing_parts_the_seconds_by_day():
    start = datetime(2026, 12, 31, 15, 59, 50, tzinfo=UTC)  # 23:59:50 on New Year's Eve
    whole = played(READING, (30, Beat(1, True)), (60, Beat(2, True)), start=start)
    assert whole.by_day == {"2026-12-31": 10, "2027-01-01": 50}


def late(*seconds, first=1):
    """Heartbeats that come at once, after the line has been lost."""
    return [Beat(first + place, True, late_seconds=one) for place, one in enumerate(seconds)]


def test_after_a_lost_line_the_page_catches_up_with_what_it_kept_and_no_more():
    caught = played(TUNNEL, *[(110, beat) for beat in late(30, 30, 30)], (112, Beat(4, True)))
    assert (caught.credited, caught.uncounted) == (112, {})  # the last one covers what was not told of yet
    greedy = played(TUNNEL, *[(110, beat) for beat in late(600, 600, 600)])
    assert greedy.credited == 110
    twice = played(TUNNEL, *[(110, beat) for beat in (*late(30, 30), *late(30, 30), *late(30, first=3))])
    assert twice.credited == 90
    idle = played(TUNNEL, (20, Beat(1, False)), *[(110, beat) for beat in late(30, 30, first=2)])
    assert idle.credited == 20 + 30  # paused, and went on half a minute later
    watched = played(replace(VIDEO, offline_seconds=115), *[
        (110, replace(beat, media_from=place * 30_000, media_to=place * 30_000 + 30_000))
        for place, beat in enumerate(late(30, 30, 30))])
    assert (watched.credited, watched.furthest) == (90, 90)


def test_a_line_lost_for_longer_than_the_limit_brings_nothing_back():
    gone = played(TUNNEL, *[(116, beat) for beat in late(30, 30, 30)], (146, Beat(4, True)))
    assert (gone.credited, gone.uncounted) == (30, {"gap": 116})
    assert played(READING, *[(95, beat) for beat in late(30, 30, 30)]).credited == 0  # a programme that says nothing
    assert played(READING, *[(88, beat) for beat in late(30, 30)]).credited == 60


def test_what_is_caught_up_with_lies_on_the_day_it_was_studied():
    start = datetime(2026, 12, 31, 15, 59, 0, tzinfo=UTC)  # 23:59 in Beijing
    caught = played(TUNNEL, *[(110, beat) for beat in late(30, 30, 30)], start=start)
    assert caught.by_day == {"2026-12-31": 60, "2027-01-01": 30}


# Video.

def test_a_video_that_plays_counts_and_one_that_stands_does_not():
    moved = played(VIDEO, (30, Beat(1, True, media_from=0, media_to=30_000)))
    stood = played(VIDEO, (30, Beat(1, True, media_from=0, media_to=0)))
    stalled = played(VIDEO, (30, Beat(1, True, media_from=0, media_to=12_000)))
    silent = played(VIDEO, (30, Beat(1, True)))
    assert (moved.credited, moved.furthest) == (30, 30)
    assert (stood.credited, stood.uncounted) == (0, {"idle": 30})
    assert (stalled.credited, stalled.uncounted) == (12, {"idle": 18})
    assert silent.credited == 0


def test_a_video_played_at_twice_its_speed_counts_the_time_and_is_not_seen_faster():
    fast = played(VIDEO, (30, Beat(1, True, media_from=0, media_to=60_000)))
    assert (fast.credited, fast.furthest) == (30, 30)
    on = count(fast, Beat(2, True, media_from=60_000, media_to=120_000), VIDEO, after(60), never)
    assert (on.credited, on.uncounted, on.furthest) == (30, {"seek_on_first_view": 30}, 30)


def test_many_fast_beats_do_not_see_a_video_faster_either():
    beats = [(number, Beat(number, True, media_from=(number - 1) * 7000, media_to=number * 7000))
             for number in range(1, 61)]
    assert played(VIDEO, *beats).furthest <= 60


def test_skipping_ahead_is_not_counted_and_going_back_is():
    watched = played(VIDEO, (30, Beat(1, True, media_from=0, media_to=30_000)))
    ahead = count(watched, Beat(2, True, media_from=300_000, media_to=330_000), VIDEO, after(60), never)
    back = count(ahead, Beat(3, True, media_from=10_000, media_to=40_000), VIDEO, after(90), never)
    assert (ahead.credited, ahead.uncounted, ahead.furthest) == (30, {"seek_on_first_view": 30}, 30)
    assert (back.credited, back.furthest) == (60, 40)


def test_where_skipping_is_allowed_it_counts():
    ahead = replace(VIDEO, seek_ahead=True)
    assert played(ahead, (30, Beat(1, True, media_from=300_000, media_to=330_000))).furthest == 330


def test_once_a_video_has_been_seen_the_rest_is_for_reading():
    seen = Clocked(last_beat_at=START, furthest=600)
    assert seen_through(600, 600)
    assert played(VIDEO, (30, Beat(1, True)), begun=seen).credited == 30


# Presence.

def asked():
    """Twenty minutes studied, and the page has just asked."""
    begun = Clocked(last_beat_at=START, check_at=1200)
    return played(CHECKED, *[(30 * number, Beat(number, True)) for number in range(1, 41)], begun=begun)


def test_after_twenty_minutes_the_page_asks_and_what_follows_is_held_until_it_is_answered():
    waiting = asked()
    assert waiting.check_asked_at == after(1200)
    held = count(waiting, Beat(41, True), CHECKED, after(1230), never)
    assert (held.credited, held.held) == (1200, 30)
    answered = count(held, Beat(42, True, present=True), CHECKED, after(1250), never)
    assert (answered.credited, answered.held, answered.check_asked_at) == (1250, 0, None)


def test_without_an_answer_the_time_since_is_not_counted_and_the_page_stops():
    waiting = asked()
    for number in range(1, 8):
        waiting = count(waiting, Beat(40 + number, True), CHECKED, after(1200 + 30 * number), never)
    assert (waiting.credited, waiting.playing) == (1200, False)
    assert waiting.uncounted == {"presence_missed": 210}
    resumed = count(waiting, Beat(50, True, present=True), CHECKED, after(1500), never)
    assert count(resumed, Beat(51, True), CHECKED, after(1530), never).credited == 1230


def test_an_answer_that_is_too_late_goes_on_from_now():
    late = asked()
    for number in range(1, 7):
        late = count(late, Beat(40 + number, True), CHECKED, after(1200 + 30 * number), never)
    late = count(late, Beat(47, True, present=True), CHECKED, after(1381), never)
    assert (late.credited, late.uncounted, late.playing) == (1200, {"presence_missed": 181}, True)


def test_a_session_that_ends_unanswered_loses_what_was_held_and_nothing_before():
    left = ended(count(asked(), Beat(41, True), CHECKED, after(1230), never))
    assert (left.credited, left.held, left.uncounted) == (1200, 0, {"presence_missed": 30})


def test_a_page_taken_over_by_another_keeps_what_it_had_and_says_what_is_lost():
    before = played(READING, (30, Beat(1, True)))
    assert taken_over(before, after(50), READING).uncounted == {"parallel_device": 20}
    assert taken_over(before, after(500), READING).uncounted == {}
    assert taken_over(replace(before, playing=False), after(50), READING).uncounted == {}


class Study(RuleBasedStateMachine):
    """Beats, replays, second pages, pauses, silence and a clock that jumps: in any order, for one person.

    `truth` is time as it really passes, `shift` what the server's clock is off by. Steps are longer than a gap: an
    honest clock is slewed, and a machine that is set by hand is set by minutes.
    """

    @initialize()
    def begin(self):
        self.truth, self.shift = 0.0, 0
        self.sessions: list[tuple[Clocked, Policy]] = []
        self.settled = 0
        self.last_end: datetime | None = None
        self.open(READING)

    def now(self):
        return START + timedelta(seconds=self.truth + self.shift)

    def open(self, policy):
        if self.sessions:
            old, its_policy = self.sessions[-1]
            closed = taken_over(old, self.now(), its_policy)
            self.sessions[-1] = (closed, its_policy)
            self.last_end = max(self.now(), closed.last_beat_at)
        self.sessions.append((Clocked(last_beat_at=begin_at(self.now(), self.last_end), check_at=240), policy))

    @rule(policy=st.sampled_from([READING, CHECKED, VIDEO, TUNNEL]))
    def another_page(self, policy):
        self.open(policy)

    @rule(seconds=st.floats(0, 400))
    def time_passes(self, seconds):
        self.truth += seconds

    @rule(minutes=st.sampled_from([-60, -5, -2, 2, 5, 60]))
    def the_clock_jumps(self, minutes):
        self.shift += minutes * 60

    @rule(seq=st.integers(-1, 3), playing=st.booleans(), present=st.booleans(), begun=st.integers(0, 700_000),
          moved=st.integers(-1000, 400_000), wait=st.floats(0, 61), late=st.none() | st.integers(0, 900))
    def beat(self, seq, playing, present, begun, moved, wait, late):
        self.truth += wait
        clocked, policy = self.sessions[-1]
        sent = Beat(clocked.seq + seq, playing, present, begun, begun + moved, late)
        self.sessions[-1] = (count(clocked, sent, policy, self.now(), lambda: 240), policy)

    @invariant()
    def nothing_is_counted_beyond_the_wall_clock(self):
        if hasattr(self, "sessions"):
            assert sum(one.credited + one.held for one, _ in self.sessions) <= self.truth
            assert all(0 <= one.credited + one.held <= policy.room for one, policy in self.sessions)
            assert all(sum(one.by_day.values()) == one.credited for one, _ in self.sessions)


Study.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
TestAnyInterleaving = Study.TestCase
