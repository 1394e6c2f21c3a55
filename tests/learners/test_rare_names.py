"""Somebody who cannot type their name: it is asked for with a picture, entered exactly, and confirmed by its owner."""

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.audit.models import AuditEntry
from enroll.foundation.problems import Problem
from enroll.learners.models import IdentityCheck, Learner
from enroll.learners.rules.names import code_points, read_entered_name
from enroll.storage.database import db
from tests.builders.accounts import an_account
from tests.builders.learners import a_learner, handed_in, the_texts, with_everything
from tests.builders.mailbox import events_told
from tests.pages import press, soup, text_of


@pytest.mark.parametrize(("typed", "kept"), [
    ("陈U+2CE16", "陈𬸖"), ("u+2ce16U+9648", "𬸖陈"), ("古丽米热．艾比布力", "古丽米热·艾比布力"),
    ("U+20BB7野家", "𠮷野家"), ("陈 𬸖", "陈𬸖"), ("Ana U+00D1uñez", "Ana Ñuñez"),
])
def test_a_code_point_is_the_character_it_names(typed, kept):
    assert read_entered_name(typed).name == kept


@pytest.mark.parametrize("typed", [
    "陈U+D800", "陈U+110000", "陈U+0000", "陈U+202E", "陈U+E000", "陈U+1F600", "陈U+003C", "U+",
    "陈\x00", "", "陈" * 61,
])
def test_what_is_no_character_of_a_name_is_refused_at_the_field(typed):
    read = read_entered_name(typed)
    assert isinstance(read, Problem)
    assert read.field == "entered_name"


def test_the_page_says_which_characters_are_rare():
    assert code_points("陈𬸖䮌") == "𬸖 U+2CE16 · 䮌 U+4B8C"
    assert code_points("陈静") == ""


def test_a_name_goes_from_the_picture_to_its_owners_yes(session, sign_in, app):
    the_texts()
    learner = a_learner("ana@example.org")
    number, account = learner.id, learner.account
    mine = sign_in(account)
    refused = press(mine, "/identity/name", name_note="左边是鱼")
    assert refused.status_code == 422
    assert "请先上传能看清姓名的图片" in text_of(refused)
    assert "左边是鱼" in refused.get_data(as_text=True), "what was typed stays"

    with_everything(learner, sequence=7)
    handed_in(learner)
    db.session.rollback()
    assert press(mine, "/identity/name", name_note="左边是鱼").status_code == 303
    reference = session.scalars(select(IdentityCheck.reference).where(
        IdentityCheck.learner_id == number, IdentityCheck.kind == "identity")).one()
    session.rollback()
    page, desk = f"/staff/identities/{reference}", sign_in(an_account("shenhe", Role.REVIEWER), app.test_client())
    assert "学员无法输入自己的姓名" in text_of(desk.get(page))
    assert "请先按图片录入" in text_of(desk.get(page)), "verifying waits for it"

    wrong = press(desk, page, f"{page}/name", entered_name="陈U+110000")
    assert wrong.status_code == 422
    assert soup(wrong).select_one("#entered_name[aria-invalid]")["value"] == "陈U+110000"
    assert press(desk, page, f"{page}/name", entered_name="陈U+2CE16").status_code == 303
    assert press(desk, page, f"{page}/name", entered_name="陈静", version="1").status_code == 409
    kept = session.get_one(Learner, number)
    assert (kept.legal_name, kept.account.name, kept.has_name_to_confirm) == ("陈𬸖", "陈𬸖", True)
    session.rollback()
    assert "𬸖 U+2CE16" in text_of(desk.get(page))
    assert events_told("NameEntered")
    assert "请确认您的姓名" in text_of(mine.get("/messages"))

    assert "请确认是否正确" in text_of(mine.get("/identity"))
    assert press(mine, "/identity/name", "/identity/name/answer", answer=["wrong"], name_note="右边").status_code == 303
    assert session.get_one(Learner, number).waits_for_name
    session.rollback()
    press(desk, page, f"{page}/name", entered_name="陈U+4B8C")
    assert press(mine, "/identity/name", "/identity/name/answer", answer=["right"]).status_code == 303
    assert session.get_one(Learner, number).name_confirmed_at is not None
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.like("learner.%_name")).order_by(AuditEntry.seq))
    assert acts.all() == ["learner.ask_name", "learner.enter_name", "learner.ask_name", "learner.enter_name",
                          "learner.confirm_name"]
    mine.get("/language/en")
    assert "A name that cannot be typed" in text_of(mine.get("/identity/name"))
