"""Tickets in bulk, their versions, and what staff add to the candidate notice of a sitting."""

import io
import zipfile

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.admission.models import Ticket, TicketPrint
from enroll.admission.services import printing
from enroll.notifications.models import Message
from enroll.sittings.models import Booking
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from enroll.storage.files import read_file
from tests.builders.accounts import an_account
from tests.builders.admission import TICKET_DAY, a_candidate, a_room_sitting, registered
from tests.builders.exams import a_window
from tests.builders.papers import words_of
from tests.builders.programmes import an_organisation
from tests.pages import fetched, fields_of, form_on, press, text_of

AT = "/staff/admission/202701-BJ01-T"
ALL = f"{AT}/tickets"


@pytest.fixture
def office(app, sign_in, clock):
    with transaction() as session:
        an_organisation(session)
    clock.set(TICKET_DAY)
    return sign_in(an_account("kaowu", Role.EXAM_OFFICER))


@pytest.fixture
def ticketed(office):
    """王五, 张三 and 李四 sit in this order."""
    sitting = a_room_sitting(a_window())
    references = [registered(a_candidate(name), sitting)[0] for name in ("王五", "张三", "李四")]
    assert press(office, f"{AT}/rooming?preview=y", f"{AT}/allocate").status_code == 303
    press(office, f"{AT}/release", f"{AT}/release")
    return references


def the_prints():
    db.session.rollback()
    return db.session.scalars(select(TicketPrint).order_by(TicketPrint.id)).all()


def seats():
    rows = db.session.execute(select(Booking.seat_no, Booking.reference).order_by(Booking.seat_no)).all()
    db.session.rollback()
    return [reference for _seat, reference in rows]


def names_in(pdf):
    return [name for page in PdfReader(io.BytesIO(pdf)).pages for name in ("王五", "张三", "李四")
            if name in page.extract_text().replace(" ", "")]


def test_all_tickets_of_a_sitting_are_one_file_in_the_order_of_the_seats(app, office, ticketed, sign_in):
    press(office, ALL, ALL)  # before the documents are made: the file says who is missing in it
    assert [one.missing for one in the_prints()] == [3]
    assert "有 3 张仍在生成" in text_of(office.get(ALL))
    outbox.deliver(TICKET_DAY)
    assert press(office, ALL, ALL).status_code == 303
    whole = fetched(office, f"{ALL}/{the_prints()[1].token}").data
    sitting_in = db.session.scalars(select(Booking).order_by(Booking.seat_no)).all()
    assert names_in(whole) == [one.learner.legal_name for one in sitting_in]
    db.session.rollback()
    assert press(office, "/staff/admission/202701/tickets", form="zip").status_code == 303
    packed = fetched(office, f"/staff/admission/202701/tickets/{the_prints()[2].token}").data
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert [one[-7:] for one in archive.namelist()] == ["-v1.pdf"] * 3
    assert office.get(f"/staff/admission/202701/tickets/{the_prints()[1].token}").status_code == 404  # of the sitting
    stranger = sign_in(an_account("jiaowu", Role.TRAINER), app.test_client())
    assert stranger.get(f"{ALL}/{the_prints()[1].token}").status_code == 403


def test_many_are_made_by_the_worker_and_the_page_says_how_far_it_is(office, ticketed, monkeypatch):
    monkeypatch.setattr(printing, "AT_ONCE", 2)
    monkeypatch.setattr("enroll.admission.staff_views.printing.AT_ONCE", 2)
    outbox.deliver(TICKET_DAY)
    press(office, ALL, ALL)
    assert [one.file_id for one in the_prints()] == [None]
    assert "0 / 3" in text_of(office.get(ALL))
    outbox.deliver(TICKET_DAY)
    assert "张准考证" in text_of(office.get(ALL))
    printing.make_print(the_prints()[0].token, now=TICKET_DAY)  # a second run makes no second file
    assert len({one.file_id for one in the_prints()}) == 1


def test_nothing_is_put_together_before_a_ticket_is_out(office):
    a_room_sitting(a_window())
    assert "准考证签发后" in text_of(office.get(ALL))
    with pytest.raises(AssertionError, match="no form"):
        press(office, ALL, ALL)
    assert office.get("/staff/admission/209901/tickets").status_code == 404


def test_a_replaced_ticket_says_so_by_its_code_and_the_newest_is_in_force(app, office, ticketed, session):
    first, _second, third = seats()
    old = session.scalars(select(Ticket).order_by(Ticket.id)).all()
    by_learner = {one.learner_id: one.token for one in old}
    moved = session.scalar(select(Booking.learner_id).where(Booking.reference == third))
    session.rollback()
    page = f"{AT}/{third}/seat"
    assert press(office, page, page, room="301", seat_no="9").status_code == 303
    shown = text_of(app.test_client().get(f"/verify/{by_learner[moved]}"))
    assert "第 1 版已于" in shown
    assert "被第 2 版替换" in shown
    assert "301" not in shown, "the seat is not told to whoever holds the paper"
    stays = session.scalar(select(Booking.learner_id).where(Booking.reference == first))
    session.rollback()
    assert "为最新版本" in text_of(app.test_client().get(f"/verify/{by_learner[stays]}"))


def test_a_notice_is_told_printed_on_later_tickets_and_shown_on_every_page(app, office, ticketed, session, sign_in):
    here = f"{AT}/notice"
    for zh, en, why in (("带身份证", "", "逐条对应"), ("\n".join("一二三四五六七"), "\n".join("abcdefg"), "最多"),
                        ("", "", "没有变化")):
        refused = press(office, here, text_zh=zh, text_en=en)
        assert refused.status_code == 422, why
        assert why in text_of(refused)
    said = {"text_zh": "东门施工，请走西门\n请带黑色签字笔", "text_en": "Use the west gate\nBring a black pen"}
    page = office.get(here)
    assert press(office, here, **said).status_code == 303
    other = fields_of(form_on(page, "/notice")) | said | {"text_zh": "另一种说法\n再一条"}
    assert office.post(here, data=other).status_code == 409, "somebody else wrote one meanwhile"
    outbox.deliver(TICKET_DAY)
    told = session.scalars(select(Message.id).where(Message.subject.contains("考生须知")))
    assert len(told.all()) == 3
    ticket = session.scalars(select(Ticket).order_by(Ticket.id)).first()
    owner, number = ticket.learner.account, ticket.number
    session.rollback()
    own = text_of(sign_in(owner, app.test_client()).get(f"/tickets/{number}"))
    assert "东门施工，请走西门" in own
    assert "已打印的仍然有效" in own
    moved = f"{AT}/{seats()[0]}/seat"
    assert press(office, moved, moved, room="301", seat_no="9").status_code == 303
    outbox.deliver(TICKET_DAY)
    newest = session.scalars(select(Ticket).where(Ticket.ticket_version == 2)).one()
    assert "请走西门" in words_of(read_file(newest.file))
    session.rollback()
    assert press(office, here, text_zh="", text_en="").status_code == 303
    assert "东门施工" not in text_of(sign_in(owner, app.test_client()).get(f"/tickets/{number}"))
