"""A real Chromium in front of the real program, served on this machine."""

from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server

from enroll.accounts.models import Account
from tests.conftest import CHROMIUM

FLAGS = [
    *["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run"],
    *["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    *["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],  # a camera that shows a clock, and beeps
]
LOOKS = [(320, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
"""Widths in CSS pixels and themes in which every page is looked over: a small phone, a phone, a desk."""
FAULTS = {"resultTypes": ["violations"]}  # what is in order need not be told, node by node
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {"runOnly": {"type": "tag", "values": TAGS}, **FAULTS}

COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "link-in-text-block"]}, **FAULTS}
"""What the other theme can change on a page that has been looked over on such a screen."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the program is served for this test: http://localhost:<port>."""
    server = make_server("localhost", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """open_page("/windows", width=390) opens an address in a fresh browser window; anything the browser complains of
    (a refused style or script, a missing file, an error in a script) fails the test at its end."""
    contexts, complaints = [], []

    def open_(path: str, *, width: int = 390, language: str = "zh-CN", **more: Any) -> Page:
        context = chromium.new_context(
            base_url=address,
            locale=language,
            viewport={"width": width, "height": 844},
            reduced_motion="reduce",
            **more,
        )
        contexts.append(context)
        page = context.new_page()

        def listen(said: ConsoleMessage) -> None:
            the_page_itself = said.location["url"] == page.url  # an error page says with its status that it is one
            if said.type in {"error", "warning"} and not the_page_itself:
                complaints.append(f"{said.text} ({said.location['url']})")

        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not complaints, f"the browser complains: {complaints}"


@pytest.fixture
def open_page_as(open_page: Callable[..., Page], sign_in: Callable[..., Any], address: str) -> Callable[..., Page]:
    """open_page_as(account, "/home", width=390): the same, signed in."""

    def open_as(account: Account, path: str, **settings: Any) -> Page:
        cookie = sign_in(account).get_cookie("enroll")
        page = open_page("/help", **settings)
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        page.goto(path)
        return page

    return open_as


def look_over(page: Page) -> None:
    """Fail with everything that keeps somebody out of this page."""
    found = what_keeps_out(page)
    assert not found, "\n".join(found)


def what_keeps_out(page: Page, looks: list[tuple[int, str]] = LOOKS) -> list[str]:
    """What keeps somebody out of this page: on a phone, at a desk, in the light, in the dark; a line each."""
    page.wait_for_load_state()  # a click comes back before the next page is read to its end
    found = []
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} main headings")
    known = set()
    for width, theme in looks:
        screen = "phone" if width < 600 else "desk"
        asked = COLOURS if screen in known else AXE
        known.add(screen)
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=theme)
        found += [f"{width} px, {theme}: {barrier}" for barrier in barriers(page, asked)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{width} px: the page scrolls sideways")
    return [f"{page.url} {one}" for one in found]


def barriers(page: Page, asked: dict[str, Any] = AXE) -> list[str]:
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)  # half a megabyte: once a page, not once a look
    return [
        f"{found['id']}: {node['html'][:160]} - {node['failureSummary']}"
        for found in page.evaluate("asked => axe.run(asked)", asked)["violations"]
        for node in found["nodes"]
    ]
