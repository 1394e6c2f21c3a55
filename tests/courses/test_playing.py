"""Study that is played back goes through the same machine and the same writer as that of a page."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from enroll.courses.models.studying import LessonProgress, StudySession
from enroll.courses.queries.plan import pending_minutes
from enroll.courses.services.playing import Sitting, study_lesson, study_lessons
from enroll.foundation.problems import NotFound, Refused
from enroll.hours.models import LedgerEntry
from enroll.hours.queries.soundness import recompute
from enroll.hours.queries.standing import minutes_credited
from tests.builders.courses import the_courses
from tests.builders.study import a_student, learner_of
from tests.conftest import NOON

EVENING = NOON - timedelta(days=3)


@pytest.fixture
def student(session):
    student = a_student()
    the_courses()
    return student


def test_a_lesson_played_back_is_a_session_of_its_length_and_minutes_with_its_key(session, student):
    done_at = study_lesson(student.id, "G1-M1-L4", EVENING, by=learner_of(student))
    assert done_at == EVENING + timedelta(minutes=30)
    row, entry = session.scalars(select(StudySession)).one(), session.scalars(select(LedgerEntry)).one()
    assert (row.seconds_credited, row.seq, row.ended_why) == (1800, 60, "completed")
    assert entry.source_key.startswith(f"session:{row.token}:")
    assert (entry.minutes, entry.recorded_at, entry.started_at) == (30, done_at, EVENING)
    assert session.scalars(select(LessonProgress)).one().completed_at == done_at
    assert list(recompute(session)) == []


def test_several_sittings_of_one_lesson_add_up(session, student):
    sittings = [Sitting("G1-M1-L4", EVENING + timedelta(hours=hour), 10) for hour in range(3)]
    study_lessons(student.id, sittings, by=learner_of(student))
    assert [entry.minutes for entry in session.scalars(select(LedgerEntry))] == [10, 10, 10]
    with pytest.raises(Refused) as refused:
        study_lesson(student.id, "G1-M1-L4", NOON, by=learner_of(student))
    assert refused.value.codes == {"lesson_complete"}


def test_a_sitting_shorter_than_a_minute_is_remembered(session, student):
    study_lessons(student.id, [Sitting("G1-M1-L4", EVENING, 0), Sitting("G1-M1-L5", NOON)], by=learner_of(student))
    assert minutes_credited(session, student.id) == 15


def test_sessions_of_one_person_do_not_lie_over_each_other(session, student):
    by = learner_of(student)
    study_lesson(student.id, "G1-M1-L4", EVENING, by=by)
    with pytest.raises(Refused) as refused:
        study_lesson(student.id, "D1-M2-L1", EVENING + timedelta(minutes=29), by=by)
    assert refused.value.codes == {"does_not_fit"}
    with pytest.raises(NotFound):
        study_lesson(student.id, "nothing", NOON, by=by)


def test_minutes_played_back_in_doubt_wait(session, student):
    doubt = ("two_devices", "两台设备同时计时", {"devices": ["手机", "电脑"]})
    study_lessons(student.id, [Sitting("G1-M1-L4", EVENING, in_doubt=doubt)], by=learner_of(student))
    assert minutes_credited(session, student.id) == 0
    assert pending_minutes(session, student.id) == 30


def test_a_day_played_back_has_its_limit_too(session, student):
    lessons = ["G1-M1-L1", "G1-M1-L4", "G1-M1-L5", "D1-M2-L1", "D2-M2-L1"]
    sittings = [Sitting(code, EVENING + timedelta(hours=place)) for place, code in enumerate(lessons)]
    study_lessons(student.id, sittings, by=learner_of(student))
    assert minutes_credited(session, student.id) == 135
