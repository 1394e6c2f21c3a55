"""The exam office's pages on the day, pressed as they were served."""

import io

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.admission.models import Attendance, Ticket
from enroll.admission.queries.releasing import tickets_foreseen
from enroll.admission.services.access import GivenAccess, record_access
from enroll.admission.services.seating import change_seat
from enroll.admission.services.tickets import release_confirmations
from enroll.audit.models import AuditEntry
from enroll.sittings.lifecycle import Part
from enroll.storage.database import db, transaction
from enroll.storage.imports import StagedImport
from tests.builders.accounts import an_account
from tests.builders.admission import (
    AFTER,
    DOORS,
    LATE,
    TICKET_DAY,
    a_candidate,
    a_room_sitting,
    an_officer,
    an_online_sitting,
    booking,
    registered,
    seat_of,
    the_sitting,
)
from tests.builders.exams import a_window
from tests.builders.papers import words_of
from tests.builders.programmes import an_organisation
from tests.builders.workbooks import a_workbook
from tests.conftest import NOON
from tests.pages import fetched, press, soup, text_of

AT = "/staff/admission/202701-BJ01-T"
ONLINE = "/staff/admission/202701-ONLINE-T"


@pytest.fixture
def office(app, sign_in, clock):
    with transaction() as session:
        an_organisation(session)
    clock.set(TICKET_DAY)
    return sign_in(an_account("kaowu", Role.EXAM_OFFICER))


def people(*names):
    sitting = a_room_sitting(a_window())
    return [registered(a_candidate(name), sitting)[0] for name in names]


def ticketed(office, *names):
    references = people(*names)
    assert press(office, f"{AT}/rooming?preview=y", f"{AT}/allocate").status_code == 303
    assert press(office, f"{AT}/release", f"{AT}/release").status_code == 200
    return references


def token(version=1):
    db.session.rollback()
    return db.session.scalars(select(Ticket).where(Ticket.ticket_version == version)).first().token


def test_the_days_count_who_is_expected(office):
    people("a", "b")
    said = text_of(office.get("/staff/admission?window=202701"))
    assert "1月16日（周六）" in said
    assert "202701-BJ01-T" in said
    assert "应考 2 人" in said, "the notice for the group"
    assert "暂无考试日" in text_of(office.get("/staff/admission?window=209901"))


def test_seats_tickets_and_lists_from_the_sittings_page(office):
    one, two = ticketed(office, "张三", "李四")
    assert seat_of(two) == ("301", 2)
    assert booking(one).state == "ticketed"
    page = soup(office.get(f"{AT}/papers"))
    addresses = [one["href"] for one in page.find_all("a") if "/print" in one["href"]]
    assert len(addresses) == 1 + 3 + 3, "everything, each kind, and each kind of the one room in use"
    said = {address: words_of(office.get(address).data) for address in addresses}
    assert all("301" in words and "未定稿" in words for words in said.values())
    assert {"张三" in words for address, words in said.items() if address.endswith("kind=notice")} == {False}, (
        "what hangs on the wall is masked")
    assert "张*" in said[f"{AT}/papers/print?kind=notice"]
    assert "张三" in said[f"{AT}/papers/print?kind=sign_in&room=301"]
    assert office.get(f"{AT}/papers/print?room=302").status_code == 404, "nobody sits there"


def test_the_run_is_shown_before_it_is_pressed_and_releases_nothing_twice(office):
    sitting = a_room_sitting(a_window())
    with_seat, = registered(a_candidate("张三"), sitting)
    assert press(office, f"{AT}/rooming?preview=y", f"{AT}/allocate").status_code == 303
    faceless, = registered(a_candidate("王五", photo=False), sitting)
    paths = soup(office.get(AT)).find_all("a", href=f"{AT}/release")
    assert len(paths) == 1, "the sitting's page leads to what a press would do, and presses nothing itself"
    before = office.get(f"{AT}/release")
    assert booking(with_seat).state == "confirmed", "looking changes nothing"
    said = text_of(before)
    assert "发放 1 张准考证 返回" in said
    table = soup(before).find("table").get_text(" ")
    assert faceless in table
    assert with_seat not in table
    assert "考场和座位尚未编排。" in table
    assert "证件照尚未审核通过。" in table, "every reason at once"
    assert soup(before).find("a", href=f"{AT}/rooming"), "and the way to mend it"
    notice = soup(before).find(id="group-notice").get_text()
    assert "王*" in notice
    assert "王五" not in notice
    foreseen = [(one.booking.reference, [why.code for why in one.problems]) for one in
                tickets_foreseen(db.session, the_sitting("202701-BJ01-T"), by=an_officer("bao"), now=TICKET_DAY)]
    after = press(office, f"{AT}/release", f"{AT}/release")
    assert (after.status_code, booking(with_seat).state, booking(faceless).state) == (200, "ticketed", "confirmed")
    assert foreseen == [(with_seat, []), (faceless, ["no_seat_yet", "photo_not_accepted"])]
    assert "张准考证 返回" not in text_of(office.get(f"{AT}/release")), "nobody is left who would get one"
    assert len(db.session.scalars(select(Ticket)).all()) == 1


def test_online_the_run_says_before_who_waits_for_the_body_and_who_is_up_to_date(office, clock):
    sitting = an_online_sitting(a_window())
    one, two = (registered(a_candidate(name), sitting)[0] for name in ("张三", "李四"))
    clock.set(NOON)
    colleague = an_officer("bao")
    record_access(one, GivenAccess("202701010001", "wu001"), batch="X2701-0001", by=colleague, now=NOON)
    said = text_of(office.get(f"{ONLINE}/release"))
    assert "发出 1 份考试确认单" in said
    assert two in said
    done = press(office, f"{ONLINE}/release", f"{ONLINE}/release")
    assert "发证机构尚未" in text_of(done)
    assert [row.outcome for row in release_confirmations("202701-ONLINE-T", by=colleague, now=NOON)] == [
        "skipped", "skipped"]
    assert "更新考试确认单" in text_of(office.get(f"{ONLINE}/release")), "nobody new, one who might get a new version"


def test_the_list_is_searched_filtered_and_says_when_nobody_is_found(office):
    people("张三", "李四")
    assert "李四" not in text_of(office.get(f"{AT}?q=张三"))
    assert "没有找到" in text_of(office.get(f"{AT}?state=present"))
    assert office.get(f"{AT}?room=abc").status_code == 400
    assert office.get(f"{AT}?q=%25").status_code == 200
    assert office.get(f"{AT}?q=%00").status_code == 400


def test_a_seat_is_changed_by_hand_with_its_version(office):
    one, two = ticketed(office, "a", "b")
    page = f"{AT}/{one}/seat"
    taken = press(office, page, page, room="301", seat_no="2")
    assert taken.status_code == 422
    assert "已有人" in text_of(taken)
    for wrong in ("abc", "0", "999", "", "1" * 5000):
        assert press(office, page, page, room="301", seat_no=wrong).status_code == 422
    assert press(office, page, page, room="301", seat_no="5", version="1").status_code == 409
    assert press(office, page, page, room="301", seat_no="2", swap="y").status_code == 303
    assert (seat_of(one), seat_of(two)) == (("301", 2), ("301", 1))


def test_at_the_door_somebody_is_looked_up_compared_and_let_in(office, clock):
    one, = ticketed(office, "张三")
    clock.set(DOORS)
    door = f"{AT}/door?shown={token()}"
    page = office.get(door)
    assert "张三" in text_of(page)
    photo = soup(page).find("img", class_="keep")["src"]
    assert office.get(photo).data.startswith(b"\xff\xd8")
    without = press(office, door, f"{AT}/check_in", identity_confirmed=None)
    assert without.status_code == 422
    assert soup(without).find(id="identity_confirmed-e")
    assert press(office, door, f"{AT}/check_in", identity_confirmed="y").status_code == 303
    assert booking(one).state == "present"
    days = soup(office.get("/staff/admission?window=202701"))
    assert days.find("td", attrs={"data-label": "已发准考证"}).text == "1", "who was let in still holds a ticket"


def test_a_second_scan_raises_the_alarm_and_offers_no_button(office, clock):
    _one, = ticketed(office, "a")
    clock.set(DOORS)
    door = f"{AT}/door?shown={token()}"
    press(office, door, f"{AT}/check_in", identity_confirmed="y")
    assert turned_away() == []
    scanned = press(office, f"{AT}/door", f"{AT}/door", shown=token())
    again = office.get(scanned.location)
    assert "kaowu" in text_of(again)
    assert "请停下" in text_of(again)
    assert not [form for form in soup(again).find_all("form", method="post") if "/check_in" in form["action"]]
    assert turned_away() == [(_one, ["already_in"])], "the scan raised the alarm; looking at it again does not"


def test_who_is_refused_at_the_door_is_in_the_audit_with_the_reason(office, clock):
    one, = ticketed(office, "a")
    clock.set(DOORS)
    press(office, f"{AT}/door?shown={token()}", f"{AT}/check_in")
    assert [reference for reference, _ in turned_away()] == [one]
    assert turned_away()[0][1]


def turned_away():
    db.session.rollback()
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "booking.turned_away"))
    return [(row.subject, row.details["reasons"]) for row in rows]


def test_an_old_version_is_refused_at_the_door_with_the_reason(office, clock):
    one, = ticketed(office, "a")
    old = token()
    officer = an_account("other", Role.EXAM_OFFICER).actor_at(TICKET_DAY)
    change_seat(one, "302", 1, by=officer, now=TICKET_DAY)
    clock.set(DOORS)
    assert "版" in text_of(office.get(f"{AT}/door?shown={old}"))
    refused = press(office, f"{AT}/door?shown={old}", f"{AT}/check_in", identity_confirmed="y")
    assert refused.status_code == 422
    typed = press(office, f"{AT}/door?shown=T2701-0001", f"{AT}/check_in", identity_confirmed="y", ticket_version="1")
    assert typed.status_code == 422
    good = press(office, f"{AT}/door?shown=T2701-0001", f"{AT}/check_in", identity_confirmed="y", ticket_version="2")
    assert good.status_code == 303


def test_nonsense_at_the_door_finds_nobody(office):
    people("a")
    for shown in ("T2701-9999", "=1+1", "x" * 60, "' OR 1=1"):
        page = office.get(f"{AT}/door", query_string={"shown": shown})
        assert page.status_code == 200, shown
        assert "没有此准考证号" in text_of(page), shown


def test_who_comes_too_late_is_refused(office, clock):
    one, = ticketed(office, "a")
    clock.set(LATE)
    assert press(office, f"{AT}/door?shown={token()}", f"{AT}/check_in", identity_confirmed="y").status_code == 422
    assert booking(one).state == "ticketed"


def test_absence_is_recorded_for_many_on_a_confirm_page_and_undone_with_a_reason(office, clock):
    one, two = ticketed(office, "a", "b")
    page = f"{AT}/record/absent"
    early = press(office, page, page)
    assert "应在" in text_of(early) or booking(one).state == "ticketed"
    clock.set(AFTER)
    assert press(office, page, page, booking=[one]).status_code == 200
    assert (booking(one).state, booking(two).state) == ("absent", "ticketed")
    assert press(office, page, page, booking=[]).status_code == 422
    undo = f"{AT}/{one}/undo"
    assert press(office, undo, undo, reason="").status_code == 422
    assert press(office, undo, undo, reason="坐错考场").status_code == 303
    assert booking(one).state == "ticketed"


def test_a_list_of_who_started_is_shown_first_and_applied_once(office, clock):
    sitting = an_online_sitting(a_window())
    one, two = [registered(a_candidate(name), sitting)[0] for name in ("张三", "李四")]
    officer = an_account("other", Role.EXAM_OFFICER).actor_at(TICKET_DAY)
    for reference, login in ((one, "wu001"), (two, "wu002")):
        record_access(reference, GivenAccess(exam_account=login), batch="X1", by=officer, now=TICKET_DAY)
    clock.set(DOORS)

    def upload(*rows, again=b""):
        page = office.get(f"{ONLINE}/list")
        from_page = {
            one["name"]: one.get("value", "")
            for one in soup(page).find("form", enctype=True).find_all("input")
            if one.get("type") == "hidden"
        }
        content = again or a_workbook([["考试账号", "姓名", "证件号码后四位"], *rows])
        return office.post(f"{ONLINE}/list", data={**from_page, "what": "started",
                                                   "file": (io.BytesIO(content), "started.xlsx")})

    wrong = upload(["wu001", "李四", ""], ["wu009", "王五", ""], ["wu002", "李四", "0000"], ["", "张三", ""])
    assert wrong.status_code == 303
    said = text_of(office.get(wrong.headers["Location"]))
    for row in ("2 考试账号", "3 考试账号", "4 考试账号", "5 考试账号"):
        assert row in said
    same = a_workbook([["考试账号", "姓名", "证件号码后四位"], ["wu001", "张三", ""]])
    good = upload(again=same)
    assert booking(one).state == "confirmed", "the preview changes nothing"
    address = good.headers["Location"].split("?")[0]
    assert press(office, address, f"{address}/apply").status_code == 200
    assert (booking(one).state, booking(two).state) == ("present", "confirmed")
    assert "已于" in text_of(office.get(upload(again=same).headers["Location"]))
    assert db.session.scalars(select(StagedImport).where(StagedImport.applied_at.is_not(None))).all()
    assert [row.what for row in db.session.scalars(select(Attendance))] == ["started"]


def test_nobody_without_the_role_opens_these_pages(app, sign_in):
    people("a")
    browser = sign_in(an_account("finance", Role.FINANCE))
    for address in ("/staff/admission", AT, f"{AT}/door", f"{AT}/record/absent", f"{AT}/list", f"{AT}/papers",
                    f"{AT}/release", f"{AT}/papers/print", "/staff/admission/worker.js"):
        assert browser.get(address).status_code == 403
        assert app.test_client().get(address).status_code == 303


def test_the_worker_answers_for_exam_days_alone(office):
    answer = fetched(office, "/staff/admission/worker.js")
    assert (answer.status_code, answer.mimetype.rpartition("/")[2]) == (200, "javascript")
    assert "Service-Worker-Allowed" not in answer.headers, "a wider reach than its own address is given to nobody"


def test_what_is_not_of_this_sitting_is_not_there(office):
    one, = people("a")
    other = a_room_sitting(booking(one).window, Part.PRACTICAL)
    for address in (f"/staff/admission/{other.code}/{one}/seat", f"/staff/admission/{other.code}/{one}/photo",
                    f"/staff/admission/{other.code}/{one}/undo", f"{AT}/record/nothing", f"{AT}/record/started",
                    "/staff/admission/202701-XX99-T", f"{AT}/list/9F3kQ2mXw7Tn4Zb1Lc8Rd5"):
        assert office.get(address).status_code == 404, address


def test_every_page_is_there_in_both_languages(office, clock):
    one, = ticketed(office, "a")
    addresses = ("/staff/admission", AT, f"{AT}/door", f"{AT}/door?shown={token()}", f"{AT}/record/absent",
                 f"{AT}/list", f"{AT}/{one}/seat", f"{AT}/{one}/undo", f"{AT}/papers", f"{AT}/papers/print",
                 f"{AT}/list/blank.xlsx", f"{AT}/release")
    for language in ("zh", "en"):
        office.get(f"/language/{language}")
        for address in addresses:
            assert office.get(address).status_code == 200, (language, address)


def test_a_tail_is_enough_and_several_who_share_it_are_listed(office, clock):
    sitting = a_room_sitting(a_window())
    for name, tail in (("张三", "01011234"), ("李四", "02021234"), ("王五", "0303567X")):
        registered(a_candidate(name, f"1101011990{tail}"), sitting)
    press(office, f"{AT}/rooming?preview=y", f"{AT}/allocate")
    press(office, f"{AT}/release", f"{AT}/release")
    clock.set(DOORS)
    said = text_of(office.get(f"{AT}/door?shown=567x"))
    assert "王五" in said, "one person: shown at once"
    assert "张三" not in said
    both = office.get(f"{AT}/door?shown=1234")
    assert "多份证件号码末四位相同" in text_of(both)
    assert "王五" not in text_of(both)
    assert len(soup(both).select("table a[href*='shown=B']")) == 2
    assert "没有此准考证号" in text_of(office.get(f"{AT}/door?shown=9999"))


def test_a_late_entry_is_allowed_by_a_lead_and_done_by_another(office, sign_in, clock):
    one, _two = ticketed(office, "张三", "李四")
    clock.set(LATE)
    late = office.get(f"{AT}/door?shown={one}")
    assert "入场已于" in text_of(late)
    assert f"{AT}/{one}/late" in str(soup(late)), "whom to ask, and the address to send"
    refused = press(office, f"{AT}/door?shown={one}", f"{AT}/check_in", ticket_version="1", identity_confirmed="y")
    assert refused.status_code == 422
    assert office.get(f"{AT}/{one}/late").status_code == 403, "the officer does not allow it"
    lead = sign_in(an_account("zhuguan", Role.REVIEW_LEAD))
    where = f"{AT}/{one}/late"
    assert press(lead, where, where, minutes="90", reason="地铁停运").status_code == 422
    assert press(lead, where, where, minutes="10", reason="").status_code == 422
    assert press(lead, where, where, minutes="10", reason="地铁停运").status_code == 303
    assert "地铁停运" in text_of(lead.get(where))
    office = sign_in(an_account("kaowu2", Role.EXAM_OFFICER))
    let_in = press(office, f"{AT}/door?shown={one}", f"{AT}/check_in", ticket_version="1", identity_confirmed="y")
    assert let_in.status_code == 303
    assert booking(one).state == "present"
    counts = text_of(office.get(f"{AT}/door/counts"))
    assert "<html" not in counts
    assert "301" not in counts, "one room needs no table of rooms"
    lead = sign_in(an_account("zhuguan2", Role.REVIEW_LEAD))
    assert press(lead, where, where, minutes="10", reason="再来").status_code == 422, "whoever is in needs none"
