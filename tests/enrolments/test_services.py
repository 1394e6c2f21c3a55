"""Enrolling, and what becomes of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.audit.queries import acts_about, broken_links
from enroll.enrolments.queries.cohorts import cohorts_all, cohorts_open
from enroll.enrolments.queries.enrolments import enrolment_of, enrolments_list
from enroll.enrolments.services.changing import change_direction, move_enrolment, set_cohort
from enroll.enrolments.services.cohorts import add_cohort, close_cohort
from enroll.enrolments.services.enrolling import enrol, start_studying
from enroll.fees.models import Fee, Refund
from enroll.fees.queries.fees import fee_for
from enroll.fees.services.payments import record_payment
from enroll.fees.services.raising import include_fee, waive_fee
from enroll.foundation.actor import SYSTEM
from enroll.foundation.problems import NotFound, Refused, Stale
from enroll.learners.models import ConsentText
from enroll.programmes.models import FeeItem, Programme, ProgrammeRule
from enroll.storage.database import transaction
from enroll.storage.outbox import deliver
from tests.builders.accounts import an_account, an_actor
from tests.builders.enrolments import (
    LOADER,
    a_cohort,
    a_place_to_enrol,
    an_agreement,
    enrolled,
    somebody,
    the_enrolment,
)
from tests.builders.mailbox import events_told
from tests.conftest import NOON

LATER = NOON + timedelta(hours=1)


def refused(act):
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.codes


def paid(session, reference, amount=128000, trade_no="4200001"):
    fee = fee_for(session, reference).reference
    record_payment(fee, "bank", trade_no, amount, NOON, by=an_actor(f"finance{trade_no}", Role.FINANCE), now=LATER)
    deliver(LATER)



def test_enrolling_freezes_the_demands_raises_the_fee_and_tells_about_it(app, session):
    a_place_to_enrol()
    account, learner = somebody()
    reference = enrolled(account, learner)
    enrolment = the_enrolment(reference)
    assert enrolment.state == "pending_payment"
    assert enrolment.agreement_version == 1
    demands = enrolment.demands
    assert (demands.unit, demands.required_minutes, demands.practice_minutes) == (45, 1575, 540)
    assert (demands.most_minutes_a_day, demands.heartbeat_seconds, demands.directions) == (360, 30, 1)
    assert demands.direction_minutes == {"D1": 225, "D2": 225, "D3": 225}
    fee = fee_for(session, reference)
    assert (fee.amount_fen, fee.state, fee.due_at, fee.payer) == (128000, "due", NOON + timedelta(days=7), "learner")
    assert [event["move"] for event in events_told("EnrolmentMoved")] == ["enrol"]
    assert [act.act for act in acts_about(session, reference)] == ["enrolment.begin"]
    assert list(broken_links(session)) == []


def test_the_demands_stay_when_the_rules_change(app, session):
    a_place_to_enrol()
    reference = enrolled(*somebody())
    with transaction() as changing:
        changing.scalars(select(ProgrammeRule).where(ProgrammeRule.key == "required_hours")).one().value = 60
    assert the_enrolment(reference).demands.required_hours == 35
    assert the_enrolment(enrolled(*somebody("wangfang"))).demands.required_hours == 60


def test_a_payment_lets_the_learner_study(app, session):
    a_place_to_enrol()
    reference = enrolled(*somebody())
    paid(session, reference)
    assert the_enrolment(reference).state == "active"
    assert [event["move"] for event in events_told("EnrolmentMoved")] == ["enrol", "activate"]


def test_a_part_payment_does_not_yet(app, session):
    a_place_to_enrol()
    reference = enrolled(*somebody())
    paid(session, reference, 60000)
    assert the_enrolment(reference).state == "pending_payment"
    paid(session, reference, 68000, "4200002")
    assert the_enrolment(reference).state == "active"


def test_a_waived_and_an_included_fee_let_the_learner_study_too(app, session):
    a_place_to_enrol()
    waived, included = enrolled(*somebody()), enrolled(*somebody("wangfang"))
    finance = an_actor("caiwu", Role.FINANCE)
    waive_fee(fee_for(session, waived).reference, reason="助学名额", by=finance, now=LATER)
    include_fee(fee_for(session, included).reference, reason="企业已付", by=finance, now=LATER)
    deliver(LATER)
    assert {the_enrolment(waived).state, the_enrolment(included).state} == {"active"}


def test_study_begins_at_once_where_the_programme_lets_people_study_before_they_pay(app, session):
    a_place_to_enrol(before_payment=True)
    reference = enrolled(*somebody())
    assert the_enrolment(reference).state == "active"
    assert fee_for(session, reference).state == "due"
    paid(session, reference)
    assert the_enrolment(reference).state == "active"


def test_study_begins_at_once_where_nothing_is_to_be_paid(app, session):
    a_place_to_enrol()
    with transaction() as changing:
        changing.scalars(select(FeeItem).where(FeeItem.code == "training_package")).one().amount_fen = 0
    assert the_enrolment(enrolled(*somebody())).state == "active"


def test_nobody_studies_while_the_fee_is_owed(app, session):
    a_place_to_enrol()
    reference = enrolled(*somebody())
    start_studying(reference, now=LATER)
    assert the_enrolment(reference).state == "pending_payment"
    assert refused(lambda: move_enrolment(reference, "activate", by=SYSTEM, now=LATER)) == {"training_fee_due"}
    start_studying("E999999", now=LATER)


def test_a_second_enrolment_is_refused_while_the_first_is_live_and_names_it(app, session):
    a_place_to_enrol()
    account, learner = somebody()
    reference = enrolled(account, learner)
    with pytest.raises(Refused) as caught:
        enrolled(account, learner)
    assert caught.value.codes == {"already_enrolled"}
    assert dict(caught.value.problems[0].words.values) == {"reference": reference}
    move_enrolment(reference, "cancel", by=account.actor_at(NOON), now=LATER)
    again = enrolled(account, learner)
    assert again != reference
    assert enrolment_of(session, learner.id, the_enrolment(again).programme_id).reference == again


def test_every_reason_against_an_enrolment_comes_at_once(app, session):
    a_place_to_enrol()
    a_cohort("C2607")
    close_cohort("C2607", by=LOADER, now=NOON)
    with transaction() as changing:
        changing.scalars(select(Programme)).one().enrolment_open = False
    account, learner = somebody()
    by = account.actor_at(NOON)
    assert refused(lambda: enrol(learner.id, "CAIP", "C2607", "D9", 7, by=by, now=NOON)) == {
        "programme_shut", "cohort_closed", "direction_unknown", "agreement_changed",
    }
    assert session.scalars(select(Fee)).all() == []


def test_a_cohort_of_another_programme_and_an_unknown_one_are_refused(app, session):
    a_place_to_enrol()
    with transaction() as adding:
        adding.add(Programme(code="AIE", edition=2026, name_zh="工程师", name_en="Engineer"))
    a_cohort("A2611", programme="AIE")
    account, learner = somebody()
    for code in ("A2611", "NOPE"):
        assert refused(lambda code=code: enrolled(account, learner, cohort=code)) == {"cohort_unknown"}


def test_a_cohort_that_is_not_open_to_all_is_for_those_whom_staff_put_there(app, session):
    a_place_to_enrol()
    a_cohort("E2610", open_to_all=False, source="employer")
    account, learner = somebody()
    assert refused(lambda: enrolled(account, learner, cohort="E2610")) == {"cohort_unknown"}
    adviser = an_actor("du2", Role.ADVISER)
    reference = enrol(learner.id, "CAIP", "E2610", "D1", 1, payer="employer", by=adviser, now=NOON)
    assert the_enrolment(reference).cohort.code == "E2610"
    assert fee_for(session, reference).payer == "employer"


def test_without_an_agreement_nobody_enrols_and_with_an_old_one_neither(app, session):
    a_place_to_enrol()
    account, learner = somebody()
    an_agreement(2)
    assert refused(lambda: enrolled(account, learner)) == {"agreement_changed"}
    with transaction() as changing:
        for text in changing.scalars(select(ConsentText)):
            changing.delete(text)
    assert refused(lambda: enrolled(account, learner)) == {"agreement_missing"}


def test_an_agreement_of_tomorrow_does_not_count_today(app, session):
    a_place_to_enrol()
    an_agreement(200)
    assert the_enrolment(enrolled(*somebody())).agreement_version == 1


def test_an_unknown_programme_or_learner_is_not_found(app, session):
    a_place_to_enrol()
    _, learner = somebody()
    with pytest.raises(NotFound):
        enrol(learner.id, "XYZ", "C2611", "D1", 1, by=LOADER, now=NOON)
    with pytest.raises(NotFound):
        enrol(99999, "CAIP", "C2611", "D1", 1, by=LOADER, now=NOON)


def test_another_direction_is_chosen_and_the_old_one_is_kept_on_file(app, session):
    a_place_to_enrol()
    account, learner = somebody()
    reference, by = enrolled(account, learner), account.actor_at(NOON)
    change_direction(reference, "D2", by=by, now=LATER, seen_version=1)
    enrolment = the_enrolment(reference)
    assert (enrolment.direction_code, enrolment.version) == ("D2", 2)
    assert acts_about(session, reference)[-1].details == {"from": "D1", "to": "D2"}
    assert refused(lambda: change_direction(reference, "D2", by=by, now=LATER)) == {"direction_same"}
    assert refused(lambda: change_direction(reference, "D9", by=by, now=LATER)) == {"direction_unknown"}
    with pytest.raises(Stale):
        change_direction(reference, "D3", by=by, now=LATER, seen_version=1)


def test_staff_move_a_learner_to_another_cohort_of_the_programme(app, session):
    a_place_to_enrol("C2611", "C2609")
    account, learner = somebody()
    a_cohort("E2610", open_to_all=False)
    a_cohort("C2607")
    close_cohort("C2607", by=LOADER, now=NOON)
    reference, adviser = enrolled(account, learner), an_actor("du2", Role.ADVISER)
    set_cohort(reference, "E2610", by=adviser, now=LATER, seen_version=1)
    assert the_enrolment(reference).cohort.code == "E2610"
    set_cohort(reference, "E2610", by=adviser, now=LATER)
    assert the_enrolment(reference).version == 2
    assert refused(lambda: set_cohort(reference, "C2607", by=adviser, now=LATER)) == {"cohort_closed"}
    assert refused(lambda: set_cohort(reference, "NOPE", by=adviser, now=LATER)) == {"cohort_unknown"}
    assert refused(lambda: set_cohort(reference, "C2609", by=account.actor_at(NOON), now=LATER)) == {"own_record"}


def test_withdrawing_asks_for_a_reason_and_lets_the_fee_go(app, session):
    a_place_to_enrol()
    reference, adviser = enrolled(*somebody()), an_actor("du2", Role.ADVISER)
    assert refused(lambda: move_enrolment(reference, "withdraw", " ", by=adviser, now=LATER)) == {"reason_missing"}
    move_enrolment(reference, "withdraw", "调离岗位", by=adviser, now=LATER)
    assert the_enrolment(reference).state == "withdrawn"
    assert fee_for(session, reference) is None
    assert refused(lambda: change_direction(reference, "D2", by=adviser, now=LATER)) == {"wrong_state"}
    assert refused(lambda: set_cohort(reference, "C2611", by=adviser, now=LATER)) == {"wrong_state"}


def test_what_was_part_paid_is_asked_back_when_somebody_cancels(app, session):
    a_place_to_enrol()
    account, learner = somebody()
    reference = enrolled(account, learner)
    paid(session, reference, 60000)
    move_enrolment(reference, "cancel", by=account.actor_at(NOON), now=LATER)
    session.rollback()
    assert session.scalars(select(Refund.amount_fen)).all() == [60000]


def test_a_late_payment_of_somebody_who_left_does_not_bring_them_back(app, session):
    a_place_to_enrol()
    account, learner = somebody()
    reference = enrolled(account, learner)
    fee = fee_for(session, reference).reference
    move_enrolment(reference, "cancel", by=account.actor_at(NOON), now=LATER)
    done = record_payment(fee, "bank", "99", 128000, NOON, by=an_actor("caiwu", Role.FINANCE), now=LATER)
    deliver(LATER)
    assert done.late
    assert the_enrolment(reference).state == "withdrawn"


def test_nobody_cancels_for_another_and_nobody_cancels_what_is_paid(app, session):
    a_place_to_enrol()
    account, learner = somebody()
    reference = enrolled(account, learner)
    stranger, _ = somebody("stranger")
    assert refused(lambda: move_enrolment(reference, "cancel", by=stranger.actor_at(NOON), now=LATER)) == {
        "not_permitted"
    }
    record_payment(fee_for(session, reference).reference, "bank", "7", 128000, NOON,
                   by=an_actor("caiwu", Role.FINANCE), now=LATER)  # and the outbox has not run yet
    assert refused(lambda: move_enrolment(reference, "cancel", by=account.actor_at(NOON), now=LATER)) == {
        "training_fee_settled"
    }


def test_nobody_completes_or_withdraws_their_own_enrolment(app, session):
    a_place_to_enrol(before_payment=True)
    account, learner = somebody("both", Role.ADVISER)
    reference, by = enrolled(account, learner), account.actor_at(NOON)
    assert refused(lambda: move_enrolment(reference, "complete", by=by, now=LATER)) == {"own_record"}
    assert refused(lambda: move_enrolment(reference, "withdraw", "为何", by=by, now=LATER)) == {"own_record"}
    move_enrolment(reference, "complete", by=an_actor("du2", Role.ADVISER), now=LATER)
    assert the_enrolment(reference).state == "completed"


def test_a_cohort_needs_a_fit_code_of_its_own_and_an_adviser(app, session):
    a_place_to_enrol()
    an_account("shenhe1", Role.REVIEWER)

    def add(code, adviser="banzhuren", name="班"):
        return add_cohort(code, name, programme_code="CAIP", adviser=adviser, source="self", open_to_all=True,
                          by=LOADER, now=NOON)

    assert refused(lambda: add("C2611")) == {"cohort_known"}
    assert refused(lambda: add("c 26", "shenhe1")) == {"cohort_code_unfit", "adviser_unknown"}
    assert refused(lambda: add("C2612", "nobody")) == {"adviser_unknown"}
    assert refused(lambda: add("C2613", name="国家职业资格速成班")) == {"advertising"}
    assert add("C2612") == "C2612"
    with pytest.raises(ValueError, match="heaven"):
        add_cohort("C1", "班", programme_code="CAIP", adviser="banzhuren", source="heaven", open_to_all=True, by=LOADER,
                   now=NOON)


def test_a_closed_cohort_is_no_longer_offered_and_keeps_its_learners(app, session):
    a_place_to_enrol("C2611", "C2609")
    enrolled(*somebody())
    account, learner = somebody("wangfang")
    move_enrolment(enrolled(account, learner), "cancel", by=account.actor_at(NOON), now=LATER)
    assert [one.code for one in cohorts_open(session, "CAIP")] == ["C2611", "C2609"]
    close_cohort("C2611", by=LOADER, now=LATER)
    close_cohort("C2611", by=LOADER, now=LATER + timedelta(days=1))
    session.expire_all()
    assert [one.code for one in cohorts_open(session, "CAIP")] == ["C2609"]
    rows = cohorts_all(session)
    assert [(row.cohort.code, row.learners, row.ever) for row in rows] == [("C2609", 0, 0), ("C2611", 1, 2)]
    assert rows[1].cohort.closed_at == LATER


def test_the_list_finds_by_name_and_reference_and_keeps_to_the_filters(app, session):
    a_place_to_enrol("C2611", "C2609")
    first = enrolled(*somebody("zhangwei", legal_name="张伟"))
    second = enrolled(*somebody("ouyang", legal_name="欧阳思源"), cohort="C2609")

    def found(*text, **filters):
        return {one.reference for one in session.scalars(enrolments_list(*text, **filters))}

    assert found() == {first, second}
    assert found("欧阳") == {second}
    assert found("zhangw") == {first}
    assert found(second.lower()) == {second}
    assert found("L-ZHANGWEI") == {first}
    assert found("%") == set()
    assert found(cohort="C2609") == {second}
    assert found(state="active") == set()
    assert found("张", cohort="C2609") == set()
