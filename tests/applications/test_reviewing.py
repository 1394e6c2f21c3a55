"""The office's side: claiming, approving, returning, rejecting, looking again."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.applications.models import ApplicationVersion, ReturnedItem
from enroll.applications.rules.items import ItemGiven
from enroll.applications.services.claiming import claim, release
from enroll.applications.services.drafting import begin_application
from enroll.applications.services.leaving import cancel, give_up
from enroll.applications.services.reviewing import (
    approve,
    reject,
    reopen,
    reopen_on_appeal,
    return_for_correction,
)
from enroll.applications.services.settling import set_flag
from enroll.applications.services.submitting import resubmit, submit
from enroll.fees.models import Fee, Refund
from enroll.fees.queries.fees import fee_for
from enroll.fees.rules import Cause
from enroll.fees.services.payments import record_payment
from enroll.foundation.problems import Refused, Stale
from enroll.hours.models import HoursProof
from enroll.learners.lifecycle import CheckKind
from enroll.learners.models import Guardian, IdentityCheck, Learner
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from tests.builders.accounts import an_actor
from tests.builders.applicants import (
    TICKED,
    a_draft,
    a_lead,
    a_learner_file,
    a_reviewer,
    a_submitted,
    an_applicant,
    an_approved,
    both_sittings,
    seats_taken,
    the,
    the_window,
)
from tests.builders.exams import beijing_time
from tests.builders.study import learner_of
from tests.conftest import NOON

BOTH = [CheckKind.IDENTITY, CheckKind.PHOTO]
PHOTO = ItemGiven("photo", "photo_background", "照片背景为浅蓝色，请换用纯白背景的照片。")
HOURS = ItemGiven("hours", "hours_in_doubt", "请说明情况。")
FAKE = ItemGiven("id_document", "fake_material", "证件影像有涂改痕迹。")
SECOND = timedelta(seconds=1)


def refused_codes(act, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.codes


def check_states(enrolment):
    db.session.rollback()
    rows = db.session.scalars(select(IdentityCheck).where(IdentityCheck.learner_id == enrolment.learner_id))
    return {row.kind: row.state for row in rows}


def pay(reference, *, now=NOON, trade="4200001"):
    db.session.rollback()
    fee = fee_for(db.session(), reference)
    finance = an_actor(f"caiwu-{trade}", Role.FINANCE)
    record_payment(fee.reference, "wechat", trade, fee.owed_fen, now, by=finance, now=now)
    outbox.deliver(now)


def booking_states(reference):
    db.session.rollback()
    from enroll.sittings.queries import bookings_of

    return [one.state for one in bookings_of(db.session(), reference)]


def test_approving_decides_the_checks_raises_the_fee_and_says_until_when(app):
    enrolment = an_applicant()
    reference = a_submitted(enrolment)
    reviewer = a_reviewer()
    approve(reference, verified=BOTH, by=reviewer, now=NOON)
    application = the(reference)
    assert (application.state, application.decided_by_id) == ("approved", reviewer.account_id)
    assert check_states(enrolment) == {"identity": "verified", "photo": "verified"}
    fee = fee_for(db.session(), reference)
    assert (fee.state, fee.amount_fen, fee.due_at) == ("due", 48000, beijing_time("2027-01-04 17:00"))
    assert application.payment_due_at == fee.due_at
    assert booking_states(reference) == ["held", "held"]


def test_payment_confirms_the_bookings(app):
    reference = an_approved(an_applicant())
    pay(reference)
    assert booking_states(reference) == ["confirmed", "confirmed"]
    outbox.deliver(NOON)  # and nothing twice


def test_a_fee_of_nothing_is_settled_at_once(app):
    window = the_window()
    with transaction():
        window.terms = {**window.terms, "fees": {**window.terms["fees"], "exam_first": 0}}
    reference = an_approved(an_applicant())
    assert (fee_for(db.session(), reference).state, booking_states(reference)) == ("included", ["confirmed"] * 2)


def test_a_check_without_a_verdict_refuses_the_approval(app):
    by = a_reviewer()
    for login, how, code in (("one", {"photo": "submitted"}, "photo_pending"),
                             ("two", {"identity": "unable", "photo": "verified"}, "identity_pending")):
        reference = a_submitted(an_applicant(login, **how))
        assert code in refused_codes(approve, reference, by=by, now=NOON), how
        assert the(reference).state == "submitted", how
        assert fee_for(db.session(), reference) is None, how


def test_verifying_the_identity_lets_the_proof_go_and_the_approval_with_it(app):
    enrolment = an_applicant(identity="submitted")
    reference = a_submitted(enrolment)
    assert db.session.scalars(select(HoursProof)).all() == []
    approve(reference, verified=BOTH, by=a_reviewer(), now=NOON)
    assert the(reference).state == "approved"
    assert db.session.scalars(select(HoursProof)).one().state == "issued"


def test_a_refused_approval_takes_its_verdicts_back(app):
    from tests.applications.test_services import raise_doubt
    from tests.builders.study import minutes

    enrolment = an_applicant(minutes=1530)
    raise_doubt(enrolment.id, minutes(45, "session:twin"), why="two_devices", words="…", evidence={},
                by=a_lead("rater"), now=NOON)
    reference = a_submitted(enrolment)
    codes = refused_codes(approve, reference, verified=BOTH, by=a_reviewer(), now=NOON)
    assert codes == {"hours_pending", "no_active_proof"}
    assert check_states(enrolment)["photo"] == "submitted"


def test_a_minor_is_verified_only_once_the_guardian_has_acknowledged(app):
    enrolment = an_applicant(identity="submitted")
    reference = a_submitted(enrolment)
    with transaction() as session:  # 16 on this day; the programme asks the guardian's word of everybody under 18
        session.get_one(Learner, enrolment.learner_id).birth_date = date(2010, 3, 4)
    with pytest.raises(Refused) as refused:
        approve(reference, verified=BOTH, by=a_reviewer(), now=NOON)
    assert [one.words.text for one in refused.value.problems] == [
        "The guardian of a learner under 18 has not acknowledged yet."]
    assert check_states(enrolment)["identity"] == "submitted"
    with transaction() as session:
        session.add(Guardian(learner_id=enrolment.learner_id, name="李强", relation="father", token="guardian",
                             address="father@example.org",
                             acknowledged_at=NOON))
    approve(reference, verified=BOTH, by=a_reviewer("second"), now=NOON)
    assert check_states(enrolment)["identity"] == "verified"


def test_nobody_approves_their_own_application(app):
    enrolment = an_applicant()
    reference = a_submitted(enrolment)
    own = an_actor("both", Role.REVIEWER)
    with transaction():
        the(reference).learner.account_id = own.account_id
    assert "own_record" in refused_codes(approve, reference, verified=BOTH, by=own, now=NOON)


def test_a_claim_keeps_others_out_for_twenty_minutes_and_a_lead_may_take_it_over(app):
    reference = a_submitted(an_applicant())
    first, second, lead = a_reviewer("first"), a_reviewer("second"), a_lead()
    claim(reference, by=first, now=NOON)
    with pytest.raises(Refused) as refused:
        claim(reference, by=second, now=NOON + timedelta(minutes=19))
    assert dict(refused.value.problems[0].words.values) == {"name": "first", "moment": NOON + timedelta(minutes=20)}
    assert "claimed" in refused_codes(approve, reference, verified=BOTH, by=second, now=NOON)
    assert "claimed" in refused_codes(claim, reference, by=lead, now=NOON)
    assert "claimed" in refused_codes(claim, reference, by=second, now=NOON, take_over=True)
    claim(reference, by=lead, now=NOON, take_over=True)
    assert "claimed" in refused_codes(approve, reference, verified=BOTH, by=first, now=NOON)
    claim(reference, by=second, now=NOON + timedelta(minutes=20))
    approve(reference, verified=BOTH, by=second, now=NOON + timedelta(minutes=20))


def test_a_claim_is_given_back_by_who_has_it(app):
    reference = a_submitted(an_applicant())
    first, second = a_reviewer("first"), a_reviewer("second")
    claim(reference, by=first, now=NOON)
    release(reference, by=second, now=NOON)
    assert the(reference).claimed_by_id == first.account_id
    release(reference, by=first, now=NOON)
    claim(reference, by=second, now=NOON)


def test_a_flagged_case_is_approved_by_a_lead_and_the_learner_sees_nothing_of_the_flag(app):
    reference = a_submitted(an_applicant())
    before = db.session.scalars(select(outbox.OutboxEntry)).all()
    set_flag(reference, "疑似重复", by=a_reviewer("first"), now=NOON)
    assert (the(reference).state, db.session.scalars(select(outbox.OutboxEntry)).all()) == ("submitted", before)
    assert "lead_decides" in refused_codes(approve, reference, verified=BOTH, by=a_reviewer("second"), now=NOON)
    approve(reference, verified=BOTH, by=a_lead(), now=NOON)


def test_a_return_names_items_sets_a_deadline_keeps_the_seats_and_unlocks_the_check(app):
    sittings = both_sittings()
    enrolment = an_applicant()
    reference = a_submitted(enrolment)
    return_for_correction(reference, [PHOTO], by=a_reviewer(), now=NOON)
    application = the(reference)
    assert (application.state, application.correct_by) == ("returned", beijing_time("2026-11-25 10:00"))
    assert check_states(enrolment) == {"identity": "verified", "photo": "returned"}
    assert seats_taken(sittings.values()) == [1, 1]
    row = db.session.scalars(select(ReturnedItem)).one()
    assert (row.item, row.reason_code, row.version_number, row.outcome) == ("photo", "photo_background", 1, "return")


def test_a_return_without_an_item_is_refused_and_so_is_one_without_words(app):
    reference = a_submitted(an_applicant())
    assert refused_codes(return_for_correction, reference, [], by=a_reviewer(), now=NOON) == {"no_item"}
    silent = ItemGiven("photo", "photo_background", " ")
    assert refused_codes(return_for_correction, reference, [silent], by=a_reviewer("other"), now=NOON) == {
        "words_missing"}
    assert the(reference).state == "submitted"


def test_after_the_last_date_for_corrections_nothing_is_returned(app):
    window = the_window()
    reference = a_submitted(an_applicant())
    late = window.correction_closes_at
    assert refused_codes(return_for_correction, reference, [PHOTO], by=a_reviewer(), now=late) == {
        "too_late_to_return"}


def a_returned(enrolment, *items):
    reference = a_submitted(enrolment)
    reviewer = a_reviewer("returner")
    return_for_correction(reference, list(items) or [PHOTO], by=reviewer, now=NOON)
    return reference, reviewer


def hand_in_a_new_photo(enrolment, now=NOON):
    a_learner_file(enrolment.learner_id, "photo", added_at=now)
    with transaction() as session:
        wanted = select(IdentityCheck).where(
            IdentityCheck.learner_id == enrolment.learner_id, IdentityCheck.kind == "photo")
        session.scalars(wanted).one().state = "submitted"


def test_a_correction_is_handed_in_again_frozen_as_the_next_version_and_first_goes_back_to_its_reviewer(app):
    enrolment = an_applicant()
    reference, reviewer = a_returned(enrolment, PHOTO, HOURS)
    by = learner_of(enrolment)
    assert refused_codes(resubmit, reference, {"hours": "换了电脑"}, by=by, now=NOON) >= {"items_open"}
    hand_in_a_new_photo(enrolment)
    assert refused_codes(resubmit, reference, {"hours": " "}, by=by, now=NOON) == {"items_open"}
    resubmit(reference, {"hours": "换了电脑"}, by=by, now=NOON)
    application = the(reference)
    assert (application.state, application.correct_by, application.claimed_by_id) == (
        "submitted", None, reviewer.account_id)
    assert application.claimed_until == beijing_time("2026-11-23 18:00")
    versions = db.session.scalars(select(ApplicationVersion).order_by(ApplicationVersion.number)).all()
    assert [one.number for one in versions] == [1, 2]
    assert versions[0].content["files"]["photo"] != versions[1].content["files"]["photo"]
    assert versions[1].content["answers"] == {"hours": "换了电脑"}
    assert "claimed" in refused_codes(approve, reference, verified=BOTH, by=a_reviewer("other"), now=NOON)
    approve(reference, verified=BOTH, by=reviewer, now=NOON)


def test_the_correction_counts_until_its_deadline(app):
    enrolment = an_applicant()
    reference, _ = a_returned(enrolment)
    hand_in_a_new_photo(enrolment)
    by, deadline = learner_of(enrolment), the(reference).correct_by
    for moment in (deadline + SECOND, deadline):
        assert refused_codes(resubmit, reference, {}, by=by, now=moment) == {"correction_overdue"}, moment
    resubmit(reference, {}, by=by, now=deadline - SECOND)


def test_a_declaration_that_was_returned_is_signed_again(app):
    enrolment = an_applicant()
    reference, _ = a_returned(enrolment, ItemGiven("declaration", "commitment_missing", "请签署"))
    by, later = learner_of(enrolment), NOON + timedelta(hours=1)
    assert "items_open" in refused_codes(resubmit, reference, {}, by=by, now=later)
    resubmit(reference, {}, consents={"commitment": 1}, by=by, now=later)
    assert the(reference).state == "submitted"


def test_a_rejection_frees_the_seats_and_one_may_apply_again_but_not_after_false_material(app):
    sittings = both_sittings()
    enrolment = an_applicant()
    by = learner_of(enrolment)
    first = a_submitted(enrolment)
    reject(first, [ItemGiven("hours", "hours_short", "学时不足")], by=a_reviewer(), now=NOON)
    assert (the(first).state, seats_taken(sittings.values())) == ("rejected", [0, 0])
    second = a_submitted(enrolment)
    assert refused_codes(reject, second, [], by=a_reviewer("other"), now=NOON) == {"no_item"}
    reject(second, [FAKE], by=a_reviewer("third"), now=NOON)
    assert refused_codes(begin_application, enrolment.learner_id, "202701", by=by, now=NOON) == {"false_material"}


def test_an_appeal_is_taken_up_by_another_lead_and_needs_seats(app):
    from enroll.sittings.services.planning import change_capacity

    sittings = both_sittings(seats=1)
    reference, first_lead = a_submitted(an_applicant()), a_lead("first")
    reject(reference, [FAKE], by=first_lead, now=NOON)
    other = a_lead("other")
    appeal = {"reason": "提交了原件", "now": NOON}
    assert refused_codes(reopen_on_appeal, reference, by=first_lead, **appeal) == {"first_reviewer"}
    change_capacity(sittings["theory"], 0, by=other, now=NOON)
    assert refused_codes(reopen_on_appeal, reference, by=other, **appeal) == {"sitting_full"}
    change_capacity(sittings["theory"], 1, by=other, now=NOON)
    reopen_on_appeal(reference, by=other, **appeal)
    assert (the(reference).state, seats_taken(sittings.values())) == ("submitted", [1, 1])


def test_a_reopened_case_keeps_its_fee_and_its_seats_and_says_nothing_to_the_learner(app):
    reference = an_approved(an_applicant())
    lead = a_lead()
    said = len(db.session.scalars(select(outbox.OutboxEntry)).all())
    assert refused_codes(reopen, reference, reason="", by=lead, now=NOON) == {"reason_missing"}
    reopen(reference, reason="抽查", by=lead, now=NOON)
    assert len(db.session.scalars(select(outbox.OutboxEntry)).all()) == said
    pay(reference)
    assert booking_states(reference) == ["held", "held"]
    approve(reference, by=lead, now=NOON)
    assert booking_states(reference) == ["confirmed", "confirmed"]
    assert len(db.session.scalars(select(Fee)).all()) == 1


def test_giving_up_in_time_brings_everything_back_and_frees_the_seats(app):
    sittings = both_sittings()
    enrolment = an_applicant()
    reference = an_approved(enrolment)
    pay(reference)
    by = learner_of(enrolment)
    assert refused_codes(give_up, reference, expected_fen=0, by=by, now=NOON) == {"refund_changed"}
    give_up(reference, expected_fen=48000, by=by, now=NOON)
    assert (the(reference).state, booking_states(reference)) == ("cancelled", ["cancelled"] * 2)
    assert seats_taken(sittings.values()) == [0, 0]
    assert [one.amount_fen for one in db.session.scalars(select(Refund))] == [48000]


def test_giving_up_too_late_brings_nothing_back_and_says_so_before(app):
    enrolment = an_applicant()
    reference = an_approved(enrolment)
    pay(reference)
    late = the_window().withdraw_full_refund_until
    by = learner_of(enrolment)
    assert refused_codes(give_up, reference, expected_fen=48000, by=by, now=late) == {"refund_changed"}
    give_up(reference, expected_fen=0, by=by, now=late)
    assert db.session.scalars(select(Refund)).all() == []


def test_a_lead_cancels_for_a_cause_and_what_comes_back_follows_from_it(app):
    reference = an_approved(an_applicant())
    pay(reference)
    cancel(reference, Cause.MISCONDUCT, reason="替考", by=a_lead(), now=NOON)
    assert the(reference).state == "cancelled"
    assert db.session.scalars(select(Refund)).all() == []


def test_a_form_opened_before_the_learner_submitted_again_is_stale(app):
    enrolment = an_applicant()
    reference, reviewer = a_returned(enrolment)
    seen = the(reference).version - 1
    hand_in_a_new_photo(enrolment)
    resubmit(reference, {}, by=learner_of(enrolment), now=NOON)
    with pytest.raises(Stale):
        approve(reference, verified=BOTH, by=reviewer, now=NOON, seen_version=seen)


def test_a_withdrawn_consent_stops_the_approval(app):
    from enroll.learners.models import Consent

    reference = a_draft(an_applicant())
    submit(reference, TICKED, by=the(reference).learner.account.actor_at(NOON), now=NOON)
    with transaction() as session:
        session.scalars(select(Consent)).first().withdrawn_at = NOON
    assert "consents_not_met" in refused_codes(approve, reference, verified=BOTH, by=a_reviewer(), now=NOON)
