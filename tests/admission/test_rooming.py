"""The rooming of a sitting: previewed, carried out, undone, frozen; two officers at once."""

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.admission.models import Rooming, RoomingStep, Ticket
from enroll.admission.queries.rooming import preview_of
from enroll.admission.services.seating import allocate_seats, change_seat, freeze_rooming, undo_last_step
from enroll.admission.services.tickets import release_tickets
from enroll.foundation.problems import Refused, Stale
from enroll.learners.models import Learner
from enroll.sittings.models import Booking
from enroll.sittings.services.planning import SittingDetails, change_sitting
from enroll.storage.database import again_if_crowded, db, transaction
from tests.at_once import at_once
from tests.builders.accounts import an_account
from tests.builders.admission import (
    TICKET_DAY,
    a_candidate,
    a_room_sitting,
    an_officer,
    registered,
    seat_of,
    the_sitting,
)
from tests.builders.exams import a_window
from tests.builders.programmes import an_organisation
from tests.conftest import NOON
from tests.pages import press, soup, text_of

AT = "/staff/admission/202701-BJ01-T"


def a_day(*names):
    with transaction() as session:
        an_organisation(session)
    sitting = a_room_sitting(a_window())
    return sitting.code, [registered(a_candidate(name), sitting)[0] for name in names], an_officer()


def refused(act):
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.codes


def steps():
    db.session.rollback()
    return [one.what for one in db.session.scalars(select(RoomingStep).order_by(RoomingStep.id))]


def test_steps_are_undone_one_by_one_until_the_rooming_is_frozen_and_then_changed_with_a_reason_only(app):
    code, (one, two, three), by = a_day("a", "b", "c")
    assert refused(lambda: undo_last_step(code, by=by, now=NOON)) == {"nothing_to_undo"}
    assert refused(lambda: freeze_rooming(code, by=by, now=NOON)) == {"unseated"}
    allocate_seats(code, by=by, now=NOON)
    change_seat(one, "301", 3, by=by, now=NOON, swap=True)
    assert (seat_of(one), seat_of(three)) == (("301", 3), ("301", 1))
    assert undo_last_step(code, by=by, now=NOON) == 2
    assert [seat_of(each)[1] for each in (one, two, three)] == [1, 2, 3]
    assert undo_last_step(code, by=by, now=NOON) == 3
    assert seat_of(one) == ("", None)
    allocate_seats(code, by=by, now=NOON)
    assert steps() == ["plan", "move", "undo", "undo", "plan"], "what was undone stays on record"
    details = SittingDetails(the_sitting(code).starts_at, the_sitting(code).ends_at, 120, 40, rooms=["302"],
                             report_at=the_sitting(code).report_at)
    assert refused(lambda: change_sitting(code, details, by=by, now=NOON)) == {"room_in_use"}

    freeze_rooming(code, by=by, now=NOON)
    assert refused(lambda: freeze_rooming(code, by=by, now=NOON)) == {"frozen_already"}
    assert refused(lambda: undo_last_step(code, by=by, now=NOON)) == {"undo_frozen"}
    release_tickets(code, by=by, now=TICKET_DAY)
    assert refused(lambda: change_seat(one, "302", 1, by=by, now=TICKET_DAY)) == {"rooming_frozen"}
    change_seat(one, "302", 1, by=by, now=TICKET_DAY, reason="投影被挡住")
    rooming = db.session.scalars(select(Rooming)).one()
    assert (rooming.version, rooming.frozen_by_name, steps()[-1]) == (7, by.name, "move")
    versions = db.session.execute(select(Ticket.ticket_version, Ticket.replaced_at).order_by(Ticket.id)).all()
    assert [(version, gone is None) for version, gone in versions] == [(1, False), (1, True), (1, True), (2, True)]
    late = registered(a_candidate("d"), the_sitting(code))[0]
    assert refused(lambda: allocate_seats(code, by=by, now=TICKET_DAY)) == {"rooming_frozen"}
    assert allocate_seats(code, by=by, now=TICKET_DAY, reason="补报名").seated == 1
    assert seat_of(late) == ("301", 1), "the seat that became free"


def test_of_two_officers_who_looked_at_the_same_plan_one_is_told_that_it_changed(app):
    code, people, _ = a_day(*[f"p{place}" for place in range(6)])
    officers = [an_officer(name) for name in ("one", "two", "three", "four")]
    shown = preview_of(db.session(), the_sitting(code), apart=False, afresh=False).digest
    db.session.rollback()
    answers = at_once(app, *[
        lambda by=by: again_if_crowded(lambda: allocate_seats(code, by=by, now=NOON, seen_version=0, shown=shown))
        for by in officers])
    assert sorted(type(one).__name__ for one in answers) == ["Allocation", "Stale", "Stale", "Stale"]
    moves = at_once(app, *[
        lambda by=by, seat=seat: again_if_crowded(lambda: change_seat(people[0], "302", seat, by=by, now=NOON,
                                                                      seen_version=3))
        for seat, by in enumerate(officers, 1)])
    assert sum(one is None for one in moves) == 1
    assert all(one is None or isinstance(one, Stale) for one in moves)
    db.session.rollback()
    seats = db.session.execute(select(Booking.room_id, Booking.seat_no)).all()
    assert len(set(seats)) == 6
    assert steps() == ["plan", "move"]


def test_an_officer_looks_at_the_plan_before_anything_is_written_and_agrees_to_what_was_shown(app, sign_in, clock):
    code, (one, two, _three), _ = a_day("张三", "李四", "王五")
    with transaction() as session:
        for learner in session.scalars(select(Learner).where(Learner.legal_name.in_(["张三", "李四"]))):
            learner.employer = "示例公司"
    clock.set(TICKET_DAY)
    office = sign_in(an_account("paikao", Role.EXAM_OFFICER))
    page = office.get(f"{AT}/rooming?preview=y&apart=y")
    assert "张三" in text_of(page)
    assert seat_of(one) == ("", None), "looking writes nothing"
    plan, ask = f"{AT}/rooming?preview=y&apart=y", f"{AT}/allocate"
    late = registered(a_candidate("赵六"), the_sitting(code))[0]
    stale_page = soup(page).find("form", action=ask)
    sent = {field["name"]: field.get("value", "") for field in stale_page.find_all("input")}
    assert "其间考生有变动" in text_of(office.post(ask, data=sent))
    assert seat_of(late) == ("", None)
    assert press(office, plan, ask).status_code == 303
    assert (seat_of(one)[1], seat_of(two)[1]) == (1, 3), "somebody else sits between the two of one employer"
    assert press(office, f"{AT}/rooming", f"{AT}/rooming/undo").status_code == 303
    assert seat_of(one) == ("", None)
    press(office, plan, ask)
    assert press(office, f"{AT}/rooming", f"{AT}/rooming/freeze").status_code == 303
    said = text_of(office.get(f"{AT}/rooming"))
    assert "paikao于" in said
    assert "撤销上一步操作" not in said
    page = f"{AT}/{one}/seat"
    assert press(office, page, page, room="302", seat_no="4").status_code == 422
    assert press(office, page, page, room="302", seat_no="4", reason="左撇子桌").status_code == 303
    assert "左撇子桌" in text_of(office.get(f"{AT}/rooming"))
