"""The first day through the pages: five lists, two people, and an account taken over by its owner."""

import csv
import io
from email import message_from_bytes, policy

import pytest
from sqlalchemy import func, select

from enroll.accounts.models import Account, Invitation
from enroll.accounts.permissions import Role
from enroll.certificates.models import EarlierCertificate
from enroll.enrolments.models import Cohort, Enrolment
from enroll.handovers.queries import unsound_handovers
from enroll.handovers.services.kinds import KINDS
from enroll.hours.models import HoursBalance, LedgerEntry, Source
from enroll.hours.services.crediting import credit
from enroll.learners.models import Learner
from enroll.learners.services.texts import install_texts
from enroll.sittings.models import PublishedPart
from enroll.storage import outbox
from enroll.storage.database import db
from enroll.storage.imports import StagedImport
from tests.builders.accounts import an_account
from tests.builders.courses import the_courses
from tests.builders.enrolments import a_place_to_enrol
from tests.builders.study import a_student, learner_of, minutes
from tests.conftest import NOON
from tests.pages import fields_of, form_on, text_of

LEARNERS = [["古丽米热•艾比布力", "guli@example.org", "1996-05-04", "C2511", "D1", "丝路科技", "单位", "zh"],
            ["陈静", "chen.jing@example.org", "1990-01-02", "C2511", "D1", "", "", "en"]]


@pytest.fixture
def office(app, sign_in, tmp_path):
    """The house before its first day; gives a browser for each person. Letters lie in a folder."""
    app.config["MAIL_URL"] = f"folder:{tmp_path}"
    a_place_to_enrol(before_payment=True)
    the_courses()
    install_texts(now=NOON)
    staff = {"admin": Role.ADMINISTRATOR, "shenhe1": Role.REVIEWER, "shenhe2": Role.REVIEWER,
             "luru": Role.RESULT_MAKER, "fuhe": Role.RESULT_CHECKER, "shangbao": Role.BODY_LIAISON,
             "fazheng1": Role.ISSUANCE_REVIEWER}
    people = {name: an_account(name, role) for name, role in staff.items()}
    db.session.commit()
    return {name: sign_in(account, app.test_client()) for name, account in people.items()}


def a_list(kind: str, *rows: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([[one.titles[0] for one in KINDS[kind].columns], *rows])
    return out.getvalue().encode()


def bring(browser, kind: str, *rows: list[str]):
    """Upload a list through its page; gives the page that follows."""
    page = browser.get(f"/staff/handovers/{kind}")
    sent = fields_of(form_on(page, f"/staff/handovers/{kind}")) | {"file": (io.BytesIO(a_list(kind, *rows)), "a.csv")}
    answer = browser.post(f"/staff/handovers/{kind}", data=sent, content_type="multipart/form-data")
    return browser.get(answer.location) if answer.status_code == 303 else answer


def decide(browser, address: str, what: str):
    page = browser.get(address)
    action = f"{address}/{what}"
    answer = browser.post(action, data=fields_of(form_on(page, action)))
    outbox.deliver(NOON)
    return answer


def brought_over(browsers, kind: str, by: str, confirmed_by: str, *rows: list[str]) -> None:
    page = bring(browsers[by], kind, *rows)
    assert page.status_code == 200, text_of(page)
    answer = decide(browsers[confirmed_by], page.request.path, "confirm")
    assert answer.status_code == 303, text_of(answer)
    assert "已写入" in text_of(browsers[confirmed_by].get(page.request.path))


def count(model) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def people_are_here(office) -> None:
    brought_over(office, "cohorts", "admin", "admin", ["C2511", "2025年11月班", "", "CAIP", "banzhuren", "企业"])
    brought_over(office, "learners", "admin", "admin", *LEARNERS)


def the_learner(name: str) -> Learner:
    db.session.rollback()
    return db.session.scalars(select(Learner).where(Learner.legal_name == name)).one()


@pytest.fixture
def letters(office, tmp_path):
    """letters("guli@example.org") gives the links of the letters to that address, the oldest first."""

    def links(address: str) -> list[str]:
        found = [message_from_bytes(file.read_bytes(), policy=policy.default)
                 for file in sorted(tmp_path.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)]
        return ["/activate/" + one.get_content().rsplit("/activate/", 1)[1].strip()
                for one in found if one["To"] == address]

    return links


def test_five_lists_bring_over_what_was_true_before(office, session):
    people_are_here(office)
    learner = the_learner("古丽米热·艾比布力")
    enrolment = session.scalars(select(Enrolment).where(Enrolment.learner_id == learner.id)).one()
    assert (enrolment.state, enrolment.cohort.code, learner.employer, learner.id_number) == (
        "active", "C2511", "丝路科技", None)
    account = session.get_one(Account, learner.account_id)
    assert (account.state, account.email_key, account.password_hash) == ("unconfirmed", None, "")

    brought_over(office, "hours", "shenhe1", "shenhe2",
                 ["guli@example.org", "古丽米热·艾比布力", "G1", "知识", "1000", "2026-03-01", "2026-05-31", "第12页"],
                 [learner.reference, "古丽米热·艾比布力", "G1", "实践", "90", "2026-03-01", "2026-05-31", "第13页"])
    entries = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).all()
    assert [(one.source, one.kind, one.minutes) for one in entries] == [
        ("opening", "knowledge", 480), ("opening", "knowledge", 480), ("opening", "knowledge", 40),
        ("opening", "practice", 90)]
    assert {one.reason for one in entries} == {"第12页", "第13页"}
    assert all(one.recorded_by_id and one.second_person_id and one.recorded_by_id != one.second_person_id
               for one in entries)
    assert session.get_one(HoursBalance, enrolment.id).minutes == 1090

    brought_over(office, "parts", "luru", "fuhe",
                 ["guli@example.org", "古丽米热·艾比布力", "CAIP", "理论", "202609", "202703", "九月成绩通知"])
    part = session.scalars(select(PublishedPart)).one()
    assert (part.part, part.verdict, part.kept_until, part.source) == ("theory", "pass", "202703", "九月成绩通知")

    brought_over(office, "certificates", "shangbao", "fazheng1",
                 ["chen.jing@example.org", "陈静", "CAIP", "CAIP-202509-TX01-00000-0", "2025-11-10", "", "扫描件"])
    visitor = office["admin"].application.test_client()
    page = visitor.get("/verify")
    form = fields_of(form_on(page, "/verify")) | {"number": "caip-202509-tx01-00000-0"}
    assert "2025年11月10日" in text_of(visitor.post("/verify", data=form | {"name": "陈静"}))
    assert "2025年11月10日" not in text_of(visitor.post("/verify", data=form | {"name": "陈晶"}))


def test_the_owner_takes_the_account_over_by_the_link_and_the_day_of_birth(office, app, letters):
    people_are_here(office)
    (link,) = letters("guli@example.org")
    phone = app.test_client()
    page = phone.get(link)
    assert "古丽米热·艾比布力" in text_of(page)
    sent = fields_of(form_on(page, link)) | {"password": "kettle spoon river nine", "privacy_notice": "y"}
    wrong = phone.post(link, data=sent | {"birth_date": "1996-04-05"})
    assert wrong.status_code == 422
    assert "出生日期" in text_of(wrong)
    done = phone.post(link, data=sent | {"birth_date": "1996-05-04"})
    assert (done.status_code, done.location) == (303, "/home")
    assert phone.get("/home").status_code == 200
    assert phone.get(link).status_code == 404
    learner = the_learner("古丽米热·艾比布力")
    account = db.session.get_one(Account, learner.account_id)
    assert (account.state, account.email_key, [one.consent_text.code for one in learner.consents]) == (
        "active", "guli@example.org", ["privacy_notice"])
    waiting = text_of(office["admin"].get("/staff/handovers/waiting"))
    assert "陈静" in waiting
    assert "古丽米热" not in waiting


def test_a_link_ends_after_five_wrong_days_and_a_new_one_takes_its_place(office, app, letters):
    people_are_here(office)
    (first,), phone = letters("guli@example.org"), app.test_client()
    for _ in range(5):
        page = phone.get(first)
        phone.post(first, data=fields_of(form_on(page, first)) | {
            "birth_date": "1990-01-01", "password": "kettle spoon river nine", "privacy_notice": "y"})
    assert phone.get(first).status_code == 404
    reference = the_learner("古丽米热·艾比布力").reference
    again = f"/staff/handovers/waiting/{reference}/invite"
    desk = office["admin"]
    sent = fields_of(form_on(desk.get("/staff/handovers/waiting"), again))
    soon = desk.post(again, data=sent)
    assert soon.status_code == 422, "a link was sent a moment ago"
    with app.app_context():
        db.session.execute(Invitation.__table__.update().values(sent_at=NOON.replace(year=2025)))
        db.session.commit()
    assert desk.post(again, data=sent).status_code == 303
    outbox.deliver(NOON)
    second = letters("guli@example.org")[-1]
    assert second != first
    assert phone.get(second).status_code == 200


def test_a_list_with_a_fault_is_taken_as_a_whole_or_not_at_all(office):
    people_are_here(office)
    page = bring(office["shenhe1"], "hours",
                 ["guli@example.org", "古丽米热·艾比布力", "G1", "知识", "60", "2026-03-01", "2026-05-31", "第12页"],
                 ["guli@example.org", "古丽", "G1", "知识", "60", "2026-03-02", "2026-05-31", "第12页"],
                 ["chen.jing@example.org", "陈静", "G9", "知识", "60.5", "2026-03-01", "2026-05-31", ""])
    words = text_of(page)
    assert "整体" in words
    assert "没有与此编号" in words
    assert not form_is_there(page, "confirm")
    staged = db.session.scalars(select(StagedImport).where(StagedImport.kind == "handover:hours")).one()
    assert [(one["row"], one["column"]) for one in staged.refused] == [(3, "学员"), (4, "分钟"), (4, "依据")]
    assert count(LedgerEntry) == 0


def form_is_there(page, action: str) -> bool:
    try:
        form_on(page, action)
    except AssertionError:
        return False
    return True


def test_who_brings_a_list_that_counts_does_not_confirm_it_and_twice_changes_nothing(office):
    people_are_here(office)
    row = ["guli@example.org", "古丽米热·艾比布力", "G1", "知识", "60", "2026-03-01", "2026-05-31", "第12页"]
    page = bring(office["shenhe1"], "hours", row)
    address = page.request.path
    assert not form_is_there(page, "confirm")
    sent = fields_of(form_on(page, f"{address}/abandon"))
    assert office["shenhe1"].post(f"{address}/confirm", data=sent).status_code == 422
    assert office["luru"].get(address).status_code == 404, "a list about hours is none of theirs"
    for name, led in (("luru", False), ("shenhe2", True)):
        assert (address in office[name].get("/staff/handovers").get_data(as_text=True)) is led
    assert decide(office["shenhe2"], address, "confirm").status_code == 303
    assert (count(LedgerEntry), bring(office["shenhe2"], "hours", row).request.path) == (1, address)
    other = bring(office["shenhe1"], "hours", [*row[:7], "另一页"])
    assert "此前已导入" in text_of(other)
    assert count(LedgerEntry) == 1


def test_a_row_that_no_longer_fits_when_it_is_written_down_leaves_everything_as_it_was(office, session):
    people_are_here(office)
    page = bring(office["shangbao"], "certificates",
                 ["chen.jing@example.org", "陈静", "CAIP", "CAIP-1", "2025-11-10", "", "扫描件"],
                 ["guli@example.org", "古丽米热·艾比布力", "CAIP", "CAIP-2", "2025-11-10", "", "扫描件"])
    form = fields_of(form_on(office["fazheng1"].get(page.request.path), "confirm"))
    assert office["fazheng1"].post(f"{page.request.path}/confirm", data=form).status_code == 303
    changed = the_learner("陈静")
    changed.legal_name = "陈婧"
    session.get_one(Account, changed.account_id).name = "陈婧"
    session.commit()
    outbox.deliver(NOON)
    assert count(EarlierCertificate) == 0
    words = text_of(office["shangbao"].get(page.request.path))
    assert "整体" in words
    put_away = decide(office["shangbao"], page.request.path, "abandon")
    assert put_away.status_code == 303
    assert count(Cohort) == 2


def test_the_doctor_finds_hours_of_before_that_one_person_stands_for(session):
    student = a_student()
    credit(student.id, minutes(60, "opening:a", source=Source.OPENING), by=learner_of(student), now=NOON)
    found = list(unsound_handovers(session))
    assert len(found) == 1
    assert "without two people" in found[0]
