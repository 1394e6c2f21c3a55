"""Complaints: answered by somebody who had no part in it, in time, and never lost."""

import pytest
from sqlalchemy import update

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.foundation.clock import beijing
from enroll.foundation.problems import Refused, Stale
from enroll.learners.models import Learner
from enroll.storage import outbox
from enroll.storage.database import db
from enroll.supervision.models import Complaint, ComplaintMove
from enroll.supervision.queries.complaints import complaint_by_reference, unsound_complaints
from enroll.supervision.rules.complaints import MOST_OPEN
from enroll.supervision.services.complaints import (
    NewComplaint,
    add_to_complaint,
    answer_complaint,
    close_complaint,
    complain,
    hand_on_complaint,
    object_to_answer,
    settle_complaint,
    take_complaint,
)
from tests.builders.following import a_followed
from tests.builders.study import a_person, account_of, learner_of
from tests.conftest import NOON
from tests.pages import press, text_of

NEW = NewComplaint("money", "退费迟迟未到", "10月8日申请退费，至今未到账。", "请在本周内退费。")


def of(account: Account):
    return account.actor_at(NOON)


def the(reference: str) -> Complaint:
    db.session.rollback()
    db.session.expire_all()
    found = complaint_by_reference(db.session(), reference)
    assert found is not None
    return found


@pytest.fixture
def house(app):
    """A learner with an adviser, and two leads who answer complaints."""
    student = a_followed()
    return student, a_person("zhuguan", Role.REVIEW_LEAD), a_person("zhuguan2", Role.REVIEW_LEAD)


def test_a_complaint_goes_to_a_lead_and_is_to_be_answered_in_five_working_days(house):
    student, lead, _ = house
    complaint = the(complain(NEW, by=learner_of(student), now=NOON))
    assert (complaint.owner.username, complaint.state, complaint.channel) == (lead.username, "received", "page")
    assert f"{beijing(complaint.answer_by):%m-%d}" in {"11-27", "11-28"}, "five working days after a Sunday"
    for number in range(1, MOST_OPEN):
        complain(NewComplaint("other", f"又一件 {number}", "说明"), by=learner_of(student), now=NOON)
    with pytest.raises(Refused) as refused:
        complain(NEW, by=learner_of(student), now=NOON)
    assert refused.value.codes == {"too_many_complaints"}


def test_answered_objected_to_by_another_person_and_closed(house):
    student, lead, other = house
    learner, reference = learner_of(student), complain(NEW, by=learner_of(student), now=NOON)
    seen = the(reference).version
    answer_complaint(reference, "not_upheld", "已于今日退回原卡。", by=of(lead), now=NOON, version=seen)
    with pytest.raises(Stale):
        answer_complaint(reference, "upheld", "另一答复", by=of(other), now=NOON, version=seen)
    object_to_answer(reference, "银行卡并未收到。", by=learner, now=NOON)
    again = the(reference)
    assert (again.state, again.owner.username) == ("received", other.username)
    answer_complaint(reference, "upheld", "确系财务漏办，已补退并致歉。", by=of(other), now=NOON)
    close_complaint(reference, "七个工作日内未再提出异议。", by=of(lead), now=NOON)
    with pytest.raises(Refused):
        settle_complaint(reference, by=learner, now=NOON)
    with pytest.raises(Refused) as ended:
        add_to_complaint(reference, "补充", by=learner, now=NOON)
    assert ended.value.codes == {"complaint_closed"}
    assert [one.text for one in the(reference).posts] == [
        NEW.text, "已于今日退回原卡。", "银行卡并未收到。", "确系财务漏办，已补退并致歉。"]
    assert not list(unsound_complaints(db.session()))


def test_nobody_answers_their_own_complaint_nor_one_about_themselves(house, session):
    student, lead, other = house
    reference = complain(NEW, by=learner_of(student), now=NOON)
    hand_on_complaint(reference, other.username, lead.username, by=of(other), now=NOON)
    with pytest.raises(Refused) as about_me:
        answer_complaint(reference, "not_upheld", "没有问题。", by=of(lead), now=NOON)
    assert about_me.value.codes == {"own_record"}
    with pytest.raises(Refused) as to_them:
        hand_on_complaint(reference, lead.username, lead.username, by=of(other), now=NOON)
    assert to_them.value.codes == {"no_handler"}
    # A fault planted past the services is found.
    answer_complaint(reference, "upheld", "属实。", by=of(other), now=NOON)
    session.execute(update(Complaint).where(Complaint.reference == reference).values(
        owner_id=lead.id, about_id=other.id))
    session.commit()
    assert len(list(unsound_complaints(session))) == 1
    assert session.query(ComplaintMove).count() == 2


def test_staff_take_down_what_came_by_phone_and_the_time_runs_from_the_day_it_came(house, sign_in):
    _, lead, _ = house
    desk = sign_in(lead)
    answer = press(desk, "/staff/complaints/new", learner="l000001", channel="phone", received_on="2026-11-16",
                   about="conduct", title="电话中态度生硬", text="学员来电反映。")
    assert answer.status_code == 303, text_of(answer)
    complaint = db.session.query(Complaint).one()
    assert f"{beijing(complaint.answer_by):%Y-%m-%d}" <= "2026-11-24"
    page = desk.get("/staff/complaints")
    assert "电话中态度生硬" in text_of(page)
    assert complaint.reference in page.get_data(as_text=True), "the notice for the group names it"
    unknown = press(desk, "/staff/complaints/new", learner="L999999", channel="phone", received_on="2026-11-16",
                    about="conduct", title="电话", text="说明")
    assert unknown.status_code == 409
    assert "没有此编号" in text_of(unknown)
    assert desk.get("/staff/complaints/register.xlsx").data[:2] == b"PK"


def test_the_learner_follows_it_and_never_reads_what_staff_note(house, sign_in, app):
    student, lead, _ = house
    learner, desk = sign_in(account_of(student), app.test_client()), sign_in(lead, app.test_client())
    sent = press(learner, "/complaints/new", about="money", title=NEW.title, text=NEW.text, wish=NEW.wish)
    assert sent.status_code == 303, text_of(sent)
    outbox.deliver(NOON)
    address, reference = sent.location, sent.location.rsplit("/", 1)[1]
    assert "投诉已收到" in text_of(learner.get("/messages"))
    note = press(desk, f"/staff/complaints/{reference}", f"/staff/complaints/{reference}/note", text="与财务核对中")
    assert note.status_code == 303
    assert "与财务核对中" in text_of(desk.get(f"/staff/complaints/{reference}"))
    assert "与财务核对中" not in text_of(learner.get(address))
    done = press(desk, f"/staff/complaints/{reference}", f"/staff/complaints/{reference}/answer", finding="upheld",
                 text="已补退。")
    assert done.status_code == 303, text_of(done)
    page = text_of(learner.get(address))
    assert "属实" in page
    assert "已补退。" in page
    settled = press(learner, address, f"{address}/settle")
    assert settled.status_code == 303
    assert the(reference).state == "closed"


def test_another_learners_complaint_is_not_found(house, sign_in):
    student, _, _ = house
    reference = complain(NEW, by=learner_of(student), now=NOON)
    stranger = a_followed("lina", "L000002")
    browser = sign_in(account_of(stranger))
    assert browser.get(f"/complaints/{reference}").status_code == 404
    assert browser.get("/staff/complaints").status_code == 403
    assert db.session.query(Learner).count() == 2


def test_staff_without_a_learner_cannot_take_one_down_for_nobody(house):
    _, lead, _ = house
    with pytest.raises(Refused) as nobody:
        take_complaint(NEW, "L999999", NOON, by=of(lead), now=NOON)
    assert nobody.value.codes == {"learner_unknown"}
