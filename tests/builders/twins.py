"""More of the same: every learner's whole file again, under other names, for lists that must not slow down."""

from typing import Any

from sqlalchemy import String, Table, insert, select

from enroll.storage.database import Base, transaction

NOT_COPIED = {"web_session", "idempotency_key", "staged_import", "outbox_delivery"}
NAMES_ANOTHER = {"subject", "fee_reference", "proof_reference"}


def give_twins(account_ids: list[int], number: int) -> None:
    """Copy everything that belongs to these accounts so many times: new ids, and names of their own where one must be
    unique. Histories and audit rows stay with the first."""
    for one in range(1, number + 1):
        with transaction() as session:
            new_ids: dict[str, dict[Any, Any]] = {}
            for table in Base.metadata.sorted_tables:
                if table.name not in NOT_COPIED and not table.name.startswith(("audit", "outbox")):
                    _copy(session, table, f"-T{one}", account_ids, new_ids)


def _copy(session: Any, table: Table, ending: str, account_ids: list[int], new_ids: dict[str, dict[Any, Any]]) -> None:
    ties = {column.name: key.column.table.name for column in table.columns for key in column.foreign_keys}
    own = {name: place for name, place in ties.items() if place in new_ids and name != "decided_by_id"}
    if own:  # a row that undoes another of its table undoes that one's copy
        new_ids[table.name] = {}
        own |= {name: place for name, place in ties.items() if place == table.name}
    if table.name == "account":
        wanted = select(table).where(table.c.id.in_(account_ids))
    elif own:
        wanted = select(table).order_by(*table.primary_key)
    else:
        return
    unique = _unique_names(table) - set(ties)
    for row in session.execute(wanted).mappings().all():
        values = dict(row)
        if table.name != "account" and not any(values[name] in new_ids[place] for name, place in own.items()):
            continue
        for name, place in own.items():
            values[name] = new_ids[place].get(values[name], values[name])
        for name in unique | (NAMES_ANOTHER & set(values)):
            if isinstance(values[name], str) and values[name]:
                values[name] = values[name][:_longest(table, name) - len(ending)] + ending
        before = values.pop("id", None)
        made = session.execute(insert(table).values(values)).inserted_primary_key
        if before is not None:
            new_ids.setdefault(table.name, {})[before] = made[0]


def _longest(table: Table, name: str) -> int:
    return getattr(table.columns[name].type, "length", None) or 1000


def _unique_names(table: Table) -> set[str]:
    """The text columns of which no two rows may have the same."""
    sets = [one.columns for one in table.constraints if type(one).__name__ == "UniqueConstraint"]
    sets += [one.columns for one in table.indexes if one.unique]
    return {column.name for columns in sets for column in columns if isinstance(column.type, String)
            and column.name not in {"kind", "part", "provider", "lesson_code", "id_type", "code"}}
