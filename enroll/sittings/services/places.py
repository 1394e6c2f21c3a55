"""Exam sites and their rooms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused, problem
from enroll.foundation.words import N_
from enroll.sittings.models import ExamRoom, ExamSite
from enroll.storage.database import transaction


def note_list_taken(code: str, people: int, *, by: Actor, now: datetime) -> None:
    """Put on record that somebody took the list of a sitting out of the house."""
    with transaction() as session:
        audit.record(session, "sitting.list_taken", code, by=by, now=now, people=people)


@dataclass(frozen=True)
class Room:
    code: str
    seats: int


@dataclass(frozen=True)
class Site:
    """A place people go to, or ONLINE. `note` is read by learners."""

    code: str
    name: str
    online: bool = False
    city: str = ""
    address: str = ""
    telephone: str = ""
    accessible: bool = True
    note: str = ""
    rooms: Sequence[Room] = ()


def add_site(site: Site, *, by: Actor, now: datetime) -> str:
    """Add an exam site with its rooms; gives its code. Raises Refused when the code is taken."""
    with transaction() as session:
        if session.scalar(select(ExamSite.id).where(ExamSite.code == site.code)) is not None:
            raise Refused(problem("site_known", N_("There already is a site %(site)s."), field="code", site=site.code))
        session.add(ExamSite(
            code=site.code, name=site.name, online=site.online, city=site.city, address=site.address,
            telephone=site.telephone, accessible=site.accessible, note=site.note,
            rooms=[ExamRoom(code=room.code, seats=room.seats) for room in site.rooms],
        ))
        audit.record(session, "exam_site.add", site.code, by=by, now=now, name=site.name, rooms=len(site.rooms))
    return site.code
