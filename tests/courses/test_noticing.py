"""Study that looks unusual is noticed with its evidence, for staff alone, and decided by a person."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.courses.models.studying import LessonProgress
from enroll.courses.rules.noticing import Limits, Part, even_beats, minutes_in, night_of, takeovers, too_fast
from enroll.courses.rules.timing import Beat
from enroll.courses.services.study import hear, start_session
from enroll.foundation.problems import Refused
from enroll.hours.models import HoursAnomaly, HoursDoubt, UncountedTime
from enroll.hours.queries.soundness import recompute
from enroll.hours.queries.standing import minutes_credited
from enroll.hours.services.anomalies import decide_anomaly
from enroll.hours.services.doubts import decide_doubt
from enroll.storage import outbox
from tests.builders.courses import DIRECTION, READING, the_courses
from tests.builders.study import a_colleague, a_person, a_student, account_of, learner_of
from tests.conftest import NOON
from tests.pages import press, text_of

LIMITS = Limits(20, 20, 0, 5, 120, 3, 3)
NIGHT = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # one o'clock in Beijing


@pytest.fixture
def student(session):
    student = a_student()
    the_courses()
    return student


def test_even_beats_are_a_machine_s_and_a_browser_s_are_not():
    machine, source = [number * 30_000 for number in range(1, 30)], random.Random(5)
    browser = [time + source.randrange(120) for time in machine]
    assert even_beats(machine, LIMITS) == {"signals": 28, "shortest_ms": 30_000, "longest_ms": 30_000,
                                           "middle_ms": 30_000, "limit": 20}
    assert even_beats([*machine[:14], *(time + 4000 for time in machine[14:])], LIMITS) is not None  # one hiccup
    assert even_beats(browser, LIMITS) is None
    assert even_beats(machine[:20], LIMITS) is None  # too few to say
    assert Limits.of(None) is None


def test_the_night_counts_what_lies_in_it_and_devices_what_alternates():
    night = night_of(NIGHT, LIMITS)
    hour = timedelta(hours=1)
    assert night == (NIGHT - hour, NIGHT + 4 * hour)
    assert minutes_in(night, [Part(NIGHT - 2 * hour, NIGHT, 7200), Part(NIGHT, NIGHT + hour, 600)]) == 70
    assert takeovers([("a", True), ("b", True), ("b", False), ("a", True), ("b", False)]) == 2
    assert too_fast(10, 29, LIMITS)
    assert not too_fast(10, 30, replace(LIMITS, seconds_a_question=3))


def studied_evenly(student, start=NOON):
    by = learner_of(student)
    opened = start_session(READING, by=by, now=start, browser="Chrome", device="7")
    present = False
    for number in range(1, 61):
        moment = start + timedelta(seconds=30 * number)
        heard = hear(opened.token, Beat(number, True, present=present), by=by, now=moment)
        present = heard.state == "check"


def test_what_is_noticed_changes_nothing_until_a_person_decides(session, student, sign_in):
    studied_evenly(student)
    found = session.scalars(select(HoursAnomaly)).one()
    assert (found.kind, found.state, found.minutes, found.evidence["middle_ms"]) == ("beats", "open", 30, 30_000)
    assert (len(found.entry_ids), found.evidence["sessions"][0]["browser"]) == (1, "Chrome")
    session.rollback()
    assert minutes_credited(session, student.id) == 30
    session.rollback()
    learner = sign_in(account_of(student))
    for page in ("/hours", "/hours?view=uncounted", "/messages", "/home"):
        assert "异常" not in text_of(learner.get(page)), page
    reviewer = a_colleague(Role.REVIEWER)
    with pytest.raises(Refused) as refused:
        decide_anomaly("N000001", "pass", by=reviewer, now=NOON, reason=" ")
    assert refused.value.codes == {"reason_missing"}
    decide_anomaly("N000001", "pass", by=reviewer, now=NOON, reason="专线网络")
    assert minutes_credited(session, student.id) == 30


@pytest.mark.parametrize(("then", "minutes"), [("count", 30), ("refuse", 0)])
def test_put_in_doubt_the_minutes_wait_and_count_again_or_not(session, student, then, minutes):
    studied_evenly(student)
    reviewer = a_colleague(Role.REVIEWER)
    decide_anomaly("N000001", "doubt", by=reviewer, now=NOON, reason="请说明")
    outbox.deliver(NOON + timedelta(days=1))
    session.expire_all()
    doubt = session.scalars(select(HoursDoubt)).one()
    assert (doubt.why, doubt.minutes, doubt.evidence["anomaly"]) == ("unlikely_pace", 30, "N000001")
    reference = doubt.reference
    assert minutes_credited(session, student.id) == 0
    session.rollback()
    decide_doubt(reference, then, by=reviewer, now=NOON, reason="看过")
    outbox.deliver(NOON + timedelta(days=1))
    session.expire_all()
    assert minutes_credited(session, student.id) == minutes
    done = session.scalars(select(LessonProgress.completed_at)).one()
    assert (done is not None) == bool(minutes)
    assert list(recompute(session)) == []
    kinds = set(session.scalars(select(UncountedTime.reason)))
    assert ("doubt_refused" in kinds) == (then == "refuse")


def test_nights_and_devices_are_noticed_once_for_each_night_and_day(session, student):
    by, now = learner_of(student), NIGHT
    for number in range(4):  # half an hour each, the lesson's length apart, from two devices by turns
        key = (READING, DIRECTION)[number % 2]
        opened = start_session(key, by=by, now=now, device=str(number % 2))
        for beat in range(1, 30):
            hear(opened.token, Beat(beat, True, present=True), by=by,
                 now=now + timedelta(seconds=beat * 29 + random.Random(beat).random()))
        now += timedelta(seconds=29 * 30)
    hear(opened.token, Beat(99, False), by=by, now=now, leaving=True)
    kinds = list(session.scalars(select(HoursAnomaly.kind).order_by(HoursAnomaly.id)))
    assert kinds.count("devices") == 1
    assert "night" not in kinds  # 56 minutes are less than two hours


def test_staff_look_decide_and_export(app, session, student, sign_in):
    studied_evenly(student)
    reviewer = sign_in(a_person("reviewer", Role.REVIEWER))
    for language in ("zh", "en"):
        reviewer.get(f"/language/{language}")
        for page in ("/staff/hours/anomalies", "/staff/hours/anomalies?kind=beats", "/staff/hours/anomalies/N000001"):
            text = text_of(reviewer.get(page))
            assert "%(" not in text
            assert "N000001" in text
    assert "30.000" in text_of(reviewer.get("/staff/hours/anomalies/N000001"))
    assert "N000001" not in text_of(reviewer.get("/staff/hours/anomalies?kind=night"))
    assert "30000" in reviewer.get("/staff/hours/anomalies/export.csv?kind=beats").get_data(as_text=True)
    assert reviewer.get("/staff/hours/anomalies/export.xlsx").data[:2] == b"PK"
    answer = press(reviewer, "/staff/hours/anomalies/N000001", "pass", reason="")
    assert answer.status_code == 409
    form = press(reviewer, "/staff/hours/anomalies/N000001", "pass", reason="专线网络")
    assert form.location == "/staff/hours/anomalies"
    assert "专线网络" in text_of(reviewer.get("/staff/hours/anomalies/N000001"))
    assert reviewer.get("/staff/hours/anomalies/N999999").status_code == 404
    trainer = sign_in(a_person("money", Role.FINANCE), app.test_client())
    assert trainer.get("/staff/hours/anomalies").status_code == 403
