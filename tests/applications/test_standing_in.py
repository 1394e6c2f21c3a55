"""Staff act for a learner who asked for it: through explicit acts that carry both names; the learner signs alone."""

import io
import re

import pytest
from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.applications.models import Application
from enroll.applications.queries.helped_soundness import unsound_help
from enroll.applications.services.reviewing import approve
from enroll.applications.services.standing_in import change_sitting_for, choose_for, submit_for
from enroll.audit.models import ActOnBehalf, AuditEntry
from enroll.foundation.actor import Actor, Behalf
from enroll.foundation.problems import Refused
from enroll.learners.lifecycle import CheckKind, CheckState
from enroll.learners.models import Consent, IdentityCheck, Learner, LearnerFile
from enroll.learners.services.behalf import Asked
from enroll.learners.services.consents import give_consents, withdraw_consent
from enroll.learners.services.identity import decide_check
from enroll.notifications.models import Dispatch, Message
from enroll.sittings.models import Booking
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from tests.builders import applicants
from tests.builders.accounts import an_account
from tests.builders.applicants import a_submitted, an_applicant, both_sittings, the
from tests.builders.exams import a_sitting
from tests.builders.pictures import a_picture
from tests.builders.study import account_of, learner_of
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, text_of

ASKED = Asked("phone", "手机坏了，请代填报名。")
TICKED = ["sensitive_id.1", "share_issuer.1", "commitment.1"]


def helper(name: str = "helfer", *more: Role) -> Account:
    return an_account(name, Role.ADVISER, *more)


def letters() -> list[Dispatch]:
    outbox.deliver(NOON)
    db.session.rollback()
    return list(db.session.scalars(select(Dispatch).order_by(Dispatch.id)))


def test_what_staff_fill_in_is_signed_and_handed_in_by_the_learner_alone(app, client, sign_in, session):
    """The whole way through the pages: draft by phone, link, signature, timeline, objection; and both names in it."""
    enrolment = an_applicant("wangfang", reference="L000101")
    sittings, learner = both_sittings(), session.get(Learner, enrolment.learner_id)
    reference, account, number = learner.reference, account_of(enrolment), learner.id
    staff = helper("helfer", Role.REVIEWER)
    desk = sign_in(staff, app.test_client())
    home = f"/staff/applications/for/{reference}"
    assert "/staff/applications/for/" in desk.get(f"/staff/learners/{reference}").get_data(as_text=True)
    assert "202701" in text_of(desk.get(home))
    choose = f"{home}/windows/202701"
    typed = {f"sitting_{part}": code for part, code in sittings.items()}
    silent = press(desk, choose, **typed)
    assert silent.status_code == 422  # nobody says how the learner asked
    assert fields_of(form_on(silent, choose))["sitting_theory"] == [sittings["theory"]]
    assert press(desk, choose, **typed, asked_by="phone", reason=ASKED.reason).status_code == 303
    draft = session.scalars(select(Application)).one().reference
    unsigned = press(desk, f"{home}/{draft}/submit", asked_by="phone", reason="请代交。")
    assert unsigned.status_code == 422
    assert not session.scalars(select(Consent)).all()
    assert press(desk, f"{home}/{draft}/sign", asked_by="phone", reason="请发链接。").status_code == 303
    again = press(desk, f"{home}/{draft}/sign", asked_by="phone", reason="请发链接。")
    assert again.status_code == 422  # a moment ago
    mine = sign_in(account, app.test_client())
    assert "阅读" in text_of(mine.get(f"/applications/{draft}"))
    link = re.search(r"/sign/([\w-]+)", next(one.body for one in letters() if "/sign/" in one.body))[0]
    assert all("/sign/" not in one.body + (one.link or "") for one in session.scalars(select(Message)))
    page = client.get(link)
    assert "王" not in text_of(page).replace("王*", "")
    assert press(client, link, agreed=TICKED[:2]).status_code == 422  # the declaration is left out
    assert client.get(link).status_code == 200
    signed = press(client, link, agreed=TICKED)
    assert signed.location == f"{link}/done"
    assert draft in text_of(client.get(signed.location))
    assert (client.get(link).status_code, press_again(client, link, page)) == (404, 404)
    db.session.rollback()
    assert the(draft).state == "submitted"
    assert {one.given_by_name for one in session.scalars(select(Consent))} == {learner.legal_name}
    acts = session.scalars(select(ActOnBehalf).order_by(ActOnBehalf.id)).all()
    assert [(one.act, one.by_name, one.of_account_id) for one in acts] == [
        ("application.choose", staff.name, account.id), ("application.ask_to_sign", staff.name, account.id)]
    begun = session.scalars(select(AuditEntry).where(AuditEntry.act == "application.begin")).one()
    assert (begun.actor_id, begun.details["behalf"]["of"]) == (staff.id, reference)
    submitted = session.scalars(select(AuditEntry).where(AuditEntry.act == "application.submit")).one()
    assert (submitted.actor_id, "behalf" in submitted.details) == (account.id, False)
    letters()
    told = mine.get("/messages").get_data(as_text=True)
    assert told.count("代办") >= 2
    shown = text_of(mine.get("/account/on-my-behalf"))
    assert staff.name in shown
    assert ASKED.reason in shown
    assert f"{staff.name}" in text_of(mine.get(f"/applications/{draft}"))
    assert ASKED.reason in text_of(desk.get(f"/staff/learners/{reference}"))
    case = text_of(desk.get(f"/staff/applications/{draft}"))
    assert "另一人" in case  # who acted decides nothing here
    with pytest.raises(Refused) as own_help:
        approve(draft, verified=[CheckKind.PHOTO], by=staff.actor_at(NOON), now=NOON)
    assert own_help.value.codes == {"acted_for_them"}
    assert not list(unsound_help(session))
    session.rollback()
    approve(draft, verified=[CheckKind.PHOTO], by=applicants.a_reviewer("other"), now=NOON)
    assert not list(unsound_help(session))
    seat = session.scalars(select(Booking).where(Booking.learner_id == number, Booking.part == "theory")).one()
    other = a_sitting(applicants.the_window(), seat.part, site="SH01").code
    seat_reference = seat.reference
    moved = press(desk, f"{home}/bookings/{seat_reference}", sitting=other, asked_by="letter", reason="来信要求改签。")
    assert moved.status_code == 303
    db.session.rollback()
    assert {one.state for one in session.scalars(select(Booking).where(Booking.reference == seat_reference))} == {
        "moved"}
    seat_move = session.scalars(select(AuditEntry).where(AuditEntry.act == "booking.change")).one()
    assert seat_move.details["behalf"]["asked_by"] == "letter"


def press_again(client, link, page):
    return client.post(link, data=fields_of(form_on(page, link)) | {"agreed": TICKED, "key": "another"}).status_code


def test_nobody_acts_for_themselves_without_permission_or_in_the_place_of_somebodys_will(app, session, sign_in):
    enrolment, sittings = an_applicant("lina", reference="L000102"), both_sittings()
    other = a_submitted(an_applicant("zhaoqiang", reference="L000103"), sittings=sittings)
    both = an_account("both", Role.ADVISER, Role.LEARNER)
    learner_id = enrolment.learner_id
    by = helper().actor_at(NOON)
    reviewer = applicants.a_reviewer("nurreview")
    with pytest.raises(Refused, match="not_permitted"):
        choose_for(learner_id, "202701", sittings, ASKED, by=reviewer, now=NOON)
    with pytest.raises(Refused) as bare:
        choose_for(learner_id, "202701", sittings, Asked("rumour", " "), by=by, now=NOON)
    assert bare.value.codes == {"reason_missing", "not_a_choice"}
    with transaction() as writing:
        writing.get_one(Learner, learner_id).account_id = both.id
    with pytest.raises(Refused, match="own_record"):
        choose_for(learner_id, "202701", sittings, ASKED, by=both.actor_at(NOON), now=NOON)
    with pytest.raises(Refused):  # another learner's application, named under this one
        submit_for(learner_id, other, ASKED, by=by, now=NOON)
    booking = session.scalars(select(Booking.reference)).first()
    with pytest.raises(Refused, match="not_found"):
        change_sitting_for(learner_id, booking, sittings["theory"], ASKED, by=by, now=NOON)
    learner = session.get(Learner, learner_id)
    acting = Actor(by.account_id, by.name, frozenset({"learner:learn", "learner:apply"}),
                   Behalf(learner.reference, learner.account_id, "phone", "x"))
    for act in (lambda: give_consents(learner_id, {"share_issuer": 1}, by=acting, now=NOON),
                lambda: withdraw_consent(learner_id, "share_issuer", by=acting, now=NOON)):
        with pytest.raises(Refused, match="personal"):
            act()
    session.rollback()
    assert not session.scalars(select(ActOnBehalf)).all()
    assert not session.scalars(select(Consent).where(Consent.learner_id == learner_id)).all()
    browser = sign_in(helper("second"), app.test_client())
    reference = session.get(Learner, learner_id).reference
    theirs = session.scalars(select(Learner.reference).where(Learner.id != learner_id)).first()
    assert browser.get(f"/staff/applications/for/{reference}/{other}/submit").status_code == 404
    assert browser.get(f"/staff/applications/for/{reference}/bookings/{booking}").status_code == 404
    assert browser.get(f"/staff/applications/for/{theirs}/{other}/sign").status_code == 404  # no draft any more
    assert sign_in(an_account("plain", Role.REVIEWER), app.test_client()).get(
        f"/staff/applications/for/{reference}").status_code == 403


def test_pictures_that_a_learner_brought_are_checked_by_somebody_else(app, session, sign_in):
    enrolment = an_applicant("chenjing", identity="returned", reference="L000104")
    learner = session.get(Learner, enrolment.learner_id)
    with transaction():
        give_consents(learner.id, {"sensitive_id": 1}, by=learner_of(enrolment), now=NOON)
    staff = helper("helfer", Role.REVIEWER)
    browser = sign_in(staff, app.test_client())
    address = f"/staff/applications/for/{learner.reference}/pictures"
    with transaction() as writing:
        kept = writing.get_one(Learner, learner.id)
        kept.id_type, kept.id_number_mask, kept.latin_name = "passport", "E******78", "CHEN JING"
    form = fields_of(form_on(browser.get(address), address))
    sent = form | {"asked_by": "counter", "reason": "带来了新证件。",
                   "id_front": (io.BytesIO(a_picture()), "front.jpg"),
                   "proof": (io.BytesIO(a_picture()), "slip.jpg")}
    none = browser.post(address, data=form | {"asked_by": "counter", "reason": "x"},
                        content_type="multipart/form-data")
    assert none.status_code == 422
    answer = browser.post(address, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 303, text_of(answer)
    db.session.rollback()
    check = session.scalars(select(IdentityCheck).where(
        IdentityCheck.learner_id == learner.id, IdentityCheck.kind == "identity")).one()
    assert check.state == CheckState.SUBMITTED
    act = session.scalars(select(ActOnBehalf)).one()
    assert (act.subject, act.evidence.purpose) == (check.reference, "on_behalf")
    shown = browser.get(f"/staff/applications/for/{learner.reference}/files/{act.evidence.token}")
    assert shown.status_code == 200
    shown.close()
    assert session.scalars(select(LearnerFile).where(LearnerFile.replaced_at.is_not(None))).all()
    with pytest.raises(Refused, match="acted_for_them"):
        decide_check(check.reference, "verify", by=staff.actor_at(NOON), now=NOON)
    decide_check(check.reference, "verify", by=applicants.a_reviewer("other"), now=NOON)
