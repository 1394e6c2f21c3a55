"""The body liaison's pages, pressed as they were served."""

import io

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.audit.models import AuditEntry
from enroll.exchange.models import Batch, BatchRow
from enroll.storage.database import db
from tests.builders.accounts import an_account
from tests.builders.exchange import a_reply, people_registered
from tests.pages import press, soup, text_of

HERE = "/staff/exchange"


@pytest.fixture
def desk(app, sign_in):
    return sign_in(an_account("baosong", Role.BODY_LIAISON))


def made(desk):
    answer = press(desk, HERE, f"{HERE}/make", window="202701", kind="registration")
    assert answer.status_code == 303
    return answer.headers["Location"]


def sent(desk):
    page = made(desk)
    for step in ("freeze", "send"):
        assert press(desk, page, f"{page}/{step}").status_code == 303
    return page


def rows():
    db.session.rollback()
    return db.session.scalars(select(BatchRow).order_by(BatchRow.id)).all()


def upload(desk, page, content, **more):
    form = next(one for one in soup(desk.get(page)).find_all("form") if one.get("action", "").endswith("/reply"))
    hidden = {one["name"]: one["value"] for one in form.find_all("input", type="hidden")}
    return desk.post(f"{page}/reply", data={**hidden, "file": (io.BytesIO(content), "reply.xlsx"), **more})


def test_a_batch_goes_from_draft_to_reconciled_by_its_pages(desk):
    people_registered("张伟")
    assert "待报送 2 人" in text_of(desk.get(HERE)), "the notice for the group"
    page = sent(desk)
    said = text_of(desk.get(page))
    assert "SHA-256" in said
    assert "张*" in said
    assert "张伟" not in said
    sheet = desk.get(f"{page}/sheet")
    assert sheet.data.startswith(b"PK")
    assert desk.get(f"{page}/photos").status_code == 200
    db.session.rollback()
    assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.act == "batch.download")).all()) == 2
    subject = rows()[0].subject
    checked = upload(desk, page, a_reply(*[[row.subject, "张伟", "", "", "wu001", "s3cret!"] for row in rows()]))
    preview = checked.headers["Location"]
    shown = desk.get(preview).get_data(as_text=True)
    assert subject in shown
    assert "s3cret!" not in shown
    assert {row.row_state for row in rows()} == {"queued"}
    assert press(desk, preview, f"{preview}/apply").status_code == 303
    assert {row.row_state for row in rows()} == {"accepted"}
    assert "s3cret!" not in desk.get(page).get_data(as_text=True)
    assert press(desk, page, f"{page}/reconcile").status_code == 303
    assert "已核销" in text_of(desk.get(page))


def test_a_wrong_row_is_named_and_offers_no_button(desk):
    people_registered("张伟")
    page = sent(desk)
    answer = upload(desk, page, a_reply([rows()[0].subject, "李娜", "", "", "wu001"]))
    shown = desk.get(answer.headers["Location"])
    assert "2 报名号/考位号 姓名或证件号码后四位与" in text_of(shown)
    assert not [one for one in soup(shown).find_all("form") if one["action"].endswith("/apply")]


def test_a_file_that_is_none_is_refused_beside_the_field(desk):
    people_registered("张伟")
    page = sent(desk)
    for content in (b"", b"not a sheet \x00", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old"):
        answer = upload(desk, page, content)
        assert answer.status_code == 422
        assert soup(answer).find(id="file-e")


def test_a_second_draft_of_the_same_people_is_refused(desk):
    people_registered("张伟")
    made(desk)
    again = press(desk, HERE, f"{HERE}/make", window="202701", kind="registration")
    assert again.status_code == 422
    assert "没有待报送人员" in text_of(again)
    db.session.rollback()
    assert len(db.session.scalars(select(Batch)).all()) == 1


def test_an_old_page_does_not_freeze(desk):
    people_registered("张伟")
    page = made(desk)
    assert press(desk, page, f"{page}/freeze", version="7").status_code == 409
    assert press(desk, page, f"{page}/freeze", version="x").status_code == 409


def test_a_given_up_file_says_so(desk):
    people_registered("张伟")
    page = sent(desk)
    preview = upload(desk, page, a_reply([rows()[0].subject, "张伟", "", "", "wu001"])).headers["Location"]
    assert press(desk, preview, f"{preview}/abandon").status_code == 303
    assert "已放弃" in text_of(desk.get(preview))


def test_the_list_is_filtered_and_says_when_it_is_empty(desk):
    assert "暂无批次" in text_of(desk.get(HERE))
    people_registered("张伟")
    page = made(desk)
    reference = page.rsplit("/", 1)[-1]
    assert reference in text_of(desk.get(f"{HERE}?window=202701&kind=registration&state=draft"))
    assert reference not in text_of(desk.get(f"{HERE}?state=sent"))
    assert desk.get(f"{HERE}?after=abc").status_code == 400


@pytest.mark.one_database
def test_nobody_else_opens_these_pages(app, sign_in, desk):
    people_registered("张伟")
    page = sent(desk)
    other = sign_in(an_account("kaowu", Role.EXAM_OFFICER), app.test_client())
    for address in (HERE, page, f"{page}/sheet", f"{page}/photos", f"{HERE}/blank/registration.xlsx"):
        assert other.get(address).status_code == 403
        assert app.test_client().get(address).status_code == 303
    for address in (f"{HERE}/X2701-9999", f"{HERE}/replies/9F3kQ2mXw7Tn4Zb1Lc8Rd5", f"{page}/other"):
        assert desk.get(address).status_code == 404


def test_every_page_is_there_in_both_languages(desk):
    people_registered("张伟")
    page = sent(desk)
    preview = upload(desk, page, a_reply(["B2701-9999", "张伟"], [rows()[0].subject, "张伟"])).headers["Location"]
    for language in ("zh", "en"):
        desk.get(f"/language/{language}")
        for address in (HERE, page, preview, f"{HERE}/blank/registration.xlsx", f"{HERE}/blank/issuance.xlsx"):
            assert desk.get(address).status_code == 200, (language, address)
