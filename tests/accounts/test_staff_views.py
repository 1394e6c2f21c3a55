from datetime import timedelta

import pytest
from sqlalchemy import select

from enroll.accounts.models import Account, RoleGrant
from enroll.accounts.permissions import Role
from enroll.accounts.services import roles
from enroll.audit.queries import acts_about
from tests.builders.mailbox import codes_sent, events_told
from tests.builders.people import a_member_of_staff, actor_of, an_open_account
from tests.conftest import NOON
from tests.pages import form_on, press, soup, text_of

FIRST = "kettle spoon river"


@pytest.fixture
def boss(session):
    return a_member_of_staff(Role.ADMINISTRATOR, username="admin", name="系统管理员")


@pytest.fixture
def desk(boss, sign_in):
    return sign_in(boss)


def roles_now(session, account):
    session.expire_all()
    held = account.roles_at(NOON)
    session.rollback()
    return held


def test_an_administrator_opens_an_account_for_a_stand_in(desk, session, app):
    answer = press(desk, "/staff/accounts/new", username="Wang.Fang", name="王芳", new_password=FIRST,
                   roles=["reviewer", "result_maker"], until_on="2026-12-31")
    assert answer.status_code == 303
    page = desk.get(answer.location)
    assert "王芳" in text_of(page)
    account = session.scalars(select(Account).where(Account.username == "wang.fang")).one()
    ends = {grant.until_at for grant in account.grants}
    assert account.roles_at(NOON) == {Role.REVIEWER, Role.RESULT_MAKER}
    assert ends == {NOON.replace(month=12, day=31, hour=16, minute=0)}  # the end of that day in Beijing
    session.rollback()
    assert press(app.test_client(), "/sign-in", name="wang.fang", password=FIRST).location == "/staff"


def test_what_is_wrong_with_a_new_account_is_said_and_nothing_is_opened(desk, session):
    whole = {"username": "wangfang", "name": "王芳", "new_password": FIRST, "roles": ["reviewer"]}
    for typed in (
        {"username": "王芳"}, {"username": "a"}, {"username": "x" * 5000}, {"name": "\x00"}, {"name": "\u202e芳王"},
        {"new_password": "short"}, {"new_password": "wang.fang wang.fang"}, {"roles": []}, {"roles": ["learner"]},
        {"roles": ["root"]}, {"until_on": "31.12.2026"}, {"until_on": "9999-12-31"}, {"until_on": "2020-01-01"},
        {"username": "admin"},
    ):
        answer = press(desk, "/staff/accounts/new", **{**whole, **typed})
        assert answer.status_code == 422, typed
        assert soup(answer).select_one(".errsum"), typed
        assert session.scalars(select(Account.username)).all() == ["admin"], typed
        session.rollback()


def test_a_name_like_a_formula_or_a_script_is_shown_as_text(desk, session):
    for number, name in enumerate(["=1+1", "<script>alert(1)</script>", "{{7*7}}", "' OR 1=1--"]):
        press(desk, "/staff/accounts/new", username=f"name{number}", name=name, new_password=FIRST, roles=["reviewer"])
        assert name in text_of(desk.get("/staff/accounts"))


def test_roles_are_given_and_ended_and_the_person_is_signed_out(desk, sign_in, app, session):
    person = a_member_of_staff(Role.REVIEWER)
    theirs = sign_in(person, app.test_client())
    here = f"/staff/accounts/{person.reference}"
    press(desk, here, f"{here}/roles", roles=["review_lead"], from_on="2026-11-23", until_on="2026-11-30")
    assert theirs.get("/account").status_code == 303
    assert roles_now(session, person) == {Role.REVIEWER}
    press(desk, here, f"{here}/roles/reviewer/end")
    assert roles_now(session, person) == set()
    assert press(desk, here, f"{here}/roles/review_lead/end").status_code == 303
    shown = text_of(desk.get(here))
    assert "授予角色" in shown
    assert "收回角色" in shown
    assert "review_lead" not in shown, "a role is named in words"


def test_a_post_by_somebody_whose_role_has_just_ended_changes_nothing(desk, boss, sign_in, app, session):
    second = a_member_of_staff(Role.ADMINISTRATOR, username="admin2")
    person = a_member_of_staff(Role.REVIEWER)
    theirs, here = sign_in(second, app.test_client()), f"/staff/accounts/{person.reference}"
    form = form_on(theirs.get(here), f"{here}/roles")
    token = form.find("input", {"name": "csrf_token"})["value"]
    roles.end_role(second.reference, Role.ADMINISTRATOR, by=actor_of(boss), now=NOON)
    answer = theirs.post(f"{here}/roles", data={"csrf_token": token, "roles": ["auditor"]})
    assert answer.status_code in {303, 403, 419}
    assert roles_now(session, person) == {Role.REVIEWER}


def test_ones_own_account_offers_no_roles_and_refuses_them(desk, boss, session):
    here = f"/staff/accounts/{boss.reference}"
    page = desk.get(here)
    assert not [form for form in soup(page).find_all("form") if form.get("action", "").startswith(f"{here}/roles")]
    token = soup(page).find("input", {"name": "csrf_token"})["value"]
    assert desk.post(f"{here}/roles", data={"csrf_token": token, "roles": ["auditor"]}).status_code == 422
    assert desk.post(f"{here}/roles/administrator/end", data={"csrf_token": token}).status_code == 422
    assert desk.post(f"{here}/disable", data={"csrf_token": token, "reason": "tired"}).status_code == 422
    assert roles_now(session, boss) == {Role.ADMINISTRATOR}


def test_an_account_is_disabled_with_a_reason_and_enabled_again(desk, session):
    person = a_member_of_staff()
    here = f"/staff/accounts/{person.reference}"
    assert press(desk, here, f"{here}/disable", reason=" ").status_code == 422
    assert press(desk, here, f"{here}/disable", reason="离职").status_code == 303
    assert press(desk, here, f"{here}/enable", reason="返岗").status_code == 303
    session.expire_all()
    assert person.state == "active"
    acts = [(act.act, act.details["reason"]) for act in acts_about(session, person.reference) if "able" in act.act]
    session.rollback()
    assert acts == [("account.disable", "离职"), ("account.enable", "返岗")]


def test_an_old_form_does_not_disable_what_has_moved_on(desk, session):
    person = a_member_of_staff()
    here = f"/staff/accounts/{person.reference}"
    old = form_on(desk.get(here), f"{here}/disable")
    typed = {field["name"]: field.get("value", "") for field in old.find_all("input")}
    press(desk, here, f"{here}/disable", reason="离职")
    press(desk, here, f"{here}/enable", reason="返岗")
    answer = desk.post(f"{here}/disable", data={**typed, "key": "other", "reason": "这段话不能丢"})
    assert answer.status_code == 409
    assert "这段话不能丢" in answer.text


def test_the_same_press_twice_is_one_act(desk, session):
    person = a_member_of_staff()
    here = f"/staff/accounts/{person.reference}"
    form = form_on(desk.get(here), f"{here}/roles")
    typed = {field["name"]: field["value"] for field in form.find_all("input", type="hidden") if field.get("value")}
    answers = {desk.post(f"{here}/roles", data={**typed, "roles": ["auditor"]}).location for _ in range(2)}
    assert answers == {here}
    held = session.scalars(select(RoleGrant.role).where(RoleGrant.account_id == person.id)).all()
    session.rollback()
    assert sorted(held) == ["auditor", "reviewer"]


def test_the_list_finds_staff_by_a_part_and_learners_by_the_whole(desk, session):
    a_member_of_staff(username="shenhe1", name="审核员甲")
    an_open_account(email="ana@example.org", name="陈静")
    assert "陈静" not in text_of(desk.get("/staff/accounts"))
    for text, name, found in [("审核", "审核员甲", True), ("%", "审核员甲", False), ("ana@example", "陈静", False),
                              ("ANA@example.org", "陈静", True), ("陈静", "陈静", True), ("' OR 1=1--", "陈静", False)]:
        page = desk.get("/staff/accounts", query_string={"q": text})
        assert (name in text_of(page)) is found, text
    assert "审核员甲" in text_of(desk.get("/staff/accounts?role=reviewer"))
    assert "审核员甲" not in text_of(desk.get("/staff/accounts?role=finance"))
    assert desk.get("/staff/accounts?role=root&after=abc").status_code == 400


def test_a_long_list_has_pages(desk, session):
    for number in range(31):
        a_member_of_staff(username=f"staff{number}", name=f"员工{number}")
    first = desk.get("/staff/accounts")
    older = soup(first).select_one("a[rel=next]")["href"]
    assert len(soup(first).select("tbody tr")) == 30
    assert len(soup(desk.get(older)).select("tbody tr")) == 2


def test_duties_that_should_stand_apart_are_shown(desk, session):
    person = a_member_of_staff(Role.RESULT_MAKER, Role.RESULT_CHECKER)
    assert "同一成绩须由两人分别完成" in text_of(desk.get(f"/staff/accounts/{person.reference}"))


def test_auditors_see_who_may_do_what_but_no_account(sign_in, session):
    client = sign_in(a_member_of_staff(Role.AUDITOR, username="shenji"))
    assert client.get("/staff/accounts/roles").status_code == 200
    assert client.get("/staff/accounts").status_code == 403


def test_an_account_that_is_not_there_is_a_404(desk):
    asked = ["U999999", "U1e1", "u000001", "1", "-1", "U" + "9" * 30, "..", "%00"]
    assert {one: desk.get(f"/staff/accounts/{one}").status_code for one in asked} == dict.fromkeys(asked, 404)


def test_the_desk_speaks_both_languages(desk, session):
    person = a_member_of_staff()
    for address in ("/staff/accounts", "/staff/accounts/new", "/staff/accounts/roles",
                    f"/staff/accounts/{person.reference}"):
        desk.get("/language/en")
        english = text_of(desk.get(address)).replace("审核员甲", "").replace("系统管理员", "")
        assert not [character for character in english if "\u4e00" <= character <= "\u9fff"], address
        desk.get("/language/zh")
        assert "角色" in text_of(desk.get(address))


def test_a_role_that_begins_tomorrow_is_not_held_today(desk, session):
    person, tomorrow = a_member_of_staff(), (NOON + timedelta(days=1)).date()
    here = f"/staff/accounts/{person.reference}"
    press(desk, here, f"{here}/roles", roles=["finance"], from_on=tomorrow.isoformat())
    assert roles_now(session, person) == {Role.REVIEWER}


def test_a_lost_address_is_replaced_for_somebody_who_has_shown_who_they_are(desk, sign_in, app, session):
    ana = an_open_account(Role.ADVISER, email="old@example.org", name="陈静")
    learner = f"/staff/accounts/{an_open_account(email='learner@example.org').reference}"
    refused = press(desk, f"{learner}/contact", contact="x@example.org", proof="当面核对身份证")
    assert "找回登录" in text_of(refused)  # a learner's address takes two people
    theirs = sign_in(ana, app.test_client())
    here = f"/staff/accounts/{ana.reference}"
    assert press(desk, f"{here}/contact", contact="new@example.org", proof=" ").status_code == 422
    assert press(desk, f"{here}/contact", contact="nothing", proof="当面核对身份证").status_code == 422
    assert press(desk, f"{here}/contact", contact="new@example.org", proof="当面核对身份证").location == here
    assert theirs.get("/account").status_code == 303
    browser = app.test_client()
    press(browser, "/recover", name="new@example.org")
    assert len(codes_sent("new@example.org")) == 1
    assert events_told("AccountChanged")[0]["before"] == "old@example.org"
    reasons = [act.details.get("reason") for act in acts_about(session, ana.reference)]
    session.rollback()
    assert "当面核对身份证" in reasons


def test_nobody_replaces_their_own_address_or_takes_somebody_elses(desk, boss, session):
    an_open_account(email="ana@example.org")
    eve = an_open_account(email="eve@example.org")
    own, other = f"/staff/accounts/{boss.reference}/contact", f"/staff/accounts/{eve.reference}/contact"
    taken = press(desk, other, contact="ana@example.org", proof="当面核对身份证")
    assert taken.status_code == 422
    token = soup(taken).find("input", {"name": "csrf_token"})["value"]
    answer = desk.post(own, data={"csrf_token": token, "contact": "mine@example.org", "proof": "我就是我"})
    assert answer.status_code == 422
    session.refresh(boss)
    assert boss.email is None
    session.rollback()
