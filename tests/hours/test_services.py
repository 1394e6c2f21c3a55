"""Crediting, taking back, doubts and proofs on the real database."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from enroll.accounts.permissions import Role
from enroll.audit.queries import acts_on_learner
from enroll.foundation.actor import SYSTEM
from enroll.foundation.clock import at_beijing, local_day
from enroll.foundation.problems import NotFound, Refused, Stale
from enroll.hours.events import ProofIssued
from enroll.hours.models import HoursBalance, HoursProof, LedgerEntry, Source, UncountedTime
from enroll.hours.queries.doubts import doubt_by_reference
from enroll.hours.queries.ledger import course_sums
from enroll.hours.queries.proofs import active_proof, proof_by_token
from enroll.hours.queries.soundness import recompute
from enroll.hours.queries.standing import balance, minutes_credited, pending, pending_minutes
from enroll.hours.services.crediting import credit, credit_all, reverse
from enroll.hours.services.doubts import decide_doubt, raise_doubt
from enroll.hours.services.proofs import reissue_proof, revoke_proof
from enroll.learners.events import IdentityVerified
from enroll.learners.models import IdentityCheck
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from enroll.storage.files import read_file
from enroll.storage.outbox import OutboxEntry
from tests.builders.study import a_colleague, a_student, account_of, acting, credited, learner_of, minutes
from tests.conftest import NOON


def test_a_credit_writes_one_row_and_the_balance_with_it(session):
    student = a_student()
    done = credit(student.id, minutes(30), by=learner_of(student), now=NOON)
    entry = session.scalars(select(LedgerEntry)).one()
    assert (done, entry.minutes, entry.local_day, entry.course_title) == (30, 30, local_day(NOON), "课程G1")
    assert balance(session, student.id).totals.by_course == {"G1": 30}
    assert list(recompute(session)) == []


def test_the_same_source_is_credited_once(session):
    student = a_student()
    credits = [credit(student.id, minutes(30, "session:a:x"), by=learner_of(student), now=NOON) for _ in range(3)]
    assert credits == [30, 0, 0]
    assert minutes_credited(session, student.id) == 30


def test_the_same_source_twice_in_one_go_is_credited_once(session):
    student = a_student()
    assert credit_all(student.id, [minutes(30), minutes(30)], by=learner_of(student), now=NOON) == [30, 0]


def test_above_the_day_s_limit_time_is_kept_as_uncounted_with_its_reason(session):
    student = a_student()
    by = learner_of(student)
    done = [credit(student.id, minutes(200, f"session:{key}:x"), by=by, now=NOON) for key in "abc"]
    assert done == [200, 160, 0]
    left = session.execute(select(UncountedTime.reason, UncountedTime.seconds)).all()
    assert left == [("over_daily_cap", 40 * 60), ("over_daily_cap", 200 * 60)]


def test_the_day_s_limit_starts_afresh_at_midnight_in_beijing(session):
    student = a_student()
    midnight = at_beijing(local_day(NOON))
    before, after = midnight - timedelta(seconds=1), midnight + timedelta(minutes=1)
    by = learner_of(student)
    assert credit(student.id, minutes(360, "session:a:x", ended_at=before), by=by, now=NOON) == 360
    assert credit(student.id, minutes(1, "session:b:x", ended_at=before), by=by, now=NOON) == 0
    assert credit(student.id, minutes(360, "session:c:x", ended_at=after), by=by, now=NOON) == 360


def test_accepted_practice_is_no_study_of_that_day(session):
    student = a_student()
    by = a_colleague(Role.TRAINER)
    for number in range(6):
        what = minutes(90, f"work:{number}", kind="practice", source=Source.PRACTICE)
        assert credit(student.id, what, by=by, now=NOON) == 90
    assert balance(session, student.id).practice_minutes == 540


def test_the_database_refuses_a_row_of_no_minutes_or_of_too_many(session):
    enrolment_id = a_student().id
    for wrong in (0, -30, 481):
        entry = LedgerEntry(
            enrolment_id=enrolment_id, source=Source.LESSON, source_key="x", section="general", kind="knowledge",
            course_code="G1", course_title="t", title="t", started_at=NOON, ended_at=NOON, local_day=local_day(NOON),
            seconds_observed=0, minutes=wrong, recorded_at=NOON,
        )
        with pytest.raises(IntegrityError), transaction() as inner:
            inner.add(entry)


def test_the_ledger_is_never_changed(session):
    student = a_student()
    credit(student.id, minutes(30), by=learner_of(student), now=NOON)
    for statement in ("UPDATE ledger_entry SET minutes = 31", "DELETE FROM ledger_entry"):
        with pytest.raises(DBAPIError, match="append-only"), transaction() as inner:
            inner.execute(text(statement))


# Taking back.

def test_an_entry_is_taken_back_by_a_row_of_the_opposite_sign(session):
    student, trainer = a_student(), a_colleague(Role.TRAINER)
    credit(student.id, minutes(30), by=learner_of(student), now=NOON)
    entry = session.scalars(select(LedgerEntry)).one()
    reverse(student.id, entry.id, by=trainer, now=NOON, reason="开着页面人不在")
    assert [row.minutes for row in session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))] == [30, -30]
    assert balance(session, student.id).totals.by_course == {"G1": 0}
    assert acts_on_learner(session, student.learner_id)[0].details["reason"] == "开着页面人不在"
    assert list(recompute(session)) == []


def test_an_entry_is_not_taken_back_twice_and_a_reversal_never(session):
    student, trainer = a_student(), a_colleague(Role.TRAINER)
    credit(student.id, minutes(30), by=learner_of(student), now=NOON)
    entry = session.scalars(select(LedgerEntry.id)).one()
    reversal = reverse(student.id, entry, by=trainer, now=NOON, reason="错")
    for number, code in [(entry, "already_reversed"), (reversal, "is_reversal")]:
        with pytest.raises(Refused) as refused:
            reverse(student.id, number, by=trainer, now=NOON, reason="错")
        assert code in refused.value.codes
    assert minutes_credited(session, student.id) == 0


def test_taking_back_needs_a_reason_another_person_and_an_entry_of_that_enrolment(session):
    student, other = a_student(), a_student("other")
    credit(student.id, minutes(30), by=learner_of(student), now=NOON)
    entry = session.scalars(select(LedgerEntry.id)).one()
    with pytest.raises(Refused) as refused:
        reverse(student.id, entry, by=acting(account_of(student)), now=NOON, reason=" ")
    assert refused.value.codes == {"own_record", "reason_missing"}
    with pytest.raises(NotFound):
        reverse(other.id, entry, by=a_colleague(Role.TRAINER), now=NOON, reason="错")
    assert minutes_credited(session, student.id) == 30


# The proof.

def test_1574_minutes_bring_no_proof_and_one_more_brings_it_in_the_same_transaction(session):
    student = a_student()
    credited(student, 1574)
    assert active_proof(session, student.id) is None
    credit(student.id, minutes(1, "session:last:x"), by=learner_of(student), now=NOON)
    proof = active_proof(session, student.id)
    assert proof is not None
    assert (proof.reference, proof.minutes, proof.issued_at) == ("P000001", 1575, NOON)
    assert session.scalars(select(OutboxEntry.event)).all() == ["ProofIssued"]


def test_practice_short_of_twelve_hours_brings_no_proof_whatever_the_total(session):
    student = a_student()
    credited(student, 1700, practice=539)
    assert active_proof(session, student.id) is None


def test_without_a_complete_direction_there_is_no_proof(session):
    student = a_student()
    credited(student, 1700, direction=224)
    assert active_proof(session, student.id) is None


def test_a_proof_freezes_who_what_and_which_rows(session):
    student = a_student()
    credited(student, 1600)
    proof = active_proof(session, student.id)
    assert proof is not None
    assert proof.facts["name"] == "张伟"
    assert proof.facts["id_number_mask"] == "110***********1013"
    assert proof.facts["partner_code"] == "TX01"
    assert sum(course["knowledge"] + course["practice"] for course in proof.facts["courses"]) == proof.minutes
    assert proof_by_token(session, proof.token).reference == proof.reference
    assert list(recompute(session)) == []


def test_the_proof_waits_for_the_identity_and_follows_it_by_itself(session):
    student = a_student(verified=False)
    credited(student, 1600)
    assert active_proof(session, student.id) is None
    with transaction() as inner:
        check = inner.scalars(select(IdentityCheck).where(IdentityCheck.kind == "identity")).one()
        inner.execute(text("UPDATE identity_check SET state = 'verified' WHERE id = :id"), {"id": check.id})
        outbox.record(inner, IdentityVerified(student.learner_id), NOON)
    outbox.deliver(NOON, slow=False)
    assert active_proof(session, student.id) is not None


def test_an_identity_without_enough_hours_issues_nothing(session):
    student = a_student()
    credited(student, 1500)
    with transaction() as inner:
        outbox.record(inner, IdentityVerified(student.learner_id), NOON)
    outbox.deliver(NOON, slow=False)
    assert active_proof(session, student.id) is None


def test_more_minutes_after_the_proof_bring_no_second_one(session):
    student = a_student()
    credited(student, 1600)
    credit(student.id, minutes(30, "session:more:x"), by=learner_of(student), now=NOON)
    assert [proof.reference for proof in session.scalars(select(HoursProof))] == ["P000001"]


def test_the_document_is_printed_once_from_the_outbox(session):
    student = a_student()
    credited(student, 1600)
    proof = active_proof(session, student.id)
    assert proof.file is None
    outbox.deliver(NOON)
    session.expire_all()
    pdf, image = read_file(proof.file), read_file(proof.image)
    assert pdf.startswith(b"%PDF-")
    assert image.startswith(b"\x89PNG")
    with transaction() as inner:
        outbox.record(inner, ProofIssued(student.learner_id, proof.reference), NOON)
    outbox.deliver(NOON)
    session.expire_all()
    assert read_file(proof.file) == pdf


def test_a_revoked_proof_is_not_in_force_and_does_not_come_back_by_itself(session):
    student, lead = a_student(), a_colleague(Role.REVIEW_LEAD)
    credited(student, 1600)
    revoke_proof("P000001", by=lead, now=NOON, reason="学时记录造假")
    credit(student.id, minutes(30, "session:more:x"), by=learner_of(student), now=NOON)
    assert active_proof(session, student.id) is None
    assert "ProofRevoked" in session.scalars(select(OutboxEntry.event)).all()
    assert reissue_proof(student.id, by=lead, now=NOON, reason="核实无误") == "P000002"


def test_revoking_needs_a_reason_the_permission_and_the_version_that_was_seen(session):
    student = a_student()
    credited(student, 1600)
    with pytest.raises(Refused):
        revoke_proof("P000001", by=a_colleague(Role.TRAINER), now=NOON, reason="x")
    lead = a_colleague(Role.REVIEW_LEAD, name="lead")
    with pytest.raises(Refused) as refused:
        revoke_proof("P000001", by=lead, now=NOON, reason="")
    assert refused.value.codes == {"reason_missing"}
    with pytest.raises(Stale):
        revoke_proof("P000001", by=lead, now=NOON, reason="x", version=7)
    assert active_proof(session, student.id) is not None


def test_a_reissue_replaces_the_proof_and_one_is_in_force(session):
    student, lead = a_student(), a_colleague(Role.REVIEW_LEAD)
    credited(student, 1600)
    reissue_proof(student.id, by=lead, now=NOON, reason="姓名更正")
    states = session.execute(select(HoursProof.reference, HoursProof.state).order_by(HoursProof.id)).all()
    assert states == [("P000001", "superseded"), ("P000002", "issued")]


def test_a_proof_is_not_reissued_on_hours_that_are_not_there_any_more(session):
    student, lead = a_student(), a_colleague(Role.REVIEW_LEAD)
    credited(student, 1575)
    last = session.scalars(select(LedgerEntry.id).order_by(LedgerEntry.id.desc())).first()
    reverse(student.id, last, by=lead, now=NOON, reason="错")
    with pytest.raises(Refused) as refused:
        reissue_proof(student.id, by=lead, now=NOON, reason="x")
    assert "hours_short" in refused.value.codes


# Doubts.

def a_doubt(student, number=30, key="session:twin:x"):
    evidence = {"devices": ["手机", "电脑"]}
    return raise_doubt(student.id, minutes(number, key, course="G3"), why="two_devices", words="两台设备同时计时",
                       evidence=evidence, by=SYSTEM, now=NOON)


def test_minutes_in_doubt_wait_and_are_not_credited(session):
    student = a_student()
    reference = a_doubt(student)
    assert a_doubt(student) == reference
    assert minutes_credited(session, student.id) == 0
    assert pending_minutes(session, student.id) == 30
    assert pending(session, student.id).by_course == {"G3": 30}


def test_counting_a_doubt_credits_the_time_as_it_was(session):
    student, reviewer = a_student(), a_colleague(Role.REVIEWER)
    decide_doubt(a_doubt(student), "count", by=reviewer, now=NOON + timedelta(days=2), reason="同一人换设备")
    entry = session.scalars(select(LedgerEntry)).one()
    assert (entry.source, entry.minutes, entry.ended_at, entry.reason) == ("doubt", 30, NOON, "同一人换设备")
    assert pending_minutes(session, student.id) == 0


def test_refusing_a_doubt_shows_the_learner_time_that_was_not_counted(session):
    student, reviewer = a_student(), a_colleague(Role.REVIEWER)
    decide_doubt(a_doubt(student), "refuse", by=reviewer, now=NOON, reason="两人同时学习")
    assert minutes_credited(session, student.id) == 0
    assert session.execute(select(UncountedTime.reason, UncountedTime.seconds)).all() == [("doubt_refused", 1800)]


@pytest.mark.parametrize("move", ["count", "refuse"])
def test_a_doubt_is_decided_once_with_a_reason_by_another_person(session, move):
    student, reviewer = a_student(), a_colleague(Role.REVIEWER)
    reference = a_doubt(student)
    with pytest.raises(Refused) as refused:
        decide_doubt(reference, move, by=reviewer, now=NOON, reason="")
    assert refused.value.codes == {"reason_missing"}
    decide_doubt(reference, move, by=reviewer, now=NOON, reason="看过记录")
    with pytest.raises(Refused) as refused:
        decide_doubt(reference, move, by=reviewer, now=NOON, reason="再来")
    assert refused.value.codes == {"wrong_state"}
    assert doubt_by_reference(session, reference).state != "open"


def test_nobody_decides_about_their_own_minutes(session):
    student = a_student()
    account = account_of(student)
    with transaction() as inner:
        inner.execute(text("INSERT INTO role_grant (account_id, role, from_at) VALUES (:id, 'reviewer', :at)"),
                      {"id": account.id, "at": "2026-01-01 00:00:00+00:00"})
    db.session.expire_all()
    with pytest.raises(Refused) as refused:
        decide_doubt(a_doubt(student), "count", by=acting(account_of(student)), now=NOON, reason="我的")
    assert refused.value.codes == {"own_record"}


@pytest.mark.parametrize("move", ["count", "refuse"])
def test_the_proof_waits_for_the_decision_about_a_doubt_and_then_comes(session, move):
    student, reviewer = a_student(), a_colleague(Role.REVIEWER)
    reference = a_doubt(student)
    credited(student, 1600)
    assert active_proof(session, student.id) is None
    decide_doubt(reference, move, by=reviewer, now=NOON, reason="看过记录")
    proof = active_proof(session, student.id)
    assert proof is not None
    assert proof.minutes == (1630 if move == "count" else 1600)


# The doctor.

def test_a_balance_that_is_not_its_ledger_is_found(session):
    student = a_student()
    credit(student.id, minutes(30), by=learner_of(student), now=NOON)
    with transaction() as inner:
        inner.get_one(HoursBalance, student.id).minutes = 31
    assert len(list(recompute(session))) == 1


def test_a_proof_whose_rows_were_changed_is_found(session):
    student = a_student()
    credited(student, 1600)
    with transaction() as inner:
        inner.scalars(select(HoursProof)).one().ledger_digest = "0" * 64
    assert any("P000001" in fault for fault in recompute(session))


def test_the_sums_of_the_courses_add_up_to_the_balance(session):
    student = a_student()
    credited(student, 1600)
    sums = course_sums(session, student.id)
    assert sum(course.minutes for course in sums) == minutes_credited(session, student.id) == 1600
    assert [course.section for course in sums] == ["general", "general", "direction"]
