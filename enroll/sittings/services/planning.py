"""Sittings: planned, changed while nobody is booked, closed and opened again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.audit import services as audit
from enroll.audit.moves import expect_version
from enroll.foundation.actor import Actor
from enroll.foundation.clock import at_beijing
from enroll.foundation.problems import NotFound, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.programmes.models import Window
from enroll.sittings.lifecycle import LIVE, Part
from enroll.sittings.models import Booking, ExamRoom, ExamSite, Sitting, SittingRoom
from enroll.sittings.rules import SittingPlan, plan_faults
from enroll.sittings.services.offering import offer_free_seats
from enroll.storage.database import lock, transaction

LETTERS = {Part.THEORY: "T", Part.PRACTICAL: "P"}


@dataclass(frozen=True)
class SittingDetails:
    """What staff say about a sitting. Moments are aware; rooms by their codes, none for an online period."""

    starts_at: datetime
    ends_at: datetime
    minutes: int
    capacity: int
    report_at: datetime | None = None
    rooms: Sequence[str] = ()


def add_sitting(
    window_code: str, site_code: str, part: Part, details: SittingDetails, *, by: Actor, now: datetime
) -> str:
    """Add a sitting of one part at one site; gives its code, for example 202701-BJ01-T. Raises Refused, NotFound."""
    with transaction() as session:
        window = session.scalar(select(Window).where(Window.code == window_code))
        site = session.scalar(select(ExamSite).where(ExamSite.code == site_code))
        if window is None or site is None:
            raise NotFound("Window or site")
        if site.retired_at is not None:
            raise Refused(problem("site_retired", N_("This site is retired and takes no new sittings."), field="site"))
        sitting = Sitting(code=_next_code(session, window, site, part), window_id=window.id, site_id=site.id,
                          part=str(part), online=site.online, taken=0)
        _write(session, sitting, details, window, site)
        session.add(sitting)
        audit.record(session, "sitting.add", sitting.code, by=by, now=now, **_as_noted(details))
        return sitting.code


def change_sitting(
    code: str, details: SittingDetails, *, by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Change a sitting. Its time and length stand once somebody has a seat: they were promised."""
    with transaction() as session:
        sitting = lock(session, Sitting, Sitting.code == code)
        expect_version(sitting, seen_version)
        if sitting.taken and _promised(sitting) != (details.starts_at, details.ends_at, details.minutes,
                                                    details.report_at):
            raise Refused(_times_stand(sitting))
        before = sitting.capacity
        _write(session, sitting, details, sitting.window, sitting.site)
        sitting.version += 1
        audit.record(session, "sitting.change", code, by=by, now=now, capacity_before=before, **_as_noted(details))
        session.flush()
        offer_free_seats(session, sitting.id, now=now)


def change_capacity(code: str, capacity: int, *, by: Actor, now: datetime, seen_version: int | None = None) -> None:
    """Give a sitting more or fewer seats; never fewer than are taken, never more than its rooms have."""
    with transaction() as session:
        sitting = lock(session, Sitting, Sitting.code == code)
        details = SittingDetails(sitting.starts_at, sitting.ends_at, sitting.minutes, capacity, sitting.report_at,
                                 [one.room.code for one in sitting.rooms])
        change_sitting(code, details, by=by, now=now, seen_version=seen_version)


def close_sitting(code: str, *, by: Actor, now: datetime, reason: str = "", seen_version: int | None = None) -> None:
    """Take nobody in any more; who has a seat keeps it. Closing a closed sitting is refused."""
    _set_closed(code, now, by=by, now=now, reason=reason, seen_version=seen_version)


def open_sitting(code: str, *, by: Actor, now: datetime, reason: str = "", seen_version: int | None = None) -> None:
    """Take people in again."""
    _set_closed(code, None, by=by, now=now, reason=reason, seen_version=seen_version)


def _set_closed(
    code: str, closed_at: datetime | None, *, by: Actor, now: datetime, reason: str, seen_version: int | None
) -> None:
    with transaction() as session:
        sitting = lock(session, Sitting, Sitting.code == code)
        expect_version(sitting, seen_version)
        if (sitting.closed_at is None) == (closed_at is None):
            raise Refused(problem("already_so", N_("Somebody else has done this already.")))
        sitting.closed_at = closed_at
        sitting.version += 1
        audit.record(session, "sitting.close" if closed_at else "sitting.open", code, by=by, now=now, reason=reason)
        session.flush()
        offer_free_seats(session, sitting.id, now=now)


def _write(session: Session, sitting: Sitting, details: SittingDetails, window: Window, site: ExamSite) -> None:
    rooms = _rooms(site, details.rooms, [one.room_id for one in sitting.rooms])
    plan = SittingPlan(
        online=site.online, starts_at=details.starts_at, ends_at=details.ends_at, minutes=details.minutes,
        capacity=details.capacity, window_begins_at=at_beijing(window.starts_on),
        window_ends_at=at_beijing(window.ends_on + timedelta(days=1)), report_at=details.report_at,
        room_seats=sum(room.seats for room in rooms) if rooms else None, taken=sitting.taken,
    )
    faults = plan_faults(plan)
    if faults:
        raise Refused(faults)
    _nobody_sits_in_what_goes(session, sitting, rooms)
    sitting.starts_at, sitting.ends_at, sitting.report_at = details.starts_at, details.ends_at, details.report_at
    sitting.minutes, sitting.capacity = details.minutes, details.capacity
    kept = {one.room_id: one for one in sitting.rooms}
    sitting.rooms = [kept.get(room.id) or SittingRoom(room_id=room.id) for room in rooms]


def _nobody_sits_in_what_goes(session: Session, sitting: Sitting, rooms: Sequence[ExamRoom]) -> None:
    """A room is taken from a sitting only when nobody has a seat in it."""
    if sitting.id is None or not rooms:
        return
    used = session.scalars(
        select(ExamRoom.code).join(Booking, Booking.room_id == ExamRoom.id).where(
            Booking.sitting_id == sitting.id, Booking.seat_no.is_not(None), Booking.state.in_(LIVE),
            ExamRoom.id.not_in([one.id for one in rooms])).distinct().order_by(ExamRoom.code)).all()
    if used:
        raise Refused(problem("room_in_use", N_("People have seats in %(rooms)s: move them first."), field="rooms",
                              rooms=", ".join(used)))


def _rooms(site: ExamSite, codes: Sequence[str], kept_ids: Iterable[int]) -> list[ExamRoom]:
    kept = set(kept_ids)
    rooms = {room.code: room for room in site.rooms if room.retired_at is None or room.id in kept}
    unknown = [code for code in codes if code not in rooms]
    if unknown:
        raise Refused(problem("room_unknown", N_("The site has no room %(codes)s."), field="rooms", codes=unknown))
    return [rooms[code] for code in codes]


def _next_code(session: Session, window: Window, site: ExamSite, part: Part) -> str:
    base = f"{window.code}-{site.code}-{LETTERS[part]}"
    known = set(session.scalars(select(Sitting.code).where(Sitting.code.startswith(base))))
    return next(code for number in range(1, len(known) + 2)
                if (code := base if number == 1 else f"{base}{number}") not in known)


def _promised(sitting: Sitting) -> tuple[datetime, datetime, int, datetime | None]:
    return sitting.starts_at, sitting.ends_at, sitting.minutes, sitting.report_at


def _times_stand(sitting: Sitting) -> Problem:
    return problem("times_stand", N_("%(taken)s people have a seat here, so its time stands. Close this sitting and "
                                     "add another one."), field="starts_at", taken=sitting.taken)


def _as_noted(details: SittingDetails) -> dict[str, Any]:
    return {"capacity": details.capacity, "starts_at": details.starts_at.isoformat(), "rooms": list(details.rooms)}
