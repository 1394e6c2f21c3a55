"""What machines and staff see of the program at work: figures, imports, jobs that fail."""

import pytest

from enroll.accounts.permissions import Role
from enroll.fees.services.importing import check_payments
from enroll.storage.database import db, transaction
from enroll.storage.imports import StagedImport
from enroll.storage.worker import JobTrouble, jobs_in_trouble, run_jobs
from tests.builders.accounts import an_account
from tests.builders.whole_file import a_whole_file
from tests.builders.workbooks import a_workbook
from tests.conftest import NOON
from tests.pages import soup, text_of

TOKEN = "a token of twenty characters and more"
LISTED = [["缴费单号", "缴费方式", "交易号", "金额（元）", "缴费时间"],
          ["F999999", "微信", "WX1", "480", "2026-11-21 10:00"]]


def ask(client, token):
    return client.get("/metrics", headers={"Authorization": f"Bearer {token}"} if token else {})


def test_figures_are_for_whoever_has_the_token(app, client):
    assert ask(client, TOKEN).status_code == 404, "no token is set: there is no such page"
    app.config["METRICS_TOKEN"] = TOKEN
    try:
        assert [ask(client, token).status_code for token in ("", "wrong", TOKEN + "x")] == [401, 401, 401]
        answer = ask(client, TOKEN)
    finally:
        app.config["METRICS_TOKEN"] = ""
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=0.0.4")


def test_figures_count_and_name_nobody(app, client):
    a_whole_file()
    app.config["METRICS_TOKEN"] = TOKEN
    try:
        lines = ask(client, TOKEN).get_data(as_text=True).splitlines()
    finally:
        app.config["METRICS_TOKEN"] = ""
    figures = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}
    assert figures['enroll_ready{part="database"}'] == 1
    assert figures['enroll_queue_waiting{queue="refunds"}'] >= 0
    assert "enroll_outbox_dead" in figures
    text = "\n".join(lines)
    assert "张伟" not in text
    assert "zhangwei" not in text


def failing(now):
    raise RuntimeError("the provider is away")


def working(now):
    return None


def test_a_job_that_keeps_failing_is_seen_by_doctor_and_in_the_figures_until_it_works_again(app, client, caplog):
    run_jobs(app, [failing, working])
    assert "Traceback" in caplog.text, "the log says where it came from"
    assert list(jobs_in_trouble(db.session())) == [], "once is bad luck"
    run_jobs(app, [failing, working])
    [sentence] = jobs_in_trouble(db.session())
    assert "failing has failed 2 times" in sentence
    assert "the provider is away" in sentence
    app.config["METRICS_TOKEN"] = TOKEN
    try:
        assert "failing\"} 2" in ask(client, TOKEN).get_data(as_text=True)
    finally:
        app.config["METRICS_TOKEN"] = ""
    name = db.session.query(JobTrouble.name).scalar()

    def repaired(now):
        return None

    repaired.__module__, repaired.__qualname__ = failing.__module__, failing.__qualname__
    db.session.rollback()
    run_jobs(app, [repaired])
    assert db.session.get(JobTrouble, name) is None


@pytest.fixture
def brought(app):
    """A file of payments that finance brought."""
    finance = an_account("caiwu", Role.FINANCE).actor_at(NOON)
    return check_payments(a_workbook(LISTED), file_name="银行流水.xlsx", by=finance, now=NOON).token


def test_every_import_stands_in_one_list_with_its_state_and_leads_to_its_page(brought, sign_in):
    finance = sign_in(an_account("caiwu2", Role.FINANCE))
    page = finance.get("/staff/imports")
    assert "银行流水.xlsx" in text_of(page)
    [link] = [a["href"] for a in soup(page).select("main td a")]
    assert finance.get(link).status_code == 200
    assert link.endswith(brought)
    assert "银行流水.xlsx" in text_of(finance.get("/staff/imports?state=checked&kind=payments"))
    assert "银行流水.xlsx" not in text_of(finance.get("/staff/imports?state=applied"))
    assert finance.get("/staff/imports?after=abc").status_code == 400


def test_a_file_is_listed_for_those_who_work_with_its_kind_and_for_the_auditor_who_cannot_open_it(brought, sign_in):
    auditor = sign_in(an_account("shenji", Role.AUDITOR)).get("/staff/imports")
    assert "银行流水.xlsx" in text_of(auditor)
    assert not soup(auditor).select("main td a")
    assert "银行流水.xlsx" not in text_of(sign_in(an_account("luru", Role.RESULT_MAKER)).get("/staff/imports"))
    assert "银行流水.xlsx" not in text_of(sign_in(an_account("shenhe", Role.REVIEWER)).get("/staff/imports"))
    assert sign_in(an_account("jiangshi0", Role.LEARNER)).get("/staff/imports").status_code == 403


def test_every_kind_of_import_has_its_place_in_the_list(brought, sign_in):
    """One row of each kind, as each package writes them: none breaks the page."""
    with transaction() as session:
        first = session.query(StagedImport).one()
        for place, kind in enumerate(["marks", "reply:issuance", "attendance:absent"]):
            session.add(StagedImport(token=f"token-number-{place}-of-these", kind=kind, subject="202701-BJ01",
                                     file_name=f"{kind}.xlsx", sha256=str(place) * 64, file_id=first.file_id,
                                     row_count=3, accepted=[], refused=[], uploaded_by_id=first.uploaded_by_id,
                                     uploaded_at=NOON, abandoned_at=NOON if place else None))
    everything = sign_in(an_account("all", *[role for role in Role if role != Role.LEARNER]))
    page = everything.get("/staff/imports")
    assert page.status_code == 200
    assert len(soup(page).select("main tbody tr")) == 4
    assert len(soup(everything.get("/staff/imports?state=abandoned")).select("main tbody tr")) == 2
