"""The ledger row by row, what was not counted, and their sums."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from enroll.hours.models import WATCHED, HoursProof, LedgerEntry, UncountedTime
from enroll.hours.rules.proof import CourseSum, LedgerRow


def ledger_of(enrolment_id: int) -> Select[LedgerEntry]:
    return select(LedgerEntry).where(LedgerEntry.enrolment_id == enrolment_id)


def uncounted_of(enrolment_id: int) -> Select[UncountedTime]:
    """Each stretch with its dispute, if any."""
    wanted = select(UncountedTime).where(UncountedTime.enrolment_id == enrolment_id)
    return wanted.options(joinedload(UncountedTime.dispute))


def shown_ledger_of(enrolment_id: int) -> Select[LedgerEntry]:
    """Each entry with the one that took it back, if any."""
    return ledger_of(enrolment_id).options(joinedload(LedgerEntry.reversed_by))


def chosen_ledger_of(enrolment_id: int, *, course: str = "", source: str = "") -> Select[LedgerEntry]:
    """The same, of one course or one source alone."""
    wanted = shown_ledger_of(enrolment_id)
    wanted = wanted.where(LedgerEntry.course_code == course) if course else wanted
    return wanted.where(LedgerEntry.source == source) if source else wanted


def entry_of(session: Session, enrolment_id: int, entry_id: int) -> LedgerEntry | None:
    return session.scalar(shown_ledger_of(enrolment_id).where(LedgerEntry.id == entry_id))


def is_reversed(session: Session, entry_id: int) -> bool:
    return session.scalar(select(LedgerEntry.id).where(LedgerEntry.reverses_id == entry_id)) is not None


def course_sums(session: Session, enrolment_id: int) -> tuple[CourseSum, ...]:
    """Credited minutes by course, under the newest title each was credited with; general courses first."""
    wanted = (
        select(LedgerEntry.course_code, func.max(LedgerEntry.course_title), LedgerEntry.section, LedgerEntry.kind,
               func.sum(LedgerEntry.minutes))
        .where(LedgerEntry.enrolment_id == enrolment_id)
        .group_by(LedgerEntry.course_code, LedgerEntry.section, LedgerEntry.kind)
    )
    return sums_by_course(session.execute(wanted))


def sums_and_pace(
    session: Session, enrolment_id: int, first: date, today: date
) -> tuple[tuple[CourseSum, ...], tuple[int, int]]:
    """What course_sums and minutes_lately say, from one look through the ledger."""
    lately, watched = _lately(first, today)
    wanted = (
        select(LedgerEntry.course_code, func.max(LedgerEntry.course_title), LedgerEntry.section, LedgerEntry.kind,
               func.sum(LedgerEntry.minutes), lately, watched)
        .where(LedgerEntry.enrolment_id == enrolment_id)
        .group_by(LedgerEntry.course_code, LedgerEntry.section, LedgerEntry.kind)
    )
    rows = session.execute(wanted).all()
    return sums_by_course(row[:5] for row in rows), (sum(int(row[5]) for row in rows), sum(int(row[6]) for row in rows))


def sums_by_course(parts: Iterable[Any]) -> tuple[CourseSum, ...]:
    """The same of sums at hand: (course code, its title, section, kind, minutes), any number of them a course."""
    rows: dict[str, tuple[str, str, dict[str, int]]] = {}
    for code, title, section, kind, minutes in parts:
        kinds = rows.setdefault(code, (title, section, {}))[2]
        kinds[kind] = kinds.get(kind, 0) + int(minutes)
    return tuple(
        CourseSum(code, title, section, kinds.get("knowledge", 0), kinds.get("practice", 0))
        for code, (title, section, kinds) in sorted(rows.items(), key=lambda one: (one[1][1] != "general", one[0]))
    )


def fills_a_day() -> ColumnElement[bool]:
    """Whether an entry is of those that the limit of its day looks at: time that the server kept, not taken back."""
    taken_back = aliased(LedgerEntry)
    stands = ~select(taken_back.id).where(taken_back.reverses_id == LedgerEntry.id).exists()
    return and_(LedgerEntry.source.in_(WATCHED), stands)


def watched_minutes_on(session: Session, enrolment_id: int, days: Sequence[date]) -> dict[date, int]:
    """Minutes credited on each of these local days for time the server kept: what the day's limit looks at. What was
    taken back fills no day."""
    wanted = (
        select(LedgerEntry.local_day, func.sum(LedgerEntry.minutes))
        .where(LedgerEntry.enrolment_id == enrolment_id, LedgerEntry.local_day.in_(days), fills_a_day())
        .group_by(LedgerEntry.local_day)
    )
    return {day: int(minutes) for day, minutes in session.execute(wanted)}


def minutes_lately(session: Session, enrolment_id: int, first: date, today: date) -> tuple[int, int]:
    """Minutes credited for study from the local day `first` on; and those of `today` that the day's limit looks at."""
    wanted = select(*_lately(first, today)).where(
        LedgerEntry.enrolment_id == enrolment_id, LedgerEntry.local_day >= first)
    lately, counted_today = session.execute(wanted).one()
    return int(lately or 0), int(counted_today or 0)


def _lately(first: date, today: date) -> tuple[Any, Any]:
    """The sums of the minutes since `first`, and of those of `today` that the day's limit looks at."""
    watched = (LedgerEntry.local_day == today) & fills_a_day()
    return (func.sum(case((LedgerEntry.local_day >= first, LedgerEntry.minutes), else_=0)),
            func.sum(case((watched, LedgerEntry.minutes), else_=0)))


def ledger_rows(session: Session, enrolment_id: int, *, until: int | None = None) -> tuple[LedgerRow, ...]:
    """The rows a proof rests on, up to and including entry `until`."""
    wanted = ledger_of(enrolment_id)
    if until is not None:
        wanted = wanted.where(LedgerEntry.id <= until)
    return tuple(
        LedgerRow(one.id, one.source_key, one.kind, one.course_code, one.lesson_code, one.started_at, one.ended_at,
                  one.minutes)
        for one in session.scalars(wanted.order_by(LedgerEntry.id))
    )


def taken_back_since(session: Session, proof: HoursProof) -> bool:
    """Whether entries that a proof rests on have been taken back after it was issued, and its hours are not there any
    more without them."""
    back = select(func.sum(LedgerEntry.minutes)).where(
        LedgerEntry.enrolment_id == proof.enrolment_id, LedgerEntry.id > proof.last_entry_id,
        LedgerEntry.reverses_id <= proof.last_entry_id)
    lost = int(session.scalar(back) or 0)
    if not lost:
        return False
    demands = proof.enrolment.demands
    now_there = session.scalar(select(func.sum(LedgerEntry.minutes)).where(
        LedgerEntry.enrolment_id == proof.enrolment_id))
    return int(now_there or 0) < demands.required_minutes
