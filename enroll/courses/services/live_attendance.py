"""Who was in a live class: codes, a meeting tool's list, the settlement into the ledger, and corrections of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from enroll.audit.moves import expect_version, make_move
from enroll.audit.services import record as note_act
from enroll.courses.events import LiveAttendanceDecided
from enroll.courses.lifecycle import LIVE_CLASS, LiveState
from enroll.courses.models.live import LiveAttendance, LiveClass, LiveSign
from enroll.courses.queries.live import (
    decided_by_person,
    entry_of_live,
    live_facts,
    people_in,
    signs_by_person,
    span_of,
    studied_meanwhile,
)
from enroll.courses.rules.live import Sign, Span, Standing, attendance, seconds_in, without
from enroll.courses.services.live import own_class, require_code
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import OWN_RECORD, REASON_MISSING, NotFound, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.hours.models import Source
from enroll.hours.rules.crediting import Credit
from enroll.hours.services.crediting import credit, reverse
from enroll.programmes.models import Programme
from enroll.programmes.queries.programmes import rules_of
from enroll.storage import outbox
from enroll.storage.database import lock, transaction

NO_SETTING = problem("no_setting", N_("The programme does not say from which attendance on a live class counts; an "
                                      "administrator sets it under Settings."))


def sign(reference: str, which: str, code: str, *, by: Actor, now: datetime) -> None:
    """Sign oneself in or out with the code that is shown. Raises NotFound, Refused."""
    with transaction() as session:
        live, enrolment = own_class(session, reference, by)
        require_code(live, which, code, now)
        if live.state == LiveState.SETTLED or by.account_id is None:
            raise Refused(problem("settled", N_("The attendance of this class has been settled already.")))
        moments = {"came_at": now} if which == "in" else {"left_at": now}
        session.add(LiveSign(class_id=live.id, enrolment_id=enrolment.id, recorded_at=now,
                             recorded_by_id=by.account_id, **moments))
        note_act(session, f"live_class.sign_{which}", reference, by=by, now=now, learner_id=enrolment.learner_id)


def standings(
    session: Session, live: LiveClass, people: Sequence[Enrolment], signs: Mapping[int, Sequence[Sign]] | None = None
) -> Mapping[int, Standing]:
    """What everybody's signs are worth now, by enrolment; `signs` where they have been read. Raises Refused where the
    programme does not say."""
    signs, within = signs_by_person(session, live.id) if signs is None else signs, span_of(live)
    taken = studied_meanwhile(session, people, within)
    least = live.least_percent or least_percent(session, live)
    return {one.id: attendance(signs.get(one.id, ()), within, taken.get(one.id, ()), least) for one in people}


def least_percent(session: Session, live: LiveClass) -> int:
    """The share of attendance that counts, as the programme has it on the day of the class."""
    programme = session.get_one(Programme, live.course.programme_id)
    found = rules_of(programme, local_day(live.starts_at)).live_attendance_percent
    if found is None:
        raise Refused(NO_SETTING)
    return found


def settle_class(reference: str, *, by: Actor, now: datetime, version: int | None = None) -> int:
    """Decide everybody's attendance and credit what counts, each once; gives how many were credited. Raises NotFound,
    Refused: not over, nobody seen, one's own attendance among it."""
    with transaction() as session:
        live = lock(session, LiveClass, LiveClass.reference == reference)
        expect_version(live, version)
        people = people_in(session, live.id)
        make_move(session, LIVE_CLASS, live, "settle", by=by, now=now, facts=live_facts(session, live, now),
                  people=len(people))
        live.least_percent = least_percent(session, live)
        found = standings(session, live, people)
        credited = 0
        for enrolment in sorted(people, key=lambda one: one.id):
            credited += _decide(session, live, enrolment, found[enrolment.id], Decision(1, "", by, now)) > 0
        return credited


def correct_attendance(reference: str, enrolment: str, minutes: int, reason: str, *, by: Actor, now: datetime) -> int:
    """Put one person's minutes right after the settlement: the old row of the ledger is taken back, and what is right
    is credited; gives those minutes. Raises NotFound, Refused: no reason, one's own, more than was free."""
    with transaction() as session:
        live = lock(session, LiveClass, LiveClass.reference == reference)
        if live.state != LiveState.SETTLED:
            raise Refused(problem("not_settled", N_("Attendance is corrected after the class has been settled.")))
        before = next((row for row in decided_by_person(session, live.id).values()
                       if row.enrolment.reference == enrolment), None)
        if before is None:
            raise NotFound("LiveAttendance")
        person = before.enrolment
        faults = _against(live, person, minutes, reason, before, by)
        if faults:
            raise Refused(faults)
        entry = entry_of_live(session, person.id, _key(live, person, before.version))
        if entry is not None:
            reverse(person.id, entry.id, by=by, now=now, reason=reason)
            session.flush()
        within = span_of(live)
        taken = studied_meanwhile(session, [person], within).get(person.id, [])
        free = seconds_in(without([within], taken)) // 60
        if minutes > free:
            raise Refused(problem("not_free", N_("At most %(most)d minutes: the rest of that time is counted already."),
                                  field="minutes", most=free))
        seen = Standing(min(max(before.seconds, minutes * 60), seconds_in([within])), 0, minutes, "by_hand",
                        _first(within, taken, minutes))
        return _decide(session, live, person, seen, Decision(before.version + 1, reason, by, now))


@dataclass(frozen=True)
class Decision:
    """Which decision about a person it is, why, by whom and when."""

    version: int
    reason: str
    by: Actor
    now: datetime


def _against(live: LiveClass, person: Enrolment, minutes: int, reason: str, before: LiveAttendance,
             by: Actor) -> list[Problem]:
    faults = [] if reason.strip() else [REASON_MISSING]
    if by.account_id == person.learner.account_id:
        faults.append(OWN_RECORD)
    if not 0 <= minutes <= live.minutes:
        faults.append(problem("minutes_odd", N_("Enter 0 to %(most)d minutes."), field="minutes", most=live.minutes))
    if minutes == before.minutes:
        faults.append(problem("same_minutes", N_("These minutes are credited already."), field="minutes"))
    return faults


def _decide(session: Session, live: LiveClass, enrolment: Enrolment, seen: Standing, decision: Decision) -> int:
    credited, why = 0, seen.why
    if seen.minutes:
        credited = credit(enrolment.id, _credit(live, enrolment, seen, decision.version), by=decision.by,
                          now=decision.now, reason=decision.reason)
        why = "over_cap" if credited < seen.minutes else why
    assert decision.by.account_id is not None
    session.add(LiveAttendance(
        class_id=live.id, enrolment_id=enrolment.id, version=decision.version, seconds=seen.seconds, minutes=credited,
        why=why, reason=decision.reason, decided_at=decision.now, decided_by_id=decision.by.account_id))
    note_act(session, "live_class.decide_attendance", live.reference, by=decision.by, now=decision.now,
             learner_id=enrolment.learner_id, minutes=credited, seconds=seen.seconds, why=why, reason=decision.reason)
    outbox.record(session, LiveAttendanceDecided(enrolment.learner_id, live.reference, credited, why, decision.reason,
                                                 decision.version), decision.now)
    return credited


def _credit(live: LiveClass, enrolment: Enrolment, seen: Standing, version: int) -> Credit:
    """The stretch from the first to the last moment seen; inside the class, and never over other study."""
    start, end = (seen.spans[0][0], seen.spans[-1][1]) if seen.spans else span_of(live)
    course = live.course
    return Credit(
        source=Source.LIVE, source_key=_key(live, enrolment, version), section=course.section, kind=live.kind,
        course_code=course.code, course_title=course.title, lesson_code=live.reference, title=live.title,
        started_at=start, ended_at=end, minutes=seen.minutes, seconds_observed=min(seen.seconds, 86_400),
    )


def _first(within: Span, taken: Sequence[Span], minutes: int) -> tuple[Span, ...]:
    """So many free minutes of the class from its beginning on."""
    left, made = timedelta(minutes=minutes), list[Span]()
    for start, end in without([within], taken):
        part = min(end - start, left)
        if part > timedelta(0):
            made.append((start, start + part))
        left -= part
    return tuple(made)


def _key(live: LiveClass, enrolment: Enrolment, version: int) -> str:
    return f"live:{live.reference}:{enrolment.id}:{version}"
