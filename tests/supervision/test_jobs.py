"""What is sent by itself: once a person and week, never in the night, never to whoever switched it off."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.foundation.clock import SHANGHAI
from enroll.home.jobs import remind_of_next_step
from enroll.hours.services.crediting import credit
from enroll.notifications.models import Message
from enroll.storage import outbox
from enroll.storage.database import transaction
from enroll.supervision.jobs import send_summaries
from enroll.supervision.models import Nudge
from enroll.supervision.queries.sending import unsound_supervision
from enroll.supervision.services.sending import choose_reminders
from tests.at_once import at_once
from tests.builders.courses import the_courses
from tests.builders.exams import a_window
from tests.builders.following import a_followed
from tests.builders.study import account_of, learner_of, minutes
from tests.conftest import NOON

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 11, 23, 22, 0, tzinfo=SHANGHAI)


@pytest.fixture
def student(session):
    """Studied last on Tuesday, two lessons on one day."""
    student = a_followed()
    the_courses()
    a_window()
    tuesday = datetime(2026, 11, 17, 20, 0, tzinfo=SHANGHAI)
    for number in (1, 2):
        one = minutes(30, f"session:{number}:x", ended_at=tuesday, lesson_code=f"G1-M1-L{number}")
        credit(student.id, one, by=learner_of(student), now=tuesday)
    return student


def sent(session):
    session.rollback()
    return session.scalars(select(Nudge).order_by(Nudge.id)).all()


def test_the_summary_comes_once_a_week_with_the_week_s_figures(session, student):
    assert send_summaries(MONDAY) == 1
    assert send_summaries(MONDAY + timedelta(hours=5)) == 0
    nudge, = sent(session)
    assert (nudge.kind, nudge.key, nudge.sent_by_id) == ("summary", "summary:2026-W48", None)
    assert "1 天里计入 60 分钟，学了 2 个小节" in nudge.text
    assert "202701" in nudge.text
    assert send_summaries(MONDAY + timedelta(days=7)) == 1


def test_the_summary_is_read_in_the_learner_s_language_and_says_how_to_stop_it(session, student):
    with transaction() as writing:
        writing.get_one(Account, account_of(student).id).language = "en"
    send_summaries(MONDAY)
    outbox.deliver(MONDAY, slow=False)
    message = session.scalars(select(Message).where(Message.about.startswith("nudge:"))).one()
    assert "60 minutes" in message.subject
    assert "Reminders" in message.body


def test_no_summary_on_other_days_or_in_the_night(session, student):
    for moment in (NOON, NIGHT, MONDAY + timedelta(days=3)):
        assert send_summaries(moment) == 0, moment
        assert sent(session) == [], moment


def test_the_reminder_is_the_person_s_own_next_step(session, student):
    assert remind_of_next_step(NOON) == 1
    nudge, = sent(session)
    assert nudge.kind == "reminder"
    assert nudge.endpoint == "courses.lesson"
    assert "大模型能做什么" in nudge.subject
    outbox.deliver(NOON, slow=False)
    message = session.scalars(select(Message).where(Message.about.startswith("nudge:"))).one()
    assert message.link == "/study/G1/G1-M1-L1"


def test_a_reminder_comes_once_a_week_and_never_in_the_night(session, student):
    assert remind_of_next_step(NIGHT) == 0
    assert remind_of_next_step(NOON) == 1
    assert remind_of_next_step(NOON + timedelta(hours=1)) == 0
    assert remind_of_next_step(MONDAY) == 1  # a new week


def test_who_studied_yesterday_or_gave_up_weeks_ago_is_left_alone(session, student):
    assert remind_of_next_step(NOON - timedelta(days=4)) == 0
    assert remind_of_next_step(NOON + timedelta(days=60)) == 0


def test_what_is_switched_off_is_not_sent(session, student):
    choose_reminders(reminders=False, summary=False, by=learner_of(student), now=NOON)
    assert remind_of_next_step(NOON) == 0
    assert send_summaries(MONDAY) == 0
    choose_reminders(reminders=True, summary=False, by=learner_of(student), now=NOON)
    assert remind_of_next_step(NOON) == 1
    assert list(unsound_supervision(session)) == []


def test_two_workers_at_once_send_one(app, session, student):
    at_once(app, *[lambda: send_summaries(MONDAY)] * 2)
    assert len(sent(session)) == 1
