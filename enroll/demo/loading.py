"""Loading the demonstration: everything happens through the program's own services, in the order of time, each act by
the person who would do it and at the moment it would happen."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from flask import Flask, current_app
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.demo import (
    complaining,
    correcting,
    deciding,
    exam_days,
    ground,
    handing_in,
    helping,
    living,
    outages,
    practising,
    queueing,
    reviewing,
    supervising,
    wishing,
)
from enroll.demo.certificates import certificate_events
from enroll.demo.crowd import crowd
from enroll.demo.people import data
from enroll.demo.stories import LearnerStory
from enroll.demo.windows import window_events
from enroll.demo.writing import written_when_asked
from enroll.foundation.actor import Actor
from enroll.foundation.clock import ShiftedClock
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from enroll.storage.passwords import hashed
from enroll.storage.worker import run_jobs

Say = Callable[[str], None]


@dataclass(order=True)
class Act:
    """Something that happens at a moment; acts of one moment keep the order they were planned in."""

    at: datetime
    order: int
    what: str = field(compare=False)
    do: Callable[[datetime], None] = field(compare=False)

    @property
    def quiet(self) -> bool:
        """Study tells people things, but starts nothing: its messages may be written a little later."""
        return "studies" in self.what


class Staff:
    """The members of staff as they act; none of the data changes their roles."""

    def __init__(self) -> None:
        self.actors: dict[str, Actor] = {}

    def meet(self) -> None:
        for account in db.session.scalars(select(Account).where(Account.username.is_not(None))):
            self.actors[str(account.username)] = account.actor_at(ground.FOUNDED)

    def __call__(self, username: str, at: datetime) -> Actor:
        return self.actors[username]


def load(app: Flask, password: str, *, until: datetime, size: int, say: Say) -> None:
    """Fill an empty database with everybody of the data, up to the demo's first moment."""
    clock = ShiftedClock(standing=ground.FOUNDED)
    app.extensions["clock"] = clock
    _hurry()
    staff, password_hash = Staff(), hashed(password)
    say("1/3 organisation, programme, dates, courses")
    with _one_transaction(), _nothing_thrown_away():
        publications = _lay_ground(staff, password_hash)
        say("2/3 people and what they did")
        acts = sorted(one for one in _plan(staff, publications, password_hash) if one.at <= until)
        for number, act in enumerate(acts, 1):
            clock.set(act.at)
            act.do(act.at)
            if not act.quiet:
                outbox.deliver_inside(db.session(), act.at)
            if number % 300 == 0:
                say(f"    {number} of {len(acts)} acts")
        practising.practise(until)
        living.hold_classes(until)
        supervising.supervise(until)
        deciding.decide_hours(until)
        handing_in.a_batch(until)
        complaining.complaints(until)
        complaining.a_list_of_before(until)
        exam_days.incidents(until)
        exam_days.excuses(until)
        correcting.corrections(until)
        queueing.a_list(until)
        wishing.accommodations(until)
        helping.an_application_by_phone(until)
        helping.lost_sign_ins(until)
        helping.an_employers_group(until)
        helping.a_second_account(until, password_hash)
        reviewing.review(until)
        outages.outages(until)
    clock.set(until)
    say("3/3 what fell due meanwhile")
    run_jobs(app, app.extensions["jobs"])
    if size:
        say(f"and {size} further learners")
        crowd(size, staff, password_hash, until)


@contextmanager
def _one_transaction() -> Iterator[None]:
    """All of it or nothing, keeping in memory what was read: each act sees what those before it wrote."""
    seen: list[object] = []

    def keep(_session: Session, record: object) -> None:
        seen.append(record)

    with transaction() as session:
        for what in ("loaded_as_persistent", "pending_to_persistent"):
            event.listen(session, what, keep)
        with written_when_asked(session):
            yield
        outbox.deliver_inside(session, current_app.extensions["clock"].now())
    for what in ("loaded_as_persistent", "pending_to_persistent"):
        event.remove(session, what, keep)


@contextmanager
def _nothing_thrown_away() -> Iterator[None]:
    """Everything made stays until the end: looking for garbage meanwhile finds none and takes a third of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _lay_ground(staff: Staff, password_hash: str) -> list[tuple[datetime, str]]:
    ground.lay_organisation()
    ground.lay_prices_and_days()
    ground.lay_programmes()
    ground.lay_staff(password_hash)
    staff.meet()
    actors = staff.actors
    ground.lay_texts()
    ground.lay_cohorts(actors)
    publications = list(ground.windows(actors))
    ground.lay_sites(actors)
    ground.lay_courses(actors)
    practising.lay_mock_exams(actors["jiaowu"], ground.FOUNDED, ground.RULES_FROM)
    ground.lay_videos(actors)
    ground.lay_announcements()
    return publications


def _plan(staff: Staff, publications: list[tuple[datetime, str]], password_hash: str) -> Iterator[Act]:
    order = 0
    for at, code in publications:
        order += 1
        yield Act(at, order, f"publish {code}",
                  lambda now, code=code: ground.publish(code, {"kaowu": staff("kaowu", now)}, now))  # type: ignore[misc]
    stories = [LearnerStory(one, staff, password_hash) for one in data()["learners"]]
    for story in stories:
        for at, what, do in story.acts():
            order += 1
            yield Act(at, order, f"{story.username}: {what}", do)
    september = [one for one in stories if one.stage["window"] == "202609"]
    for at, what, do in chain(window_events(staff, stories), certificate_events(staff, september)):
        order += 1
        yield Act(at, order, what, do)


def _hurry() -> None:
    """The demo's file may be written without waiting for the disk: it can be made again at any time."""
    if db.engine.dialect.name == "sqlite":
        connection = db.engine.raw_connection()
        connection.cursor().execute("PRAGMA synchronous = OFF")
        connection.close()
