"""Every page of the populated program that links lead to: each once, at its reader's width, both themes and both
languages in turn. SCREENSHOTS=<folder> keeps a picture of each."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from enroll.accounts.models import Account
from enroll.accounts.services.sessions import begin_session
from enroll.demo.loading import load
from enroll.demo.serving import FIRST_MOMENT, PASSWORD
from enroll.storage.database import db
from tests.browser.conftest import barriers
from tests.browser.eyes import what_cannot_be_reached, what_reads_wrong

pytestmark = pytest.mark.browser

LEARNERS = ("newcomer", "zhangwei", "zhaomin", "wanglei", "chenkayan", "ouyang", "luoyan", "dengkai", "sunxiao",
            "songjiayin", "hejing", "penghai")  # fmt: skip
STAFF = ("shenhe1", "zhuguan", "kaowu", "luru", "fuhe", "caijue", "caiwu", "fazheng1", "shangbao", "jiaowu",
         "banzhuren", "shenji", "admin")  # fmt: skip
STARTS = {"": ("/", "/verify", "/sign-up"), "learner": ("/home", "/account"), "staff": ("/staff",)}
NOT_PAGES = re.compile(r"/(static|language|sign-out|api|components|metrics)\b")


def endpoint_of(app: Flask, path: str) -> str | None:
    try:
        return str(app.url_map.bind("localhost").match(path, method="GET")[0])
    except HTTPException:
        return None


def links_on(answer, path: str) -> Iterator[str]:
    for link in BeautifulSoup(answer.get_data(as_text=True), "html.parser").find_all("a", href=True):
        target = urlsplit(urljoin(f"http://localhost{path}", str(link["href"])))
        if target.netloc == "localhost" and not NOT_PAGES.match(target.path):
            yield target.path + (f"?{target.query}" if target.query else "")


class Walk:
    """One reader after the other follows every link to a page that nobody has been on yet."""

    def __init__(self, app: Flask) -> None:
        self.app, self.pages, self.faults = app, [], []
        self.known: set[str] = set()
        self.anybodys: set[str] = set()

    def as_reader(self, account: Account | None, kind: str) -> None:
        client, waiting, mine = self.app.test_client(), list(STARTS[kind]), set()
        if account is not None:
            token = begin_session(account.id, browser="walk", network_address="127.0.0.1", real_now=datetime.now(UTC))
            with client.session_transaction() as cookie:
                cookie["_user_id"], cookie["_fresh"] = token, True
        while waiting:
            path = waiting.pop(0)
            endpoint = endpoint_of(self.app, urlsplit(path).path)
            if endpoint in mine or (account is not None and endpoint in self.anybodys):
                continue
            mine.add(endpoint)
            answer = client.get(path, headers={"Accept-Language": "zh-CN"})
            if answer.status_code >= 400 or endpoint is None:
                self.faults.append(f"{account.username if account else 'anybody'}: {path} answers {answer.status_code}")
            elif answer.status_code == 200 and answer.mimetype == "text/html":
                waiting += links_on(answer, urlsplit(path).path)
                if endpoint not in self.known:
                    self.known.add(endpoint)
                    self.pages.append((client.get_cookie("enroll"), kind, path))
            elif answer.status_code in {302, 303}:
                waiting.append(urlsplit(answer.location).path)
            answer.close()  # a download is not read to its end


def test_every_page_of_the_demo_keeps_nobody_out(app, address, open_page):
    load(app, PASSWORD, until=FIRST_MOMENT, size=0, say=lambda words: None)
    walk = Walk(app)
    accounts = {account.username: account for account in db.session.scalars(select(Account))}
    walk.as_reader(None, "")
    walk.anybodys = set(walk.known)
    for kind, names in (("learner", LEARNERS), ("staff", STAFF)):
        for name in names:
            walk.as_reader(accounts[name], kind)
    assert len(walk.pages) > 90, "the walk came round far too soon"
    page, found = open_page("/help"), list(walk.faults)
    for number, (cookie, kind, path) in enumerate(walk.pages):
        language = ("zh", "en")[number // 2 % 2]
        page.context.clear_cookies()
        if cookie is not None:
            page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        page.set_viewport_size({"width": 390 if kind == "learner" else 1280, "height": 844})
        page.emulate_media(color_scheme=("light", "dark")[number % 2])
        page.goto(f"/language/{language}?next={quote(path, safe='')}")
        faults = [] if page.locator("h1").count() == 1 else ["not one main heading"]
        faults += barriers(page) + what_reads_wrong(page, language)
        if "SCREENSHOTS" in os.environ:
            name = re.sub(r"\W+", "-", path).strip("-") or "front"
            page.screenshot(path=f"{os.environ['SCREENSHOTS']}/{name}.png", full_page=True)
        faults += what_cannot_be_reached(page, phone=kind != "staff")
        found += [f"{path} ({language}): {fault}" for fault in faults]
    assert not found, "\n".join(found)
