"""Cohorts are opened with an adviser, and closed; nobody joins a closed one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.audit import services as audit
from enroll.enrolments.models import Cohort
from enroll.enrolments.rules import CohortSource, cohort_code_fits
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.programmes.models import Programme
from enroll.programmes.queries.wording import wordings
from enroll.programmes.rules.advertising import promises_nothing
from enroll.storage.database import lock, transaction


def add_cohort(
    code: str, name_zh: str, *, programme_code: str, adviser: str, source: str, open_to_all: bool, name_en: str = "",
    by: Actor, now: datetime,
) -> str:
    """Open a cohort; gives its code. `adviser` is a user name; `open_to_all`: learners may choose it by themselves.

    Raises Refused for a code that is unfit or taken, and for somebody who is not an adviser.
    """
    with transaction() as session:
        # Under the programme's lock, so that two people adding the same code get one cohort and one refusal.
        programme = lock(session, Programme, Programme.code == programme_code)
        account = session.scalar(select(Account).where(Account.username == adviser))
        problems = _against(session, code, account, now)
        known = wordings(session, local_day(now))
        problems += [one for one in (promises_nothing(known, name_zh, field="name_zh", titles=True),
                                     promises_nothing(known, name_en, field="name_en", titles=True)) if one]
        if problems or account is None:
            raise Refused(problems)
        session.add(Cohort(code=code, name_zh=name_zh, name_en=name_en, programme_id=programme.id,
                           adviser_id=account.id, source=str(CohortSource(source)), open_to_all=open_to_all))
        audit.record(session, "enrolments.add_cohort", f"cohort {code}", by=by, now=now, programme=programme_code,
                     adviser=adviser, source=str(source), open_to_all=open_to_all)
        return code


def close_cohort(code: str, *, by: Actor, now: datetime) -> None:
    """Let nobody else join. Whoever is in it goes on studying. A second time changes nothing."""
    with transaction() as session:
        cohort = lock(session, Cohort, Cohort.code == code)
        if cohort.closed_at is None:
            cohort.closed_at = now
            audit.record(session, "enrolments.close_cohort", f"cohort {code}", by=by, now=now)


def _against(session: Session, code: str, adviser: Account | None, now: datetime) -> list[Problem]:
    found = []
    unfit = cohort_code_fits(code)
    if unfit is not None:
        found.append(unfit)
    if session.scalar(select(Cohort.id).where(Cohort.code == code)) is not None:
        found.append(problem("cohort_known", N_("There already is a cohort %(cohort)s."), field="code", cohort=code))
    if adviser is None or not _advises(adviser, now):
        found.append(problem("adviser_unknown", N_("Choose somebody who is an adviser."), field="adviser"))
    return found


def _advises(account: Account, now: datetime) -> bool:
    """Now or from a later day on: a cohort may be prepared before its adviser begins."""
    return any(grant.role == Role.ADVISER and (grant.until_at is None or grant.until_at > now)
               for grant in account.grants)
