"""Before a weighty act the password again, where it was given long ago; nothing typed is lost, and it is one act."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from enroll.accounts.models import Account, WebSession
from enroll.accounts.permissions import Role
from enroll.accounts.rules.sessions import presence_is_fresh
from enroll.audit.models import AuditEntry
from enroll.storage.database import transaction
from enroll.web.access import is_weighty
from tests.builders.people import PASSWORD, a_member_of_staff
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, soup, text_of

WEIGHTY = {
    *["staff_accounts.create", "staff_accounts.grant", "staff_accounts.end_role", "staff_accounts.replace_contact",
      "staff_accounts.move", "staff_identities.reveal", "applications_staff.reveal", "fees_staff.refund_move",
      "hours_staff.revoke", "results_staff.publish", "certificates_staff.approve", "certificates_staff.refuse",
      "certificates_staff.propose", "certificates_staff.settle", "exchange_staff.apply"],
}
NEW = {"username": "wang.fang", "name": "王芳 & <团队>",
       "new_password": "kettle spoon river", "roles": ["reviewer", "finance"]}


def long_ago(minutes=16):
    """The real clock of a test stands at NOON as well."""
    with transaction() as session:
        session.execute(update(WebSession).values(proved_at=NOON - timedelta(minutes=minutes)))


@pytest.fixture
def desk(app, sign_in):
    return sign_in(a_member_of_staff(Role.ADMINISTRATOR, username="admin", name="系统管理员"))


def test_fresh_is_a_half_open_quarter_of_an_hour():
    asked = [presence_is_fresh(NOON, NOON + timedelta(minutes=15, seconds=one), 15) for one in (-1, 0)]
    assert asked == [True, False]
    assert not presence_is_fresh(NOON, NOON, 0)


def test_these_acts_ask_who_presses(app):
    assert {name for name, view in app.view_functions.items() if is_weighty(view)} == WEIGHTY


def test_the_question_keeps_what_was_typed_and_the_same_press_goes_on(desk, session):
    long_ago()
    question = press(desk, "/staff/accounts/new", **NEW)
    assert (question.status_code, question.request.path) == (422, "/staff/accounts/new")
    assert "再次输入密码" in text_of(question)
    assert session.scalars(select(Account.username)).all() == ["admin"]

    form = form_on(question, "/staff/accounts/new")
    wrong = desk.post("/staff/accounts/new", data={**_sent(form), "present_password": "not this one"})
    assert wrong.status_code == 422
    assert soup(wrong).select_one("#present_password[aria-invalid]") is not None
    assert session.scalars(select(Account.username)).all() == ["admin"]

    before = _cookie(desk)
    sent = {**_sent(form_on(wrong, "/staff/accounts/new")), "present_password": PASSWORD}
    first = desk.post("/staff/accounts/new", data=sent)
    again = desk.post("/staff/accounts/new", data=sent)
    assert (first.status_code, again.status_code, first.location) == (303, 303, again.location)
    made = session.scalars(select(Account).where(Account.username == "wang.fang")).one()
    assert (made.name, made.roles_at(NOON)) == (NEW["name"], {Role.REVIEWER, Role.FINANCE})
    session.rollback()
    assert _cookie(desk) != before, "whoever copied the cookie before is out"
    assert press(desk, "/staff/accounts/new", **{**NEW, "username": "zweite"}).status_code == 303, "asked once"
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act == "account.prove_presence")).all()
    assert len(acts) == 1


def test_guesses_at_the_question_are_counted_as_at_signing_in(desk):
    long_ago()
    form = form_on(press(desk, "/staff/accounts/new", **NEW), "/staff/accounts/new")
    for _ in range(10):
        desk.post("/staff/accounts/new", data={**_sent(form), "present_password": "a guess"})
    locked = desk.post("/staff/accounts/new", data={**_sent(form), "present_password": PASSWORD})
    assert locked.status_code == 422
    assert "次数过多" in text_of(locked)


def test_only_whoever_may_act_is_asked_and_the_words_are_english_for_an_english_reader(desk, app, sign_in):
    other = sign_in(a_member_of_staff(Role.REVIEWER, username="other", name="乙"), app.test_client())
    long_ago()
    other.get("/language/en")
    with other.session_transaction() as cookie:
        token = cookie.get("csrf_token")
    app.config["WTF_CSRF_ENABLED"] = False
    assert other.post("/staff/accounts/new", data={**NEW, "csrf_token": token}).status_code == 403
    desk.get("/language/en")
    answer = desk.post("/staff/accounts/new", data=NEW)
    assert "Your password again" in text_of(answer)


def _sent(form):
    """With every value of a name that is there several times, as a browser sends them."""
    sent = fields_of(form)
    for name in sent:
        found = [field.get("value", "") for field in form.find_all("input", attrs={"name": name})]
        sent[name] = found if len(found) > 1 else sent[name]
    return sent


def _cookie(browser):
    with browser.session_transaction() as cookie:
        return cookie["_user_id"]
