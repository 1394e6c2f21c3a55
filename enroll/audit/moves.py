"""The one function that writes a state. Pages, bulk acts, imports, events and schedulers all come through here."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy.orm import Session

from enroll.audit import services as audit
from enroll.audit.models import OnePersonAct
from enroll.foundation.actor import Actor
from enroll.foundation.lifecycle import Lifecycle, Move
from enroll.foundation.problems import Stale
from enroll.storage.history import HistoryRow


class Moving(Protocol):
    """A record with a lifecycle: one state column, a version, a reference people see, and its history's class."""

    id: Any
    state: Any
    version: Any
    reference: Any
    learner_id: Any
    history: type[HistoryRow]


def make_move(
    session: Session, lifecycle: Lifecycle, record: Any, move_name: str, *, by: Actor, now: datetime,
    facts: Any = None, reason: str = "", **details: Any,
) -> Move:
    """Require the move, write state, version, history and audit. The record was read under its lock by the caller.

    Raises Refused with every reason. `details` go to the audit row: plain values that explain the decision later.
    """
    before = record.state
    move = lifecycle.require(move_name, before, by, facts, reason)
    act = f"{lifecycle.name.lower().replace(' ', '_')}.{move.name}"
    if alone := lifecycle.done_alone(move, by, facts):
        details["by_one_person"] = [one.code for one in alone]
        _note_alone(session, record, act, details["by_one_person"], by, now, reason)
    record.state = str(move.target)
    record.version = record.version + 1
    _write_history(session, record, move.name, before, by, now, reason)
    audit.record(session, act, record.reference, by=by, now=now,
                 learner_id=getattr(record, "learner_id", None), reason=reason,
                 **{"from": str(before), "to": str(move.target)}, **details)
    return move


def begin(
    session: Session, lifecycle: Lifecycle, record: Any, *, by: Actor, now: datetime, into: StrEnum | None = None,
    **details: Any,
) -> None:
    """Write the first history row of a new record in its lifecycle's first state, or in another one that records of
    this kind may begin `into` (somebody joins a list instead of taking a seat)."""
    record.state, record.version = str(into or lifecycle.first), 1
    session.add(record)
    session.flush()
    _write_history(session, record, "begin", "", by, now, "")
    audit.record(session, f"{lifecycle.name.lower().replace(' ', '_')}.begin", record.reference, by=by, now=now,
                 learner_id=getattr(record, "learner_id", None), to=str(record.state), **details)


def expect_version(record: Any, version: int | None) -> None:
    """Raises Stale when the form was opened on an older version of the record."""
    if version is not None and version != record.version:
        raise Stale(record.reference, record.version)


def _note_alone(
    session: Session, record: Any, act: str, codes: list[str], by: Actor, now: datetime, reason: str
) -> None:
    assert by.account_id is not None, "only people do two duties"
    session.add(OnePersonAct(subject=record.reference, act=act, codes=codes, reason=reason.strip(), at=now,
                             learner_id=getattr(record, "learner_id", None), by_id=by.account_id, by_name=by.name))


def _write_history(
    session: Session, record: Any, move: str, before: str, by: Actor, now: datetime, reason: str
) -> None:
    session.add(record.history(
        record_id=record.id, move=move, from_state=str(before), to_state=record.state, made_at=now,
        made_by_id=by.account_id, made_by_name=by.name, reason=reason, version=record.version,
    ))
