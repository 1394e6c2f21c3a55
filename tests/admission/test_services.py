"""Seats, tickets, the door and attendance, one act at a time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from enroll.admission.models import Attendance, ExamAccess, Ticket
from enroll.admission.rules.tickets import TicketKind
from enroll.admission.services.access import GivenAccess, record_access
from enroll.admission.services.attendance import check_in, mark_absent, mark_started, undo_attendance
from enroll.admission.services.seating import allocate_seats, change_seat
from enroll.admission.services.tickets import release_confirmations, release_tickets, renew_ticket
from enroll.foundation.problems import Refused, Stale
from enroll.learners.models import Learner
from enroll.sittings.lifecycle import Part
from enroll.sittings.rules import BookingFacts
from enroll.sittings.services.seats import carrying_out, move_booking
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from enroll.storage.files import read_file
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
from tests.builders.programmes import an_organisation
from tests.conftest import NOON


def the_partner():
    with transaction() as session:
        an_organisation(session)


def two_parts(*names):
    """People registered for theory and practical in rooms; gives the sittings and each one's references."""
    the_partner()
    window = a_window()
    theory, practical = a_room_sitting(window), a_room_sitting(window, Part.PRACTICAL)
    return theory.code, practical.code, [registered(a_candidate(name), theory, practical) for name in names]


def ticketed(*names):
    theory, practical, people = two_parts(*names)
    officer = an_officer()
    for code in (theory, practical):
        allocate_seats(code, by=officer, now=TICKET_DAY)
    done = release_tickets("202701", by=officer, now=TICKET_DAY)
    assert {one.outcome for one in done} == {"done"}
    return theory, people, officer


def tickets():
    db.session.rollback()
    return db.session.scalars(select(Ticket).order_by(Ticket.id)).all()


def test_seats_are_given_in_the_order_of_booking_and_room(app):
    window = a_window()
    sitting = a_room_sitting(window)
    booked = [registered(a_candidate(f"p{n:02d}"), sitting)[0] for n in range(42)]
    done = allocate_seats(sitting.code, by=an_officer(), now=TICKET_DAY)
    assert (done.seated, done.kept, done.without) == (42, 0, 0)
    assert seat_of(booked[0]) == ("301", 1)
    assert seat_of(booked[39]) == ("301", 40)
    assert seat_of(booked[41]) == ("302", 2)


def test_seats_already_given_stay_and_holes_are_filled(app):
    window, officer = a_window(), an_officer()
    sitting = a_room_sitting(window)
    first, second = [registered(a_candidate(name), sitting)[0] for name in ("a", "b")]
    allocate_seats(sitting.code, by=officer, now=NOON)
    change_seat(first, "302", 7, by=officer, now=NOON)
    third = registered(a_candidate("c"), sitting)[0]
    assert allocate_seats(sitting.code, by=officer, now=NOON).seated == 1
    assert [seat_of(one) for one in (first, second, third)] == [("302", 7), ("301", 2), ("301", 1)]
    assert allocate_seats(sitting.code, by=officer, now=NOON).seated == 0


def test_only_those_who_are_registered_get_a_seat(app):
    sitting = a_room_sitting(a_window())
    held = registered(a_candidate("a"), sitting, confirmed=False)[0]
    assert allocate_seats(sitting.code, by=an_officer(), now=NOON).seated == 0
    assert seat_of(held) == ("", None)


def test_a_room_that_is_full_leaves_people_without_a_seat_and_says_so(app):
    sitting = a_room_sitting(a_window(), rooms=("301",), seats=40)
    for n in range(2):
        registered(a_candidate(f"p{n}"), sitting)
    with transaction() as session:
        session.get_one(type(sitting), sitting.id).rooms[0].room.seats = 1
    done = allocate_seats(sitting.code, by=an_officer(), now=NOON)
    assert (done.seated, done.without) == (1, 1)


def test_two_people_change_seats_and_an_old_page_does_not(app):
    officer, sitting = an_officer(), a_room_sitting(a_window())
    first, second = [registered(a_candidate(name), sitting)[0] for name in ("a", "b")]
    allocate_seats(sitting.code, by=officer, now=NOON)
    with pytest.raises(Refused, match="seat_taken"):
        change_seat(first, "301", 2, by=officer, now=NOON)
    seen = booking(first).version
    change_seat(first, "301", 2, by=officer, now=NOON, seen_version=seen, swap=True)
    assert (seat_of(first), seat_of(second)) == (("301", 2), ("301", 1))
    with pytest.raises(Stale):
        change_seat(first, "302", 1, by=officer, now=NOON, seen_version=seen)


def test_a_seat_outside_the_room_and_ones_own_seat_are_refused(app):
    sitting = a_room_sitting(a_window(), rooms=("301",), seats=40)
    person = a_candidate("a")
    own = person.account.actor_at(NOON)
    reference = registered(person, sitting)[0]
    officer = an_officer()
    for room, seat, code in (("301", 41, "seat_unknown"), ("302", 1, "room_unknown")):
        with pytest.raises(Refused, match=code):
            change_seat(reference, room, seat, by=officer, now=NOON)
    as_officer = type(own)(own.account_id, own.name, own.permissions | {"exams:run"})
    with pytest.raises(Refused, match="own_record"):
        change_seat(reference, "301", 3, by=as_officer, now=NOON)


def test_one_ticket_holds_both_parts_and_its_paper_is_made_once(app):
    _theory, _people, _ = ticketed("a")
    one, = tickets()
    assert one.number == "T2701-0001"
    assert [part["part"] for part in one.facts["parts"]] == ["theory", "practical"]
    assert (one.ticket_version, one.kind, one.file_id) == (1, "ticket", None)
    assert "1990" not in str(one.facts["id_number_mask"])
    outbox.deliver(TICKET_DAY)
    one, = tickets()
    assert read_file(one.file).startswith(b"%PDF")
    assert read_file(one.image).startswith(b"\x89PNG")


def test_nothing_is_released_before_the_date_without_a_seat_or_without_a_photo(app):
    theory, practical, (with_photo,) = two_parts("a")
    registered(a_candidate("b", photo=False), the_sitting(theory))
    officer = an_officer()
    early = release_tickets("202701", by=officer, now=NOON)
    assert {code for one in early for code in (problem.code for problem in one.problems)} >= {"ticket_too_early"}
    unseated = release_tickets("202701", by=officer, now=TICKET_DAY)
    assert {problem.code for problem in unseated[0].problems} == {"no_seat_yet"}
    for code in (theory, practical):
        allocate_seats(code, by=officer, now=TICKET_DAY)
    rows = release_tickets(theory, by=officer, now=TICKET_DAY)
    assert [one.outcome for one in rows] == ["done", "refused"]
    assert {problem.code for problem in rows[1].problems} == {"photo_not_accepted"}
    assert booking(with_photo[1]).state == "ticketed", "both parts go together"


def test_a_changed_seat_writes_version_two_and_version_one_is_refused_at_the_door(app):
    theory, ((first, _),), officer = ticketed("a")
    old = tickets()[0].token
    change_seat(first, "302", 5, by=officer, now=TICKET_DAY)
    versions = tickets()
    assert [(one.ticket_version, one.number, one.replaced_at is None) for one in versions] == [
        (1, "T2701-0001", False), (2, "T2701-0001", True)]
    with pytest.raises(Refused, match="old_ticket"):
        check_in(old, by=officer, now=DOORS, sitting_code=theory, identity_confirmed=True)
    assert booking(first).state == "ticketed"
    assert check_in(versions[1].token, by=officer, now=DOORS, sitting_code=theory, identity_confirmed=True) == first


def test_a_corrected_name_writes_a_new_version_and_no_change_writes_none(app):
    ticketed("a")
    one = tickets()[0]
    officer = an_officer("other")
    renew_ticket(one.learner_id, one.window_id, TicketKind.TICKET, by=officer, now=TICKET_DAY)
    assert len(tickets()) == 1
    with transaction() as session:
        session.get_one(Learner, one.learner_id).legal_name = "李𬱖"
    renew_ticket(one.learner_id, one.window_id, TicketKind.TICKET, by=officer, now=TICKET_DAY)
    assert [row.facts["name"] for row in tickets()] == ["a", "李𬱖"]


def test_a_second_scan_is_an_alarm_that_says_who_let_them_in(app):
    theory, ((_first, _),), officer = ticketed("a")
    token = tickets()[0].token
    check_in(token, by=officer, now=DOORS, sitting_code=theory, identity_confirmed=True)
    with pytest.raises(Refused) as refused:
        check_in(token, by=an_officer("other"), now=DOORS, sitting_code=theory, identity_confirmed=True)
    alarm, = refused.value.problems
    assert alarm.code == "already_in"
    assert dict(alarm.words.values) == {"name": "kaowu", "moment": DOORS}
    assert db.session.scalars(select(Attendance)).all()[0].ticket_version == 1


def test_the_door_has_its_time(app):
    theory, ((first, _),), officer = ticketed("a")
    for moment, code in ((LATE, "too_late"), (DOORS - timedelta(hours=2), "too_early")):
        with pytest.raises(Refused, match=code):
            check_in(tickets()[0].token, by=officer, now=moment, sitting_code=theory, identity_confirmed=True)
        assert booking(first).state == "ticketed", code


def test_identity_version_and_sitting_are_asked_for(app):
    theory, ((_first, second),), officer = ticketed("a")
    practical = booking(second).sitting.code
    number = tickets()[0].number
    asked = [({"shown": number, "identity_confirmed": True}, "version_missing"),
             ({"shown": number, "ticket_version": 1}, "identity_not_confirmed"),
             ({"shown": "T2701-9999", "identity_confirmed": True}, "ticket_unknown")]
    for given, code in asked:
        with pytest.raises(Refused, match=code):
            check_in(**given, by=officer, now=DOORS, sitting_code=theory)
    assert check_in(number, by=officer, now=DOORS + timedelta(hours=4), sitting_code=practical, ticket_version=1,
                    identity_confirmed=True) == second


def test_somebody_of_another_sitting_is_told_where_to_go(app):
    theory, people, officer = ticketed("a")
    other = a_room_sitting(booking(people[0][0]).window)
    with pytest.raises(Refused) as refused:
        check_in(tickets()[0].token, by=officer, now=DOORS, sitting_code=other.code, identity_confirmed=True)
    assert refused.value.codes == {"wrong_sitting"}
    assert theory in str(refused.value.problems[0].words.values)


def test_nobody_lets_themselves_in(app):
    theory, ((first, _),), _ = ticketed("a")
    own = booking(first).learner.account.actor_at(NOON)
    own = type(own)(own.account_id, own.name, own.permissions | {"exams:run"})
    with pytest.raises(Refused, match="own_record"):
        check_in(tickets()[0].token, by=own, now=DOORS, sitting_code=theory, identity_confirmed=True)


def test_nobody_is_absent_before_the_end_and_a_mistake_is_taken_back_with_a_reason(app):
    _theory, ((first, _), (came, _)), officer = ticketed("a", "b")
    early, = mark_absent([first], by=officer, now=DOORS)
    assert (early.outcome, [one.code for one in early.problems]) == ("refused", ["not_over"])
    check_in(came, by=officer, now=DOORS, ticket_version=1, identity_confirmed=True)
    rows = mark_absent([first, came, "B2701-9999"], by=officer, now=AFTER)
    assert [one.outcome for one in rows] == ["done", "refused", "refused"]
    assert mark_absent([first], by=officer, now=AFTER)[0].outcome == "skipped"
    with pytest.raises(Refused, match="reason_missing"):
        undo_attendance(first, by=officer, now=AFTER, reason=" ")
    undo_attendance(first, by=officer, now=AFTER, reason="sat in room 302")
    assert booking(first).state == "ticketed"
    what = [one.what for one in db.session.scalars(select(Attendance).order_by(Attendance.id))]
    assert what == ["checked_in", "absent", "undone"]


def an_online_booking(name="a"):
    the_partner()
    window = a_window()
    sitting = an_online_sitting(window)
    return registered(a_candidate(name), sitting)[0], sitting.code


def test_online_a_confirmation_waits_for_the_access_or_the_date(app):
    reference, _code = an_online_booking()
    officer = an_officer()
    row, = release_confirmations("202701", by=officer, now=NOON)
    assert (row.outcome, row.problems[0].code) == ("skipped", "access_awaited")
    record_access(reference, GivenAccess("202701010001", "wu001", "s3cret!", "https://exam.example.org/"),
                  batch="X2701-0001", by=officer, now=NOON)
    assert release_confirmations("202701", by=officer, now=NOON)[0].outcome == "done"
    one, = tickets()
    assert (one.kind, one.facts["parts"][0]["account"]) == ("confirmation", "wu001")
    assert "s3cret" not in str(one.facts)
    assert release_confirmations("202701", by=officer, now=NOON)[0].outcome == "skipped"
    outbox.deliver(NOON)
    assert read_file(tickets()[0].file).startswith(b"%PDF")


def test_from_the_ticket_date_a_confirmation_needs_no_access_and_later_access_makes_version_two(app):
    reference, code = an_online_booking()
    officer = an_officer()
    assert release_confirmations(code, by=officer, now=TICKET_DAY)[0].outcome == "done"
    record_access(reference, GivenAccess(exam_account="wu001"), batch="X2701-0001", by=officer, now=TICKET_DAY)
    assert [one.ticket_version for one in tickets()] == [1, 2]


def test_online_attendance_is_started_absent_and_taken_back(app):
    reference, _code = an_online_booking()
    officer = an_officer()
    assert mark_started([reference], by=officer, now=NOON)[0].problems[0].code == "not_begun"
    assert mark_absent([reference], by=officer, now=DOORS)[0].problems[0].code == "not_over"
    assert mark_started([reference], by=officer, now=DOORS)[0].outcome == "done"
    undo_attendance(reference, by=officer, now=DOORS, reason="wrong list")
    assert booking(reference).state == "confirmed"
    assert mark_absent([reference], by=officer, now=DOORS + timedelta(days=8))[0].outcome == "done"


def test_the_bodys_number_is_on_the_ticket_and_belongs_to_one_person(app):
    theory, practical, (one, other) = two_parts("a", "b")
    officer = an_officer()
    for code in (theory, practical):
        allocate_seats(code, by=officer, now=TICKET_DAY)
    for reference in one:
        record_access(reference, GivenAccess("110127010001"), batch="X1", by=officer, now=NOON)
    with pytest.raises(Refused, match="ticket_no_taken"):
        record_access(other[0], GivenAccess("110127010001"), batch="X1", by=officer, now=NOON)
    with pytest.raises(Refused, match="ticket_no_taken"):
        record_access(other[1], GivenAccess("110127010001"), batch="X1", by=officer, now=NOON)
    release_tickets("202701", by=officer, now=TICKET_DAY)
    assert [row.number for row in tickets()] == ["110127010001", "T2701-0001"]
    assert db.session.get(ExamAccess, booking(one[0]).id).part == "theory"


def test_a_cancelled_part_leaves_the_ticket(app):
    _theory, ((first, second),), officer = ticketed("a")
    facts = BookingFacts(learner_account_id=0, now=TICKET_DAY)
    move_booking(second, "cancel", facts=facts, by=carrying_out(officer), now=TICKET_DAY, reason="ill")
    outbox.deliver(TICKET_DAY, slow=False)
    assert [[part["part"] for part in one.facts["parts"]] for one in tickets()] == [["theory", "practical"], ["theory"]]
    move_booking(first, "cancel", facts=facts, by=carrying_out(officer), now=TICKET_DAY, reason="ill")
    outbox.deliver(TICKET_DAY, slow=False)
    assert all(one.replaced_at for one in tickets()), "nothing is left to be let in with"
