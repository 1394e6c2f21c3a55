"""The file of a window for an inspection: whole, with an index that proves each part, frozen, and every taking on
record."""

import hashlib
import io
import zipfile

import openpyxl
import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.audit.models import AuditEntry
from enroll.desk.models import WindowFile
from enroll.storage import outbox
from enroll.storage.database import db
from tests.builders.accounts import an_account
from tests.builders.applicants import a_reviewer, an_applicant, an_approved, both_sittings
from tests.conftest import NOON
from tests.pages import fetched, press, soup, text_of

HERE = "/staff/window-files/202701"


@pytest.fixture
def auditor(app, sign_in):
    both_sittings()
    an_approved(an_applicant(), by=a_reviewer("shenhe"))
    while outbox.deliver(NOON):
        pass
    return sign_in(an_account("shenji", Role.AUDITOR))


def made(auditor, reason="教育局检查"):
    assert press(auditor, HERE, reason=reason).status_code == 303
    outbox.deliver(NOON)
    return soup(auditor.get(HERE)).select_one("main a[download]")["href"]


def rows_of(content):
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    return [tuple(row) for row in book.active.iter_rows(min_row=2, values_only=True)]


def test_the_file_has_every_table_and_an_index_that_proves_them(auditor):
    assert "/window-files/202701" in auditor.get("/staff/window-files").get_data(as_text=True)
    assert press(auditor, HERE, reason=" ").status_code == 422
    content = fetched(auditor, made(auditor)).data
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    index = rows_of(files.pop("00-目录.xlsx"))
    assert {name: digest for name, _holds, _rows, digest in index} == {
        name: hashlib.sha256(part).hexdigest() for name, part in files.items()}
    assert len([name for name in files if name.endswith(".xlsx")]) == 13
    (application,) = rows_of(files["01-报名名册.xlsx"])
    assert application[3].startswith("110***")
    decisions = rows_of(files["02-审核与决定.xlsx"])
    assert [(row[1], row[5]) for row in decisions if row[3] == "审核通过"] == [("通过", "shenhe")]
    assert len(rows_of(files["03-学时证明.xlsx"])) == 1
    assert [row[7] for row in rows_of(files["04-场次座位与到场.xlsx"])] == ["座位已保留"] * 2
    assert "shenhe" in {row[0] for row in rows_of(files["12-经手人员.xlsx"])}


def test_a_later_file_is_another_version_and_every_taking_is_on_record(app, auditor, sign_in):
    first = made(auditor)
    before = fetched(auditor, first).data
    second = made(auditor, "复查")
    assert first != second
    assert fetched(auditor, first).data == before
    assert [one.number for one in db.session.scalars(select(WindowFile).order_by(WindowFile.number))] == [1, 2]
    taken = db.session.scalars(select(AuditEntry.details).where(AuditEntry.act == "window_file.download").order_by(
        AuditEntry.seq)).all()
    assert [one["number"] for one in taken] == [1, 1]
    db.session.rollback()
    page = text_of(auditor.get(HERE))
    assert "教育局检查" in page
    assert "复查" in page
    office = sign_in(an_account("kaowu", Role.EXAM_OFFICER), app.test_client())
    assert [office.get(one).status_code for one in (HERE, first)] == [403, 403]
    assert auditor.get(first.replace("202701", "202703")).status_code == 404
    assert auditor.get("/staff/window-files/209901").status_code == 404
