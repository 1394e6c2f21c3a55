"""Attacks that need no record of one's own: odd paths, odd methods, forms from elsewhere, files by guess. The expected
answer to each is a plain no, the same as for what is not there (security.md, A004-A014, A083, A137, A138)."""

import re

import pytest

from enroll.accounts.permissions import Role
from enroll.accounts.services.roles import end_role
from enroll.web.access import PUBLIC, who_may_call
from tests.architecture.the_sweeps import IN_TURN_AND_ALL, some
from tests.architecture.the_tree import refuse
from tests.builders.accounts import an_account
from tests.builders.people import PASSWORD, a_member_of_staff, actor_of
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, text_of

ODD_VALUES = ("-1", "2147483648", "9223372036854775808", "1e1", "１", "%00", "..%2f1")
VARIANTS = ("{0}/", "/{0}", "/.{0}", "{0};x=1", "{0}%2e", "{0}?x=%2f..")
GUESSED = ("/static/../config.py", "/static/%2e%2e/config.py", "/static/..%2f..%2fconfig.py", "/static/", "/static",
           "/instance/enroll.db", "/uploads/", "/files/1", "/static/../uploads", "/config.py.bak",
           "/.git/config", "/.env")


def addresses(app, method="GET", *, arguments):
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static" and method in rule.methods and ("<" in rule.rule) is arguments:
            yield rule, who_may_call(app.view_functions[rule.endpoint]) or ()


@IN_TURN_AND_ALL
def test_an_odd_value_in_a_path_is_not_there(app, sign_in, everything):
    """A004, on both databases: a number too large for one of them is no error."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    browser, wrong = sign_in(an_account("everybody", *Role)), []
    for number, (rule, _) in enumerate(addresses(app, arguments=True)):
        for odd in some(ODD_VALUES, number, everything):
            address = re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", rule.rule)
            answer = browser.get(re.sub(r"<[^>]+>", odd, address))
            answer.close()
            if answer.status_code not in {303, 308, 400, 404, 405}:
                wrong.append(f"{rule.rule} with {odd} answers {answer.status_code}")
    refuse([one for one in wrong if not one.startswith(("/language", "/components"))], "An odd value names no record.")


@pytest.mark.one_database
@IN_TURN_AND_ALL
def test_a_path_spelled_otherwise_lets_nobody_in(app, client, everything):
    """A008: HEAD, OPTIONS, an override, slashes, dots and parameters decide as the plain path does: signed out."""
    wrong = []
    for number, (rule, mark) in enumerate(addresses(app, arguments=False)):
        if mark == (PUBLIC,):
            continue
        tried = [("HEAD", rule.rule, {}), ("POST", rule.rule, {"X-HTTP-Method-Override": "GET"})]
        tried += [("GET", form.format(rule.rule), {}) for form in VARIANTS] + [("GET", rule.rule.upper(), {})]
        for method, address, headers in some(tried, number, everything):
            answer = client.open(address, method=method, headers=headers)
            if answer.status_code < 300 and answer.request.path != "/":
                wrong.append(f"{method} {address} answers {answer.status_code}")
    refuse(wrong, "Whatever the spelling, these are closed to somebody who is signed out.")


@pytest.mark.one_database
def test_files_are_got_by_no_guess(app, client, sign_in):
    """A012: stored files have no address of their own, and static files no way up."""
    for browser in (client, sign_in(an_account("everybody", *Role), app.test_client())):
        for address in GUESSED:
            answer = browser.get(address)
            assert answer.status_code in {303, 308, 400, 404}, address
            assert b"SECRET_KEY" not in answer.get_data(), address


@pytest.mark.one_database
def test_every_answer_carries_its_headers(app, client, sign_in):
    """A138: pages, errors, redirects and static files alike; only static files may be kept by a cache."""
    browser = sign_in(an_account("everybody", *Role))
    answers = [("GET", "/"), ("GET", "/staff"), ("GET", "/nothing"), ("GET", "/sign-in"), ("POST", "/sign-in"),
               ("GET", "/static/nothing.css"), ("DELETE", "/"), ("GET", "/windows.ics"), ("GET", "/healthz"),
               ("GET", "/staff/bank/import/blank.xlsx"), ("GET", "/home"), ("POST", "/staff/accounts/new")]
    for method, address in answers:
        answer = browser.open(address, method=method)
        for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options"):
            assert answer.headers.get(name), (method, address, name)
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"] or "sandbox" in answer.headers[
            "Content-Security-Policy"]
        assert answer.headers["Cache-Control"].startswith("public" if "/static/" in address else "no-store"), address
        assert "Werkzeug" not in answer.headers.get("Server", "")
        answer.close()


@pytest.mark.one_database
def test_a_form_from_elsewhere_is_refused(app, sign_in):
    """A137: no token, another person's token, a token in the address, a body of another kind."""
    boss = sign_in(a_member_of_staff(Role.ADMINISTRATOR, username="boss", name="甲"))
    other = sign_in(a_member_of_staff(Role.ADMINISTRATOR, username="other", name="乙"), app.test_client())
    page = "/staff/accounts/new"
    mine = fields_of(form_on(boss.get(page), page))
    theirs = fields_of(form_on(other.get(page), page))["csrf_token"]
    whole = mine | {"username": "made", "name": "丙", "new_password": "kettle spoon river", "roles": ["reviewer"]}
    without = {name: value for name, value in whole.items() if name != "csrf_token"}
    attempts = [
        {"data": without}, {"data": without | {"csrf_token": theirs}}, {"data": without | {"csrf_token": "x"}},
        {"data": without, "query_string": {"csrf_token": mine["csrf_token"]}},
        {"data": str(whole), "content_type": "text/plain"}, {"json": without},
    ]
    for attempt in attempts:
        assert boss.post(page, **attempt).status_code == 419, attempt
    assert "made" not in text_of(boss.get("/staff/accounts"))


def test_a_form_opened_before_signing_in_again_is_kept_and_sent_once(app, client):
    """A083: the session ended meanwhile; what was typed stands on the answer and can be sent from there."""
    a_member_of_staff(Role.ADMINISTRATOR, username="boss", name="甲")
    press(client, "/sign-in", name="boss", password=PASSWORD)
    page = "/staff/accounts/new"
    sent = fields_of(form_on(client.get(page), page)) | {
        "username": "made.later", "name": "丙", "new_password": "kettle spoon river", "roles": ["reviewer"]}
    press(client, page, "/sign-out")
    press(client, "/sign-in", name="boss", password=PASSWORD)
    refused = client.post(page, data=sent)
    assert refused.status_code == 419
    kept = fields_of(form_on(refused, page))
    assert (kept["username"], kept["key"]) == ("made.later", sent["key"])
    assert "kettle" not in refused.get_data(as_text=True)
    again = kept | {"new_password": "kettle spoon river", "roles": ["reviewer"]}
    first, second = client.post(page, data=again), client.post(page, data=again)
    assert (first.status_code, second.status_code, second.location) == (303, 303, first.location)


def test_a_role_that_is_taken_away_is_gone_at_once(app, sign_in):
    """A013, P13: the page, the file and the form that was open are closed from the next request on."""
    boss = a_member_of_staff(Role.ADMINISTRATOR, username="boss", name="甲")
    finance = a_member_of_staff(Role.FINANCE, Role.ADVISER, username="caiwu", name="乙")
    browser, by = sign_in(finance), actor_of(boss)
    assert browser.get("/staff/fees/import/blank.xlsx").status_code == 200
    sent = fields_of(form_on(browser.get("/staff/fees/import"), "/staff/fees/import"))
    end_role(finance.reference, Role.FINANCE, by=by, now=NOON)
    assert browser.get("/staff/fees/import/blank.xlsx").status_code in {303, 403}
    assert browser.post("/staff/fees/import", data=sent).status_code in {303, 403}
