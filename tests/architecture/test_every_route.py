"""The same questions asked of every route there is: signed out? the wrong role? no token? another's record?"""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from enroll.accounts.permissions import ROLE_GRANTS, Permission, Role
from enroll.web.access import PUBLIC, SIGNED_IN, who_may_call
from tests.architecture.the_sweeps import IN_TURN_AND_ALL, some
from tests.architecture.the_tree import refuse
from tests.builders.accounts import an_account

pytestmark = pytest.mark.one_database

SOMETHING = {
    "ref": "A2701-9999",
    "code": "G9-M9-L9",
    "token": "9F3kQ2mXw7Tn4Zb1Lc8Rd5",
    "int": "999999",
    "path": "nothing/here",
    "default": "nothing",
}
"""A well-formed value for each converter; there is no record by that name in an empty database."""

SHUT = {303, 401, 403, 404, 405}
WITHOUT_A_TOKEN = {"api"}  # blueprints whose callers prove themselves with a key in each request, not with a cookie


def addresses(app: Flask, *methods: str) -> Iterator[tuple[Rule, str, str]]:
    """(rule, method, address) for every route, each variable filled with something that does not exist."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        address = re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", rule.rule)  # one of a list: its first
        address = re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda m: SOMETHING[m.group(1) or "default"], address)
        for method in sorted(set(methods) & set(rule.methods or ())):
            yield rule, method, address


def marks_of(app: Flask, rule: Rule) -> tuple[str, ...]:
    return who_may_call(app.view_functions[rule.endpoint]) or ()


def test_nobody_who_is_signed_out_gets_in(app, client):
    opened = []
    for rule, method, address in addresses(app, "GET", "POST", "PUT", "PATCH", "DELETE"):
        if marks_of(app, rule) != (PUBLIC,):
            answer = client.open(address, method=method)
            if answer.status_code not in {*SHUT, 419}:
                opened.append(f"{method} {address} answers {answer.status_code}")
    refuse(opened, "These are not public, and yet answer somebody who is signed out.")


@IN_TURN_AND_ALL
def test_nobody_gets_in_without_the_permission(app, sign_in, everything):
    browsers = {role: sign_in(an_account(f"somebody-{number}", role), app.test_client())
                for number, role in enumerate(Role)}
    opened = []
    for number, (rule, method, address) in enumerate(addresses(app, "GET")):
        asked = set(marks_of(app, rule)) - {PUBLIC, SIGNED_IN}
        without = [role for role in Role if asked and not asked & ROLE_GRANTS[role]]
        for role in some(without, number, everything) if without else ():
            answer = browsers[role].open(address, method=method)
            answer.close()  # a file that is sent
            if answer.status_code != 403:
                opened.append(f"{method} {address} answers {answer.status_code} to a {role}")
    refuse(opened, "These ask for what somebody of such a role may not do, and yet answer.")


def test_nothing_that_changes_something_is_done_without_the_token(app, sign_in):
    everything = an_account("everybody", *Role)
    browser = sign_in(everything)
    done = []
    for rule, method, address in addresses(app, "POST", "PUT", "PATCH", "DELETE"):
        if rule.endpoint.split(".")[0] not in WITHOUT_A_TOKEN:
            answer = browser.open(address, method=method)
            if answer.status_code != 419:
                done.append(f"{method} {address} answers {answer.status_code}")
    refuse(done, "Another site could press these for somebody: take CSRF's exemption away.")


def test_what_does_not_exist_is_a_404_and_never_an_error(app, sign_in):
    browser = sign_in(an_account("everybody", *Role))
    wrong = []
    for _, method, address in addresses(app, "GET"):
        answer = browser.open(address, method=method)
        answer.close()  # a file that is sent
        if answer.status_code >= 500 and not address.startswith("/readyz"):
            wrong.append(f"{method} {address} answers {answer.status_code}")
    refuse(wrong, "An empty database holds no such record: the page is a 404, a list is empty.")


def test_every_permission_is_held_by_a_role():
    held = frozenset().union(*ROLE_GRANTS.values())
    refuse(sorted(set(Permission) - held - {Permission.SYSTEM}), "Nobody holds these permissions.")
