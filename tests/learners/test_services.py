from datetime import timedelta

import pytest
from sqlalchemy import select, text

from enroll.accounts.models import Account
from enroll.accounts.rules.codes import Purpose
from enroll.accounts.services.codes import try_code
from enroll.accounts.services.signing_in import check_sign_in
from enroll.audit.queries import acts_on_learner, broken_links
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NotFound, Refused, Stale
from enroll.learners.models import Consent, ConsentText, Guardian, Learner, LearnerFile
from enroll.learners.queries.checks import (
    doubles_of,
    files_in_force,
    identity_is_verified,
    photo_in_force,
    photo_is_accepted,
)
from enroll.learners.queries.consents import consents_in_force, reasons_for, texts_in_force
from enroll.learners.queries.findings import automatic_findings
from enroll.learners.queries.people import learner_by_reference, learner_of_account, search_learners
from enroll.learners.rules.texts import SENSITIVE_ID, SHARE_ISSUER, STANDARD_TEXTS
from enroll.learners.services.consents import give_consents, withdraw_consent
from enroll.learners.services.files import keep_document, keep_photo
from enroll.learners.services.guardian import acknowledge_guardian, name_guardian, send_guardian_code
from enroll.learners.services.identity import ReturnItem, decide_check, hand_in, save_identity
from enroll.learners.services.joining import begin_sign_up, finish_sign_up, send_sign_up_code_again
from enroll.learners.services.texts import add_consent_text, install_texts
from enroll.storage.files import read_file
from enroll.storage.passwords import hashed
from tests.builders.learners import (
    BORN,
    RULE,
    a_cut_photo,
    a_document,
    a_file,
    a_learner,
    a_number,
    a_reviewer,
    agreed,
    check_of,
    details,
    handed_in,
    learner_actor,
    the_texts,
    with_everything,
)
from tests.builders.mailbox import at, codes_sent, events_told
from tests.builders.people import a_contact, an_open_account
from tests.conftest import NOON

PASSWORD = "kettle spoon river nine"
RETURNED = (ReturnItem("name", "id_mismatch", "请逐字填写姓名"),)
YOUNG = NOON.date().replace(year=2010)


@pytest.fixture(autouse=True)
def texts(app):
    the_texts()


def refusal_of(act):
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.codes


def signed_up(email="ana@example.org", born=BORN):
    started = begin_sign_up(a_contact(email), hashed(PASSWORD), born, language="zh", **at(NOON))
    try_code(started.code_id, Purpose.CONFIRM, codes_sent(email)[-1], real_now=NOON)
    return finish_sign_up(started, {"privacy_notice": 1}, **at(NOON), network_address="203.0.113.9")


def test_somebody_signs_up_with_an_address_and_its_code(session):
    learner = signed_up()
    assert check_sign_in(
        "ana@example.org", PASSWORD, network_address="203.0.113.9", real_now=NOON) == learner.account_id
    consent = session.scalars(select(Consent)).one()
    assert (consent.consent_text.code, consent.network_address) == ("privacy_notice", "203.0.113.9")
    assert {check.kind: check.state for check in learner_by_reference(session, learner.reference).checks} == {
        "identity": "draft", "photo": "draft"}
    session.rollback()
    assert list(broken_links(session)) == []


def test_somebody_under_fourteen_is_refused_and_nothing_is_kept(session):
    before = session.scalar(text("SELECT count(*) FROM outbox_entry"))
    born = NOON.date().replace(year=2013)
    assert refusal_of(lambda: begin_sign_up(a_contact("kid@example.org"), hashed(PASSWORD), born, language="zh",
                                            **at(NOON))) == {"too_young"}
    assert session.scalars(select(Account)).all() == []
    assert session.scalar(text("SELECT count(*) FROM outbox_entry")) == before


def test_signing_up_with_somebodys_address_looks_the_same_and_tells_only_them(session):
    owner = an_open_account(email="ana@example.org")
    started = begin_sign_up(a_contact("Ana@example.org"), hashed("the attackers own words"), BORN, language="zh",
                            **at(NOON))
    assert started.code_id
    assert codes_sent() == []
    assert events_told("AccountChanged") == [{"account_id": owner.id, "what": "address_wanted", "before": ""}]
    assert refusal_of(lambda: try_code(started.code_id, Purpose.CONFIRM, "123456", real_now=NOON)) == {"code_wrong"}


def test_the_one_who_confirms_has_their_own_password_whoever_tried_before(session):
    begin_sign_up(a_contact("ana@example.org"), hashed("the attackers own words"), BORN, language="zh", **at(NOON))
    later = NOON + timedelta(minutes=2)
    mine = begin_sign_up(a_contact("ana@example.org"), hashed(PASSWORD), BORN, language="zh", **at(later))
    try_code(mine.code_id, Purpose.CONFIRM, codes_sent()[-1], real_now=later)
    finish_sign_up(mine, {}, **at(later))
    assert check_sign_in("ana@example.org", PASSWORD, network_address="203.0.113.9", real_now=later)
    assert refusal_of(lambda: check_sign_in("ana@example.org", "the attackers own words", network_address="203.0.113.9",
                                            real_now=later)) == {"sign_in_wrong"}


def test_another_code_takes_the_place_of_the_first_after_a_minute(session):
    started = begin_sign_up(a_contact("ana@example.org"), hashed(PASSWORD), BORN, language="zh", **at(NOON))
    assert refusal_of(lambda: send_sign_up_code_again(started, language="zh", **at(NOON + timedelta(seconds=59)))) == {
        "code_too_soon"}
    later = NOON + timedelta(seconds=60)
    again = send_sign_up_code_again(started, language="zh", **at(later))
    try_code(again.code_id, Purpose.CONFIRM, codes_sent()[-1], real_now=later)
    finish_sign_up(again, {}, **at(later))
    assert refusal_of(lambda: finish_sign_up(again, {}, **at(later))) == {"code_expired"}


def test_the_number_is_sealed_masked_and_found_by_its_hash_alone(session):
    learner = with_everything(a_learner())
    session.expire_all()
    assert (learner.id_number, learner.id_number_mask) == (a_number(), f"110***********{a_number()[-4:]}")
    stored = session.execute(text("SELECT * FROM learner")).mappings().one()
    assert a_number() not in str(dict(stored))
    assert session.scalars(search_learners(a_number().lower())).one().id == learner.id
    assert a_number() not in str([act.details for act in acts_on_learner(session, learner.id)])
    session.rollback()


def test_a_number_that_is_taken_is_refused_without_saying_whose(session):
    with_everything(a_learner("ana@example.org"))
    eve = agreed(a_learner("eve@example.org"))
    with pytest.raises(Refused) as refusal:
        save_identity(eve.id, details(legal_name="王芳"), by=learner_actor(eve), now=NOON)
    assert refusal.value.codes == {"id_number_in_use"}
    assert "张伟" not in str(refusal.value.problems)
    save_identity(eve.id, details(legal_name="王芳", id_type="passport", id_number="P1234567"), by=learner_actor(eve),
                  now=NOON)


def test_without_the_separate_consent_no_document_data_is_kept(session):
    learner = a_learner()
    by = learner_actor(learner)
    assert refusal_of(lambda: save_identity(learner.id, details(), by=by, now=NOON)) == {"consent_missing"}
    front = a_file(a_document(), "id_front")
    assert refusal_of(lambda: keep_document(learner.id, "id_front", front, by=by, now=NOON)) == {"consent_missing"}
    session.refresh(learner)
    assert (learner.legal_name, learner.id_number) == ("", None)


def test_everything_wrong_with_the_details_is_said_at_once(session):
    learner = agreed(a_learner())
    wrong = details(legal_name="=1+1", latin_name="陈", id_number="1", sex="x", nationality="XXX", education="none")
    assert refusal_of(lambda: save_identity(learner.id, wrong, by=learner_actor(learner), now=NOON)) == {
        "name_signs", "latin_name_unreadable", "id_number_unreadable", "not_a_choice"}


def test_a_date_of_birth_under_fourteen_is_refused_later_too(session):
    learner = agreed(a_learner())
    kid = details(birth_date=NOON.date().replace(year=2015), id_type="passport", id_number="P1234567")
    assert refusal_of(lambda: save_identity(learner.id, kid, by=learner_actor(learner), now=NOON)) == {"too_young"}


def test_an_empty_number_keeps_the_one_there_is_but_not_for_another_type(session):
    learner = with_everything(a_learner())
    by = learner_actor(learner)
    save_identity(learner.id, details(id_number="", employer="示例科技"), by=by, now=NOON)
    session.refresh(learner)
    assert (learner.id_number, learner.employer) == (a_number(), "示例科技")
    other = details(id_number="", id_type="passport")
    assert refusal_of(lambda: save_identity(learner.id, other, by=by, now=NOON)) == {"id_number_missing"}


def test_an_older_form_of_the_details_is_stale(session):
    learner = with_everything(a_learner())
    with pytest.raises(Stale):
        save_identity(learner.id, details(), by=learner_actor(learner), now=NOON, version=1)


def test_handing_in_needs_everything_and_says_all_that_is_missing(session):
    learner = a_learner()
    assert refusal_of(lambda: hand_in(learner.id, ["identity", "photo"], by=learner_actor(learner), now=NOON)) == {
        "consent_missing", "details_missing", "id_front_missing", "id_back_missing", "photo_missing"}
    assert check_of(learner).state == "draft"


def test_what_is_handed_in_is_locked_and_what_is_verified_stays_locked(session):
    learner = handed_in(with_everything(a_learner()))
    by = learner_actor(learner)
    front, photo = a_file(a_document(), "id_front"), a_file(a_cut_photo(), "photo")
    for code in ("being_checked", "already_verified"):
        acts = [lambda: save_identity(learner.id, details(), by=by, now=NOON),
                lambda: keep_document(learner.id, "id_front", front, by=by, now=NOON),
                lambda: keep_photo(learner.id, None, photo, by=by, now=NOON)]
        assert [refusal_of(act) for act in acts] == [{code}] * 3
        if code == "being_checked":
            reviewer = a_reviewer()
            for kind in ("identity", "photo"):
                decide_check(check_of(learner, kind).reference, "verify", by=reviewer, now=NOON)
    assert identity_is_verified(session, learner.id)
    assert photo_is_accepted(session, learner.id)
    session.rollback()


def test_a_verified_identity_is_told_to_what_waits_for_it_once(session):
    learner = handed_in(with_everything(a_learner()))
    reviewer, reference = a_reviewer(), check_of(learner).reference
    decide_check(reference, "verify", by=reviewer, now=NOON)
    assert refusal_of(lambda: decide_check(reference, "verify", by=reviewer, now=NOON)) == {"wrong_state"}
    decide_check(check_of(learner, "photo").reference, "verify", by=reviewer, now=NOON)
    assert events_told("IdentityVerified") == [{"learner_id": learner.id}]
    assert [(told["kind"], told["move"]) for told in events_told("IdentityCheckMoved")] == [
        ("identity", "submit"), ("photo", "submit"), ("identity", "verify"), ("photo", "verify")]


def test_a_return_names_what_to_correct_and_handing_in_again_mends_it(session):
    learner = handed_in(with_everything(a_learner()))
    reviewer, reference = a_reviewer(), check_of(learner).reference
    assert refusal_of(lambda: decide_check(reference, "return", by=reviewer, now=NOON, reason="姓名不对")) == {
        "item_missing"}
    decide_check(reference, "return", by=reviewer, now=NOON, items=RETURNED)
    assert [(one.item, one.mended_at) for one in check_of(learner).returned] == [("name", None)]
    save_identity(learner.id, details(legal_name="张玮"), by=learner_actor(learner), now=NOON)
    handed_in(learner, "identity")
    check = check_of(learner)
    assert (check.state, check.returned[0].mended_at) == ("submitted", NOON)


def test_unable_goes_on_with_other_evidence(session):
    learner = handed_in(with_everything(a_learner()))
    reviewer, reference = a_reviewer(), check_of(learner).reference
    assert refusal_of(lambda: decide_check(reference, "unable", by=reviewer, now=NOON)) == {"reason_missing"}
    decide_check(reference, "unable", by=reviewer, now=NOON, reason="影像无法辨认，请补充户口页")
    keep_document(learner.id, "evidence", a_file(a_document(7), "evidence"), by=learner_actor(learner), now=NOON)
    handed_in(learner, "identity")
    assert check_of(learner).state == "submitted"


def test_nobody_decides_about_themselves_nor_without_the_permission_nor_on_an_old_form(session):
    learner = handed_in(with_everything(a_learner()))
    reference = check_of(learner).reference
    own, themselves = Actor(learner.account_id, "me", a_reviewer().permissions), learner_actor(learner)
    assert refusal_of(lambda: decide_check(reference, "verify", by=own, now=NOON)) == {"own_record"}
    assert refusal_of(lambda: decide_check(reference, "verify", by=themselves, now=NOON)) == {"not_permitted"}
    with pytest.raises(Stale):
        decide_check(reference, "verify", by=a_reviewer("shenhe3"), now=NOON, version=1)
    with pytest.raises(NotFound):
        decide_check("I999999", "verify", by=a_reviewer("shenhe4"), now=NOON)


def a_young_learner():
    learner = with_everything_but_guardian(a_learner("kid@example.org", born=YOUNG))
    return learner


def with_everything_but_guardian(learner):
    return with_everything(learner, birth_date=YOUNG, legal_name="李明")


def test_the_guardian_of_a_young_learner_acknowledges_by_a_code_to_their_own_address(session):
    learner = a_young_learner()
    by = learner_actor(learner)
    assert refusal_of(lambda: hand_in(learner.id, ["identity"], by=by, now=NOON)) == {"guardian_unnamed"}
    father = a_contact("father@example.org")
    guardian = name_guardian(learner.id, "李强", "father", father, language="zh", by=by, **at(NOON))
    handed_in(learner, "identity")
    reviewer, reference = a_reviewer(), check_of(learner).reference
    assert refusal_of(lambda: decide_check(reference, "verify", by=reviewer, now=NOON)) == {"guardian_missing"}
    told = events_told("CodeSent")[-1]
    assert (told["token"], told["address"], told["purpose"]) == (guardian.token, "father@example.org", "guardian")
    session.refresh(guardian)
    try_code(guardian.code_id, Purpose.GUARDIAN, codes_sent("father@example.org")[-1], real_now=NOON)
    acknowledge_guardian(learner.id, **at(NOON), code_id=guardian.code_id)
    consent = consents_in_force(session, learner.id)["guardian"]
    assert consent.given_by_name == "李强"
    session.rollback()
    decide_check(reference, "verify", by=reviewer, now=NOON)


def test_the_guardians_address_is_not_the_learners_own(session):
    learner = a_young_learner()
    own, by = a_contact("kid@example.org"), learner_actor(learner)
    assert refusal_of(lambda: name_guardian(learner.id, "李强", "father", own, language="zh", by=by, **at(NOON))) == {
        "guardian_own_address"}


def test_naming_another_guardian_makes_the_acknowledgement_void(session):
    learner = a_young_learner()
    by = learner_actor(learner)
    father = a_contact("father@example.org")
    first = name_guardian(learner.id, "李强", "father", father, language="zh", by=by, **at(NOON))
    token = first.token
    acknowledge_guardian(learner.id, **at(NOON))
    name_guardian(learner.id, "王芳", "mother", a_contact("mother@example.org"), language="zh", by=by, **at(NOON))
    session.expire_all()
    guardian = session.scalars(select(Guardian)).one()
    assert (guardian.acknowledged_at, guardian.token != token) == (None, True)
    assert "guardian" not in consents_in_force(session, learner.id)
    session.rollback()
    assert refusal_of(lambda: send_guardian_code(learner.id, language="zh", **at(NOON))) == {"code_too_soon"}


def test_a_consent_is_kept_with_its_version_and_can_be_taken_back(session):
    learner = agreed(a_learner(), SENSITIVE_ID, SHARE_ISSUER)
    by = learner_actor(learner)
    agreed(learner, SENSITIVE_ID)
    assert len(session.scalars(select(Consent)).all()) == 2
    session.rollback()
    withdraw_consent(learner.id, SHARE_ISSUER, by=by, now=NOON)
    assert set(consents_in_force(session, learner.id)) == {SENSITIVE_ID}
    session.rollback()
    assert refusal_of(lambda: withdraw_consent(learner.id, SHARE_ISSUER, by=by, now=NOON)) == {"consent_not_in_force"}
    assert events_told("ConsentWithdrawn") == [{"learner_id": learner.id, "code": SHARE_ISSUER}]
    agreed(learner, SHARE_ISSUER)
    assert [one.withdrawn_at for one in session.scalars(select(Consent).order_by(Consent.id))] == [None, NOON, None]


def test_a_text_that_changed_since_it_was_read_is_not_agreed_to(session):
    learner = a_learner()
    add_consent_text({"code": SENSITIVE_ID, "kind": "separate", "required": True, "when": "exam_registration",
                      "title": "新标题", "text": "新内容"}, now=NOON)
    give = {SENSITIVE_ID: 1}
    assert refusal_of(lambda: give_consents(learner.id, give, by=learner_actor(learner), now=NOON)) == {"text_changed"}
    give_consents(learner.id, {SENSITIVE_ID: 2}, by=learner_actor(learner), now=NOON)
    assert [one.title_zh for one in texts_in_force(session, NOON, "exam_registration") if one.code == SENSITIVE_ID] == [
        "新标题"]


def test_the_standard_texts_are_installed_once(session):
    assert install_texts(now=NOON) == 0
    assert len(session.scalars(select(ConsentText)).all()) == len(STANDARD_TEXTS)
    assert [one.code for one in reasons_for(session, ["name"], "return")] == ["id_mismatch", "other"]
    assert [one.code for one in reasons_for(session, ["name"], "reject")] == ["other"]


def test_a_new_picture_takes_the_place_of_the_old_one_and_a_new_photo_of_its_cut(session):
    learner = with_everything(a_learner())
    by = learner_actor(learner)
    keep_photo(learner.id, a_file(a_document(5), "photo_source"), None, by=by, now=NOON)
    assert set(files_in_force(session, learner.id)) == {"id_front", "id_back", "photo_source"}
    assert photo_in_force(session, learner.id) is None
    session.rollback()
    keep_photo(learner.id, None, a_file(a_cut_photo(), "photo"), by=by, now=NOON)
    assert read_file(photo_in_force(session, learner.id)) == a_cut_photo()
    assert len(session.scalars(select(LearnerFile)).all()) == 6


def test_findings_name_doubles_and_a_consent_that_was_taken_back(session):
    ana = with_everything(a_learner("ana@example.org"))
    eve = with_everything(a_learner("eve@example.org"), sequence=103)
    keep_document(eve.id, "id_front", a_file(a_document(101), "id_front"), by=learner_actor(eve), now=NOON)
    withdraw_consent(eve.id, SENSITIVE_ID, by=learner_actor(eve), now=NOON)
    assert doubles_of(session, ana).same_name_and_birth == 1
    found = {one.code: one.kind for one in automatic_findings(session, eve, NOON, photo_rule=RULE)}
    assert (found["same_person"], found["same_pictures"], found["consent"]) == ("warn", "bad", "bad")
    assert (found["number_form"], found["sides"], found["photo"]) == ("ok", "ok", "ok")
    session.rollback()


def test_learners_are_found_by_part_of_a_name_or_something_whole(session):
    with_everything(a_learner(phone="19900001001"))
    expected = {
        "张": False, "张伟": True, "ANA@example.org": True, "L000001": True, "l000001": True, "%": False, "__": False,
        "' OR 1=1--": False, "": False, a_number(): True, a_number()[:-1]: False, "19900001001": True, "1990000": False,
    }
    assert {typed: bool(session.scalars(search_learners(typed)).all()) for typed in expected} == expected


def test_a_learner_is_found_by_their_account(session):
    learner = a_learner()
    assert learner_of_account(session, learner.account_id).id == learner.id
    assert learner_of_account(session, 999_999) is None
    assert isinstance(session.get(Learner, learner.id), Learner)
