"""Hours, passed parts and certificates of before: each counts for something, so two people stand for it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.certificates.services.earlier import EarlierFacts, number_is_free, record_earlier
from enroll.courses.models.editions import Course
from enroll.enrolments.lifecycle import LIVE
from enroll.enrolments.models import Enrolment
from enroll.foundation.clock import at_beijing
from enroll.foundation.problems import RowFault, problem
from enroll.foundation.words import N_
from enroll.handovers.rules.reading import CertificateRow, HoursRow, PartRow, repeated
from enroll.handovers.services.matching import (
    PROGRAMME_UNKNOWN,
    WHO_UNKNOWN,
    Stand,
    faults_where,
    known,
    learner_of,
    programmes,
)
from enroll.hours.models import LedgerEntry, Source
from enroll.hours.rules.crediting import MOST_MINUTES_A_ROW, Credit
from enroll.hours.services.crediting import credit_all
from enroll.sittings.services.parts import PART_KNOWN, EarlierPart, hand_over_part, part_stands

COURSE_UNKNOWN = problem("course_unknown", N_("There is no course with this code."))
NOT_ENROLLED = problem("not_enrolled", N_("This learner is not enrolled on the programme of the course."))
HOURS_KNOWN = problem("hours_known", N_("Hours of this course and time were brought over before."))


def against_hours(session: Session, rows: Sequence[HoursRow], now: datetime) -> list[RowFault]:
    who, courses = known(session, rows), _courses(session, rows)
    faults = [
        *faults_where(rows, "learner", lambda row: who.who(row.whose) is None, WHO_UNKNOWN),
        *faults_where(rows, "course", lambda row: row.course not in courses, COURSE_UNKNOWN),
        *repeated(((row.number, f"{row.whose.key} {row.course} {row.kind} {row.from_on}") for row in rows), "course"),
    ]
    wrong = {fault.number for fault in faults}
    found = [(row, learner) for row in rows if row.number not in wrong and (learner := who.who(row.whose))]
    enrolments = _enrolments(session, {learner.id for _, learner in found})
    before = _brought_before(session, {one.id for one in enrolments.values()})
    for row, learner in found:
        enrolment = enrolments.get((learner.id, courses[row.course].programme_id))
        if enrolment is None:
            faults.append(RowFault(row.number, "learner", NOT_ENROLLED))
        elif (enrolment.id, row.course, row.kind, at_beijing(row.from_on)) in before:
            faults.append(RowFault(row.number, "course", HOURS_KNOWN))
    return faults


def write_hours(session: Session, row: HoursRow, stand: Stand) -> None:
    learner, course = learner_of(session, row), _courses(session, [row])[row.course]
    enrolment = _enrolment(session, learner.id, course.programme_id)
    assert enrolment is not None, "checked under the same lock"
    credit_all(enrolment.id, _credits(row, course, stand.sha256), by=stand.by, now=stand.now, reason=row.source,
               second_person_id=stand.two[1])


def _credits(row: HoursRow, course: Course, sha256: str) -> list[Credit]:
    """An entry of the ledger holds eight hours at most, so a larger sum is several entries."""
    parts = [MOST_MINUTES_A_ROW] * (row.minutes // MOST_MINUTES_A_ROW)
    parts += [row.minutes % MOST_MINUTES_A_ROW] if row.minutes % MOST_MINUTES_A_ROW else []
    ended_at = at_beijing(row.until_on) + timedelta(hours=23, minutes=59)
    return [
        Credit(Source.OPENING, f"opening:{sha256[:20]}:{row.number}:{place}", course.section, row.kind, course.code,
               course.title, "", course.title, at_beijing(row.from_on), ended_at, minutes)
        for place, minutes in enumerate(parts, 1)
    ]


def _brought_before(session: Session, enrolments: Collection[int]) -> set[tuple[int, str, str, datetime]]:
    """What was brought over for these and was not taken back: enrolment, course, kind and first moment."""
    rows = session.execute(select(
        LedgerEntry.enrolment_id, LedgerEntry.course_code, LedgerEntry.kind, LedgerEntry.started_at,
    ).where(LedgerEntry.enrolment_id.in_(enrolments), LedgerEntry.source == Source.OPENING,
            ~LedgerEntry.reversed_by.has()))
    return {(row[0], row[1], row[2], row[3]) for row in rows}


def against_parts(session: Session, rows: Sequence[PartRow], now: datetime) -> list[RowFault]:
    who, offered = known(session, rows), programmes(session, rows)
    faults = [
        *faults_where(rows, "learner", lambda row: who.who(row.whose) is None, WHO_UNKNOWN),
        *faults_where(rows, "programme", lambda row: row.programme not in offered, PROGRAMME_UNKNOWN),
        *repeated(((row.number, f"{row.whose.key} {row.programme} {row.part} {row.window}") for row in rows), "part"),
    ]
    for row in rows:
        learner, programme = who.who(row.whose), offered.get(row.programme)
        if learner and programme and part_stands(session, learner.id, programme.id, row.part, row.window):
            faults.append(RowFault(row.number, "part", PART_KNOWN))
    return faults


def write_part(session: Session, row: PartRow, stand: Stand) -> None:
    hand_over_part(EarlierPart(learner_of(session, row).id, programmes(session, [row])[row.programme].id, row.part,
                               row.window, row.kept_until, row.source, *stand.two), now=stand.now)


def against_certificates(session: Session, rows: Sequence[CertificateRow], now: datetime) -> list[RowFault]:
    who, offered = known(session, rows), programmes(session, rows)
    faults = [
        *faults_where(rows, "learner", lambda row: who.who(row.whose) is None, WHO_UNKNOWN),
        *faults_where(rows, "programme", lambda row: row.programme not in offered, PROGRAMME_UNKNOWN),
        *repeated(((row.number, row.certificate_no) for row in rows), "number"),
    ]
    found = ((row.number, number_is_free(session, row.certificate_no)) for row in rows)
    return faults + [RowFault(number, "number", wrong) for number, wrong in found if wrong]


def write_certificate(session: Session, row: CertificateRow, stand: Stand) -> None:
    learner = learner_of(session, row)
    record_earlier(EarlierFacts(learner.id, programmes(session, [row])[row.programme].id, row.certificate_no,
                                learner.legal_name or learner.account.name, row.issued_on, row.valid_until, row.source,
                                *stand.two), now=stand.now)


def _enrolments(session: Session, learners: Collection[int]) -> dict[tuple[int, int], Enrolment]:
    """The live enrolments of these learners, by learner and programme."""
    return {(one.learner_id, one.programme_id): one for one in session.scalars(select(Enrolment).where(
        Enrolment.learner_id.in_(learners), Enrolment.state.in_(LIVE)))}


def _enrolment(session: Session, learner_id: int, programme_id: int) -> Enrolment | None:
    return session.scalar(select(Enrolment).where(
        Enrolment.learner_id == learner_id, Enrolment.programme_id == programme_id, Enrolment.state.in_(LIVE)))


def _courses(session: Session, rows: Iterable[HoursRow]) -> dict[str, Course]:
    return {one.code: one for one in session.scalars(select(Course).where(
        Course.code.in_({row.course for row in rows})))}
