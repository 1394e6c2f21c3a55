"""The background worker: hands over what waits in the outbox, and runs the scheduled jobs. The table is the queue, so a
killed worker loses nothing and two of them do nothing twice."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event
from typing import TypeVar

from flask import Flask
from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from enroll.storage import outbox
from enroll.storage.columns import UtcMoment, whole
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


class JobTrouble(Base):
    """A scheduled job that fails: how often since it last succeeded, and how. No row: it does its work."""

    __tablename__ = "job_trouble"
    __table_args__ = whole("failures", 1, 2_000_000_000)

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime] = mapped_column(UtcMoment)
    last_error: Mapped[str] = mapped_column(Text, default="")


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
        _run(app, job, moment)
    _carefully(app, lambda: outbox.deliver(moment, slow=False, stopping=stopping))


def jobs_in_trouble(session: Session) -> Iterator[str]:
    """For `flask doctor`: scheduled jobs that have failed twice or more since they last succeeded."""
    for one in session.scalars(select(JobTrouble).where(JobTrouble.failures > 1).order_by(JobTrouble.name)):
        since = f"{one.since:%Y-%m-%d %H:%M} UTC"
        yield f"the job {one.name} has failed {one.failures} times since {since}: {one.last_error}"


def worker_is_alive() -> bool:
    row = db.session.get(WorkerBeat, 1)
    return row is not None and datetime.now(UTC) - row.at < ALIVE_WITHIN


def _beat(real_now: datetime) -> None:
    with transaction() as session:
        session.merge(WorkerBeat(id=1, at=real_now))


def _deliver(app: Flask, stop: Event) -> int:
    return outbox.deliver(app.extensions["clock"].now(), at_most=AT_A_TIME, stopping=stop.is_set)


def _run(app: Flask, job: Job, moment: datetime) -> None:
    """One job. Its failure is logged with where it came from, and kept where doctor, /metrics and the desk see it."""
    name = f"{job.__module__.removeprefix('enroll.')}.{getattr(job, '__qualname__', job)}"[:120]
    failed: list[str] = []

    def act() -> None:
        try:
            again_if_crowded(partial(job, moment))
        except Exception as error:
            failed.append(f"{type(error).__name__}: {error}"[:500])
            raise

    _carefully(app, act, name)
    _carefully(app, lambda: _note_outcome(name, failed[0] if failed else "", datetime.now(UTC)))


def _note_outcome(name: str, error: str, real_now: datetime) -> None:
    """Success clears the slate; nothing is written while all is well."""
    known = db.session.get(JobTrouble, name)
    db.session.rollback()
    if known is None and not error:
        return
    with transaction() as session:
        trouble = session.get(JobTrouble, name, with_for_update=True, populate_existing=True)
        if not error and trouble is not None:
            session.delete(trouble)
        elif trouble is None and error:
            session.add(JobTrouble(name=name, failures=1, since=real_now, last_error=error))
        elif trouble is not None:
            trouble.failures, trouble.last_error = trouble.failures + 1, error


def _carefully(app: Flask, act: Callable[[], Answer], name: str = "the worker") -> Answer | None:
    """Do it; a failure is logged and holds back nothing else."""
    try:
        return act()
    except Exception:
        app.logger.exception("%s failed and goes on", name)
        db.session.rollback()
        return None
