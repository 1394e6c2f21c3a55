"""The front page's promise: one next step for everybody, the earliest deadline first, and who acts when they wait."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from enroll.home.rules.facts import BookingView, HomeFacts, WindowView
from enroll.home.rules.journey import StepState, journey
from enroll.home.rules.next_step import next_step
from tests.conftest import NOON

DAY = timedelta(days=1)
WINDOW = WindowView(
    "202701", date(2027, 1, 16), NOON - DAY, NOON + 30 * DAY, NOON + 40 * DAY, NOON + 50 * DAY, NOON + 90 * DAY,
    NOON + 91 * DAY, date(2027, 3, 17),
)  # fmt: skip
STUDYING = HomeFacts(NOON, enrolled=True, identity="verified", photo="verified", minutes=900, required=1575,
                     lesson=("G1", "G1-M1-L1", "大模型"), window=WINDOW)
READY = replace(STUDYING, minutes=1620, proof="P000001", lesson=None)


def seat(state="confirmed", starts=50):
    return BookingView("theory", state, False, NOON + starts * DAY, NOON + starts * DAY + timedelta(hours=2), "BJ01")


def applied(state, **more):
    return replace(READY, application="A2701-0001", application_state=state, **more)


STANDINGS = {
    "nothing yet": (HomeFacts(NOON), "Enrol on a programme"),
    "studying": (STUDYING, "Go on studying: %(title)s"),
    "identity draft, no lesson": (replace(STUDYING, lesson=None, identity="draft"), "Hand in your identity and photo"),
    "identity draft, half way": (replace(STUDYING, identity="draft"), "Hand in your identity and photo"),
    "identity returned": (replace(STUDYING, identity="returned"), "Correct your identity details"),
    "photo returned": (replace(STUDYING, photo="returned"), "Correct your identity details"),
    "training fee": (replace(STUDYING, training_fee_open=True, training_fee_due_at=NOON + DAY), "Pay the training fee"),
    "hours complete": (READY, "Apply for the %(code)s window"),
    "draft": (applied("draft"), "Submit your application"),
    "submitted": (applied("submitted"), "Nothing to do for you now"),
    "returned": (applied("returned", correct_by=NOON + DAY), "Correct your application"),
    "approved, unpaid": (applied("approved", payment_due_at=NOON + DAY), "Pay the exam fee"),
    "registered": (applied("approved", fee_settled=True, bookings=(seat(),)), "Sit your exam"),
    "sat on paper yesterday, attendance not recorded": (
        applied("approved", fee_settled=True, bookings=(seat(starts=-1),)), "Nothing to do for you now"),
    "sat": (applied("approved", fee_settled=True, bookings=(seat("present", -1),)), "Nothing to do for you now"),
    "failed": (replace(READY, published=True, verdict="fail"), "Apply for the resit"),
    "failed, the next window is not open yet": (replace(READY, published=True, verdict="fail",
                                                        window=replace(WINDOW, opens_at=NOON + DAY)),
                                                "Nothing to do for you now"),
    "hours complete, the window is not open yet": (replace(READY, window=replace(WINDOW, opens_at=NOON + DAY)),
                                                   "Nothing to do for you now"),
    "hours complete, no window is published": (replace(READY, window=None), "Nothing to do for you now"),
    "in issuance review": (applied("approved", fee_settled=True, bookings=(seat("present", -1),), published=True,
                                   verdict="pass", certificate_state="eligible", certificate_label="In review"),
                           "Nothing to do for you now"),
    "refused": (applied("approved", fee_settled=True, bookings=(seat("present", -1),), published=True, verdict="pass",
                        certificate_state="refused", certificate_label="Not approved for issue"),
                "Not approved for issue"),
    "issued": (applied("approved", fee_settled=True, bookings=(seat("present", -1),), published=True, verdict="pass",
                       certificate_state="issued"), "Your certificate is there"),
}  # fmt: skip


@pytest.mark.parametrize("standing", STANDINGS)
def test_wherever_somebody_stands_there_is_one_next_step(standing):
    facts, expected = STANDINGS[standing]
    step = next_step(facts)
    assert step.title.text == expected
    assert (step.action is None) == (step.title.text == "Nothing to do for you now"), "a thing to do has its button"
    assert step.action is None or step.link is not None


@pytest.mark.parametrize("standing", STANDINGS)
def test_there_are_ten_steps_and_each_that_is_open_says_who_acts(standing):
    steps = journey(STANDINGS[standing][0])
    assert len(steps) == len({step.key for step in steps}) == 10
    for step in steps:
        if step.state in {StepState.CURRENT, StepState.FIX, StepState.WAITING} and step.key != "result":
            assert step.who is not None, step.key


def test_every_combination_of_states_has_exactly_one_next_step():
    checks = ("draft", "submitted", "verified", "returned", "unable")
    applications = ("", "draft", "submitted", "returned", "approved", "rejected", "withdrawn", "expired", "cancelled")
    certificates = ("", "eligible", "on_hold", "reported", "issued", "refused", "revoked", "suspended")
    for identity, photo, state, certificate, paid in product(checks, checks, applications, certificates, (True, False)):
        facts = replace(READY, identity=identity, photo=photo, application_state=state, fee_settled=paid,
                        application="A2701-0001" if state else "", certificate_state=certificate,
                        certificate_label=certificate)
        assert next_step(facts).title.text
        assert len(journey(facts)) == 10


def test_among_several_things_to_do_the_earliest_deadline_wins():
    both = applied("returned", correct_by=NOON + 2 * DAY, training_fee_open=True, training_fee_due_at=NOON + DAY)
    assert next_step(both).title.text == "Pay the training fee"
    later = replace(both, training_fee_due_at=NOON + 3 * DAY)
    assert next_step(later).title.text == "Correct your application"


def test_before_registration_opens_the_page_says_from_when():
    waiting = replace(READY, window=replace(WINDOW, opens_at=NOON + DAY))
    step = next_step(waiting)
    assert (step.text.text, dict(step.text.values)["moment"]) == (
        "Registration for window %(code)s opens %(moment)s.", NOON + DAY)
    assert next(one for one in journey(waiting) if one.key == "apply").note == step.text
    assert "not published yet" in next_step(replace(READY, window=None)).text.text


def test_the_ticket_is_one_press_away_as_soon_as_it_is_out():
    registered = applied("approved", fee_settled=True, bookings=(seat("ticketed"),))
    assert next_step(registered).link.endpoint == "applications.show"
    assert next_step(replace(registered, ticket="T2701-0001")).link.endpoint == "admission.ticket"


def test_whoever_was_absent_is_led_to_the_page_that_says_until_when_they_can_be_excused():
    missed = applied("approved", fee_settled=True, bookings=(replace(seat("absent", -1), reference="B2701-0001"),))
    step = next(one for one in journey(missed) if one.key == "exam")
    assert (step.link.endpoint, dict(step.link.values)) == ("admission.booking", {"reference": "B2701-0001"})
    assert "excused" in step.note.text
    published = next(one for one in journey(replace(missed, published=True)) if one.key == "exam")
    assert "excused" not in published.note.text, "then it is too late"


def test_a_review_is_promised_for_the_day_it_is_due_and_not_for_the_end_of_the_window():
    assert next_step(applied("submitted", review_due_at=NOON + 3 * DAY)).by == NOON + 3 * DAY


def test_a_photo_that_is_decided_with_the_application_waits_for_its_review():
    step = next_step(applied("submitted", photo="submitted", review_due_at=NOON + 3 * DAY))
    assert (dict(step.text.values)["step"].text, step.by) == ("Review", NOON + 3 * DAY)


def test_the_proof_waits_for_whoever_has_not_acted():
    complete = replace(READY, proof="")
    for identity, who in (("draft", "you"), ("returned", "you"), ("submitted", "the exam office")):
        hours = next(one for one in journey(replace(complete, identity=identity)) if one.key == "hours")
        assert hours.who.text == who


def test_the_office_reports_by_its_own_day_and_the_body_answers_by_its_own():
    review = STANDINGS["in issuance review"][0]
    assert next_step(review).by == WINDOW.roster_to_issuer_by
    assert next_step(replace(review, certificate_state="reported")).by == WINDOW.certificate_expected_on


def test_what_has_no_deadline_comes_after_what_has_one():
    facts = applied("returned", correct_by=NOON + 20 * DAY, identity="returned")
    assert next_step(facts).title.text == "Correct your application"


def test_waiting_names_who_acts_and_by_when():
    step = next_step(applied("submitted"))
    assert dict(step.text.values)["who"].text == "the exam office"
    assert step.by is not None
    reported = replace(STANDINGS["in issuance review"][0], certificate_state="reported")
    waiting = next_step(reported)
    assert dict(waiting.text.values)["who"].text == "the issuing body"
