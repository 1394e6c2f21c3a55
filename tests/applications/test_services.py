"""Applying, from the draft to the submission, one act at a time."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from enroll.applications.models import Application, ApplicationMove, ApplicationVersion
from enroll.applications.services.drafting import begin_application, choose_sittings
from enroll.applications.services.extending import extend
from enroll.applications.services.leaving import withdraw
from enroll.applications.services.submitting import submit
from enroll.audit.models import AuditEntry
from enroll.foundation.actor import SYSTEM
from enroll.foundation.problems import NotFound, Refused, Stale
from enroll.hours.services.doubts import raise_doubt
from enroll.learners.models import Consent
from enroll.sittings.models import Booking
from enroll.sittings.services.planning import change_capacity
from enroll.storage.database import db, transaction
from enroll.storage.outbox import OutboxEntry
from tests.builders.applicants import (
    TICKED,
    a_draft,
    a_lead,
    a_submitted,
    a_text,
    an_applicant,
    both_sittings,
    seats_taken,
    the,
    the_window,
)
from tests.builders.exams import a_bare_learner, a_window, beijing_time
from tests.builders.study import learner_of, minutes
from tests.conftest import NOON

SECOND = timedelta(seconds=1)


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def told():
    """What the outbox says happened to applications."""
    wanted = select(OutboxEntry.details).where(OutboxEntry.event == "ApplicationMoved").order_by(OutboxEntry.id)
    return [details["move"] for details in db.session.scalars(wanted)]


def refused_codes(act, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.codes


def test_a_draft_is_named_after_its_window_and_begun_once(app):
    the_window()
    enrolment = an_applicant()
    by = learner_of(enrolment)
    first = begin_application(enrolment.learner_id, "202701", by=by, now=NOON)
    assert first == begin_application(enrolment.learner_id, "202701", by=by, now=NOON) == "A2701-0001"
    assert (the(first).state, the(first).parts, the(first).resit) == ("draft", ["theory", "practical"], False)


def test_who_is_not_enrolled_cannot_begin_and_a_window_that_is_not_published_is_not_found(app):
    a_window("202703", state="draft")
    the_window()
    stranger = a_bare_learner("stranger")
    by = stranger.account.actor_at(NOON)
    assert refused_codes(begin_application, stranger.id, "202701", by=by, now=NOON) == {"not_enrolled"}
    for code in ("202703", "209901"):
        with pytest.raises(NotFound):
            begin_application(stranger.id, code, by=by, now=NOON)


def test_a_draft_is_begun_only_while_registration_is_open(app):
    window = the_window()
    enrolment = an_applicant()
    by, who = learner_of(enrolment), enrolment.learner_id
    for moment, code in ((window.opens_at - SECOND, "window_not_open"), (window.closes_at, "window_closed")):
        assert refused_codes(begin_application, who, "202701", by=by, now=moment) == {code}
    assert begin_application(who, "202701", by=by, now=window.closes_at - SECOND)


def test_submitting_holds_both_seats_freezes_version_one_and_is_on_record(app):
    sittings = both_sittings()
    reference = a_submitted(an_applicant())
    application = the(reference)
    assert application.state == "submitted"
    assert application.review_due_at == beijing_time("2026-11-25 10:00")
    assert seats_taken(sittings.values()) == [1, 1]
    bookings = db.session.scalars(select(Booking)).all()
    assert {(one.subject, one.state, one.part) for one in bookings} == {
        (reference, "held", "theory"), (reference, "held", "practical")}
    version = db.session.scalars(select(ApplicationVersion)).one()
    assert (version.number, version.content["sittings"], version.content["consents"]) == (1, sittings, TICKED)
    assert version.content["hours"] == {"credited": 1620, "practice": 540, "pending": 0}
    assert {one["code"]: one["answer"] for one in version.eligibility}["hours"] == "met"
    assert told() == ["submit"]
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.subject == reference).order_by(
        AuditEntry.seq)).all()
    assert acts == ["application.begin", "application.choose", "application.submit"]


def test_what_is_frozen_holds_no_number_and_no_phone(app):
    enrolment = an_applicant(id_number="110199199003121013", id_number_mask="110***********1013")
    a_submitted(enrolment)
    frozen = str(db.session.scalars(select(ApplicationVersion)).one().content)
    assert "110199199003121013" not in frozen
    assert "110***********1013" in frozen


def test_a_submission_counts_to_the_last_second_and_not_at_the_closing(app):
    window = the_window()
    reference = a_draft(an_applicant())
    by = the(reference).learner.account.actor_at(NOON)
    assert refused_codes(submit, reference, TICKED, by=by, now=window.closes_at) == {"window_closed"}
    assert the(reference).state == "draft"
    submit(reference, TICKED, by=by, now=window.closes_at - SECOND)
    assert the(reference).state == "submitted"


def test_an_extension_lets_one_person_in_after_the_closing(app):
    window = the_window()
    late, other = an_applicant("late"), an_applicant("other")
    until = window.closes_at + timedelta(days=1)
    extend(late.learner_id, "202701", "closes_at", until, reason="系统故障", by=a_lead(), now=NOON)
    reference, theirs = a_draft(late), a_draft(other)
    submit(reference, TICKED, by=learner_of(late), now=until - SECOND)
    assert the(reference).state == "submitted"
    assert refused_codes(submit, theirs, TICKED, by=learner_of(other), now=window.closes_at) == {"window_closed"}


def test_what_is_not_handed_in_refuses_the_submission(app):
    both_sittings()
    for login, how, code in (
        ("one", {"minutes": 1574}, "hours_not_met"), ("two", {"identity": "draft"}, "identity_not_met"),
        ("three", {"identity": "returned"}, "identity_not_met"), ("four", {"photo": "draft"}, "photo_not_met"),
    ):
        reference = a_draft(an_applicant(login, **how))
        by = the(reference).learner.account.actor_at(NOON)
        assert refused_codes(submit, reference, TICKED, by=by, now=NOON) == {code}, how
        assert count(Booking) == count(ApplicationVersion) == count(Consent) == 0, how


def test_a_verdict_that_is_awaited_shuts_nobody_out(app):
    both_sittings()
    awaited = {"one": {"minutes": 1575}, "two": {"identity": "submitted"}, "three": {"identity": "unable"}}
    for login, how in awaited.items():
        assert the(a_submitted(an_applicant(login, **how))).state == "submitted", how


def test_every_reason_is_named_at_once(app):
    enrolment = an_applicant(minutes=900, photo="draft")
    reference = begin_application(enrolment.learner_id, the_window().code, by=learner_of(enrolment), now=NOON)
    codes = refused_codes(submit, reference, {}, by=learner_of(enrolment), now=NOON)
    assert codes == {"sitting_missing", "hours_not_met", "photo_not_met", "consents_not_met", "commitment_missing"}


def test_each_text_must_be_agreed_to_for_itself(app):
    reference = a_draft(an_applicant())
    by = the(reference).learner.account.actor_at(NOON)
    for missing in TICKED:
        ticked = {code: version for code, version in TICKED.items() if code != missing}
        assert "consents_not_met" in refused_codes(submit, reference, ticked, by=by, now=NOON), missing


def test_an_old_version_of_a_text_is_not_agreement(app):
    reference = a_draft(an_applicant())
    a_text("commitment", 2, from_at=NOON - SECOND)
    by = the(reference).learner.account.actor_at(NOON)
    assert refused_codes(submit, reference, TICKED, by=by, now=NOON) == {"text_changed"}
    submit(reference, {**TICKED, "commitment": 2}, by=by, now=NOON)


def test_half_full_changes_nothing_and_says_which(app):
    sittings = both_sittings()
    reference = a_draft(an_applicant())
    change_capacity(sittings["practical"], 0, by=a_lead(), now=NOON)
    by = the(reference).learner.account.actor_at(NOON)
    with pytest.raises(Refused) as refused:
        submit(reference, TICKED, by=by, now=NOON)
    assert [(one.code, one.field) for one in refused.value.problems] == [("sitting_full", "sitting_practical")]
    assert (the(reference).state, seats_taken(sittings.values()), count(Consent)) == ("draft", [0, 0], 0)


def test_sittings_belong_to_their_part_and_window_and_can_be_chosen_in_the_draft_only(app):
    sittings, others = both_sittings(), both_sittings(a_window("202703"))
    reference = a_draft(an_applicant())
    by = the(reference).learner.account.actor_at(NOON)
    for wrong in ({"theory": sittings["theory"]}, {"theory": sittings["practical"], "practical": sittings["theory"]},
                  others, {**sittings, "theory": "202701-XX99-T"}):
        assert refused_codes(choose_sittings, reference, wrong, by=by, now=NOON) == {"sitting_missing"}
    submit(reference, TICKED, by=by, now=NOON)
    assert refused_codes(choose_sittings, reference, sittings, by=by, now=NOON) == {"not_a_draft"}


def test_an_old_tab_after_the_submission_is_stale_and_changes_nothing(app):
    reference = a_draft(an_applicant())
    by, seen = the(reference).learner.account.actor_at(NOON), the(reference).version
    submit(reference, TICKED, by=by, now=NOON, seen_version=seen)
    for act in (lambda: submit(reference, TICKED, by=by, now=NOON, seen_version=seen),
                lambda: choose_sittings(reference, {}, by=by, now=NOON, seen_version=seen)):
        with pytest.raises(Stale):
            act()
    assert (the(reference).state, count(ApplicationVersion)) == ("submitted", 1)


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_withdrawing_frees_exactly_the_seats_that_were_held_and_another_application_may_follow(app, state):
    sittings = both_sittings()
    neighbour = a_submitted(an_applicant("neighbour"))
    enrolment = an_applicant()
    reference = a_draft(enrolment) if state == "draft" else a_submitted(enrolment)
    withdraw(reference, by=learner_of(enrolment), now=NOON, reason="与出差时间冲突")
    assert (the(reference).state, the(neighbour).state) == ("withdrawn", "submitted")
    assert seats_taken(sittings.values()) == [1, 1]
    moves = db.session.scalars(select(ApplicationMove).where(
        ApplicationMove.record_id == the(reference).id).order_by(ApplicationMove.id)).all()
    assert (moves[-1].move, moves[-1].reason) == ("withdraw", "与出差时间冲突")
    assert a_submitted(enrolment) == "A2701-0003"


def test_hours_waiting_for_acceptance_count_at_the_submission(app):
    enrolment = an_applicant(minutes=1530)
    raise_doubt(enrolment.id, minutes(45, "session:twin"), why="two_devices", words="两台设备同时计时", evidence={},
                by=SYSTEM, now=NOON)
    assert the(a_submitted(enrolment)).state == "submitted"


def test_there_is_one_live_application_whatever_the_program_does(app, database):
    reference = a_draft(an_applicant())
    application = the(reference)
    with pytest.raises(IntegrityError, match=r"uq_application_live|UNIQUE"), transaction() as session:
        session.add(Application(
            reference="A2701-0999", learner_id=application.learner_id, programme_id=application.programme_id,
            enrolment_id=application.enrolment_id, window_id=application.window_id, parts=[], chosen={}, state="draft",
            version=1, begun_at=NOON,
        ))
