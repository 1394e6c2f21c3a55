"""What somebody types who types badly, and what is promised of every form: a message at the field, nothing lost,
nothing stored, never an error."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from enroll.storage.database import db
from enroll.web.throttle import limiter
from tests.architecture.the_forms import ServedForm, Walker
from tests.pages import fields_of

MARK = "typed-with-care"
UNREADABLE = (f"{MARK}\x00", f"{MARK}\u202e", f"{MARK}\ufffe")
LONG, FORMULA = MARK + "x" * 5_000, f"=1+1 {MARK}"
BAD_NUMBERS = ("abc", "-1", "NaN", "１２", "1e400", "9" * 40)
# Tries and sessions are counted whatever the answer is; they are not what a form asked for.
COUNTED = re.compile(r"(INTO|UPDATE) (sign_in_attempt|web_session|verification_try|confirmation_code)\b")
ON_RECORD = {"admission_door.let_in"}  # who was turned away, and why, is kept
PARTLY_READ = {"staff_identities.decide"}  # the words of what is not ticked are nobody's
TEXTS, DIGITS = {"text", "email", "tel", "search", "", "password"}, {"numeric", "decimal"}
CONTROL = re.compile(r"<(?:input|textarea|select|fieldset)\b[^>]*>")


class Kept:
    """What was committed since it was last asked, as statements; what is rolled back is not among them."""

    def __init__(self) -> None:
        self.waiting, self.kept = list[str](), list[str]()

    def note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"}:
            self.waiting.append(" ".join(statement.split())[:90])

    def commit(self, _connection: Any) -> None:
        self.kept += self.waiting
        self.waiting.clear()

    def roll_back(self, _connection: Any) -> None:
        self.waiting.clear()


@contextmanager
def what_is_kept() -> Iterator[Kept]:
    kept = Kept()
    heard: tuple[tuple[str, Callable[..., None]], ...] = (
        ("before_cursor_execute", kept.note), ("commit", kept.commit), ("rollback", kept.roll_back))
    for name, listener in heard:
        event.listen(db.engine, name, listener)
    yield kept
    for name, listener in heard:
        event.remove(db.engine, name, listener)


class Sender:
    """Somebody at one form, who sends it as it stands or with some fields changed. `again` puts the world back."""

    def __init__(self, form: ServedForm, browser: FlaskClient, kept: Kept, again: Callable[[], None]):
        self.form, self.browser, self.kept, self.again = form, browser, kept, again
        self.tag: Tag = BeautifulSoup(form.html, "html.parser").find_all("form")[0]
        self.wrong: list[str] = []
        controls = {str(one["name"]): one for one in self.tag.find_all(["input", "textarea", "select"])
                    if one.get("name") and not one.has_attr("disabled")
                    and one.get("type") not in {"hidden", "submit", "button", "file"}}
        self.numbers = [name for name, one in controls.items() if one.get("inputmode") in DIGITS]
        self.texts = [name for name, one in controls.items() if name not in self.numbers and (
            one.name == "textarea" or (one.name == "input" and one.get("type", "") in TEXTS))]
        self.lines = [name for name in self.texts if "password" not in name]  # a password is kept as it is typed
        self.as_served = fields_of(self.tag)
        self.filled = self.as_served | {name: _plausible(name, one, self.as_served.get(name), name in self.numbers)
                                        for name, one in controls.items()}

    def try_some(self) -> None:
        if self.lines:
            self.unreadable(UNREADABLE[0])
        if self.numbers:
            self.no_number("NaN")
        if self.as_served.get("version"):
            self.stale("999999")
        if self.presses:
            self.twice()

    def try_everything(self) -> None:
        for bad in UNREADABLE if self.lines else ():
            self.unreadable(bad)
        for bad in BAD_NUMBERS if self.numbers else ():
            self.no_number(bad)
        if self.texts:
            self.much(LONG, "5,000 characters")
            self.much(FORMULA, "a formula")
        self.empty()
        self.without_token()
        for version in ("999999", "x") if self.as_served.get("version") else ():
            self.stale(version)
        if self.presses:
            self.twice()

    @property
    def presses(self) -> bool:
        """Whether the form is one press with a key. Signing out leaves nothing to press again."""
        return "key" in self.as_served and self.form.view != "accounts.sign_out"

    def post(self, sent: dict[str, Any]) -> tuple[TestResponse, list[str]]:
        """The answer, and what was kept for it."""
        limiter.reset()
        self.kept.kept.clear()
        answer = self.browser.post(self.form.action, data=sent, headers={"Referer": f"http://localhost{self.form.page}"})
        return answer, [one for one in self.kept.kept if not COUNTED.search(one)]

    def say(self, how: str, what: str) -> None:
        self.wrong.append(f"{self.form.view} (on {self.form.page}) {how}: {what}")

    def unreadable(self, bad: str) -> None:
        """A character that no text has is refused at the field, and the rest of the text stands."""
        self._refused(f"U+{ord(bad[-1]):04X}", self.filled | dict.fromkeys(self.lines, bad), self.lines)

    def no_number(self, bad: str) -> None:
        self._refused(f"number {bad[:9]}", self.filled | dict.fromkeys(self.numbers, bad), self.numbers)

    def much(self, text: str, how: str) -> None:
        """Taken or not, nothing breaks, and what is refused is still there to be mended."""
        self._looked_at(how, self.filled | dict.fromkeys(self.texts, text))

    def empty(self) -> None:
        self._looked_at("empty", self.as_served | dict.fromkeys([*self.texts, *self.numbers], ""))

    def without_token(self) -> None:
        sent = self.filled | dict.fromkeys(self.texts, MARK)
        if sent.pop("csrf_token", None) is None:
            return  # a question, which changes nothing
        if self._looked_at("without a token", sent).status_code != 419:
            self.say("without a token", "is not refused")

    def stale(self, version: str) -> None:
        sent = self.filled | dict.fromkeys(self.texts, MARK) | {"version": version}
        # 200: the form is shown once more before it is done, and refused then.
        if self._looked_at(f"version {version}", sent).status_code not in {200, 409, 422}:
            self.say(f"version {version}", "is not refused")

    def twice(self) -> None:
        """The same press again: the same answer, and no second effect."""
        first, _ = self.post(self.filled)
        changed = bool(self.kept.kept)
        if first.status_code >= 500:
            self.say("as served", f"answers {first.status_code}")
        if first.status_code == 303:
            second, kept = self.post(self.filled)
            if (second.status_code, second.location) != (303, first.location):
                self.say("twice", f"to {first.location}, then {second.status_code} {second.location}")
            if kept:
                self.say("twice", f"keeps {kept[0]}")
        if changed or self.kept.kept:
            self.again()

    def _refused(self, how: str, sent: dict[str, Any], at: list[str]) -> None:
        answer = self._looked_at(how, sent)
        if answer.status_code < 400:
            self.say(how, f"is taken ({answer.status_code})")
        if answer.status_code != 422:
            return
        page = answer.get_data(as_text=True)
        shown = {name: [one for one in CONTROL.findall(page) if f'name="{name}"' in one or f'id="{name}"' in one]
                 for name in at}
        said = {name for name in at if any('aria-invalid="true"' in one for one in shown[name])}
        if said and self.form.view in PARTLY_READ:
            return
        for name in at:
            if name not in said:
                self.say(how, f"no message at {name}")

    def _looked_at(self, how: str, sent: dict[str, Any]) -> TestResponse:
        answer, kept = self.post(sent)
        if answer.status_code >= 500:
            self.say(how, f"answers {answer.status_code}")
        elif answer.status_code >= 400:
            if kept and self.form.view not in ON_RECORD:
                self.say(how, f"is refused and yet keeps {kept[0]}")
            page = unescape(answer.get_data(as_text=True))
            for name in self.texts:
                if MARK in str(sent.get(name)) and "password" not in name and "code" not in name and MARK not in page:
                    self.say(how, f"what was typed in {name} is lost ({answer.status_code})")
        if self.kept.kept:
            self.again()
        return answer


def filled_in_badly(walkers: dict[str, Walker], again: Callable[[], None], *, everything: bool) -> list[str]:
    """What is wrong with the answers to every form these people were served, filled in badly in every way, or in one
    way of each kind. `again` puts the database back."""
    cookies = {name: dict(walker.browser._cookies) for name, walker in walkers.items()}

    def put_back() -> None:
        again()
        for name, walker in walkers.items():
            walker.browser._cookies = dict(cookies[name])

    with what_is_kept() as kept:
        forms = {key: (form, walker) for walker in reversed(walkers.values()) for key, form in walker.forms.items()}
        senders = [Sender(form, walker.browser, kept, put_back) for form, walker in forms.values()]
        for one in senders:
            one.try_everything() if everything else one.try_some()
        put_back()
    assert len(senders) > (100 if everything else 5), f"the walk finds the forms, not {sorted(forms)}"
    return [wrong for one in senders for wrong in one.wrong]


def _plausible(name: str, control: Tag, served: Any, number: bool) -> Any:
    kind = control.get("type", "")
    if control.name == "select":
        values = [str(one.get("value", one.get_text())) for one in control.find_all("option")]
        return served if any(served or ()) else [one for one in values if one][:1]
    if kind in {"radio", "checkbox"}:
        return served or [control.get("value", "on")]
    if kind == "date":
        return served or "2026-11-23"
    served = served.strip() if isinstance(served, str) else served
    return served or ("1" if number else "a@example.org" if "mail" in name else "写得清楚")
