"""One learner's whole file, from identity to certificate, and the histories that builders of single rows leave out."""

from collections import deque
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.admission.models import Ticket
from enroll.applications.models import Application, ReturnedItem
from enroll.audit import services as audit
from enroll.certificates.models import Certificate
from enroll.courses.models.editions import Course, CourseEdition, EditionBegun, Lesson, Module
from enroll.courses.models.works import PracticeWork
from enroll.desk.queries.soundness import RECORDS
from enroll.desk.rules.lifecycles import LIFECYCLES
from enroll.enrolments.models import Enrolment
from enroll.fees.models import Fee, Payment, Refund
from enroll.foundation.actor import SYSTEM
from enroll.foundation.lifecycle import Lifecycle
from enroll.hours.models import HoursDoubt, HoursProof
from enroll.learners.lifecycle import CheckKind
from enroll.learners.models import IdentityCheck, ReturnedDetail
from enroll.programmes.models import Window
from enroll.results.models import MarkEntry, Outcome, Publication, Result, ScoreReview
from enroll.sittings.lifecycle import Part
from enroll.sittings.models import Booking, Sitting
from enroll.storage.database import db, transaction
from tests.builders.exams import a_sitting, a_window
from tests.builders.study import BEFORE, a_person, a_student, account_of, credited
from tests.conftest import NOON
from tests.worlds import built_once

SEAT = {"theory": "B2701-0001", "practical": "B2701-0002"}


@dataclass(frozen=True)
class WholeFile:
    """References and numbers of what stands in the database."""

    account_id: int
    learner_id: int
    enrolment_id: int
    application: str = "A2701-0001"
    outcome_id: int = 0
    ticket: str = "ticket-token-1"


@built_once
def a_whole_file(name: str = "zhangwei") -> WholeFile:
    """Studied, applied, registered, sat, published, issued: every record has its history and its audit rows."""
    with transaction() as session:
        student = a_student(name)
        session.flush()
        credited(student, 1620)
        account = account_of(student)
        people = [a_person(f"person{number}", Role.REVIEWER, Role.ISSUANCE_REVIEWER).id for number in range(6)]
        window = a_window(opens_at=BEFORE)
        sittings = {str(part): a_sitting(window, part) for part in Part}
        _study(session, student, people)
        _application(session, student, session.get_one(Window, window.id), sittings, people)
        outcome = _results(session, student, window.id, people)
        _certificate(session, student, window.id, outcome, people)
        outcome_id = outcome.id
        give_histories()
    return WholeFile(account.id, student.learner_id, student.id, outcome_id=outcome_id)


def _study(session: Any, student: Enrolment, people: list[int]) -> None:
    photo = session.scalars(select(IdentityCheck).where(
        IdentityCheck.learner_id == student.learner_id, IdentityCheck.kind == CheckKind.PHOTO)).one()
    photo.state, photo.submitted_at = "returned", BEFORE
    session.add(ReturnedDetail(check_id=photo.id, item="photo", reason_code="blurred", words="照片模糊 blurred",
                               returned_at=BEFORE))
    course = Course(programme_id=student.programme_id, code="G1", title="智能体", section="general", position=1)
    session.add(course)
    session.flush()
    edition = CourseEdition(reference="G1-E1", course_id=course.id, number=1, state="published", version=1,
                            made_at=BEFORE, published_at=BEFORE)
    session.add(edition)
    session.flush()
    lesson = Lesson(code="G1-M1-P1", title="做一个智能体", content="practice", kind="practice", minutes=90, position=1)
    session.add(Module(course_id=course.id, edition_id=edition.id, code="G1-M1", title="模块", position=1,
                       lessons=[lesson]))
    session.add(EditionBegun(enrolment_id=student.id, course_id=course.id, edition_id=edition.id, begun_at=BEFORE))
    session.flush()
    session.add(PracticeWork(reference="W000001", enrolment_id=student.id, learner_id=student.learner_id,
                             lesson_id=lesson.id, state="accepted", version=1, comment="写得清楚",
                             handed_in_at=BEFORE, decided_at=BEFORE, decided_by_id=people[3]))
    session.add(HoursDoubt(reference="D000001", enrolment_id=student.id, learner_id=student.learner_id, state="counted",
                           source_key="session:doubt", minutes=20, why="parallel_device", words="两台设备", version=1,
                           evidence={}, raised_at=BEFORE,
                           entry={"started_at": BEFORE.isoformat(), "ended_at": NOON.isoformat(),
                                  "kind": "knowledge", "lesson_code": "G1-M1-L1", "title": "大模型"}))


def _application(
    session: Any, student: Enrolment, window: Window, sittings: dict[str, Sitting], people: list[int]
) -> None:
    application = Application(
        reference="A2701-0001", learner_id=student.learner_id, programme_id=student.programme_id,
        enrolment_id=student.id, window_id=window.id, parts=["theory", "practical"], state="approved", version=1,
        begun_at=NOON, submitted_at=NOON, review_due_at=NOON, decided_at=NOON,
        decided_by_id=people[3], first_reviewer_id=people[3],
        correct_by=NOON + timedelta(days=3), payment_due_at=window.payment_due_at,
        proof_reference=session.scalars(select(HoursProof.reference)).first(),
    )
    session.add(application)
    session.flush()
    for outcome in ("return", "reject"):
        session.add(ReturnedItem(application_id=application.id, version_number=1, item="photo", reason_code="blurred",
                                 words=f"请重新拍摄 {outcome}", outcome=outcome, returned_at=NOON))
    for part, sitting in sittings.items():
        session.add(Booking(reference=SEAT[part], learner_id=student.learner_id, window_id=window.id,
                            sitting_id=sitting.id, part=part, subject="A2701-0001", state="present", version=1,
                            booked_at=NOON))
        session.get_one(Sitting, sitting.id).taken = 1
    fee = Fee(reference="F000001", learner_id=student.learner_id, subject="A2701-0001", item_code="exam",
              title_zh="考试费", title_en="Exam fee", amount_fen=38_000, paid_fen=38_000, state="paid", version=1,
              raised_at=NOON, due_at=window.payment_due_at, settled_at=NOON)
    session.add(fee)
    session.flush()
    session.add(Payment(fee_id=fee.id, provider="bank", trade_no="1", amount_fen=38_000, paid_at=NOON, recorded_at=NOON,
                        recorded_by_id=people[3]))
    session.add(Refund(reference="R000001", fee_id=fee.id, learner_id=student.learner_id, amount_fen=1_000, version=1,
                       rule_code="overpaid", reason="多缴", state="sent", requested_at=NOON))
    session.add(Ticket(number="T2701-BJ01-0001", token="ticket-token-1", learner_id=student.learner_id,
                       window_id=window.id, kind="ticket", ticket_version=1, facts={}, released_at=NOON))


def _results(session: Any, student: Enrolment, window_id: int, people: list[int]) -> Outcome:
    maker, checker = people[0], people[1]
    for number, reference in enumerate(sorted(SEAT.values())):
        booking = session.scalars(select(Booking).where(Booking.reference == reference)).one()
        result = Result(reference=f"S{number:06d}", booking_id=booking.id, sitting_id=booking.sitting_id,
                        learner_id=student.learner_id, state="published", mark=737, verdict="pass", version=1)
        session.add(result)
        session.flush()
        for entry, person in enumerate((maker, checker), 1):
            session.add(MarkEntry(result_id=result.id, entry_no=entry, mark=737, made_by_id=person, made_at=NOON))
        if not number:
            session.add(ScoreReview(reference="V000001", booking_id=booking.id, result_id=result.id, version=1,
                                    learner_id=student.learner_id, state="answered", asked_at=NOON, answer_by=NOON,
                                    answered_at=NOON, answered_by_id=people[2], finding="unchanged",
                                    answer="无误 73.7"))
    session.add(Publication(window_id=window_id, published_at=NOON, published_by_id=people[2], results=2))
    outcome = Outcome(learner_id=student.learner_id, programme_id=student.programme_id, window_id=window_id,
                      verdict="pass", by_part={}, rules={}, computed_at=NOON)
    session.add(outcome)
    session.flush()
    return outcome


def _certificate(session: Any, student: Enrolment, window_id: int, outcome: Outcome, people: list[int]) -> None:
    session.add(Certificate(
        reference="C2701-0001", token="certificate-token", learner_id=student.learner_id, window_id=window_id,
        programme_id=student.programme_id, outcome_id=outcome.id, state="issued", version=1, opened_at=NOON,
        first_by_id=people[4], first_at=NOON, second_by_id=people[5], second_at=NOON, number="CAIP-202701-1",
        issued_on=date(2026, 11, 22), recorded_at=NOON, first_digest="d" * 64, second_digest="d" * 64,
        facts={"name": "张伟"},
    ))


@built_once
def give_histories() -> None:
    """Write the history, with its audit rows, that each record without one must have had to stand where it stands."""
    with transaction() as session:
        for lifecycle in LIFECYCLES:
            model = RECORDS[lifecycle.name]
            known = select(model.history.record_id)
            for record in session.scalars(select(model).where(model.id.not_in(known)).order_by(model.id)).all():
                _write_history(session, lifecycle, record)


def _write_history(session: Any, lifecycle: Lifecycle, record: Any) -> None:
    act = lifecycle.name.lower().replace(" ", "_")
    before, steps = "", [("begin", str(lifecycle.first)), *_way(lifecycle, record.state)]
    for version, (move, state) in enumerate(steps, 1):
        session.add(record.history(record_id=record.id, move=move, from_state=before, to_state=state, made_at=NOON,
                                   made_by_id=None, made_by_name="builder", reason="", version=version))
        audit.record(session, f"{act}.{move}", record.reference, by=SYSTEM, now=NOON)
        before = state
    record.version = len(steps)


def _way(lifecycle: Lifecycle, state: str) -> list[tuple[str, str]]:
    """The shortest way from the first state to this one, as (move, state); of a published result the usual one."""
    if (lifecycle.name, state) == ("Result", "published"):
        return [(name, str(lifecycle.moves[name].target)) for name in ("enter", "agree", "lock", "publish")]
    ways: dict[str, list[tuple[str, str]]] = {str(lifecycle.first): []}
    open_ends = deque(ways)
    while open_ends:
        here = open_ends.popleft()
        for move in lifecycle.moves.values():
            target = str(move.target)
            if here in move.sources and target not in ways:
                ways[target] = [*ways[here], (move.name, target)]
                open_ends.append(target)
    return ways[state]


def one(model: type[Any], **where: Any) -> Any:
    """The one row of a model, read afresh."""
    db.session.rollback()
    return db.session.scalars(select(model).filter_by(**where)).one()
