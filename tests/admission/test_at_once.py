"""Two officers at the same moment: one seat each, one ticket, one entry."""

from sqlalchemy import select

from enroll.admission.models import Attendance, Ticket
from enroll.admission.services.attendance import check_in
from enroll.admission.services.seating import allocate_seats
from enroll.admission.services.tickets import release_tickets
from enroll.foundation.problems import Refused
from enroll.sittings.models import Booking
from enroll.storage.database import again_if_crowded, db, transaction
from tests.at_once import at_once
from tests.builders.admission import DOORS, TICKET_DAY, a_candidate, a_room_sitting, an_officer, registered
from tests.builders.exams import a_window
from tests.builders.programmes import an_organisation


def a_full_day(number):
    with transaction() as session:
        an_organisation(session)
    sitting = a_room_sitting(a_window())
    references = [registered(a_candidate(f"p{place}"), sitting)[0] for place in range(number)]
    return sitting.code, references


def test_two_who_give_seats_at_once_give_each_seat_once(app):
    code, _ = a_full_day(5)
    officers = [an_officer(name) for name in ("one", "two", "three")]
    db.session.rollback()
    answers = at_once(app, *[
        lambda by=by: again_if_crowded(lambda: allocate_seats(code, by=by, now=TICKET_DAY)) for by in officers])
    assert sorted(one.seated for one in answers) == [0, 0, 5]
    seats = db.session.scalars(select(Booking.seat_no).order_by(Booking.id)).all()
    assert list(seats) == [1, 2, 3, 4, 5]


def test_two_who_release_at_once_write_one_ticket_each(app):
    code, _ = a_full_day(4)
    officers = [an_officer(name) for name in ("one", "two", "three")]
    allocate_seats(code, by=officers[0], now=TICKET_DAY)
    db.session.rollback()
    answers = at_once(app, *[
        lambda by=by: again_if_crowded(lambda: release_tickets(code, by=by, now=TICKET_DAY)) for by in officers])
    assert not [one for one in answers if isinstance(one, Exception)], answers
    assert [one.ticket_version for one in db.session.scalars(select(Ticket))] == [1] * 4


def test_one_ticket_shown_at_two_doors_lets_one_person_in(app):
    code, (reference,) = a_full_day(1)
    officers = [an_officer(f"o{place}") for place in range(6)]
    allocate_seats(code, by=officers[0], now=TICKET_DAY)
    release_tickets(code, by=officers[0], now=TICKET_DAY)
    token = db.session.scalars(select(Ticket.token)).one()
    db.session.rollback()
    answers = at_once(app, *[
        lambda by=by: again_if_crowded(
            lambda: check_in(token, by=by, now=DOORS, sitting_code=code, identity_confirmed=True))
        for by in officers])
    assert sum(one == reference for one in answers) == 1
    assert all(one == reference or (isinstance(one, Refused) and one.codes == {"already_in"}) for one in answers)
    assert len(db.session.scalars(select(Attendance)).all()) == 1
