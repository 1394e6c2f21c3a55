"""Exam sites and their rooms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.audit import services as audit
from enroll.audit.moves import expect_version
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.sittings.models import ExamRoom, ExamSite
from enroll.sittings.queries import coming_at, coming_in, seats_relied_on
from enroll.sittings.rules import IN_USE, may_be_retired, may_have_rooms, seats_suffice
from enroll.storage.database import lock, transaction


def note_list_taken(code: str, people: int, *, by: Actor, now: datetime) -> None:
    """Put on record that somebody took the list of a sitting out of the house."""
    with transaction() as session:
        audit.record(session, "sitting.list_taken", code, by=by, now=now, people=people)


@dataclass(frozen=True)
class Room:
    """Desks stand in rows of `across`; `place` says where in the house it is."""

    code: str
    seats: int
    place: str = ""
    accessible: bool = True
    across: int = 6
    serpentine: bool = False


@dataclass(frozen=True)
class Site:
    """A place people go to, or ONLINE. `note` is read by learners; `contact` is whom the office calls."""

    code: str
    name: str
    online: bool = False
    city: str = ""
    address: str = ""
    telephone: str = ""
    accessible: bool = True
    note: str = ""
    contact: str = ""
    rooms: Sequence[Room] = ()


def add_site(site: Site, *, by: Actor, now: datetime) -> str:
    """Add an exam site with its rooms; gives its code. Raises Refused when the code is taken."""
    with transaction() as session:
        if session.scalar(select(ExamSite.id).where(ExamSite.code == site.code)) is not None:
            raise Refused(problem("site_known", N_("There already is a site %(site)s."), field="code", site=site.code))
        row = ExamSite(code=site.code, online=site.online, rooms=[_room(one) for one in site.rooms])
        _describe(row, site)
        session.add(row)
        audit.record(session, "exam_site.add", site.code, by=by, now=now, name=site.name, rooms=len(site.rooms))
    return site.code


def change_site(code: str, site: Site, *, by: Actor, now: datetime, seen_version: int | None = None) -> None:
    """Change what is said of a site; its code and kind stay, and so do its rooms. Tickets that are out keep the
    address they were printed with. Raises Stale, NotFound."""
    with transaction() as session:
        row = lock(session, ExamSite, ExamSite.code == code)
        expect_version(row, seen_version)
        before = {"name": row.name, "address": row.address, "telephone": row.telephone}
        _describe(row, site)
        row.version += 1
        audit.record(session, "exam_site.change", code, by=by, now=now, before=before, name=site.name,
                     address=site.address, telephone=site.telephone)


def retire_site(code: str, *, by: Actor, now: datetime, reason: str, seen_version: int | None = None) -> None:
    """Take a site out of use; what happened there keeps it. Raises Refused while a sitting there is still to come."""
    with transaction() as session:
        row = lock(session, ExamSite, ExamSite.code == code)
        expect_version(row, seen_version)
        refuse_any(may_be_retired(retired=row.retired_at is not None, coming=coming_at(session, row.id, now)))
        row.retired_at, row.version = now, row.version + 1
        audit.record(session, "exam_site.retire", code, by=by, now=now, reason=reason)


def reopen_site(code: str, *, by: Actor, now: datetime, seen_version: int | None = None) -> None:
    """Take a site into use again. Raises Refused for one that is in use, Stale, NotFound."""
    with transaction() as session:
        row = lock(session, ExamSite, ExamSite.code == code)
        expect_version(row, seen_version)
        if row.retired_at is None:
            raise Refused(IN_USE)
        row.retired_at, row.version = None, row.version + 1
        audit.record(session, "exam_site.reopen", code, by=by, now=now)


def add_room(site_code: str, room: Room, *, by: Actor, now: datetime) -> None:
    """Add a room to a site. Raises Refused for a code that is taken there, and for a site online or retired."""
    with transaction() as session:
        site = lock(session, ExamSite, ExamSite.code == site_code)
        refuse_any(may_have_rooms(online=site.online, retired=site.retired_at is not None))
        if any(one.code == room.code for one in site.rooms):
            raise Refused(problem("room_known", N_("There already is a room %(room)s here."), field="code",
                                  room=room.code))
        site.rooms.append(_room(room))
        site.version += 1
        audit.record(session, "exam_room.add", site_code, by=by, now=now, room=room.code, seats=room.seats)


def change_room(
    site_code: str, room_code: str, room: Room, *, by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Change a room; its code stays, for papers and tickets name it. Raises Refused for fewer seats than sittings to
    come have given out in it or rest on; Stale; NotFound."""
    with transaction() as session:
        row = _locked_room(session, site_code, room_code)
        expect_version(row, seen_version)
        highest, short = seats_relied_on(session, row, room.seats, now)
        refuse_any(seats_suffice(seats=room.seats, highest=highest, short=short))
        before = row.seats
        row.seats, row.place, row.accessible = room.seats, room.place, room.accessible
        row.across, row.serpentine, row.version = room.across, room.serpentine, row.version + 1
        audit.record(session, "exam_room.change", site_code, by=by, now=now, room=room_code, seats_before=before,
                     seats=room.seats, accessible=room.accessible)


def retire_room(
    site_code: str, room_code: str, *, by: Actor, now: datetime, reason: str, seen_version: int | None = None
) -> None:
    """Plan no sittings in a room any more. Raises Refused while one to come uses it; Stale; NotFound."""
    with transaction() as session:
        row = _locked_room(session, site_code, room_code)
        expect_version(row, seen_version)
        refuse_any(may_be_retired(retired=row.retired_at is not None, coming=coming_in(session, row, now)))
        row.retired_at, row.version = now, row.version + 1
        audit.record(session, "exam_room.retire", site_code, by=by, now=now, room=room_code, reason=reason)


def reopen_room(
    site_code: str, room_code: str, *, by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Use a room again. Raises Refused for one that is in use, Stale, NotFound."""
    with transaction() as session:
        row = _locked_room(session, site_code, room_code)
        expect_version(row, seen_version)
        if row.retired_at is None:
            raise Refused(IN_USE)
        row.retired_at, row.version = None, row.version + 1
        audit.record(session, "exam_room.reopen", site_code, by=by, now=now, room=room_code)


def _locked_room(session: Session, site_code: str, room_code: str) -> ExamRoom:
    site = lock(session, ExamSite, ExamSite.code == site_code)
    return lock(session, ExamRoom, ExamRoom.site_id == site.id, ExamRoom.code == room_code)


def _room(room: Room) -> ExamRoom:
    return ExamRoom(code=room.code, seats=room.seats, place=room.place, accessible=room.accessible, across=room.across,
                    serpentine=room.serpentine)


def _describe(row: ExamSite, site: Site) -> None:
    row.name, row.city, row.address, row.telephone = site.name, site.city, site.address, site.telephone
    row.accessible, row.note, row.contact = site.accessible, site.note, site.contact


def refuse_any(found: Problem | None) -> None:
    if found is not None:
        raise Refused(found)
