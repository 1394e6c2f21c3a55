"""To be excused: asked for with evidence in time, decided by somebody else, and said before and after."""

import re
from datetime import timedelta
from functools import partial
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from enroll.accounts.permissions import Role
from enroll.admission.models import Excuse, Ticket
from enroll.admission.queries.excuses import unsound_excuses
from enroll.admission.services import excuses as services
from enroll.admission.services.attendance import check_in, mark_absent
from enroll.admission.services.seating import allocate_seats
from enroll.admission.services.tickets import release_tickets
from enroll.foundation.problems import NotFound, Refused
from enroll.notifications.models import Message
from enroll.results.models import Result
from enroll.results.queries.progress import publication_facts
from enroll.results.rules.checks import against_publishing
from enroll.storage import outbox
from enroll.storage.database import again_if_crowded, db, transaction
from enroll.storage.files import keep_file
from tests.at_once import at_once, without_locks
from tests.builders.accounts import an_account
from tests.builders.admission import AFTER, DOORS, TICKET_DAY, a_candidate, a_room_sitting, at, booking, registered
from tests.builders.exams import a_window
from tests.builders.papers import a_photo
from tests.builders.programmes import an_organisation
from tests.pages import press, text_of

LAST = at("2027-01-22 00:00")  # five days after the exam's day, half-open


@pytest.fixture
def house(app, clock):
    """Two candidates with a ticket: one did not come, the other will see; an officer and a lead."""
    with transaction() as session:
        an_organisation(session)
    sitting = a_room_sitting(a_window())
    people = [a_candidate(name) for name in ("张三", "李四")]
    mine, others = [registered(one, sitting)[0] for one in people]
    officer, lead = an_account("kaowu", Role.EXAM_OFFICER), an_account("zhuguan", Role.REVIEW_LEAD)
    by = officer.actor_at(DOORS)
    allocate_seats(sitting.code, by=by, now=TICKET_DAY)
    release_tickets("202701", by=by, now=TICKET_DAY)
    mark_absent([mine], by=by, now=AFTER)
    outbox.deliver(AFTER)
    clock.set(AFTER)
    return people[0].account, people[1].account, officer, lead, mine, others


def a_paper(account):
    return keep_file(a_photo(), name="证明.jpg", media_type="image/jpeg", purpose="excuse", now=AFTER, sealed=True,
                     owner_id=account.id)


def test_an_excuse_goes_its_whole_way_through_the_pages(house, sign_in):
    me, other, officer, lead, mine, _others = house
    page = sign_in(me)
    told = db.session.query(Message).filter(Message.subject.contains("已登记缺考")).one()
    assert "申请缓考" in told.body, "the absence says at once what can be done about it"
    ask = f"/bookings/{mine}/excuse"
    said = text_of(page.get(ask))
    assert "1月22日（周五）00:00" in said
    assert "不占用考试次数" in said, "what it does is said before"
    bare = press(page, ask, ask, words="")
    assert bare.status_code == 422
    bare = press(page, ask, ask, words="发烧 39 度")
    assert bare.status_code == 422
    assert "发烧 39 度" in bare.text, "nothing typed is lost"
    sent = press(page, ask, ask, words="发烧 39 度", picture=(BytesIO(a_photo()), "a.jpg"))
    own = sent.headers["Location"]
    reference = own.rpartition("/")[2]
    assert "缓考申请审核中" in text_of(page.get(f"/bookings/{mine}"))
    assert "已有" in text_of(page.get(ask))
    outbox.deliver(AFTER)
    with transaction() as session:
        against = against_publishing(publication_facts(session, booking(mine).window, LAST + timedelta(days=60)))
        assert "excuses_open" in {one.code for one in against}, "nobody is published absent while it waits"
    for path in (own, f"{own}/evidence", ask):
        assert sign_in(other).get(path).status_code == 404
    where = f"/staff/excuses/{reference}"
    assert "作出决定" not in text_of(sign_in(officer).get(where)), "the exam office sees it and does not decide"
    page = sign_in(lead)
    waiting = text_of(page.get("/staff/excuses"))
    until = r"张\* \S+ 理论考试 1月2\d日（周.）\d\d:\d\d 前"
    assert re.search(until, waiting), "the group reads a masked name and by when"
    assert "还有" in waiting, "the list says what is due first, and how long there is"
    assert page.get(f"{where}/evidence").status_code == 200
    assert press(page, where, f"{where}/decide", granted="yes", reason="").status_code == 422
    assert press(page, where, f"{where}/decide", granted="yes", reason="医院证明属实").status_code == 303
    assert booking(mine).state == "excused"
    outbox.deliver(AFTER)
    assert db.session.query(Result).filter_by(booking_id=booking(mine).id).one().verdict == "excused"
    page = sign_in(me)
    assert "医院证明属实" in text_of(page.get(own))
    news = text_of(page.get("/messages"))
    assert "已同意缓考" in news
    assert news.count("缓考：") <= 1, "one act is told once"
    assert list(unsound_excuses(db.session())) == []


def test_what_stands_against_an_excuse(house):
    me, other, officer, lead, mine, others = house
    own, deciding = me.actor_at(AFTER), lead.actor_at(AFTER)
    with pytest.raises(NotFound):
        services.ask_excuse(mine, "病", a_paper(other), by=other.actor_at(AFTER), now=AFTER)
    with pytest.raises(Refused, match="no_evidence"):
        services.ask_excuse(mine, "病", None, by=own, now=AFTER)
    with pytest.raises(Refused, match="excuse_too_late"):
        services.ask_excuse(mine, "病", a_paper(me), by=own, now=LAST)
    reference = services.ask_excuse(mine, "病", a_paper(me), by=own, now=LAST - timedelta(seconds=1))
    with pytest.raises(Refused, match="excuse_open"):
        services.ask_excuse(mine, "病", a_paper(me), by=own, now=AFTER)
    with pytest.raises(Refused, match="own_record"):
        services.decide_excuse(reference, True, "x", by=type(own)(own.account_id, own.name, own.permissions | {
            "applications:lead"}), now=AFTER)
    services.decide_excuse(reference, False, "证明看不清日期", by=deciding, now=AFTER)
    assert booking(mine).state == "absent", "a refusal changes nothing"
    again = services.ask_excuse(mine, "病", a_paper(me), by=own, now=AFTER)
    services.withdraw_excuse(again, by=own, now=AFTER)
    with pytest.raises(Refused):
        services.decide_excuse(again, True, "x", by=deciding, now=AFTER)
    # Whoever asks beforehand and comes after all is not excused from an exam they sat.
    before = services.ask_excuse(others, "出差", a_paper(other), by=other.actor_at(TICKET_DAY), now=TICKET_DAY)
    check_in(others, by=officer.actor_at(DOORS), now=DOORS, ticket_version=1, identity_confirmed=True)
    with pytest.raises(Refused, match="not_to_excuse"):
        services.decide_excuse(before, True, "属实", by=deciding, now=AFTER)
    assert booking(others).state == "present"


def test_whoever_is_excused_beforehand_has_no_ticket_and_is_told_so_at_the_door(house, sign_in):
    _me, other, officer, lead, _mine, others = house
    token = db.session.scalars(select(Ticket.token).where(Ticket.learner_id == booking(others).learner_id)).one()
    asked = services.ask_excuse(others, "出差", a_paper(other), by=other.actor_at(TICKET_DAY), now=TICKET_DAY)
    services.decide_excuse(asked, True, "属实", by=lead.actor_at(TICKET_DAY), now=TICKET_DAY)
    outbox.deliver(TICKET_DAY)
    assert db.session.scalars(select(Ticket.replaced_at).where(Ticket.token == token)).one() == TICKET_DAY
    code = booking(others).sitting.code
    door = sign_in(officer).get(f"/staff/admission/{code}/door?shown={token}")
    assert "已获准缓考" in text_of(door)
    assert "准予入场" not in text_of(door), "there is nothing to press"
    assert others not in sign_in(officer).get(f"/staff/admission/{code}/offline").text
    with pytest.raises(Refused):
        check_in(token, by=officer.actor_at(DOORS), now=DOORS, sitting_code=code, identity_confirmed=True)


def test_a_lead_grants_at_the_instant_in_which_the_learner_takes_it_back(house, app, monkeypatch):
    me, other, _officer, lead, mine, others = house
    asks = {mine: me, others: other}
    requests = {one: services.ask_excuse(one, "病", a_paper(account), by=account.actor_at(AFTER), now=AFTER)
                for one, account in asks.items()}
    deciding = lead.actor_at(AFTER)
    acts = {one: [partial(services.decide_excuse, reference, True, "属实", by=deciding, now=AFTER),
                  partial(services.withdraw_excuse, reference, by=asks[one].actor_at(AFTER), now=AFTER)]
            for one, reference in requests.items()}
    db.session.rollback()
    with monkeypatch.context() as patched, without_locks(patched, services):
        answers = at_once(app, *acts[mine])
    raw = [one for one in answers if isinstance(one, OperationalError | StaleDataError)]
    assert raw or answers == [None, None], f"without the locks both happen, or one meets a raw error: {answers}"
    answers = at_once(app, *[partial(again_if_crowded, act) for act in acts[others]])
    assert [one.codes for one in answers if isinstance(one, Refused)] == [{"wrong_state"}], answers
    row = db.session.query(Excuse).filter_by(reference=requests[others]).one()
    assert (row.state, booking(others).state) in {("granted", "excused"), ("withdrawn", "ticketed")}
