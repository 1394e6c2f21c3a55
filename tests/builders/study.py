"""Somebody who studies: account, verified identity, an enrolment with the demands of CAIP, and minutes to credit."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from enroll.accounts.lifecycle import AccountState
from enroll.accounts.models import Account, RoleGrant
from enroll.accounts.permissions import Role
from enroll.enrolments.lifecycle import EnrolmentState
from enroll.enrolments.models import Cohort, Enrolment
from enroll.enrolments.rules import Demands
from enroll.foundation.actor import Actor
from enroll.hours.models import Source
from enroll.hours.rules.crediting import Credit
from enroll.hours.services.crediting import credit_all
from enroll.learners.lifecycle import CheckKind, CheckState
from enroll.learners.models import IdentityCheck, Learner
from enroll.programmes.models import Programme
from enroll.storage.database import db, transaction
from tests.builders.programmes import a_programme, an_organisation
from tests.conftest import NOON
from tests.worlds import built_once

CAIP = Demands(unit=45, required_hours=35, practice_hours=12, directions=1, most_minutes_a_day=360,
               heartbeat_seconds=30, direction_minutes={"D1": 225, "D2": 225, "D3": 225})
BEFORE = NOON - timedelta(days=60)


@built_once
def a_person(name: str, *roles: Role) -> Account:
    with transaction() as session:
        account = Account(
            reference=f"U-{name}", username=name, name=name, email=f"{name}@example.org",
            email_key=f"{name}@example.org", password_hash="not a hash", state=str(AccountState.ACTIVE), version=1,
            opened_at=BEFORE, grants=[RoleGrant(role=str(role), from_at=BEFORE) for role in roles],
        )
        session.add(account)
        session.flush()
    return account


def acting(account: Account) -> Actor:
    return account.actor_at(NOON)


def a_colleague(*roles: Role, name: str = "colleague") -> Actor:
    """Somebody of the house, as an actor."""
    return acting(a_person(name, *roles))


@built_once
def a_student(
    name: str = "zhangwei", *, verified: bool = True, direction: str = "D1", state: str = EnrolmentState.ACTIVE,
    demands: Demands = CAIP,
) -> Enrolment:
    """An enrolment of somebody new, on the one programme and in the one cohort there is."""
    with transaction() as session:
        account = a_person(name, Role.LEARNER)
        learner = Learner(reference=f"L-{name}", account_id=account.id, birth_date=date(1990, 3, 12), version=1,
                          legal_name="张伟", id_type="resident_id", id_number_mask="110***********1013",
                          joined_at=BEFORE)
        session.add(learner)
        session.flush()
        check = CheckState.VERIFIED if verified else CheckState.SUBMITTED
        session.add_all(IdentityCheck(reference=f"I{place}{learner.id:05d}", learner_id=learner.id, kind=str(kind),
                                      state=str(check), version=1) for place, kind in enumerate(CheckKind, 1))
        programme = session.scalar(select(Programme)) or _the_programme()
        enrolment = Enrolment(
            reference=f"E-{name.upper()}",
            learner_id=learner.id,
            programme_id=programme.id,
            state=str(state),
            version=1,
            cohort_id=_the_cohort(programme).id,
            direction_code=direction,
            demands_as_stood=demands.as_json(),
            agreement_version=1,
            enrolled_at=BEFORE,
        )
        session.add(enrolment)
    return enrolment


def account_of(enrolment: Enrolment) -> Account:
    return db.session.get_one(Account, db.session.get_one(Learner, enrolment.learner_id).account_id)


def learner_of(enrolment: Enrolment) -> Actor:
    return acting(account_of(enrolment))


def minutes(
    number: int, key: str = "session:one:2026-11-22", *, kind: str = "knowledge", course: str = "G1",
    ended_at: datetime = NOON, **changes: Any,
) -> Credit:
    """So many minutes of a course, as a study session brings them."""
    made = {
        "source": Source.LESSON, "source_key": key, "section": "direction" if course.startswith("D") else "general",
        "kind": kind, "course_code": course, "course_title": f"课程{course}", "lesson_code": f"{course}-M1-L1",
        "title": "小节", "started_at": ended_at - timedelta(minutes=number), "ended_at": ended_at, "minutes": number,
        "seconds_observed": number * 60,
    }
    return Credit(**(made | changes))


@built_once
def credited(
    enrolment: Enrolment, total: int, *, practice: int = 540, direction: int = 225, at: datetime = NOON,
) -> None:
    """Bring a fresh enrolment to so many minutes in all, of which practice and direction; each on days of their own."""
    rest = total - practice - direction
    parts = [("practice", "G1", practice), ("knowledge", "D1", direction), ("knowledge", "G2", rest)]
    day, credits = at - timedelta(days=40), []
    for kind, course, number in parts:
        while number > 0:
            part, day = min(number, 300), day + timedelta(days=1)
            credits.append(minutes(part, f"session:{enrolment.reference}-{day:%m%d}:x", kind=kind, course=course,
                                   ended_at=day, source=Source.PRACTICE if kind == "practice" else Source.LESSON))
            number -= part
    credit_all(enrolment.id, credits, by=learner_of(enrolment), now=max(day, at))


def _the_programme() -> Programme:
    session = db.session()
    an_organisation(session)
    return a_programme(session)


def _the_cohort(programme: Programme) -> Cohort:
    session = db.session()
    cohort = session.scalar(select(Cohort))
    if cohort is None:
        adviser = a_person("banzhuren", Role.ADVISER)
        cohort = Cohort(code="C2609", name_zh="九月班", programme_id=programme.id, adviser_id=adviser.id, source="self")
        session.add(cohort)
        session.flush()
    return cohort
