"""Two officers at the same moment: one seat each, one ticket, one entry, one decision."""

from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from enroll.accounts.permissions import Role
from enroll.admission.models import Attendance, Incident, IncidentMove, Ticket
from enroll.admission.rules.incidents import Noted
from enroll.admission.services import incidents
from enroll.admission.services.attendance import check_in
from enroll.admission.services.seating import allocate_seats
from enroll.admission.services.tickets import release_tickets
from enroll.foundation.problems import Refused
from enroll.sittings.models import Booking
from enroll.storage.database import again_if_crowded, db, transaction
from tests.at_once import at_once, without_locks
from tests.builders.accounts import an_actor
from tests.builders.admission import AFTER, DOORS, TICKET_DAY, a_candidate, a_room_sitting, an_officer, registered
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


def an_incident(code, reference):
    """Somebody who sits in the exam, an incident about them, heard; and two leads."""
    officer = an_officer(f"reports-{reference}")
    allocate_seats(code, by=officer, now=TICKET_DAY)
    release_tickets(code, by=officer, now=TICKET_DAY)
    check_in(reference, by=officer, now=DOORS, ticket_version=1, identity_confirmed=True)
    incident = incidents.report_incident(incidents.Report(code, reference, "device", DOORS, "手机"), by=officer,
                                         now=AFTER)
    incidents.add_to_incident(incident, Noted.STATEMENT, "本人陈述", by=officer, now=AFTER)
    leads = [an_actor(name, Role.REVIEW_LEAD) for name in (f"a-{reference}", f"b-{reference}")]
    db.session.rollback()
    return incident, leads


def decisions(incident, leads):
    """One says void, the other says nothing, at the same moment."""
    return [partial(incidents.decide_incident, incident, decision, "理由", by=lead, now=AFTER)
            for decision, lead in zip(("void", "none"), leads, strict=True)]


def test_two_who_decide_an_incident_at_once_decide_it_once(app, monkeypatch):
    code, (one, two) = a_full_day(2)
    incident, leads = an_incident(code, one)
    with monkeypatch.context() as patched, without_locks(patched, incidents):
        answers = at_once(app, *decisions(incident, leads))
    raw = [answer for answer in answers if isinstance(answer, OperationalError | StaleDataError)]
    assert raw or answers == [None, None], f"without the lock both decide, or one meets a raw error: {answers}"
    db.session.rollback()
    again, leads = an_incident(code, two)
    answers = at_once(app, *[partial(again_if_crowded, act) for act in decisions(again, leads)])
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [answer.codes for answer in refused] == [{"wrong_state"}], answers
    row = db.session.scalars(select(Incident).where(Incident.reference == again)).one()
    moves = db.session.scalars(select(IncidentMove.move).where(IncidentMove.record_id == row.id)).all()
    assert sorted(moves) == ["begin", "decide"]
    booked = db.session.scalars(select(Booking.state).where(Booking.reference == two)).one()
    assert booked == ("disqualified" if row.decision == "void" else "present"), "the seat follows the one decision"
