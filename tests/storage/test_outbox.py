"""The outbox: at least once, each handler by itself, later again, given up in the open, and no secret left behind."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from enroll.foundation.events import secret
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from enroll.storage.outbox import LAST_ATTEMPT, LEASE, Outbox, OutboxDelivery, OutboxEntry, OutboxSecret
from tests.at_once import at_once
from tests.conftest import NOON


@dataclass(frozen=True)
class DoorOpened:
    door: str
    code: str = secret()


@pytest.fixture
def heard(app, monkeypatch):
    """An outbox of this test alone; gives the list that its handlers write into."""
    monkeypatch.setitem(app.extensions, "outbox", Outbox())
    return []


def listen(app, handle, *, slow=False):
    handle.__qualname__ = f"{handle.__name__}{len(app.extensions['outbox'].handlers.get('DoorOpened', []))}"
    app.extensions["outbox"].on(DoorOpened, handle, slow=slow)


def tell(door="front", code="4711"):
    with transaction() as session:
        outbox.record(session, DoorOpened(door, code), NOON)


def deliveries():
    db.session.rollback()
    return db.session.scalars(select(OutboxDelivery).order_by(OutboxDelivery.id)).all()


def secrets_kept():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(OutboxSecret))


def test_a_handler_is_given_the_event_with_its_secret_and_its_own_number(app, heard):
    listen(app, lambda happened, now: heard.append(happened))
    tell()
    assert outbox.deliver(NOON) == 1
    [happened] = heard
    assert happened.event == DoorOpened("front", "4711")
    assert happened.at == NOON
    assert outbox.deliver(NOON) == 0, "delivered is delivered"


def test_the_secret_is_never_in_the_entry_and_is_gone_after_the_last_delivery(app, heard):
    def first(happened, now):
        heard.append(happened.event.code)

    def second(happened, now):
        heard.append(happened.event.code)

    listen(app, first)
    listen(app, second)
    tell()
    with transaction() as session:
        assert "4711" not in str(session.scalars(select(OutboxEntry.details)).one())
        assert "4711" not in str(session.connection().exec_driver_sql("SELECT value FROM outbox_secret").scalar())
    outbox.deliver(NOON, at_most=1)
    assert secrets_kept() == 1, "the other handler still needs it"
    outbox.deliver(NOON)
    assert heard == ["4711", "4711"]
    assert secrets_kept() == 0


def test_an_act_that_is_rolled_back_tells_nobody(app, heard):
    listen(app, lambda happened, now: heard.append(happened))

    def changes_its_mind():
        with transaction() as session:
            outbox.record(session, DoorOpened("front"), NOON)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        changes_its_mind()
    assert outbox.deliver(NOON) == 0
    assert heard == []


def test_a_failing_handler_holds_back_nobody_else_and_is_tried_again_later_and_later(app, heard):
    def fails(happened, now):
        db.session.execute(select(1))
        raise OSError("no answer")

    listen(app, fails)
    listen(app, lambda happened, now: heard.append(happened.event.door))
    tell("front")
    tell("back")
    outbox.deliver(NOON)
    assert heard == ["front", "back"]
    failed = [one for one in deliveries() if one.handler.endswith("fails0")]
    assert [one.attempts for one in failed] == [1, 1]
    assert all(one.last_error == "OSError: no answer" for one in failed)

    pauses, now = [], NOON
    for _ in range(4):
        waiting = deliveries()[0]
        pauses.append(waiting.next_try_at - now)
        assert outbox.deliver(waiting.next_try_at - timedelta(seconds=1)) == 0, "not before its time"
        now = waiting.next_try_at
        outbox.deliver(now)
    assert pauses == [timedelta(seconds=one) for one in (30, 60, 120, 240)]


def test_after_ten_failures_a_delivery_is_given_up_in_the_open_and_its_secret_is_gone(app, heard):
    def fails(happened, now):
        heard.append(now)
        raise OSError("no answer")

    listen(app, fails)
    tell()
    now = NOON
    for _ in range(LAST_ATTEMPT + 3):
        outbox.deliver(now)
        now += timedelta(hours=2)
    assert len(heard) == LAST_ATTEMPT == 10
    [given_up] = deliveries()
    assert given_up.dead_at is not None
    assert given_up.delivered_at is None
    assert given_up.next_try_at is None
    assert secrets_kept() == 0


def test_an_entry_that_this_program_cannot_read_stops_nobody_else(app, heard):
    listen(app, lambda happened, now: heard.append(happened.event.door))
    with transaction() as session:
        outbox.record(session, DoorOpened("front"), NOON)
        entry = session.scalars(select(OutboxEntry)).one()
        session.add(OutboxEntry(id=entry.id + 1, event="FromANewerProgram", details={}, happened_at=NOON))
        session.flush()
        session.add(OutboxDelivery(entry_id=entry.id + 1, handler="nobody", slow=False, next_try_at=NOON))
        session.flush()
    tell_after = [one.entry_id for one in deliveries()]
    outbox.deliver(NOON)
    assert heard == ["front"]
    assert len(tell_after) == 2
    assert "FromANewerProgram" in deliveries()[1].last_error


def test_nothing_is_called_delivered_when_its_handler_is_gone(app, heard):
    listen(app, lambda happened, now: None)
    tell()
    app.extensions["outbox"].handlers.clear()
    outbox.deliver(NOON)
    [waiting] = deliveries()
    assert waiting.delivered_at is None
    assert "no handler" in waiting.last_error


def test_killed_between_work_and_mark_it_runs_again_after_the_lease_with_the_same_number(app, heard):
    def dies_once(happened, now):
        heard.append(happened.entry_id)
        if len(heard) == 1:
            raise SystemExit("killed")

    listen(app, dies_once)
    tell()
    with pytest.raises(SystemExit):
        outbox.deliver(NOON)
    assert secrets_kept() == 1
    assert outbox.deliver(NOON + LEASE - timedelta(seconds=1)) == 0, "somebody may still be at it"
    assert outbox.deliver(NOON + LEASE) == 1
    assert heard[0] == heard[1]
    assert deliveries()[0].attempts == 2
    assert secrets_kept() == 0


def test_two_workers_at_once_deliver_each_entry_once(app, heard):
    listen(app, lambda happened, now: heard.append(happened.event.door))
    doors = [str(number) for number in range(20)]
    for door in doors:
        tell(door)
    at_once(app, *[lambda: outbox.deliver(NOON)] * 4)
    outbox.deliver(NOON)  # a loser of a race may have gone home early
    assert sorted(heard, key=int) == doors


def test_a_handler_whose_name_would_not_fit_is_refused_at_start(app, heard):
    def handle(happened, now):
        heard.append(happened)

    handle.__qualname__ = "h" * 80
    with pytest.raises(ValueError, match="at most 80"):
        app.extensions["outbox"].on(DoorOpened, handle)


def test_slow_work_waits_for_the_worker(app, heard):
    listen(app, lambda happened, now: heard.append("slow"), slow=True)
    tell()
    assert outbox.deliver(NOON, slow=False) == 0
    assert outbox.deliver(NOON) == 1
    assert heard == ["slow"]


def test_a_worker_that_is_told_to_stop_finishes_what_is_in_hand_and_takes_nothing_new(app, heard):
    listen(app, lambda happened, now: heard.append(happened.event.door))
    tell("front")
    tell("back")
    assert outbox.deliver(NOON, stopping=lambda: bool(heard)) == 1
    assert heard == ["front"]
    assert outbox.deliver(NOON) == 1
