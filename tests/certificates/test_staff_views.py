"""The issuance review: queue and case page, approvals, holds, refusals, measures."""

import pytest
from sqlalchemy import select

from enroll.accounts.models import RoleGrant
from enroll.accounts.permissions import Role
from enroll.certificates.models import Certificate, OpenMatter
from enroll.certificates.services import cases, matters
from enroll.learners.models import LearnerFile
from enroll.results.services.reviews import ask_score_review
from enroll.storage.database import transaction
from tests.builders.award import House, a_candidate, an_exam, result_of
from tests.builders.certificates import (
    NUMBER,
    RECORDING,
    REVIEWING,
    a_passer,
    a_photo_file,
    approved,
    at,
    case_of,
    issued,
)
from tests.builders.study import a_person
from tests.pages import form_on, press, soup, text_of

QUEUE = "/staff/certificates"


@pytest.fixture
def house(app):
    return House()


@pytest.fixture
def window(app, clock):
    clock.set(REVIEWING)
    return an_exam()


@pytest.fixture
def ana(window, house):
    return a_passer(window, house)


@pytest.fixture
def address(ana):
    return f"{QUEUE}/{case_of(ana).reference}"


def state(session, learner):
    session.rollback()
    found = case_of(learner).state
    session.rollback()
    return found


def test_the_queue_shows_masked_names_due_first_and_finds_by_number_or_whole_name(
    session, ana, house, sign_in, address
):
    browser = sign_in(house.first)
    page = browser.get(QUEUE)
    assert case_of(ana).reference in text_of(page)
    assert "买买提江" not in page.get_data(as_text=True), "also not in the notice for the group"
    session.rollback()
    issued(ana, house)
    session.rollback()
    for find, found in ((NUMBER, True), (NUMBER.lower(), True), ("阿依努尔·买买提江", True), ("阿依努尔", False),
                        ("%", False), ("CAIP", False)):
        assert (address.rsplit("/", 1)[1] in text_of(browser.get(QUEUE, query_string={"q": find}))) is found, find


def test_all_the_evidence_stands_on_one_page_with_names(session, ana, house, sign_in, address):
    with transaction() as writing:
        stored = a_photo_file()
        writing.add(stored)
        writing.flush()
        writing.add(LearnerFile(learner_id=ana.id, kind="photo", file_id=stored.id, added_at=REVIEWING))
    browser = sign_in(house.first)
    shown = text_of(browser.get(address))
    for words in ("78", "85", "luru", "fuhe", "P000001", "合格", "110***********1013"):
        assert words in shown, words
    assert "买买提江" not in shown
    assert browser.get(address + "/photo").mimetype == "image/jpeg"


def test_two_people_approve_by_their_buttons_and_the_same_one_not_twice(session, ana, house, sign_in, address):
    browser = sign_in(house.first)
    assert press(browser, address, address + "/approve_first").status_code == 303
    again = browser.get(address)
    assert "btn--dead" in again.get_data(as_text=True)
    token = form_on(again, "/hold").select_one("input[name=csrf_token]")["value"]
    assert browser.post(address + "/approve_second", data={"csrf_token": token, "key": "k1"}).status_code == 409
    assert state(session, ana) == "first_approved"
    assert press(sign_in(house.second), address, address + "/approve_second").status_code == 303
    assert state(session, ana) == "approved"


def test_changed_fields_and_an_old_version_change_nothing(session, ana, house, sign_in, address):
    browser = sign_in(house.first)
    answer = press(browser, address, address + "/approve_first", version="9", first_by_id=str(house.second.id))
    assert answer.status_code == 409
    assert press(browser, address, address + "/approve_first", csrf_token=None).status_code == 419
    press(browser, address, address + "/approve_first", first_by_id=str(house.second.id))
    session.rollback()
    assert case_of(ana).first_by_id == house.first.id


def test_an_open_score_review_is_shown_with_its_link_and_the_button_is_dead(
    session, window, ana, house, sign_in, address
):
    ask_score_review(ana.id, result_of(ana, window, "theory").reference, "", now=REVIEWING,
                     by=ana.account.actor_at(REVIEWING))
    session.rollback()
    browser = sign_in(house.first)
    page = browser.get(address)
    assert soup(page).select_one("main a[href='/staff/score-reviews']")
    assert not soup(page).select("form[action$='/approve_first']")


def test_an_open_matter_is_closed_with_words(session, ana, house, sign_in, address):
    matters.raise_matter(ana.id, "correction", "K000001", by=at(house.lead), now=REVIEWING)
    session.rollback()
    browser = sign_in(house.first)
    assert press(browser, address, "/close", reason="").status_code == 409
    assert press(browser, address, "/close", reason="姓名核对无误").status_code == 303
    assert session.scalars(select(OpenMatter.closing_words)).one() == "姓名核对无误"
    session.rollback()
    page = browser.get(address)
    token = form_on(page, "/hold").select_one("input[name=csrf_token]")["value"]
    assert browser.post(address + "/matters/99999999999999999999/close",
                        data={"csrf_token": token, "key": "k"}).status_code == 404


def test_holding_releasing_and_refusing_ask_their_reasons(session, ana, house, sign_in, address):
    browser = sign_in(house.first)
    assert press(browser, address, address + "/hold", reason="").status_code == 409
    assert press(browser, address, address + "/hold", reason="x" * 5000).status_code == 422
    assert press(browser, address, address + "/hold", reason="核对考场记录").status_code == 303
    assert press(browser, address, address + "/release", reason="已核对").status_code == 303
    refused = press(browser, address, address + "/refuse", code="", reason="照片不一致，可申诉")
    assert refused.status_code == 409
    assert "照片不一致，可申诉" in refused.get_data(as_text=True), "nothing typed is lost"
    assert press(browser, address, address + "/refuse", code="hacked", reason="x").status_code == 422
    assert (
        press(browser, address, address + "/refuse", code="photo_not_current", reason="照片不一致").status_code == 303
    )
    assert state(session, ana) == "refused"
    assert press(sign_in(house.second), address, address + "/reopen", reason="申诉成立").status_code == 303
    assert state(session, ana) == "eligible"


def test_a_measure_is_proposed_by_one_and_confirmed_by_another(session, ana, house, sign_in, address, clock):
    issued(ana, house)
    clock.set(RECORDING)
    session.rollback()
    browser = sign_in(house.first)
    typed = {"move": "suspend", "code": "body_decision", "decided_on": "2026-11-17", "reason": "第 12 号决定"}
    assert press(browser, address, address + "/propose", **{**typed, "decided_on": "17.11.2026"}).status_code == 422
    assert press(browser, address, address + "/propose", **{**typed, "move": "restore"}).status_code == 422
    assert press(browser, address, address + "/propose", **typed).status_code == 303
    assert press(browser, address, address + "/confirm").status_code == 409
    assert state(session, ana) == "issued"
    assert press(sign_in(house.second), address, address + "/confirm").status_code == 303
    assert state(session, ana) == "suspended"


def test_approving_leads_on_to_the_next_case_of_the_queue(session, house, sign_in, clock):
    clock.set(REVIEWING)
    window = an_exam()
    ana = a_passer(window, house)
    first = case_of(ana).reference
    with transaction() as writing:
        case = writing.scalars(select(Certificate)).one()
        copy = {column.name: getattr(case, column.name) for column in Certificate.__table__.columns}
    ben = a_candidate("ben", window)
    with transaction() as writing:
        row = Certificate(**{**copy, "id": None, "reference": "C2609-0002", "token": "x" * 22, "learner_id": ben.id})
        writing.add(row)
    answer = press(sign_in(house.first), f"{QUEUE}/{first}", "/approve_first")
    assert answer.location.endswith("/C2609-0002")


def test_who_may_see_and_who_may_act(app, ana, house, sign_in, address):
    for one in (QUEUE, address, address + "/photo"):
        assert app.test_client().get(one).status_code in {302, 303}
        for account in (ana.account, house.maker, house.lead, a_person(f"t{len(one)}", Role.TRAINER)):
            assert sign_in(account).get(one).status_code == 403
    for account in (house.liaison, house.auditor):
        page = sign_in(account).get(address)
        assert page.status_code == 200
        assert not soup(page).select("main form[method=post]")
    assert sign_in(house.first).get(QUEUE + "/C9999-0001").status_code == 404


def test_odd_queries_are_answered_and_both_languages_stand(ana, house, sign_in, address):
    browser = sign_in(house.first)
    for query in ("?tab=nonsense", "?after=99999999999", "?after=x", "?q=%00", "?q=" + "x" * 5000, "?after=1"):
        assert browser.get(QUEUE + query).status_code in {200, 400}
    for language in ("zh", "en"):
        browser.get(f"/language/{language}")
        for one in (QUEUE, address):
            page = browser.get(one)
            assert len(soup(page).find_all("h1")) == 1
            assert soup(page).html["lang"].startswith(language)


def test_a_reviewer_who_checked_a_mark_sees_why_they_cannot_approve(session, ana, house, sign_in, address):
    with transaction() as writing:
        writing.add(
            RoleGrant(account_id=house.checker.id, role="issuance_reviewer", from_at=REVIEWING.replace(year=2025))
        )
    page = sign_in(house.checker).get(address)
    assert not soup(page).select("form[action$='/approve_first']")
    assert "btn--dead" in page.get_data(as_text=True)


def test_documents_are_given_to_those_who_see_certificates(ana, house, sign_in, address):
    assert sign_in(house.liaison).get(address + "/document").status_code == 404
    approved(ana, house)
    cases.hold(case_of(ana).reference, by=at(house.first), now=REVIEWING, reason="x")
    cases.release(case_of(ana).reference, by=at(house.first), now=REVIEWING, reason="x")
    issued(ana, house)
    assert sign_in(house.liaison).get(address + "/document").mimetype == "application/pdf"
