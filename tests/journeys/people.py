"""People who read pages and press their buttons: nothing is sent that the page did not offer."""

import io
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.test import TestResponse

from tests.pages import fields_of, soup, text_of

ALL = "every box of this name"
CHOSEN = {"checkbox", "radio"}
NOTHING_TO_DO = {"zh": "现在不需要你做任何事", "en": "Nothing to do for you now"}


@dataclass(frozen=True)
class Upload:
    """A file as somebody chooses it in a file field."""

    content: bytes
    name: str


@dataclass(frozen=True)
class Page:
    """A page somebody has before them."""

    address: str
    answer: TestResponse

    @cached_property
    def words(self) -> str:
        return " ".join((self.soup.find("main") or self.soup).get_text(" ").split())

    @cached_property
    def soup(self) -> BeautifulSoup:
        return soup(self.answer)

    def says(self, *words: str) -> "Page":
        missing = [one for one in words if one not in self.words]
        assert not missing, f"{self.address} does not say {missing}, but: {self.words}"
        return self

    def offers(self, button: str) -> bool:
        """Whether there is a live button with these words; a dead one only says why not."""
        return any(button in _plain(one) for form in self.soup.find_all("form") for one in _buttons(form))

    def link(self, words: str) -> str:
        """Where the link with these words leads."""
        page = self.soup
        links = [*(page.find("main") or page).find_all("a", href=True), *page.find_all("a", href=True)]
        for fits in (words.__eq__, lambda text: words in text):  # "报读" is not "我的报读"
            for one in links:
                if fits(_plain(one)):
                    return str(one["href"])
        raise AssertionError(f"{self.address} has no link {words!r}: {self.words}")


@dataclass(frozen=True)
class NextStep:
    """The one thing that the front page names: what, why, until when, and where its button leads ("" for none)."""

    title: str
    text: str
    due: str
    button: str
    href: str


class Person:
    """Somebody with a browser of their own, in Chinese unless told otherwise."""

    def __init__(self, app: Flask, name: str, language: str = "zh"):
        self.name, self.language = name, language
        self.browser = app.test_client()

    # What they read.

    def reads(self, address: str) -> Page:
        """Open an address, going along with redirects; it must answer."""
        page = self.opens(address)
        assert page.answer.status_code == 200, f"{address} answered {page.answer.status_code}: {page.words}"
        return page

    def opens(self, address: str) -> Page:
        answer = self.browser.get(address, headers={"Accept-Language": self.language})
        return self._led_on(answer, address)

    def downloads(self, address: str) -> bytes:
        """What a link sends, whole."""
        answer = self.browser.get(address)
        content = answer.get_data()
        answer.close()
        assert answer.status_code == 200, f"{address} answered {answer.status_code}"
        return content

    def next_step(self) -> NextStep:
        """What the front page says comes next: one thing, never two, never none."""
        found = self.reads("/home").soup.select("section.hero .hero__next")
        assert len(found) == 1, f"{len(found)} next steps"
        title, paragraphs = found[0].find("h2"), found[0].find_all("p", class_=lambda name: name != "eyebrow")
        said = [_plain(one) for one in paragraphs]
        links = found[0].find_all("a", href=True)
        assert len(links) <= 1, "one next step has one button"
        button, href = (_plain(links[0]), str(links[0]["href"])) if links else ("", "")
        return NextStep(_plain(title), said[0] if said else "", " ".join(said[1:]), button, href)

    def steps(self) -> dict[str, str]:
        """The ten steps of the front page: title -> everything that is said about it."""
        rows = self.reads("/home").soup.select("ol.tasks > li")
        assert len(rows) == 10
        return {_plain(one.select_one(".tasks__t")): _plain(one) for one in rows}

    def must(self, title: str, button: str, until: str = "") -> NextStep:
        """The front page gives them this one thing to do, with this button, and until when."""
        step = self.next_step()
        assert (step.title, step.button) == (title, button), step
        assert until in step.due, step
        return step

    def waits_for(self, what: str, whom: str, until: str = "") -> NextStep:
        """The front page gives them nothing to do, and names who acts next, and by when."""
        step = self.next_step()
        assert (step.title, step.button) == (NOTHING_TO_DO[self.language], ""), step
        assert what in step.text, step
        assert whom in step.text, step
        assert until in step.due, step
        return step

    # What they press.

    def presses(self, address: str, button: str, action: str = "", **typed: Any) -> Page:
        """Open a page, fill in what it offers, press the button with these words, and read where that leads.

        `typed` names controls of the form. Only what the page offers can be chosen, ticked or uploaded; a list ticks
        several boxes. `action` tells forms apart that have the same button.
        """
        return self.fills_in(self.reads(address), button, action, **typed)

    def fills_in(self, page: Page, button: str, action: str = "", **typed: Any) -> Page:
        """The same on a page that is open already."""
        answer = self.sends(page, button, action, **typed)
        assert answer.status_code in {200, 303}, f"{button} on {page.address}: {answer.status_code} {text_of(answer)}"
        return self._led_on(answer, page.address)

    def sends(self, page: Page, button: str, action: str = "", **typed: Any) -> TestResponse:
        """Press and give the bare answer, whatever it is."""
        form, pressed = _form_with(page, button, action)
        sent = fields_of(form)
        for name, value in typed.items():
            sent[name] = _as_chosen(form, name, value, page.address)
        if pressed.get("name"):
            sent[str(pressed["name"])] = pressed.get("value", "")
        target = urljoin(page.address, str(pressed.get("formaction") or form.get("action") or page.address))
        if (form.get("method") or "get").lower() == "get":
            return self.browser.get(target, query_string=sent, headers={"Accept-Language": self.language})
        return self.browser.post(target, data=sent, headers={"Accept-Language": self.language})

    def _led_on(self, answer: TestResponse, address: str) -> Page:
        for _ in range(5):
            if answer.status_code not in {301, 302, 303, 307, 308}:
                return Page(address, answer)
            address = urljoin(address, answer.headers["Location"])
            answer = self.browser.get(address, headers={"Accept-Language": self.language})
        raise AssertionError(f"{address} leads on and on")


def _form_with(page: Page, button: str, action: str) -> tuple[Tag, Tag]:
    """The form with a button of these words, and the button."""
    seen = []
    for form in page.soup.find_all("form"):
        target = urlsplit(str(form.get("action") or page.address)).path
        for one in _buttons(form):
            seen.append((_plain(one), target))
            if button in _plain(one) and target.endswith(action):
                return form, one
    raise AssertionError(f"{page.address} has no button {button!r} {action}: {seen}; it says: {page.words}")


def _buttons(form: Tag) -> list[Tag]:
    found = [*form.find_all("button"), *form.find_all("input", type="submit")]
    return [one for one in found if one.get("type", "submit") == "submit" and not one.has_attr("disabled")]


def _as_chosen(form: Tag, name: str, value: Any, address: str) -> Any:
    """The value as the form sends it, if it is one that the form can send."""
    controls = [one for one in form.find_all(["input", "textarea", "select"], attrs={"name": name})
                if not one.has_attr("disabled") and one.get("type") != "hidden"]
    assert controls, f"{address} has no field {name}: {sorted(fields_of(form))}"
    first = controls[0]
    offered: list[Any] = []
    if first.name == "select":
        offered = [option.get("value", option.get_text()) for option in first.find_all("option")]
    elif first.get("type") in CHOSEN:
        offered = [one.get("value", "on") for one in controls]
        if value == ALL:
            return offered
        if value is True:
            return offered[0]
        if value is False:
            return []
    for one in value if isinstance(value, list) else [value]:
        assert not offered or one in offered, f"{address}: {name} offers {offered}, not {one!r}"
    if first.get("type") == "file":
        assert isinstance(value, Upload), f"{address}: {name} takes a file"
        assert form.get("enctype") == "multipart/form-data", f"{address}: the form of {name} sends no files"
        return (io.BytesIO(value.content), value.name)
    return value


def _plain(part: Tag | None) -> str:
    return " ".join(part.get_text(" ").split()) if part is not None else ""
