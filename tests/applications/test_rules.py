"""The rules of applying, without a database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from enroll.accounts.permissions import Permission
from enroll.applications.rules import deadlines, moves
from enroll.applications.rules.deadlines import (
    Warned,
    correction_due,
    lane_dates,
    payment_due,
    reserved_until,
    review_due,
    warning_due,
    younger_than,
)
from enroll.applications.rules.items import ItemGiven, faults_of_items
from enroll.applications.rules.moves import ApplicationFacts
from enroll.applications.rules.parts import Settled, attempt_for, fee_items, stands_against_attempt
from enroll.applications.rules.versions import changes_between
from enroll.foundation.actor import Actor
from enroll.foundation.problems import problem
from enroll.programmes.rules.working_days import WorkingCalendar
from enroll.sittings.lifecycle import Part
from tests.builders.exams import beijing_time
from tests.builders.programmes import some_dates

SECOND = timedelta(seconds=1)
DATES = some_dates()
FIRST, RESIT = lane_dates(DATES, resit=False), lane_dates(DATES, resit=True)
WEEKDAYS = WorkingCalendar()
MIDDAY = beijing_time("2026-11-20 10:20")  # a Friday
FACTS = ApplicationFacts(learner_account_id=1, now=MIDDAY, opens_at=DATES.opens_at, closes_at=DATES.closes_at)
REVIEWER = Actor(5, "审核员甲", frozenset({Permission.REVIEW_APPLICATIONS}))


def at(moment, **changes):
    return replace(FACTS, now=moment, **changes)


def code(found):
    return found.code if found else ""


def test_registration_opens_and_closes_on_the_second():
    opens, closes = DATES.opens_at, DATES.closes_at
    assert [code(moves.window_is_open(at(one))) for one in (opens - SECOND, opens, closes - SECOND, closes)] == [
        "window_not_open", "", "", "window_closed"]
    assert [code(moves.window_is_closed(at(one))) for one in (closes - SECOND, closes)] == ["window_still_open", ""]


def test_a_correction_is_in_time_until_its_deadline_and_not_at_it():
    due = beijing_time("2026-11-25 10:20")
    early, late, later = at(due - SECOND, correct_by=due), at(due, correct_by=due), at(due + SECOND, correct_by=due)
    assert [code(moves.answer_is_in_time(one)) for one in (early, late, later)] == [
        "", "correction_overdue", "correction_overdue"]
    assert [code(moves.correction_is_overdue(one)) for one in (early, late, later)] == ["still_in_time", "", ""]


def test_an_unpaid_fee_lapses_at_its_deadline_and_a_settled_one_never():
    due = DATES.payment_due_at
    unpaid = [at(moment, payment_due_at=due) for moment in (due - SECOND, due, due + SECOND)]
    assert [code(moves.payment_is_overdue(one)) for one in unpaid] == ["still_in_time", "", ""]
    assert code(moves.payment_is_overdue(at(due, payment_due_at=due, fee_settled=True))) == "fee_settled"


def test_every_unmet_rule_is_named_at_once():
    unmet = tuple(problem(f"rule_{number}", "…") for number in range(moves.MOST_RULES))
    facts = at(MIDDAY, unmet_to_submit=unmet)
    assert [code(check(facts)) for check in moves.ELIGIBLE_TO_SUBMIT] == [one.code for one in unmet]


@pytest.mark.parametrize(
    ("claimed_by", "until", "expected"),
    [(None, None, ""), (5, MIDDAY + SECOND, ""), (6, MIDDAY + SECOND, "claimed"), (6, MIDDAY, ""), (6, None, "")],
)
def test_a_case_is_free_unless_somebody_else_holds_it_now(claimed_by, until, expected):
    assert code(moves.case_is_free(at(MIDDAY, claimed_by_id=claimed_by, claimed_until=until), REVIEWER)) == expected


def test_nobody_decides_their_own_case_and_a_flag_needs_a_lead():
    assert code(moves.actor_is_another_person(FACTS, Actor(1, "learner"))) == "own_record"
    flagged = replace(FACTS, flagged=True)
    assert code(moves.lead_when_flagged(flagged, REVIEWER)) == "lead_decides"
    assert moves.lead_when_flagged(flagged, Actor(6, "lead", frozenset({Permission.LEAD_REVIEW}))) is None


def test_nothing_is_returned_after_the_lanes_last_date():
    last = FIRST.correction_closes_at
    assert moves.correction_still_fits(at(last - SECOND, correct_by=last)) is None
    assert code(moves.correction_still_fits(at(last, correct_by=last))) == "too_late_to_return"


def test_a_review_takes_three_working_days_and_never_longer_than_the_window_says():
    assert review_due(MIDDAY, FIRST, WEEKDAYS, 3) == beijing_time("2026-11-25 10:20")
    assert review_due(DATES.closes_at - SECOND, FIRST, WEEKDAYS, 5) == DATES.first_review_by
    assert review_due(DATES.first_review_by + SECOND, FIRST, WEEKDAYS, 9) == DATES.review_by
    assert review_due(DATES.resit_closes_at - SECOND, RESIT, WEEKDAYS, 9) == DATES.review_by


def test_a_correction_is_due_in_three_working_days_and_at_the_lanes_last_date_at_the_latest():
    assert correction_due(MIDDAY, FIRST, WEEKDAYS, 3) == beijing_time("2026-11-25 10:20")
    late = beijing_time("2026-12-30 09:00")
    assert correction_due(late, FIRST, WEEKDAYS, 3) == DATES.correction_closes_at
    assert correction_due(late, RESIT, WEEKDAYS, 9) == DATES.resit_correction_closes_at
    more = beijing_time("2027-01-03 12:00")
    assert correction_due(late, FIRST, WEEKDAYS, 9, more) == more


def test_payment_is_due_on_the_lanes_date_or_48_hours_after_a_late_approval():
    assert payment_due(DATES, MIDDAY, resit=False, grace_hours=48) == DATES.payment_due_at
    assert payment_due(DATES, MIDDAY, resit=True, grace_hours=48) == DATES.resit_payment_due_at
    late = beijing_time("2027-01-04 10:00")
    assert payment_due(DATES, late, resit=False, grace_hours=48) == beijing_time("2027-01-06 10:00")
    assert payment_due(DATES, late + timedelta(hours=9), resit=False, grace_hours=48) == DATES.payment_latest_at


def test_an_extension_moves_one_persons_closing_and_never_earlier():
    later = DATES.closes_at + timedelta(days=1)
    assert lane_dates(DATES, resit=False, closes_at=later).closes_at == later
    assert lane_dates(DATES, resit=False, closes_at=DATES.opens_at).closes_at == DATES.closes_at
    assert deadlines.extension_of([("closes_at", later), ("closes_at", MIDDAY)], deadlines.Extended.CLOSING) == later


def test_warnings_come_one_working_day_and_three_hours_before():
    due = beijing_time("2026-11-30 10:00")  # a Monday: the working day before is Friday
    friday = beijing_time("2026-11-27 10:00")
    asked = [friday - SECOND, friday, due - timedelta(hours=3) - SECOND, due - timedelta(hours=3)]
    assert [warning_due(due, WEEKDAYS, one) for one in asked] == [Warned.NOT_YET, Warned.DAY, Warned.DAY, Warned.HOURS]


def test_a_corrected_case_is_kept_for_its_reviewer_until_the_end_of_the_next_working_day():
    assert reserved_until(MIDDAY, WEEKDAYS) == beijing_time("2026-11-23 18:00")


def test_a_photo_is_young_for_exactly_twelve_months():
    taken = beijing_time("2025-11-20 23:00")
    assert younger_than(taken, 12, beijing_time("2026-11-19 08:00"))
    assert not younger_than(taken, 12, beijing_time("2026-11-20 08:00"))


def settled(window, part, verdict, kept_until=""):
    return Settled(window, part, verdict, kept_until)


BOTH = (Part.THEORY, Part.PRACTICAL)


def test_a_first_sitting_takes_both_parts():
    attempt = attempt_for("202701", [], [])
    assert (attempt.parts, attempt.resit, attempt.awaited) == (BOTH, False, ())
    assert fee_items(attempt.parts, resit=False) == "exam_first"


def test_a_resit_takes_what_is_not_passed_or_no_longer_kept():
    earlier = [settled("202609", Part.THEORY, "pass", "202703"), settled("202609", Part.PRACTICAL, "fail")]
    attempt = attempt_for("202701", earlier, [("202609", Part.THEORY), ("202609", Part.PRACTICAL)])
    assert (attempt.parts, attempt.resit, [one.part for one in attempt.kept]) == (
        (Part.PRACTICAL,), True, [Part.THEORY])
    assert fee_items(attempt.parts, resit=True) == "resit_practical"
    assert attempt_for("202705", earlier, []).parts == BOTH
    assert fee_items(BOTH, resit=True) == "resit_theory+resit_practical"


def test_what_is_published_for_a_later_window_decides_nothing():
    assert attempt_for("202609", [settled("202611", Part.THEORY, "pass", "202705")], []).parts == BOTH


def test_an_excuse_uses_no_attempt():
    excused = [settled("202611", part, "excused") for part in Part]
    assert not attempt_for("202701", excused, []).resit


def test_nobody_applies_for_the_next_window_before_the_exam_they_have_a_seat_in():
    coming = attempt_for("202701", [], [], [("202611", Part.THEORY), ("202611", Part.PRACTICAL)])
    assert (coming.awaited, coming.resit) == (("202611",), False)
    assert attempt_for("202701", [], [], [("202703", Part.THEORY)]).awaited == ()


def test_nobody_applies_while_results_are_awaited_or_nothing_is_missing():
    awaiting = attempt_for("202701", [], [("202611", Part.THEORY)])
    assert [one.code for one in stands_against_attempt(awaiting, None)] == ["results_awaited"]
    both = [settled("202609", part, "pass", "202703") for part in Part]
    assert [one.code for one in stands_against_attempt(attempt_for("202701", both, []), None)] == ["nothing_missing"]


def test_resits_can_be_used_up():
    failed = [settled(window, Part.THEORY, "fail") for window in ("202605", "202607", "202609")]
    attempt = attempt_for("202701", failed, [])
    assert attempt.resits_before == 2
    assert [one.code for one in stands_against_attempt(attempt, 2)] == ["no_resit_left"]
    assert stands_against_attempt(attempt, 3) == stands_against_attempt(attempt, None) == ()


def test_an_item_is_a_known_one_given_once_with_words():
    good = ItemGiven("photo", "photo_background", "请换白底照片")
    assert faults_of_items((good,)) == ()
    assert [one.code for one in faults_of_items((good, good))] == ["item_twice"]
    assert [one.code for one in faults_of_items((ItemGiven("shoes", "x", " "),))] == ["item_unknown", "words_missing"]


def content(**changes):
    made = {"fields": {"legal_name": "张伟", "id_number": "110***1013"}, "id_number_key": "a", "answers": {},
            "files": {"photo": {"sha256": "1", "token": "t1"}}, "sittings": {"theory": "202701-BJ01-T"}}
    return made | changes


def test_changes_between_two_submissions_are_named_with_old_and_new():
    new = content(fields={"legal_name": "张玮", "id_number": "110***1013"}, id_number_key="b",
                  files={"photo": {"sha256": "2", "token": "t2"}}, answers={"hours": "两台设备"})
    found = [(one.kind, one.name, one.old, one.new) for one in changes_between(content(), new)]
    assert found == [("field", "legal_name", "张伟", "张玮"), ("field", "id_number", "110***1013", "110***1013"),
                     ("file", "photo", "t1", "t2"), ("answer", "hours", "", "两台设备")]


def test_nothing_changed_is_no_change():
    assert changes_between(content(), content()) == ()
