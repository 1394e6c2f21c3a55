"""Who may apply: every rule by itself, for both certificates; what is not known is said to be unknown."""

from datetime import date

import pytest

from enroll.programmes.rules.eligibility import (
    Answer,
    Applicant,
    eligibility,
    stands_against_approving,
    stands_against_submitting,
)
from enroll.programmes.rules.figures import Rule
from enroll.programmes.rules.reading import entry_rules
from tests.builders.programmes import ENTRY_AIE, RULED_ON, some_rules

ON = date(2027, 1, 16)
AIE = entry_rules("AIE", 2026, ON, tuple(Rule(key, one, RULED_ON, True, "公开说明") for key, one in ENTRY_AIE.items()))
COMPLETE = {"minutes_credited": 1575, "practice_credited": 540, "directions_complete": 1}


def answers(rules=None, **facts) -> dict[str, Answer]:
    return {one.code: one.answer for one in eligibility(rules or some_rules(), Applicant(**facts), ON)}


@pytest.mark.parametrize(("facts", "answer"), [
    ({}, Answer.UNKNOWN),
    ({"minutes_credited": 1574}, Answer.NOT_MET),
    ({"minutes_credited": 1575}, Answer.MET),
    ({"minutes_credited": 1574, "minutes_pending": 1}, Answer.PENDING),
    ({"minutes_credited": 0, "minutes_pending": 1574}, Answer.NOT_MET),
    ({"minutes_credited": 0}, Answer.NOT_MET),
])
def test_course_hours_count_to_the_minute(facts, answer):
    assert answers(**facts)["hours"] is answer


@pytest.mark.parametrize(("facts", "answer"), [
    ({}, Answer.UNKNOWN), ({"practice_credited": 539}, Answer.NOT_MET), ({"practice_credited": 540}, Answer.MET),
    ({"practice_credited": 500, "practice_pending": 40}, Answer.PENDING),
])
def test_hours_of_practice_are_asked_for_themselves(facts, answer):
    assert answers(**facts)["practice"] is answer


@pytest.mark.parametrize(("facts", "answer"), [
    ({}, Answer.UNKNOWN), ({"directions_complete": 0}, Answer.NOT_MET), ({"directions_complete": 1}, Answer.MET),
    ({"directions_complete": 2}, Answer.MET), ({"directions_complete": 0, "directions_pending": 1}, Answer.PENDING),
])
def test_one_direction_is_completed(facts, answer):
    assert answers(**facts)["directions"] is answer


@pytest.mark.parametrize(("state", "answer"), [
    ("verified", Answer.MET), ("submitted", Answer.PENDING), ("unable", Answer.PENDING), ("returned", Answer.NOT_MET),
    ("draft", Answer.NOT_MET),
])
def test_identity_and_photo_that_cannot_be_checked_are_pending_and_never_failed(state, answer):
    found = answers(identity=state, photo=state)
    assert (found["identity"], found["photo"]) == (answer, answer)


@pytest.mark.parametrize(("born", "answer"), [
    (date(2009, 1, 16), Answer.MET), (date(2009, 1, 17), Answer.NOT_MET), (None, Answer.UNKNOWN),
])
def test_the_ai_engineer_is_18_on_the_first_exam_day(born, answer):
    assert answers(AIE, birth_date=born)["age"] is answer


@pytest.mark.parametrize(("education", "answer"), [
    ("secondary_voc", Answer.NOT_MET), ("junior_college", Answer.MET), ("doctor", Answer.MET), (None, Answer.UNKNOWN),
    ("", Answer.UNKNOWN), ("kindergarten", Answer.UNKNOWN),
])
def test_the_ai_engineer_has_a_junior_college_degree_or_above(education, answer):
    assert answers(AIE, education=education)["education"] is answer


@pytest.mark.parametrize(("computing", "answer"), [
    (True, Answer.MET), (False, Answer.PREFERRED), (None, Answer.PREFERRED),
])
def test_a_computing_major_is_a_preference_and_never_a_bar(computing, answer):
    facts = Applicant(birth_date=date(1990, 1, 1), education="bachelor", major_is_computing=computing)
    found = eligibility(AIE, facts, ON)
    assert {one.code: one.answer for one in found}["major"] is answer
    assert stands_against_submitting(AIE, found) == ()
    assert stands_against_approving(found) == ()


def test_the_application_practitioner_asks_for_no_age_and_no_education():
    assert {"age", "education", "major"} & set(answers(age=30)) == set()


@pytest.mark.parametrize(("age", "acknowledged", "found"), [
    (13, True, {"sign_up_age": Answer.NOT_MET}), (14, True, {"guardian": Answer.MET}),
    (17, False, {"guardian": Answer.NOT_MET}), (17, None, {"guardian": Answer.UNKNOWN}), (18, None, {}),
    (None, None, {}),
])
def test_minors_need_their_guardian_and_children_cannot_sign_up(age, acknowledged, found):
    given = answers(age=age, guardian_acknowledged=acknowledged)
    assert {code: answer for code, answer in given.items() if code in {"sign_up_age", "guardian"}} == found


def test_consents_must_all_be_given_each_for_itself():
    everything = frozenset({"sensitive_id", "share_issuer", "commitment"})
    assert answers(consents=everything)["consents"] is Answer.MET
    assert answers(consents=everything - {"share_issuer"})["consents"] is Answer.NOT_MET
    assert "consents" not in answers()


def test_a_learner_who_waits_for_us_may_hand_in_but_cannot_be_approved():
    found = eligibility(some_rules(), Applicant(**COMPLETE, identity="submitted", photo="verified"), ON)
    assert stands_against_submitting(some_rules(), found) == ()
    assert [one.code for one in stands_against_approving(found)] == ["identity_pending"]


def test_hours_that_wait_for_acceptance_count_when_submitting_only_where_the_programme_says_so():
    facts = Applicant(**COMPLETE | {"minutes_credited": 1500}, minutes_pending=75)
    strict = some_rules(hours_at_submit="credited")
    assert stands_against_submitting(some_rules(), eligibility(some_rules(), facts, ON)) == ()
    assert [one.code for one in stands_against_submitting(strict, eligibility(strict, facts, ON))] == ["hours_pending"]


def test_what_is_not_known_stands_against_submitting():
    found = eligibility(some_rules(), Applicant(), ON)
    assert {one.code for one in stands_against_submitting(some_rules(), found)} == {
        "hours_unknown", "practice_unknown", "directions_unknown"}


def test_each_answer_says_who_states_the_rule():
    by_code = {one.code: one for one in eligibility(some_rules(), Applicant(), ON)}
    assert by_code["hours"].official
    assert not by_code["practice"].official
    assert by_code["practice"].source == "演示默认值"
