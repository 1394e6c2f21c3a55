"""Live classes are planned, moved and cancelled; learners take a place and give it up."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.accounts.permissions import Permission
from enroll.audit.moves import begin, expect_version, make_move
from enroll.audit.services import record as note_act
from enroll.courses.events import LiveClassMoved
from enroll.courses.lifecycle import LIVE_CLASS, LiveState
from enroll.courses.models.editions import Course, Module
from enroll.courses.models.live import LiveClass, LivePlace
from enroll.courses.queries.lessons import active_enrolment_id
from enroll.courses.queries.live import (
    classes_to_hold,
    has_place,
    live_facts,
    overlapping_place,
    places_taken,
    span_of,
)
from enroll.courses.rules.live import IN, OPEN_BEFORE, OUT, code_fits
from enroll.courses.services.study import NOT_STUDYING
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.problems import NotFound, Refused, problem
from enroll.foundation.references import public_token
from enroll.foundation.words import N_
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction

CLASS_FULL = problem("class_full", N_("Every place in this class is taken."))
TOO_LATE = problem("too_late", N_("This class has begun; places are taken and given up before it starts."))
CODE_WRONG = problem("code_wrong", N_("This is not the code that is shown now. It changes every minute."), field="code")
NOT_OPEN = problem("not_open", N_("Signing in is open from half an hour before the class until its end, signing out "
                                  "until half an hour after it."), field="code")


@dataclass(frozen=True)
class LivePlan:
    """What staff enter about a class. `course` and `module` by code; `trainer_id` an account that teaches."""

    title: str
    course: str
    module: str
    kind: str
    trainer_id: int
    place: str
    link: str
    starts_at: datetime
    minutes: int
    capacity: int


def plan_class(plan: LivePlan, *, by: Actor, now: datetime) -> str:
    """A new class; gives its reference. Raises Refused: not in the future, nowhere to go, no such course or trainer."""
    with transaction() as session:
        live = LiveClass(reference=next_reference(session, "V"), secret=public_token(), **_fields(session, plan, now))
        begin(session, LIVE_CLASS, live, by=by, now=now, starts_at=plan.starts_at.isoformat(), minutes=plan.minutes)
        return live.reference


def change_class(reference: str, plan: LivePlan, *, by: Actor, now: datetime, version: int | None = None) -> None:
    """Change a planned class; whoever has a place is told when time, place or link are others. Raises Refused."""
    with transaction() as session:
        live = lock(session, LiveClass, LiveClass.reference == reference)
        expect_version(live, version)
        before = (live.starts_at, live.minutes, live.place, live.link)
        fields = _fields(session, plan, now)
        if plan.capacity < places_taken(session, [live.id]).get(live.id, 0):
            raise Refused(problem("capacity_small", N_("More places are taken than that."), field="capacity"))
        if fields["course_id"] != live.course_id and places_taken(session, [live.id]):
            raise Refused(problem("course_fixed", N_("Places are taken; plan another class for another course."),
                                  field="course"))
        make_move(session, LIVE_CLASS, live, "change", by=by, now=now, facts=live_facts(session, live, now),
                  starts_at=plan.starts_at.isoformat(), minutes=plan.minutes)
        for name, value in fields.items():
            setattr(live, name, value)
        if before != (live.starts_at, live.minutes, live.place, live.link):
            outbox.record(session, LiveClassMoved(reference, "change", live.version, ""), now)


def cancel_class(reference: str, reason: str, *, by: Actor, now: datetime, version: int | None = None) -> None:
    """Cancel a class that is not settled. Whoever has a place hears of it with the reason. Raises NotFound, Refused."""
    with transaction() as session:
        live = lock(session, LiveClass, LiveClass.reference == reference)
        expect_version(live, version)
        make_move(session, LIVE_CLASS, live, "cancel", by=by, now=now, facts=live_facts(session, live, now),
                  reason=reason)
        outbox.record(session, LiveClassMoved(reference, "cancel", live.version, reason), now)


def hold_what_is_over(now: datetime) -> None:
    """Planned classes whose time has passed are held; what was not is cancelled by a person."""
    with transaction() as session:
        references = classes_to_hold(session, now)
    for reference in references:
        with transaction() as session:
            live = lock(session, LiveClass, LiveClass.reference == reference)
            if live.state == LiveState.PLANNED and span_of(live)[1] <= now:
                make_move(session, LIVE_CLASS, live, "hold", by=SYSTEM, now=now, facts=live_facts(session, live, now))


def take_place(reference: str, *, by: Actor, now: datetime) -> None:
    """Take a place for oneself, once. Raises NotFound for a class of something else, Refused: full, begun, or another
    class at the same time."""
    with transaction() as session:
        live, enrolment = _own_class(session, reference, by)
        if live.state != LiveState.PLANNED or live.starts_at <= now:
            raise Refused(TOO_LATE)
        place = has_place(session, live.id, enrolment.id)
        if place is not None and place.given_up_at is None:
            return
        if places_taken(session, [live.id]).get(live.id, 0) >= live.capacity:
            raise Refused(CLASS_FULL)
        other = overlapping_place(session, live, enrolment.id)
        if other is not None:
            raise Refused(problem("same_time", N_("You have a place in “%(title)s” at the same time."),
                                  title=other.title))
        if place is None:
            session.add(LivePlace(class_id=live.id, enrolment_id=enrolment.id, taken_at=now))
        else:
            place.taken_at, place.given_up_at = now, None
        note_act(session, "live_class.take_place", reference, by=by, now=now, learner_id=enrolment.learner_id)


def give_up_place(reference: str, *, by: Actor, now: datetime) -> None:
    """Give one's place up before the class begins. Raises NotFound, Refused."""
    with transaction() as session:
        live, enrolment = _own_class(session, reference, by)
        place = has_place(session, live.id, enrolment.id)
        if place is None or place.given_up_at is not None:
            return
        if live.starts_at <= now:
            raise Refused(TOO_LATE)
        place.given_up_at = now
        note_act(session, "live_class.give_up_place", reference, by=by, now=now, learner_id=enrolment.learner_id)


def require_code(live: LiveClass, which: str, code: str, now: datetime) -> None:
    """Raises Refused for a code that does not fit, or outside the time for it."""
    start, end = span_of(live)
    open_until = end if which == IN else end + OPEN_BEFORE
    if live.state == LiveState.CANCELLED or not start - OPEN_BEFORE <= now <= open_until or which not in (IN, OUT):
        raise Refused(NOT_OPEN)
    if not code_fits(live.secret, which, code, now):
        raise Refused(CODE_WRONG)


def own_class(session: Session, reference: str, by: Actor) -> tuple[LiveClass, Enrolment]:
    """The class under its lock, and the enrolment somebody takes part with. Raises NotFound, Refused."""
    return _own_class(session, reference, by)


def _own_class(session: Session, reference: str, by: Actor) -> tuple[LiveClass, Enrolment]:
    number = active_enrolment_id(session, by.account_id)
    if number is None:
        raise Refused(NOT_STUDYING)
    enrolment = session.get_one(Enrolment, number)
    live = lock(session, LiveClass, LiveClass.reference == reference)
    course = live.course
    if course.programme_id != enrolment.programme_id or (
            course.section == "direction" and course.code != enrolment.direction_code):
        raise NotFound("LiveClass")
    return live, enrolment


def _module(session: Session, course: Course, code: str) -> Module | None:
    """The module of that code, as it stands in the course's newest edition."""
    wanted = select(Module).where(Module.course_id == course.id, Module.code == code)
    return session.scalar(wanted.order_by(Module.edition_id.desc()).limit(1))


def _fields(session: Session, plan: LivePlan, now: datetime) -> dict[str, object]:
    course = session.scalar(select(Course).where(Course.code == plan.course))
    module = _module(session, course, plan.module) if course is not None and plan.module else None
    trainer = session.get(Account, plan.trainer_id)
    faults = []
    if course is None or (plan.module and module is None):
        faults.append(problem("course_unknown", N_("Choose a course, and a module of it."), field="course"))
    if trainer is None or not trainer.actor_at(now).may(Permission.TEACH):
        faults.append(problem("trainer_unknown", N_("Choose somebody who teaches."), field="trainer"))
    if plan.starts_at <= now:
        faults.append(problem("in_the_past", N_("A class is planned for a moment to come."), field="starts_at"))
    if not plan.place and not plan.link:
        faults.append(problem("nowhere", N_("Say where: a place, or the link of the meeting."), field="place"))
    if plan.link and not plan.link.startswith(("https://", "http://")):
        faults.append(problem("link_odd", N_("A link begins with https://."), field="link"))
    if faults or course is None:
        raise Refused(faults)
    return {
        "course_id": course.id, "module_id": module.id if module else None, "title": plan.title, "kind": plan.kind,
        "trainer_id": plan.trainer_id, "place": plan.place, "link": plan.link, "starts_at": plan.starts_at,
        "minutes": plan.minutes, "capacity": plan.capacity,
    }
