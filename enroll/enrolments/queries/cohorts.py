"""Cohorts 班级: those one may choose, and all of them with how many learners they have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from enroll.accounts.models import Account
from enroll.enrolments.lifecycle import LIVE
from enroll.enrolments.models import Cohort, Enrolment
from enroll.fees.lifecycle import OPEN
from enroll.fees.models import Fee
from enroll.learners.models import Learner
from enroll.programmes.models import Programme

ADVISED = joinedload(Cohort.adviser).lazyload(Account.grants)  # the adviser is named; nobody asks for the roles
WHOLE = (ADVISED, joinedload(Cohort.programme))


@dataclass(frozen=True)
class CohortRow:
    """A cohort and its learners: those enrolled now, and all there ever were."""

    cohort: Cohort
    learners: int
    ever: int


def cohorts_open(session: Session, programme_code: str) -> Sequence[Cohort]:
    """Cohorts a learner may choose, the newest first."""
    wanted = select(Cohort).join(Cohort.programme).options(ADVISED)
    wanted = wanted.where(Programme.code == programme_code, Cohort.open_to_all, Cohort.closed_at.is_(None))
    return session.scalars(wanted.order_by(Cohort.code.desc())).all()


def cohorts_running(session: Session, programme_id: int) -> Sequence[Cohort]:
    """Cohorts of a programme that are not closed, also those nobody chooses by themselves: where staff may move
    somebody."""
    wanted = select(Cohort).where(Cohort.programme_id == programme_id, Cohort.closed_at.is_(None))
    return session.scalars(wanted.options(ADVISED).order_by(Cohort.code)).all()


def cohorts_all(session: Session) -> list[CohortRow]:
    """Every cohort with its counts, the open ones first, then by code from the newest."""
    live = func.count(Enrolment.id).filter(Enrolment.state.in_(LIVE))
    counted = (
        select(Enrolment.cohort_id, live.label("live"), func.count(Enrolment.id).label("ever"))
        .group_by(Enrolment.cohort_id).subquery()
    )
    wanted = (
        select(Cohort, func.coalesce(counted.c.live, 0), func.coalesce(counted.c.ever, 0))
        .outerjoin(counted, counted.c.cohort_id == Cohort.id).options(*WHOLE)
        .order_by(Cohort.closed_at.is_not(None), Cohort.code.desc())
    )
    return [CohortRow(cohort, live, ever) for cohort, live, ever in session.execute(wanted)]


def cohort_by_code(session: Session, code: str) -> Cohort | None:
    return session.scalar(select(Cohort).where(Cohort.code == code).options(*WHOLE))


def to_pay_in(session: Session, cohort_id: int) -> list[tuple[str, str, datetime | None]]:
    """Who of a cohort has not settled the training fee: reference, name and the date it is due, the earliest first."""
    wanted = (
        select(Enrolment.reference, Learner.legal_name, Account.name, Fee.due_at)
        .join(Enrolment.learner).join(Learner.account).join(Fee, Fee.subject == Enrolment.reference)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.state.in_(LIVE), Fee.state.in_(OPEN))
        .order_by(Fee.due_at, Enrolment.id)
    )
    return [(reference, legal or name or reference, due) for reference, legal, name, due in session.execute(wanted)]
