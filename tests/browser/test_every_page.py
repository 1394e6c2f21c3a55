"""Every page that stands by itself: whole, readable and without barriers, from a small phone to a desk.

The database is empty, so these are the first pages that anybody sees, and every list in its empty state.
"""

import pytest
from flask import Flask
from playwright.sync_api import Page

from enroll.accounts.permissions import Role
from enroll.web.access import PUBLIC, who_may_call
from tests.browser.conftest import LOOKS, look_over, what_keeps_out
from tests.builders.accounts import an_account

pytestmark = pytest.mark.browser


def addresses(app: Flask, *, public: bool) -> list[str]:
    """The addresses of pages that need nothing filled in."""
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
        if (who_may_call(app.view_functions[rule.endpoint]) == (PUBLIC,)) == public
    )


def found_on(page: Page, paths: list[str]) -> list[str]:
    found = []
    for path in paths:
        head = page.context.request.get(path, max_redirects=0)
        if head.status == 200 and head.headers["content-type"].startswith("text/html"):
            page.goto(path)
            found += what_keeps_out(page, LOOKS[::3])  # the small phone in the light, the desk in the dark
    return found


def test_public_pages_keep_nobody_out(app, open_page):
    found = found_on(open_page("/nothing-here"), addresses(app, public=True))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("roles", [[Role.LEARNER], [role for role in Role if role is not Role.LEARNER]], ids=len)
def test_pages_behind_the_sign_in_keep_nobody_out(app, open_page_as, roles):
    page = open_page_as(an_account("somebody", *roles), "/nothing-here")
    found = found_on(page, addresses(app, public=False))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_an_error_page_is_read_in_the_language_of_the_browser(open_page, language):
    page = open_page("/nothing-here", language=language)
    assert page.locator("html").get_attribute("lang") == language.removesuffix("-GB")
    look_over(page)
