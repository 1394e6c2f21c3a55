"""Several people, one instant: seats, decisions, deadlines (security.md, A075 to A077, A080)."""

import os
from collections import Counter
from datetime import timedelta
from functools import partial
from itertools import zip_longest
from types import NoneType

from sqlalchemy import func, select

from enroll.accounts.permissions import Role
from enroll.applications.jobs import lapse_due
from enroll.applications.models import Application, ApplicationMove
from enroll.applications.services.drafting import begin_application
from enroll.applications.services.leaving import withdraw
from enroll.applications.services.reviewing import approve, reject
from enroll.applications.services.submitting import submit
from enroll.fees.models import Fee
from enroll.fees.queries.fees import fee_for
from enroll.fees.services.payments import record_payment
from enroll.foundation.problems import Refused
from enroll.learners.lifecycle import CheckKind
from enroll.sittings import queries as sittings_queries
from enroll.sittings.models import Booking
from enroll.storage import outbox
from enroll.storage.database import again_if_crowded, db
from tests.applications.test_reviewing import FAKE
from tests.at_once import at_once
from tests.builders.accounts import an_actor
from tests.builders.applicants import (
    TICKED,
    a_draft,
    a_reviewer,
    a_submitted,
    an_applicant,
    an_approved,
    both_sittings,
    seats_taken,
    the,
    the_window,
)
from tests.builders.study import learner_of
from tests.conftest import NOON

SEATS, PEOPLE = 3, 20
STORM = int(os.environ.get("STORM_PEOPLE", "14"))  # so many come for the seats that others leave, wave after wave
BOTH = [CheckKind.IDENTITY, CheckKind.PHOTO]


def pressed(act, *args, **kwargs):
    """One press, as the pages make it: asked again where the database says so."""
    return partial(again_if_crowded, partial(act, *args, **kwargs))


def outcomes(answers):
    """Refused by their codes, anything else as it is."""
    return Counter(tuple(sorted(one.codes)) if isinstance(one, Refused) else one for one in answers)


def counted(model):
    db.session.rollback()  # what this thread read before the crowd came is old
    return db.session.scalar(select(func.count(model.id)))


def test_twenty_learners_submit_for_three_seats_and_exactly_three_are_in(app):
    sittings = both_sittings(seats=SEATS)
    presses = []
    for number in range(PEOPLE):
        enrolment = an_applicant(f"learner{number}")
        presses.append(pressed(submit, a_draft(enrolment), TICKED, by=learner_of(enrolment), now=NOON))

    answers = outcomes(at_once(app, *presses))

    assert answers == {None: SEATS, ("sitting_full", "sitting_full"): PEOPLE - SEATS} or answers == {
        None: SEATS, ("sitting_full",): PEOPLE - SEATS}
    assert seats_taken(sittings.values()) == [SEATS, SEATS]
    states = Counter(db.session.scalars(select(Application.state)))
    assert states == {"submitted": SEATS, "draft": PEOPLE - SEATS}
    assert counted(Booking) == 2 * SEATS
    assert sittings_queries.seats_counted_again(db.session()) == {}


def test_twenty_simultaneous_approvals_are_one_and_nineteen_polite_refusals(app):
    reference = a_submitted(an_applicant())
    reviewers = [a_reviewer(f"reviewer{number}") for number in range(20)]

    answers = outcomes(at_once(app, *[pressed(approve, reference, verified=BOTH, by=one, now=NOON)
                                      for one in reviewers]))

    assert answers == {None: 1, ("wrong_state",): 19}
    assert counted(Fee) == 1
    assert history(reference) == ["begin", "submit", "approve"]


def test_twenty_submissions_of_one_draft_are_one(app):
    sittings = both_sittings()
    enrolment = an_applicant()
    reference = a_draft(enrolment)

    answers = outcomes(at_once(app, *[pressed(submit, reference, TICKED, by=learner_of(enrolment), now=NOON)] * 20))

    assert answers == {None: 1, ("wrong_state",): 19}
    assert seats_taken(sittings.values()) == [1, 1]


def test_a_draft_begun_twice_at_once_is_one_draft(app):
    the_window()
    enrolment = an_applicant()
    by, who = learner_of(enrolment), enrolment.learner_id

    answers = at_once(app, *[pressed(begin_application, who, "202701", by=by, now=NOON)] * 5)

    assert answers == ["A2701-0001"] * 5


def test_one_approves_and_one_rejects_and_the_other_is_told(app):
    reference = a_submitted(an_applicant())

    answers = at_once(app, pressed(approve, reference, verified=BOTH, by=a_reviewer("one"), now=NOON),
                      pressed(reject, reference, [FAKE], by=a_reviewer("two"), now=NOON))

    assert outcomes(answers) == {None: 1, ("wrong_state",): 1}
    assert len(history(reference)) == 3


def test_a_withdrawal_frees_exactly_one_seat_for_the_many_who_press(app):
    sittings = both_sittings(seats=1)
    first = an_applicant("first")
    reference = a_submitted(first)
    withdraw(reference, by=learner_of(first), now=NOON)
    presses = []
    for number in range(6):
        enrolment = an_applicant(f"learner{number}")
        presses.append(pressed(submit, a_draft(enrolment), TICKED, by=learner_of(enrolment), now=NOON))

    answers = outcomes(at_once(app, *presses))

    assert answers[None] == 1
    assert seats_taken(sittings.values()) == [1, 1]


def test_a_storm_of_withdrawals_and_submissions_oversells_nothing_and_leaves_no_seat_empty(app):
    sittings = both_sittings(seats=SEATS)
    people = {}
    for number in range(STORM):
        enrolment = an_applicant(f"learner{number}")
        people[a_draft(enrolment)] = learner_of(enrolment)
    outside, inside = list(people), []
    while len(outside) >= SEATS:
        leaving = [pressed(withdraw, one, by=people[one], now=NOON) for one in inside]
        coming = [pressed(submit, one, TICKED, by=people[one], now=NOON) for one in outside]
        answers = at_once(app, *[act for pair in zip_longest(leaving, coming) for act in pair if act is not None])
        assert {type(one) for one in answers} <= {NoneType, Refused}, answers
        came = [one for one in outside if the(one).state == "submitted"]
        assert seats_taken(sittings.values()) == [len(came)] * 2
        assert len(came) <= SEATS
        # Whatever the storm left free is there for the next who press.
        for one in [one for one in outside if one not in came][:SEATS - len(came)]:
            submit(one, TICKED, by=people[one], now=NOON)
            came.append(one)
        assert seats_taken(sittings.values()) == [SEATS, SEATS]
        inside, outside = came, [one for one in outside if one not in came]
    assert sittings_queries.seats_counted_again(db.session()) == {}
    assert Counter(db.session.scalars(select(Application.state)))["submitted"] == SEATS


def test_a_payment_against_the_lapse_is_registered_or_late_and_never_both(app):
    reference = an_approved(an_applicant())
    due, fee = the(reference).payment_due_at, fee_for(db.session(), reference).reference
    finance = an_actor("caiwu", Role.FINANCE)

    at_once(app, pressed(record_payment, fee, "bank", "T1", 48000, due - timedelta(hours=1), by=finance, now=due),
            partial(lapse_due, due))
    outbox.deliver(due)

    bookings = sorted(db.session.scalars(select(Booking.state)))
    in_time, lapsed = ("approved", ["confirmed"] * 2), ("expired", ["lapsed"] * 2)
    lapsed_and_taken_again = ("approved", ["confirmed"] * 2 + ["lapsed"] * 2)  # late money finds the seats still free
    assert (the(reference).state, bookings) in [in_time, lapsed, lapsed_and_taken_again]
    assert sittings_queries.seats_counted_again(db.session()) == {}


def history(reference):
    wanted = select(ApplicationMove.move).where(ApplicationMove.record_id == the(reference).id)
    return list(db.session.scalars(wanted.order_by(ApplicationMove.id)))
