from datetime import timedelta

import pytest
from sqlalchemy import text

from enroll.accounts.permissions import Role
from enroll.audit.queries import acts_on_learner
from enroll.learners.rules.checks import review_due
from enroll.learners.services.identity import decide_check, hand_in
from enroll.learners.services.joining import open_learner
from enroll.storage.database import transaction
from tests.builders.accounts import an_account
from tests.builders.learners import (
    BORN,
    a_learner,
    a_number,
    a_reviewer,
    check_of,
    handed_in,
    learner_actor,
    many_waiting,
    the_texts,
    with_everything,
)
from tests.builders.mailbox import events_told
from tests.builders.people import actor_of, an_open_account
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, soup, text_of


@pytest.fixture(autouse=True)
def texts(app):
    the_texts()


@pytest.fixture
def desk(sign_in, session):
    return sign_in(an_open_account(Role.REVIEWER, username="shenhe", name="审核员甲"))


def waiting(email="ana@example.org", sequence=101, **changed):
    return handed_in(with_everything(a_learner(email), sequence=sequence, **changed))


def address_of(learner, kind="identity"):
    return f"/staff/identities/{check_of(learner, kind).reference}"


def test_the_queue_shows_the_longest_waiting_first_with_what_is_due(desk, session):
    first, second = (with_everything(a_learner(f"p{number}@example.org"), sequence=number, legal_name=name)
                     for number, name in ((101, "张一"), (103, "张二")))
    hand_in(second.id, ["identity"], by=learner_actor(second), now=NOON - timedelta(days=6))
    hand_in(first.id, ["identity"], by=learner_actor(first), now=NOON)
    page = desk.get("/staff/identities")
    rows = [row.get_text(" ") for row in soup(page).select("tbody tr")]
    assert ["张二" in rows[0], "张一" in rows[1], len(rows)] == [True, True, 2]
    assert soup(page).select_one(".due--late")
    assert a_number() not in page.text


def test_three_working_days_leave_out_the_weekend():
    friday = NOON - timedelta(days=2)
    assert friday.weekday() == 4
    assert review_due(friday) == friday + timedelta(days=5)


def test_the_notice_for_the_group_masks_names_and_says_when(desk, session):
    waiting(legal_name="欧阳思源")
    notice = soup(desk.get("/staff/identities")).find(id="group-notice").get_text()
    assert "欧**源" in notice
    assert "欧阳思源" not in notice
    assert "http://localhost/staff/identities" in notice
    with transaction() as writing:
        writing.execute(text("UPDATE identity_check SET state = 'unable' WHERE state = 'submitted'"))
    unable = soup(desk.get("/staff/identities")).find(id="group-notice").get_text()
    assert "– 前" not in unable
    assert unable == notice, "what could not be verified is still due"


def test_the_queue_is_filtered_by_state_kind_name_and_whole_number(desk, session):
    ana = waiting(legal_name="张伟")
    waiting("eve@example.org", 103, legal_name="王芳")
    for query, names in [("q=王芳", {"王芳"}), (f"q={a_number()}", {"张伟"}), ("q=110199", set()), ("q=%25", set()),
                         ("kind=photo", {"张伟", "王芳"}), ("state=verified", set()), ("state=all", {"张伟", "王芳"}),
                         ("state=nonsense&kind=nonsense", {"张伟", "王芳"})]:
        shown = text_of(desk.get(f"/staff/identities?{query}"))
        assert {name for name in ("张伟", "王芳") if name in shown} == names, query
    assert desk.get("/staff/identities?after=abc").status_code == 400
    decide_check(check_of(ana).reference, "verify", by=a_reviewer(), now=NOON)
    assert "张伟" in text_of(desk.get("/staff/identities?state=verified"))


def test_an_empty_queue_says_what_would_be_here(desk, session):
    assert "没有待处理的" in text_of(desk.get("/staff/identities"))


def test_a_long_queue_has_pages_without_gap_or_double(desk, session):
    learner = waiting()
    many_waiting(session, 31)
    first = desk.get("/staff/identities?kind=identity")
    second = desk.get(soup(first).select_one("a[rel=next]")["href"])
    seen = [row.select_one("a")["href"] for page in (first, second) for row in soup(page).select("tbody tr")]
    assert len(seen) == len(set(seen)) == 32
    assert address_of(learner) in seen


def test_the_page_shows_exceptions_first_the_pictures_and_no_whole_number(desk, session):
    learner = waiting(legal_name="张伟")
    waiting("eve@example.org", 103, legal_name="张伟")
    page = desk.get(address_of(learner))
    assert a_number() not in page.text
    assert "另一名学员的姓名和出生日期相同" in text_of(page)
    assert "张伟" in soup(page).find("h1").get_text()
    shown = soup(page).select_one(".doc__view img")["src"]
    assert desk.get(shown).content_type == "image/jpeg"
    assert desk.get(f"{address_of(learner)}?file=photo&zoom=200&turn=90").status_code == 200
    for query in ("zoom=abc", "turn=-1", "zoom=99999999999999"):
        assert desk.get(f"{address_of(learner)}?{query}").status_code == 400


def test_verify_and_next_goes_on_to_the_next_learner(desk, session):
    ana, eve = waiting(), waiting("eve@example.org", 103)
    here = address_of(ana)
    answer = press(desk, here, f"{here}/verify", go_on="next", both="y")
    assert answer.location == address_of(eve)
    assert {check_of(ana, kind).state for kind in ("identity", "photo")} == {"verified"}
    there = address_of(eve)
    press(desk, there, f"{there}/verify", both="y")
    assert events_told("IdentityVerified") == [{"learner_id": ana.id}, {"learner_id": eve.id}]


def test_a_return_needs_a_named_item_and_takes_the_librarys_words_where_none_are_typed(desk, session):
    learner = waiting()
    here = address_of(learner)
    assert press(desk, here, f"{here}/return").status_code == 422
    assert press(desk, here, f"{here}/return", item=["other"], reason_other="other").status_code == 422
    answer = press(desk, here, f"{here}/return", item=["name", "photo", "hours"], reason_name="id_mismatch")
    assert answer.status_code == 303
    kept = [(one.item, one.words) for one in check_of(learner).returned]
    assert kept == [("name", "姓名不一致。请更正后重新提交。")]


def test_words_that_are_typed_stand_instead_of_the_librarys(desk, session):
    learner = waiting()
    here = address_of(learner)
    press(desk, here, f"{here}/return", item=["other"], reason_other="other", words_other="=1+1 请补充")
    assert [one.words for one in check_of(learner).returned] == ["=1+1 请补充"]
    assert "=1+1 请补充" in text_of(desk.get(here))


def test_words_that_cannot_be_read_are_named_and_nothing_is_decided(desk, session):
    learner = waiting()
    here = address_of(learner)
    for words in ("\x00", "\u202eabc"):
        assert press(desk, here, f"{here}/return", item=["name"], words_name=words).status_code == 422, words
        assert check_of(learner).state == "submitted", words


def test_unable_needs_words_and_is_not_a_refusal(desk, session):
    learner = waiting()
    here = address_of(learner)
    assert press(desk, here, f"{here}/unable", reason="").status_code == 422
    assert press(desk, here, f"{here}/unable", reason="影像反光").status_code == 303
    assert check_of(learner).state == "unable"
    assert "无法核验" in text_of(desk.get("/staff/identities"))


def test_the_whole_number_is_shown_once_for_a_reason_that_is_audited(desk, session):
    learner = waiting()
    here = address_of(learner)
    assert press(desk, here, f"{here}/reveal", reason=" ").status_code == 422
    shown = press(desk, here, f"{here}/reveal", reason="与影像逐位核对")
    assert (shown.status_code, a_number() in shown.text) == (200, True)
    assert a_number() not in desk.get(here).text
    acts = [act for act in acts_on_learner(session, learner.id) if act.act == "learner.reveal_number"]
    assert [(act.actor_name, act.details["reason"]) for act in acts] == [("审核员甲", "与影像逐位核对")]
    assert a_number() not in str(acts[0].details)
    session.rollback()


def test_nobody_decides_about_themselves(sign_in, session):
    me = an_open_account(Role.REVIEWER, Role.LEARNER, username="both", email="ana@example.org")
    learner = a_learner_of(me)
    client = sign_in(me)
    page = client.get(address_of(learner))
    assert not [form for form in soup(page).find_all("form") if form.get("action", "").endswith("/verify")]
    assert "不能审核自己的记录" in text_of(page)
    token = fields_of(form_on(page, "/reveal"))
    assert client.post(f"{address_of(learner)}/verify", data=token).status_code == 422
    assert check_of(learner).state == "submitted"


def a_learner_of(account):
    return handed_in(with_everything(open_learner(account.id, BORN, by=actor_of(account), now=NOON)))


def test_two_reviewers_get_one_verdict_and_a_409(desk, app, sign_in, session):
    learner = waiting()
    here = address_of(learner)
    other = sign_in(an_open_account(Role.REVIEWER, username="other"), app.test_client())
    old = fields_of(form_on(other.get(here), f"{here}/verify"))
    press(desk, here, f"{here}/return", item=["name"], reason_name="id_mismatch")
    assert other.post(f"{here}/verify", data=old).status_code == 409
    assert check_of(learner).state == "returned"


@pytest.mark.one_database
def test_others_see_neither_queue_nor_pictures(sign_in, session):
    here = address_of(waiting())
    for role in (Role.LEARNER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR, Role.ADVISER):
        client = sign_in(an_account(f"a-{role}"[:12], role))
        for address in ("/staff/identities", here, f"{here}/id_front.jpg"):
            assert client.get(address).status_code == 403, (role, address)


def test_a_check_that_is_not_there_is_a_404(desk, session):
    waiting()
    ends = ["/I999999", "/i000001", "/1", "/%00", "/I1e1", "/I000001/nothing.jpg", "/..%2f1"]
    assert {end: desk.get(f"/staff/identities{end}").status_code for end in ends} == dict.fromkeys(ends, 404)


def test_a_move_that_is_none_is_a_404(desk, session):
    here = address_of(waiting())
    token = fields_of(form_on(desk.get(here), f"{here}/verify"))
    assert desk.post(f"{here}/burn", data=token).status_code == 404
    assert desk.post(f"{here}/submit", data=token).status_code == 422


def test_the_desk_speaks_both_languages(desk, session):
    learner = waiting(legal_name="Ana")
    for address in ("/staff/identities?state=all", address_of(learner)):
        desk.get("/language/en")
        english = text_of(desk.get(address)).replace("审核员甲", "")
        assert not [one for one in english if "\u4e00" <= one <= "\u9fff"], english
        desk.get("/language/zh")
        assert "实名" in text_of(desk.get(address))
