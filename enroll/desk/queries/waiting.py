"""What waits for somebody of the staff: how much, and what is due first; one statement each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, cast, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from enroll.desk.queries.queues import QUEUES, queues_of
from enroll.foundation.actor import Actor
from enroll.learners.models import Learner
from enroll.programmes.rules.working_days import WorkingCalendar
from enroll.storage.columns import UtcMoment

MOST_COUNTED = 1000
WEEKDAYS = WorkingCalendar()
BESIDE_REVIEW = ("second_opinions", "spot_checks", "spot_checks_doubted", "rule_exceptions")
OF_REVIEW = tuple((one, "applications") for one in BESIDE_REVIEW)
HOURS = tuple((f"hours_{one}", "hours") for one in ("disputes", "claims", "adjustments", "anomalies"))
Beside = tuple[tuple[str, ColumnElement[int]], ...]


@dataclass(frozen=True)
class QueueCount:
    key: str
    number: int
    hot: bool


@dataclass(frozen=True)
class Waiting:
    """One case at the head of a queue; `page` is what the address of its page carries, `at` until when it is due."""

    key: str
    reference: str
    page: str
    name: str
    at: datetime
    hot: bool


def counts(
    session: Session, actor: Actor, now: datetime, calendar: WorkingCalendar = WEEKDAYS, beside: Beside = ()
) -> dict[str, QueueCount]:
    """How much waits in each of this person's queues: one statement, each count stopping at MOST_COUNTED. `beside` are
    other numbers of the same page, counted on the way; they may ask for the person's `account_id`."""
    by_key = {queue.key: queue for queue in queues_of(actor)}
    if not by_key and not beside:
        return {}
    sent = {"now": now, "account_id": actor.account_id}
    return {
        key: QueueCount(key, number, key in by_key and by_key[key].is_hot(first, now, calendar))
        for key, number, first in session.execute(counting(tuple(by_key), beside), sent).all()
    }


# Every page of staff counts; to put such a statement together takes as long as half the page. There is one for each
# set of roles.


@cache
def counting(keys: tuple[str, ...], beside: Beside = ()) -> CompoundSelect[Any]:
    """The statement for these queues: key, number, since when the oldest waits. Sent with the moment as `now`."""
    parts = [select(literal(key).label("key"), number, cast(null(), UtcMoment)) for key, number in beside]
    for queue in QUEUES:
        if queue.key in keys:
            some = queue.select(queue.since.label("since")).limit(MOST_COUNTED).subquery()
            number_and_oldest = func.count(), func.min(some.c.since)
            parts.append(select(literal(queue.key).label("key"), *number_and_oldest).select_from(some))
    return union_all(*parts)


def rail_counts(
    session: Session, actor: Actor, now: datetime, beside: Beside = ()
) -> Mapping[str, tuple[int, bool]]:
    """For the navigation: number and overdue by place; entering and checking marks share one place, and so does
    whatever is to be decided about hours."""
    found = {key: (count.number, count.hot) for key, count in counts(session, actor, now, beside=beside).items()}
    for part, place in (("results_check", "results"), ("refunds", "fees"), *HOURS, *OF_REVIEW):
        if part in found:
            number, hot = found.pop(part)
            known, was_hot = found.get(place, (0, False))
            found[place] = (known + number, hot or was_hot)
    return found


def due_first(
    session: Session, actor: Actor, now: datetime, calendar: WorkingCalendar = WEEKDAYS, *, each: int = 4
) -> list[Waiting]:
    """The heads of this person's queues, what is due soonest first: one statement."""
    by_key = {queue.key: queue for queue in queues_of(actor)}
    if not by_key:
        return []
    heads = [
        Waiting(key, reference, page, name, by_key[key].due(since, calendar), by_key[key].is_hot(since, now, calendar))
        for key, reference, page, name, since in session.execute(_heads(tuple(by_key), each), {"now": now})
    ]
    return sorted(heads, key=lambda one: one.at)


@cache
def _heads(keys: tuple[str, ...], each: int) -> CompoundSelect[Any]:
    parts = []
    for queue in QUEUES:
        if queue.key not in keys:
            continue
        page: Any = queue.model.reference if queue.page is None else queue.page
        head = (
            queue.select(
                queue.model.reference.label("reference"), page.label("page"),
                queue.learner.label("learner_id"), queue.since.label("since"),
            )
            .where(queue.since.is_not(None))
            .order_by(queue.since)
            .limit(each)
            .subquery()
        )
        parts.append(
            select(literal(queue.key), head.c.reference, head.c.page,
                   func.coalesce(func.nullif(Learner.legal_name, ""), Learner.reference, ""), head.c.since)
            .select_from(head)
            .outerjoin(Learner, Learner.id == head.c.learner_id)  # an incident may be a whole sitting's
        )
    return union_all(*parts)
