"""Live classes of the demonstration: one to come with places taken, one that was held and waits to be settled."""

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.courses.models.editions import Course
from enroll.courses.models.live import LiveClass, LiveSign
from enroll.courses.queries.live import trainers
from enroll.courses.services.live import LivePlan, plan_class, take_place
from enroll.enrolments.lifecycle import EnrolmentState
from enroll.enrolments.models import Enrolment
from enroll.foundation.clock import at_beijing, local_day
from enroll.storage.database import transaction

MINUTES = 90
# Minutes after the start at which each of those in the class came and left; nobody knows when the fourth left.
STAYS = ((0, 90), (3, 88), (0, 70), (5, None))


def hold_classes(until: datetime) -> None:
    """Nothing where the data has no courses, nobody who teaches or nobody who studies."""
    with transaction() as session:
        course = session.scalar(select(Course).where(Course.section == "general").order_by(Course.position))
        teaching, students = trainers(session, until), _students(session)
        if course is None or not teaching or len(students) < len(STAYS):
            return
        trainer = teaching[0]
        evening, planned = time(19), until - timedelta(days=10)
        past = at_beijing(local_day(until) - timedelta(days=1), evening)
        for title, starts_at in (("直播：职场用AI的合规边界", past),
                                 ("直播：提示词工作坊", at_beijing(local_day(until) + timedelta(days=3), evening))):
            plan = LivePlan(title, course.code, "", "knowledge", trainer.id, "", "https://meeting.example.com/j/202611",
                            starts_at, MINUTES, 60)
            reference = plan_class(plan, by=trainer.actor_at(until), now=planned)
            for one in students:
                take_place(reference, by=one.learner.account.actor_at(until), now=planned)
            if starts_at < until:
                _come(session, reference, students, starts_at)


def _students(session: Session) -> list[Enrolment]:
    wanted = select(Enrolment).where(Enrolment.state == EnrolmentState.ACTIVE).order_by(Enrolment.id)
    return list(session.scalars(wanted.limit(len(STAYS))))


def _come(session: Session, reference: str, students: list[Enrolment], start: datetime) -> None:
    live = session.scalars(select(LiveClass).where(LiveClass.reference == reference)).one()
    for one, (came, left) in zip(students, STAYS, strict=True):
        moments = [("came_at", came), *([("left_at", left)] if left is not None else [])]
        session.add_all(
            LiveSign(class_id=live.id, enrolment_id=one.id, recorded_at=start + timedelta(minutes=number),
                     recorded_by_id=one.learner.account_id, **{name: start + timedelta(minutes=number)})
            for name, number in moments)
