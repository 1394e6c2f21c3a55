"""Programmes, their dated rules and prices, holidays, the organisation. A changed figure is a new row from a later day;
the old one keeps its time, so that every decision can be explained by the figures of its day."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NotFound, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.programmes.models import FeeItem, Holiday, Organisation, Programme, ProgrammeRule, Workday
from enroll.programmes.rules.known_rules import fault_of, parts_of
from enroll.storage.database import lock, transaction


def add_programme(
    code: str, edition: int, name_zh: str, name_en: str, *, by: Actor, now: datetime, enrolment_open: bool = False,
    **texts: str,
) -> None:
    """A programme we prepare for, or only compare with. `texts`: suits, exam and note, each with _zh and _en."""
    with transaction() as session:
        session.add(Programme(code=code, edition=edition, name_zh=name_zh, name_en=name_en,
                              enrolment_open=enrolment_open, **texts))
        audit.record(session, "programmes.add_programme", code, by=by, now=now, edition=edition)


def set_rule(
    programme_code: str, key: str, value: Any, from_on: date, official: bool, source: str, *, by: Actor, now: datetime
) -> None:
    """Let a figure have this value from that day on. A group (pass_mark, photo …) may come as one mapping.

    Raises Refused for an unknown key, a value that does not fit, a missing source, or a second value from the same day.
    """
    with transaction() as session:
        programme = lock(session, Programme, Programme.code == programme_code)
        if not source.strip():
            raise Refused(problem("source_missing", N_("Say where this figure comes from."), field="source"))
        for one, part in parts_of(key, value):
            _add_rule(session, programme, one, part, from_on, official, source)
            audit.record(session, "programmes.set_rule", programme_code, by=by, now=now, key=one, value=part,
                         from_on=from_on.isoformat(), official=official, source=source)


def _add_rule(
    session: Session, programme: Programme, key: str, value: Any, from_on: date, official: bool, source: str
) -> None:
    fault = fault_of(key, value)
    if fault is not None:
        raise Refused(fault)
    same = select(ProgrammeRule.id).where(
        ProgrammeRule.programme_id == programme.id, ProgrammeRule.key == key, ProgrammeRule.from_on == from_on)
    if session.scalar(same) is not None:
        raise Refused(_already_dated(from_on))
    session.add(ProgrammeRule(programme_id=programme.id, key=key, value=value, from_on=from_on, official=official,
                              source=source.strip()))
    session.flush()


def set_price(
    code: str, kind: str, name_zh: str, name_en: str, amount_fen: int, from_on: date, *, by: Actor, now: datetime,
    source: str = "",
) -> None:
    """Let an item cost this from that day on; published windows keep the prices they were published with."""
    with transaction() as session:
        same = select(FeeItem.id).where(FeeItem.code == code, FeeItem.from_on == from_on)
        if session.scalar(same) is not None:
            raise Refused(_already_dated(from_on))
        session.add(FeeItem(code=code, kind=kind, name_zh=name_zh, name_en=name_en, amount_fen=amount_fen,
                            from_on=from_on, source=source))
        audit.record(session, "programmes.set_price", code, by=by, now=now, amount_fen=amount_fen,
                     from_on=from_on.isoformat(), source=source)


def change_price(code: str, amount_fen: int, from_on: date, *, source: str, by: Actor, now: datetime) -> None:
    """A new price of a known item, from that day on."""
    with transaction() as session:
        known = session.scalar(select(FeeItem).where(FeeItem.code == code).order_by(FeeItem.from_on.desc()).limit(1))
        if known is None:
            raise NotFound(code)
        set_price(code, known.kind, known.name_zh, known.name_en, amount_fen, from_on, source=source, by=by, now=now)


def add_holiday(
    name: str, from_on: date, until_on: date, *, confirmed: bool, by: Actor, now: datetime, note: str = ""
) -> None:
    """Days off, both ends included. `confirmed`: an official notice says so."""
    if until_on < from_on:
        raise Refused(problem("holiday_backwards", N_("The last day off is before the first."), field="until_on"))
    with transaction() as session:
        session.add(Holiday(name=name, from_on=from_on, until_on=until_on, confirmed=confirmed, note=note))
        audit.record(session, "programmes.add_holiday", "calendar", by=by, now=now, name=name,
                     from_on=from_on.isoformat(), until_on=until_on.isoformat(), confirmed=confirmed)


def add_workday(on: date, *, confirmed: bool, by: Actor, now: datetime) -> None:
    """A weekend day worked in exchange (调休上班)."""
    with transaction() as session:
        if session.scalar(select(Workday.id).where(Workday.on == on)) is not None:
            raise Refused(problem("workday_known", N_("This day is already in the table."), field="on"))
        session.add(Workday(on=on, confirmed=confirmed))
        audit.record(session, "programmes.add_workday", "calendar", by=by, now=now, on=on.isoformat(),
                     confirmed=confirmed)


def confirm_holiday(
    holiday_id: int, from_on: date, until_on: date, *, by: Actor, now: datetime, note: str = ""
) -> None:
    """The official notice is out: the days as it says."""
    if until_on < from_on:
        raise Refused(problem("holiday_backwards", N_("The last day off is before the first."), field="until_on"))
    with transaction() as session:
        holiday = lock(session, Holiday, Holiday.id == holiday_id)
        before = f"{holiday.from_on.isoformat()}/{holiday.until_on.isoformat()}"
        holiday.from_on, holiday.until_on, holiday.confirmed, holiday.note = from_on, until_on, True, note
        audit.record(session, "programmes.confirm_holiday", "calendar", by=by, now=now, name=holiday.name,
                     before=before, after=f"{from_on.isoformat()}/{until_on.isoformat()}")


def set_organisation(fields: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    """Write the organisation's own facts; `fields` by column name, unknown ones are an error."""
    with transaction() as session:
        found = session.get(Organisation, 1, with_for_update=True)
        if found is None:
            session.add(Organisation(id=1, **fields))
        else:
            for name, value in fields.items():
                if name not in Organisation.__table__.columns:
                    raise AttributeError(name)
                setattr(found, name, value)
        audit.record(session, "programmes.set_organisation", "organisation", by=by, now=now, fields=sorted(fields))


def _already_dated(day: date) -> Problem:
    return problem("already_dated", N_("There already is a value from %(day)s; choose a later day."), field="from_on",
                   day=day)
