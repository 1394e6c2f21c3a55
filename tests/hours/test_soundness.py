"""`flask doctor` finds what does not agree between decisions about hours and the ledger."""

from sqlalchemy import update

from enroll.accounts.permissions import Role
from enroll.hours.models import HourClaim, LedgerEntry, Source
from enroll.hours.queries.soundness import unsound_decisions
from enroll.hours.services.adjusting import enter_minutes
from enroll.hours.services.claims import decide_claim
from tests.builders.courses import the_courses
from tests.builders.study import a_colleague, a_student
from tests.conftest import NOON
from tests.courses.test_claims import ENTRY, a_file, claimed


def test_a_decision_without_its_minutes_and_minutes_without_a_decision_are_found(session):
    student, reviewer = a_student(), a_colleague(Role.REVIEWER)
    the_courses()
    claim = claimed(student)
    decide_claim(claim, "accept", by=reviewer, now=NOON)
    enter_minutes(student.id, ENTRY, a_file(), by=reviewer, now=NOON)
    assert list(unsound_decisions(session)) == []
    session.execute(update(HourClaim).values(accepted_minutes=700))
    stray = LedgerEntry(
        enrolment_id=student.id, source=Source.MANUAL, source_key="adjustment:J000777:1", section="general",
        kind="knowledge", course_code="G1", course_title="t", title="t", started_at=NOON, ended_at=NOON,
        local_day=NOON.date(), seconds_observed=0, minutes=30, recorded_at=NOON, lesson_code="", reason="")
    session.add(stray)
    session.flush()
    assert list(unsound_decisions(session)) == [
        f"{claim}: 700 minutes were decided, 900 stand in the ledger",
        "J000777: 0 minutes were decided, 30 stand in the ledger",
    ]
    session.rollback()
