"""A verified identity is corrected with evidence, by two people, on every document that states it."""

import io

import pytest
from sqlalchemy import select, update

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.certificates.models import Certificate, OpenMatter
from enroll.corrections.models import Correction
from enroll.corrections.queries import details_of, touched_by, unsound_corrections
from enroll.corrections.services import (
    apply_correction,
    approve_correction,
    refuse_correction,
    request_correction,
    withdraw_correction,
)
from enroll.foundation.problems import Refused, Stale
from enroll.hours.models import HoursProof
from enroll.learners.models import IdentityCheck, Learner
from enroll.learners.services.identity import IdentityDetails
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from enroll.storage.files import StoredFile, keep_file
from tests.builders.award import House, an_exam
from tests.builders.certificates import RECORDING, a_passer, issued
from tests.builders.pictures import a_picture
from tests.builders.study import a_person, a_student, account_of, learner_of
from tests.conftest import NOON
from tests.pages import fields_of, form_on, text_of

OLD, NEW = "阿依努尔·买买提江", "阿依努尔·麦麦提江"
NUMBER = "11010519491231002X"


def with_number(learner: Learner) -> Learner:
    """A learner whose document number can be read, as one who handed it in."""
    with transaction() as session:
        session.execute(update(Learner).where(Learner.id == learner.id).values(
            id_type="passport", id_number="E12345678", id_number_key=f"key-{learner.id}", id_number_mask="E******78",
            sex="female"))
    db.session.expire_all()
    return db.session.get_one(Learner, learner.id)


def evidence() -> StoredFile:
    return keep_file(b"a picture of the register", name="e.jpg", media_type="image/jpeg", purpose="correction",
                     now=NOON, sealed=True)


def wanted(learner: Learner, **changes: str) -> IdentityDetails:
    return IdentityDetails(**{**vars(details_of(learner)), "id_number": "", **changes})


def requested(learner: Learner, **changes: str) -> str:
    account = db.session.get_one(Account, learner.account_id)
    return request_correction(learner.id, wanted(learner, **changes), "户口簿更正姓名用字。", [evidence()],
                              by=account.actor_at(RECORDING), now=RECORDING)


def the(reference: str) -> Correction:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Correction).where(Correction.reference == reference)).one()


@pytest.fixture
def office(app):
    return a_person("shenhe1", Role.REVIEWER), a_person("zhuguan9", Role.REVIEW_LEAD)


def test_every_document_that_states_the_name_is_brought_up_to_date_by_two_people(app, session):
    house, window = House(), an_exam()
    learner = with_number(a_passer(window, house))
    certificate = issued(learner, house)
    reviewer, lead = a_person("shenhe1", Role.REVIEWER), house.lead
    reference = requested(learner, legal_name=NEW)
    proof = session.scalars(select(HoursProof.reference)).one()
    assert [(str(one.kind), one.reference) for one in touched_by(session, learner.id, RECORDING)] == [
        ("proof", proof), ("certificate", certificate.reference)]
    with pytest.raises(Refused, match="not_permitted"):
        apply_correction(reference, by=reviewer.actor_at(RECORDING), now=RECORDING)
    approve_correction(reference, by=lead.actor_at(RECORDING), now=RECORDING)
    with pytest.raises(Refused) as both:
        apply_correction(reference, by=lead.actor_at(RECORDING), now=RECORDING)
    assert both.value.codes == {"approved_it"}
    second = a_person("zhuguan2", Role.REVIEW_LEAD)
    apply_correction(reference, by=second.actor_at(RECORDING), now=RECORDING)
    db.session.expire_all()
    kept = session.get_one(Learner, learner.id)
    assert (kept.legal_name, kept.id_number, kept.account.name) == (NEW, "E12345678", NEW)
    states = {one.reference: (one.state, one.facts["name"]) for one in session.scalars(select(HoursProof))}
    assert states.pop(proof) == ("superseded", OLD)
    assert list(states.values()) == [("issued", NEW)]
    cases = session.scalars(select(Certificate).order_by(Certificate.id)).all()
    assert [(one.state, one.facts.get("name", "")) for one in cases] == [("issued", OLD), ("eligible", "")]
    assert session.scalar(select(OpenMatter.closed_at)) is not None
    assert [one["kind"] for one in the(reference).touched] == ["proof", "certificate"]
    assert not list(unsound_corrections(session))
    session.execute(update(Correction).values(applied_by_id=learner.account_id))
    session.commit()
    assert len(list(unsound_corrections(session))) == 1


def test_what_cannot_be_corrected_is_refused_with_every_reason(office, session):
    student = a_student()
    learner = with_number(session.get_one(Learner, student.learner_id))
    by = learner_of(student)
    with pytest.raises(Refused) as bare:
        request_correction(learner.id, wanted(learner), " ", [], by=by, now=NOON)
    assert bare.value.codes == {"reason_missing", "no_evidence"}
    with pytest.raises(Refused) as same:
        request_correction(learner.id, wanted(learner), "原因", [evidence()], by=by, now=NOON)
    assert same.value.codes == {"nothing_changed"}
    other = with_number(session.get_one(Learner, a_student("lina").learner_id))
    with transaction() as writing:
        writing.execute(update(Learner).where(Learner.id == other.id).values(id_number="E7654321"))
    with pytest.raises(Refused):
        request_correction(other.id, wanted(other, legal_name="李娜"), "原因", [evidence()], by=by, now=NOON)
    first = requested(learner, legal_name="张玮")
    with pytest.raises(Refused) as again:
        requested(learner, legal_name="张炜")
    assert again.value.codes == {"correction_open"}
    withdraw_correction(first, by=by, now=NOON)
    second = requested(learner, legal_name="张炜")
    with pytest.raises(Stale):
        refuse_correction(second, "材料不清", by=office[0].actor_at(NOON), now=NOON, version=9)
    refuse_correction(second, "材料不清", by=office[0].actor_at(NOON), now=NOON)
    assert (the(first).state, the(second).state, the(second).learner.legal_name) == ("withdrawn", "refused", "张伟")
    with transaction() as writing:
        writing.execute(update(IdentityCheck).values(state="returned"))
    with pytest.raises(Refused) as unverified:
        requested(learner, legal_name="张炜")
    assert unverified.value.codes == {"not_verified"}


def test_a_correction_goes_through_the_pages(office, session, sign_in, app):
    student = a_student()
    learner = with_number(session.get_one(Learner, student.learner_id))
    phone, desk = sign_in(account_of(student), app.test_client()), sign_in(office[0], app.test_client())
    page = phone.get("/identity/corrections/new")
    sent = fields_of(form_on(page, "/identity/corrections/new")) | {
        "legal_name": "张玮", "reason": "户口簿更正", "evidence": (io.BytesIO(a_picture()), "e.jpg")}
    missing = phone.post("/identity/corrections/new", content_type="multipart/form-data", data={
        **sent, "reason": "", "evidence": (io.BytesIO(a_picture()), "e.jpg")})
    assert missing.status_code == 422
    assert "张玮" in missing.get_data(as_text=True), "nothing typed is lost"
    answer = phone.post("/identity/corrections/new", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 303, text_of(answer)
    reference = answer.location.rsplit("/", 1)[1]
    outbox.deliver(NOON)
    assert "更正申请已收到" in text_of(phone.get("/messages"))
    address = f"/staff/corrections/{reference}"
    queue = text_of(desk.get("/staff/corrections"))
    assert reference in queue
    assert "待审核的信息更正" in queue, "the notice for the group"
    assert "待审核 1" in queue, "the tab counts"
    shown = desk.get(address)
    assert "张玮" in text_of(shown)
    token = the(reference).files[0].file.token
    assert desk.get(f"{address}/files/{token}").status_code == 200
    done = desk.post(f"{address}/approve", data=fields_of(form_on(shown, f"{address}/approve")))
    assert done.status_code == 303
    lead = sign_in(office[1], app.test_client())
    assert "待办理的信息更正" in text_of(lead.get("/staff/corrections?tab=approved")), "whoever carries out is told too"
    carried = lead.post(f"{address}/apply", data=fields_of(form_on(lead.get(address), f"{address}/apply")))
    assert carried.status_code == 303, text_of(carried)
    assert "已更正" in text_of(phone.get(f"/identity/corrections/{reference}"))
    stranger = sign_in(account_of(a_student("lina")), app.test_client())
    assert stranger.get(f"/identity/corrections/{reference}").status_code == 404
    assert stranger.get(address).status_code == 403
    assert session.get_one(Learner, learner.id).account_id
