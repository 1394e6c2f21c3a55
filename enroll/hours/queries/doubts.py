"""Minutes in doubt."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import Session, joinedload

from enroll.enrolments.models import Enrolment
from enroll.hours.lifecycle import DoubtState
from enroll.hours.models import DoubtMove, HoursDoubt
from enroll.hours.rules.standing import Totals


def doubts(state: str) -> Select[HoursDoubt]:
    whole = joinedload(HoursDoubt.enrolment).joinedload(Enrolment.learner)
    return select(HoursDoubt).where(HoursDoubt.state == state).options(whole)


def decided_doubts() -> Select[HoursDoubt]:
    whole = joinedload(HoursDoubt.enrolment).joinedload(Enrolment.learner)
    return select(HoursDoubt).where(HoursDoubt.state != DoubtState.OPEN).options(whole)


def doubts_of(session: Session, enrolment_id: int) -> Sequence[HoursDoubt]:
    wanted = select(HoursDoubt).where(HoursDoubt.enrolment_id == enrolment_id).order_by(HoursDoubt.id.desc())
    return session.scalars(wanted).all()


def doubt_by_reference(session: Session, reference: str) -> HoursDoubt | None:
    whole = joinedload(HoursDoubt.enrolment).joinedload(Enrolment.learner)
    return session.scalar(select(HoursDoubt).where(HoursDoubt.reference == reference).options(whole))


def doubt_history(session: Session, number: int) -> Sequence[DoubtMove]:
    return session.scalars(select(DoubtMove).where(DoubtMove.record_id == number).order_by(DoubtMove.id.desc())).all()


def open_doubts(session: Session, enrolment_id: int) -> int:
    return session.scalar(select(open_doubts_of(enrolment_id))) or 0


def open_doubts_of(enrolment_id: int) -> ScalarSelect[int]:
    """The question behind it, asked with others."""
    return select(func.count(HoursDoubt.id)).where(
        HoursDoubt.enrolment_id == enrolment_id, HoursDoubt.state == DoubtState.OPEN
    ).scalar_subquery()


def doubted_minutes(enrolment_id: int) -> Select[tuple[str, str, int]]:
    """The question behind the minutes in doubt: course, kind and minutes of each open one, asked with others."""
    return select(
        HoursDoubt.entry["course_code"].as_string(), HoursDoubt.entry["kind"].as_string(), HoursDoubt.minutes
    ).where(HoursDoubt.enrolment_id == enrolment_id, HoursDoubt.state == DoubtState.OPEN)


def minutes_in_doubt(doubts: Iterable[HoursDoubt]) -> Totals:
    """Those of the doubts that are open."""
    waiting = Totals()
    for one in doubts:
        if one.state == DoubtState.OPEN:
            practice = one.minutes if one.entry["kind"] == "practice" else 0
            waiting = waiting.and_also(Totals(one.minutes, practice, {one.entry["course_code"]: one.minutes}))
    return waiting
