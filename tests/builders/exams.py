"""Windows, sites, sittings and bookings: what an application needs around it."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.foundation.actor import Actor
from enroll.foundation.clock import SHANGHAI, at_beijing
from enroll.learners.models import Learner
from enroll.programmes.models import Programme, Window
from enroll.sittings.lifecycle import Part
from enroll.sittings.models import ExamSite, Sitting
from enroll.sittings.services.places import Room, Site, add_site
from enroll.sittings.services.planning import SittingDetails, add_sitting
from enroll.storage.database import db, transaction
from tests.builders import programmes
from tests.builders.accounts import an_account
from tests.conftest import NOON
from tests.worlds import built_once


def beijing_time(text: str) -> datetime:
    """beijing_time("2026-12-24 17:00")"""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@built_once
def a_bare_learner(name: str) -> Learner:
    """Somebody with an account and nothing handed in."""
    with transaction() as session:
        account = an_account(name, Role.LEARNER)
        session.flush()
        learner = Learner(reference=f"L-{name}", account_id=account.id, birth_date=date(1995, 5, 20), legal_name=name,
                          joined_at=NOON, version=1)
        session.add(learner)
    return learner


@built_once
def a_window(code: str = "202701", **changes: Any) -> Window:
    """The window of January 2027 as the demo has it: open at NOON, closing 24 December 17:00; exam 16 to 22 January."""
    state, starts_on = changes.pop("state", "published"), changes.pop("starts_on", date(2027, 1, 16))
    with transaction() as session:
        programme = session.scalar(select(Programme)) or programmes.a_programme(session)
        session.flush()
        return programmes.a_window(session, programme, code, starts_on, state=state, **changes)


@built_once
def a_site(code: str = "BJ01", *, online: bool = False) -> str:
    """Adds the site unless it is there, with two rooms of 40 seats; gives its code."""
    if db.session.scalar(select(ExamSite.id).where(ExamSite.code == code)) is None:
        rooms = () if online else (Room("301", 40), Room("302", 40))
        site = Site(code, f"{code} exam site", online=online, city="北京", address="学院路 1 号", rooms=rooms)
        add_site(site, by=Actor(None, "loader"), now=NOON)
    return code


@built_once
def a_sitting(window: Window, part: Part = Part.THEORY, *, seats: int = 40, site: str = "BJ01") -> Sitting:
    """On the window's first day: theory at 9:30, practical at 14:00, two hours each."""
    starts_at = at_beijing(window.starts_on) + timedelta(hours=9.5 if part is Part.THEORY else 14)
    details = SittingDetails(starts_at, starts_at + timedelta(hours=2), 120, seats, starts_at - timedelta(minutes=40))
    with transaction() as session:
        code = add_sitting(window.code, a_site(site), part, details, by=Actor(None, "loader"), now=NOON)
        return session.scalars(select(Sitting).where(Sitting.code == code)).one()
