"""Programmes, the rules and prices that stand on a day, and who runs this installation."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from enroll.foundation.problems import NotFound
from enroll.programmes.models import FeeItem, Organisation, Programme
from enroll.programmes.rules.figures import EntryRules, ProgrammeRules
from enroll.programmes.rules.reading import entry_rules, in_force, programme_rules


def programmes(session: Session) -> Sequence[Programme]:
    """All of them, those with open enrolment first."""
    wanted = select(Programme).options(selectinload(Programme.rules))
    return session.scalars(wanted.order_by(Programme.enrolment_open.desc(), Programme.id)).all()


def programme_by_code(session: Session, code: str) -> Programme | None:
    return session.scalar(select(Programme).where(Programme.code == code))


def rules_at(session: Session, programme_code: str, day: date) -> ProgrammeRules:
    """Every figure as it stands on that day. Raises RuleMissing (naming them) and NotFound."""
    programme = _programme(session, programme_code)
    stated = in_force((row.as_rule() for row in programme.rules), day)
    return programme_rules(programme.code, programme.edition, day, stated)


def entry_rules_at(session: Session, programme_code: str, day: date) -> EntryRules:
    """What somebody must bring, also for a programme we only compare with. Raises NotFound."""
    return entry_rules_of(_programme(session, programme_code), day)


def entry_rules_of(programme: Programme, day: date) -> EntryRules:
    stated = in_force((row.as_rule() for row in programme.rules), day)
    return entry_rules(programme.code, programme.edition, day, stated)


def prices_at(session: Session, day: date) -> dict[str, FeeItem]:
    """The price list of a day by item code."""
    rows = session.scalars(select(FeeItem).where(FeeItem.from_on <= day).order_by(FeeItem.from_on, FeeItem.id))
    return {row.code: row for row in rows}


def all_prices(session: Session) -> Sequence[FeeItem]:
    """Every price there was and will be, by item, newest first."""
    return session.scalars(select(FeeItem).order_by(FeeItem.kind, FeeItem.code, FeeItem.from_on.desc())).all()


def organisation(session: Session) -> Organisation | None:
    return session.get(Organisation, 1)


def _programme(session: Session, code: str) -> Programme:
    found = programme_by_code(session, code)
    if found is None:
        raise NotFound(code)
    return found
