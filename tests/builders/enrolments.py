"""What somebody needs to enrol: a programme, its agreement, a cohort with an adviser, and a learner."""

from datetime import date, timedelta

from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.enrolments.models import Enrolment
from enroll.enrolments.rules import AGREEMENT
from enroll.enrolments.services.cohorts import add_cohort
from enroll.enrolments.services.enrolling import enrol
from enroll.foundation.actor import Actor
from enroll.learners.models import ConsentText, Learner
from enroll.programmes.models import ProgrammeRule
from enroll.storage.database import db, transaction
from tests.builders.accounts import an_account
from tests.builders.programmes import a_programme
from tests.conftest import NOON
from tests.worlds import built_once

LOADER = Actor(None, "loader")


@built_once
def a_place_to_enrol(*cohorts: str, before_payment: bool = False) -> str:
    """The programme CAIP with its agreement and open cohorts of the adviser `banzhuren`; gives the programme's code."""
    with transaction() as session:
        a_programme(session)
        if before_payment:
            session.scalars(select(ProgrammeRule).where(ProgrammeRule.key == "study_before_payment")).one().value = True
        an_agreement()
        an_account("banzhuren", Role.ADVISER)
        session.flush()
        for code in cohorts or ("C2611",):
            a_cohort(code)
    return "CAIP"


@built_once
def an_agreement(version: int = 1) -> None:
    with transaction() as session:
        session.add(ConsentText(
            code=AGREEMENT, version=version, kind="agreement", asked_when="enrolment", required=True,
            title_zh="培训服务协议", title_en="Training agreement", text_zh=f"第{version}版：机构提供35学时课程。",
            text_en=f"Version {version}: we provide a course of 35 hours.",
            from_at=NOON - timedelta(days=100 - version),
        ))


@built_once
def a_cohort(code: str, *, open_to_all: bool = True, source: str = "self", programme: str = "CAIP") -> str:
    return add_cohort(code, f"{code}班", programme_code=programme, adviser="banzhuren", source=source,
                      open_to_all=open_to_all, by=LOADER, now=NOON)


@built_once
def somebody(name: str = "zhangwei", *more: Role, legal_name: str = "") -> tuple[Account, Learner]:
    with transaction() as session:
        account = an_account(name, Role.LEARNER, *more)
        session.flush()
        learner = Learner(reference=f"L-{name}".upper(), account_id=account.id, birth_date=date(1990, 3, 12), version=1,
                          legal_name=legal_name or name, joined_at=NOON)
        session.add(learner)
    return account, learner


@built_once
def enrolled(account: Account, learner: Learner, *, cohort: str = "C2611", direction: str = "D1") -> str:
    """Enrolled by themselves, with the agreement of version 1; gives the reference."""
    db.session.rollback()
    return enrol(learner.id, "CAIP", cohort, direction, 1, by=account.actor_at(NOON), now=NOON)


def the_enrolment(reference: str) -> Enrolment:
    """As it stands in the database now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Enrolment).where(Enrolment.reference == reference)).one()
