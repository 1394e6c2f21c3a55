"""What the kinds of list share: who stands for one, whom its rows are about, and what is known of them."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from enroll.foundation.actor import Actor
from enroll.foundation.problems import Problem, Refused, RowFault, problem
from enroll.foundation.words import N_
from enroll.handovers.queries import Known, learners_named
from enroll.learners.models import Learner
from enroll.programmes.models import Programme

WHO_UNKNOWN = problem("learner_unknown", N_("No learner has this number or address together with this name."))
PROGRAMME_UNKNOWN = problem("programme_unknown", N_("There is no programme with this code."))


@dataclass(frozen=True)
class Stand:
    """Who stands for a list: who brought it and who confirmed it (the same where one is enough), and which it is."""

    by: Actor
    second: Actor
    sha256: str
    now: datetime
    real_now: datetime

    @property
    def two(self) -> tuple[int, int]:
        first, second = self.by.account_id, self.second.account_id
        assert first is not None, "people stand for a list"
        assert second is not None, "and not the program"
        return first, second


def known(session: Session, rows: Iterable[Any]) -> Known:
    """The learners these rows name."""
    return learners_named(session, {row.whose.key for row in rows})


def learner_of(session: Session, row: Any) -> Learner:
    """The learner of one row. Raises Refused where it names nobody any more."""
    learner = known(session, [row]).who(row.whose)
    if learner is None:
        raise Refused(WHO_UNKNOWN)
    return learner


def programmes(session: Session, rows: Iterable[Any]) -> dict[str, Programme]:
    return {one.code: one for one in session.scalars(select(Programme).where(
        Programme.code.in_({row.programme for row in rows})))}


def present(session: Session, column: Any, values: Collection[str], *conditions: ColumnElement[bool]) -> set[str]:
    """Which of these values stand in the column."""
    return set(session.scalars(select(column).where(column.in_(values), *conditions)))


def faults_where(rows: Iterable[Any], column: str, wrong: Callable[[Any], bool], why: Problem) -> list[RowFault]:
    return [RowFault(row.number, column, why) for row in rows if wrong(row)]
