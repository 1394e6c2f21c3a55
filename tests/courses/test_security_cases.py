"""The cases A091 to A102 of the security plan, one by one: nothing makes more than the wall clock.

A098 and A099 stand with the claims (test_claims.py); A101 at submission and approval with the applications.
"""

import itertools
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import func, select

from enroll.accounts.permissions import Role
from enroll.courses.models.studying import StudySession
from enroll.courses.rules.timing import Beat, Clocked, Policy, count
from enroll.courses.services.study import close_silent_sessions, hear, start_session
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NotFound, Refused
from enroll.hours.models import WATCHED, LedgerEntry
from enroll.hours.queries.proofs import active_proof
from enroll.hours.queries.soundness import recompute
from enroll.hours.queries.standing import minutes_credited
from enroll.hours.services.crediting import credit, reverse
from enroll.storage.database import db
from tests.builders.courses import DIRECTION, READING, the_courses
from tests.builders.study import CAIP, a_colleague, a_student, account_of, credited, learner_of, minutes
from tests.conftest import NOON
from tests.pages import soup

NEW_YEAR = datetime(2026, 12, 31, 15, 50, tzinfo=UTC)  # 23:50 in Beijing
LEAP = datetime(2028, 2, 29, 15, 50, tzinfo=UTC)


@pytest.fixture
def student(session):
    student = a_student()
    the_courses()
    return student


def beats(token, by, start, seconds, *, step=30, first=1):
    """Heartbeats every `step` seconds for so long, presence answered; gives the last answer."""
    heard, present = None, True
    for number in range(1, seconds // step + 1):
        moment = start + timedelta(seconds=number * step)
        heard = hear(token, Beat(first + number, True, present=present), by=by, now=moment)
    return heard


def in_sessions(session):
    return sum(session.scalars(select(StudySession.seconds_credited)))


def test_a091_what_the_client_says_about_time_is_ignored(session, student, sign_in, clock):
    learner = sign_in(account_of(student))
    page = learner.get("/study/G1/G1-M1-L4")
    token = soup(page).select_one("input[name=csrf_token]")["value"]
    lies = {"minutes": "600", "start": "2020-01-01T00:00", "end": "2030-01-01T00:00", "credited": "99999",
            "timezone": "America/New_York", "now": "2030-01-01", "elapsed": "86400", "csrf_token": token}
    headers = {"Date": "Fri, 01 Jan 2030 00:00:00 GMT", "X-Timezone": "Pacific/Kiritimati"}
    opened = learner.post("/study/G1/G1-M1-L4/sessions", data=lies, headers=headers).get_json()
    clock.set(NOON + timedelta(seconds=30))
    answer = learner.post(opened["beats"], data=lies | {"seq": "1", "playing": "y"}, headers=headers).get_json()
    assert answer["credited"] <= 30
    assert in_sessions(session) <= 30


def test_a092_two_tabs_two_devices_two_courses_for_ten_minutes_are_ten_minutes(session, student):
    by, now, tokens = learner_of(student), NOON, {}
    for number in range(80):
        device = number % 4
        key = (READING, DIRECTION)[number % 2]
        if device not in tokens or hear(tokens[device], Beat(number, True), by=by, now=now).state == "ended":
            tokens[device] = start_session(key, by=by, now=now, device=str(device), browser=str(device)).token
        now += timedelta(seconds=7.5)
    close_silent_sessions(now + timedelta(hours=1))
    assert in_sessions(session) <= 600
    rows = session.scalars(select(StudySession).order_by(StudySession.started_at)).all()
    assert all(one.ended_at <= later.started_at for one, later in itertools.pairwise(rows))


def test_a093_heartbeats_replayed_flooded_rare_late_early_or_another_s(session, student):
    by = learner_of(student)
    token = start_session(READING, by=by, now=NOON).token
    for number in range(1, 301):  # a hundred a second for three seconds
        hear(token, Beat(number, True), by=by, now=NOON + timedelta(seconds=number / 100))
    for _ in range(5):  # replayed
        hear(token, Beat(300, True), by=by, now=NOON + timedelta(seconds=20))
    assert hear(token, Beat(301, True), by=by, now=NOON - timedelta(hours=1)).credited == 3  # before the start
    for number in range(1, 4):  # every ten minutes: longer than the limit, so nothing
        heard = hear(token, Beat(301 + number, True), by=by, now=NOON + timedelta(minutes=10 * number))
    assert heard.credited == 3
    hear(token, Beat(400, False), by=by, now=NOON + timedelta(minutes=30), leaving=True)
    after = hear(token, Beat(401, True), by=by, now=NOON + timedelta(minutes=32))
    assert (after.state, after.credited) == ("ended", 3)
    with pytest.raises(NotFound):
        hear(token, Beat(402, True), by=learner_of(a_student("other")), now=NOON + timedelta(minutes=33))
    with pytest.raises(NotFound):
        hear("0" * 22, Beat(1, True), by=by, now=NOON)


def test_a095_closed_killed_or_never_ended_is_credited_to_the_last_heartbeat_once(session, student):
    by = learner_of(student)
    beats(start_session(READING, by=by, now=NOON).token, by, NOON, 300)
    assert close_silent_sessions(NOON + timedelta(minutes=9)) == 0
    assert [close_silent_sessions(NOON + timedelta(hours=hour)) for hour in (1, 2)] == [1, 0]
    assert [row.minutes for row in session.scalars(select(LedgerEntry))] == [5]
    assert session.scalars(select(StudySession.ended_at)).one() == NOON + timedelta(seconds=300)


@pytest.mark.parametrize("step", [-3600, 3600, -86_400])
def test_a096_a_server_clock_that_steps_makes_neither_negative_time_nor_an_hour(session, student, step):
    by = learner_of(student)
    token = start_session(READING, by=by, now=NOON).token
    beats(token, by, NOON, 300)
    after = beats(token, by, NOON + timedelta(seconds=300 + step), 300, first=100)
    assert 300 <= after.credited <= 600
    hear(token, Beat(999, False), by=by, now=NOON + timedelta(seconds=600 + step), leaving=True)
    row = session.scalars(select(StudySession)).one()
    assert row.started_at <= row.last_beat_at <= row.ended_at
    assert 5 <= minutes_credited(session, student.id) <= 10


@pytest.mark.parametrize("start", [NEW_YEAR, LEAP])
def test_a097_over_midnight_the_month_s_and_the_year_s_end_each_day_gets_its_own(session, start):
    student = a_student(demands=replace(CAIP, most_minutes_a_day=8))
    the_courses()
    by = learner_of(student)
    token = start_session(READING, by=by, now=start).token
    beats(token, by, start, 1200)
    hear(token, Beat(999, False), by=by, now=start + timedelta(seconds=1201), leaving=True)
    rows = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).all()
    assert [row.minutes for row in rows] == [8, 8]  # ten on each side, the limit of each local day is eight
    assert [row.local_day for row in rows] == [local_day(start), local_day(start) + timedelta(days=1)]


def test_a101_1574_1575_1576_and_a_reversal_at_the_edge(session, student):
    trainer = a_colleague(Role.TRAINER)
    credited(student, 1574)
    assert active_proof(session, student.id) is None
    session.rollback()
    credit(student.id, minutes(1, "session:edge:x"), by=learner_of(student), now=NOON)
    assert active_proof(session, student.id).minutes == 1575
    edge = session.scalar(select(LedgerEntry.id).where(LedgerEntry.source_key == "session:edge:x"))
    session.rollback()
    reverse(student.id, edge, by=trainer, now=NOON, reason="错")
    assert minutes_credited(session, student.id) == 1574
    session.rollback()
    credit(student.id, minutes(2, "session:again:x"), by=learner_of(student), now=NOON)
    assert minutes_credited(session, student.id) == 1576
    assert list(recompute(session)) == []


def test_a102_ten_thousand_short_sessions_or_one_of_2100_minutes_give_the_lesson_and_no_more(session, student):
    policy, clocked = Policy(heartbeat_seconds=30, room=1800), Clocked(last_beat_at=NOON)
    for number in range(1, 4201):  # 2,100 minutes in one
        clocked = count(clocked, Beat(number, True, present=True), policy, NOON + timedelta(seconds=30 * number),
                        lambda: 10**6)
    assert clocked.credited == 1800
    by, now = learner_of(student), NOON
    for _ in range(50):  # short ones: parts of minutes are kept, none is made
        if minutes_credited(session, student.id) == 30:
            break
        session.rollback()
        token = start_session(READING, by=by, now=now).token
        beats(token, by, now, 40, step=20)
        hear(token, Beat(99, False), by=by, now=now + timedelta(seconds=41), leaving=True)
        now += timedelta(seconds=60)
    assert minutes_credited(session, student.id) == 30
    with pytest.raises(Refused):
        start_session(READING, by=by, now=now)
    assert session.scalar(select(func.sum(StudySession.seconds_credited))) <= 1800


class Studying(RuleBasedStateMachine):
    """One person at several tabs and devices, on the real database: beats of any page, old ones too, in any order, with
    a clock that jumps. `truth` is time as it passes."""

    number = itertools.count(1)

    def __init__(self):
        super().__init__()
        self.student = a_student(f"machine{next(self.number)}", demands=replace(CAIP, most_minutes_a_day=20))
        self.by, self.number_of = learner_of(self.student), self.student.id
        self.truth, self.shift, self.tokens, self.seq = 0.0, 0, [], 0

    def now(self):
        return NOON + timedelta(seconds=self.truth + self.shift)

    @rule(key=st.sampled_from([READING, DIRECTION]), device=st.integers(0, 2))
    def open(self, key, device):
        with suppress(Refused):  # the lesson is complete
            self.tokens.append(start_session(key, by=self.by, now=self.now(), device=str(device)).token)

    @rule(which=st.integers(0, 9), wait=st.integers(0, 95), playing=st.booleans(), leaving=st.booleans())
    def beat(self, which, wait, playing, leaving):
        self.truth += wait
        if self.tokens:
            self.seq += 1
            hear(self.tokens[-1 - which % min(len(self.tokens), 3)], Beat(self.seq, playing, present=True), by=self.by,
                 now=self.now(), leaving=leaving and which > 7)

    @rule(times=st.integers(5, 60))
    def study_on(self, times):
        for _ in range(times):
            self.beat(0, 30, True, False)

    @rule(minutes=st.sampled_from([-60, -5, 5, 60, 24 * 60]))
    def the_clock_jumps(self, minutes):
        self.shift += minutes * 60

    def teardown(self):
        close_silent_sessions(self.now() + timedelta(days=3))
        session = db.session()
        rows = session.scalars(select(StudySession).where(StudySession.enrolment_id == self.number_of)
                               .order_by(StudySession.started_at, StudySession.id)).all()
        assert sum(row.seconds_credited for row in rows) <= self.truth
        assert all(one.last_beat_at <= later.started_at for one, later in itertools.pairwise(rows))
        entries = session.scalars(select(LedgerEntry).where(LedgerEntry.enrolment_id == self.number_of)).all()
        for lesson in {one.lesson_code for one in entries}:
            assert sum(one.minutes for one in entries if one.lesson_code == lesson) <= 30
        for day in {one.local_day for one in entries}:
            assert sum(one.minutes for one in entries if one.local_day == day and one.source in WATCHED) <= 20
        session.rollback()


@pytest.mark.one_database
def test_no_interleaving_of_beats_tabs_devices_and_clocks_makes_time(session):
    the_programme = a_student("first")
    the_courses()
    assert the_programme.id
    run_state_machine_as_test(Studying, settings=settings(max_examples=12, stateful_step_count=14, deadline=None))
