"""A101: the minutes that count are those that stand at the press, to the minute, also when somebody takes some back."""

from functools import partial
from threading import Event

import pytest
from sqlalchemy import select

from enroll.applications.models import Application
from enroll.applications.services import submitting
from enroll.applications.services.reviewing import approve
from enroll.applications.services.submitting import submit
from enroll.audit.models import AuditEntry
from enroll.foundation.actor import SYSTEM
from enroll.foundation.problems import Refused
from enroll.hours.models import LedgerEntry
from enroll.hours.queries.standing import minutes_credited
from enroll.hours.services.crediting import reverse
from enroll.learners.lifecycle import CheckKind
from enroll.storage.database import again_if_crowded, db
from tests.at_once import at_once
from tests.builders.applicants import TICKED, a_draft, a_reviewer, a_submitted, an_applicant, both_sittings
from tests.builders.study import learner_of
from tests.conftest import NOON

BOTH = [CheckKind.IDENTITY, CheckKind.PHOTO]


def pressed(act, *args, **kwargs):
    return lambda: again_if_crowded(partial(act, *args, **kwargs))


def an_entry(enrolment):
    entry = db.session.scalars(select(LedgerEntry.id).where(LedgerEntry.enrolment_id == enrolment.id).order_by(
        LedgerEntry.id.desc())).first()
    db.session.rollback()
    return entry


def state_of(reference):
    db.session.expire_all()
    return db.session.scalars(select(Application.state).where(Application.reference == reference)).one()


def acts():
    return [act for act in db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.seq))
            if act in ("application.submit", "application.approve", "hours.reverse")]


@pytest.mark.parametrize(("minutes", "enough"), [(1574, False), (1575, True), (1576, True)])
def test_a101_a_minute_short_is_refused_at_submission(app, minutes, enough):
    both_sittings()
    enrolment = an_applicant(minutes=minutes)
    press = partial(submit, a_draft(enrolment), TICKED, by=learner_of(enrolment), now=NOON)
    if enough:
        press()
        return
    with pytest.raises(Refused, match="hours_not_met"):
        press()


def test_a101_what_is_taken_back_after_submission_is_missing_at_approval(app):
    enrolment = an_applicant(minutes=1575)
    reference = a_submitted(enrolment)
    reverse(enrolment.id, an_entry(enrolment), by=SYSTEM, now=NOON, reason="误记")
    assert minutes_credited(db.session(), enrolment.id) < 1575
    db.session.rollback()
    with pytest.raises(Refused) as refused:
        approve(reference, verified=BOTH, by=a_reviewer(), now=NOON)
    assert refused.value.codes & {"hours_not_credited", "hours_not_met", "no_active_proof"}
    assert state_of(reference) == "submitted"


@pytest.mark.parametrize("round_number", range(4))
def test_a101_a_decision_and_a_reversal_at_once_come_one_after_the_other(app, round_number):
    both_sittings()
    enrolment = an_applicant(minutes=1575)
    deciding = round_number % 2
    reference = a_submitted(enrolment) if deciding else a_draft(enrolment)
    decision = (pressed(approve, reference, verified=BOTH, by=a_reviewer(), now=NOON) if deciding
                else pressed(submit, reference, TICKED, by=learner_of(enrolment), now=NOON))
    before = len(acts())
    db.session.rollback()

    said, _back = at_once(app, decision, pressed(reverse, enrolment.id, an_entry(enrolment), by=SYSTEM, now=NOON,
                                                 reason="误记"))

    done = "application.approve" if deciding else "application.submit"
    order = acts()[before:]
    if said is None:  # decided while the minutes stood, and taken back afterwards
        assert order == [done, "hours.reverse"]
    else:
        assert isinstance(said, Refused), said
        assert order == ["hours.reverse"]
        assert state_of(reference) == ("submitted" if deciding else "draft")


@pytest.mark.parametrize("held", [True, False])
def test_a101_without_the_lock_it_is_decided_by_minutes_that_are_gone(app, monkeypatch, held):
    """A reversal that comes while a submission looks at the minutes; on SQLite one writes at a time anyhow."""
    both_sittings()
    enrolment = an_applicant(minutes=1575)
    reference, entry, before = a_draft(enrolment), an_entry(enrolment), len(acts())
    learner, looked, looks = learner_of(enrolment), Event(), submitting.facts_about

    def looks_for_long(*args, **kwargs):
        found = looks(*args, **kwargs)
        looked.set()
        monkeypatch.undo()
        gone.wait(timeout=20 if races else 1)
        return found

    def taken_back():
        looked.wait(timeout=20)
        try:
            reverse(enrolment.id, entry, by=SYSTEM, now=NOON, reason="误记")
        finally:
            gone.set()

    gone, races = Event(), not held and db.engine.dialect.name == "postgresql"
    db.session.rollback()
    monkeypatch.setattr(submitting, "facts_about", looks_for_long)
    if not held:
        monkeypatch.setattr(submitting, "hold_still", lambda *_: None)
    answers = at_once(app, partial(submit, reference, TICKED, by=learner, now=NOON), taken_back)
    db.session.rollback()
    assert answers[0] is None, answers
    raced = ["hours.reverse", "application.submit"]
    assert acts()[before:] == (raced if races else raced[::-1])
