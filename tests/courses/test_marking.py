"""Marking many: taken and given, the same file shown, one rubric for several after a look."""

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.courses.models.works import PracticeWork
from enroll.courses.services.marking import accept_several, give_work
from enroll.courses.services.practice import BroughtFile, hand_in_files, return_work
from enroll.foundation.problems import Refused
from enroll.hours.queries.standing import minutes_credited
from enroll.notifications.models import Message
from enroll.storage import outbox
from enroll.storage.files import keep_file
from tests.builders.courses import PRACTICE, REPORT, SOURCES, the_courses
from tests.builders.study import a_person, a_student, account_of, acting, learner_of
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, text_of

FULL = {0: 40, 1: 30, 2: 20, 3: 10}


def handed_in(student, *, report=b"%PDF-1.7 one", note=""):
    contents = ((REPORT, "简报.pdf", report), (SOURCES, "来源.xlsx", b"PK\x03\x04" + student.reference.encode()))
    files = [BroughtFile(what, keep_file(content, name=name, media_type="application/pdf", purpose="practice",
                                         now=NOON), content) for what, name, content in contents]
    return hand_in_files(PRACTICE, files, note, by=learner_of(student), now=NOON)


@pytest.fixture
def room(session):
    students = [a_student(name) for name in ("one", "two", "three", "four")]
    the_courses()
    reports = (b"%PDF-1.7 same", b"%PDF-1.7 same", b"%PDF-1.7 third", b"%PDF-1.7 fourth")
    references = [handed_in(one, report=report) for one, report in zip(students, reports, strict=True)]
    return students, references, a_person("trainer", Role.TRAINER)


def test_several_are_accepted_after_a_look_with_an_outcome_for_each_row(app, session, sign_in, room):
    students, references, trainer = room
    staff = sign_in(trainer)
    assert "由谁批阅" in str(staff.get("/staff/practical").data.decode())
    look = "/staff/practical/several?" + "&".join(f"work={one}" for one in references)
    page = staff.get(look)
    assert text_of(page).count("是同一文件") == 2
    assert text_of(staff.get(f"/staff/practical/{references[0]}")).count(references[1]) == 1
    form = fields_of(form_on(page, "/several"))
    assert form["work"] == [f"{references[2]}:2", f"{references[3]}:2"]  # those with the same file are not ticked
    points = {f"points_{place}": str(number) for place, number in FULL.items()}
    return_work(references[3], {}, "缺来源", by=acting(trainer), now=NOON)  # somebody was quicker
    assert staff.post("/staff/practical/several", data=form | points | {"points_0": "41"}).status_code == 422
    done = staff.post("/staff/practical/several", data=form | points | {"comment": "很好"})
    assert done.status_code == 200
    assert "已有变化" in text_of(done)
    assert staff.post("/staff/practical/several", data=form | points).status_code == 303  # the same press again
    assert [minutes_credited(session, one.id) for one in students] == [0, 0, 90, 0]
    session.rollback()
    outcome = accept_several({references[0]: 2, "W9": 1}, FULL, "", by=acting(account_of(students[0])), now=NOON)
    assert [(one.outcome, [problem.code for problem in one.problems]) for one in outcome] == [
        ("refused", ["not_permitted"])]
    assert staff.get("/staff/practical/several?work=W9").status_code == 200


def test_a_work_is_taken_given_and_opened_next_and_a_used_comment_is_offered(app, session, sign_in, room):
    students, references, trainer = room
    other, staff = a_person("other", Role.TRAINER), sign_in(trainer)
    assert press(staff, f"/staff/practical/{references[1]}", "/give").status_code == 303
    answer = press(staff, f"/staff/practical/{references[0]}", "/give", trainer=str(other.id))
    assert answer.status_code == 303
    assert "在 other 处" in text_of(staff.get(f"/staff/practical/{references[0]}"))
    outbox.deliver(NOON)
    told = session.execute(select(Message.account_id, Message.subject).where(Message.about.contains(":given"))).all()
    expected = [(other.id, f"交给您批阅的实践作业：{references[0]}")]
    assert [tuple(one) for one in told] == expected, "one's own press is no news"
    with_whom = session.scalars(select(PracticeWork.trainer_id).order_by(PracticeWork.id)).all()
    assert with_whom[:2] == [other.id, trainer.id]
    session.rollback()
    assert staff.get("/staff/practical/next").location.endswith(references[1])  # the first is with somebody else
    assert references[0] not in text_of(staff.get("/staff/practical?whose=mine"))
    assert references[1] not in text_of(staff.get("/staff/practical?whose=free&lesson=G1-M2-P1"))
    for trainer_id in (students[0].id + 900, account_of(students[2]).id):
        with pytest.raises(Refused, match="trainer_unknown"):
            give_work(references[2], trainer_id, by=acting(trainer), now=NOON)
    here = f"/staff/practical/{references[1]}"
    sent = fields_of(form_on(staff.get(here), "/accept")) | {"comment": "来源不足 8 条"}
    assert staff.post(f"{here}/return", data=sent).status_code == 303
    page = staff.get(f"/staff/practical/{references[2]}")
    assert "来源不足 8 条" in text_of(page)
    sent = fields_of(form_on(page, "/accept")) | {"phrase": "来源不足 8 条", "comment": "下次注意"}
    sent |= {f"points_{place}": str(number) for place, number in FULL.items()}
    assert staff.post(f"/staff/practical/{references[2]}/accept", data=sent).status_code == 303
    assert session.scalars(select(PracticeWork.comment).where(
        PracticeWork.reference == references[2])).one() == "来源不足 8 条\n下次注意"


def test_a_work_handed_in_again_shows_the_one_before_beside_it(session, sign_in, room):
    students, references, trainer = room
    return_work(references[2], {}, "报告太短", by=acting(trainer), now=NOON)
    me = sign_in(account_of(students[2]))
    assert press(me, "/study/G1/G1-M2-P1", "hand_in", note="改好了").status_code == 303
    page = text_of(sign_in(trainer).get(f"/staff/practical/{references[2]}"))
    assert "上一次提交" in page
    assert "报告太短" in page
    assert page.count("与上次相同") == 2
