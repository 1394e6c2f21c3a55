"""The macros every page is built of: shown together, safe, and readable without eyes."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace as Thing

import pytest
from bs4 import BeautifulSoup
from flask import render_template_string
from wtforms import BooleanField, Form, RadioField, SelectChoice, SelectField, StringField

from enroll.foundation.lifecycle import Move, Offer, StateLabel
from enroll.foundation.problems import problem
from tests.web.alone import app_alone

TEMPLATES = Path(__file__).parents[2] / "templates"
FILES = sorted((TEMPLATES / "components").glob("*.html"))
MACRO = re.compile(r"{% macro ([a-z]\w*)\(")
EVIL = '"><script>alert(1)</script>'


@pytest.fixture
def write():
    """write(source, **values): what a template with this source gives, in Chinese."""

    def render(source: str, **values: object) -> str:
        with app_alone().test_request_context("/"):
            return render_template_string(source, **values)

    return render


def soup_of(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


def page_of(language: str, shell: str) -> BeautifulSoup:
    client = app_alone().test_client()
    client.get(f"/language/{language}")
    page = client.get(f"/components?shell={shell}")
    assert page.status_code == 200
    return soup_of(page.get_data(as_text=True))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("shell", ["learner", "staff", "public"])
def test_the_components_page_is_sound_in_both_languages(language, shell):
    page = page_of(language, shell)
    assert page.html["lang"] == {"zh": "zh-CN", "en": "en"}[language]
    assert len(page.find_all("h1")) == 1
    ids = [element["id"] for element in page.find_all(id=True)]
    assert sorted(ids) == sorted(set(ids))
    for name in ("aria-describedby", "aria-labelledby", "for"):
        for element in page.find_all(attrs={name: True}):
            assert set(str(element[name]).split()) <= set(ids), element
    for control in page.find_all(["input", "select", "textarea"]):
        if control.get("type") not in {"hidden", "checkbox", "radio"}:
            assert control.get("aria-label") or page.find("label", attrs={"for": control.get("id")}), control


def test_chinese_pages_say_nothing_in_english():
    page = page_of("zh", "learner")
    said = page.main.get_text(" ") + page.footer.get_text(" ") + page.header.get_text(" ")
    left = re.sub(
        r"Grace Chen|SHA-256|PDF|pdf|ACME|JPG|PNG|MB|KB|px|EN|[A-Z]{1,2}\d\S*|\d\w+|[0-9a-f]{8,}|k3y\S+", "", said
    )
    assert re.findall(r"[A-Za-z]{3,}", left) == []


def test_every_macro_is_shown_on_the_components_page():
    shown = "".join(path.read_text() for path in (TEMPLATES / "web").glob("*components*.html"))
    missing = [
        f"{path.name}: {name}"
        for path in FILES
        for name in MACRO.findall(path.read_text())
        if not re.search(rf"\b{name}\(", shown)
    ]
    assert missing == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_macro_says_its_arguments_in_one_line_above_it(path):
    lines = path.read_text().splitlines()
    silent = [
        line
        for before, line in zip(["", *lines], lines, strict=False)
        if (found := MACRO.search(line)) and not re.match(rf"{{# (call )?(call\(\w+\) )?{found[1]}\(", before)
    ]
    assert silent == []


def test_the_components_page_is_not_there_in_production(monkeypatch):
    monkeypatch.setitem(app_alone().config, "TESTING", False)
    assert app_alone().test_client().get("/components").status_code == 404


class Given(Form):
    legal_name = StringField(EVIL)
    education = SelectField("Education", choices=[SelectChoice("a", EVIL)])
    id_type = RadioField("ID type", choices=[SelectChoice("a", EVIL), SelectChoice("b", "Other")])
    agreed = BooleanField(EVIL)


def test_labels_hints_values_and_errors_are_escaped(write):
    form = Given(data={"legal_name": EVIL})
    form.legal_name.errors = [EVIL]
    text = write(
        '{% from "components/field.html" import field %}{% for one in form %}'
        '{{ field(one, evil, hints={"a": evil}) }}{% endfor %}'
        '{% from "components/errors.html" import error_summary %}{{ error_summary(form) }}'
        '{% from "components/kv.html" import kv %}{{ kv([(evil, evil, evil)]) }}'
        '{% from "components/timeline.html" import timeline %}{{ timeline([entry]) }}'
        '{% from "components/copy.html" import copy_box %}{{ copy_box("x", evil) }}',
        form=form,
        evil=EVIL,
        entry=Thing(title=EVIL, who=EVIL, note=EVIL, at=datetime(2026, 11, 22, tzinfo=UTC), kind=""),
    )
    assert "<script" not in text
    assert len(soup_of(text).find_all("script")) == 0


def test_a_field_is_tied_to_its_hint_and_its_error(write):
    form = Given()
    form.legal_name.errors = ["Too short."]
    page = soup_of(
        write(
            '{% from "components/field.html" import field %}{{ field(form.legal_name, "As printed.", "name", True) }}',
            form=form,
        )
    )
    control = page.input
    assert control["aria-describedby"].split() == ["legal_name-h", "legal_name-e"]
    assert control["aria-invalid"] == "true"
    assert control["autocomplete"] == "name"
    assert page.find(id="legal_name-h").get_text() == "As printed."
    assert "Too short." in page.find(id="legal_name-e").get_text()
    assert "（选填）" in page.label.get_text()
    assert not control.has_attr("required")


def test_a_sound_field_is_not_marked_invalid(write):
    page = soup_of(write('{% from "components/field.html" import field %}{{ field(form.legal_name) }}', form=Given()))
    assert not page.input.has_attr("aria-invalid")
    assert not page.input.has_attr("aria-describedby")


def test_the_error_summary_leads_to_each_field_and_is_silent_when_all_is_well(write):
    source = '{% from "components/errors.html" import error_summary %}{{ error_summary(form, problems) }}'
    form = Given()
    assert write(source, form=form, problems=()).strip() == ""
    form.legal_name.errors = ["Too short."]
    page = soup_of(
        write(source, form=form, problems=[problem("late", "Too late.", field="id_type"), problem("full", "Full.")])
    )
    assert [link["href"] for link in page.find_all("a")] == ["#legal_name", "#id_type"]
    assert page.div["role"] == "alert"
    assert len(page.find_all("li")) == 3


def test_a_move_that_is_not_possible_is_a_dead_button_with_every_reason(write):
    move = Move("submit", "Submit application", frozenset(), "x", "sample")
    source = '{% from "components/moves.html" import move_form %}{{ move_form(offer, form, "/a/submit") }}'
    dead = soup_of(write(source, form=Given(), offer=Offer(move, (problem("a", "One."), problem("b", "Two.")))))
    assert dead.form is None
    assert dead.button["aria-disabled"] == "true"
    assert [item.get_text(strip=True) for item in dead.find(id=dead.button["aria-describedby"]).find_all("li")] == [
        "One.",
        "Two.",
    ]
    live = soup_of(write(source, form=Given(), offer=Offer(move, ())))
    assert live.form["action"] == "/a/submit"
    assert live.button["type"] == "submit"


def test_a_move_that_asks_a_reason_brings_a_labelled_box(write):
    move = Move("return", "Return", frozenset(), "x", "sample", asks_reason=True)
    page = soup_of(
        write(
            '{% from "components/moves.html" import move_form %}{{ move_form(offer, form, "/") }}',
            form=Given(),
            offer=Offer(move, ()),
        )
    )
    assert page.label["for"] == page.textarea["id"]
    assert page.textarea["name"] == "reason"


@pytest.mark.parametrize(("minutes", "shown"), [(0, "0"), (1274, "28.3"), (1574, "34.9"), (1575, "35"), (1620, "36")])
def test_the_ring_never_shows_an_hour_before_it_is_full(write, minutes, shown):
    page = soup_of(
        write('{% from "components/ring.html" import ring %}{{ ring(minutes, 0, 1575, 45) }}', minutes=minutes)
    )
    assert page.b.get_text() == shown
    assert page.svg["aria-label"].startswith(f"已认定 {shown} 学时")


def test_credited_and_still_needed_hours_add_up(write):
    page = soup_of(write('{% from "components/ring.html" import hours_ring %}{{ hours_ring(1275, 90, 1575, 45) }}'))
    assert [number.get_text() for number in page.ul.find_all("b")] == ["28.3", "2", "6.7"]


def test_staff_and_learner_read_their_own_label(write):
    source = '{% from "components/status.html" import status %}{{ status(label) }}|{{ status(label, staff=True) }}'
    learner, staff = write(source, label=StateLabel("Held", "Seat held", "info", "clock")).split("|")
    assert "座位已保留" in learner
    assert "Held" in staff


def test_a_full_sitting_is_text_with_the_way_to_the_waiting_list(write):
    option = {
        "value": "x",
        "time": "09:30",
        "minutes": 120,
        "site": "BJ01",
        "address": "",
        "capacity": 80,
        "label": "",
        "waiting": 4,
    }
    days = [
        Thing(
            title="16 Jan",
            note="",
            options=[
                Thing(**option, left=0, waiting_href="/wait"),
                Thing(**{**option, "value": "y"}, left=3, waiting_href=""),
            ],
        )
    ]
    form = Given()
    page = soup_of(
        write(
            '{% from "components/pick.html" import pick_sittings %}{{ pick_sittings(form.id_type, days) }}',
            form=form,
            days=days,
        )
    )
    assert [radio["value"] for radio in page.find_all("input")] == ["y"]
    assert page.find("a")["href"] == "/wait"
    assert "仅剩 3 位" in page.get_text()


def test_a_deadline_says_date_time_and_days_left(write):
    at = datetime(2026, 12, 25, 9, tzinfo=UTC)
    source = '{% from "components/deadline.html" import deadline %}{{ deadline(at, left) }}'
    assert "12月25日（周五）17:00 还有 3 天" in soup_of(write(source, at=at, left=3)).get_text()
    assert "due--late" in write(source, at=at + timedelta(1), left=-1)
    assert "due--soon" not in write(source, at=at, left=4)


def test_checks_show_exceptions_and_fold_what_passed(write):
    items = [
        Thing(kind="ok", title="Nobody translates this", note="", href="", link=""),
        Thing(kind="bad", title="White background?", note="", href="", link=""),
    ]
    page = soup_of(write('{% from "components/review.html" import checks %}{{ checks(items) }}', items=items))
    assert "White background?" in page.find("ul", recursive=False).get_text()
    assert "Nobody translates this" in page.details.get_text()
