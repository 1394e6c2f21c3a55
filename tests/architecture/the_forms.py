"""Somebody who goes through the pages of a house in full work by its links, and how much each page asks."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.exceptions import HTTPException

from enroll.accounts.models import Account
from enroll.storage.database import db
from tests.builders.every_page import World

LEFT_OUT = ("//", "/static", "/language", "/readyz", "/components")
FORM = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.DOTALL)
ACTION, NAME = re.compile(r'\saction="([^"]*)"'), re.compile(r'\sname="(\w+)')
LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]+)"')


@dataclass(frozen=True)
class ServedForm:
    """A form as a page served it: the view it is sent to, the page's address, its own, and its HTML."""

    view: str
    page: str
    action: str
    html: str


class Walker:
    """Somebody who follows every link there is below some addresses, a few of each page; how many statements each page
    took is written down."""

    def __init__(self, app: Flask, browser: FlaskClient, below: tuple[str, ...] = ("/",), most: int = 2):
        self.browser, self.below, self.most = browser, below, most
        self.routes = app.url_map.bind("localhost")
        self.seen: dict[str, set[str]] = {}
        self.statements: dict[str, int] = {}
        self.forms: dict[tuple[str, str], ServedForm] = {}
        self.wrong: list[str] = []

    def endpoint(self, address: str) -> str:
        try:
            return str(self.routes.match(urlsplit(address).path, method="GET")[0])
        except HTTPException:
            return ""

    def walk(self, begin: list[str]) -> None:
        waiting = list(begin)
        while waiting:
            address = waiting.pop(0).split("#")[0]
            if not address.startswith(self.below) or address.startswith(LEFT_OUT) or (
                "?" in address and address not in begin):
                continue
            known = self.seen.setdefault(self.endpoint(address), set())
            if address not in known and len(known) < self.most:
                known.add(address)
                waiting += self._look(address)

    def _look(self, address: str) -> list[str]:
        with counted_statements() as number:
            answer = self.browser.get(address)
        content = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        answer.close()
        if answer.status_code >= 500:
            self.wrong.append(f"GET {address} answers {answer.status_code}")
        if 300 <= answer.status_code < 400:
            return [answer.location]
        if answer.status_code != 200 or not content:
            return []
        self.statements[address] = number[0]
        for form in FORM.findall(content):
            self._keep(address, form)
        return [unescape(one) for one in LINK.findall(content)]


    def _keep(self, address: str, form: str) -> None:
        """One form of each kind: of one view, with the same fields."""
        action = ACTION.search(form)
        to = unescape(action.group(1)) if action and action.group(1) else address
        try:
            view = str(self.routes.match(urlsplit(to).path, method="POST")[0])
        except HTTPException:
            self.wrong.append(f"a form of {address} goes to {to}, which nobody serves")
            return
        if 'csrf_token"' not in form:  # a form of a list has its own prefix
            self.wrong.append(f"a form of {address} goes to {to} without its token")
        names = " ".join(sorted({re.sub(r"[0-9]{3,}", "#", name) for name in NAME.findall(form)}))
        self.forms.setdefault((view, names), ServedForm(view, address, to, form))


@contextmanager
def counted_statements() -> Iterator[list[int]]:
    """How many statements reach the database meanwhile, in a list of one number."""
    number = [0]

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        number[0] += not statement.startswith(("BEGIN", "UPDATE web_session"))  # the latter once a minute, on any page

    event.listen(db.engine, "before_cursor_execute", count)
    yield number
    event.remove(db.engine, "before_cursor_execute", count)


def walked(app: Flask, sign_in: Any, world: World) -> dict[str, Walker]:
    """Everybody with the walker who went through their pages; "" is a visitor."""
    begin = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    walkers = {}
    for name, (below, most) in world.walks.items():
        browser = app.test_client()
        if name:
            sign_in(db.session.get_one(Account, world.people[name]), browser)
        walkers[name] = Walker(app, browser, below, most)
        walkers[name].walk([*sorted(begin), *world.addresses])
    return walkers
