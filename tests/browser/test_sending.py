"""A large file in a real browser: sent in pieces, the line lost once, gone on by itself and after a reload."""

import hashlib

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from enroll.storage.files import StoredFile, read_file
from tests.builders.courses import REPORT, the_courses
from tests.builders.study import a_student, account_of

pytestmark = pytest.mark.browser

CONTENT = b"%PDF-1.7 " + bytes(range(256)) * 6_000
LOSE_THE_SECOND_ANSWER = """() => {
  const kept = window.fetch;
  let pieces = 0;
  window.fetch = async (address, how) => {
    if (window.lost) throw new Error('lost');
    const answer = await kept(address, how);
    if (how.method === 'PATCH' && ++pieces === 2) { window.lost = true; throw new Error('lost'); }
    return answer;
  };
}"""
STATE = "[data-pieces-state]"


def choose(page) -> None:
    page.select_option("[name=deliverable]", REPORT)
    page.set_input_files("input[type=file]", {"name": "简报.pdf", "mimeType": "application/pdf", "buffer": CONTENT})
    page.get_by_role("button", name="上传文件").click()


@pytest.mark.parametrize("reloaded", [False, True])
def test_a_lost_line_costs_no_piece_that_arrived(app, session, open_page_as, reloaded):
    student = account_of(a_student())
    the_courses()
    page = open_page_as(student, "/study/G1/G1-M2-P1")
    sent: list[str | None] = []
    page.on("request", lambda one: sent.append(one.headers.get("upload-offset")) if one.method == "PATCH" else None)
    page.evaluate(LOSE_THE_SECOND_ANSWER)
    choose(page)
    expect(page.locator(STATE)).to_contain_text("网络中断")
    if reloaded:
        page.reload()
        expect(page.locator("main")).to_contain_text("68")  # per cent of the file
        choose(page)
    else:
        page.evaluate("() => { window.lost = false; }")
    expect(page.locator("#files .file")).to_contain_text(hashlib.sha256(CONTENT).hexdigest()[:16], timeout=15_000)
    assert sent == ["0", "524288", "1048576"], "every piece goes once, whatever became of its answer"
    session.rollback()
    stored = session.scalars(select(StoredFile).where(StoredFile.name == "简报.pdf")).one()
    assert (stored.sha256, read_file(stored)) == (hashlib.sha256(CONTENT).hexdigest(), CONTENT)
