"""The codes of a live class in a real browser: shown in the room, renewed by themselves, typed on a phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.courses.models.live import LiveSign
from enroll.courses.services.live import LivePlan, plan_class, take_place
from tests.browser.conftest import look_over
from tests.builders.courses import the_courses
from tests.builders.study import a_person, a_student, account_of, acting, learner_of
from tests.conftest import NOON

pytestmark = pytest.mark.browser
START = NOON + timedelta(days=2)


def test_codes_shown_in_the_room_are_typed_on_a_phone_and_change_by_themselves(app, session, clock, open_page_as):
    trainer, student = a_person("trainer", Role.TRAINER), a_student()
    the_courses()
    plan = LivePlan(title="合规直播", course="G1", module="", kind="knowledge", trainer_id=trainer.id, place="",
                    link="https://meet.example.org/1", starts_at=START, minutes=100, capacity=3)
    reference = plan_class(plan, by=acting(trainer), now=NOON)
    take_place(reference, by=learner_of(student), now=NOON)
    clock.set(START + timedelta(seconds=57))
    room = open_page_as(trainer, f"/staff/live/{reference}/codes", width=1280)
    shown = room.locator("p.code b")
    first = shown.all_inner_texts()
    phone = open_page_as(account_of(student), f"/live/{reference}", width=390)
    look_over(phone)
    phone.locator("[name=code]").fill("000000")
    phone.get_by_role("button", name="签到").click()
    expect(phone.locator("[name=code]")).to_have_attribute("aria-invalid", "true")
    assert session.scalars(select(LiveSign.id)).all() == []
    session.rollback()
    phone.locator("[name=code]").fill(first[0])
    phone.get_by_role("button", name="签到").click()
    expect(phone.locator("main")).to_contain_text("已签到")
    clock.set(START + timedelta(minutes=95))
    expect(shown.first).not_to_have_text(first[0], timeout=15_000)
    phone.locator("[name=code]").fill(shown.all_inner_texts()[1])
    phone.get_by_role("button", name="签退").click()
    expect(phone.locator("main")).to_contain_text("已签退")
    session.rollback()
    assert len(session.scalars(select(LiveSign.id)).all()) == 2
    look_over(room)
