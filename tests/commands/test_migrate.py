from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.pages import press


def migrate(make_app, address):
    app = make_app(SQLALCHEMY_DATABASE_URI=address)
    return app.test_cli_runner().invoke(args=["migrate"])


def test_migrate_makes_the_folder_and_the_tables_and_says_where_it_stands(make_app, tmp_path):
    answer = migrate(make_app, f"sqlite:///{tmp_path}/instance/enroll.db")
    assert answer.exit_code == 0
    assert "is at migration" in answer.output
    assert (tmp_path / "instance" / "enroll.db").stat().st_size > 0


def test_migrate_refuses_a_database_that_is_newer_than_the_program(make_app, database, databases):
    with databases.bare(database) as address:
        assert migrate(make_app, address).exit_code == 0
        with create_engine(address, poolclass=NullPool).begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        answer = migrate(make_app, address)
    assert answer.exit_code == 1
    assert "9999" in answer.output


def test_an_empty_database_gets_the_texts_that_sign_up_needs_and_gets_them_once(make_app, tmp_path):
    address = f"sqlite:///{tmp_path}/enroll.db"
    assert "standard texts were added" in migrate(make_app, address).output
    again = migrate(make_app, address)
    assert again.exit_code == 0
    assert "texts" not in again.output
    with create_engine(address, poolclass=NullPool).connect() as connection:
        codes = {code for (code,) in connection.execute(text("SELECT code FROM consent_text"))}
    assert {"privacy_notice", "sensitive_id", "share_issuer"} <= codes


def test_a_new_house_opens_its_first_pages_and_its_administrator_signs_in(make_app, tmp_path):
    app = make_app(SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/enroll.db")
    run = app.test_cli_runner().invoke
    assert run(args=["migrate"]).exit_code == 0
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
