"""Accommodations: asked for with evidence, decided by another, carried to ticket, rooming, papers and roster."""

import io

import pytest
from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.admission.models import Ticket
from enroll.admission.queries.room_papers import all_papers_pdf
from enroll.admission.services.seating import allocate_seats
from enroll.admission.services.tickets import release_tickets
from enroll.applications.models import Accommodation
from enroll.applications.services.accommodations import ask_accommodation, grant_accommodation, refuse_accommodation
from enroll.audit.models import AuditEntry
from enroll.exchange.services.registration import contents
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused
from enroll.learners.models import Learner
from enroll.notifications.models import Message
from enroll.sittings.models import Booking
from enroll.storage.database import db, transaction
from enroll.storage.files import StoredFile
from tests.builders.accounts import an_account
from tests.builders.admission import TICKET_DAY, an_officer, the_sitting
from tests.builders.applicants import a_lead, a_submitted, an_applicant
from tests.builders.papers import a_photo, words_of
from tests.conftest import NOON
from tests.pages import press, soup, text_of

HEALTH = "右手骨折，打字慢"


@pytest.fixture
def asked(app):
    """An application that was submitted, and who may act on it."""
    enrolment = an_applicant("zhangwei", photo="verified")
    reference = a_submitted(enrolment)
    learner = db.session.get_one(Learner, enrolment.learner_id)
    return reference, db.session.get_one(Account, learner.account_id)


def refused(act):
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.codes


def test_what_is_asked_is_looked_over_and_decided_by_somebody_else_with_a_reason(asked):
    reference, account = asked
    by, lead = account.actor_at(NOON), a_lead()

    def ask(*wishes, minutes=0, why=HEALTH, who=by, now=NOON):
        return ask_accommodation(reference, wishes, minutes, why, [], by=who, now=now)

    assert refused(lambda: ask("extra_time", minutes=61, why=" ")) == {"minutes_out_of_range", "reason_missing"}
    assert refused(lambda: ask("extra_time")) == {"minutes_out_of_range"}
    assert refused(lambda: ask("helper")) == {"nothing_wished"}, "the programme does not offer it"
    assert refused(lambda: ask("large_print", who=lead)) == {"not_permitted"}
    assert refused(lambda: ask("large_print", now=TICKET_DAY)) == {"asked_too_late"}
    first = ask("extra_time", "accessible_room", minutes=30)
    assert refused(lambda: ask("large_print")) == {"one_waits"}
    assert refused(lambda: grant_accommodation(first, ["large_print"], 0, "好", by=lead, now=NOON)) == {
        "nothing_wished"}, "nobody is granted what they did not ask for"
    assert refused(lambda: refuse_accommodation(first, " ", by=lead, now=NOON)) == {"reason_missing"}
    both = Actor(account.id, "x", by.permissions | lead.permissions)
    assert refused(lambda: grant_accommodation(first, ["extra_time"], 20, "好", by=both, now=NOON)) == {"own_record"}
    refuse_accommodation(first, "请补充证明", by=lead, now=NOON)
    second = ask("extra_time", minutes=30)
    grant_accommodation(second, ["extra_time"], 20, "按证明", by=lead, now=NOON)
    third = ask("large_print")
    grant_accommodation(third, ["large_print"], 0, "按证明", by=lead, now=NOON)
    db.session.rollback()
    assert db.session.scalars(select(Accommodation.state).order_by(Accommodation.id)).all() == [
        "refused", "replaced", "granted"]
    for entry in db.session.scalars(select(AuditEntry)):
        assert HEALTH not in str(entry.details) + str(getattr(entry, "reason", "")), "health stays out of the audit"


def test_a_learner_asks_in_the_pages_a_lead_answers_and_the_learner_is_told(asked, app, sign_in):
    reference, account = asked
    page = f"/applications/{reference}/accommodations"
    learner = sign_in(account)
    assert page in str(soup(learner.get(f"/applications/{reference}")))
    without = press(learner, page, page, why="")
    assert without.status_code == 422
    assert len(soup(without).select(".err")) == 2, "the reason and the separate consent"
    sent = press(learner, page, page, wishes="extra_time", minutes="30", why=HEALTH, consent="y",
                 evidence=(io.BytesIO(b"no picture"), "a.jpg"))
    assert sent.status_code == 422
    assert HEALTH in text_of(sent), "what was typed is kept"
    assert press(learner, page, page, wishes="extra_time", minutes="30", why=HEALTH, consent="y",
                 evidence=(io.BytesIO(a_photo()), "证明.jpg")).status_code == 303
    assert "正在审批" in text_of(learner.get(page))
    kept = db.session.scalars(select(StoredFile).where(StoredFile.purpose == "accommodation")).one()
    assert kept.sealed

    lead = sign_in(an_account("zhuguan", Role.REVIEW_LEAD), app.test_client())
    officer = sign_in(an_account("kaowu9", Role.EXAM_OFFICER), app.test_client())
    one, = [link["href"] for link in soup(lead.get("/staff/accommodations")).select("tbody a")]
    said = lead.get(one)
    assert HEALTH in text_of(said)
    picture = next(link["href"] for link in soup(said).find_all("a") if "/files/" in link["href"])
    assert lead.get(picture).data.startswith(b"\xff\xd8")
    assert officer.get(one).status_code == officer.get(picture).status_code == 403, "rooms are arranged without why"
    other = sign_in(an_account("lisi", Role.LEARNER), app.test_client())
    own_picture = picture.replace("/staff/accommodations", "/applications/accommodations")
    assert (learner.get(own_picture).status_code, other.get(own_picture).status_code) == (200, 404)
    assert other.get(page).status_code == 404
    assert press(lead, one, f"{one}/grant", wishes="extra_time", minutes="90", reason="好").status_code == 422
    assert press(lead, one, f"{one}/grant", wishes="extra_time", minutes="20", reason="按证明批 20 分钟"
                 ).status_code == 303
    assert soup(lead.get("/staff/accommodations")).select("tbody a") == []
    shown = text_of(learner.get(page))
    assert "20 分钟" in shown
    assert "按证明批 20 分钟" in shown
    told = [one for one in db.session.scalars(select(Message)) if "便利措施" in one.subject]
    assert len(told) == 1
    assert "20" not in told[0].body, "what was granted is read behind the sign-in"
    assert press(learner, page, f"{one.replace('/staff', '/applications')}/withdraw").status_code == 303
    assert "已撤回" in text_of(learner.get(page))


def test_what_was_granted_stands_on_ticket_papers_rooming_and_roster(asked):
    reference, account = asked
    by, lead, officer = account.actor_at(NOON), a_lead(), an_officer()
    with transaction() as session:
        bookings = session.scalars(select(Booking).where(Booking.subject == reference)).all()
        for one in bookings:
            one.state = "confirmed"
        codes = [one.sitting.code for one in bookings if not one.sitting.online]
        references = [one.reference for one in bookings]
    first = ask_accommodation(reference, ["extra_time", "accessible_room"], 30, HEALTH, [], by=by, now=NOON)
    grant_accommodation(first, ["extra_time", "accessible_room"], 30, "按证明", by=lead, now=NOON)
    with transaction() as session:
        for room in the_sitting(codes[0]).site.rooms:
            session.merge(room).accessible = room.code == "302"
    for code in codes:
        allocate_seats(code, by=officer, now=TICKET_DAY)
    db.session.rollback()
    seated = db.session.scalars(select(Booking).where(Booking.reference == references[0])).one()
    assert (seated.room.code, seated.seat_no) == ("302", 1), "the first accessible room"
    said = words_of(all_papers_pdf(db.session(), seated.sitting_id, now=TICKET_DAY))
    assert "延长30分钟、无障碍考场" in said
    assert HEALTH not in said
    assert contents(db.session(), references)[references[0]]["便利措施"] == "延长 30 分钟、无障碍考场"
    db.session.rollback()
    release_tickets("202701", by=officer, now=TICKET_DAY)
    ticket = db.session.scalars(select(Ticket)).one()
    assert ticket.facts["arrangements"] == {"codes": ["extra_time", "accessible_room"], "minutes": 30}
