from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool


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
