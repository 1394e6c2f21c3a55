"""Exam sites and rooms, pressed as their pages are served."""

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.audit.models import AuditEntry
from enroll.sittings.models import Booking, ExamRoom, ExamSite
from enroll.storage.database import db, transaction
from tests.builders.accounts import an_account
from tests.builders.admission import a_candidate, a_room_sitting, registered
from tests.builders.exams import a_site, a_window
from tests.pages import press, soup, text_of

AT = "/staff/sittings/sites"
ROOM = {"seats": "30", "across": "5", "place": "三层东侧"}


@pytest.fixture
def office(app, sign_in):
    return sign_in(an_account("kaowu", Role.EXAM_OFFICER))


def errors_of(answer):
    assert answer.status_code == 422
    return [one.get_text(" ", strip=True) for one in soup(answer).select(".err")]


def test_a_site_is_added_with_its_rooms_changed_retired_and_used_again(office):
    new = f"{AT}/new"
    assert len(errors_of(press(office, new, new, code="bj-1", name=""))) == 2
    assert press(office, new, new, code="BJ09", name="新考点", city="北京", contact="前台").status_code == 303
    assert "BJ09 已存在" in text_of(press(office, new, new, code="BJ09", name="又一个"))
    one, rooms = f"{AT}/BJ09", f"{AT}/BJ09/rooms/new"
    assert press(office, rooms, rooms, code="301", **ROOM).status_code == 303
    assert "已有考场 301" in text_of(press(office, rooms, rooms, code="301", **ROOM))
    assert len(errors_of(press(office, rooms, rooms, code="3 0 2", seats="0", across="21"))) == 3
    said = text_of(office.get(one))
    assert all(words in said for words in ("新考点", "301", "三层东侧", "每排 5 座", "30 座", "前台"))

    room, edit = f"{one}/rooms/301", f"{one}/edit"
    assert press(office, room, room, seats="24", serpentine="y").status_code == 303
    assert press(office, edit, edit, version="1", name="x").status_code == 409, "a room came in meanwhile"
    assert press(office, edit, edit, name="新考点二", accessible=None).status_code == 303
    assert len(errors_of(press(office, one, f"{one}/retire", reason=""))) == 1
    assert press(office, one, f"{one}/retire", reason="装修").status_code == 303
    assert "新考点二" not in text_of(office.get(AT))
    assert "新考点二" in text_of(office.get(f"{AT}?retired=y"))
    assert "BJ09" not in text_of(office.get("/staff/sittings/new")), "no new sitting there"
    assert "停用" in text_of(press(office, rooms, rooms, code="302", **ROOM))
    assert press(office, one, f"{one}/reopen").status_code == 303
    assert press(office, room, f"{room}/retire", reason="漏水").status_code == 303
    assert press(office, one, f"{room}/reopen").status_code == 303
    db.session.rollback()
    wanted = select(AuditEntry.act).where(AuditEntry.act.like("exam_%")).order_by(AuditEntry.seq)
    acts = db.session.scalars(wanted).all()
    assert acts == ["exam_site.add", "exam_room.add", "exam_room.change", "exam_site.change", "exam_site.retire",
                    "exam_site.reopen", "exam_room.retire", "exam_room.reopen"]


def test_what_sittings_to_come_rest_on_cannot_be_taken_away(office):
    sitting = a_room_sitting(a_window(), seats=70)
    reference, = registered(a_candidate("张三"), sitting)
    with transaction() as session:
        room = session.scalars(select(ExamRoom).where(ExamRoom.code == "301")).one()
        booked = session.scalars(select(Booking).where(Booking.reference == reference)).one()
        booked.room_id, booked.seat_no = room.id, 39
    one = f"{AT}/BJ01"
    room = f"{one}/rooms/301"
    for page, address, words in ((one, f"{one}/retire", "202701-BJ01-T"), (room, f"{room}/retire", "202701-BJ01-T")):
        answer = press(office, page, address, reason="装修")
        assert answer.status_code == 422
        assert words in text_of(answer)
    assert "39 号座位已编给考生" in errors_of(press(office, room, room, seats="38"))[0]
    other = f"{one}/rooms/302"
    assert "202701-BJ01-T 开放的座位" in errors_of(press(office, other, other, seats="29"))[0]
    assert press(office, other, other, seats="30").status_code == 303, "the seventy are still there"
    edit = "/staff/sittings/202701-BJ01-T/edit"
    assert "301 中已有考生的座位" in text_of(press(office, edit, edit, rooms="302", capacity="30"))


def test_whoever_may_look_sees_no_button_and_nobody_else_sees_anything(app, sign_in):
    a_site()
    a_site("ONLINE", online=True)
    lead = sign_in(an_account("zhuguan", Role.REVIEW_LEAD))
    for address in (AT, f"{AT}/BJ01", f"{AT}/ONLINE"):
        page = lead.get(address)
        assert page.status_code == 200
        assert "添加" not in text_of(page)
    stranger = sign_in(an_account("caiwu", Role.FINANCE), app.test_client())
    for address in ("new", "BJ01/edit", "BJ01/rooms/new", "BJ01/rooms/301"):
        assert lead.get(f"{AT}/{address}").status_code == 403
        assert stranger.get(f"{AT}/{address}").status_code == 403
    assert lead.get(f"{AT}/XX99").status_code == 404
    assert db.session.scalars(select(ExamSite.code).order_by(ExamSite.code)).all() == ["BJ01", "ONLINE"]
