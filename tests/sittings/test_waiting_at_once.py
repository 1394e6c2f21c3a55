"""Crowds at a full sitting with a list (security.md, A075): seats never oversold, the freed seat always used, in
order."""

import os
from functools import partial

import pytest
from sqlalchemy import func, select

from enroll.foundation.problems import Refused
from enroll.sittings import queries
from enroll.sittings.lifecycle import TAKES_SEAT
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.rules import BookingFacts
from enroll.sittings.services.seats import end_bookings, hold_seats, join_list, leave_list
from enroll.storage.database import again_if_crowded, db
from tests.at_once import at_once
from tests.builders.exams import a_bare_learner, a_sitting, a_window
from tests.conftest import NOON
from tests.worlds import built_once

ROUNDS, CLIENTS, SEATS = int(os.environ.get("CROWD_ROUNDS", "3")), int(os.environ.get("CROWD_CLIENTS", "30")), 20
AT_ONCE = 40  # as many threads as a press has; the clients come in waves of these


@built_once
def people(number, label):
    found = [a_bare_learner(f"{label}{one}") for one in range(number)]
    return [(one.id, one.account.actor_at(NOON), f"A-{one.id:05d}") for one in found]


def state_of(sitting_id):
    db.session.rollback()
    rows = db.session.execute(select(Booking.state, func.count()).where(Booking.sitting_id == sitting_id).group_by(
        Booking.state)).all()
    return dict(rows), db.session.scalar(select(Sitting.taken).where(Sitting.id == sitting_id))


def waves(app, acts):
    return [answer for first in range(0, len(acts), AT_ONCE) for answer in at_once(app, *acts[first:first + AT_ONCE])]


def hold(code, person):
    learner_id, actor, subject = person
    return again_if_crowded(lambda: hold_seats([code], learner_id, subject, resit=False, by=actor, now=NOON))


def join(code, person):
    learner_id, actor, subject = person
    return again_if_crowded(lambda: join_list(code, learner_id, subject, resit=False, by=actor, now=NOON))


def leave(person):
    _, actor, subject = person
    facts = BookingFacts(actor.account_id, NOON)
    return again_if_crowded(lambda: end_bookings(subject, "cancel", facts=facts, by=actor, now=NOON))


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_of_a_crowd_exactly_twenty_get_a_seat_and_every_freed_one_goes_to_the_list(app, attempt):
    sitting = a_sitting(a_window(), seats=SEATS)
    code, sitting_id = sitting.code, sitting.id
    crowd = people(CLIENTS, "crowd")
    answers = waves(app, [partial(hold, code, one) for one in crowd])
    seated = [one for one, answer in zip(crowd, answers, strict=True) if isinstance(answer, list)]
    missed = [one for one in crowd if one not in seated]
    assert len(seated) == SEATS, answers
    assert {type(one) for one in answers if not isinstance(one, list)} == {Refused}

    # Half of those who sit leave while everybody who missed joins: each seat that comes free is somebody's at once.
    storm = [partial(leave, one) for one in seated[:10]] + [partial(join, code, one) for one in missed]
    answers = waves(app, storm)
    joined = [one for one in answers[10:] if isinstance(one, str)]
    states, taken = state_of(sitting_id)
    free = SEATS - taken
    assert taken == sum(number for state, number in states.items() if state in TAKES_SEAT)
    assert queries.seats_counted_again(db.session()) == {}
    assert free == 0 or states.get("waitlisted", 0) == 0, "a free seat beside a list"
    assert states.get("offered", 0) == min(10 - free, len(joined))
    offered = db.session.scalars(select(Booking.id).where(Booking.sitting_id == sitting_id, Booking.state == "offered"))
    waiting = db.session.scalars(
        select(Booking.id).where(Booking.sitting_id == sitting_id, Booking.state == "waitlisted")).all()
    assert not waiting or max(offered) < min(waiting), "somebody was offered a seat before whoever stood in front"


def test_declining_all_at_once_hands_each_seat_on_and_loses_none(app):
    sitting = a_sitting(a_window(), seats=4)
    code, sitting_id = sitting.code, sitting.id
    first, rest = people(4, "first"), people(12, "rest")
    for one in first:
        hold(code, one)
    places = [join(code, one) for one in rest]
    at_once(app, *[partial(leave, one) for one in first])
    assert state_of(sitting_id) == ({"cancelled": 4, "offered": 4, "waitlisted": 8}, 4)

    def decline(reference, person):
        facts = BookingFacts(person[1].account_id, NOON)
        return again_if_crowded(lambda: leave_list(reference, facts=facts, by=person[1], now=NOON))

    answers = at_once(app, *[partial(decline, one, person) for one, person in zip(places[:4], rest, strict=False)])
    assert not [one for one in answers if isinstance(one, Exception)], answers
    assert state_of(sitting_id) == ({"cancelled": 8, "offered": 4, "waitlisted": 4}, 4)
