"""A house in full work, second half: exam days, marks, reviews, certificates, batches."""

from datetime import date

from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.admission.models import Ticket
from enroll.admission.services import incidents
from enroll.admission.services.excuses import ask_excuse
from enroll.certificates.services import cases, matters, measures
from enroll.exchange.rules.batches import BatchKind
from enroll.exchange.services.batches import freeze_batch, make_batch
from enroll.exchange.services.replies import check_reply
from enroll.foundation.actor import SYSTEM
from enroll.learners.models import Learner
from enroll.results.services.importing import apply_marks, bring_file, stage_marks
from enroll.results.services.reviews import ask_score_review
from enroll.sittings.lifecycle import Part
from enroll.sittings.models import Booking, Sitting
from enroll.storage import outbox
from enroll.storage.database import transaction
from enroll.storage.files import keep_file
from tests.builders import admission
from tests.builders.award import (
    House,
    a_candidate,
    acting,
    an_exam,
    check,
    enrolment_of,
    enter,
    locked,
    marked,
    opened,
    published,
    result_of,
    sitting_code,
)
from tests.builders.certificates import PASSING, REVIEWING, at, case_of, issued
from tests.builders.every_matter import the_matters
from tests.builders.every_page import World
from tests.builders.exams import a_sitting, a_window
from tests.builders.exchange import a_reply, a_sent_batch
from tests.builders.papers import a_photo
from tests.builders.programmes import beijing
from tests.builders.study import credited
from tests.builders.workbooks import a_workbook
from tests.conftest import NOON

MARKING = beijing("2026-11-20 15:00")
PUBLISHING = beijing("2026-11-20 18:00")


def the_exams(world: World) -> None:
    """Everything from the exam day on, and what learners and staff have to settle beside it."""
    house = House()
    _certificates(world, house)
    _marks(world, house)
    world.add("luru", house.maker)
    _exam_day(world)
    _batches(world)
    the_matters(world)


def _certificates(world: World, house: House) -> None:
    """A case in each state of the review, and certificates that can be suspended."""
    window = an_exam("202609")
    people = {name: a_candidate(f"cert-{name}", window) for name in (
        "eligible", "first", "held", "refused", "matter", "issued", "measured")}
    for learner in people.values():
        credited(enrolment_of(learner), 1620)
    published(window, house, dict.fromkeys(people.values(), PASSING))
    outbox.deliver(REVIEWING, slow=False)
    for name in ("first", "held", "refused"):
        case = case_of(people[name]).reference
        if name == "first":
            cases.approve_first(case, by=at(house.first), now=REVIEWING)
        elif name == "held":
            cases.hold(case, by=at(house.first), now=REVIEWING, reason="看一下")
        else:
            cases.refuse(case, "other", "不予发证", by=at(house.first), now=REVIEWING)
    matters.raise_matter(people["matter"].id, "incident", "K000001", by=SYSTEM, now=REVIEWING, words="核实")
    for place, name in enumerate(("issued", "measured")):
        done = issued(people[name], house, f"CAIP-202609-TX01-0000{place}-3")
        world.add(f"cert-{name}", people[name].account)
    measures.propose_measure(done.reference, "suspend", "body_decision", "核查", date(2026, 11, 20),
                             by=at(house.first, NOON), now=NOON)


def _marks(world: World, house: House) -> None:
    """Results published and open to review; others half entered, differing, checked, locked, not begun, imported."""
    window = an_exam("202610", date(2026, 10, 17))
    asks, asked, void = (a_candidate(f"score-{name}", window) for name in ("asks", "asked", "void"))
    published(window, house, {asks: {"theory": 40, "practical": 50}, asked: PASSING, void: PASSING}, now=PUBLISHING)
    outbox.deliver(PUBLISHING, slow=False)
    world.add("score-asks", asks.account)
    ask_score_review(asked.id, result_of(asked, window, "theory").reference, "请核对", by=asked.account.actor_at(NOON),
                     now=NOON)
    half = an_exam("202611", date(2026, 11, 14))
    rows = [a_candidate(f"half-{number}", half, ticket_no=f"TN{number}") for number in range(4)]
    opened(half, by=acting(house.maker, MARKING), now=MARKING)
    for row in rows[:3]:
        enter(row, half, "theory", 70, by=acting(house.maker, MARKING), now=MARKING)
    check(rows[1], half, "theory", 80, by=acting(house.checker, MARKING), now=MARKING)
    header = ["准考证号", "姓名", "证件号码后四位", "科目", "成绩"]
    for number, applied in ((0, True), (3, False)):
        content = a_workbook([header, [f"TN{number}P", "张伟", "", "实践", 66]])
        file = bring_file(content, f"{number}.xlsx", by=acting(house.maker, MARKING), now=MARKING)
        staged = stage_marks("202611", file, by=acting(house.maker, MARKING), now=MARKING)
        if applied:
            apply_marks(staged.token, file.digest, file.table, by=acting(house.maker, MARKING), now=MARKING)
        world.addresses.append(f"/staff/results/imports/{staged.token}")
    done = an_exam("202612", date(2026, 11, 7))
    locked(done, house, {a_candidate("locked", done): PASSING})
    whole = an_exam("202613", date(2026, 11, 8))
    marked(whole, house, {a_candidate("whole", whole): PASSING})
    late = an_exam("202614", date(2026, 11, 9))
    a_candidate("late", late, "confirmed", "confirmed")


def _exam_day(world: World) -> None:
    """An exam this morning: some at the door, one already in, one with a ticket and an exam account."""
    window = an_exam("202615", date(2026, 11, 22))
    one = a_candidate("door", window, "ticketed", "ticketed", ticket_no="TD1")
    inside = a_candidate("inside", window, "present", "confirmed", ticket_no="TD2")
    world.add("door", one.account)
    world.add("inside", inside.account)
    with transaction() as session:
        session.add(Ticket(number="T2615-BJ01-0001", token="ticket-token-0001", learner_id=one.id, window_id=window.id,
                           kind="ticket", ticket_version=1, facts={}, released_at=NOON))
    code = sitting_code(window, "theory")
    _an_incident_and_an_excuse(world, code, inside, one)
    world.addresses += [f"/staff/admission/{code}/door?shown=T2615-BJ01-0001",
                        f"/staff/admission/{code}/record/absent"]


def _an_incident_and_an_excuse(world: World, code: str, inside: Learner, one: Learner) -> None:
    """Something about whoever is inside that waits for a statement, and whoever is at the door asks to be excused."""
    with transaction() as session:
        wanted = select(Booking.reference).join(Sitting, Sitting.id == Booking.sitting_id)
        there = session.scalars(wanted.where(Sitting.code == code, Booking.learner_id == inside.id)).one()
        other = session.scalars(wanted.where(Booking.part == Part.PRACTICAL, Booking.learner_id == one.id)).one()
    incidents.report_incident(incidents.Report(code, there, "device", NOON, "手机响铃"),
                              by=world.staff(Role.EXAM_OFFICER), now=NOON)
    account = one.account
    paper = keep_file(a_photo(), name="证明.jpg", media_type="image/jpeg", purpose="excuse", now=NOON, sealed=True,
                      owner_id=account.id)
    ask_excuse(other, "发烧", paper, by=account.actor_at(NOON), now=NOON)


def _batches(world: World) -> None:
    """A draft, a frozen batch, one sent with a reply that waits to be applied."""
    liaison, window = world.staff(Role.BODY_LIAISON), a_window("202703", starts_on=date(2027, 3, 20))
    sittings = [a_sitting(window, part) for part in Part]
    for place in range(3):
        references = admission.registered(admission.a_candidate(f"reg{place}", legal_name=f"报送{place}"), *sittings)
        if place:
            reference = make_batch(BatchKind.REGISTRATION, "202703", by=liaison, now=NOON)
            if place == 1:
                freeze_batch(reference, by=liaison, now=NOON)
        else:
            sent = a_sent_batch(liaison, window="202703")
            content = a_reply([references[0], "报送0", "", "TX1", "acc", "pw", "https://exam.example.org"])
            kept = check_reply(BatchKind.REGISTRATION, content, file_name="r.xlsx", by=liaison, now=NOON, batch=sent)
            world.addresses.append(f"/staff/exchange/replies/{kept.token}")

