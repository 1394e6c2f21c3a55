"""A house in full work, third part: what is claimed, disputed, complained of, waited for, taught live and written."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from enroll.accounts.permissions import Role
from enroll.applications.services.seating import wait_for_seat
from enroll.corrections.queries import details_of
from enroll.corrections.services import request_correction
from enroll.courses.jobs import every_minute
from enroll.courses.models.live import LiveClass, LiveSign
from enroll.courses.queries.editions import newest_edition
from enroll.courses.rules.authoring import LessonText
from enroll.courses.rules.practice import DEFAULT_RUBRIC
from enroll.courses.rules.timing import Beat
from enroll.courses.services import authoring, live, packing
from enroll.courses.services.disputes import dispute_stretch
from enroll.courses.services.live_attendance import correct_attendance, settle_class
from enroll.courses.services.live_lists import check_attendance_list
from enroll.courses.services.notes import keep_note
from enroll.courses.services.study import hear, start_session
from enroll.enrolments.models import Enrolment
from enroll.foundation.clock import local_day
from enroll.handovers.services.bringing import check_list
from enroll.handovers.services.kinds import KINDS
from enroll.hours.models import UncountedTime
from enroll.hours.rules.adjusting import Adjustment
from enroll.hours.rules.claims import Claim, ClaimedCourse, ClaimUnit
from enroll.hours.services.adjusting import enter_minutes
from enroll.hours.services.claims import claim_hours
from enroll.learners.models import Learner
from enroll.sittings.lifecycle import Part
from enroll.sittings.models import Sitting
from enroll.sittings.services.planning import change_capacity
from enroll.storage.database import db, transaction
from enroll.storage.files import StoredFile, keep_file
from enroll.supervision.rules.following import Channel, Outcome
from enroll.supervision.services import asking, complaints, following
from tests.builders import applicants
from tests.builders.courses import READING
from tests.builders.every_page import World
from tests.builders.exams import a_sitting
from tests.builders.study import a_student, account_of, learner_of
from tests.conftest import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = local_day(NOON)
G1 = ClaimedCourse("G1", "AI职场通识", "general")
CLAIM = Claim("另一家授权中心", "P-9", TODAY - 30 * DAY, TODAY - 11 * DAY, 20, ClaimUnit.COURSE_HOURS, "knowledge", G1)
ENTRY = Adjustment(720, "knowledge", G1.code, G1.title, G1.section, "直播课", TODAY - 3 * DAY, "签到表遗失")
READ = LessonText("先读一读", "reading", "knowledge", 30, text="## 开始\n\n正文。")
WALKS = {
    "busy": (("/hours", "/study", "/live", "/complaints", "/identity", "/questions", "/adviser"), 2),
    "queue-offered": (("/applications", "/bookings"), 2), "queue-waits": (("/applications", "/bookings"), 1),
    Role.TRAINER: (("/staff/live", "/staff/courses", "/staff/questions"), 3),
    Role.ADMINISTRATOR: (("/staff/handovers",), 2),
}


def the_matters(world: World) -> None:
    """Each record on its way: nothing is decided yet but the live class."""
    busy = a_student("busy")
    world.add("busy", account_of(busy))
    world.walks |= WALKS
    _hours(world, busy)
    _a_correction(busy)
    _complaints(world, busy)
    _live_classes(world, busy)
    _a_draft(world)
    _waiting_list(world)


def _hours(world: World, busy: Enrolment) -> None:
    """A reading whose time signals are too even, with a gap that is disputed; a claim; minutes entered by hand."""
    me, began = learner_of(busy), NOON - 4 * HOUR
    opened = start_session(READING, by=me, now=began, browser="Chrome", device="7")
    for number in range(1, 27):
        hear(opened.token, Beat(number, True, present=True), by=me, now=began + timedelta(seconds=30 * number))
    hear(opened.token, Beat(99, False), by=me, now=began + timedelta(seconds=1020), leaving=True)
    gap = db.session.scalars(select(UncountedTime.id).where(
        UncountedTime.session_token == opened.token, UncountedTime.reason == "gap")).one()
    db.session.rollback()
    dispute_stretch(gap, "断网了", _file("dispute"), by=me, now=NOON)
    keep_note(READING, "再读一遍。", by=me, now=NOON)
    claim_hours(busy.id, CLAIM, [_file("hour_claim"), _file("hour_claim 2")], by=me, now=NOON)
    for minutes in (720, 30):
        enter_minutes(busy.id, replace(ENTRY, minutes=minutes), _file("hour_claim"), by=world.staff(Role.REVIEWER),
                      now=NOON)
    row = f"{_learner(busy).reference},张伟,G1,知识,45,{TODAY - 90 * DAY},{TODAY - 89 * DAY},签到表"
    content = ",".join(column.titles[0] for column in KINDS["hours"].columns) + f"\n{row}\n,,G9,,x,,,\n"
    kept = check_list(KINDS["hours"], content.encode(), file_name="hours.csv", by=world.staff(Role.REVIEWER), now=NOON)
    world.addresses.append(f"/staff/handovers/lists/{kept.token}")


def _a_correction(busy: Enrolment) -> None:
    """A name to be corrected; its number can be read, as of one who handed it in."""
    with transaction() as session:
        session.execute(update(Learner).where(Learner.id == busy.learner_id).values(
            id_type="passport", id_number="E12345678", id_number_key="key-busy", id_number_mask="E******78",
            sex="female"))
    db.session.expire_all()
    wanted = replace(details_of(_learner(busy)), id_number="", legal_name="张玮")
    request_correction(busy.learner_id, wanted, "户口簿更正。", [_file("correction")], by=learner_of(busy), now=NOON)


def _complaints(world: World, busy: Enrolment) -> None:
    """A complaint, a question answered and one open, a contact and one that is planned."""
    me, adviser = learner_of(busy), world.staff(Role.ADVISER)
    complaints.complain(complaints.NewComplaint("teaching", "答疑太慢", "两天没有答复。", "请按时。"),
                        _file("complaint"), by=me, now=NOON - DAY)
    for number in range(2):
        new = asking.NewQuestion(f"问题{number}", "怎么写？", "study", lesson=READING.lesson)
        asked = asking.ask(new, by=me, now=NOON)
    asking.answer_question(asked, "这样写。", by=world.staff(Role.TRAINER), now=NOON)
    reference = _learner(busy).reference
    following.log_contact(reference, following.Talk(Channel.PHONE, Outcome.PROMISED, "周末补两节", TODAY + 3 * DAY),
                          by=adviser, now=NOON)
    following.ask_for_call("下班后方便。", by=me, now=NOON)


def _live_classes(world: World, busy: Enrolment) -> None:
    """One to come, one held with a list that waits, one settled and then put right."""
    trainer, other = world.staff(Role.TRAINER), a_student("busy-too")
    world.add("busy-too", account_of(other))
    references = []
    for number, starts_at in enumerate((NOON + DAY, NOON - 2 * DAY, NOON - 3 * DAY)):
        plan = live.LivePlan(f"直播{number}", "G1", "", "knowledge", trainer.account_id or 0, "",
                             "https://meet.example.org/1", starts_at, 100, 30)
        references.append(live.plan_class(plan, by=trainer, now=NOON - 5 * DAY))
        for one in (busy, other):
            live.take_place(references[-1], by=learner_of(one), now=NOON - 5 * DAY)
        if number:
            _came(references[-1], starts_at, busy, other)
    every_minute(NOON)
    _, held, settled = references
    settle_class(settled, by=trainer, now=NOON)
    correct_attendance(settled, busy.reference, 60, "提前离开", by=trainer, now=NOON)
    rows = "用户昵称,账号,入会时间,退会时间\n某人,busy,2026-11-20 18:00,2026-11-20 18:30\n陌生,nobody,昨天,今天\n"
    kept = check_attendance_list(held, rows.encode(), file_name="meeting.csv", by=trainer, now=NOON)
    world.addresses.append(f"/staff/live/{held}/list/{kept.token}")
    world.addresses += [f"/staff/live/{one}/people/{busy.reference}" for one in (held, settled)]


def _came(reference: str, start: Any, *people: Enrolment) -> None:
    with transaction() as session:
        here = session.scalars(select(LiveClass.id).where(LiveClass.reference == reference)).one()
        session.add_all(LiveSign(class_id=here, enrolment_id=one.id, came_at=start, left_at=start + 95 * HOUR / 60,
                                 recorded_at=NOON, recorded_by_id=account_of(one).id) for one in people)


def _a_draft(world: World) -> None:
    """A course in its first draft, and the zip of one, looked at."""
    author = world.staff(Role.TRAINER)
    authoring.write_course("CAIP", "G9", "general", authoring.CourseWords("新课"), by=author, now=NOON)
    module = authoring.add_module("G9", 1, "模块一", by=author, now=NOON)
    authoring.add_module("G9", 1, "模块二", by=author, now=NOON)
    first = authoring.add_lesson("G9", 1, module, READ, by=author, now=NOON)
    work = replace(READ, title="再练", content="practice", kind="practice", deliverables=("一页 PDF",),
                   rubric=DEFAULT_RUBRIC, needs=(first,))
    authoring.add_lesson("G9", 1, module, work, by=author, now=NOON)
    edition = newest_edition(db.session(), "G9")
    assert edition is not None
    content = packing.export_course(db.session(), edition)
    db.session.rollback()
    kept = packing.check_course(content, file_name="G9.zip", by=author, now=NOON)
    world.addresses += [f"/staff/courses/import/{kept.token}", "/staff/courses/G9"]


def _waiting_list(world: World) -> None:
    """A full sitting with two who wait; the seat that came free is offered to the first."""
    seats, officer = applicants.both_sittings(applicants.the_window("202709")), world.staff(Role.EXAM_OFFICER)
    full = a_sitting(applicants.the_window("202709"), Part.PRACTICAL, seats=1, site="SH01").code
    change_capacity(full, 0, by=officer, now=NOON)
    for name in ("offered", "waits"):
        enrolment = applicants.an_applicant(f"queue-{name}")
        world.add(f"queue-{name}", account_of(enrolment))
        reference = applicants.a_submitted(enrolment, sittings=seats, window="202709")
        wait_for_seat(reference, full, by=learner_of(enrolment), now=NOON)
    change_capacity(full, 1, by=officer, now=NOON)
    assert db.session.scalars(select(Sitting.taken).where(Sitting.code == full)).one() == 1
    db.session.rollback()


def _file(purpose: str) -> StoredFile:
    return keep_file(f"a picture for {purpose}".encode(), name="e.jpg", media_type="image/jpeg",
                     purpose=purpose.split()[0], now=NOON, sealed=True)


def _learner(enrolment: Enrolment) -> Learner:
    return db.session.get_one(Learner, enrolment.learner_id)
