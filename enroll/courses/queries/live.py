"""Live classes: the calendar, the places, who was there, and what else a person studied at the same time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from enroll.accounts.models import Account, RoleGrant
from enroll.accounts.permissions import Role
from enroll.courses.lifecycle import EditionState, LiveState
from enroll.courses.models.editions import Course, CourseEdition, Module
from enroll.courses.models.live import LiveAttendance, LiveClass, LiveClassMove, LivePlace, LiveSign
from enroll.courses.models.studying import StudySession
from enroll.courses.rules.live import LiveFacts, Sign, Span
from enroll.enrolments.lifecycle import EnrolmentState
from enroll.enrolments.models import Enrolment
from enroll.hours.models import LedgerEntry, Source
from enroll.learners.models import Learner
from enroll.storage.paging import PAGE_SIZE, Page

LONGEST = timedelta(minutes=480)


def span_of(live: LiveClass) -> Span:
    return live.starts_at, live.starts_at + timedelta(minutes=live.minutes)


def live_by_reference(session: Session, reference: str) -> LiveClass | None:
    return session.scalar(_whole().where(LiveClass.reference == reference))


def live_page(session: Session, states: Sequence[str], *, words: str = "", after: int | None = None) -> Page[LiveClass]:
    """Classes of these states: those to come soonest first, those of the past latest first."""
    wanted = _whole().where(LiveClass.state.in_(states))
    if words:
        wanted = wanted.where(or_(LiveClass.title.contains(words, autoescape=True), LiveClass.reference == words))
    to_come = LiveState.PLANNED in states
    order = (LiveClass.starts_at, LiveClass.id) if to_come else (LiveClass.starts_at.desc(), LiveClass.id.desc())
    last = session.get(LiveClass, after) if after is not None else None
    if last is not None:
        wanted = wanted.where(LiveClass.starts_at > last.starts_at if to_come else LiveClass.starts_at < last.starts_at)
    rows = session.scalars(wanted.order_by(*order).limit(PAGE_SIZE + 1)).all()
    return Page(rows[:PAGE_SIZE], rows[PAGE_SIZE - 1].id if len(rows) > PAGE_SIZE else None, after)


def live_counts(session: Session) -> Mapping[str, int]:
    wanted = select(LiveClass.state, func.count(LiveClass.id)).group_by(LiveClass.state)
    return {key: number for key, number in session.execute(wanted)}  # noqa: C416 (rows are no tuples to mypy)


def classes_for(session: Session, enrolment: Enrolment, now: datetime) -> Sequence[LiveClass]:
    """What a learner is offered: the general courses and their direction, from today on."""
    wanted = _whole().join(Course, Course.id == LiveClass.course_id).where(
        Course.programme_id == enrolment.programme_id, LiveClass.state == LiveState.PLANNED,
        LiveClass.starts_at > now - LONGEST,
        or_(Course.section == "general", Course.code == enrolment.direction_code))
    return session.scalars(wanted.order_by(LiveClass.starts_at).limit(60)).all()


def my_places(session: Session, enrolment_id: int) -> Mapping[int, LivePlace]:
    """The places somebody has not given up, by class."""
    wanted = select(LivePlace).where(LivePlace.enrolment_id == enrolment_id, LivePlace.given_up_at.is_(None))
    return {place.class_id: place for place in session.scalars(wanted)}


def my_past(session: Session, enrolment_id: int) -> Sequence[tuple[LiveClass, LiveAttendance | None]]:
    """The classes somebody had a place in or was seen in that are over or cancelled, latest first, with the result."""
    mine = select(LivePlace.class_id).where(LivePlace.enrolment_id == enrolment_id, LivePlace.given_up_at.is_(None))
    seen = select(LiveAttendance.class_id).where(LiveAttendance.enrolment_id == enrolment_id)
    classes = session.scalars(_whole().where(
        or_(LiveClass.id.in_(mine), LiveClass.id.in_(seen)), LiveClass.state != LiveState.PLANNED,
    ).order_by(LiveClass.starts_at.desc()).limit(60)).all()
    wanted = select(LiveAttendance).where(LiveAttendance.enrolment_id == enrolment_id).order_by(LiveAttendance.version)
    newest = {row.class_id: row for row in session.scalars(wanted)}
    return [(one, newest.get(one.id)) for one in classes]


def places_taken(session: Session, class_ids: Sequence[int]) -> Mapping[int, int]:
    wanted = select(LivePlace.class_id, func.count(LivePlace.id)).where(
        LivePlace.class_id.in_(class_ids), LivePlace.given_up_at.is_(None)).group_by(LivePlace.class_id)
    return {key: number for key, number in session.execute(wanted)}  # noqa: C416 (rows are no tuples to mypy)


def people_in(session: Session, live_id: int) -> Sequence[Enrolment]:
    """Everybody with a place and everybody seen without one, by name."""
    return [one for one, _ in people_and_places(session, live_id)]


def people_and_places(session: Session, live_id: int) -> Sequence[tuple[Enrolment, bool]]:
    """The same people, and whether each has a place."""
    placed = select(LivePlace.enrolment_id).where(LivePlace.class_id == live_id, LivePlace.given_up_at.is_(None))
    seen = select(LiveSign.enrolment_id).where(LiveSign.class_id == live_id)
    wanted = select(Enrolment, Enrolment.id.in_(placed)).where(or_(Enrolment.id.in_(placed), Enrolment.id.in_(seen)))
    rows = session.execute(wanted.join(Learner, Learner.id == Enrolment.learner_id).options(
        joinedload(Enrolment.learner).joinedload(Learner.account)).order_by(Learner.legal_name, Enrolment.id)).unique()
    return [(enrolment, bool(has)) for enrolment, has in rows]


def account_ids_of_places(session: Session, live_id: int) -> list[int]:
    wanted = select(Learner.account_id).join(Enrolment, Enrolment.learner_id == Learner.id).join(
        LivePlace, LivePlace.enrolment_id == Enrolment.id)
    return list(session.scalars(wanted.where(LivePlace.class_id == live_id, LivePlace.given_up_at.is_(None))))


def has_place(session: Session, live_id: int, enrolment_id: int) -> LivePlace | None:
    return session.scalar(select(LivePlace).where(
        LivePlace.class_id == live_id, LivePlace.enrolment_id == enrolment_id))


def overlapping_place(session: Session, live: LiveClass, enrolment_id: int) -> LiveClass | None:
    """Another class of this person at the same time."""
    start, end = span_of(live)
    wanted = select(LiveClass).join(LivePlace, LivePlace.class_id == LiveClass.id).where(
        LivePlace.enrolment_id == enrolment_id, LivePlace.given_up_at.is_(None), LiveClass.id != live.id,
        LiveClass.state.in_([LiveState.PLANNED, LiveState.HELD]), LiveClass.starts_at > start - LONGEST,
        LiveClass.starts_at < end)
    return next((one for one in session.scalars(wanted) if span_of(one)[1] > start), None)


def signs_by_person(session: Session, live_id: int) -> Mapping[int, list[Sign]]:
    found: dict[int, list[Sign]] = defaultdict(list)
    for row in session.scalars(select(LiveSign).where(LiveSign.class_id == live_id).order_by(LiveSign.id)):
        found[row.enrolment_id].append(Sign(row.came_at, row.left_at))
    return found


def decided_by_person(session: Session, live_id: int) -> Mapping[int, LiveAttendance]:
    """The newest decision about each person."""
    wanted = select(LiveAttendance).where(LiveAttendance.class_id == live_id).order_by(LiveAttendance.version)
    return {row.enrolment_id: row for row in session.scalars(wanted)}


def live_moves(session: Session, live_id: int) -> Sequence[LiveClassMove]:
    """What was done with a class, newest first; planning it is no news."""
    wanted = select(LiveClassMove).where(LiveClassMove.record_id == live_id, LiveClassMove.move != "begin")
    return session.scalars(wanted.order_by(LiveClassMove.id.desc())).all()


def live_facts(session: Session, live: LiveClass, now: datetime) -> LiveFacts:
    return facts_known(live, people_in(session, live.id), signs_by_person(session, live.id), now)


def facts_known(
    live: LiveClass, people: Sequence[Enrolment], signs: Mapping[int, Sequence[Sign]], now: datetime
) -> LiveFacts:
    """The same where people and signs have been read already."""
    return LiveFacts(span_of(live)[1] <= now, bool(signs), frozenset(one.learner.account_id for one in people))


def studied_meanwhile(session: Session, enrolments: Sequence[Enrolment], within: Span) -> Mapping[int, list[Span]]:
    """By enrolment: when the same person's timed study or another live class was counted inside this time."""
    start, end = within
    by_account = {one.learner.account_id: one.id for one in enrolments}
    found: dict[int, list[Span]] = defaultdict(list)
    sessions = select(
        literal(True), StudySession.account_id, StudySession.started_at, StudySession.last_beat_at,
    ).where(StudySession.account_id.in_(by_account), StudySession.started_at < end, StudySession.last_beat_at > start,
            StudySession.seconds_credited + StudySession.seconds_held > 0)
    back = select(LedgerEntry.reverses_id).where(LedgerEntry.reverses_id.is_not(None))
    classes = select(literal(False), LedgerEntry.enrolment_id, LedgerEntry.started_at, LedgerEntry.ended_at).where(
        LedgerEntry.enrolment_id.in_(by_account.values()), LedgerEntry.source == Source.LIVE,
        LedgerEntry.started_at < end, LedgerEntry.ended_at > start, LedgerEntry.id.not_in(back))
    for alone, number, began, ended in session.execute(union_all(sessions, classes)):
        found[by_account[number] if alone else number].append((began, ended))
    return found


def entry_of_live(session: Session, enrolment_id: int, source_key: str) -> LedgerEntry | None:
    return session.scalar(select(LedgerEntry).where(
        LedgerEntry.enrolment_id == enrolment_id, LedgerEntry.source_key == source_key))


def trainers(session: Session, now: datetime) -> Sequence[Account]:
    """Whoever teaches now."""
    wanted = select(Account).join(RoleGrant, RoleGrant.account_id == Account.id).where(
        RoleGrant.role == Role.TRAINER, RoleGrant.from_at <= now,
        or_(RoleGrant.until_at.is_(None), RoleGrant.until_at > now))
    return session.scalars(wanted.distinct().order_by(Account.id)).all()


def courses_to_teach(session: Session) -> Sequence[Course]:
    return session.scalars(select(Course).order_by(Course.programme_id, Course.position, Course.id)).all()


def modules_to_teach(session: Session) -> Sequence[Module]:
    """The modules of the editions that learners begin now, in the order of the courses."""
    wanted = select(Module).join(CourseEdition, CourseEdition.id == Module.edition_id).where(
        CourseEdition.state == EditionState.PUBLISHED)
    return session.scalars(wanted.order_by(Module.course_id, Module.position)).all()


def learners_named(session: Session, programme_id: int, names: Sequence[str]) -> Sequence[Enrolment]:
    """Who of a programme's active learners answers to one of these: user name, e-mail, phone or real name."""
    wanted = select(Enrolment).join(Learner, Learner.id == Enrolment.learner_id).join(
        Account, Account.id == Learner.account_id).where(
        Enrolment.programme_id == programme_id, Enrolment.state.in_([EnrolmentState.ACTIVE, EnrolmentState.COMPLETED]),
        or_(Account.username.in_(names), Account.email_key.in_(names), Account.phone.in_(names),
            Account.reference.in_(names), Learner.reference.in_(names), Learner.legal_name.in_(names)))
    return session.scalars(wanted.options(joinedload(Enrolment.learner).joinedload(Learner.account))).all()


def classes_to_hold(session: Session, now: datetime, *, at_most: int = 100) -> Sequence[str]:
    """The references of planned classes that are over."""
    wanted = select(LiveClass).where(LiveClass.state == LiveState.PLANNED, LiveClass.starts_at < now)
    return [one.reference for one in session.scalars(wanted.order_by(LiveClass.starts_at).limit(at_most))
            if span_of(one)[1] <= now]


def _whole() -> Select[LiveClass]:
    return select(LiveClass).options(joinedload(LiveClass.course), joinedload(LiveClass.module),
                                     joinedload(LiveClass.trainer))
