"""A reviewer approves at the instant in which the learner withdraws: exactly one outcome, and the other is told
(security.md, A079).

The rounds of the suite are few; DECISION_ROUNDS asks for more. First it is shown what happens without the locks.
"""

import os
from collections import Counter
from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from enroll.applications.models import Application, ApplicationMove
from enroll.applications.services import leaving, reviewing
from enroll.applications.services.drafting import begin_application, choose_sittings
from enroll.applications.services.leaving import cancel, withdraw
from enroll.applications.services.reviewing import approve
from enroll.applications.services.submitting import submit
from enroll.fees.rules import Cause
from enroll.sittings import queries as sittings_queries
from enroll.storage.database import db
from tests.applications.test_at_once import BOTH, outcomes, pressed
from tests.at_once import at_once, without_locks
from tests.builders.applicants import (
    TICKED,
    a_lead,
    a_reviewer,
    a_submitted,
    an_applicant,
    both_sittings,
    seats_taken,
    the,
)
from tests.builders.study import learner_of
from tests.conftest import NOON

ROUNDS = int(os.environ.get("DECISION_ROUNDS", "25"))
ONE_OUTCOME = {None: 1, ("wrong_state",): 1}


def test_without_the_locks_both_decide_or_one_meets_a_raw_error(app, monkeypatch):
    both_sittings()
    enrolment = an_applicant()
    reference, reviewer, learner = a_submitted(enrolment), a_reviewer(), learner_of(enrolment)
    with without_locks(monkeypatch, reviewing, leaving):
        answers = at_once(app, partial(approve, reference, verified=BOTH, by=reviewer, now=NOON),
                          partial(withdraw, reference, by=learner, now=NOON))
    raw = [one for one in answers if isinstance(one, OperationalError)]
    assert raw or answers == [None, None], answers
    assert outcomes(answers) != ONE_OUTCOME


def test_with_the_locks_there_is_exactly_one_outcome_round_after_round(app):
    sittings = both_sittings()
    enrolment = an_applicant()
    reviewer, lead, learner = a_reviewer(), a_lead(), learner_of(enrolment)
    ended = Counter()
    for number in range(ROUNDS):
        reference = begin_application(enrolment.learner_id, "202701", by=learner, now=NOON)
        choose_sittings(reference, sittings, by=learner, now=NOON)
        submit(reference, TICKED, by=learner, now=NOON)
        presses = [pressed(approve, reference, verified=BOTH, by=reviewer, now=NOON),
                   pressed(withdraw, reference, by=learner, now=NOON)]
        answers = at_once(app, *presses[:: 1 if number % 2 else -1])
        state = the(reference).state
        assert outcomes(answers) == ONE_OUTCOME, (number, answers)
        assert state in {"approved", "withdrawn"}, number
        assert moves_of(reference) == ["begin", "submit", "approve" if state == "approved" else "withdraw"], number
        assert seats_taken(sittings.values()) == ([1, 1] if state == "approved" else [0, 0]), number
        ended[state] += 1
        if state == "approved":
            cancel(reference, Cause.SITTING_CANCELLED, reason="下一轮", by=lead, now=NOON)
    assert sum(ended.values()) == ROUNDS
    assert sittings_queries.seats_counted_again(db.session()) == {}


def moves_of(reference):
    wanted = select(ApplicationMove.move).join(Application, Application.id == ApplicationMove.record_id)
    return list(db.session.scalars(wanted.where(Application.reference == reference).order_by(ApplicationMove.id)))
