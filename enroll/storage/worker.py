"""The background worker: hands over what waits in the outbox, and runs the scheduled jobs. The table is the queue, so a
killed worker loses nothing and two of them do nothing twice."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event
from typing import TypeVar

from flask import Flask
from sqlalchemy.orm import Mapped, mapped_column

from enroll.storage import outbox
from enroll.storage.columns import UtcMoment
from enroll.storage.database import Base, again_if_crowded, db, transaction

PAUSE_SECONDS = 2.0
AT_A_TIME = 5  # deliveries between two looks at the jobs: a dumb mail server must not make the worker look dead
JOBS_EVERY = timedelta(seconds=30)
ALIVE_WITHIN = timedelta(minutes=2)

Job = Callable[[datetime], object]
Answer = TypeVar("Answer")


class WorkerBeat(Base):
    """When a worker was last seen at work, in real time; one row, for /readyz."""

    __tablename__ = "worker_beat"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcMoment)


def work(app: Flask, jobs: Sequence[Job], stop: Event) -> None:
    """Work until `stop` is set, finishing what is in hand. One failing job holds back no other."""
    last_jobs = datetime.min.replace(tzinfo=UTC)
    while not stop.is_set():
        real_now = datetime.now(UTC)
        with app.app_context():
            delivered = _carefully(app, lambda: _deliver(app, stop))
            if real_now - last_jobs >= JOBS_EVERY:
                last_jobs = real_now
                run_jobs(app, jobs, stopping=stop.is_set)
                _carefully(app, lambda: _beat(datetime.now(UTC)))
        if not delivered:
            stop.wait(PAUSE_SECONDS)


def run_jobs(app: Flask, jobs: Sequence[Job], *, stopping: Callable[[], bool] = lambda: False) -> None:
    """Every scheduled job once, at the application's own moment, and what they cause. Inside an app context."""
    moment = app.extensions["clock"].now()
    for job in jobs:
        if stopping():
            return
        _carefully(app, partial(again_if_crowded, partial(job, moment)), getattr(job, "__qualname__", str(job)))
    _carefully(app, lambda: outbox.deliver(moment, slow=False, stopping=stopping))


def worker_is_alive() -> bool:
    row = db.session.get(WorkerBeat, 1)
    return row is not None and datetime.now(UTC) - row.at < ALIVE_WITHIN


def _beat(real_now: datetime) -> None:
    with transaction() as session:
        session.merge(WorkerBeat(id=1, at=real_now))


def _deliver(app: Flask, stop: Event) -> int:
    return outbox.deliver(app.extensions["clock"].now(), at_most=AT_A_TIME, stopping=stop.is_set)


def _carefully(app: Flask, act: Callable[[], Answer], name: str = "the worker") -> Answer | None:
    """Do it; a failure is logged and holds back nothing else."""
    try:
        return act()
    except Exception:
        app.logger.exception("%s failed and goes on", name)
        db.session.rollback()
        return None
