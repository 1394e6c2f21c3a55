"""Quizzes in their lesson, and practical work from the first file to the credit."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from enroll.accounts.models import RoleGrant
from enroll.accounts.permissions import Role
from enroll.courses.jobs import every_minute
from enroll.courses.models.studying import LessonProgress
from enroll.courses.models.works import PracticeWork
from enroll.courses.queries.plan import pending, pending_minutes, study_overview
from enroll.courses.queries.practice import (
    file_of,
    files_in_hand,
    files_of,
    moves_of,
    oldest_waiting,
    work_by_reference,
)
from enroll.courses.services.outline import NewCourse, add_course
from enroll.courses.services.practice import (
    BroughtFile,
    accept_work,
    add_file,
    hand_in,
    hand_in_files,
    remove_file,
    return_work,
)
from enroll.courses.services.quizzes import start_quiz, submit_quiz
from enroll.foundation.problems import NotFound, Refused, Stale
from enroll.hours.models import LedgerEntry
from enroll.hours.queries.soundness import recompute
from enroll.hours.queries.standing import balance, minutes_credited
from enroll.questions.models import BankQuestion
from enroll.questions.queries.papers import attempt_of
from enroll.questions.services.attempts import save_answers
from enroll.storage.database import again_if_crowded, transaction
from enroll.storage.files import StoredFile, keep_stream, path_of
from enroll.storage.outbox import OutboxEntry
from tests.at_once import at_once
from tests.builders.courses import OFFICE, PRACTICE, QUIZ, READING, REPORT, SOURCES, the_courses
from tests.builders.study import a_colleague, a_student, account_of, acting, learner_of
from tests.conftest import NOON

LATER = NOON + timedelta(hours=1)
FULL = {0: 40, 1: 25, 2: 20, 3: 10}


@pytest.fixture
def student(session):
    student = a_student()
    the_courses()
    return student


# Quizzes.

def answered(session, by, token, share=1.0):
    attempt = attempt_of(session, by.account_id, token)
    right = {question.id: question.answer for question in session.scalars(select(BankQuestion))}
    numbers = [item["question"] for item in attempt.paper]
    return {str(number): right[number] for number in numbers[: int(len(numbers) * share)]}


def test_a_quiz_that_is_passed_credits_its_lesson_once(session, student):
    by = learner_of(student)
    for number in range(2):
        moment = NOON + timedelta(minutes=number * 20)
        token = start_quiz(QUIZ, by=by, now=moment)
        done_at = moment + timedelta(minutes=4)
        assert submit_quiz(token, answered(session, by, token), by=by, now=done_at).passed
    entry = session.scalars(select(LedgerEntry)).one()
    assert (entry.source, entry.minutes, entry.seconds_observed) == ("quiz", 15, 240)
    assert study_overview(session, student.id).general[0].lessons[3].is_done


def test_a_quiz_that_is_not_passed_credits_nothing(session, student):
    by = learner_of(student)
    token = start_quiz(QUIZ, by=by, now=NOON)
    assert not submit_quiz(token, answered(session, by, token, 0.4), by=by, now=NOON).passed
    assert minutes_credited(session, student.id) == 0


def test_a_quiz_nobody_hands_in_is_credited_from_what_was_saved_when_its_time_is_over(session, student):
    by = learner_of(student)
    token = start_quiz(QUIZ, by=by, now=NOON)
    save_answers(token, answered(session, by, token), by=by, now=NOON)
    for _ in range(2):
        every_minute(LATER)
    assert minutes_credited(session, student.id) == 15


def test_only_a_quiz_lesson_has_a_quiz(session, student):
    with pytest.raises(NotFound):
        start_quiz(READING, by=learner_of(student), now=NOON)


def test_handing_in_at_once_credits_once(app, session, student):
    by = learner_of(student)
    token = start_quiz(QUIZ, by=by, now=NOON)
    answers = answered(session, by, token)
    done_at = NOON + timedelta(minutes=10)
    at_once(app, *[lambda: again_if_crowded(lambda: submit_quiz(token, answers, by=by, now=done_at))] * 6)
    session.rollback()
    assert minutes_credited(session, student.id) == 15


# Practical work.

def a_file(name="简报.pdf", content=b"%PDF-1.7 ....", *, now=NOON):
    return keep_stream(io.BytesIO(content), name=name, media_type="application/pdf", purpose="practice", now=now)


def added(by, name="简报.pdf", content=b"%PDF-1.7 ....", deliverable=REPORT):
    return add_file(PRACTICE, deliverable, a_file(name, content), content[:512], by=by, now=NOON)


def handed_in(student):
    by = learner_of(student)
    added(by)
    added(by, "来源.xlsx", b"PK\x03\x04....", SOURCES)
    return hand_in(PRACTICE, "用了两种工具，均已核对。", by=by, now=NOON)


def test_work_is_handed_in_with_a_receipt_for_every_file(session, student):
    reference = handed_in(student)
    work = work_by_reference(session, reference)
    assert (work.state, work.handed_in_at, work.hand_ins) == ("handed_in", NOON, 1)
    receipts = [(one.file.name, one.file.size, len(one.file.sha256)) for one in files_of(session, work)]
    assert receipts == [("简报.pdf", 13, 64), ("来源.xlsx", 8, 64)]
    assert path_of(files_of(session, work)[0].file).read_bytes() == b"%PDF-1.7 ...."
    assert pending_minutes(session, student.id) == 90
    assert pending(session, student.id).practice == 90
    assert minutes_credited(session, student.id) == 0


def test_work_is_not_handed_in_while_something_is_missing(session, student):
    by = learner_of(student)
    with pytest.raises(Refused):
        hand_in(PRACTICE, "", by=by, now=NOON)
    added(by)
    with pytest.raises(Refused) as refused:
        hand_in(PRACTICE, "", by=by, now=NOON)
    assert dict(refused.value.problems[0].words.values)["names"] == (SOURCES,)


def test_a_file_that_does_not_fit_is_not_taken_and_leaves_no_row(session, student):
    by = learner_of(student)
    for name, content, deliverable, code in (
        ("简报.pdf", b"MZ\x90", REPORT, "file_content"), ("简报.docx", b"PK\x03\x04", REPORT, "file_kind"),
        ("简报.pdf", b"", REPORT, "file_empty"), ("简报.pdf", b"%PDF-", "别的", "deliverable_unknown"),
    ):
        with pytest.raises(Refused) as refused:
            added(by, name, content, deliverable)
        assert refused.value.codes == {code}
        assert session.scalar(select(func.count(StoredFile.id))) == 0, code
        session.rollback()


def test_a_file_is_taken_out_before_the_hand_in_and_not_after(session, student):
    by = learner_of(student)
    work = work_by_reference(session, added(by))
    token = files_in_hand(session, work.id)[0].file.token
    remove_file(PRACTICE, token, by=by, now=NOON)
    assert not files_in_hand(session, work.id)
    reference = handed_in(student)
    token = files_of(session, work_by_reference(session, reference))[0].file.token
    for act in (lambda: remove_file(PRACTICE, token, by=by, now=NOON), lambda: added(by)):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.codes == {"handed_in"}


def test_returned_work_keeps_its_files_in_hand_and_is_handed_in_again(session, student):
    trainer, by = a_colleague(Role.TRAINER), learner_of(student)
    reference = handed_in(student)
    return_work(reference, {0: 10}, "来源不足 8 条，请补充。", by=trainer, now=LATER)
    work = work_by_reference(session, reference)
    assert (work.state, work.comment) == ("returned", "来源不足 8 条，请补充。")
    assert pending_minutes(session, student.id) == 0
    replaced = next(one for one in files_in_hand(session, work.id) if one.deliverable == SOURCES)
    remove_file(PRACTICE, replaced.file.token, by=by, now=LATER)
    added(by, "来源2.xlsx", b"PK\x03\x04....", SOURCES)
    hand_in(PRACTICE, "补充了 3 条", by=by, now=LATER)
    session.expire_all()
    assert [one.file.name for one in files_of(session, work)] == ["简报.pdf", "来源2.xlsx"]
    assert [move.move for move in moves_of(session, work.id)] == ["hand_in", "return", "hand_in"]
    assert file_of(session, work.id, replaced.file.token) is not None  # history stays


def test_accepting_credits_the_minutes_for_the_day_it_was_handed_in(session, student):
    reference = handed_in(student)
    accept_work(reference, FULL, "很好", by=a_colleague(Role.TRAINER), now=LATER + timedelta(days=3))
    entry = session.scalars(select(LedgerEntry)).one()
    assert (entry.source, entry.minutes, entry.kind, entry.ended_at) == ("practice", 90, "practice", NOON)
    assert balance(session, student.id).practice_minutes == 90
    work = work_by_reference(session, reference)
    assert sum(item["given"] for item in work.points) == 95
    assert session.scalars(select(LessonProgress)).one().completed_at is not None
    assert session.scalars(select(OutboxEntry.event)).all().count("PracticeWorkMoved") == 2


def test_a_decision_needs_points_within_bounds_a_comment_to_return_and_another_person(session, student):
    reference = handed_in(student)
    trainer = a_colleague(Role.TRAINER)
    with pytest.raises(Refused) as refused:
        accept_work(reference, {0: 41}, "", by=trainer, now=LATER)
    assert refused.value.codes == {"points_out_of_bounds"}
    with pytest.raises(Refused) as refused:
        return_work(reference, {}, " ", by=trainer, now=LATER)
    assert refused.value.codes == {"reason_missing"}
    with pytest.raises(Refused):
        accept_work(reference, FULL, "", by=a_colleague(Role.ADVISER, name="adviser"), now=LATER)
    with pytest.raises(Stale):
        accept_work(reference, FULL, "", by=trainer, now=LATER, version=1)


def test_a_trainer_who_learns_too_does_not_mark_their_own_work(session, student):
    reference = handed_in(student)
    with transaction() as inner:
        inner.add(RoleGrant(account_id=account_of(student).id, role="trainer", from_at=NOON - timedelta(days=9)))
    session.expire_all()
    myself = acting(account_of(student))
    with pytest.raises(Refused) as refused:
        accept_work(reference, FULL, "", by=myself, now=LATER)
    assert refused.value.codes == {"own_record"}
    assert oldest_waiting(session, not_of=myself.account_id) is None
    assert oldest_waiting(session).reference == reference


def test_two_trainers_at_once_credit_once_and_one_is_told(app, session, student):
    reference, number = handed_in(student), student.id
    trainers = [a_colleague(Role.TRAINER, name=name) for name in ("one", "two", "three")]

    def accept(trainer):
        return lambda: again_if_crowded(lambda: accept_work(reference, FULL, "", by=trainer, now=LATER))

    answers = at_once(app, *[accept(trainer) for trainer in trainers])
    session.rollback()
    assert sum(isinstance(answer, Refused) for answer in answers) == 2
    assert minutes_credited(session, number) == 90
    assert list(recompute(session)) == []


def test_one_is_accepted_while_another_returns_it_and_only_one_of_them_holds(app, session, student):
    reference, number = handed_in(student), student.id
    one, two = a_colleague(Role.TRAINER, name="one"), a_colleague(Role.TRAINER, name="two")
    answers = at_once(
        app, lambda: again_if_crowded(lambda: accept_work(reference, FULL, "", by=one, now=LATER)),
        lambda: again_if_crowded(lambda: return_work(reference, {}, "补充", by=two, now=LATER)),
    )
    session.rollback()
    assert sum(isinstance(answer, Refused) for answer in answers) == 1
    accepted = session.scalars(select(PracticeWork.state)).one() == "accepted"
    assert minutes_credited(session, number) == (90 if accepted else 0)


def test_another_person_s_work_is_begun_by_nobody_else(session, student):
    handed_in(student)
    stranger = learner_of(a_student("stranger"))
    with pytest.raises(Refused):  # their own work of this lesson, and that is empty
        hand_in(PRACTICE, "", by=stranger, now=NOON)
    with pytest.raises(NotFound):
        remove_file(PRACTICE, "x" * 22, by=stranger, now=NOON)


def test_courses_belong_to_a_programme_and_add_up(session, student):
    with pytest.raises(NotFound):
        add_course("NONE", NewCourse("X", "X", "general", []), by=OFFICE, now=NOON)
    overview = study_overview(session, student.id)
    assert {course.code: course.minutes for course in overview.courses} == {"G1": 180, "D1": 30, "D2": 30}


def test_files_and_the_hand_in_go_together_or_not_at_all(session, student):
    by = learner_of(student)
    sources = BroughtFile(SOURCES, a_file("来源.xlsx", b"PK\x03\x04"), b"PK\x03\x04")
    whole = [BroughtFile(REPORT, a_file(), b"%PDF-1.7"), sources]
    with pytest.raises(Refused):
        hand_in_files(PRACTICE, whole[:1], "", by=by, now=NOON)
    assert session.scalar(select(func.count(StoredFile.id))) == 0
    whole = [BroughtFile(REPORT, a_file(), b"%PDF-1.7"), sources]
    assert work_by_reference(session, hand_in_files(PRACTICE, whole, "", by=by, now=NOON)).state == "handed_in"
