"""Pressing buttons on pages as they were served: hidden fields, tokens and all."""

import re
from html import unescape
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

# Reading a whole page takes longer than serving it: where one part is asked for, only that part is read.
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
ACTION = re.compile(r'<form\b[^>]*\saction="([^"]*)"')
MAIN = re.compile(r"<main\b.*</main>", re.DOTALL)


def soup(page: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(page.get_data(as_text=True), "html.parser")


def text_of(page: TestResponse) -> str:
    """What somebody reads on the page's main part, white space made plain."""
    whole = page.get_data(as_text=True)
    main = MAIN.search(whole)
    return " ".join(BeautifulSoup(main.group() if main else whole, "html.parser").get_text(" ").split())


def form_on(page: TestResponse, action: str) -> Tag:
    """The form of this page that is sent to `action` (or whose action ends in it). Fails naming the forms there are."""
    forms = FORM.findall(page.get_data(as_text=True))
    actions = [unescape(found.group(1)) if (found := ACTION.match(form)) else "" for form in forms]
    for form, target in zip(forms, actions, strict=True):
        if (target or page.request.path).split("?")[0].endswith(action):
            return BeautifulSoup(form, "html.parser").find_all("form")[0]
    raise AssertionError(f"no form to {action} on {page.request.path}: {actions}")


def fields_of(form: Tag) -> dict[str, Any]:
    """What a browser would send for this form as it stands; buttons are left out."""
    sent: dict[str, Any] = {}
    for field in form.find_all(["input", "textarea", "select"]):
        name, kind = field.get("name"), field.get("type", "")
        if not name or field.has_attr("disabled") or kind in {"submit", "button", "image", "file", "reset"}:
            continue
        if kind in {"checkbox", "radio"}:
            if field.has_attr("checked"):
                sent.setdefault(str(name), []).append(field.get("value", "on"))
        elif field.name == "select":
            chosen = field.find_all("option", selected=True) or field.find_all("option")[:1]
            sent[str(name)] = [option.get("value", option.get_text()) for option in chosen]
        else:
            sent[str(name)] = field.get_text() if field.name == "textarea" else field.get("value", "")
    return sent


def press(client: FlaskClient, address: str, action: str = "", **typed: Any) -> TestResponse:
    """Open `address`, fill in its form to `action` (the page itself when left out), send it; gives the answer.

    Every field keeps what the page had in it; `typed` changes some, and a value of None leaves one out, as somebody
    without the field would: press(client, "/identity", legal_name="陈静", csrf_token=None).
    """
    page = client.get(address)
    assert page.status_code == 200, f"{address} answered {page.status_code}"
    form = form_on(page, action or address)
    sent = {name: value for name, value in (fields_of(form) | typed).items() if value is not None}
    return client.post(str(form.get("action") or address), data=sent)


def fetched(client: FlaskClient, address: str, **more: Any) -> TestResponse:
    """The whole answer of an address that sends a file, with the file closed again."""
    answer = client.get(address, **more)
    answer.get_data()
    answer.close()
    return answer
