"""What `flask doctor` prints and how it ends; the checks themselves are asked in tests/desk/test_soundness.py."""

from contextvars import Context
from shutil import copyfile

import pytest
from flask import has_app_context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

import config
from enroll import SOUNDNESS, commands
from enroll.desk.queries.soundness import CHECKS
from enroll.storage.database import db, transaction
from tests.builders.people import an_open_account
from tests.builders.whole_file import a_whole_file


@pytest.fixture(autouse=True)
def no_demo_in_this_checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(commands, "INSTANCE", tmp_path)


def doctor(app):
    """In a process of its own, as good as: it finds no application context of the test's."""
    if has_app_context():
        db.session.rollback()
    return Context().run(app.test_cli_runner().invoke, args=["doctor"])


def test_a_sound_database_is_all_ok_and_ends_with_0(app):
    a_whole_file()
    answer = doctor(app)
    assert answer.exit_code == 0, answer.output
    lines = answer.output.splitlines()
    assert all(line.startswith("ok  ") for line in lines)
    assert len(lines) == len(CHECKS) + len(SOUNDNESS) + 3  # settings, migrations, demo accounts


def test_a_fault_is_named_below_its_check_and_ends_with_1(app):
    a_whole_file()
    with transaction() as session:
        session.execute(text("UPDATE hours_balance SET minutes = minutes + 1"))
    answer = doctor(app)
    assert answer.exit_code == 1
    assert "FAIL hours add up\n       balance of enrolment 1 says 1621" in answer.output
    assert "ok   seats counted right" in answer.output


def test_many_faults_of_a_kind_are_cut_short(capsys):
    assert commands._line("a check", [str(number) for number in range(23)]) == 1
    assert capsys.readouterr().out.splitlines()[-1].strip() == "… and 3 more"


def test_it_changes_nothing(app):
    a_whole_file()
    tables = sorted(db.metadata.tables)

    def everything():
        db.session.rollback()
        return {name: db.session.execute(text(f'SELECT * FROM "{name}"')).all() for name in tables}

    before = everything()
    doctor(app)
    assert everything() == before


def test_wrong_settings_are_a_line_like_the_others(make_app):
    answer = doctor(make_app(SECRET_KEY="short", FIELD_KEYS=[]))
    assert answer.exit_code == 1
    assert "FAIL settings\n       SECRET_KEY" in answer.output


def test_keys_that_do_not_open_the_data_are_said_and_stop_nothing_else(app):
    a_whole_file()
    with transaction() as session:
        session.execute(text("UPDATE learner SET id_number = 'of another key'"))
    answer = doctor(app)
    assert "FAIL sealed data opens\n       FIELD_KEYS does not open" in answer.output
    assert "ok   seats counted right" in answer.output


def test_a_database_that_is_not_there_is_said_and_not_made(make_app, tmp_path):
    answer = doctor(make_app(SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/none.db"))
    assert answer.exit_code == 1
    assert "FAIL migrations\n       the database is at nothing" in answer.output
    assert not (tmp_path / "none.db").exists()


def test_a_database_that_is_behind_is_said_and_not_looked_into(app, make_app, database, databases):
    with databases.bare(database, migrated=True) as address:
        with create_engine(address, poolclass=NullPool).begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        answer = doctor(make_app(SQLALCHEMY_DATABASE_URI=address))
    assert answer.exit_code == 1
    assert "the database is at 0001" in answer.output
    assert "audit chain" not in answer.output


def test_demo_accounts_have_no_place_in_production(app):
    account = an_open_account(username="zhangwei")
    with transaction() as session:
        session.get_one(type(account), account.id).is_demo = True
    assert "FAIL no demo accounts" in doctor(app).output


@pytest.mark.one_database
def test_where_only_the_demo_ever_ran_it_looks_at_the_demo_and_says_so(app, databases, tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(commands, "NOTHING_SET_UP", app.config["SQLALCHEMY_DATABASE_URI"])
    file = tmp_path / "demo.db"
    with databases.bare("sqlite", migrated=True) as address:
        copyfile(address.removeprefix("sqlite:///"), file)
    demo = config.demo_settings(tmp_path)
    assert str(file) in demo["SQLALCHEMY_DATABASE_URI"]
    answer = doctor(app)
    assert answer.output.startswith("No DATABASE_URL is set and only the demo's database is here")
    assert answer.exit_code == 0, answer.output
