"""The names of the people who had to do with a result."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.results.models import Result, ResultMove
from enroll.results.queries.facts import versions_of


def names_by_id(session: Session, account_ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {one for one in account_ids if one is not None}
    rows = session.execute(select(Account.id, Account.name, Account.username).where(Account.id.in_(wanted))).all()
    return {number: name or username or str(number) for number, name, username in rows}


def names_of(session: Session, row: Result) -> dict[int, str]:
    """Everybody who made an entry, in any version."""
    return names_by_id(session, (entry.made_by_id for version in versions_of(row) for entry in version.entries))


def moves_of(session: Session, row: Result) -> list[ResultMove]:
    """What happened to this result and the versions it replaced, newest first."""
    versions = [one.id for one in versions_of(row)]
    wanted = select(ResultMove).where(ResultMove.record_id.in_(versions))
    return list(session.scalars(wanted.order_by(ResultMove.id.desc())))
