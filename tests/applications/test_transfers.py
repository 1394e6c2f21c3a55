"""Going on in a later window 转期: what moves with the application, what bars it, and that it is all or nothing."""

from datetime import date

import pytest
from sqlalchemy import select, update

from enroll.accounts.permissions import Role
from enroll.applications.jobs import lapse_due
from enroll.applications.models import Accommodation, Application, ApplicationMove, ApplicationVersion, Transfer
from enroll.applications.models import ReturnedItem as ItemRow
from enroll.applications.queries.own import stand_of
from enroll.applications.queries.soundness import unsound_applications
from enroll.applications.services.accommodations import ask_accommodation
from enroll.applications.services.leaving import give_up
from enroll.applications.services.money import quote
from enroll.applications.services.reviewing import approve, return_for_correction
from enroll.applications.services.seating import accept_seat, wait_for_seat
from enroll.applications.services.transferring import effects_of, transfer
from enroll.fees.models import Fee, Refund
from enroll.fees.rules import Cause
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused
from enroll.learners.lifecycle import CheckKind
from enroll.notifications.models import Message
from enroll.programmes.models import Window
from enroll.sittings.jobs import tend_waiting_lists
from enroll.sittings.lifecycle import Part
from enroll.sittings.services.planning import change_capacity
from enroll.storage import outbox
from enroll.storage.database import again_if_crowded, db, transaction
from tests.applications.test_reviewing import PHOTO, pay
from tests.architecture.the_forms import counted_statements
from tests.at_once import at_once
from tests.builders.accounts import an_account
from tests.builders.applicants import (
    a_lead,
    a_reviewer,
    a_submitted,
    an_applicant,
    an_approved,
    both_sittings,
    seats_taken,
    the,
    the_window,
)
from tests.builders.exams import a_sitting, a_window
from tests.builders.study import account_of, learner_of
from tests.conftest import NOON
from tests.pages import press, text_of

LOADER = Actor(None, "loader")
MARCH = date(2027, 3, 20)
EN = {"Accept-Language": "en"}


def states(reference):
    return {one.part: one.state for one in stand(reference).bookings}


def stand(reference):
    return stand_of(db.session(), the(reference))


def march(seats=40):
    """The window after: its sittings by part."""
    window = a_window("202703", starts_on=MARCH)
    return {str(part): a_sitting(window, part, seats=seats).code for part in Part}


def window_of(code="202703"):
    return db.session.scalars(select(Window).where(Window.code == code)).one()


def fees_of(reference):
    db.session.rollback()
    return [(one.subject, one.state, one.paid_fen) for one in db.session.scalars(select(Fee).order_by(Fee.id))]


def test_a_paid_registration_goes_on_with_its_money_and_its_seat_goes_to_the_next_in_line(app):
    here, enrolment = both_sittings(seats=1), an_applicant("first")
    by, reference = learner_of(enrolment), an_approved(enrolment, sittings=here)
    pay(reference)
    there = march()
    assert states(reference) == {"theory": "confirmed", "practical": "confirmed"}

    other = a_sitting(the_window(), Part.THEORY, site="SH01").code, a_sitting(the_window(), Part.PRACTICAL, site="SH01")
    waiting = a_submitted(an_applicant("next"), sittings={"theory": other[0], "practical": other[1].code})
    wait_for_seat(waiting, here["theory"], by=learner_of(the(waiting).enrolment), now=NOON)

    effects = effects_of(db.session(), the(reference), window_of(), NOON)
    assert (effects.fee, effects.amount_fen) == ("carried", 48000)
    new = transfer(reference, "202703", there, told=effects.told, by=by, now=NOON)
    assert (the(reference).state, the(new).state, the(new).chosen) == ("cancelled", "approved", there)
    assert states(reference) == {"theory": "moved", "practical": "moved"}
    assert states(new) == {"theory": "confirmed", "practical": "confirmed"}
    assert fees_of(reference) == [(new, "paid", 48000)]
    assert seats_taken([*here.values(), *there.values()]) == [1, 0, 1, 1], "the freed seat is offered in that moment"
    assert "offered" in [one.state for one in stand(waiting).bookings]
    assert db.session.scalars(select(Transfer.number)).all() == [1]
    assert stand(reference).label.learner == "Transferred to a later window"
    outbox.deliver(NOON)
    told = db.session.scalars(select(Message.subject).where(Message.about.contains(":transfer"))).all()
    assert [one.split("：")[0] for one in told] == ["报名已转期"], "one message tells the whole of it"

    may = a_window("202705", starts_on=date(2027, 5, 15))
    later = {str(part): a_sitting(may, part).code for part in Part}
    with pytest.raises(Refused, match="no_transfer_left"):
        transfer(new, "202705", later, by=by, now=NOON)


def test_what_was_owed_ends_and_the_new_price_falls_due_by_the_new_date(app):
    here, enrolment = both_sittings(), an_applicant()
    reference, there = an_approved(enrolment, sittings=here), march()
    new = transfer(reference, "202703", there, by=learner_of(enrolment), now=NOON)
    assert fees_of(reference) == [(reference, "void", 0), (new, "due", 0)]
    assert the(new).payment_due_at == window_of().payment_due_at
    assert lapse_due(the_window().payment_due_at).done == 0, "the earlier window's date is nobody's any more"


def test_a_transfer_opens_no_refund_again_that_had_ended(app):
    here, enrolment = both_sittings(), an_applicant()
    by, reference = learner_of(enrolment), an_approved(enrolment, sittings=here)
    pay(reference)
    there, late = march(), the_window().withdraw_full_refund_until
    with pytest.raises(Refused, match="transfer_over"):
        transfer(reference, "202703", there, by=by, now=late)
    new = transfer(reference, "202703", there, reason="住院", by=a_lead(), now=late)
    assert quote(db.session(), the(new), Cause.WITHDRAWN, late).amount_fen == 0
    assert db.session.scalars(select(Transfer.number)).all() == [0], "a cause is not one of the learner's own"
    with pytest.raises(Refused, match="refund_changed"):
        give_up(new, by=by, now=late, expected_fen=48000)


def test_what_is_to_be_corrected_is_corrected_there_and_a_case_goes_on_under_review(app):
    here, there = both_sittings(), march()
    returned, reviewed = an_applicant("returned"), an_applicant("reviewed")
    one, two = a_submitted(returned, sittings=here), a_submitted(reviewed, sittings=here)
    return_for_correction(one, [PHOTO], by=a_reviewer(), now=NOON)
    ask_accommodation(one, ["extra_time"], 20, "右手骨折", [], by=learner_of(returned), now=NOON)
    new = transfer(one, "202703", there, by=learner_of(returned), now=NOON)
    again = the(new)
    assert db.session.scalars(select(Accommodation.application_id)).all() == [again.id], "what was asked goes along"
    assert (again.state, again.first_reviewer_id is not None) == ("returned", True)
    assert again.correct_by > NOON
    assert [row.item for row in db.session.scalars(select(ItemRow).where(ItemRow.application_id == again.id))] == [
        "photo"]
    other = transfer(two, "202703", there, by=learner_of(reviewed), now=NOON)
    approve(other, verified=[CheckKind.PHOTO, CheckKind.IDENTITY], by=a_reviewer("shenhe2"), now=NOON)
    assert (the(other).state, stand(other).fee.amount_fen) == ("approved", 48000)
    assert db.session.scalar(select(ApplicationVersion.content).where(
        ApplicationVersion.application_id == the(other).id))["sittings"] == there


def test_whoever_paid_and_waits_there_gets_the_seat_or_the_money(app):
    here, there = both_sittings(), march(seats=1)
    change_capacity(there["theory"], 0, by=LOADER, now=NOON)
    references = []
    for name in ("lucky", "unlucky"):
        enrolment = an_applicant(name)
        reference = an_approved(enrolment, sittings=here)
        pay(reference, trade=name)
        change_capacity(there["practical"], 2, by=LOADER, now=NOON)
        with pytest.raises(Refused, match="sitting_full"):
            transfer(reference, "202703", there, by=learner_of(enrolment), now=NOON)
        assert states(reference) == {"theory": "confirmed", "practical": "confirmed"}, "nothing of it happened"
        new = transfer(reference, "202703", there, wait_for=["theory"], by=learner_of(enrolment), now=NOON)
        assert states(new) == {"theory": "waitlisted", "practical": "held"}
        assert "waiting" in stand(new).label.learner
        references.append((new, learner_of(enrolment)))
    (lucky, by), (unlucky, _) = references
    change_capacity(there["theory"], 1, by=LOADER, now=NOON)
    [offer] = [one.reference for one in stand(lucky).bookings if one.state == "offered"]
    accept_seat(offer, by=by, now=NOON)
    assert states(lucky) == {"theory": "confirmed", "practical": "confirmed"}
    closes = window_of().payment_due_at
    tend_waiting_lists(closes)
    assert lapse_due(closes).done == 1
    assert the(unlucky).state == "expired"
    assert db.session.scalars(select(Refund.amount_fen)).all() == [48000]
    assert seats_taken(list(there.values())) == [1, 1]


def test_windows_that_cannot_be_gone_on_in_are_refused_by_name(app):
    here, enrolment = both_sittings(), an_applicant()
    by, reference = learner_of(enrolment), a_submitted(enrolment, sittings=here)
    there = march()
    closed = window_of().closes_at
    with pytest.raises(Refused, match="no_later_window"):
        transfer(reference, "202701", here, by=by, now=NOON)
    with pytest.raises(Refused, match="transfer_over"):
        transfer(reference, "202703", there, by=by, now=closed)
    with pytest.raises(Refused, match="effects_changed"):
        transfer(reference, "202703", there, told="carried:48000:", by=by, now=NOON)
    with pytest.raises(Refused, match="sitting_missing"):
        transfer(reference, "202703", here, by=by, now=NOON)
    assert the(reference).state == "submitted"
    assert len(db.session.scalars(select(Application.id)).all()) == 1


def test_two_presses_at_once_and_a_crowd_for_the_last_seat_there_leave_no_half(app):
    here, there = both_sittings(), march(seats=2)
    people = [an_applicant(f"p{number}") for number in range(6)]
    references = [a_submitted(one, sittings=here) for one in people]
    acts = [(reference, learner_of(one)) for one, reference in zip(people, references, strict=True)] * 2

    def act(reference, by):
        return again_if_crowded(lambda: transfer(reference, "202703", there, by=by, now=NOON))

    answers = at_once(app, *(lambda one=one: act(*one) for one in acts))
    assert sum(isinstance(one, str) for one in answers) == 2
    assert all(isinstance(one, str | Refused) for one in answers), answers
    assert seats_taken([*here.values(), *there.values()]) == [4, 4, 2, 2]
    assert sorted(the(one).state for one in references) == ["cancelled"] * 2 + ["submitted"] * 4


def test_the_pages_say_what_changes_before_it_does(app, sign_in):
    app.config["SITE_KEPT_SECONDS"] = 3600
    here, enrolment = both_sittings(), an_applicant()
    there, reference = march(), an_approved(enrolment, sittings=here)
    browser = sign_in(account_of(enrolment))
    shown = browser.get(f"/applications/{reference}", headers=EN)
    assert "Transfer to a later window" in text_of(shown)
    page = browser.get(f"/applications/{reference}/transfer", headers=EN)
    assert "Window 202703" in text_of(page)
    check = f"/applications/{reference}/transfer/check?window=202703&sitting_theory={there['theory']}"
    assert browser.get(check).status_code == 303, "a part is missing: choose again"
    check += f"&sitting_practical={there['practical']}"
    said = text_of(browser.get(check, headers=EN))
    for words in ("none is used", "cannot be undone", "¥480.00", "the approval goes along"):
        assert words in said, words
    for page in (f"/applications/{reference}/transfer", check):
        with counted_statements() as asked:
            browser.get(page)
        assert asked[0] <= 10, (page, asked)
    answer = press(browser, check, "/transfer/check")
    assert answer.status_code == 303
    after = text_of(browser.get(answer.location, headers=EN))
    assert "Transferred here from window 202701" in after
    assert "Transferred to a later window" in text_of(browser.get(f"/applications/{reference}", headers=EN))
    assert browser.get(f"/applications/{reference}/transfer").status_code == 303

    stranger = sign_in(account_of(an_applicant("stranger")), app.test_client())
    assert stranger.get(f"/applications/{reference}/transfer").status_code == 404
    lead = sign_in(an_account("lead2", Role.REVIEW_LEAD), app.test_client())
    new = answer.location.rsplit("/", 1)[1]
    assert "For a cause" in text_of(lead.get(f"/staff/applications/{new}/transfer", headers=EN))


def test_the_doctor_finds_an_application_that_goes_on_nowhere_and_a_fee_left_behind(app):
    here, enrolment = both_sittings(), an_applicant()
    reference = an_approved(enrolment, sittings=here)
    new = transfer(reference, "202703", march(), by=learner_of(enrolment), now=NOON)
    assert list(unsound_applications(db.session())) == []
    lost = an_approved(an_applicant("lost"), sittings=here)
    lost_id = the(lost).id
    with transaction() as session:
        session.execute(update(Fee).where(Fee.subject == new).values(subject=reference))
        session.add(ApplicationMove(record_id=lost_id, move="transfer", from_state="approved", version=9,
                                    to_state="cancelled", made_at=NOON, made_by_name="somebody", reason=""))
    assert list(unsound_applications(db.session())) == [
        f"application {lost}: transferred, and goes on nowhere",
        f"application {reference}: transferred, and its fee did not go along"]
