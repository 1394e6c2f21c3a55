"""The frame of every page, and the pages for when something went wrong."""

import re
from pathlib import Path
from types import SimpleNamespace as Thing

import pytest
from bs4 import BeautifulSoup
from flask import flash, render_template, render_template_string, url_for
from wtforms import Form, StringField

from enroll.foundation.problems import problem
from tests.web.alone import app_alone

TEMPLATES = Path(__file__).parents[2] / "templates"
ERRORS = sorted(path.stem for path in (TEMPLATES / "errors").glob("*.html") if not path.stem.startswith("_"))
CHILD = (
    '{% extends "layout/'
    + "%s"
    + '.html" %}{% block title %}Page{% endblock %}{% block main %}<h1>Page</h1>{% endblock %}'
)


def soup_of(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


@pytest.fixture
def show():
    """show(layout, **values): a small page in this layout."""

    def render(layout: str = "public", source: str = CHILD, before=None, **values: object) -> BeautifulSoup:
        with app_alone().test_request_context("/somewhere?a=1"):
            if before:
                before()
            return soup_of(render_template_string(source.replace("%s", layout), **values))

    return render


@pytest.mark.parametrize("layout", ["public", "learner", "staff", "error"])
def test_every_layout_has_one_main_a_skip_link_and_the_title(show, layout):
    page = show(layout)
    assert page.title.get_text() == "Page - 学考通"
    assert page.find("a", class_="skip")["href"] == "#" + page.main["id"]
    assert len(page.find_all("main")) == 1
    assert page.html["lang"] == "zh-CN"
    assert "/help" in {link["href"] for link in page.footer.find_all("a")}


def test_the_title_and_the_top_say_that_there_is_an_error(show):
    class Given(Form):
        legal_name = StringField("Name")

    form = Given()
    form.legal_name.errors = ["Too short."]
    page = show(form=form)
    assert page.title.get_text().startswith("错误：")
    assert page.main.find(role="alert").a["href"] == "#legal_name"
    assert show(problems=[problem("late", "Too late.")]).title.get_text().startswith("错误：")
    assert not show(form=Given()).title.get_text().startswith("错误：")


def test_flash_messages_are_announced_and_escaped(show):
    def before():
        flash("<b>Saved</b>", "ok")
        flash("Refused", "error")

    page = show(before=before)
    assert page.find(role="status").get_text(strip=True) == "<b>Saved</b>"
    assert page.find(role="alert").get_text(strip=True) == "Refused"


def test_the_language_switch_comes_back_to_this_page(show):
    link = show().find("a", hreflang="en")
    assert link["href"] == "/language/en?next=/somewhere%3Fa%3D1"


def test_the_demo_banner_says_which_day_it_is(show):
    assert show().find("aside", class_="demo") is None
    assert "11月22日" in show(demo=Thing(today_label="2026年11月22日")).find("aside", class_="demo").get_text()


def test_the_tab_bar_gives_way_to_the_action_bar(show):
    places = [
        Thing(key="home", label="Home", icon="home", href="/home", group="tab", count=None, hot=False, current=True)
    ]
    assert show("learner", navigation=lambda: places).find("nav", class_="tabbar").a["aria-current"] == "page"
    filled = CHILD + '{% block actions %}<div class="actionbar"></div>{% endblock %}'
    page = show("learner", filled, navigation=lambda: places)
    assert page.find("nav", class_="tabbar") is None
    assert page.find("div", class_="actionbar")


def test_the_rail_shows_queues_with_counts_before_management(show):
    def place(key, group, count, hot=False):
        return Thing(key=key, label=key, icon="home", href="/" + key, group=group, count=count, hot=hot, current=False)

    page = show("staff", navigation=lambda: [place("windows", "manage", None), place("hours", "queue", 7, True)])
    rail = page.find("nav", class_="rail__nav")
    assert [heading.get_text() for heading in rail.find_all("h2")] == ["待办", "管理"]
    assert "7" in rail.find(class_="count--hot").get_text()
    assert len(rail.find_all(class_="count")) == 1


@pytest.mark.parametrize("name", ERRORS)
def test_every_error_page_says_what_happened_what_to_do_and_who_helps(name):
    for language, letters in (("zh", "一"), ("en", "a")):
        with app_alone().test_request_context("/a", headers={"Accept-Language": language}):
            page = soup_of(render_template(f"errors/{name}.html", typed=[], back="/", code=name))
        assert page.h1
        assert len(page.main.find_all("p")) >= 3
        assert "/help" in {link.get("href") for link in page.main.find_all("a")}
        assert letters < page.h1.get_text()[-1]


def test_an_expired_form_shows_what_was_typed_as_a_form_to_send_again():
    with app_alone().test_request_context("/identity", method="POST", data={"legal_name": "<张伟>", "version": "3"}):
        page = soup_of(
            render_template("errors/419.html", typed=[("legal_name", "<张伟>"), ("reason", "a\nb")], back="/")
        )
    form = page.form
    assert form["action"] == "/identity"
    assert form.find("input", {"name": "csrf_token"})["value"]
    assert form.find("input", {"name": "legal_name"})["value"] == "<张伟>"
    assert form.find("input", {"name": "version"})["value"] == "3"
    assert form.textarea.get_text().strip() == "a\nb"


def test_a_stale_form_keeps_what_was_typed():
    with app_alone().test_request_context("/x", method="POST"):
        page = soup_of(render_template("errors/409.html", typed=[("reason", "<b>why</b>")], back="/staff/x"))
    assert "<b>why</b>" in page.find("dl").get_text()
    assert page.find("a", class_="btn--primary")["href"] == "/staff/x"


def test_a_static_file_is_named_with_its_version():
    with app_alone().test_request_context("/"):
        address = url_for("static", filename="css/app.css")
        assert url_for("static", filename="none.css").endswith("v=0")
    assert re.fullmatch(r"/static/css/app.css\?v=[0-9a-f]{8}", address)
    with app_alone().test_client().get(address) as answer:
        assert answer.status_code == 200


def test_a_problem_leads_to_the_page_that_mends_it_when_there_is_one(show):
    def links(mend: str) -> list[str]:
        page = show(problems=[problem("late", "Too late.", mend=mend)])
        return [link["href"] for link in page.main.find_all("a")]

    assert links("web.components") == ["/components"]
    assert links("nowhere.at_all") == []
