"""Exam windows, the days that are worked, and announcements."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import literal, or_, select, union_all
from sqlalchemy.orm import Session

from enroll.foundation.clock import local_day
from enroll.foundation.problems import NotFound, Problem
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.models import Announcement, Holiday, Programme, Window, Workday
from enroll.programmes.queries.programmes import entry_rules_of
from enroll.programmes.rules.figures import EntryRules
from enroll.programmes.rules.proposal import CalendarPolicy, policy_of, proposed_dates, year_of
from enroll.programmes.rules.timeline import Surroundings, timeline_warnings
from enroll.programmes.rules.windows import Lane, WindowDates, closes_at, is_open, months_to_come
from enroll.programmes.rules.working_days import WorkingCalendar

SIX = 6  # windows a year
SHOWN_AFTER = timedelta(days=45)  # a finished window stays in the public calendar this long after its certificates


def window_by_code(session: Session, code: str) -> Window | None:
    return session.scalar(select(Window).where(Window.code == code))


def published_window(session: Session, code: str) -> Window | None:
    """A window learners may know of: published, or cancelled after it was."""
    found = window_by_code(session, code)
    return found if found is not None and _was_published(found) else None


def windows_published(session: Session) -> Sequence[Window]:
    """Published windows, the earliest exam first."""
    return session.scalars(
        select(Window).where(Window.state == WindowState.PUBLISHED).order_by(Window.starts_on)
    ).all()


def windows_shown(session: Session, now: datetime) -> Sequence[Window]:
    """What the public calendar shows: windows once published, until some weeks after their certificates are due."""
    since = (now - SHOWN_AFTER).date()
    wanted = select(Window).where(Window.state != WindowState.DRAFT, Window.certificate_expected_on >= since)
    return [one for one in session.scalars(wanted.order_by(Window.starts_on)) if _was_published(one)]


def months_without_dates(session: Session, now: datetime) -> tuple[date, ...]:
    """The months to come that fill a year's six windows: held by the issuing body, their dates not published yet."""
    today = local_day(now)
    ahead = [one for one in windows_published(session) if one.dates.exam_ends_at > now]
    for programme in session.scalars(select(Programme).where(Programme.enrolment_open)):
        months = entry_rules_of(programme, today).rule("window_months")
        last = ahead[-1].starts_on if ahead else today
        return months_to_come(tuple(months.value) if months else (), last, SIX - len(ahead))
    return ()


def windows_all(session: Session) -> Sequence[Window]:
    """Every window, the latest exam first, for staff."""
    return session.scalars(select(Window).order_by(Window.starts_on.desc())).all()


def open_window_for(session: Session, now: datetime, *, lane: Lane = Lane.FIRST_SITTING) -> Window | None:
    """The published window that takes applications at this moment; the one that closes first where there are two."""
    ready = [one for one in windows_published(session) if is_open(one.dates, now, lane)]
    return min(ready, key=lambda one: closes_at(one.dates, lane), default=None)


def next_window_for(session: Session, now: datetime, *, lane: Lane = Lane.FIRST_SITTING) -> Window | None:
    """The window that is open, or the next that will open."""
    coming = [one for one in windows_published(session) if now < closes_at(one.dates, lane)]
    return min(coming, key=lambda one: closes_at(one.dates, lane), default=None)


def working_calendar(session: Session) -> WorkingCalendar:
    """Holidays and the weekend days worked in exchange, as the tables say."""
    off, worked, unconfirmed = set[date](), set[date](), set[date]()
    both = union_all(select(literal(False), Holiday.from_on, Holiday.until_on, Holiday.confirmed),
                     select(literal(True), Workday.on, Workday.on, Workday.confirmed))
    for is_worked, first, last, confirmed in session.execute(both):
        days = {first + timedelta(days=n) for n in range((last - first).days + 1)}
        (worked if is_worked else off).update(days)
        unconfirmed |= set() if confirmed else days
    return WorkingCalendar(frozenset(off), frozenset(worked), frozenset(unconfirmed))


def holidays(session: Session, since: date) -> Sequence[Holiday]:
    """Holidays that are not over, the nearest first."""
    return session.scalars(select(Holiday).where(Holiday.until_on >= since).order_by(Holiday.from_on)).all()


def holiday_of(session: Session, number: int) -> Holiday:
    """Raises NotFound."""
    found = session.get(Holiday, number)
    if found is None:
        raise NotFound(str(number))
    return found


def workdays(session: Session, since: date) -> Sequence[Workday]:
    return session.scalars(select(Workday).where(Workday.on >= since).order_by(Workday.on)).all()


def surroundings_of(session: Session, window: Window) -> Surroundings:
    """What a window's dates are held against."""
    return surroundings_among(windows_all(session), window, working_calendar(session))


def surroundings_among(windows: Sequence[Window], window: Window, calendar: WorkingCalendar) -> Surroundings:
    """The same for one of many windows (the latest first), all of them read once."""
    others = [one for one in windows if one.state != WindowState.CANCELLED and one.id != window.id]
    before = [one for one in others if one.starts_on < window.starts_on]
    after = [one for one in others if one.starts_on > window.starts_on]
    rules = entry_rules_of(window.programme, window.starts_on)
    days, months = rules.rule("score_review_days"), rules.rule("window_months")
    return Surroundings(
        calendar, int(days.value) if days else 0,
        tuple(months.value) if months else tuple(range(1, 13)),
        before[0].dates if before else None, after[-1].dates if after else None,
    )


def proposal_for(session: Session, programme: Programme, starts_on: date) -> WindowDates:
    """The usual dates of a window that begins on this day, with the programme's days for score reviews."""
    rules = entry_rules_of(programme, starts_on)
    days = rules.rule("score_review_days")
    return proposed_dates(starts_on, working_calendar(session), int(days.value) if days else 0, _policy(rules))


def missing_in_year(session: Session, programme: Programme, year: int) -> list[WindowDates]:
    """The usual dates of every window that a year lacks, by the programme's months and calendar policy."""
    rules = entry_rules_of(programme, date(year, 1, 1))
    days, months = rules.rule("score_review_days"), rules.rule("window_months")
    known = set(session.scalars(select(Window.code).where(Window.code.startswith(f"{year}"))))
    proposed = year_of(year, months.value if months else (), working_calendar(session),
                       int(days.value) if days else 0, _policy(rules))
    return [one for one in proposed if one.code not in known]


def remarks_on(
    session: Session, programme: Programme, proposed: Sequence[WindowDates]
) -> dict[str, tuple[Problem, ...]]:
    """What stands against each of these proposals, held against each other and the windows there are, by code."""
    rules, calendar = entry_rules_of(programme, proposed[0].starts_on), working_calendar(session)
    days, months = rules.rule("score_review_days"), rules.rule("window_months")
    every = sorted([*proposed, *(one.dates for one in windows_all(session) if one.state != WindowState.CANCELLED)],
                   key=lambda one: one.starts_on)
    found = {}
    for one in proposed:
        place = every.index(one)
        around = Surroundings(
            calendar, int(days.value) if days else 0, tuple(months.value) if months else tuple(range(1, 13)),
            every[place - 1] if place else None, every[place + 1] if place + 1 < len(every) else None)
        found[one.code] = timeline_warnings(one, around)
    return found


def _policy(rules: EntryRules) -> CalendarPolicy:
    said = rules.rule("window_calendar")
    return policy_of(said.value if said else None)


def announcements(session: Session, now: datetime, *, at_most: int = 5) -> Sequence[Announcement]:
    """Published and not withdrawn; pinned ones first, then the newest."""
    wanted = select(Announcement).where(Announcement.publish_at <= now, Announcement.withdrawn_at.is_(None),
                                        or_(Announcement.quotation == "", Announcement.confirmed_by_id.is_not(None)))
    ordered = wanted.order_by(Announcement.pinned.desc(), Announcement.publish_at.desc(), Announcement.id.desc())
    return session.scalars(ordered.limit(at_most)).all()


def announcements_all(session: Session, *, at_most: int = 100) -> Sequence[Announcement]:
    """For staff: also those to come and those withdrawn."""
    return session.scalars(select(Announcement).order_by(Announcement.publish_at.desc()).limit(at_most)).all()


def announcement(session: Session, number: int) -> Announcement | None:
    return session.get(Announcement, number)


def _was_published(window: Window) -> bool:
    """Terms are frozen by publishing, and stay."""
    return bool(window.terms)
