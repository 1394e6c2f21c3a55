"""Every deadline of an application to the second: the last one before it counts, its own second is too late
(security.md, A103)."""

from datetime import timedelta
from functools import partial

import pytest

from enroll.applications.jobs import lapse_due
from enroll.applications.services.reviewing import return_for_correction
from enroll.applications.services.seating import accept_seat
from enroll.applications.services.submitting import resubmit, submit
from enroll.foundation.problems import Refused
from enroll.sittings.services.planning import change_capacity
from enroll.storage.database import again_if_crowded
from tests.applications.test_reviewing import HOURS
from tests.applications.test_seating import OFFICER, stand, waits
from tests.at_once import at_once
from tests.builders.applicants import (
    TICKED,
    a_draft,
    a_reviewer,
    a_submitted,
    an_applicant,
    an_approved,
    both_sittings,
    the,
    the_window,
)
from tests.builders.study import learner_of
from tests.conftest import NOON

SECOND = timedelta(seconds=1)


def submitting():
    both_sittings()
    enrolment = an_applicant()
    reference = a_draft(enrolment)
    return the_window().closes_at, "window_closed", lambda now: submit(
        reference, TICKED, by=learner_of(enrolment), now=now)


def correcting():
    both_sittings()
    enrolment = an_applicant()
    reference = a_submitted(enrolment)
    return_for_correction(reference, [HOURS], by=a_reviewer(), now=NOON)
    return the(reference).correct_by, "correction_overdue", lambda now: resubmit(
        reference, {"hours": "说明"}, by=learner_of(enrolment), now=now)


def accepting():
    by, reference, codes = waits()
    change_capacity(codes["theory"], 1, by=OFFICER, now=NOON)
    [offer] = [one for one in stand(reference).bookings if one.state == "offered"]
    return offer.offer_ends_at, "offer_over", lambda now: accept_seat(offer.reference, by=by, now=now)


@pytest.mark.parametrize("deadline", [submitting, correcting, accepting])
def test_the_last_second_counts_and_the_deadline_itself_is_too_late(app, deadline):
    at, code, act = deadline()
    with pytest.raises(Refused, match=code):
        act(at)
    act(at - SECOND)


def test_a_payment_is_awaited_to_its_last_second(app):
    both_sittings()
    reference = an_approved(an_applicant())
    due = the(reference).payment_due_at
    assert (lapse_due(due - SECOND).done, the(reference).state) == (0, "approved")
    assert (lapse_due(due).done, the(reference).state) == (1, "expired")


def test_a105_of_a_crowd_around_the_closing_exactly_those_before_it_are_in(app):
    """security.md, A105: all press together, each at their own half second around the last one."""
    both_sittings()
    closes = the_window().closes_at
    people = [an_applicant(f"late{number}") for number in range(8)]
    drafts = [a_draft(enrolment) for enrolment in people]
    moments = [closes + number * SECOND / 2 for number in range(-4, 4)]
    answers = at_once(app, *[
        partial(again_if_crowded, partial(submit, draft, TICKED, by=learner_of(enrolment), now=moment))
        for enrolment, draft, moment in zip(people, drafts, moments, strict=True)])
    refused = [isinstance(one, Refused) and "window_closed" in one.codes for one in answers]
    assert refused == [moment >= closes for moment in moments]
    assert [the(draft).state for draft in drafts] == ["submitted"] * 4 + ["draft"] * 4
