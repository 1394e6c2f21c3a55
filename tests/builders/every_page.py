"""A house in full work: records in the states whose pages carry a form, from sign-up to the fee."""

from datetime import date, timedelta

from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.applications.rules.items import ItemGiven
from enroll.applications.services.claiming import claim
from enroll.applications.services.reviewing import approve, reject, return_for_correction
from enroll.courses.models.editions import Lesson
from enroll.courses.models.works import PracticeFile, PracticeWork
from enroll.courses.services.quizzes import start_quiz
from enroll.enrolments.models import Enrolment
from enroll.fees.models import Fee, Payment
from enroll.fees.services.importing import check_payments
from enroll.fees.services.payments import record_payment
from enroll.fees.services.refunds import move_refund, request_refund
from enroll.foundation.actor import SYSTEM, Actor
from enroll.hours.services.doubts import raise_doubt
from enroll.learners.lifecycle import CheckKind
from enroll.learners.models import Guardian, Learner
from enroll.learners.services.texts import add_reason
from enroll.programmes.models import Programme
from enroll.programmes.services.announcements import add_announcement
from enroll.storage.database import db, transaction
from enroll.storage.files import keep_file
from tests.builders import applicants, programmes
from tests.builders.accounts import an_account
from tests.builders.courses import PRACTICE, QUIZ, the_courses
from tests.builders.enrolments import a_cohort, an_agreement, enrolled
from tests.builders.learners import a_learner, handed_in, the_texts, with_everything
from tests.builders.papers import a_photo
from tests.builders.study import account_of, learner_of, minutes
from tests.conftest import NOON

STAFF = [role for role in Role if role is not Role.LEARNER]


APPLIES, STUDIES, ENTERS = ("/applications", "/bookings"), ("/study",), ("/identity", "/guardian")
WALKS: dict[str, tuple[tuple[str, ...], int]] = {
    "": (("/sign-", "/recover", "/verify", "/guardian", "/help", "/windows", "/programmes", "/eligibility"), 1),
    "everybody": (("/staff", "/account", "/messages"), 1),
    Role.REVIEWER: (("/staff/applications",), 1),
    "luru": (("/staff/results",), 2),
    "new": ((*ENTERS, "/home", "/messages", "/account"), 1), "ready": ((*ENTERS, "/enrol"), 1), "young": (ENTERS, 1),
    "unpaid": (("/enrolment", "/fees"), 1), "draft": (APPLIES, 1), "free": ((*APPLIES, *STUDIES, "/hours"), 2),
    "submitted": (APPLIES, 1), "returned": (APPLIES, 1), "rejected": (APPLIES, 1), "approved": (APPLIES, 1),
    "settled": (APPLIES, 1), "two": (STUDIES, 2), "cert-issued": (("/certificates",), 1),
    "score-asks": (("/results",), 1),
}
"""Who goes through which pages, and how many of each."""
APPLICANTS = ("free", "submitted", "claimed", "returned", "rejected", "approved", "settled", "two")


class World:
    """Who is there, and addresses that no link leads to."""

    def __init__(self) -> None:
        self.people: dict[str, int] = {}
        self.addresses: list[str] = []
        self.walks = dict(WALKS)

    def add(self, name: str, account: Account) -> None:
        self.people[name] = account.id

    def staff(self, role: Role) -> Actor:
        actor: Actor = db.session.get_one(Account, self.people[role]).actor_at(NOON)
        db.session.rollback()
        return actor


def the_office(world: World) -> None:
    """Somebody of each role, the texts, the cohort, the courses, the window with its sittings."""
    world.add("draft", account_of(applicants.an_applicant("draft", minutes=0)))
    the_texts()
    an_agreement()
    for role in STAFF:
        world.add(role, an_account(f"staff-{role}".replace("_", "-")[:18], role))
    for item in ("photo", "name", "hours"):
        add_reason(item, "demo", "both", "不清楚", "Unclear", "请更正。", "Correct it.")
    a_cohort("C2611")
    the_courses()
    with transaction() as session:
        programmes.the_holidays(session)
        programme = session.scalars(select(Programme)).one()
        programmes.a_window(session, programme, "202705", date(2027, 5, 15), state="draft")
    applicants.both_sittings()
    add_announcement("公告", "正文", NOON - timedelta(days=1), by=world.staff(Role.EXAM_OFFICER), now=NOON)


def the_newcomers(world: World) -> None:
    """Learners on their way to an enrolment: nothing handed in, everything, waiting, under age, unpaid."""
    for number, name in enumerate(("new", "ready", "waiting", "young", "unpaid"), 1):
        born = date(2010, 5, 20) if name == "young" else date(1990, 3, 12)
        learner = a_learner(f"{name}@example.org", born=born)
        world.add(name, learner.account)
        if name not in {"new", "young"}:
            with_everything(learner, sequence=100 + number)
        if name == "waiting":
            handed_in(learner)
        if name == "unpaid":
            enrolled(learner.account, learner, cohort="C2611")
        if name == "young":
            with transaction() as session:
                session.add(Guardian(learner_id=learner.id, token="guardian-token-0001", name="张三", relation="母亲",
                                     address="mother@example.org", asked_at=NOON))
    world.addresses.append("/guardian/guardian-token-0001")


def the_working_days(world: World) -> None:
    """Applications, money and study."""
    the_applications(world)
    _money(world)
    _study(world)


def the_applications(world: World, names: tuple[str, ...] = APPLICANTS) -> None:
    """One application in each of these states, and the fees that follow."""
    reviewer = world.staff(Role.REVIEWER)
    draft = db.session.scalars(select(Enrolment).order_by(Enrolment.id)).first()
    assert draft is not None
    applicants.a_draft(draft)
    for name in names:
        enrolment = applicants.an_applicant(name)
        world.add(name, account_of(enrolment))
        if name == "free":
            continue
        reference = applicants.a_submitted(enrolment)
        if name == "claimed":
            claim(reference, by=reviewer, now=NOON)
        elif name == "returned":
            return_for_correction(reference, [ItemGiven("photo", "demo", "请重拍")],
                                  by=reviewer, now=NOON)
        elif name == "rejected":
            reject(reference, [ItemGiven("photo", "demo", "不符")], by=reviewer, now=NOON)
        elif name in {"approved", "settled", "two"}:
            approve(reference, verified=[CheckKind.PHOTO, CheckKind.IDENTITY], by=reviewer, now=NOON)


def _money(world: World) -> None:
    """A fee due, one paid with refunds in each state, a payment to reconcile, a list to look at."""
    finance = world.staff(Role.FINANCE)
    other = an_account("second-finance", Role.FINANCE).actor_at(NOON)
    fees = db.session.scalars(select(Fee).where(Fee.state == "due").order_by(Fee.id.desc())).all()
    paid, late = [(one.reference, one.amount_fen, one.id) for one in fees[:2]]
    db.session.rollback()
    record_payment(paid[0], "wechat", "WX1", paid[1], NOON, by=finance, now=NOON)
    references = [request_refund(paid[0], 100, "gave_up_or_absent", reason="退", by=finance, now=NOON)
                  for _ in range(3)]
    for reference in references[1:]:
        move_refund(reference, "approve", by=other, now=NOON)
    move_refund(references[2], "send", by=finance, now=NOON)
    with transaction() as session:
        session.add(Payment(fee_id=late[2], provider="bank", trade_no="LATE", amount_fen=100, paid_at=NOON, late=True,
                            recorded_at=NOON, recorded_by_id=world.people[Role.FINANCE]))
    rows = "缴费单号,缴费方式,交易号,金额,缴费时间\n" + f"{late[0]},微信支付,WX2,1.00,2026-11-21 18:30\n"
    kept = check_payments(rows.encode(), file_name="bank.csv", by=finance, now=NOON)
    world.addresses += [f"/staff/fees/import/{kept.token}", f"/staff/fees/group?fee={late[0]}"]


def _study(world: World) -> None:
    """Minutes in doubt, a quiz begun, practical work begun and handed in."""
    for name in ("free", "two"):
        enrolment = _enrolment(world, name)
        raise_doubt(enrolment.id, minutes(30, f"session:{name}:x"), why="two_devices", words="两台设备", evidence={},
                    by=SYSTEM, now=NOON)
        file = keep_file(a_photo(), name="a.jpg", media_type="image/jpeg", purpose="practice", now=NOON)
        with transaction() as session:
            lesson = session.scalars(select(Lesson).where(Lesson.code == PRACTICE.lesson)).one()
            work = PracticeWork(reference=f"W9{enrolment.id:05d}", enrolment_id=enrolment.id, version=1,
                                learner_id=enrolment.learner_id, lesson_id=lesson.id, note="说明",
                                state="draft" if name == "free" else "handed_in", hand_ins=int(name == "two"),
                                handed_in_at=None if name == "free" else NOON)
            session.add_all([work, file])
            session.flush()
            session.add(PracticeFile(work_id=work.id, file_id=file.id, deliverable="", added_at=NOON,
                                     hand_in=int(name == "two")))
    start_quiz(QUIZ, by=learner_of(_enrolment(world, "two")), now=NOON)


def _enrolment(world: World, name: str) -> Enrolment:
    wanted = select(Enrolment).join(Learner, Learner.id == Enrolment.learner_id)
    return db.session.scalars(wanted.where(Learner.account_id == world.people[name])).one()
