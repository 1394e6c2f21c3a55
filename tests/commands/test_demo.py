"""`flask demo` takes an empty database or its own, and nothing of it stands anywhere else."""

import click
import pytest

from enroll.accounts.queries import has_demo_accounts
from enroll.demo.serving import prepare
from enroll.storage.database import db
from tests.builders.people import an_open_account
from tests.pages import soup, text_of


def test_a_database_of_real_people_is_neither_shown_nor_emptied(app, database):
    an_open_account(username="somebody")
    settings = {"SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"],
                "UPLOAD_DIR": app.config["UPLOAD_DIR"]}
    # On SQLite it is the demo's own file that is made anew; only a server's database could be somebody else's.
    for fresh in [False] if database == "sqlite" else [False, True]:
        with pytest.raises(click.ClickException, match="not the demo's"):
            prepare(app, settings, fresh=fresh, size=0)
        assert not has_demo_accounts(db.session())


@pytest.mark.parametrize("path", ["/demo", "/demo/mailbox", "/demo/mailbox/1", "/demo/replies/X2609-0001"])
def test_outside_a_demo_there_is_no_demo(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/demo/sign-in/admin", "/demo/next-deadline"])
def test_outside_a_demo_nobody_signs_in_by_a_press(client, path):
    token = soup(client.get("/sign-in")).find("input", {"name": "csrf_token"})["value"]
    assert client.post(path, data={"csrf_token": token}).status_code == 404


def test_a_demo_is_named_on_every_page_and_elsewhere_it_is_not(client):
    assert "演示" not in text_of(client.get("/sign-in"))
