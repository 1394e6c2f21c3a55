"""Many people, few seats, one instant."""

from collections import Counter
from functools import partial
from time import sleep

from sqlalchemy import func, select, update

from enroll.foundation.problems import Refused
from enroll.sittings import queries
from enroll.sittings.lifecycle import TAKES_SEAT, Part
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.rules import BookingFacts
from enroll.sittings.services import seats
from enroll.sittings.services.seats import end_bookings, hold_seats
from enroll.storage.database import db, transaction
from tests.at_once import at_once
from tests.builders.exams import a_bare_learner, a_sitting, a_window
from tests.conftest import NOON

PEOPLE, SEATS = 20, 3


def applicants(number):
    """(learner id, actor, subject) for each."""
    people = [a_bare_learner(f"learner{one}") for one in range(number)]
    return [(one.id, one.account.actor_at(NOON), f"A2701-{one.id:04d}") for one in people]


def afresh():
    db.session.rollback()  # what this thread read before the crowd came is old
    return db.session()


def counted(sitting_id):
    return afresh().scalar(select(func.count()).where(Booking.sitting_id == sitting_id, Booking.state.in_(TAKES_SEAT)))


def pressed_by_twenty(app):
    """Twenty people press for three seats through the service; gives the sitting's id and what each was answered."""
    sitting = a_sitting(a_window(), seats=SEATS)
    code, sitting_id = sitting.code, sitting.id
    presses = [partial(hold_seats, [code], learner_id, subject, resit=False, by=actor, now=NOON)
               for learner_id, actor, subject in applicants(PEOPLE)]
    return sitting_id, at_once(app, *presses)


def test_twenty_people_press_for_three_seats_and_exactly_three_get_one(app):
    sitting_id, answers = pressed_by_twenty(app)

    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(answers) - len(refused) == SEATS, Counter(map(repr, answers))
    assert {code for answer in refused for code in answer.codes} == {"sitting_full"}
    assert counted(sitting_id) == SEATS
    assert queries.seats_counted_again(afresh()) == {}


def test_with_the_guard_off_the_same_press_overfills_the_sitting_where_several_may_write(app, database, monkeypatch):
    """The same service and the same threads; instead of one conditional UPDATE a look, and then the taking. PostgreSQL
    lets many look before one has taken. SQLite lets one write at a time, from the first look on: there the writer's
    lock is a guard of its own, and only a look from outside (below) shows the race."""

    def look_then_take(session, sitting_id):
        free = session.scalar(select(Sitting.capacity - Sitting.taken).where(Sitting.id == sitting_id))
        if database == "postgresql":
            sleep(0.5)
        if free > 0:
            session.execute(update(Sitting).where(Sitting.id == sitting_id).values(taken=SEATS))
        return free > 0

    monkeypatch.setattr(seats, "take_seat", look_then_take)
    sitting_id, _answers = pressed_by_twenty(app)
    if database == "postgresql":
        assert counted(sitting_id) > SEATS
        assert queries.seats_counted_again(afresh()) != {}, "the doctor must see it"
    else:
        assert counted(sitting_id) <= SEATS


def test_without_the_guard_the_same_crowd_overfills_the_sitting(app, database):
    """The race is real: look, then take. Were this test to see three, the one above would prove nothing."""
    sitting_id = a_sitting(a_window(), seats=SEATS).id
    people = applicants(PEOPLE)

    def look():
        return db.session.get(Sitting, sitting_id).seats_left

    def take(learner_id, subject):
        with transaction() as session:
            session.add(Booking(reference=f"B-{learner_id}", learner_id=learner_id, sitting_id=sitting_id,
                                window_id=session.get_one(Sitting, sitting_id).window_id, part="theory",
                                subject=subject, state="held", version=1, booked_at=NOON))

    free = at_once(app, *[look] * PEOPLE)
    hopeful = [person for person, left in zip(people, free, strict=True) if left > 0]
    at_once(app, *[partial(take, learner_id, subject) for learner_id, _, subject in hopeful])

    assert counted(sitting_id) > SEATS
    assert queries.seats_counted_again(afresh()) != {}, "the doctor must see it"


def test_two_people_who_want_the_same_two_sittings_in_turn_do_not_wait_for_each_other(app):
    window = a_window()
    theory, practical = a_sitting(window, Part.THEORY).code, a_sitting(window, Part.PRACTICAL).code
    orders = [[theory, practical], [practical, theory]] * 4
    presses = [partial(hold_seats, wanted, learner_id, subject, resit=False, by=actor, now=NOON)
               for (learner_id, actor, subject), wanted in zip(applicants(8), orders, strict=True)]

    answers = at_once(app, *presses)

    assert [len(answer) for answer in answers] == [2] * 8, answers


def test_a_seat_that_is_given_back_in_the_crowd_is_used_and_no_other(app):
    window = a_window()
    code = a_sitting(window, seats=1).code
    (first_id, first, subject), *others = applicants(6)
    hold_seats([code], first_id, subject, resit=False, by=first, now=NOON)
    facts = BookingFacts(learner_account_id=first.account_id, now=NOON)

    give_back = partial(end_bookings, subject, "cancel", facts=facts, by=first, now=NOON)
    at_once(app, *[give_back] * 3, *[partial(hold_seats, [code], one, whose, resit=False, by=actor, now=NOON)
                                     for one, actor, whose in others])

    assert queries.seats_counted_again(afresh()) == {}
    assert queries.sitting_by_code(afresh(), code).taken <= 1
