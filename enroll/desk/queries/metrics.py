"""Figures about the program for a monitoring system. Sums only: nobody's data.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/ (text, version 0.0.4).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enroll.desk.queries.queues import QUEUES
from enroll.desk.queries.waiting import MOST_COUNTED, counting
from enroll.programmes.queries.windows import working_calendar
from enroll.storage.outbox import OutboxDelivery
from enroll.storage.worker import JobTrouble, WorkerBeat


@dataclass(frozen=True)
class Figure:
    """One figure: `samples` are (labels, value). All are gauges: they say how things stand now."""

    name: str
    help: str
    samples: tuple[tuple[Mapping[str, str], float], ...]


def figures(session: Session, readiness: Mapping[str, bool], *, now: datetime, real_now: datetime) -> Iterator[Figure]:
    """`now` is the program's moment, by which work is due; `real_now` is when the worker was seen."""
    yield Figure("enroll_ready", "1 where this part answers.",
                 tuple(({"part": name}, float(ready)) for name, ready in readiness.items()))
    seen = session.scalar(select(WorkerBeat.at))
    if seen is not None:
        yield _one("enroll_worker_seen_seconds", "Seconds since the worker was last seen.",
                   (real_now - seen).total_seconds())
    waiting = select(func.count(), func.min(OutboxDelivery.next_try_at)).where(
        OutboxDelivery.next_try_at.is_not(None), OutboxDelivery.next_try_at <= now)
    number, oldest = session.execute(waiting).one()
    yield _one("enroll_outbox_waiting", "Deliveries that could be made now.", number)
    yield _one("enroll_outbox_oldest_seconds", "How long the oldest of them has waited.",
               (now - oldest).total_seconds() if oldest else 0)
    dead = session.scalar(select(func.count()).where(OutboxDelivery.dead_at.is_not(None)))
    yield _one("enroll_outbox_dead", "Deliveries that were given up.", dead or 0)
    yield Figure("enroll_job_failures", "Failures of a scheduled job since it last succeeded.",
                 tuple(({"job": one.name}, float(one.failures)) for one in session.scalars(select(JobTrouble))))
    yield from _queues(session, now)


def as_text(found: Iterable[Figure]) -> str:
    """The figures as Prometheus reads them."""
    lines = []
    for one in found:
        lines += [f"# HELP {one.name} {one.help}", f"# TYPE {one.name} gauge"]
        lines += [f"{one.name}{_labels(labels)} {value:g}" for labels, value in one.samples]
    return "\n".join(lines) + "\n"


def _queues(session: Session, now: datetime) -> Iterator[Figure]:
    rows = session.execute(counting(tuple(queue.key for queue in QUEUES)), {"now": now}).all()
    yield Figure("enroll_queue_waiting", f"Cases in a queue of staff, counted up to {MOST_COUNTED}.",
                 tuple(({"queue": key}, float(number)) for key, number, _first in rows))
    overdue, calendar = {queue.key: queue.is_hot for queue in QUEUES}, working_calendar(session)
    yield Figure("enroll_queue_overdue", "1 where the oldest case of a queue has waited too long.",
                 tuple(({"queue": key}, float(overdue[key](first, now, calendar))) for key, _number, first in rows))


def _one(name: str, text: str, value: float) -> Figure:
    return Figure(name, text, (({}, float(value)),))


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    written = (f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return "{" + ",".join(written) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
