from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
import time_machine
from sqlalchemy import select

from enroll.accounts.models import Account, ConfirmationCode, WebSession
from enroll.accounts.permissions import Role
from enroll.accounts.queries import account_by_sign_in_name
from enroll.accounts.services import roles
from enroll.foundation.clock import ShiftedClock
from enroll.web.throttle import limiter
from tests.builders.mailbox import codes_sent
from tests.builders.people import PASSWORD, a_member_of_staff, actor_of, an_open_account
from tests.conftest import NOON
from tests.pages import press, soup, text_of

NEW = "lantern river stone"
ELSEWHERE = [
    *["//evil.example", "//evil.example/", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "///evil.example"],
    *["https://evil.example", "http:evil.example", "https:/evil.example", "HTTPS://evil.example", "//\tevil.example"],
    *["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "mailto:a@b.c", "file:///etc"],
    *["/\tevil", "/\n/evil", "/%0d%0aSet-Cookie:x=1\r\n", "/\r\nLocation: x", "\x00/home", "/ho\x00me", " /home"],
    *["http://localhost@evil.example", "localhost@evil.example", "@evil.example", "evil.example", "", ".", "..", "?x"],
    *["/\u2028x", "//[::1]/", "//127.0.0.1", "\u202e/home", "/" + "x" * 600, "%2F%2Fevil", "//localhost", "/\\/\\evil"],
]


def signed_in_as(client):
    """The name the page shows for who is signed in, or ''."""
    page = client.get("/account")
    return "" if page.status_code == 303 else text_of(page)


def cookie_of(client):
    return client.get_cookie("enroll").value


def test_somebody_signs_in_and_lands_at_home(client, session):
    an_open_account(email="ana@example.org", name="陈静")
    answer = press(client, "/sign-in", name="ana@example.org", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/home")
    assert "陈静" in signed_in_as(client)


def test_staff_land_at_their_desk(client, session):
    a_member_of_staff(username="shenhe1")
    assert press(client, "/sign-in", name="shenhe1", password=PASSWORD).location == "/staff"


def test_after_signing_in_somebody_goes_on_where_they_wanted_to(client, session):
    an_open_account(email="ana@example.org")
    asked = client.get("/account/security")
    answer = press(client, asked.location, action="/sign-in", name="ana@example.org", password=PASSWORD)
    assert answer.location == "/account/security"


def test_nobody_is_sent_elsewhere_after_signing_in(app, session):
    an_open_account(email="ana@example.org")
    sent_elsewhere = []
    for target in ELSEWHERE:
        limiter.reset()
        client = app.test_client()
        page = client.get("/sign-in", query_string={"next": target})
        where = press(client, "/sign-in", name="ana@example.org", password=PASSWORD, next=target).location
        at_home = where[:1] == "/" and where[1:2] not in {"/", "\\"} and not any(ord(one) < 33 for one in where)
        if page.status_code != 200 or not at_home:
            sent_elsewhere.append((target, page.status_code, where))
    assert sent_elsewhere == []


def test_a_wrong_password_says_the_same_as_a_wrong_name_and_keeps_the_name(client, session):
    an_open_account(email="ana@example.org")
    known = press(client, "/sign-in", name="ana@example.org", password="wrong")
    unknown = press(client, "/sign-in", name="eve@example.org", password="wrong")
    assert known.status_code == unknown.status_code == 422
    assert text_of(known) == text_of(unknown)
    assert soup(known).find("input", {"name": "name"})["value"] == "ana@example.org"
    assert not soup(known).find("input", {"name": "password"}).get("value")


def test_nothing_that_is_typed_as_a_name_breaks_signing_in(client, session):
    for typed in ("\x00", "x" * 5000, "=1+1", "\u202eana", "' OR 1=1--", "<script>alert(1)</script>"):
        limiter.reset()
        answer = press(client, "/sign-in", name=typed, password="wrong")
        assert answer.status_code == 422, typed
        assert "<script>alert" not in answer.text, typed


@pytest.mark.one_database
def test_the_page_helps_password_managers_and_hides_from_caches(client, session):
    page = client.get("/sign-in")
    form = soup(page)
    assert form.find("input", {"name": "name"})["autocomplete"] == "username"
    assert form.find("input", {"name": "password"})["autocomplete"] == "current-password"
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.one_database
def test_the_public_pages_speak_both_languages(client):
    for address, accept in product(("/sign-in", "/recover"), ("zh-CN", "en")):
        page = client.get(address, headers={"Accept-Language": accept})
        chinese = any("\u4e00" <= character <= "\u9fff" for character in text_of(page))
        assert chinese == (accept == "zh-CN"), (address, accept)


def test_signing_out_kills_the_cookie_also_where_it_was_copied(client, app, session):
    an_open_account(email="ana@example.org")
    press(client, "/sign-in", name="ana@example.org", password=PASSWORD)
    copied = cookie_of(client)
    token = soup(client.get("/account")).find("input", {"name": "csrf_token"})["value"]
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 303
    assert client.get("/account").status_code == 303
    thief = app.test_client()
    thief.set_cookie("enroll", copied)
    assert thief.get("/account").status_code == 303


def test_the_session_is_a_new_one_after_signing_in_and_the_old_one_is_dead(client, app, session):
    an_open_account(email="ana@example.org"), an_open_account(email="eve@example.org")
    client.get("/sign-in")
    before = cookie_of(client)
    press(client, "/sign-in", name="ana@example.org", password=PASSWORD)
    first = cookie_of(client)
    page = client.get("/account")
    token = soup(page).find("input", {"name": "csrf_token"})["value"]
    client.post("/sign-in", data={"csrf_token": token, "name": "eve@example.org", "password": PASSWORD})
    assert len({before, first, cookie_of(client)}) == 3
    thief = app.test_client()
    thief.set_cookie("enroll", first)
    assert thief.get("/account").status_code == 303
    assert "eve@example.org" in signed_in_as(client)


def test_a_disabled_account_is_out_at_the_next_request(client, sign_in, session):
    ana = an_open_account(email="ana@example.org")
    boss = a_member_of_staff(Role.ADMINISTRATOR, username="admin")
    sign_in(ana)
    assert client.get("/account").status_code == 200
    roles.move_account(ana.reference, "disable", by=actor_of(boss), now=NOON, reason="asked for it")
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize(("role", "idle", "most"), [(Role.REVIEWER, 30, 12 * 60), (Role.LEARNER, 14 * 1440, 60 * 1440)])
def test_a_session_ends_after_its_idle_time_and_at_the_latest_after_its_longest(client, session, role, idle, most):
    an_open_account(role, username="somebody")
    minute = timedelta(minutes=1)
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        press(client, "/sign-in", name="somebody", password=PASSWORD)
        clock.shift((idle - 1) * minute)
        assert client.get("/account").status_code == 200
        clock.shift((idle + 1) * minute)
        assert client.get("/account").status_code == 303
        press(client, "/sign-in", name="somebody", password=PASSWORD)
        for _ in range(most // (idle - 1)):
            clock.shift((idle - 1) * minute)
            assert client.get("/account").status_code == 200
        clock.shift((idle - 1) * minute)
        assert client.get("/account").status_code == 303


def test_recovery_from_the_forgotten_password_to_signing_in(client, session):
    an_open_account(email="ana@example.org")
    press(client, "/recover", name="Ana@Example.org")
    answer = press(client, "/recover/code", code=codes_sent("ana@example.org")[-1], new_password=NEW)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert press(client, "/sign-in", name="ana@example.org", password=NEW).status_code == 303


def test_recovery_tells_nobody_who_has_an_account(client, app, session):
    an_open_account(email="ana@example.org")
    pages = []
    for name in ("ana@example.org", "nobody@example.org"):
        browser = app.test_client()
        sent = press(browser, "/recover", name=name)
        shown = browser.get("/recover/code")
        wrong = press(browser, "/recover/code", code="000000", new_password="short")
        again = press(browser, "/recover", name=name)
        pages.append([(sent.status_code, sent.location), text_of(shown), (wrong.status_code, text_of(wrong)),
                      (again.status_code, text_of(again))])
    assert pages[0] == pages[1]


def test_one_code_sets_one_password_also_when_it_is_sent_twice(client, session):
    an_open_account(email="ana@example.org")
    press(client, "/recover", name="ana@example.org")
    page = client.get("/recover/code")
    hidden = {field["name"]: field["value"] for field in soup(page).select("main form input[type=hidden]")
              if field.get("value")}
    typed = {**hidden, "code": codes_sent()[-1], "new_password": NEW}
    first = client.post("/recover/code", data=typed)
    assert first.location == "/sign-in"
    other_key = client.post("/recover/code", data={**typed, "key": "another", "new_password": "other words here"})
    assert other_key.location == "/recover"  # the browser has forgotten the code
    assert press(client, "/sign-in", name="ana@example.org", password=NEW).status_code == 303


def test_a_weak_new_password_is_refused_without_losing_the_code(client, session):
    an_open_account(email="ana@example.org")
    press(client, "/recover", name="ana@example.org")
    code = codes_sent()[-1]
    assert press(client, "/recover/code", code=code, new_password="woaini5201314").status_code == 422
    assert press(client, "/recover/code", code=code, new_password=NEW).status_code == 303


def test_no_code_goes_to_a_phone_where_no_text_messages_leave(client, app, session):
    an_open_account(email="ana@example.org", phone="19900001001")
    press(client, "/recover", name="19900001001")
    assert codes_sent("+8619900001001") == []
    assert len(codes_sent("ana@example.org")) == 1
    app.config["SMS_URL"] = "https://sms.example"
    press(app.test_client(), "/recover", name="19900001001")
    assert len(codes_sent("+8619900001001")) == 1


def test_changing_the_password_needs_the_present_one_and_ends_the_other_devices(client, app, sign_in, session):
    ana = an_open_account(email="ana@example.org")
    phone = sign_in(ana, app.test_client())
    sign_in(ana)
    wrong = press(client, "/account/security", "/account/password", password="wrong", new_password=NEW)
    assert wrong.status_code == 422
    right = press(client, "/account/security", "/account/password", password=PASSWORD, new_password=NEW)
    assert right.status_code == 303
    assert (client.get("/account").status_code, phone.get("/account").status_code) == (200, 303)


def test_staff_cannot_choose_a_password_that_is_long_enough_for_learners_only(sign_in, session):
    client = sign_in(a_member_of_staff())
    answer = press(client, "/account/security", "/account/password", password=PASSWORD, new_password="tin spoon 9")
    assert answer.status_code == 422
    assert "15" in text_of(answer)


def test_a_new_address_counts_once_its_code_is_entered(client, sign_in, session):
    ana = an_open_account(email="ana@example.org")
    sign_in(ana)
    press(client, "/account/contact", contact="New@example.org", password=PASSWORD)
    assert account_by_sign_in_name(session, "new@example.org") is None
    session.rollback()
    assert press(client, "/account/contact/code", code="x" * 30).status_code == 422
    answer = press(client, "/account/contact/code", code=codes_sent("new@example.org")[-1])
    assert answer.location == "/account/security"
    assert "new@example.org" in text_of(client.get("/account/security"))


def test_a_code_in_another_browser_changes_nothing(client, app, sign_in, session):
    ana, eve = an_open_account(email="ana@example.org"), an_open_account(email="eve@example.org")
    sign_in(ana)
    press(client, "/account/contact", contact="new@example.org", password=PASSWORD)
    other = sign_in(eve, app.test_client())
    assert other.get("/account/contact/code").status_code == 303


def test_the_devices_are_listed_and_one_or_all_others_are_signed_out(client, app, sign_in, session):
    ana, eve = an_open_account(email="ana@example.org"), an_open_account(email="eve@example.org")
    phone, tablet, stranger = (sign_in(who, app.test_client()) for who in (ana, ana, eve))
    sign_in(ana)
    page = client.get("/account/sessions")
    assert len(soup(page).select("tbody tr")) == 3
    other = session.scalar(select(WebSession.id).where(WebSession.account_id == eve.id))
    session.rollback()
    press(client, "/account/sessions", "/account/sessions/end", session=str(other))
    assert stranger.get("/account").status_code == 200
    for named in ("abc", "-1", "9" * 40, "１"):
        press(client, "/account/sessions", "/account/sessions/end", session=named)
    assert (phone.get("/account").status_code, tablet.get("/account").status_code) == (200, 200)
    press(client, "/account/sessions", "/account/sessions/end", session=None)
    assert (phone.get("/account").status_code, tablet.get("/account").status_code) == (303, 303)
    assert client.get("/account").status_code == 200


def test_the_language_is_kept_with_the_account(client, sign_in, session):
    ana = an_open_account(email="ana@example.org")
    sign_in(ana)
    press(client, "/account", "/account/language", language="en")
    assert "Account and security" in text_of(client.get("/account"))
    assert session.scalar(select(Account.language).where(Account.id == ana.id)) == "en"
    session.rollback()
    assert press(client, "/account", "/account/language", language="xx").status_code == 422


def test_fields_that_no_form_has_set_nothing(client, sign_in, session):
    ana = an_open_account(email="ana@example.org")
    sign_in(ana)
    press(client, "/account", "/account/language", language="en", role="administrator", is_demo="1", state="disabled",
          username="root", version="9", id="1", email="x@example.org")
    session.refresh(ana)
    assert (ana.username, ana.state, ana.is_demo, ana.email) == (None, "active", False, "ana@example.org")
    assert ana.roles_at(NOON) == {Role.LEARNER}


def test_a_flood_of_recoveries_costs_five_messages_a_day(client, clock, session):
    an_open_account(email="ana@example.org")
    for minute in range(0, 100, 10):
        clock.set(NOON + timedelta(minutes=minute))
        press(client, "/recover", name="ana@example.org")
    assert len(codes_sent()) == 5
    assert len(session.scalars(select(ConfirmationCode)).all()) == 5


def test_moving_the_demos_clock_ends_no_code_and_shortens_no_wait_for_another(app, client, clock):
    """A code lives ten minutes of real time, whatever "next deadline" does meanwhile."""
    an_open_account(Role.LEARNER, email="ana@example.org")
    app.extensions["real_clock"] = ShiftedClock(standing=NOON)
    press(client, "/recover", name="ana@example.org")
    clock.set(NOON + timedelta(days=9))
    press(client, "/recover", name="ana@example.org")
    assert len(codes_sent()) == 1, "asked again within the same real minute"
    step = press(client, "/recover/code", code=codes_sent()[-1], new_password=NEW)
    assert step.status_code == 303
    app.extensions["real_clock"].set(NOON + timedelta(minutes=5))
    press(client, "/recover", name="ana@example.org")
    app.extensions["real_clock"].set(NOON + timedelta(minutes=15))
    late = press(client, "/recover/code", code=codes_sent()[-1], new_password=NEW)
    assert "验证码已失效" in text_of(late)


def test_moving_the_demos_clock_shortens_no_wait_for_the_next_guess(app, client, clock):
    """Tries are counted in real time: whoever may press "next deadline" may not guess faster by it."""
    an_open_account(Role.LEARNER, email="ana@example.org")
    app.extensions["real_clock"] = ShiftedClock(standing=NOON)
    for _ in range(10):
        press(client, "/sign-in", name="ana@example.org", password="a wrong guess")
    assert "分钟后再试" in text_of(press(client, "/sign-in", name="ana@example.org", password="a wrong guess"))
    clock.set(NOON + timedelta(days=2))
    assert "分钟后再试" in text_of(press(client, "/sign-in", name="ana@example.org", password="a wrong guess"))
    app.extensions["real_clock"].set(NOON + timedelta(days=2))
    assert "分钟后再试" not in text_of(press(client, "/sign-in", name="ana@example.org", password="a wrong guess"))
