"""Timed study on the real database: sessions, take-overs, settlement, days, doubts."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.courses.jobs import every_minute
from enroll.courses.models.studying import LessonProgress, StudySession
from enroll.courses.queries.lessons import LessonKey
from enroll.courses.queries.plan import next_lesson, pending_minutes, study_overview
from enroll.courses.rules.timing import Beat
from enroll.courses.services.outline import attach_video
from enroll.courses.services.playing import Sitting, study_lessons
from enroll.courses.services.study import close_silent_sessions, hear, start_session
from enroll.enrolments.lifecycle import EnrolmentState
from enroll.foundation.problems import NotFound, Refused
from enroll.hours.models import HoursDoubt, LedgerEntry, UncountedTime
from enroll.hours.queries.soundness import recompute
from enroll.hours.queries.standing import minutes_credited
from enroll.hours.services.crediting import reverse
from enroll.hours.services.doubts import decide_doubt
from enroll.storage import outbox
from enroll.storage.database import again_if_crowded
from enroll.storage.files import keep_file
from tests.at_once import at_once
from tests.builders.courses import DIRECTION, OFFICE, PRACTICE, QUIZ, READING, VIDEO, the_courses
from tests.builders.study import CAIP, a_colleague, a_student, learner_of
from tests.conftest import NOON

SHORT = LessonKey("G1", "G1-M1-L5")


@pytest.fixture
def student(session):
    student = a_student()
    the_courses()
    return student


def studied(by, key, seconds, *, start=NOON, step=30, answer=True):
    """Open a session and send heartbeats for so long; gives (token, the last answer)."""
    opened = start_session(key, by=by, now=start)
    heard, present = None, False
    for number in range(1, seconds // step + 1):
        beat = Beat(number, True, present=present)
        heard = hear(opened.token, beat, by=by, now=start + timedelta(seconds=number * step))
        present = answer and heard.state == "check"
    return opened.token, heard


def uncounted(session):
    return {row.reason: row.seconds for row in session.scalars(select(UncountedTime))}


def test_a_lesson_studied_to_its_end_is_in_the_ledger_once(session, student):
    by = learner_of(student)
    _, heard = studied(by, READING, 1830)
    assert (heard.state, heard.why) == ("ended", "completed")
    entry = session.scalars(select(LedgerEntry)).one()
    assert (entry.minutes, entry.lesson_code, entry.kind, entry.section) == (30, "G1-M1-L4", "knowledge", "general")
    assert entry.seconds_observed >= entry.minutes * 60
    assert study_overview(session, student.id).general[0].lessons[1].is_done
    with pytest.raises(Refused) as refused:
        start_session(READING, by=by, now=NOON + timedelta(hours=1))
    assert refused.value.codes == {"lesson_complete"}


def test_leaving_settles_whole_minutes_and_the_next_session_goes_on_from_there(session, student):
    by = learner_of(student)
    token, _ = studied(by, SHORT, 90)
    hear(token, Beat(99, False), by=by, now=NOON + timedelta(seconds=100), leaving=True)
    assert minutes_credited(session, student.id) == 1  # 100 seconds
    opened = start_session(SHORT, by=by, now=NOON + timedelta(minutes=5))
    assert (opened.before, opened.room) == (100, 800)
    for number in range(1, 28):
        heard = hear(opened.token, Beat(number, True), by=by, now=NOON + timedelta(seconds=300 + 30 * number))
    assert heard.why == "completed"
    assert [row.minutes for row in session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))] == [1, 14]


def test_the_newest_page_counts_and_the_older_one_is_told(session, student):
    by = learner_of(student)
    first, _ = studied(by, READING, 60)
    second = start_session(DIRECTION, by=by, now=NOON + timedelta(seconds=80), device="other")
    heard = hear(first, Beat(50, True), by=by, now=NOON + timedelta(seconds=90))
    assert (heard.state, heard.why) == ("ended", "newer_session")
    hear(second.token, Beat(1, True), by=by, now=NOON + timedelta(seconds=140))
    assert uncounted(session) == {"parallel_device": 20}
    assert session.scalars(select(StudySession.seconds_credited).order_by(StudySession.id)).all() == [60, 60]


def test_two_pages_for_ten_minutes_are_ten_minutes_in_all(session, student):
    by, now = learner_of(student), NOON
    tokens = {}
    for number in range(40):
        key = (READING, DIRECTION)[number % 2]
        if key not in tokens or hear(tokens[key], Beat(number, True), by=by, now=now).state == "ended":
            tokens[key] = start_session(key, by=by, now=now).token
        now += timedelta(seconds=15)
    close_silent_sessions(now + timedelta(hours=1))
    total = sum(session.scalars(select(StudySession.seconds_credited)))
    assert total <= 600
    rows = session.scalars(select(StudySession).order_by(StudySession.started_at)).all()
    assert all(one.ended_at <= later.started_at for one, later in itertools.pairwise(rows))


def test_only_reading_and_video_are_counted_by_the_clock(session, student):
    for key in (QUIZ, PRACTICE):
        with pytest.raises(Refused) as refused:
            start_session(key, by=learner_of(student), now=NOON)
        assert refused.value.codes == {"not_timed"}, key


def test_a_lesson_of_nowhere_is_not_found(session, student):
    for key in (LessonKey("G1", "G9-M1-L1"), LessonKey("D1", "G1-M1-L4")):
        with pytest.raises(NotFound):
            start_session(key, by=learner_of(student), now=NOON)


@pytest.mark.parametrize("state", [EnrolmentState.PENDING_PAYMENT, EnrolmentState.COMPLETED, EnrolmentState.WITHDRAWN])
def test_study_counts_only_while_the_enrolment_is_active(session, state):
    student = a_student(state=state)
    the_courses()
    with pytest.raises(Refused) as refused:
        start_session(READING, by=learner_of(student), now=NOON)
    assert refused.value.codes == {"not_studying"}


def test_another_person_s_session_is_not_found(session, student):
    by, stranger = learner_of(student), learner_of(a_student("stranger"))
    opened = start_session(READING, by=by, now=NOON)
    with pytest.raises(NotFound):
        hear(opened.token, Beat(1, True), by=stranger, now=NOON + timedelta(seconds=30))


def test_heartbeats_after_the_end_earn_nothing(session, student):
    by = learner_of(student)
    token, _ = studied(by, READING, 60)
    hear(token, Beat(9, True), by=by, now=NOON + timedelta(seconds=60), leaving=True)
    for number in range(10, 14):
        hear(token, Beat(number, True), by=by, now=NOON + timedelta(seconds=60 + 30 * number))
    assert minutes_credited(session, student.id) == 1


def test_a_browser_that_is_closed_is_credited_up_to_its_last_heartbeat_once(session, student):
    by = learner_of(student)
    token, _ = studied(by, READING, 120)
    assert close_silent_sessions(NOON + timedelta(minutes=11)) == 0
    every_minute(NOON + timedelta(minutes=13))
    every_minute(NOON + timedelta(minutes=14))
    row = session.scalars(select(StudySession)).one()
    assert (row.ended_why, row.ended_at) == ("silent", NOON + timedelta(minutes=2))
    assert minutes_credited(session, student.id) == 2
    assert hear(token, Beat(99, True), by=by, now=NOON + timedelta(minutes=15)).why == "silent"


def test_a_session_over_midnight_is_two_rows_on_the_right_days(session, student):
    start = datetime(2026, 12, 31, 15, 50, tzinfo=UTC)  # 23:50 on New Year's Eve
    studied(learner_of(student), READING, 1830, start=start)
    rows = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).all()
    assert [(str(row.local_day), row.minutes) for row in rows] == [("2026-12-31", 10), ("2027-01-01", 20)]
    assert len(session.scalars(select(StudySession)).all()) == 1


def test_what_the_day_s_limit_leaves_out_can_be_studied_again_the_next_day(session):
    student = a_student(demands=replace(CAIP, most_minutes_a_day=20))
    the_courses()
    by = learner_of(student)
    studied(by, READING, 1830)
    assert minutes_credited(session, student.id) == 20
    assert uncounted(session) == {"over_daily_cap": 600}
    opened = start_session(READING, by=by, now=NOON + timedelta(days=1))
    assert opened.room == 600


def test_a_presence_check_nobody_answers_stops_the_count(session, student):
    _token, heard = studied(learner_of(student), READING, 3600, answer=False)
    assert heard.state in ("paused", "ended")
    row = session.scalars(select(StudySession)).one()
    assert 20 * 60 <= row.seconds_credited <= 30 * 60
    assert row.seconds_credited < 1800 or row.ended_why == "completed"


def test_a_lesson_of_fifteen_minutes_asks_nothing(session, student):
    opened = start_session(SHORT, by=learner_of(student), now=NOON)
    assert opened.policy.check_until_minutes == 0
    assert start_session(READING, by=learner_of(student), now=NOON).policy.check_until_minutes == 30


def test_devices_that_take_over_from_each_other_again_and_again_bring_a_doubt_not_minutes(session, student):
    by, now = learner_of(student), NOON
    for number in range(5):
        opened = start_session(READING, by=by, now=now, device=("phone", "desk")[number % 2], browser="b")
        for beat in range(1, 5):
            hear(opened.token, Beat(beat, True), by=by, now=now + timedelta(seconds=30 * beat))
        now += timedelta(seconds=125)
    hear(opened.token, Beat(9, True), by=by, now=now, leaving=True)
    doubts = session.scalars(select(HoursDoubt)).all()
    assert doubts
    assert doubts[0].evidence["sessions"]
    assert pending_minutes(session, student.id) == sum(doubt.minutes for doubt in doubts)
    assert minutes_credited(session, student.id) + pending_minutes(session, student.id) <= 10


def test_minutes_that_are_refused_or_taken_back_can_be_studied_again(session, student):
    by, lead = learner_of(student), a_colleague(Role.REVIEW_LEAD)
    studied(by, SHORT, 930)
    entry = session.scalars(select(LedgerEntry)).one()
    reverse(student.id, entry.id, by=lead, now=NOON, reason="错")
    outbox.deliver(NOON, slow=False)
    assert start_session(SHORT, by=by, now=NOON + timedelta(hours=1)).room == 900


@pytest.mark.parametrize(("move", "done"), [("count", True), ("refuse", False)])
def test_a_lesson_in_doubt_is_done_when_it_is_counted_and_open_when_it_is_refused(session, student, move, done):
    in_doubt = ("two_devices", "两台设备同时计时", {})
    study_lessons(student.id, [Sitting("G1-M1-L5", NOON, in_doubt=in_doubt)], by=learner_of(student))
    lesson = study_overview(session, student.id).general[0].lessons[2]
    assert (lesson.state, lesson.credited) == ("in_doubt", 0)
    reference = session.scalars(select(HoursDoubt.reference)).one()
    decide_doubt(reference, move, by=a_colleague(Role.REVIEWER), now=NOON, reason="看过")
    outbox.deliver(NOON, slow=False)
    session.expire_all()
    lesson = study_overview(session, student.id).general[0].lessons[2]
    assert lesson.is_done is done
    assert (session.scalars(select(LessonProgress)).one().completed_at is not None) is done


def test_the_map_goes_on_with_what_was_begun_and_then_in_order(session, student):
    by = learner_of(student)
    assert next_lesson(session, student.id).code == "G1-M1-L1"
    studied(by, READING, 60)
    assert next_lesson(session, student.id).code == "G1-M1-L4"
    overview = study_overview(session, student.id)
    assert [course.code for course in overview.general] == ["G1"]
    assert overview.direction.code == "D1"
    assert [course.code for course in overview.others] == ["D2"]
    assert [lesson.code for lesson in overview.plan][-1] == "D1-M2-L1"


def test_two_starts_at_once_leave_one_session_open(app, session, student):
    by = learner_of(student)
    answers = at_once(app, *[lambda: again_if_crowded(lambda: start_session(READING, by=by, now=NOON).token)] * 6)
    session.rollback()
    assert len(set(answers)) == 6
    assert len(session.scalars(select(StudySession).where(StudySession.ended_at.is_(None))).all()) == 1


def test_a_heartbeat_sent_ten_times_at_once_is_counted_once(app, session, student):
    by = learner_of(student)
    token = start_session(READING, by=by, now=NOON).token
    later = NOON + timedelta(seconds=30)
    at_once(app, *[lambda: again_if_crowded(lambda: hear(token, Beat(1, True), by=by, now=later))] * 8)
    session.rollback()
    assert session.scalars(select(StudySession.seconds_credited)).one() == 30


def test_completing_and_starting_elsewhere_at_once_credits_once(app, session, student):
    by = learner_of(student)
    token = start_session(SHORT, by=by, now=NOON).token
    for number in range(1, 30):
        hear(token, Beat(number, True), by=by, now=NOON + timedelta(seconds=30 * number))
    end = NOON + timedelta(seconds=900)
    at_once(
        app,
        *[lambda: again_if_crowded(lambda: hear(token, Beat(30, True), by=by, now=end))] * 4,
        *[lambda: again_if_crowded(lambda: start_session(READING, by=by, now=end))] * 4,
    )
    session.rollback()
    assert minutes_credited(session, student.id) in (14, 15)
    assert list(recompute(session)) == []


def test_a_video_is_counted_as_it_moves_and_goes_on_where_it_stopped(session, student):
    stored = keep_file(b"....ftyp", name="v.mp4", media_type="video/mp4", purpose="lesson_video", now=NOON)
    attach_video("G1-M1-L1", stored, seconds=600, by=OFFICE, now=NOON)
    by = learner_of(student)
    opened = start_session(VIDEO, by=by, now=NOON)
    later = [NOON + timedelta(seconds=30 * number) for number in range(1, 4)]
    hear(opened.token, Beat(1, True, media_from=0, media_to=30_000), by=by, now=later[0])
    ahead = hear(opened.token, Beat(2, True, media_from=400_000, media_to=430_000), by=by, now=later[1])
    assert (ahead.credited, ahead.back_to) == (30, 30)
    hear(opened.token, Beat(3, True, media_from=30_000, media_to=60_000), by=by, now=later[2], leaving=True)
    again = start_session(VIDEO, by=by, now=NOON + timedelta(hours=1))
    assert (again.position, again.furthest, again.before) == (60, 60, 60)

