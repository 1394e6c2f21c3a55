"""Many people press for few seats, again and again, on both databases: nobody may get a seat that is not there.

Each run has a sitting of its own, and everybody has their answer before anything is cleared away for the next. They
press through the service that the pages call, each in a thread and transaction of their own, all at the same moment.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import click
from sqlalchemy import func, select, update

from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused
from enroll.sittings.lifecycle import TAKES_SEAT, BookingState
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.queries import seats_counted_again
from enroll.sittings.services.seats import hold_seats
from enroll.storage.database import again_if_crowded, db, transaction
from tests.at_once import at_once
from tests.benchmarks.house import House, a_house
from tests.benchmarks.measuring import Effort
from tests.builders.exams import a_bare_learner, a_sitting, a_window
from tests.conftest import NOON
from tests.databases import POSTGRESQL, SQLITE

SEATS, PEOPLE = 20, 64
SHOW_EVERY = 100


def figures(effort: Effort) -> Iterator[tuple[str, float]]:
    totals = {"oversold": 0, "undersold": 0, "runs": 0}
    for kind in (POSTGRESQL, SQLITE):
        with a_house(kind) as house:
            for name, number in _hammered(house, effort.runs, PEOPLE if effort.runs > 2 else 24).items():
                yield f"{name}_{kind}", number
                totals[name] += number
    yield from totals.items()


def _hammered(house: House, runs: int, people: int) -> dict[str, int]:
    """The runs that sold more seats than there are, and those that left one although somebody was refused."""
    pattern = a_sitting(a_window(), seats=SEATS).id
    learners = [a_bare_learner(f"learner{number}") for number in range(people)]
    presses = [(one.id, one.account.actor_at(NOON)) for one in learners]
    found = {"oversold": 0, "undersold": 0, "runs": 0}
    for run in range(runs):
        code, number = _another_sitting(pattern, run)
        acts = [_press(code, learner_id, f"A{run:04d}-{learner_id:04d}", by) for learner_id, by in presses]
        answers = at_once(house.app, *acts)
        if odd := [one for one in answers if isinstance(one, Exception) and not isinstance(one, Refused)]:
            raise odd[0]
        sold = _sold(number)
        found["oversold"] += sold > SEATS or sold != len(answers) - sum(isinstance(one, Refused) for one in answers)
        found["undersold"] += sold < SEATS
        found["runs"] += 1
        found["oversold"] += len(seats_counted_again(db.session()))
        _clear_away(number)
        if (run + 1) % SHOW_EVERY == 0:
            click.echo(f"{house.kind}: {run + 1} runs, oversold {found['oversold']}", err=True)
    return found


def _press(code: str, learner_id: int, subject: str, by: Actor) -> Callable[[], Any]:
    """One press, tried again where the database asks for it, as the pages do."""
    return partial(again_if_crowded, partial(hold_seats, [code], learner_id, subject, resit=False, by=by, now=NOON))


def _another_sitting(pattern: int, run: int) -> tuple[str, int]:
    """A sitting like the first: same window and site, all its seats free. Planning one through the service would take
    longer than hammering it."""
    with transaction() as session:
        like = session.get_one(Sitting, pattern)
        values = {column.name: getattr(like, column.name) for column in Sitting.__table__.columns}
        del values["id"]
        one = Sitting(**values | {"code": f"H{run:06d}", "taken": 0})
        session.add(one)
        session.flush()
        return one.code, one.id


def _clear_away(number: int) -> None:
    """So that the same people may press again: nobody has two live bookings for one part of a window."""
    with transaction() as session:
        session.execute(update(Booking).where(Booking.sitting_id == number).values(state=BookingState.CANCELLED))
        session.execute(update(Sitting).where(Sitting.id == number).values(taken=0))


def _sold(number: int) -> int:
    db.session.rollback()
    wanted = select(func.count()).where(Booking.sitting_id == number, Booking.state.in_(TAKES_SEAT))
    return db.session.scalar(wanted) or 0
