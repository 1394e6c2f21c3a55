"""A learner without phone and e-mail gets back in: two people recognise her, the old address may object, and
time passes."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from enroll.accounts.models import Account, WebSession
from enroll.accounts.permissions import Role
from enroll.accounts.services.sessions import begin_session
from enroll.foundation.problems import Refused
from enroll.learners.models import Learner
from enroll.notifications.models import Dispatch
from enroll.recovery.jobs import carry_recoveries_on
from enroll.recovery.models import Recovery
from enroll.recovery.queries import unsound_recoveries
from enroll.recovery.services import Lost, check_person, confirm_person, object_to, open_for
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from tests.at_once import at_once
from tests.builders.people import PASSWORD, a_contact, a_member_of_staff
from tests.builders.study import a_student, account_of
from tests.conftest import NOON
from tests.pages import press, text_of

LATER = NOON + timedelta(hours=72)
NEW = "new.address@example.org"
SAW = {"seen": ["original"], "identity_agrees": "y", "photo_agrees": "y", "notes": "当面核对身份证原件。"}


def the_learner(name: str, reference: str) -> Learner:
    enrolment = a_student(name)
    with transaction() as session:
        learner = session.get_one(Learner, enrolment.learner_id)
        learner.reference = reference
    assert account_of(enrolment).email_key
    return learner


def two_people():
    return (a_member_of_staff(Role.REVIEWER, username="shenhe7", name="审核员甲"),
            a_member_of_staff(Role.REVIEW_LEAD, username="zhuguan7", name="主管乙"))


def the() -> Recovery:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Recovery).order_by(Recovery.id.desc())).first()


def letters(moment=NOON):
    outbox.deliver(moment)
    db.session.rollback()
    return list(db.session.scalars(select(Dispatch).order_by(Dispatch.id)))


def asked(client, learner: Learner, **changed: object):
    told = {"name": learner.legal_name, "born": learner.birth_date.isoformat(), "number": "", "contact": NEW,
            "story": "手机丢失。"} | changed
    return press(client, "/recover/lost", **told)


def confirmed(learner: Learner, contact: str = NEW) -> str:
    """Through the services: asked at the counter, checked, confirmed."""
    first, second = (db.session.scalars(select(Account).where(Account.username == name)).one().actor_at(NOON)
                     for name in ("shenhe7", "zhuguan7"))
    from_counter = open_for(learner.reference, lost(contact), by=first, now=NOON, real_now=NOON)
    check_person(from_counter, ["original"], "当面核对。", identity_agrees=True, photo_agrees=True, by=first, now=NOON)
    confirm_person(from_counter, by=second, now=NOON)
    return from_counter


def lost(contact: str) -> Lost:
    return Lost("", a_contact(contact), "丢了。")


def test_two_people_and_a_waiting_time_stand_between_a_request_and_the_account(app, client, sign_in, session):
    learner = the_learner("chenjing", "L000201")
    account_id, old = learner.account_id, learner.account.email
    first, second = two_people()
    begin_session(account_id, browser="old phone", network_address="", real_now=NOON - timedelta(days=1))
    known, unknown = asked(client, learner), asked(app.test_client(), learner, name="无此人")
    assert (known.status_code, unknown.status_code) == (303, 303)
    follows = known.location
    pages = [re.sub(r"Y\d+", "Y", text_of(client.get(one.location))) for one in (known, unknown)]
    assert pages[0] == pages[1]  # nothing tells whether there is such a learner
    assert not [one for one in letters() if one.address in {old, NEW}]
    one = db.session.scalars(select(Recovery).where(Recovery.learner_id == learner.id)).one()
    page, reference = f"/staff/recoveries/{one.reference}", one.reference
    desk = sign_in(first, app.test_client())
    assert reference in text_of(desk.get("/staff/recoveries"))
    assert press(desk, page, f"{page}/check", **(SAW | {"photo_agrees": None})).status_code == 422
    assert press(desk, page, f"{page}/check", **SAW).status_code == 303
    assert f"{page}/confirm" not in desk.get(page).get_data(as_text=True)  # not the same person
    other = sign_in(second, app.test_client())
    assert press(other, page, f"{page}/confirm", password="wrong").status_code == 422
    assert the().state in {"asked", "checked"}
    assert press(other, page, f"{page}/confirm", password=PASSWORD).status_code == 303
    told = {one.address: one.body for one in letters()}
    assert "/recover/lost/object/" in told[old]
    assert "/recover/lost/object/" not in told[NEW]
    assert "11月25日" in text_of(client.get(follows))
    carry_recoveries_on(LATER - timedelta(seconds=1))
    assert session.get_one(Account, account_id).email == old
    session.rollback()
    carry_recoveries_on(LATER)
    account = session.get_one(Account, account_id, populate_existing=True)
    assert (account.email, account.phone, account.password_hash) == (NEW, None, "")
    assert not session.scalars(select(WebSession).where(WebSession.account_id == account_id,
                                                        WebSession.ended_at.is_(None))).all()
    sent = [one.address for one in letters(LATER)]
    assert sent.count(old) >= 2  # objected to if wanted, and told when it was done
    assert sent.count(NEW) >= 2
    assert not list(unsound_recoveries(session))
    assert client.get(re.search(r"/recover/lost/object/[\w-]+", told[old])[0]).status_code == 404  # too late


def test_whoever_reads_the_old_address_or_signs_in_stops_it(app, client, session):
    learner, other = the_learner("chenjing", "L000201"), the_learner("lina", "L000202")
    two_people()
    reference, account_id = confirmed(learner), other.account_id
    link = re.search(r"/recover/lost/object/[\w-]+", next(
        one.body for one in letters() if one.address == learner.account.email))[0]
    assert press(client, link).status_code == 303
    assert (the().state, the().reference) == ("cancelled", reference)
    assert client.get(link).status_code == 404
    second = confirmed(other, "other.new@example.org")
    begin_session(account_id, browser="", network_address="", real_now=NOON + timedelta(minutes=5))
    carry_recoveries_on(LATER)
    assert (the().reference, the().state) == (second, "cancelled")
    assert session.get_one(Account, account_id).email != "other.new@example.org"


def test_one_person_in_both_roles_a_stale_request_and_ones_own_are_refused(app, client, session):
    learner = the_learner("chenjing", "L000201")
    first, second = (one.actor_at(NOON) for one in two_people())
    both = a_member_of_staff(Role.REVIEWER, Role.SINGLE_OPERATOR, username="allein", name="一人").actor_at(NOON)
    reference = open_for("L000201", lost(NEW), by=first, now=NOON, real_now=NOON)
    with pytest.raises(Refused, match="recovery_open"):
        open_for("L000201", lost("x@example.org"), by=second, now=NOON, real_now=NOON)
    with pytest.raises(Refused) as bare:
        check_person(reference, ["questions"], " ", identity_agrees=False, photo_agrees=False, by=first, now=NOON)
    assert bare.value.codes == {"no_face_seen", "identity_differs", "photo_differs", "notes_missing"}
    good = {"seen": ["video"], "notes": "x", "identity_agrees": True, "photo_agrees": True, "now": NOON}
    check_person(reference, by=both, **good)
    with pytest.raises(Refused, match="checked_it"):  # no exception of a small office lifts this
        confirm_person(reference, by=both, now=NOON)
    with pytest.raises(Refused, match="request_stale"):
        confirm_person(reference, by=second, now=NOON + timedelta(days=14))
    carry_recoveries_on(NOON + timedelta(days=14))
    assert the().state == "cancelled"
    mine = open_for("L000201", lost(NEW), by=first, now=NOON, real_now=NOON)
    with transaction() as writing:
        writing.get_one(Learner, learner.id).account_id = first.account_id
    with pytest.raises(Refused, match="own_record"):
        check_person(mine, by=first, **good)
    for _ in range(3):
        assert asked(client, learner, name="某人").status_code == 303
    assert asked(client, learner, name="某人").status_code == 422  # within a day


def test_of_two_second_persons_at_once_one_confirms_and_an_objection_wins_or_loses_whole(app, session):
    the_learner("chenjing", "L000201")
    first, second = (one.actor_at(NOON) for one in two_people())
    third = a_member_of_staff(Role.REVIEW_LEAD, username="zhuguan8", name="主管丙").actor_at(NOON)
    reference = open_for("L000201", lost(NEW), by=first, now=NOON, real_now=NOON)
    check_person(reference, ["original"], "x", identity_agrees=True, photo_agrees=True, by=first, now=NOON)

    def confirm(number: int) -> str:
        try:
            confirm_person(reference, by=(second, third)[number], now=NOON)
        except Refused as refused:
            return "/".join(refused.codes)
        return "confirmed"

    assert sorted(at_once(app, lambda: confirm(0), lambda: confirm(1))) == ["confirmed", "wrong_state"]
    token = re.search(r"object/([\w-]+)", next(one.body for one in letters() if "object/" in one.body))[1]
    at_once(app, lambda: object_to(token, now=LATER), lambda: carry_recoveries_on(LATER))
    account = session.scalars(select(Account).join(Learner, Learner.account_id == Account.id)).one()
    assert (the().state == "done") == (account.email == NEW)
