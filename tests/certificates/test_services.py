"""A certificate from the published pass to its number, and what happens to it afterwards."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from enroll.accounts.permissions import Role
from enroll.certificates.events import CertificateMoved
from enroll.certificates.jobs import print_record
from enroll.certificates.models import Certificate, CertificateMeasure, OpenMatter
from enroll.certificates.queries.evidence import evidence_of, open_matters
from enroll.certificates.services import cases, matters, measures, numbers
from enroll.courses.lifecycle import WorkState
from enroll.courses.models.editions import Course, CourseEdition, Lesson, Module
from enroll.courses.models.works import PracticeWork
from enroll.fees.models import Fee
from enroll.foundation.problems import NotFound, Refused, Stale
from enroll.learners.models import Learner
from enroll.programmes.models import Organisation, Programme
from enroll.results.models import Outcome
from enroll.results.services.publishing import void_result
from enroll.results.services.reviews import answer_score_review, ask_score_review
from enroll.storage import outbox
from enroll.storage.database import transaction
from enroll.storage.files import read_file
from enroll.storage.outbox import Happened, OutboxEntry
from tests.builders.award import (
    PUBLISHING,
    House,
    a_candidate,
    acting,
    an_exam,
    enrolment_of,
    points,
    published,
    result_of,
)
from tests.builders.certificates import (
    ISSUED_ON,
    NUMBER,
    RECORDING,
    REVIEWING,
    a_body_file,
    a_passer,
    approved,
    at,
    case_of,
    issued,
    reported,
)
from tests.builders.study import a_person, credited


@pytest.fixture
def house(app):
    return House()


@pytest.fixture
def window(app):
    return an_exam()


@pytest.fixture
def ana(window, house):
    return a_passer(window, house)


def codes(session, learner):
    case = case_of(learner)
    return [one.code for one in open_matters(session, case, evidence_of(session, case))]


def refused_codes(act, *args, **kwargs):
    with pytest.raises(Refused) as no:
        act(*args, **kwargs)
    return no.value.codes


def test_a_published_pass_opens_one_case_however_often_it_is_told(session, ana):
    outcome = session.query(Outcome).one()
    for _ in range(3):
        cases.follow_outcome(outcome.id, now=PUBLISHING)
    case = session.query(Certificate).one()
    assert (case.state, case.learner_id, case.reference) == ("eligible", ana.id, "C2609-0001")


def test_who_did_not_pass_gets_no_case(session, window, house):
    ben = a_candidate("ben", window)
    published(window, house, {ben: {"theory": 78, "practical": 54}})
    outbox.deliver(PUBLISHING, slow=False)
    assert session.query(Certificate).count() == 0


def test_two_people_approve_on_the_same_evidence_and_its_digest_is_kept(session, ana, house):
    case = approved(ana, house)
    assert (case.state, case.first_by_id, case.second_by_id) == ("approved", house.first.id, house.second.id)
    assert case.first_digest == case.second_digest
    assert len(case.first_digest) == 64
    moves = session.scalars(select(OutboxEntry.details).where(OutboxEntry.event == CertificateMoved.__name__)).all()
    assert [one["move"] for one in moves] == ["open", "approve_first", "approve_second"]


def test_the_same_person_does_not_give_both_approvals_also_not_at_the_database(session, ana, house):
    case = case_of(ana)
    cases.approve_first(case.reference, by=at(house.first), now=REVIEWING)
    assert refused_codes(cases.approve_second, case.reference, by=at(house.first), now=REVIEWING) == {"same_reviewer"}
    with pytest.raises(IntegrityError), transaction() as writing:
        writing.execute(update(Certificate).values(second_by_id=house.first.id))


def test_nobody_who_made_checked_or_decided_a_mark_approves(session, window, ana, house):
    permissions = at(house.first).permissions
    for involved in (house.maker, house.checker):
        actor = at(house.first).__class__(involved.id, involved.username, permissions)
        for act in (cases.approve_first, cases.approve_second):
            assert "reviewer_was_involved" in refused_codes(act, case_of(ana).reference, by=actor, now=REVIEWING) or (
                case_of(ana).state == "eligible")
        kwargs = {"by": actor, "now": REVIEWING, "reason": "x"}
        assert refused_codes(cases.hold, case_of(ana).reference, **kwargs) == {"reviewer_was_involved"}


def test_the_learner_and_people_without_the_permission_do_not_approve(ana, house):
    own = at(house.first).__class__(ana.account_id, "ana", at(house.first).permissions)
    assert refused_codes(cases.approve_first, case_of(ana).reference, by=own, now=REVIEWING) == {"own_record"}
    for account in (house.lead, house.liaison, house.maker, house.auditor, ana.account):
        found = refused_codes(cases.approve_first, case_of(ana).reference, by=at(account), now=REVIEWING)
        assert found == {"not_permitted"}


def accepted_work(learner, trainer, code):
    enrolment = enrolment_of(learner)
    with transaction() as session:
        course = Course(
            programme_id=enrolment.programme_id, code=f"C{code}", title="课程", section="general", position=1
        )
        session.add(course)
        session.flush()
        edition = CourseEdition(reference=f"C{code}-E1", course_id=course.id, number=1, state="published", version=1,
                                made_at=REVIEWING, published_at=REVIEWING)
        session.add(edition)
        session.flush()
        module = Module(course_id=course.id, edition_id=edition.id, code=f"M{code}", title="模块", position=1)
        session.add(module)
        session.flush()
        lesson = Lesson(module_id=module.id, code=f"L{code}", title="作业", content="practice", kind="practice",
                        minutes=45, position=1)
        session.add(lesson)
        session.flush()
        work = PracticeWork(reference=f"W{code}", enrolment_id=enrolment.id, learner_id=learner.id, version=1,
                            lesson_id=lesson.id, decided_by_id=trainer.id)
        work.state = str(WorkState.ACCEPTED)
        session.add(work)


def test_the_sole_trainer_does_not_approve_and_one_of_two_may(ana, house):
    accepted_work(ana, house.first, "01")
    found = refused_codes(cases.approve_first, case_of(ana).reference, by=at(house.first), now=REVIEWING)
    assert found == {"reviewer_was_involved"}
    accepted_work(ana, a_person("jiaowu", Role.TRAINER), "02")
    cases.approve_first(case_of(ana).reference, by=at(house.first), now=REVIEWING)


def test_an_open_score_review_holds_back_every_approval_until_it_is_answered(session, window, ana, house):
    reference = ask_score_review(ana.id, result_of(ana, window, "theory").reference, "", now=REVIEWING,
                                 by=ana.account.actor_at(REVIEWING))
    assert codes(session, ana) == ["score_review_open"]
    case = case_of(ana)
    assert refused_codes(cases.approve_first, case.reference, by=at(house.first), now=REVIEWING) == {"matters_open"}
    answer_score_review(reference, "unchanged", "Same", by=at(house.lead), now=REVIEWING)
    cases.approve_first(case.reference, by=at(house.first), now=REVIEWING)


def test_an_unpaid_fee_a_missing_proof_and_an_open_matter_hold_back_too(session, window, house):
    ben = a_candidate("ben", window, legal_name="本")
    published(window, house, {ben: {"theory": 60, "practical": 60}})
    outbox.deliver(PUBLISHING, slow=False)
    with transaction() as writing:
        fee = Fee(reference="F000001", learner_id=ben.id, subject=enrolment_of(ben).reference, item_code="x", version=1,
                  title_zh="x", title_en="x", amount_fen=100, due_at=PUBLISHING, raised_at=PUBLISHING)
        fee.state = "due"
        writing.add(fee)
    matters.raise_matter(ben.id, "correction", "K000001", by=at(house.lead), now=REVIEWING)
    matters.raise_matter(ben.id, "correction", "K000001", by=at(house.lead), now=REVIEWING)
    assert codes(session, ben) == ["fee_open", "proof_missing", "matter_open"]
    assert session.query(OpenMatter).count() == 1
    credited(enrolment_of(ben), 1620)
    with transaction() as writing:
        writing.execute(text("UPDATE fee SET state = 'paid'"))
    assert refused_codes(
        matters.close_matter, "correction", "K000001", by=at(house.first), now=REVIEWING, words=" "
    ) == {"reason_missing"}
    matters.close_matter("correction", "K000001", by=at(house.first), now=REVIEWING, words="The name is right.")
    assert codes(session, ben) == []


def test_evidence_that_changed_after_the_first_approval_needs_both_approvals_anew(session, window, ana, house):
    case = case_of(ana)
    cases.approve_first(case.reference, by=at(house.first), now=REVIEWING)
    reference = ask_score_review(ana.id, result_of(ana, window, "theory").reference, "", now=REVIEWING,
                                 by=ana.account.actor_at(REVIEWING))
    answer_score_review(reference, "corrected", "x", by=at(house.lead), now=REVIEWING, corrected=points(80))
    outbox.deliver(REVIEWING, slow=False)
    assert refused_codes(cases.approve_second, case.reference, by=at(house.second), now=REVIEWING) == {
        "evidence_changed"
    }
    cases.hold(case.reference, by=at(house.second), now=REVIEWING, reason="The mark was corrected")
    cases.release(case.reference, by=at(house.second), now=REVIEWING, reason="Seen")
    assert (case_of(ana).state, case_of(ana).first_by_id) == ("eligible", None)
    assert approved(ana, house).state == "approved"


def test_a_case_is_held_and_released_with_reasons_and_stale_forms_change_nothing(ana, house):
    case = case_of(ana)
    assert refused_codes(cases.hold, case.reference, by=at(house.first), now=REVIEWING, reason=" ") == {
        "reason_missing"
    }
    cases.hold(case.reference, by=at(house.first), now=REVIEWING, reason="Ask the site")
    with pytest.raises(Stale):
        cases.release(case.reference, by=at(house.first), now=REVIEWING, reason="ok", seen_version=1)
    assert refused_codes(cases.approve_first, case.reference, by=at(house.first), now=REVIEWING) == {"wrong_state"}
    cases.release(case.reference, by=at(house.first), now=REVIEWING, reason="Answered")


def test_a_refusal_has_a_code_and_words_and_is_reviewed_again_by_somebody_else(ana, house):
    case = case_of(ana)
    found = refused_codes(cases.refuse, case.reference, "nonsense", "", by=at(house.first), now=REVIEWING)
    assert found == {"code_missing", "reason_missing"}
    cases.refuse(case.reference, "photo_not_current", "照片与考试抓拍非同一人。", by=at(house.first), now=REVIEWING)
    assert (case_of(ana).state, case_of(ana).refusal_words) == ("refused", "照片与考试抓拍非同一人。")
    kwargs = {"now": REVIEWING, "reason": "New evidence"}
    assert refused_codes(cases.reopen, case.reference, by=at(house.first), **kwargs) == {"same_refuser"}
    cases.reopen(case.reference, by=at(house.second), **kwargs)
    assert approved(ana, house).state == "approved"


def test_a_refused_case_is_not_opened_again_by_an_event(session, ana, house):
    cases.refuse(case_of(ana).reference, "other", "x", by=at(house.first), now=REVIEWING)
    cases.follow_outcome(session.query(Outcome).one().id, now=REVIEWING)
    assert session.query(Certificate).count() == 1


def test_the_exchange_reports_what_two_approved_and_hears_what_the_body_says(session, window, ana, house):
    assert numbers.reportable(session, window) == []
    case = approved(ana, house)
    assert [one.reference for one in numbers.reportable(session, window)] == [case.reference]
    assert refused_codes(numbers.report, case.reference, "X1", by=at(house.first), now=REVIEWING) == {"not_permitted"}
    numbers.report(case.reference, "X2609-0001", by=at(house.liaison), now=REVIEWING)
    numbers.reject_by_body(case.reference, reason="The photo is missing", by=at(house.liaison), now=REVIEWING)
    assert [one.reference for one in numbers.reportable(session, window)] == [case.reference]
    numbers.report(case.reference, "X2609-0002", by=at(house.liaison), now=REVIEWING)
    assert (case_of(ana).state, case_of(ana).batch_reference) == ("reported", "X2609-0002")


WRONG = [
    ("", ISSUED_ON, None, "number_wrong"), ("=1+1", ISSUED_ON, None, "number_wrong"),
    ("x" * 80, ISSUED_ON, None, "number_wrong"), ("\u202e12345", ISSUED_ON, None, "number_wrong"),
    (NUMBER, date(2026, 9, 1), None, "issued_on_wrong"), (NUMBER, date(2027, 9, 1), None, "issued_on_wrong"),
    (NUMBER, ISSUED_ON, ISSUED_ON, "valid_until_wrong"),
]


def test_a_number_or_date_that_cannot_be_is_refused(ana, house):
    case = reported(ana, house)
    for number, issued_on, valid_until, code in WRONG:
        assert refused_codes(numbers.record_number, case.reference, number, issued_on, valid_until, None,
                             by=at(house.liaison), now=RECORDING) == {code}
    assert case_of(ana).number is None


def test_a_number_is_recorded_once_and_belongs_to_one_certificate(session, window, house):
    ana, ben = a_candidate("ana", window), a_candidate("ben", window)
    for one in (ana, ben):
        credited(enrolment_of(one), 1620)
    published(window, house, {one: {"theory": 70, "practical": 70} for one in (ana, ben)})
    outbox.deliver(PUBLISHING, slow=False)
    issued(ana, house)
    case = reported(ben, house)
    for number in (NUMBER, NUMBER.lower(), f" {NUMBER} "):
        assert refused_codes(numbers.record_number, case.reference, number, ISSUED_ON, None, None, by=at(house.liaison),
                             now=RECORDING) == {"number_taken"}
    assert refused_codes(numbers.record_number, case_of(ana).reference, "OTHER-1", ISSUED_ON, None, None,
                         by=at(house.liaison), now=RECORDING) == {"wrong_state"}
    with pytest.raises(IntegrityError), transaction() as writing:
        writing.execute(update(Certificate).where(Certificate.id == case.id).values(number=NUMBER))


def bytes_of(case):
    return read_file(case.file), read_file(case.image)


def test_our_record_is_printed_once_from_the_frozen_facts_and_no_later_change_touches_a_byte(session, ana, house):
    case = issued(ana, house)
    assert (case.document_kind, case.state, case.number) == ("partner_record", "issued", NUMBER)
    before = bytes_of(case)
    assert before[0].startswith(b"%PDF")
    assert before[1].startswith(b"\x89PNG")
    with transaction() as writing:
        writing.execute(update(Learner).values(legal_name="改名"))
        writing.execute(update(Programme).values(name_zh="改名"))
        writing.execute(update(Organisation).values(name="改名", issuers=["改名"]))
    entry = session.scalars(select(OutboxEntry).where(OutboxEntry.event == "CertificateRecorded")).one()
    print_record(Happened(entry.id, type("E", (), entry.details), RECORDING), RECORDING + timedelta(days=400))
    assert bytes_of(case_of(ana)) == before
    assert case_of(ana).facts["name"] == "阿依努尔·买买提江"


def test_the_bodys_own_file_is_the_document_where_it_sent_one(ana, house):
    case = issued(ana, house, body_file=a_body_file(b"%PDF the body's"))
    assert (case.document_kind, case.image_id) == ("body_file", None)
    assert read_file(case.file) == b"%PDF the body's"


def test_a_suspension_and_a_revocation_are_proposed_by_one_and_made_by_another(session, ana, house):
    case = issued(ana, house)
    day = date(2026, 11, 18)

    def propose(move, by=house.first, **changes):
        facts = {"reason_code": "body_decision", "words": "第 12 号决定", "decided_on": day} | changes
        measures.propose_measure(case.reference, move, by=at(by, RECORDING), now=RECORDING, **facts)

    wrong = {"reason_code": "x", "words": "", "decided_on": date(2030, 1, 1)}
    assert refused_codes(propose, "restore", **wrong) == {
        "wrong_measure",
        "code_missing",
        "reason_missing",
        "decided_later",
    }
    assert refused_codes(propose, "suspend", by=house.liaison) == {"not_permitted"}
    propose("suspend")
    assert refused_codes(propose, "revoke") == {"measure_open"}
    confirm = {"now": RECORDING}
    assert refused_codes(measures.confirm_measure, case.reference, by=at(house.first, RECORDING), **confirm) == {
        "same_proposer"}
    assert case_of(ana).state == "issued"
    measures.confirm_measure(case.reference, by=at(house.second, RECORDING), **confirm)
    assert case_of(ana).state == "suspended"
    propose("restore")
    measures.drop_measure(case.reference, by=at(house.second, RECORDING), **confirm)
    with pytest.raises(NotFound):
        measures.confirm_measure(case.reference, by=at(house.second, RECORDING), **confirm)
    propose("revoke")
    measures.confirm_measure(case.reference, by=at(house.second, RECORDING), **confirm)
    assert case_of(ana).state == "revoked"
    assert session.query(CertificateMeasure).count() == 3


def test_a_reissue_runs_beside_the_old_certificate_and_replaces_it_with_the_new_number(session, ana, house):
    old = issued(ana, house)
    reference = cases.open_reissue(old.reference, by=at(house.first, RECORDING), now=RECORDING, reason="改名")
    with pytest.raises(IntegrityError):
        cases.open_reissue(old.reference, by=at(house.first, RECORDING), now=RECORDING, reason="again")
    assert session.get_one(Certificate, old.id).state == "issued"
    new = reported(ana, house)
    assert new.reference == reference
    numbers.record_number(
        reference, "CAIP-NEW-1", ISSUED_ON, None, None, by=at(house.liaison, RECORDING), now=RECORDING
    )
    assert (session.get_one(Certificate, old.id).state, case_of(ana).state) == ("superseded", "issued")


def test_a_mark_corrected_below_the_pass_mark_changes_no_certificate_and_leaves_a_matter_open(
    session, window, ana, house
):
    case = issued(ana, house)
    before = bytes_of(case)
    void_result(result_of(ana, window, "theory").reference, by=acting(house.lead, RECORDING), now=RECORDING, reason="x")
    outbox.deliver(RECORDING, slow=False)
    assert (case_of(ana).state, bytes_of(case_of(ana))) == ("issued", before)
    matter = session.query(OpenMatter).one()
    assert (matter.kind, matter.reference, matter.closed_at) == ("outcome_changed", case.reference, None)


def test_a_case_whose_outcome_fell_is_not_reported(session, window, ana, house):
    case = approved(ana, house)
    void_result(result_of(ana, window, "theory").reference, by=acting(house.lead), now=REVIEWING, reason="x")
    outbox.deliver(REVIEWING, slow=False)
    found = refused_codes(numbers.report, case.reference, "X1", by=at(house.liaison), now=REVIEWING)
    assert found == {"matters_open"}
    assert set(codes(session, ana)) == {"outcome_not_pass", "matter_open"}
