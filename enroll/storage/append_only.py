"""Tables whose rows are never changed or removed: the database itself refuses, whoever asks."""

TRIGGERS = {
    "sqlite": (
        "CREATE TRIGGER {table}_keeps_{act} BEFORE {ACT} ON {table} "
        "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    ),
    "postgresql": (
        "CREATE TRIGGER {table}_keeps_{act} BEFORE {ACT} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    ),
}
POSTGRESQL_FUNCTION = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
)


def statements(table: str, dialect: str) -> list[str]:
    """The DDL that makes a table append-only on this dialect."""
    made = [TRIGGERS[dialect].format(table=table, act=act, ACT=act.upper()) for act in ("update", "delete")]
    return [POSTGRESQL_FUNCTION, *made] if dialect == "postgresql" else made
