from contextvars import Context

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.pages import press


def migrate(make_app, address):
    """In a process of its own, as good as: it finds no application context of the test's."""
    app = make_app(SQLALCHEMY_DATABASE_URI=address)
    return Context().run(app.test_cli_runner().invoke, args=["migrate"])


def test_migrate_refuses_a_database_that_is_newer_than_the_program(app, make_app, database, databases):
    with databases.bare(database, migrated=True) as address:
        with create_engine(address, poolclass=NullPool).begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        answer = migrate(make_app, address)
    assert answer.exit_code == 1
    assert "9999" in answer.output


@pytest.mark.one_database
def test_a_new_house_gets_its_tables_and_texts_once_opens_its_first_pages_and_its_administrator_signs_in(
    make_app, tmp_path,
):
    """One test for one house: migrating it is most of the time."""
    address = f"sqlite:///{tmp_path}/instance/enroll.db"
    first = migrate(make_app, address)
    assert first.exit_code == 0
    assert "is at migration" in first.output
    assert "standard texts were added" in first.output
    assert (tmp_path / "instance" / "enroll.db").stat().st_size > 0
    again = migrate(make_app, address)
    assert again.exit_code == 0
    assert "texts" not in again.output
    with create_engine(address, poolclass=NullPool).connect() as connection:
        codes = {code for (code,) in connection.execute(text("SELECT code FROM consent_text"))}
    assert {"privacy_notice", "sensitive_id", "share_issuer"} <= codes
    app = make_app(SQLALCHEMY_DATABASE_URI=address)
    run = app.test_cli_runner().invoke
    password = "nine quiet herons on a roof"
    made = run(args=["staff", "create", "--username", "admin", "--role", "administrator", "--password", password])
    assert made.exit_code == 0, made.output
    client = app.test_client()
    for path in ("/", "/programmes", "/eligibility", "/windows", "/help", "/privacy", "/sign-up", "/verify"):
        assert client.get(path).status_code == 200, path
    signed_in = press(client, "/sign-in", name="admin", password=password)
    assert signed_in.status_code in {302, 303}
    for path in ("/staff", "/staff/settings", "/staff/accounts"):
        assert client.get(path).status_code == 200, path
