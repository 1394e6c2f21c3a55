"""An incident: reported, the candidate heard, decided by another, appealed, answered by a third; and nobody else."""

from datetime import timedelta
from io import BytesIO

import pytest

from enroll.accounts.permissions import Role
from enroll.admission.models import Incident
from enroll.admission.queries.incidents import unsound_incidents
from enroll.admission.rules import incidents as rules
from enroll.admission.services import incidents as services
from enroll.admission.services.attendance import check_in
from enroll.admission.services.seating import allocate_seats
from enroll.admission.services.tickets import release_tickets
from enroll.certificates.queries.cases import matter_is_open
from enroll.foundation.problems import Refused
from enroll.results.models import Result
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from tests.builders.accounts import an_account
from tests.builders.admission import AFTER, DOORS, TICKET_DAY, a_candidate, a_room_sitting, booking, registered
from tests.builders.exams import a_window
from tests.builders.papers import a_photo
from tests.builders.programmes import an_organisation
from tests.pages import press, text_of


@pytest.fixture
def house(app, clock):
    """Two candidates, one of whom was let in; an officer and two leads."""
    with transaction() as session:
        an_organisation(session)
    sitting = a_room_sitting(a_window())
    person, other = a_candidate("张三"), a_candidate("李四")
    one = registered(person, sitting)[0]
    registered(other, sitting)
    officer = an_account("kaowu", Role.EXAM_OFFICER)
    by = officer.actor_at(DOORS)
    allocate_seats(sitting.code, by=by, now=TICKET_DAY)
    release_tickets("202701", by=by, now=TICKET_DAY)
    check_in(one, by=by, now=DOORS, ticket_version=1, identity_confirmed=True)
    clock.set(AFTER)
    leads = [an_account(name, Role.REVIEW_LEAD) for name in ("zhuguan", "zhuguan2")]
    return person.account, other.account, officer, leads, sitting.code, one


def test_an_incident_goes_its_whole_way_through_the_pages(house, sign_in, clock):
    me, other, officer, (lead, second), code, one = house
    page = sign_in(officer)
    new = f"/staff/incidents/new/{code}"
    assert press(page, f"{new}?booking={one}", new, what="").status_code == 422
    assert "本场次没有此考位号" in text_of(press(page, new, new, booking="B2701-9999", kind="device", what="手机",
                                             happened_at="2027-01-16T10:20"))
    sent = press(page, f"{new}?booking={one}", new, booking=one, kind="device", happened_at="2027-01-16T10:20",
                 what="10:20 监考员看到使用手机。", done_about_it="手机封存", picture=(BytesIO(a_photo()), "a.jpg"))
    where = sent.headers["Location"]
    reference = where.rpartition("/")[2]
    assert "作出处理决定" not in text_of(page.get(where)), "who reports does not decide"
    outbox.deliver(AFTER)
    assert matter_is_open(db.session(), "incident", reference), "a certificate waits for it"
    queue = text_of(sign_in(lead).get("/staff/incidents"))
    assert "使用违规设备" in queue
    assert "张*" in queue, "the group reads a masked name"
    early = press(sign_in(lead), where, f"{where}/decide", decision="void", reason="使用手机")
    assert early.status_code == 409
    assert "尚未听取当事人陈述" in text_of(early)
    mine = f"/incidents/{reference}"
    assert sign_in(other).get(mine).status_code == 404
    learner = sign_in(me)
    assert "违规核查中" in text_of(learner.get(mine))
    assert "监考员看到使用手机" in text_of(learner.get(mine))
    assert press(learner, mine, f"{mine}/statement", text="闹钟响了，我去关。").status_code == 303
    assert press(sign_in(lead), where, f"{where}/decide", decision="void", reason="使用手机").status_code == 303
    assert booking(one).state == "disqualified"
    outbox.deliver(AFTER)
    assert not matter_is_open(db.session(), "incident", reference)
    assert db.session.query(Result).filter_by(booking_id=booking(one).id).one().verdict == "void"
    learner = sign_in(me)
    assert press(learner, mine, f"{mine}/appeal", reason="只是闹钟").status_code == 303
    assert "申诉须由另一人答复" in text_of(sign_in(lead).get(where))
    assert press(sign_in(second), where, f"{where}/answer", stands="no", reason="未作答时使用").status_code == 303
    assert booking(one).state == "present"
    outbox.deliver(AFTER)
    said = text_of(sign_in(me).get(mine))
    assert "已撤销原决定" in said
    assert "未作答时使用" in said
    assert "使用违规设备" in text_of(sign_in(me).get(f"/bookings/{one}"))
    assert "申诉结果" in text_of(sign_in(me).get("/messages"))
    assert list(unsound_incidents(db.session())) == []


def test_what_stands_against_a_decision(house):
    me, _other, officer, (lead, second), code, one = house
    by, deciding = officer.actor_at(AFTER), lead.actor_at(AFTER)
    report = services.Report(code, one, "notes", DOORS, "书")
    with pytest.raises(Refused, match="not_happened"):
        services.report_incident(services.Report(code, one, "notes", AFTER + timedelta(1), "书"), by=by, now=AFTER)
    own = me.actor_at(AFTER)
    with pytest.raises(Refused, match="own_record"):
        services.report_incident(report, by=type(own)(own.account_id, own.name, own.permissions | {"exams:run"}),
                                 now=AFTER)
    by_lead = services.report_incident(report, by=deciding, now=AFTER)
    with pytest.raises(Refused, match="reported_it"):
        services.decide_incident(by_lead, "none", "x", by=deciding, now=AFTER)
    whole = services.report_incident(services.Report(code, "", "technical", DOORS, "停电 5 分钟"), by=by, now=AFTER)
    with pytest.raises(Refused, match="nobody_named"):
        services.decide_incident(whole, "void", "x", by=deciding, now=AFTER)
    services.decide_incident(whole, "none", "已延长 5 分钟", by=deciding, now=AFTER)
    heard = AFTER + timedelta(days=4)
    services.decide_incident(by_lead, "warning", "期满未陈述", by=second.actor_at(heard), now=heard)
    decided = db.session.query(Incident).filter_by(reference=by_lead).one()
    assert decided.appeal_until is not None
    with pytest.raises(Refused, match="appeal_over"):
        services.appeal(by_lead, "x", by=own, now=decided.appeal_until)
    with pytest.raises(Refused, match="incident_over"):
        services.state_ones_case(by_lead, "x", by=own, now=heard)


def test_the_last_day_ends_with_its_day_in_beijing():
    end = rules.end_of_days(AFTER, 3)
    assert end is not None
    assert end.isoformat() == "2027-01-19T16:00:00+00:00"
    assert rules.end_of_days(AFTER, None) is None
