"""Programmes, the rules and prices that stand on a day, and who runs this installation."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from enroll.documents.photos import PhotoRule
from enroll.foundation.problems import NotFound
from enroll.programmes.models import FeeItem, Organisation, Programme, ProgrammeRule
from enroll.programmes.rules.figures import EntryRules, ProgrammeRules, RefundRule, Rule, RuleMissing
from enroll.programmes.rules.reading import entry_rules, in_force, programme_rules, refund_rules

Read = TypeVar("Read")


class _Rules:
    """All rules of a programme as they were under one mark, and what was read from them. Frozen values only."""

    def __init__(self, stated: Iterable[Rule]):
        self.stated = tuple(stated)
        self.by_day: dict[tuple[object, ...], Any] = {}

    def read(
        self, programme: Programme, day: date, reading: Callable[[str, int, date, tuple[Rule, ...]], Read]
    ) -> Read:
        asked = (programme.code, programme.edition, day, reading)
        if asked not in self.by_day:
            self.by_day[asked] = reading(*asked[:3], in_force(self.stated, day))
        found: Read = self.by_day[asked]
        return found


KEPT: dict[str, _Rules] = {}
"""Rules are asked for with nearly every page and act, and change a few times a year: a process keeps what it has read.
A mark belongs to one state of one programme's rules, in every process and every copy of the database."""
MOST_KEPT = 50


def _kept(programme: Programme) -> _Rules:
    found = KEPT.get(programme.rules_mark)
    if found is None:
        # Read from the table: a collection in the session's memory may be older than the mark.
        session = object_session(programme)
        assert session is not None
        wanted = select(*(getattr(ProgrammeRule, one.name) for one in fields(Rule)))
        rows = session.execute(wanted.where(ProgrammeRule.programme_id == programme.id))
        found = _Rules(Rule(*row) for row in rows)
        if len(KEPT) >= MOST_KEPT:
            KEPT.clear()
        KEPT[programme.rules_mark] = found
    return found


def programmes(session: Session) -> Sequence[Programme]:
    """All of them, those with open enrolment first."""
    return session.scalars(select(Programme).order_by(Programme.enrolment_open.desc(), Programme.id)).all()


def programme_by_code(session: Session, code: str) -> Programme | None:
    return session.scalar(select(Programme).where(Programme.code == code))


def rules_at(session: Session, programme_code: str, day: date) -> ProgrammeRules:
    """Every figure as it stands on that day. Raises RuleMissing (naming them) and NotFound."""
    return rules_of(_programme(session, programme_code), day)


def rules_of(programme: Programme, day: date) -> ProgrammeRules:
    """The same of a programme that is at hand. Raises RuleMissing."""
    return _kept(programme).read(programme, day, programme_rules)


def photo_check_of(programme: Programme, day: date) -> PhotoRule | None:
    """What a photo is checked by on that day; None where the programme's rules are not whole."""
    try:
        rule = rules_of(programme, day).photo
    except RuleMissing:
        return None
    return PhotoRule(rule.width, rule.height, rule.min_kb, rule.max_kb, rule.background)


def entry_rules_at(session: Session, programme_code: str, day: date) -> EntryRules:
    """What somebody must bring, also for a programme we only compare with. Raises NotFound."""
    return entry_rules_of(_programme(session, programme_code), day)


def entry_rules_of(programme: Programme, day: date) -> EntryRules:
    return _kept(programme).read(programme, day, entry_rules)


def prices_at(session: Session, day: date) -> dict[str, FeeItem]:
    """The price list of a day by item code."""
    rows = session.scalars(select(FeeItem).where(FeeItem.from_on <= day).order_by(FeeItem.from_on, FeeItem.id))
    return {row.code: row for row in rows}


def all_prices(session: Session) -> Sequence[FeeItem]:
    """Every price there was and will be, by item, newest first."""
    return session.scalars(select(FeeItem).order_by(FeeItem.kind, FeeItem.code, FeeItem.from_on.desc())).all()


def price_history(session: Session, code: str) -> Sequence[FeeItem]:
    """One item's prices, the newest first."""
    return session.scalars(select(FeeItem).where(FeeItem.code == code).order_by(FeeItem.from_on.desc())).all()


def rule_history(programme: Programme, key: str) -> Sequence[ProgrammeRule]:
    """One figure's values, the newest first."""
    rows = [row for row in programme.rules if row.key == key]
    return sorted(rows, key=lambda row: row.from_on, reverse=True)


def now_and_later(
    history: Sequence[ProgrammeRule], day: date
) -> tuple[ProgrammeRule | None, Sequence[ProgrammeRule]]:
    """Of one figure's values the one that stands on a day, and those to come."""
    return next((row for row in history if row.from_on <= day), None), [row for row in history if row.from_on > day]


def organisation(session: Session) -> Organisation | None:
    return session.get(Organisation, 1)


def _programme(session: Session, code: str) -> Programme:
    found = programme_by_code(session, code)
    if found is None:
        raise NotFound(code)
    return found


def refund_rules_at(session: Session, day: date) -> tuple[tuple[str, Sequence[RefundRule]], ...]:
    """What comes back by today's rules of the programmes one can enrol for: ("exam" or "training", rules)."""
    found = []
    for programme in programmes(session):
        stated = {rule.key: rule.value for rule in in_force(_kept(programme).stated, day)}
        for kind in ("exam", "training"):
            if programme.enrolment_open and f"{kind}_refund_rules" in stated:
                found.append((kind, refund_rules(stated[f"{kind}_refund_rules"])))
    return tuple(found)
