"""Cohorts and learners of before."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.models import Account, Invitation
from enroll.accounts.permissions import Role
from enroll.accounts.rules.contacts import EMAIL
from enroll.accounts.services.inviting import invite
from enroll.accounts.services.opening import open_account
from enroll.courses.models.editions import Course
from enroll.enrolments.models import Cohort
from enroll.enrolments.queries.enrolments import current_agreement
from enroll.enrolments.services.cohorts import add_cohort
from enroll.enrolments.services.enrolling import enrol
from enroll.foundation.problems import RowFault, problem
from enroll.foundation.words import N_
from enroll.handovers.rules.reading import CohortRow, LearnerRow, repeated
from enroll.handovers.services.matching import PROGRAMME_UNKNOWN, Stand, faults_where, present, programmes
from enroll.learners.services.joining import open_learner


def against_cohorts(session: Session, rows: Sequence[CohortRow], now: datetime) -> list[RowFault]:
    taken = present(session, Cohort.code, {row.code for row in rows})
    offered, advisers = programmes(session, rows), _advisers(session, {row.adviser for row in rows}, now)
    return [
        *repeated(((row.number, row.code) for row in rows), "code"),
        *faults_where(rows, "code", lambda row: row.code in taken,
                 problem("cohort_known", N_("There already is a cohort with this code."))),
        *faults_where(rows, "programme", lambda row: row.programme not in offered, PROGRAMME_UNKNOWN),
        *faults_where(rows, "adviser", lambda row: row.adviser not in advisers,
                 problem("adviser_unknown", N_("No adviser has this user name. Open the account first."))),
    ]


def write_cohort(session: Session, row: CohortRow, stand: Stand) -> None:
    add_cohort(row.code, row.name_zh, programme_code=row.programme, adviser=row.adviser, source=row.source,
               open_to_all=False, name_en=row.name_en, by=stand.by, now=stand.now)


def against_learners(session: Session, rows: Sequence[LearnerRow], now: datetime) -> list[RowFault]:
    keys = {row.contact.key for row in rows}
    taken = (present(session, Account.email_key, keys) | present(session, Account.phone, keys)
             | present(session, Invitation.address, keys, Invitation.used_at.is_(None),
                        Invitation.replaced_at.is_(None)))
    cohorts = {row.code: row for row in session.scalars(
        select(Cohort).where(Cohort.code.in_({row.cohort for row in rows}), Cohort.closed_at.is_(None)))}
    directions = present(session, Course.code, {row.direction for row in rows}, Course.section == "direction")
    return [
        *repeated(((row.number, row.contact.key) for row in rows), "contact"),
        *faults_where(rows, "contact", lambda row: row.contact.key in taken,
                 problem("address_taken", N_("This address belongs to an account already."))),
        *faults_where(rows, "cohort", lambda row: row.cohort not in cohorts,
                 problem("cohort_unknown", N_("There is no open cohort with this code. Bring the cohorts first."))),
        *faults_where(rows, "direction", lambda row: row.direction not in directions,
                 problem("direction_unknown", N_("There is no direction with this code."))),
    ]


def write_learner(session: Session, row: LearnerRow, stand: Stand) -> None:
    """An account without a password, which only the link of the invitation opens; a learner; an enrolment."""
    account = open_account("", (Role.LEARNER,), by=stand.by, now=stand.now, name=row.name, language=row.language,
                           contacts=(row.contact,) if row.contact.kind == EMAIL else ())
    learner = open_learner(account.id, row.birth_date, by=stand.by, now=stand.now)
    learner.legal_name, learner.employer = row.name, row.employer
    cohort = session.scalars(select(Cohort).where(Cohort.code == row.cohort)).one()
    agreement = current_agreement(session, stand.now)
    enrol(learner.id, cohort.programme.code, row.cohort, row.direction, agreement.version if agreement else 0,
          payer=row.payer, by=stand.by, now=stand.now)
    invite(account.id, row.contact.key, by=stand.by, now=stand.now, real_now=stand.real_now)


def _advisers(session: Session, names: Collection[str], now: datetime) -> set[str]:
    found = session.scalars(select(Account).where(Account.username.in_(names)))
    return {str(one.username) for one in found if Role.ADVISER in one.roles_at(now)}
