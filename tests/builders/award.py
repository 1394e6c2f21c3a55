"""An exam that is over: a window with its two sittings, people who were there or not, and the house that marks it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.admission.models import ExamAccess
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import Actor
from enroll.learners.models import Learner
from enroll.programmes.models import Programme, Window
from enroll.results.models import Result
from enroll.results.rules.rows import TypedMark
from enroll.results.rules.verdicts import Entered
from enroll.results.services.checking import check_marks
from enroll.results.services.entering import enter_marks
from enroll.results.services.opening import open_results
from enroll.results.services.publishing import lock_sitting, publish_results
from enroll.sittings.models import Booking, ExamSite, Sitting
from enroll.storage.database import db, transaction
from tests.builders.programmes import a_window, beijing
from tests.builders.study import a_person, a_student
from tests.worlds import built_once

MARKING = beijing("2026-10-12 15:00")
PUBLISHING = beijing("2026-10-23 10:00")
PARTS = ("theory", "practical")


class House:
    """Everybody of the office, each with one role; they are there once somebody has asked for them."""

    @property
    def maker(self) -> Account:
        return _of_the_house("luru", Role.RESULT_MAKER)

    @property
    def checker(self) -> Account:
        return _of_the_house("fuhe", Role.RESULT_CHECKER)

    @property
    def third(self) -> Account:
        return _of_the_house("caijue", Role.RESULT_CHECKER)

    @property
    def lead(self) -> Account:
        return _of_the_house("zhuguan", Role.REVIEW_LEAD)

    @property
    def first(self) -> Account:
        return _of_the_house("fazheng1", Role.ISSUANCE_REVIEWER)

    @property
    def second(self) -> Account:
        return _of_the_house("fazheng2", Role.ISSUANCE_REVIEWER)

    @property
    def liaison(self) -> Account:
        return _of_the_house("shangbao", Role.BODY_LIAISON)

    @property
    def auditor(self) -> Account:
        return _of_the_house("shenji", Role.AUDITOR)


def _of_the_house(name: str, role: Role) -> Account:
    return db.session.scalar(select(Account).where(Account.username == name)) or a_person(name, role)


def acting(account: Account, at: datetime = MARKING) -> Actor:
    return account.actor_at(at)


@built_once
def an_exam(code: str = "202609", starts_on: date = date(2026, 9, 19)) -> Window:
    """A window of the one programme with a theory and a practical sitting at one site."""
    with transaction() as session:
        if session.scalar(select(Programme)) is None:
            a_student(f"first-of-{code}")
        programme = session.scalars(select(Programme)).first()
        window = a_window(session, programme, code, starts_on)
        site = session.scalar(select(ExamSite))
        if site is None:
            site = ExamSite(code="BJ01", name="北京示范考点", online=False)
            session.add(site)
        session.flush()
        begins = beijing(f"{starts_on.isoformat()} 09:30")
        for part, hours in (("theory", 0), ("practical", 5)):
            at = begins + timedelta(hours=hours)
            session.add(
                Sitting(
                    code=f"{code}-BJ01-{part[0].upper()}",
                    window_id=window.id,
                    site_id=site.id,
                    part=part,
                    online=False,
                    capacity=500,
                    taken=0,
                    starts_at=at,
                    ends_at=at + timedelta(hours=2),
                    minutes=120,
                    version=1,
                )
            )
    return window


def sitting_code(window: Window, part: str) -> str:
    return f"{window.code}-BJ01-{part[0].upper()}"


@built_once
def a_candidate(
    name: str,
    window: Window,
    theory: str | None = "present",
    practical: str | None = "present",
    *,
    legal_name: str = "",
    ticket_no: str = "",
) -> Learner:
    """Somebody enrolled (or who was before), booked for these parts with this attendance; None is not booked."""
    with transaction() as session:
        known = session.scalar(select(Learner).where(Learner.reference == f"L-{name}"))
        learner_id = known.id if known is not None else a_student(name).learner_id
        learner = session.get_one(Learner, learner_id)
        learner.legal_name = legal_name or learner.legal_name
        for part, state in zip(PARTS, (theory, practical), strict=True):
            if state is not None:
                sitting = session.scalars(select(Sitting).where(Sitting.code == sitting_code(window, part))).one()
                booking = Booking(
                    reference=f"B{window.code[2:]}-{part[0].upper()}{learner_id:04d}",
                    learner_id=learner_id,
                    window_id=window.id,
                    sitting_id=sitting.id,
                    part=part,
                    subject=f"A{window.code[2:]}-{learner_id:04d}",
                    state=state,
                    version=1,
                    booked_at=MARKING - timedelta(days=60),
                )
                session.add(booking)
                session.flush()
                if ticket_no:
                    session.add(
                        ExamAccess(
                            booking_id=booking.id,
                            part=part,
                            ticket_no=f"{ticket_no}{part[0].upper()}",
                            received_at=MARKING - timedelta(days=40),
                        )
                    )
    return learner


def enrolment_of(learner: Learner) -> Enrolment:
    return db.session.scalars(select(Enrolment).where(Enrolment.learner_id == learner.id)).one()


def result_of(learner: Learner, window: Window, part: str) -> Result:
    """The result in force."""
    wanted = (
        select(Result)
        .join(Booking, Booking.id == Result.booking_id)
        .where(
            Booking.learner_id == learner.id,
            Booking.window_id == window.id,
            Booking.part == part,
            Result.state != "superseded",
        )
    )
    return db.session.scalars(wanted).one()


def points(mark: float | None, verdict: str | None = None) -> Entered:
    return Entered(None if mark is None else round(mark * 10), verdict)


@built_once
def opened(window: Window, *, by: Actor, now: datetime = MARKING) -> None:
    with transaction():
        for part in PARTS:
            open_results(sitting_code(window, part), by=by, now=now)


@built_once
def enter(learner: Learner, window: Window, part: str, mark: float, *, by: Actor, now: datetime = MARKING):
    typed = [TypedMark(result_of(learner, window, part).reference, points(mark))]
    return enter_marks(sitting_code(window, part), typed, by=by, now=now)[0]


@built_once
def check(learner: Learner, window: Window, part: str, mark: float, *, by: Actor, now: datetime = MARKING):
    typed = [TypedMark(result_of(learner, window, part).reference, points(mark))]
    return check_marks(sitting_code(window, part), typed, by=by, now=now)[0]


@built_once
def marked(window: Window, house: House, marks: Mapping[Learner, Mapping[str, float]]) -> None:
    """Open the results, and let two people enter the same marks."""
    with transaction():
        opened(window, by=acting(house.maker))
        for part in PARTS:
            typed = [
                TypedMark(result_of(learner, window, part).reference, points(by_part[part]))
                for learner, by_part in marks.items()
                if part in by_part
            ]
            enter_marks(sitting_code(window, part), typed, by=acting(house.maker), now=MARKING)
            check_marks(sitting_code(window, part), typed, by=acting(house.checker), now=MARKING)


@built_once
def locked(window: Window, house: House, marks: Mapping[Learner, Mapping[str, float]]) -> None:
    with transaction() as session:
        marked(window, house, marks)
        for part in PARTS:
            code = sitting_code(window, part)
            there = select(Result.id).join(Sitting, Sitting.id == Result.sitting_id).where(Sitting.code == code)
            if session.scalar(there) is not None:
                lock_sitting(code, by=acting(house.lead), now=MARKING)


@built_once
def published(
    window: Window, house: House, marks: Mapping[Learner, Mapping[str, float]], now: datetime = PUBLISHING
) -> None:
    with transaction():
        locked(window, house, marks)
        publish_results(window.code, by=acting(house.lead), now=now)
