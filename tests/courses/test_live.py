"""Live classes: planned, attended, settled once, corrected by a reversing row, never beside other study."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from enroll.accounts.permissions import Role
from enroll.courses.jobs import every_minute
from enroll.courses.models.live import LiveAttendance, LiveClass, LiveSign
from enroll.courses.queries.live_soundness import unsound_live_classes
from enroll.courses.rules.live import Sign, attendance, code_at, code_fits, read_moment, stays
from enroll.courses.services.live import LivePlan, change_class, plan_class, take_place
from enroll.courses.services.live_attendance import correct_attendance, settle_class
from enroll.courses.services.playing import Sitting, study_lessons
from enroll.foundation.problems import Refused
from enroll.hours.models import LedgerEntry
from enroll.hours.queries.standing import minutes_credited
from enroll.notifications.models import Message
from enroll.storage import outbox
from tests.builders.courses import the_courses
from tests.builders.study import a_person, a_student, account_of, acting, learner_of
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, text_of

START = NOON + timedelta(days=2)
END = START + timedelta(minutes=100)
WITHIN = (START, END)


def at(minutes):
    return START + timedelta(minutes=minutes)


def test_stretches_are_merged_codes_paired_and_an_open_one_is_said():
    joins = [Sign(at(-5), at(30)), Sign(at(20), at(50)), Sign(at(60), at(130))]
    assert stays(joins, WITHIN) == (((at(0), at(50)), (at(60), at(100))), False)
    codes = [Sign(None, at(99)), Sign(at(2), None), Sign(at(1), None)]
    assert stays(codes, WITHIN) == (((at(1), at(99)),), False)
    assert attendance([Sign(at(1), None)], WITHIN, (), 90).why == "no_sign_out"
    assert attendance([], WITHIN, (), 90).why == "absent"
    assert attendance([Sign(at(0), at(90))], WITHIN, (), 90).minutes == 90
    assert attendance([Sign(at(0), at(89))], WITHIN, (), 90).why == "too_short"
    beside = attendance([Sign(at(0), at(100))], WITHIN, [(at(10), at(40))], 90)
    assert (beside.minutes, beside.why) == (70, "parallel")


def test_a_code_counts_in_its_minute_and_the_next_and_moments_read_as_tools_write_them():
    code = code_at("secret", "in", NOON)
    assert len(code) == 6
    assert code_fits("secret", "in", f" {code[:3]} {code[3:]}", NOON + timedelta(seconds=60))
    assert not code_fits("secret", "in", code, NOON + timedelta(seconds=180))
    assert not code_fits("secret", "out", code, NOON)
    assert not code_fits("secret", "in", "１２３４５６", NOON)
    for text in ("2026-11-24 18:00:00", "2026/11/24 18:00", "11/24/2026 06:00:00 PM", "2026-11-24T18:00:00.123"):
        assert read_moment(text).isoformat().startswith("2026-11-24T18:00")
    assert read_moment("24.11.26") is None


@pytest.fixture
def trainer(session):
    return a_person("trainer", Role.TRAINER)


@pytest.fixture
def school(session, trainer):
    students = [a_student(name) for name in ("ninetyfive", "eighty", "nobody")]
    the_courses()
    reference = plan_class(a_plan(trainer), by=acting(trainer), now=NOON)
    for one in students:
        take_place(reference, by=learner_of(one), now=NOON)
    return students, reference


def a_plan(trainer, **changes):
    made = {"title": "合规直播", "course": "G1", "module": "", "kind": "knowledge", "trainer_id": trainer.id,
            "place": "", "link": "https://meet.example.org/1", "starts_at": START, "minutes": 100, "capacity": 3}
    return LivePlan(**(made | changes))


def test_planning_says_everything_wrong_at_once_and_a_move_is_told(session, trainer, school):
    students, reference = school
    odd = a_plan(trainer, course="X", trainer_id=students[0].id + 900, starts_at=NOON, link="")
    with pytest.raises(Refused) as refused:
        plan_class(odd, by=acting(trainer), now=NOON)
    assert refused.value.codes == {"course_unknown", "trainer_unknown", "in_the_past", "nowhere"}
    with pytest.raises(Refused, match="class_full"):
        take_place(reference, by=learner_of(a_student("late")), now=NOON)
    change_class(reference, a_plan(trainer, starts_at=START + timedelta(days=1)), by=acting(trainer), now=NOON)
    outbox.deliver(NOON, slow=False)
    told = session.scalars(select(Message.account_id).where(Message.about.like(f"{reference}:change%"))).all()
    assert set(told) == {account_of(one).id for one in students}


def test_a_class_belongs_to_a_module_and_keeps_it_when_it_is_changed(session, sign_in, trainer, school):
    staff = sign_in(trainer)
    made = press(staff, "/staff/live/new", title="模块直播", course="G1/G1-M2", link="https://meet.example.org/2",
                 starts_at="2026-11-24T10:00")
    assert made.status_code == 303
    assert "G1-M2" in text_of(staff.get(made.location))
    assert press(staff, f"{made.location}/change", title="改名").status_code == 303
    session.rollback()
    kept = session.scalars(select(LiveClass).order_by(LiveClass.id.desc())).first()
    assert (kept.title, kept.module.code) == ("改名", "G1-M2")
    session.rollback()
    assert press(staff, f"{made.location}/change", course="G1/D1-M1").status_code == 409  # a module of another course


def test_a_list_is_brought_in_settled_once_corrected_by_a_reversal_and_sound(
    app, session, clock, sign_in, trainer, school
):
    students, reference = school
    here, staff = f"/staff/live/{reference}", sign_in(trainer)
    clock.set(END + timedelta(minutes=5))
    every_minute(clock.now())
    rows = ["用户昵称,账号,入会时间,退会时间"]
    for name, minutes in (("ninetyfive", 95), ("eighty", 80)):
        rows.append(f"某人,{name},2026-11-24 10:00:00,{(at(minutes) + timedelta(hours=8)):%Y-%m-%d %H:%M:%S}")
    rows += ["主持,trainer,2026-11-24 10:00,2026-11-24 11:00", "陌生,nobody-at-all,2026-11-24 10:00,2026-11-24 11:00",
             "张伟,,2026-11-24 10:00,2026-11-24 11:00", "乱,eighty,昨天,今天"]
    assert f"{(START + timedelta(hours=8)):%H:%M}" == "10:00"
    sent = fields_of(form_on(staff.get(here), "/list")) | {
        "file": (io.BytesIO("\n".join(rows).encode("gb18030")), "meeting.csv")}
    looked = staff.post(f"{here}/list", data=sent, content_type="multipart/form-data")
    assert looked.status_code == 303
    page = text_of(staff.get(looked.location))
    assert "未匹配到本项目学员" in page
    assert "同名" in page
    assert session.scalar(select(func.count(LiveSign.id))) == 0
    session.rollback()
    bring = fields_of(form_on(staff.get(looked.location), looked.location))
    assert [staff.post(looked.location, data=bring).status_code for _ in range(2)] == [303, 303]
    assert session.scalar(select(func.count(LiveSign.id))) == 2
    session.rollback()
    assert press(staff, here, "/settle").status_code == 303
    with pytest.raises(Refused, match="wrong_state"):
        settle_class(reference, by=acting(trainer), now=clock.now())
    assert [minutes_credited(session, one.id) for one in students] == [95, 0, 0]
    whys = session.scalars(select(LiveAttendance.why).order_by(LiveAttendance.enrolment_id)).all()
    assert whys == ["", "too_short", "absent"]
    session.rollback()

    first, second = students[0].reference, students[1].reference
    for minutes, reason, code in ((95, "", "reason_missing"), (101, "x", "minutes_odd"), (95, "x", "same_minutes")):
        with pytest.raises(Refused, match=code):
            correct_attendance(reference, first, minutes, reason, by=acting(trainer), now=clock.now())
    answer = press(staff, f"{here}/people/{first}", minutes="90", reason="会议工具多算了")
    assert answer.status_code == 303
    correct_attendance(reference, second, 92, "签到表在场", by=acting(trainer), now=clock.now())
    assert [minutes_credited(session, one.id) for one in students] == [90, 92, 0]
    assert session.scalars(select(LedgerEntry.minutes).where(
        LedgerEntry.enrolment_id == students[0].id).order_by(LedgerEntry.id)).all() == [95, -95, 90]
    assert list(unsound_live_classes(session)) == []
    newest = session.scalars(select(LiveAttendance).order_by(LiveAttendance.id.desc())).first()
    session.add(LiveAttendance(class_id=newest.class_id, enrolment_id=newest.enrolment_id, version=9, seconds=5_400,
                               minutes=77, decided_at=NOON, decided_by_id=newest.decided_by_id))
    session.flush()
    assert len(list(unsound_live_classes(session))) == 1  # a planted fault
    session.rollback()
    learner = sign_in(account_of(students[0]), app.test_client())
    page = text_of(learner.get(f"/live/{reference}"))
    assert "讲师已更正" in page
    assert "会议工具多算了" in page
    assert b"BEGIN:VEVENT" in learner.get(f"/live/{reference}/class.ics").data
    assert text_of(learner.get("/live"))
    assert staff.get(f"{here}/roster.xlsx").data[:2] == b"PK"


def test_codes_are_typed_in_the_room_and_time_studied_meanwhile_counts_once(
    app, session, clock, sign_in, trainer, school
):
    students, reference = school
    me = sign_in(account_of(students[0]))
    assert press(me, f"/live/{reference}", "/give_up").status_code == 303
    assert press(me, f"/live/{reference}", "/take").status_code == 303
    study_lessons(students[0].id, [Sitting("G1-M1-L4", at(10), 30)], by=learner_of(students[0]))
    secret = session.scalars(select(LiveClass.secret)).one()
    session.rollback()
    clock.set(at(1))
    page = form_on(me.get(f"/live/{reference}"), "/sign_in")
    assert me.post(f"/live/{reference}/sign_in", data=fields_of(page) | {"code": "000000"}).status_code == 409
    assert press(me, f"/live/{reference}", "/sign_in", code=code_at(secret, "in", at(1))).status_code == 303
    clock.set(at(100))
    sent = fields_of(form_on(me.get(f"/live/{reference}"), "/sign_in")) | {"code": code_at(secret, "out", at(100))}
    assert me.post(f"/live/{reference}/sign_out", data=sent).status_code == 303
    staff = sign_in(trainer, app.test_client())
    assert code_at(secret, "out", at(100))[:3] in text_of(staff.get(f"/staff/live/{reference}/codes"))
    every_minute(at(101))
    settle_class(reference, by=acting(trainer), now=at(101))
    assert minutes_credited(session, students[0].id) == 99  # 30 studied, 69 in the class
    assert list(unsound_live_classes(session)) == []


def test_a_class_is_cancelled_with_a_reason_and_strangers_find_nothing(app, session, sign_in, trainer, school):
    students, reference = school
    staff = sign_in(trainer)
    assert press(staff, f"/staff/live/{reference}", "/cancel", reason="").status_code == 409
    assert press(staff, f"/staff/live/{reference}", "/cancel", reason="讲师生病").status_code == 303
    texts = session.scalars(select(Message.body).where(Message.about.like(f"{reference}:cancel%"))).all()
    assert len(texts) == 3
    assert "讲师生病" in texts[0]
    session.rollback()
    me = sign_in(account_of(students[0]), app.test_client())
    assert me.get(f"/staff/live/{reference}").status_code == 403
    assert me.get("/live/V9999").status_code == 404
