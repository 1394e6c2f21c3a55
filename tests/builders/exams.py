"""Windows, sites, sittings and bookings: what an application needs around it."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.foundation.actor import Actor
from enroll.foundation.clock import SHANGHAI, at_beijing
from enroll.learners.models import Learner
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.models import Programme, Window
from enroll.sittings.lifecycle import Part
from enroll.sittings.models import ExamSite, Sitting
from enroll.sittings.services.places import Room, Site, add_site
from enroll.sittings.services.planning import SittingDetails, add_sitting
from enroll.storage.database import db, transaction
from tests.builders.accounts import an_account
from tests.conftest import NOON


def beijing_time(text: str) -> datetime:
    """beijing_time("2026-12-24 17:00")"""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def a_bare_learner(name: str) -> Learner:
    """Somebody with an account and nothing handed in."""
    account = an_account(name, Role.LEARNER)
    with transaction() as session:
        learner = Learner(reference=f"L-{name}", account_id=account.id, birth_date=date(1995, 5, 20), legal_name=name,
                          joined_at=NOON, version=1)
        session.add(learner)
    return learner


def a_programme(code: str = "CAIP") -> Programme:
    known = db.session.scalar(select(Programme).where(Programme.code == code))
    if known is not None:
        return known
    with transaction() as session:
        programme = Programme(code=code, edition=2026, name_zh="人工智能职场应用师",
                              name_en="Certified AI Practitioner", enrolment_open=True)
        session.add(programme)
    return programme


def a_window(code: str = "202701", **changes: Any) -> Window:
    """The window of January 2027 as the demo has it: open at NOON, closing 24 December 17:00; exam 16 to 22 January."""
    moments = {
        "opens_at": "2026-11-16 09:00", "closes_at": "2026-12-24 17:00", "first_review_by": "2026-12-29 17:00",
        "correction_closes_at": "2026-12-31 17:00", "review_by": "2027-01-04 12:00",
        "payment_due_at": "2027-01-04 17:00", "payment_latest_at": "2027-01-06 12:00",
        "withdraw_full_refund_until": "2027-01-04 17:00", "resit_closes_at": "2026-12-30 17:00",
        "resit_correction_closes_at": "2027-01-04 12:00", "resit_payment_due_at": "2027-01-05 17:00",
        "seating_by": "2027-01-06 18:00", "ticket_from": "2027-01-11 09:00", "mock_from": "2027-01-12 09:00",
        "mock_until": "2027-01-15 18:00", "marking_by": "2027-02-20 18:00", "scores_publish_at": "2027-02-26 10:00",
        "score_review_closes_at": "2027-03-13 10:00", "score_review_answer_by": "2027-03-19 18:00",
        "issuance_review_from": "2027-02-27 09:00", "roster_to_issuer_by": "2027-03-09 18:00",
    }
    programme = a_programme()
    with transaction() as session:
        window = Window(
            programme_id=programme.id, code=code, state=str(WindowState.PUBLISHED), version=1,
            starts_on=date(2027, 1, 16), ends_on=date(2027, 1, 22), certificate_expected_on=date(2027, 3, 17),
            terms={}, **{name: beijing_time(text) for name, text in moments.items()},
        )
        for name, value in changes.items():
            setattr(window, name, value)
        session.add(window)
    return window


def a_site(code: str = "BJ01", *, online: bool = False) -> str:
    """Adds the site unless it is there, with two rooms of 40 seats; gives its code."""
    if db.session.scalar(select(ExamSite.id).where(ExamSite.code == code)) is None:
        rooms = () if online else (Room("301", 40), Room("302", 40))
        site = Site(code, f"{code} exam site", online=online, city="北京", address="学院路 1 号", rooms=rooms)
        add_site(site, by=Actor(None, "loader"), now=NOON)
    return code


def a_sitting(window: Window, part: Part = Part.THEORY, *, seats: int = 40, site: str = "BJ01") -> Sitting:
    """On the window's first day: theory at 9:30, practical at 14:00, two hours each."""
    starts_at = at_beijing(window.starts_on) + timedelta(hours=9.5 if part is Part.THEORY else 14)
    details = SittingDetails(starts_at, starts_at + timedelta(hours=2), 120, seats, starts_at - timedelta(minutes=40))
    code = add_sitting(window.code, a_site(site), part, details, by=Actor(None, "loader"), now=NOON)
    return db.session.scalars(select(Sitting).where(Sitting.code == code)).one()
