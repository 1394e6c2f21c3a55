"""The public page: what is on the paper and its standing, for whoever has number and name, or the code."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import text, update

from enroll.certificates.services import cases, measures, numbers
from enroll.hours.models import HoursProof
from enroll.learners.models import Learner
from enroll.storage.database import transaction
from enroll.verification.rules import names_match
from tests.builders.award import House, an_exam, enrolment_of
from tests.builders.certificates import (
    ISSUED_ON,
    NUMBER,
    RECORDING,
    REVIEWING,
    a_passer,
    approved,
    at,
    case_of,
    issued,
    reported,
)
from tests.pages import form_on, press, soup, text_of

NAME = "阿依努尔·买买提江"
LATER = RECORDING + timedelta(days=3)


@pytest.fixture
def house(app):
    return House()


@pytest.fixture
def ana(app, house, clock):
    clock.set(LATER)
    return a_passer(an_exam(), house, legal_name=NAME)


@pytest.fixture
def case(ana, house):
    return issued(ana, house)


def ask(client, number, name):
    return press(client, "/verify", number=number, name=name)


def length(page):
    """The size of a page without what was typed and the tokens."""
    return len(re.sub(r'value="[^"]*"', "", page.get_data(as_text=True)))


def test_number_and_whole_name_show_what_is_on_the_paper_and_nothing_else(client, case):
    page = ask(client, NUMBER, NAME)
    assert page.status_code == 200
    shown = re.sub(r"[0-9a-f]{64}", "", text_of(page))
    for words in (NUMBER, NAME, "110***********1013", "2026年11月16日", "有效", "中经数", "202609", "理论考试"):
        assert words in shown, words
    for secret in ("78", "85", case.reference, "luru", "example.org", "L-ana"):
        assert secret not in shown, secret
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert page.headers["Cache-Control"] == "no-store"


def test_a_number_is_found_however_it_is_typed(client, case):
    for spelled in (NUMBER.lower(), f" {NUMBER} ", NUMBER.replace("C", "Ｃ")):
        assert NAME in text_of(ask(client, spelled, NAME)), spelled


WRONG_NAMES = [
    "阿依努尔", "买买提江", "阿依努尔.买买提江", "阿依努尔・买买提江", "%", "阿依努尔·买买提江 Jr", "*", "_",
    "<script>alert(1)</script>", "阿依努爾·買買提江", "' OR 1=1--",
]


def test_only_the_whole_name_opens_it_and_a_wrong_name_reads_like_a_miss(client, case):
    for name in WRONG_NAMES:
        wrong, missed = ask(client, NUMBER, name), ask(client, "CAIP-202609-TX01-99999-9", name)
        assert NAME not in text_of(wrong).replace(name, "")
        assert not soup(wrong).select(".panel")
        assert (wrong.status_code, missed.status_code) == (200, 200)
        assert length(wrong) == length(missed)
        assert "<script>alert" not in wrong.get_data(as_text=True)


def test_names_are_compared_by_their_characters_and_composed_forms_are_one():
    assert names_match("Zoë", "Zoe\u0308")
    assert not names_match("Zoe", "Zoë")
    assert not names_match("ZOË", "Zoë")
    assert not names_match("", "")
    assert not names_match("\ud800", "Zoë")


def test_numbers_in_sequence_give_no_name_and_soon_a_429(client, case):
    form = form_on(client.get("/verify"), "/verify")
    token = form.select_one("input[name=csrf_token]")["value"]
    answers = [
        client.post(
            "/verify",
            data={"csrf_token": token, "number": f"CAIP-202609-TX01-{place:05d}-3", "name": "x"},
            headers={"X-Forwarded-For": f"10.0.0.{place}"},
        )
        for place in range(40)
    ]
    assert {one.status_code for one in answers[:30]} == {200}
    assert {one.status_code for one in answers[30:]} == {429}
    assert not [one for one in answers if NAME in one.get_data(as_text=True)]
    assert soup(answers[-1]).h1


def test_what_cannot_be_read_is_said_beside_its_field(client, case):
    for number, name in (("", NAME), (NUMBER, ""), ("x" * 5000, NAME), (NUMBER, "x" * 5000), ("\x00", NAME),
                         (NUMBER, "\u202e" + NAME)):
        answer = ask(client, number, name)
        assert answer.status_code == 422
        assert soup(answer).select_one("[data-error-summary]")


def test_the_code_on_the_paper_opens_the_same_page(client, case):
    page = client.get(f"/verify/{case.token}")
    assert NAME in text_of(page)
    assert NUMBER in text_of(page)


def test_other_codes_and_changed_ones_are_not_valid_and_never_an_error(client, session, case, ana):
    flipped = case.token[:-1] + ("A" if case.token[-1] != "A" else "B")
    sizes = set()
    for token in (flipped, case.token.upper() + "x", "A" * 22, case.file.token):
        answer = client.get(f"/verify/{token}")
        assert answer.status_code == 404
        sizes.add(length(answer) - len(token) * answer.get_data(as_text=True).count(token))
    assert len(sizes) == 1
    assert client.get(f"/verify/%20{case.token}").status_code == 404


def test_a_case_without_a_number_is_not_to_be_found_by_its_code(client, ana, house):
    token = approved(ana, house).token
    assert client.get(f"/verify/{token}").status_code == 404


def measured(case, house, move):
    measures.propose_measure(case.reference, move, "fake_material", "内部理由", date(2026, 11, 17),
                             by=at(house.first, RECORDING), now=RECORDING)
    measures.confirm_measure(case.reference, by=at(house.second, RECORDING), now=RECORDING)


def test_suspended_and_revoked_say_since_when_and_never_why(client, session, case, house):
    for move, words in (("suspend", "暂停使用"), ("restore", "有效"), ("revoke", "已撤销")):
        measured(case, house, move)
        session.rollback()
        shown = text_of(client.get(f"/verify/{case.token}"))
        assert words in shown
        assert "内部理由" not in shown
        assert ("2026年11月18日" in shown) is (move != "restore")


def test_an_ended_validity_is_expired_from_the_day_after(client, ana, house, clock):
    case = issued(ana, house, valid_until=date(2026, 11, 22))
    assert "有效" in text_of(client.get(f"/verify/{case.token}"))
    clock.set(RECORDING + timedelta(days=5))
    assert "已过期" in text_of(client.get(f"/verify/{case.token}"))


def test_a_replaced_certificate_names_the_newer_one(client, session, case, ana, house):
    cases.open_reissue(case.reference, by=at(house.first), now=RECORDING, reason="改名")
    new = reported(ana, house)
    numbers.record_number(
        new.reference, "CAIP-NEW-1", ISSUED_ON, None, None, by=at(house.liaison, RECORDING), now=RECORDING
    )
    session.rollback()
    shown = text_of(client.get(f"/verify/{case.token}"))
    assert "CAIP-NEW-1" in shown
    assert "已换发" in shown
    assert "有效" in text_of(client.get(f"/verify/{case_of(ana).token}"))


def test_a_changed_name_of_the_person_changes_nothing_on_the_page(client, case):
    with transaction() as writing:
        writing.execute(update(Learner).values(legal_name="改名"))
    assert NAME in text_of(ask(client, NUMBER, NAME))
    assert "改名" not in text_of(client.get(f"/verify/{case.token}"))


def test_a_proof_of_hours_is_checked_against_its_ledger(client, session, ana):
    with transaction() as writing:
        proof = writing.query(HoursProof).filter_by(enrolment_id=enrolment_of(ana).id).one()
        reference, token = proof.reference, proof.token
        name = proof.facts["name"]
    shown = text_of(ask(client, reference, name))
    for words in (reference, "36", "有效", "不是证书"):
        assert words in shown
    with transaction() as writing:
        kind = writing.connection().dialect.name
        if kind == "sqlite":
            writing.execute(text("DROP TRIGGER ledger_entry_keeps_update"))
        else:
            writing.execute(text("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_keeps_update"))
        writing.execute(
            text("UPDATE ledger_entry SET minutes = minutes + 1 WHERE id = (SELECT min(id) FROM ledger_entry)")
        )
        if kind == "postgresql":
            writing.execute(text("ALTER TABLE ledger_entry ENABLE TRIGGER ledger_entry_keeps_update"))
    assert "panel--bad" in str(soup(client.get(f"/verify/{token}")).select_one(".panel"))
    assert "无法确认" in text_of(client.get(f"/verify/{token}"))


def test_both_languages_print_and_no_list(client, case):
    for language, words in (("en", "Valid"), ("zh", "有效")):
        client.get(f"/language/{language}")
        page = client.get(f"/verify/{case.token}")
        assert words in text_of(page)
        assert len(soup(page).find_all("h1")) == 1
        assert soup(client.get("/verify")).h1
    assert REVIEWING < RECORDING
