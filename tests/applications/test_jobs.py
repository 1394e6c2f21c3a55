"""What time and other packages' news do to applications; every job may run twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.applications.jobs import lapse_due, warn_of_deadlines
from enroll.applications.services.drafting import begin_application
from enroll.applications.services.extending import extend
from enroll.applications.services.leaving import withdraw
from enroll.applications.services.reviewing import return_for_correction
from enroll.desk.queries.sound_study import payments as payments_are_sound
from enroll.enrolments.models import Enrolment
from enroll.fees.models import Payment, Refund
from enroll.fees.queries.fees import fee_for
from enroll.fees.services.payments import record_payment
from enroll.foundation.problems import Refused
from enroll.hours.models import HoursProof
from enroll.hours.services.proofs import revoke_proof
from enroll.notifications.models import Message
from enroll.programmes.services.windows import cancel_window, move_date
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.services.counting import take_seat
from enroll.sittings.services.parts import SettledPart, settle_parts
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from enroll.storage.outbox import OutboxDelivery, OutboxEntry
from tests.applications.test_reviewing import PHOTO, booking_states, pay
from tests.builders.accounts import an_actor
from tests.builders.applicants import (
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
from tests.builders.exams import a_window, beijing_time
from tests.builders.study import learner_of
from tests.conftest import NOON

SECOND = timedelta(seconds=1)


def events(name):
    db.session.rollback()
    wanted = select(OutboxEntry.details).where(OutboxEntry.event == name).order_by(OutboxEntry.id)
    return list(db.session.scalars(wanted))


def test_an_unpaid_application_lapses_at_its_deadline_and_not_a_second_before(app):
    sittings = both_sittings()
    reference = an_approved(an_applicant())
    due = the(reference).payment_due_at
    assert lapse_due(due - SECOND).done == 0
    assert (lapse_due(due).done, lapse_due(due).done) == (1, 0)
    assert (the(reference).state, booking_states(reference), seats_taken(sittings.values())) == (
        "expired", ["lapsed"] * 2, [0, 0])
    assert fee_for(db.session(), reference) is None
    assert [one["move"] for one in events("ApplicationMoved")][-1] == "lapse_unpaid"


def test_a_paid_application_never_lapses(app):
    reference = an_approved(an_applicant())
    pay(reference)
    assert lapse_due(the(reference).payment_due_at + timedelta(days=30)).done == 0
    assert the(reference).state == "approved"


def lapsed_then_paid(seats, *, fen=48000, paid=timedelta(0), meanwhile=lambda: None, after=SECOND):
    """An application that lapsed unpaid, and money that comes `after`; gives its reference and the sittings."""
    sittings = both_sittings(seats=seats)
    reference = an_approved(an_applicant())
    fee, due = fee_for(db.session(), reference).reference, the(reference).payment_due_at
    lapse_due(due)
    meanwhile()
    finance = an_actor("caiwu", Role.FINANCE)
    assert record_payment(fee, "wechat", "4200009", fen, due + paid, by=finance, now=due + after).late
    outbox.deliver(due + after)
    outbox.deliver(due + after)
    db.session.expire_all()
    return reference, list(sittings.values())


def test_money_that_comes_after_the_lapse_takes_a_seat_that_is_still_free(app):
    reference, sittings = lapsed_then_paid(1)
    assert (the(reference).state, seats_taken(sittings)) == ("approved", [1, 1])
    assert sorted(booking_states(reference)) == ["confirmed", "confirmed", "lapsed", "lapsed"]
    fee, payment = fee_for(db.session(), reference), db.session.scalars(select(Payment)).one()
    assert (fee.state, fee.paid_fen, payment.late, payment.reconciled.outcome) == ("paid", 48000, True, "seat")
    assert [one["move"] for one in events("ApplicationMoved")][-2:] == ["lapse_unpaid", "revive"]
    told = db.session.scalars(select(Message.subject).order_by(Message.id)).all()
    assert [one for one in told if "报名已恢复" in one]
    assert not [one for one in told if "缴费期限已过" in one], "nobody has to act on it"
    assert not list(payments_are_sound(db.session()))


@pytest.mark.parametrize("why", ["full", "part", "seated", "anew", "later"])
def test_money_that_comes_after_the_lapse_waits_for_finance_where_no_seat_can_be_taken(app, why):
    """The only seat of one part went to somebody else, it is not the whole fee, seats are being assigned, or they have
    applied again meanwhile, or it was paid a day after: never an oversell, nothing half done."""
    def meanwhile():
        if why == "full":
            with transaction() as session:
                sitting = session.scalars(select(Sitting).order_by(Sitting.id.desc())).first()
                assert take_seat(session, sitting.id)
        if why == "anew":
            enrolment = db.session.scalars(select(Enrolment)).one()
            begin_application(enrolment.learner_id, "202701", by=learner_of(enrolment), now=NOON)

    after = {"seated": timedelta(days=60), "later": timedelta(hours=24)}.get(why, SECOND)
    reference, sittings = lapsed_then_paid(1, fen=20000 if why == "part" else 48000, meanwhile=meanwhile, after=after,
                                           paid=timedelta(hours=24) if why == "later" else timedelta(0))
    assert (the(reference).state, booking_states(reference)) == ("expired", ["lapsed"] * 2)
    assert seats_taken(sittings) == ([0, 1] if why == "full" else [0, 0])
    payment = db.session.scalars(select(Payment)).one()
    assert (payment.late, payment.reconciled) == (True, None)
    assert [one for one in db.session.scalars(select(Message.subject)) if "缴费期限已过" in one]


def test_what_was_part_paid_comes_back_when_the_application_lapses(app):
    reference = an_approved(an_applicant())
    fee, due = fee_for(db.session(), reference).reference, the(reference).payment_due_at
    record_payment(fee, "bank", "T1", 10000, NOON, by=an_actor("caiwu", Role.FINANCE), now=NOON)
    lapse_due(due)
    assert the(reference).state == "expired"
    assert [one.amount_fen for one in db.session.scalars(select(Refund))] == [10000]


def test_a_correction_that_is_overdue_lapses(app):
    sittings = both_sittings()
    reference = a_submitted(an_applicant())
    return_for_correction(reference, [PHOTO], by=a_reviewer(), now=NOON)
    due = the(reference).correct_by
    assert lapse_due(due - SECOND).done == 0
    assert lapse_due(due).done == 1
    assert (the(reference).state, seats_taken(sittings.values())) == ("expired", [0, 0])


def test_a_draft_lapses_when_registration_closes_unless_its_learner_has_more_time(app):
    window = the_window()
    plain, extended = a_draft(an_applicant("plain")), a_draft(late := an_applicant("late"))
    until = window.closes_at + timedelta(days=1)
    extend(late.learner_id, "202701", "closes_at", until, reason="系统故障", by=a_lead(), now=NOON)
    assert lapse_due(window.closes_at - SECOND).done == 0
    assert lapse_due(window.closes_at) .done == 1
    assert (the(plain).state, the(extended).state) == ("expired", "draft")
    lapse_due(until)
    assert the(extended).state == "expired"


def test_an_extension_needs_a_lead_a_reason_and_a_moment_before_the_seating(app):
    window = the_window()
    enrolment = an_applicant()
    good = {"learner_id": enrolment.learner_id, "window_code": "202701", "name": "payment_due_at",
            "until": window.payment_due_at + timedelta(days=1), "reason": "住院", "by": a_lead(), "now": NOON}
    for change, code in (({"by": a_reviewer()}, "not_permitted"), ({"reason": " "}, "reason_missing"),
                         ({"until": NOON}, "extension_out_of_bounds"),
                         ({"until": window.seating_by + SECOND}, "extension_out_of_bounds")):
        with pytest.raises(Refused, match=code):
            extend(**{**good, **change})
    extend(**good)


def test_an_extension_moves_the_payment_and_the_fee_with_it(app):
    window = the_window()
    enrolment = an_applicant()
    reference = an_approved(enrolment)
    until = window.payment_due_at + timedelta(days=1)
    extend(enrolment.learner_id, "202701", "payment_due_at", until, reason="住院", by=a_lead(), now=NOON)
    assert the(reference).payment_due_at == fee_for(db.session(), reference).due_at == until
    assert lapse_due(window.payment_due_at).done == 0


def test_a_deadline_is_warned_of_once_a_working_day_before_and_once_three_hours_before(app):
    reference = a_submitted(an_applicant())
    return_for_correction(reference, [PHOTO], by=a_reviewer(), now=NOON)
    due = the(reference).correct_by
    for moment in (due - timedelta(days=1) - SECOND, due - timedelta(days=1), due - timedelta(hours=20),
                   due - timedelta(hours=3), due - timedelta(hours=1), due):
        warn_of_deadlines(moment)
    assert [(one["what"], one["stage"]) for one in events("DeadlineNear")] == [
        ("correction", "day"), ("correction", "hours")]


def test_nobody_is_warned_of_a_payment_that_was_made(app):
    reference = an_approved(an_applicant())
    pay(reference)
    warn_of_deadlines(the(reference).payment_due_at - timedelta(hours=1))
    assert events("DeadlineNear") == []


def test_a_revoked_proof_flags_who_applied_with_it_and_changes_nothing_for_the_learner(app):
    enrolment = an_applicant()
    reference = a_submitted(enrolment)
    said = len(events("ApplicationMoved"))
    proof = db.session.scalars(select(HoursProof)).one().reference
    revoke_proof(proof, by=a_lead(), now=NOON, reason="学时作废")
    outbox.deliver(NOON)
    assert (the(reference).state, the(reference).flagged, len(events("ApplicationMoved"))) == (
        "submitted", "proof_revoked", said)


def test_a_cancelled_window_takes_every_live_application_with_it_and_gives_back_what_was_paid(app):
    sittings = both_sittings()
    paid, waiting, draft = an_applicant("paid"), an_applicant("waiting"), an_applicant("draft")
    approved = an_approved(paid)
    pay(approved)
    submitted, begun = a_submitted(waiting), a_draft(draft)
    cancel_window("202701", by=an_actor("kaowu", Role.EXAM_OFFICER), now=NOON, reason="考点停电")
    outbox.deliver(NOON)
    assert [the(one).state for one in (approved, submitted, begun)] == ["cancelled"] * 3
    assert seats_taken(sittings.values()) == [0, 0]
    assert [one.amount_fen for one in db.session.scalars(select(Refund))] == [48000]


def test_a_payment_date_moved_for_everybody_moves_the_deadlines_that_rest_on_it(app):
    reference = an_approved(an_applicant())
    officer = an_actor("kaowu", Role.EXAM_OFFICER)
    later = beijing_time("2027-01-05 12:00")
    move_date("202701", "payment_due_at", later, reason="银行系统维护", by=officer, now=NOON)
    outbox.deliver(NOON)
    assert the(reference).payment_due_at == fee_for(db.session(), reference).due_at == later


def a_resit(enrolment, *, photo_at=None):
    """Somebody who was approved for November, sat both parts, and failed the practical one."""
    november = a_window("202611", starts_on=beijing_time("2026-11-21 00:00").date())
    both_sittings(november)
    before = november.opens_at + timedelta(days=10)
    reference = an_approved(enrolment, window="202611", now=before)
    pay(reference, now=before, trade=f"T-{reference}")
    for booking in db.session.scalars(select(Booking).where(Booking.subject == reference)):
        booking.state = "present"
    db.session.commit()
    settle_parts(november, [SettledPart(enrolment.learner_id, "theory", "pass", "202705"),
                            SettledPart(enrolment.learner_id, "practical", "fail")], now=NOON)
    if photo_at:
        a_learner_file(enrolment.learner_id, "photo", added_at=photo_at)
    practical = both_sittings()["practical"]
    return a_submitted(enrolment, sittings={"practical": practical})


def test_a_resit_takes_the_missing_part_and_is_approved_by_itself(app):
    enrolment = an_applicant()
    reference = a_resit(enrolment)
    assert (the(reference).resit, the(reference).parts, the(reference).state) == (True, ["practical"], "submitted")
    outbox.deliver(NOON)
    assert the(reference).state == "approved"
    fee = fee_for(db.session(), reference)
    assert (fee.item_code, fee.amount_fen, fee.due_at) == ("resit_practical", 24000, the_window().resit_payment_due_at)


def test_a_resit_with_another_photo_waits_for_a_person(app):
    reference = a_resit(an_applicant(), photo_at=NOON)
    outbox.deliver(NOON)
    assert the(reference).state == "submitted"
    assert db.session.scalars(select(OutboxDelivery).where(OutboxDelivery.dead_at.is_not(None))).all() == []


def test_a_resit_can_be_handed_in_until_its_own_lane_closes(app):
    enrolment = an_applicant()
    reference = a_resit(enrolment)
    withdraw(reference, by=learner_of(enrolment), now=NOON)
    window = the_window()
    again = a_submitted(enrolment, sittings={"practical": "202701-BJ01-P"}, now=window.resit_closes_at - SECOND)
    assert window.closes_at < window.resit_closes_at
    assert the(again).state == "submitted"
    withdraw(again, by=learner_of(enrolment), now=window.resit_closes_at)
    with pytest.raises(Refused, match="window_closed"):
        a_draft(enrolment, now=window.resit_closes_at)
