"""Every pair of state and move of a booking: in the table, or refused."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from enroll.accounts.permissions import Permission
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused
from enroll.sittings.lifecycle import BOOKING, LIVE, TAKES_SEAT, BookingState
from enroll.sittings.rules import BookingFacts
from tests.builders.exams import beijing_time

MAY_ALL = Actor(7, "somebody", frozenset(Permission))
SATURDAY = beijing_time("2027-01-16 09:30")
# Facts under which no check stands against any move; each move looks at its own.
FACTS = BookingFacts(learner_account_id=1, now=SATURDAY, starts_at=SATURDAY, ends_at=SATURDAY, approved=True,
                     fee_settled=True, seated=True, photo_accepted=True, identity_confirmed=True)


FACTS_FOR = {"undo_online": replace(FACTS, online=True),
             "accept": replace(FACTS, offer_ends_at=SATURDAY + timedelta(seconds=1))}


@pytest.mark.parametrize(("state", "move"), list(itertools.product(BookingState, BOOKING.moves)))
def test_a_move_happens_from_its_states_and_from_no_other(state, move):
    if state in BOOKING.moves[move].sources:
        made = BOOKING.require(move, state, MAY_ALL, FACTS_FOR.get(move, FACTS), "a reason")
        assert made.target == BOOKING.moves[move].target
    else:
        with pytest.raises(Refused) as refused:
            BOOKING.require(move, state, MAY_ALL, FACTS, "a reason")
        assert refused.value.codes == {"wrong_state"}


def test_a_seat_is_given_back_exactly_by_the_moves_that_end_a_booking():
    ended = {BookingState.LAPSED, BookingState.CANCELLED, BookingState.MOVED}
    assert BOOKING.final_states() & ended == ended
    assert set(BookingState) - ended - {BookingState.WAITLISTED} == TAKES_SEAT
    assert TAKES_SEAT | {BookingState.WAITLISTED} == LIVE
