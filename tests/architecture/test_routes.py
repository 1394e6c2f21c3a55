"""Every route says who may call it, and the addresses that people bookmark are served."""

import re

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from enroll.accounts.permissions import Permission
from enroll.web.access import who_may_call
from tests.architecture.the_tree import refuse

ADDRESSES = [
    *["/", "/programmes", "/programmes/CAIP", "/programmes/AIE", "/eligibility", "/windows", "/windows.ics",
      "/verify", "/verify/9F3kQ2mXw7Tn4Zb1Lc8Rd5", "/help", "/privacy", "/language/en", "/healthz", "/readyz",
      "/metrics", "/sign-up", "/sign-in", "/sign-out", "/recover", "/account", "/home", "/identity", "/study",
      "/study/G1/G1-M1-L1", "/hours", "/practice", "/mock-exams", "/questions", "/applications",
      "/applications/A2701-0187", "/fees", "/results",
      "/certificates", "/messages"],
    *["/staff", "/staff/applications", "/staff/hours", "/staff/practical", "/staff/identities", "/staff/windows",
      "/staff/sittings", "/staff/fees", "/staff/results", "/staff/score-reviews",
      "/staff/certificates", "/staff/learners", "/staff/supervision", "/staff/questions",
      "/staff/courses", "/staff/bank", "/staff/imports", "/staff/reports", "/staff/audit", "/staff/settings",
      "/staff/accounts"],
    *["/api/v1/openapi.json"],
]
"""What stays fixed: people bookmark it, integrations call it. /demo is served in the demo alone."""

NOT_YET = {
    *["/staff/reports", "/api/v1/openapi.json"],
}
"""Served later."""


def is_served(app, address):
    adapter = app.url_map.bind("localhost")
    for method in ("GET", "POST"):
        try:
            adapter.match(address, method=method)
        except (NotFound, MethodNotAllowed):
            continue
        except RequestRedirect:
            return True
        return True
    return False


def test_every_route_says_who_may_call_it(app):
    unmarked = sorted(endpoint for endpoint, view in app.view_functions.items() if not who_may_call(view))
    refuse(unmarked, "A route without a mark is closed: give it @public, @signed_in or @requires(Permission.X).")


def test_every_permission_that_a_route_asks_for_exists(app):
    marks = {endpoint: who_may_call(view) or () for endpoint, view in app.view_functions.items()}
    known = {"public", "signed-in", *Permission}
    refuse(
        sorted(f"{endpoint}: {mark}" for endpoint, asked in marks.items() for mark in asked if mark not in known),
        "Routes ask for permissions of enroll/accounts/permissions.py.",
    )


def test_the_addresses_that_people_bookmark_are_served(app):
    lost = {address for address in ADDRESSES if not is_served(app, address)}
    refuse(sorted(NOT_YET - lost), "These are served by now: take them out of NOT_YET, so that they stay served.")
    refuse(
        sorted(lost - NOT_YET),
        "These addresses were promised; the page may move inside the program, its address may not.",
    )


def test_no_address_is_served_twice(app):
    """Of two rules for one path and method werkzeug takes the first registered, and the other page is never seen."""
    served = {}
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:([^:>]+):)?\w+>", r"<\1>", rule.rule)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            served.setdefault((method, path), []).append(rule.endpoint)
    twice = {at: endpoints for at, endpoints in served.items() if len(endpoints) > 1}
    refuse([f"{method} {path}: {', '.join(who)}" for (method, path), who in twice.items()], "One page remains.")
