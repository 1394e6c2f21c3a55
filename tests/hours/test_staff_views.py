"""Hours for staff: doubts with their evidence, proofs, and taking back."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.audit.models import AuditEntry
from enroll.foundation.actor import SYSTEM
from enroll.hours.models import HoursDoubt, HoursProof, LedgerEntry
from enroll.hours.queries.standing import minutes_credited
from enroll.hours.services.crediting import credit
from enroll.hours.services.doubts import raise_doubt
from enroll.storage import outbox
from tests.builders.study import a_person, a_student, credited, learner_of, minutes
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, soup, text_of

EVIDENCE = {
    "sessions": [
        {"started_at": "2026-11-22T01:00:00+00:00", "ended_at": "2026-11-22T01:10:00+00:00", "browser": "Phone <b>",
         "device": "11", "seconds": 600},
        {"started_at": "2026-11-22T01:10:00+00:00", "ended_at": "2026-11-22T01:20:00+00:00", "browser": "Desk",
         "device": "12", "seconds": 600},
    ],
    "devices": ["手机", "电脑"],
}


@pytest.fixture
def student(session):
    return a_student()


@pytest.fixture
def doubt(student):
    return raise_doubt(student.id, minutes(30, "session:twin:x", course="G3"), why="two_devices", words="两台设备",
                       evidence=EVIDENCE, by=SYSTEM, now=NOON)


@pytest.fixture
def reviewer(session, sign_in):
    return sign_in(a_person("reviewer", Role.REVIEWER))


@pytest.fixture
def lead(session, sign_in, app):
    return sign_in(a_person("lead", Role.REVIEW_LEAD), app.test_client())


PAGES = ["/staff/hours", "/staff/hours?state=decided", "/staff/hours/proofs", "/staff/hours/proofs?state=issued"]


@pytest.mark.one_database
def test_who_does_not_look_at_hours_gets_no_page(session, sign_in):
    opened = []
    for role in (Role.LEARNER, Role.FINANCE, Role.ADMINISTRATOR, Role.EXAM_OFFICER):
        browser = sign_in(a_person(f"a-{role}"[:12], role))
        opened += [(role, page) for page in PAGES if browser.get(page).status_code != 403]
    assert opened == []


def test_every_list_reads_in_both_languages_empty_and_full(reviewer, student):
    for fill in (lambda: None, lambda: fill_the_lists(student)):
        fill()
        for language in ("zh", "en"):
            reviewer.get(f"/language/{language}")
            for page in PAGES:
                answer = reviewer.get(page)
                assert answer.status_code == 200, (language, page)
                assert len(soup(answer).find_all("h1")) == 1, (language, page)
                assert "%(" not in text_of(answer), (language, page)


def fill_the_lists(student):
    raise_doubt(student.id, minutes(30), why="reported", words="", evidence={}, by=SYSTEM, now=NOON)
    credited(student, 1600)


def test_a_doubt_is_shown_with_its_evidence_as_text(reviewer, doubt):
    page = reviewer.get(f"/staff/hours/doubts/{doubt}")
    text = text_of(page)
    assert "Phone <b>" in text
    assert "手机、电脑" in text
    assert "11月25日" in text


@pytest.mark.parametrize(("move", "credited_minutes"), [("count", 30), ("refuse", 0)])
def test_a_doubt_is_decided_with_a_reason(reviewer, session, student, doubt, move, credited_minutes):
    here = f"/staff/hours/doubts/{doubt}"
    sent = fields_of(form_on(reviewer.get(here), "count"))
    refused = reviewer.post(f"{here}/{move}", data=sent | {"reason": "  "})
    assert refused.status_code == 409
    assert soup(refused).select_one(".errsum")
    assert reviewer.post(f"{here}/{move}", data=sent | {"reason": "看过记录"}).location == "/staff/hours"
    assert minutes_credited(session, student.id) == credited_minutes
    session.rollback()
    assert doubt in text_of(reviewer.get("/staff/hours?state=decided"))
    assert "看过记录" in text_of(reviewer.get(here))


def test_a_stale_or_repeated_decision_changes_nothing(reviewer, session, doubt):
    here = f"/staff/hours/doubts/{doubt}"
    sent = fields_of(form_on(reviewer.get(here), "count")) | {"reason": "看过"}
    assert reviewer.post(f"{here}/count", data=sent | {"version": "9"}).status_code == 409
    assert [reviewer.post(f"{here}/count", data=sent).status_code for _ in range(2)] == [303, 303]
    other = {**sent, "key": "another press"}
    assert reviewer.post(f"{here}/refuse", data=other).status_code == 409
    assert session.scalars(select(HoursDoubt.state)).one() == "counted"


def test_a_reason_nobody_can_read_is_refused(reviewer, session, doubt):
    for reason in ("x" * 5000, "a\x00b", "\u202eabc"):
        assert press(reviewer, f"/staff/hours/doubts/{doubt}", "count", reason=reason).status_code == 422, reason
        assert session.scalars(select(HoursDoubt.state)).one() == "open", reason
        session.rollback()


def test_a_lead_revokes_a_proof_and_issues_it_again(lead, session, student):
    credited(student, 1600)
    outbox.deliver(NOON)
    here = "/staff/hours/proofs/P000001"
    page = lead.get(here)
    assert "1,600" in text_of(page)
    pdf = lead.get(f"{here}/document.pdf")
    assert pdf.data.startswith(b"%PDF-")
    assert press(lead, here, "revoke", reason="").status_code == 409
    assert press(lead, here, "revoke", reason="记录有误").status_code == 303
    assert "记录有误" in text_of(lead.get(here))
    answer = press(lead, here, "reissue", reason="核实无误")
    assert answer.location.endswith("P000002")
    assert session.scalars(select(HoursProof.state).order_by(HoursProof.id)).all() == ["revoked", "issued"]


def test_a_reviewer_sees_proofs_and_does_not_revoke_them(reviewer, session, student):
    credited(student, 1600)
    name = student.learner.legal_name
    for text, there in (("p000001", True), (student.learner.reference, True), (name, True), ("P000009", False)):
        assert ("/proofs/P000001" in reviewer.get("/staff/hours/proofs", query_string={"q": text}).text) is there, text
    sheet = load_workbook(BytesIO(reviewer.get("/staff/hours/proofs/export.xlsx?state=issued").data)).active
    titles, row = sheet.iter_rows(values_only=True)
    assert row[:4] == ("P000001", student.learner.reference, name, 1600)
    assert row[6].startswith("http://localhost/verify/")
    assert session.scalars(select(AuditEntry.details).where(AuditEntry.act == "proofs.export")).one()["rows"] == 1
    none = load_workbook(BytesIO(reviewer.get("/staff/hours/proofs/export.xlsx?state=revoked").data)).active
    assert list(none.iter_rows(values_only=True)) == [titles]
    page = reviewer.get("/staff/hours/proofs/P000001")
    assert soup(page).select_one("form[action$=revoke]") is None
    token = soup(page).select_one("input[name=csrf_token]")["value"]
    for act in ("revoke", "reissue"):
        answer = reviewer.post(f"/staff/hours/proofs/P000001/{act}", data={"csrf_token": token, "reason": "x"})
        assert answer.status_code == 403


def test_a_proof_whose_ledger_shrank_says_so(lead, session, student):
    credited(student, 1575)
    entry = session.scalars(select(LedgerEntry.id).order_by(LedgerEntry.id.desc())).first()
    session.rollback()
    ledger = f"/staff/hours/ledgers/{student.reference}"
    press(lead, f"{ledger}/entries/{entry}/reverse", reason="开着页面人不在")
    assert "已不再成立" in text_of(lead.get("/staff/hours/proofs/P000001"))


def test_an_entry_is_taken_back_once_with_a_reason(reviewer, session, student):
    credit(student.id, minutes(30), by=learner_of(student), now=NOON)
    entry = session.scalars(select(LedgerEntry.id)).one()
    session.rollback()
    ledger = f"/staff/hours/ledgers/{student.reference}"
    here = f"{ledger}/entries/{entry}/reverse"
    assert press(reviewer, here, reason=" ").status_code == 409
    assert press(reviewer, here, reason="错").location == ledger
    assert soup(reviewer.get(here)).select_one("form[action='']") is None
    assert "已冲回" in text_of(reviewer.get(ledger))
    assert minutes_credited(session, student.id) == 0


def test_the_ledger_of_one_enrolment_shows_both_lists(reviewer, student):
    credit(student.id, minutes(400), by=learner_of(student), now=NOON)
    ledger = f"/staff/hours/ledgers/{student.reference}"
    assert "360" in text_of(reviewer.get(ledger))
    assert "超过每日上限" in text_of(reviewer.get(f"{ledger}?view=uncounted"))


def test_what_is_not_there_is_a_404(reviewer, student):
    pages = ["/staff/hours/doubts/D999999", "/staff/hours/proofs/P999999", "/staff/hours/proofs/P999999/document.pdf",
             "/staff/hours/ledgers/E999999", "/staff/hours/ledgers/E-ZHANGWEI/entries/99999999999999999999/reverse",
             "/staff/hours/ledgers/E-ZHANGWEI/entries/1/reverse"]
    assert {page: reviewer.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)


def test_another_enrolment_s_entry_is_not_there(reviewer, session, student):
    other = a_student("other")
    credit(student.id, minutes(30), by=learner_of(student), now=NOON)
    entry = session.scalars(select(LedgerEntry.id)).one()
    session.rollback()
    assert reviewer.get(f"/staff/hours/ledgers/{other.reference}/entries/{entry}/reverse").status_code == 404
