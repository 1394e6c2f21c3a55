"""The reason library: kept by leads in both languages, and what was decided keeps the words it was given."""

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.applications.models import ReturnedItem
from enroll.foundation.problems import Refused
from enroll.learners.models import Reason, ReasonWording
from enroll.learners.rules.reasons import ReasonWords, faults_of
from enroll.learners.services.reasons import add_to_library, set_in_use, word_anew
from enroll.learners.services.texts import add_reason
from enroll.storage.database import db
from tests.builders.accounts import an_account
from tests.builders.applicants import a_lead, a_reviewer, a_submitted, an_applicant, both_sittings
from tests.conftest import NOON
from tests.pages import press, soup, text_of

LIBRARY = "/staff/applications/reasons"
WORDS = ReasonWords("背景不是白色", "Background not white", "请重拍。", "Take it again.", "白墙前。", "By a wall.")


def test_a_reason_says_everything_in_both_languages():
    codes = [(one.code, one.field) for one in faults_of(ReasonWords("字", " ", "做", "do", "例", ""), "perhaps")]
    assert codes == [("reason_half", "words_en"), ("example_half", "example_en"), ("outcome_unknown", "outcome")]
    assert faults_of(WORDS, "both") == []


@pytest.mark.one_database
def test_only_leads_and_whoever_keeps_the_settings_word_the_library_and_the_last_reason_of_an_item_stays(app):
    add_reason("photo", "blue", "return", "浅蓝", "Pale blue", "请换。", "Change it.")
    how = {"now": NOON}
    with pytest.raises(Refused) as refused:
        word_anew("photo", "blue", "return", WORDS, by=a_reviewer(), **how)
    assert refused.value.codes == {"not_permitted"}
    lead = a_lead()
    with pytest.raises(Refused) as refused:
        set_in_use("photo", "blue", False, by=lead, **how)
    assert refused.value.codes == {"last_reason"}
    code = add_to_library("photo", "return", WORDS, by=lead, **how)
    set_in_use("photo", "blue", False, by=lead, **how)
    set_in_use("photo", "blue", False, by=lead, **how)  # and nothing twice
    with pytest.raises(Refused) as refused:
        word_anew("photo", code, "return", WORDS, by=lead, seen_version=0, **how)
    assert refused.value.codes == {"moved_on"}
    rows = db.session.scalars(select(ReasonWording).order_by(ReasonWording.id)).all()
    assert [(one.number, one.retired, one.made_by_name) for one in rows] == [
        (1, False, lead.name), (1, False, ""), (2, True, lead.name)]


def test_a_return_is_made_with_a_preset_and_its_example_and_keeps_its_words_when_the_library_is_worded_anew(
    app, sign_in,
):
    add_reason("photo", "blue", "return", "背景为浅蓝色", "The background is pale blue",
               "请换用白底照片。", "Use a white one.")
    both_sittings()
    reference = a_submitted(an_applicant())
    lead = sign_in(an_account("zhuguan", Role.REVIEW_LEAD))
    reviewer = sign_in(an_account("shenhe1", Role.REVIEWER), app.test_client())
    page = f"{LIBRARY}/photo/blue"
    answer = press(lead, page, page, example_zh="白墙前拍摄。", example_en="")
    assert answer.status_code == 422
    assert "示例请用两种语言填写" in text_of(answer)
    answer = press(lead, page, page, example_zh="白墙前拍摄。", example_en="Before a white wall.", why="常被问起")
    assert answer.status_code == 303
    case = f"/staff/applications/{reference}"
    assert "示例：白墙前拍摄。" in text_of(reviewer.get(case))
    press(reviewer, case, "decide", decision="return", return_reasons=["photo:blue"])
    said = db.session.scalar(select(ReturnedItem.words))
    assert said == "背景为浅蓝色。请换用白底照片。示例：白墙前拍摄。"
    press(lead, page, page, words_zh="背景不是纯白")
    db.session.rollback()
    assert db.session.scalar(select(Reason.words_zh)) == "背景不是纯白"
    assert db.session.scalar(select(ReturnedItem.words)) == said
    history = text_of(lead.get(page, headers={"Accept-Language": "en"}))
    for seen in ("as it came", "常被问起", "The background is pale blue"):
        assert seen in history
    readable = reviewer.get(page)
    assert soup(readable).find("form", {"action": page}) is None, "a reviewer reads it"
    assert soup(lead.get(f"{LIBRARY}/new")).find("select", {"name": "item"}) is not None
    added = press(lead, f"{LIBRARY}/new", f"{LIBRARY}/new", item="hours", outcome="both", words_zh="学时存疑",
                  words_en="Hours in doubt", advice_zh="请说明。", advice_en="Explain.")
    assert added.status_code == 303
    assert "学时存疑" in text_of(reviewer.get(LIBRARY))
    assert reviewer.get(f"{LIBRARY}/photo/none").status_code == 404
