"""Exceptions to rules of entry: what waits for a second person, what was decided."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from enroll.enrolments.lifecycle import ExceptionState
from enroll.enrolments.models import Enrolment, RuleException, RuleExceptionMove
from enroll.learners.models import Learner
from enroll.programmes.models import Window

WHOLE = (joinedload(RuleException.learner).joinedload(Learner.account), joinedload(RuleException.window),
         joinedload(RuleException.proposed_by), joinedload(RuleException.decided_by))


def exceptions_in(*, waiting: bool) -> Select[RuleException]:
    """Those that wait for a second person, or the others; the page orders them."""
    of = RuleException.state == ExceptionState.PROPOSED
    return select(RuleException).where(of if waiting else ~of).options(*WHOLE)


def exceptions_waiting(session: Session) -> int:
    return session.scalar(select(func.count(RuleException.id)).where(
        RuleException.state == ExceptionState.PROPOSED)) or 0


def exception_by_reference(session: Session, reference: str) -> RuleException | None:
    return session.scalar(select(RuleException).where(RuleException.reference == reference).options(*WHOLE))


def exception_history(session: Session, number: int) -> list[RuleExceptionMove]:
    wanted = select(RuleExceptionMove).where(RuleExceptionMove.record_id == number)
    return list(session.scalars(wanted.order_by(RuleExceptionMove.id.desc())))


def studies_for(session: Session, learner_id: int, window: Window) -> bool:
    """Whether somebody is enrolled on the programme of this window."""
    return session.scalar(select(Enrolment.id).where(
        Enrolment.learner_id == learner_id, Enrolment.programme_id == window.programme_id,
        Enrolment.state != "withdrawn").limit(1)) is not None
