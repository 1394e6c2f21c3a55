"""Loading the demonstration: everything happens through the program's own services, in the order of time, each act by
the person who would do it and at the moment it would happen."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from flask import Flask
from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.demo import ground
from enroll.demo.certificates import certificate_events
from enroll.demo.crowd import crowd
from enroll.demo.people import data
from enroll.demo.stories import LearnerStory
from enroll.demo.windows import window_events
from enroll.foundation.actor import Actor
from enroll.foundation.clock import ShiftedClock
from enroll.storage import outbox
from enroll.storage.database import db
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
        return "study" in self.what or "accepted" in self.what


class Staff:
    """The members of staff as they may act at a moment."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}

    def meet(self) -> None:
        for account in db.session.scalars(select(Account).where(Account.username.is_not(None))):
            self.accounts[str(account.username)] = account
            _ = account.grants
        db.session.expunge_all()
        db.session.rollback()

    def __call__(self, username: str, at: datetime) -> Actor:
        return self.accounts[username].actor_at(at)


def load(app: Flask, password: str, *, until: datetime, size: int, say: Say) -> None:
    """Fill an empty database with everybody of the data, up to the demo's first moment."""
    clock = ShiftedClock(standing=ground.FOUNDED)
    app.extensions["clock"] = clock
    _hurry()
    staff = Staff()
    say("1/4 organisation, programme, dates, courses")
    publications = _lay_ground(staff, password)
    say("2/4 people and what they did")
    acts = sorted(_plan(staff, publications, password))
    for number, act in enumerate(acts, 1):
        if act.at > until:
            break
        clock.set(act.at)
        act.do(act.at)
        if not act.quiet:
            outbox.deliver(act.at, slow=False)
        if number % 400 == 0:
            say(f"    {number} of {len(acts)} acts")
    say("3/4 documents and letters")
    clock.set(until)
    run_jobs(app, app.extensions["jobs"])
    while outbox.deliver(until, at_most=500):
        pass
    if size:
        say(f"4/4 {size} further learners")
        crowd(size, staff, until)


def _lay_ground(staff: Staff, password: str) -> list[tuple[datetime, str]]:
    ground.lay_organisation()
    ground.lay_prices_and_days()
    ground.lay_programmes()
    ground.lay_staff(password)
    staff.meet()
    actors = {username: staff(username, ground.FOUNDED) for username in staff.accounts}
    ground.lay_texts()
    ground.lay_cohorts(actors)
    publications = list(ground.windows(actors))
    ground.lay_sites(actors)
    ground.lay_courses(actors)
    ground.lay_videos(actors)
    ground.lay_announcements()
    return publications


def _plan(staff: Staff, publications: list[tuple[datetime, str]], password: str) -> Iterator[Act]:
    order = 0
    for at, code in publications:
        order += 1
        yield Act(at, order, f"publish {code}",
                  lambda now, code=code: ground.publish(code, {"kaowu": staff("kaowu", now)}, now))  # type: ignore[misc]
    password_hash = hashed(password)
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
