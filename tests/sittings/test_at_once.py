"""Many people, few seats, one instant."""

from collections import Counter
from functools import partial

from sqlalchemy import func, select

from enroll.foundation.problems import Refused
from enroll.sittings import queries
from enroll.sittings.lifecycle import TAKES_SEAT, Part
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.rules import BookingFacts
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


def test_twenty_people_press_for_three_seats_and_exactly_three_get_one(app):
    sitting = a_sitting(a_window(), seats=SEATS)
    code, sitting_id = sitting.code, sitting.id
    presses = [partial(hold_seats, [code], learner_id, subject, resit=False, by=actor, now=NOON)
               for learner_id, actor, subject in applicants(PEOPLE)]

    answers = at_once(app, *presses)

    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(answers) - len(refused) == SEATS, Counter(map(repr, answers))
    assert {code for answer in refused for code in answer.codes} == {"sitting_full"}
    assert counted(sitting_id) == SEATS
    assert queries.seats_counted_again(afresh()) == {}


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
