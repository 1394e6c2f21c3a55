"""Hours from elsewhere and entries by hand: with evidence, decided by other people, credited once."""

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from enroll.accounts.permissions import Role
from enroll.applications.queries.applicant import standing_of
from enroll.courses.queries.plan import pending
from enroll.enrolments.models import Enrolment
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NotFound, Refused
from enroll.hours.models import HourAdjustment, HourClaim, LedgerEntry
from enroll.hours.queries.claims import waiting_claims
from enroll.hours.queries.soundness import recompute
from enroll.hours.queries.standing import minutes_credited
from enroll.hours.rules.adjusting import Adjustment
from enroll.hours.rules.claims import CLAIMING, Claim, ClaimedCourse, ClaimFacts, minutes_of, partner_key
from enroll.hours.services.adjusting import decide_adjustment, enter_minutes
from enroll.hours.services.claims import claim_hours, decide_claim, resubmit_claim, withdraw_claim
from enroll.hours.services.crediting import reverse
from enroll.programmes.models import Window
from enroll.programmes.rules.eligibility import stands_against_submitting
from enroll.programmes.services.settings import set_rule
from enroll.storage.database import db
from enroll.storage.files import keep_file
from tests.builders.courses import OFFICE, the_courses
from tests.builders.pictures import a_picture
from tests.builders.programmes import a_window
from tests.builders.study import a_colleague, a_person, a_student, account_of, acting, credited, learner_of
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, text_of

TODAY = local_day(NOON)
G1, D1 = ClaimedCourse("G1", "AI职场通识", "general"), ClaimedCourse("D1", "专业方向一", "direction")
CLAIM = Claim("另一家授权中心", "P-9", TODAY - timedelta(days=30), TODAY - timedelta(days=11), 20, "course_hours",
              "knowledge", G1)
ENTRY = Adjustment(360, "knowledge", "G1", "AI职场通识", "general", "直播课", TODAY - timedelta(days=3), "签到表遗失")


@pytest.fixture
def student(session):
    student = a_student()
    the_courses()
    return student


def a_file():
    return keep_file(b"%PDF-1.4", name="record.pdf", media_type="application/pdf", purpose="hour_claim", now=NOON)


def claimed(student, **changes):
    return claim_hours(student.id, replace(CLAIM, **changes), [a_file()], by=learner_of(student), now=NOON)


def refused_by(act):
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.codes


def test_what_a_claim_may_say():
    fine = ClaimFacts(1, 900, 0, date(2026, 11, 1), date(2026, 11, 3), date(2026, 11, 22), 360, 1000, 100)

    def wrong(**changes):
        return {found.code for check in CLAIMING if (found := check(replace(fine, **changes)))}

    assert wrong() == set()
    assert wrong(claimed=0) == wrong(claimed=10_001, most_a_day=9999, most_outside=None) == {"minutes_out_of_bounds"}
    assert wrong(studied_until=date(2026, 10, 31)) == {"days_turned_round"}
    assert wrong(studied_until=date(2026, 11, 23)) == {"days_ahead"}
    assert wrong(studied_until=date(2026, 11, 2)) == {"too_much_for_its_days"}
    assert wrong(files=0, claimed_before=True) == {"evidence_missing", "claimed_before"}
    assert wrong(outside_before=101) == {"outside_limit"}
    assert wrong(outside_before=9_999, most_outside=None) == set()
    assert [minutes_of(35, unit, 45) for unit in ("minutes", "course_hours", "clock_hours")] == [35, 1575, 2100]
    assert partner_key("ＡＩ 中心") == partner_key("ai中心")


def test_a_claim_waits_is_accepted_in_part_and_becomes_rows_of_at_most_eight_hours(session, student):
    reference = claimed(student)
    waiting = pending(session, student.id)
    assert (waiting.minutes, waiting.by_course) == (900, {"G1": 900})
    session.rollback()
    reviewer = a_colleague(Role.REVIEWER)
    assert refused_by(lambda: decide_claim(reference, "accept", minutes=901, by=reviewer, now=NOON,
                                           reason="x")) == {"accepts_too_much"}
    assert refused_by(lambda: decide_claim(reference, "accept", minutes=600, by=reviewer, now=NOON)) == {
        "reason_missing"}
    decide_claim(reference, "accept", minutes=600, by=reviewer, now=NOON, reason="有一天重复")
    rows = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).all()
    assert [(row.source, row.minutes, row.source_key) for row in rows] == [
        ("outside", 480, f"claim:{reference}:1"), ("outside", 120, f"claim:{reference}:2")]
    assert {row.local_day for row in rows} == {CLAIM.studied_until}
    assert (minutes_credited(session, student.id), pending(session, student.id).minutes) == (600, 0)
    assert list(recompute(session)) == []
    session.rollback()
    assert refused_by(lambda: decide_claim(reference, "refuse", by=reviewer, now=NOON, reason="再")) == {"wrong_state"}


def test_the_same_partner_and_days_are_claimed_once_and_again_after_a_refusal(session, student):
    reference, reviewer = claimed(student), a_colleague(Role.REVIEWER)
    assert refused_by(lambda: claimed(student, partner="另一家 授权中心", amount=1)) == {"claimed_before"}
    kept = dict(session.execute(select(HourClaim.__table__)).mappings().one())
    with pytest.raises(IntegrityError):
        session.execute(insert(HourClaim.__table__).values(kept | {"id": 99, "reference": "H999999"}))
    session.rollback()
    decide_claim(reference, "refuse", by=reviewer, now=NOON, reason="不是授权合作方")
    assert claimed(student) == "H000002"
    withdraw_claim("H000002", by=learner_of(student), now=NOON)
    assert claimed(student) == "H000003"


def test_a_returned_claim_does_not_wait_and_is_handed_in_again_by_its_learner(session, student):
    reference, reviewer, by = claimed(student), a_colleague(Role.REVIEWER), learner_of(student)
    decide_claim(reference, "return", by=reviewer, now=NOON, reason="缺日期")
    assert pending(session, student.id).minutes == 0
    session.rollback()
    with pytest.raises(NotFound):
        resubmit_claim(reference, CLAIM, [], by=learner_of(a_student("other")), now=NOON)
    resubmit_claim(reference, replace(CLAIM, amount=10), [], by=by, now=NOON)
    found = session.scalars(select(HourClaim)).one()
    assert (found.state, found.minutes, found.version, len(found.files)) == ("submitted", 450, 3, 1)


def test_what_waits_counts_at_submission_only_where_the_programme_says_so(session, student):
    credited(student, 675, practice=540, direction=135)
    window = a_window(session, session.get_one(Enrolment, student.id).programme)
    number = window.id
    session.commit()
    claimed(student, course=D1)
    db.session.expire_all()

    def hours_rule():
        found = standing_of(db.session(), student, db.session.get_one(Window, number), ruled_at=NOON)
        db.session.rollback()
        codes = {one.code for one in stands_against_submitting(found.rules, found.answers)}
        return any(code.startswith("hours") for code in codes), found.pending.minutes

    first = hours_rule()
    set_rule("CAIP", "hours_at_submit", "credited", TODAY - timedelta(days=1), False, "测试", by=OFFICE, now=NOON)
    db.session.expire_all()
    assert (first, hours_rule()) == ((False, 900), (True, 900))


def test_the_limit_from_elsewhere_is_the_programme_s(session, student):
    set_rule("CAIP", "hours_external_max", 20, TODAY - timedelta(days=1), False, "测试", by=OFFICE, now=NOON)
    db.session.expire_all()
    claimed(student)
    assert refused_by(lambda: claimed(student, partner="第三家", amount=1)) == {"outside_limit"}


def test_the_queue_comes_by_the_window_that_its_learner_makes(session, student):
    late, early = student, a_student("early")
    credited(early, 1500)
    a_window(session, session.get_one(Enrolment, student.id).programme)
    session.commit()
    claimed(late)
    claimed(early)
    rows = waiting_claims(session, NOON)
    assert [row.window.code if row.window else "" for row in rows] == ["202701", "202701"]


# A098, A099: what is typed, and entries by hand.

def test_a098_odd_amounts_are_refused_at_the_field_and_nothing_typed_is_lost(session, student, sign_in):
    learner = sign_in(account_of(student))
    here = "/hours/claims/new"
    sent = fields_of(form_on(learner.get(here), here)) | {
        "partner": "另一家授权中心", "studied_from": "2026-11-01", "studied_until": "2026-11-10",
        "unit": "course_hours", "kind": "knowledge", "course": "G1"}
    for odd in ("-5", "0", "0.5", "35.01", "NaN", "Infinity", "sNaN", "1e400", "9" * 5000, "３５", "35h", "", " "):
        answer = learner.post(here, data=sent | {"amount": odd})
        assert (answer.status_code, "另一家授权中心" in answer.get_data(as_text=True)) == (422, True), odd
    for name, odd in (("studied_from", "2026-02-30"), ("unit", "years"), ("kind", "x"), ("course", "G9")):
        assert learner.post(here, data=sent | {"amount": "20", name: odd}).status_code == 422, name
    no_file = learner.post(here, data=sent | {"amount": "20"})
    assert (no_file.status_code, "请附上合作方出具的学时记录" in text_of(no_file)) == (409, True)
    assert session.scalars(select(HourClaim)).all() == []


def test_a099_by_hand_with_reason_evidence_and_above_eight_hours_two_people(session, student):
    trainer, second = a_colleague(Role.TRAINER, name="one"), a_colleague(Role.REVIEWER, name="two")
    assert refused_by(lambda: enter_minutes(student.id, replace(ENTRY, reason=" "), a_file(), by=trainer,
                                            now=NOON)) == {"reason_missing"}
    assert refused_by(lambda: enter_minutes(student.id, ENTRY, a_file(), by=learner_of(student), now=NOON)) == {
        "not_permitted"}
    assert enter_minutes(student.id, ENTRY, a_file(), by=trainer, now=NOON).state == "credited"  # 8 hours of 45
    assert enter_minutes(student.id, replace(ENTRY, minutes=1), a_file(), by=trainer, now=NOON).state == "waiting"
    assert minutes_credited(session, student.id) == 360  # many small ones are one large one
    session.rollback()
    assert refused_by(lambda: decide_adjustment("J000002", "approve", by=trainer, now=NOON)) == {
        "second_person_is_maker"}
    assert refused_by(lambda: decide_adjustment("J000002", "withdraw", by=second, now=NOON)) == {"not_the_maker"}
    decide_adjustment("J000002", "approve", by=second, now=NOON)
    row = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id.desc())).first()
    assert (row.source, row.minutes, row.recorded_by_id, row.second_person_id, row.reason) == (
        "manual", 1, trainer.account_id, second.account_id, "签到表遗失")
    session.rollback()
    number = row.id
    reverse(student.id, number, by=second, now=NOON, reason="错")
    assert refused_by(lambda: reverse(student.id, number, by=second, now=NOON, reason="错")) == {"already_reversed"}
    undone = session.scalars(select(LedgerEntry.id).where(LedgerEntry.reverses_id == number)).one()
    session.rollback()
    assert refused_by(lambda: reverse(student.id, undone, by=second, now=NOON, reason="错")) == {"is_reversal"}
    assert minutes_credited(session, student.id) == 360
    with pytest.raises(IntegrityError):
        session.execute(HourAdjustment.__table__.update().values(second_person_id=trainer.account_id))
    session.rollback()


def test_nobody_decides_about_their_own_claim_or_entry(session, student):
    claim, maker = claimed(student), a_colleague(Role.TRAINER, name="maker")
    entry = enter_minutes(student.id, replace(ENTRY, minutes=400), a_file(), by=maker, now=NOON).reference
    account = account_of(student)
    grant = a_person("someone", Role.REVIEWER).grants[0]
    db.session.add(type(grant)(account_id=account.id, role="reviewer", from_at=grant.from_at))
    db.session.commit()
    db.session.expire_all()
    me = acting(account_of(student))
    for act in (lambda: decide_claim(claim, "accept", by=me, now=NOON),
                lambda: decide_adjustment(entry, "approve", by=me, now=NOON),
                lambda: enter_minutes(student.id, ENTRY, a_file(), by=me, now=NOON)):
        assert "own_record" in refused_by(act)


def test_claims_and_entries_through_the_pages(app, session, student, sign_in):
    a_window(session, session.get_one(Enrolment, student.id).programme)
    session.commit()
    learner = sign_in(account_of(student))
    reviewer, trainer = (sign_in(a_person(name, role), app.test_client())
                         for name, role in (("reviewer", Role.REVIEWER), ("trainer", Role.TRAINER)))
    here = "/hours/claims/new"
    sent = fields_of(form_on(learner.get(here), here)) | {
        "partner": "另一家<b>中心", "studied_from": "2026-11-01", "studied_until": "2026-11-10", "amount": "20",
        "unit": "course_hours", "kind": "knowledge", "course": "G1"}
    done = learner.post(here, data=sent | {"files": [(io.BytesIO(a_picture(600, 400)), "证明.jpg")]})
    assert done.location == "/hours/claims/H000001"
    assert "待认定" in text_of(learner.get("/hours"))
    assert "另一家<b>中心" in text_of(learner.get(done.location))
    assert "另一家<b>中心" in text_of(reviewer.get("/staff/hours/claims"))
    page = reviewer.get("/staff/hours/claims/H000001")
    assert "另一家<b>中心" in text_of(page)
    assert press(reviewer, "/staff/hours/claims/H000001", "return", reason="缺日期").location == "/staff/hours/claims"
    assert "缺日期" in text_of(learner.get("/hours/claims/H000001"))
    again = press(learner, "/hours/claims/H000001", "resubmit", note="见第二页")
    assert again.status_code == 303
    form = form_on(reviewer.get("/staff/hours/claims/H000001"), "return")
    answer = reviewer.post("/staff/hours/claims/H000001/accept", data=fields_of(form) | {"minutes": "900"})
    assert answer.status_code == 303
    assert minutes_credited(session, student.id) == 900
    session.rollback()
    assert "H000001" in text_of(reviewer.get("/staff/hours/claims?state=decided"))

    ledger = f"/staff/hours/ledgers/{student.reference}"
    assert f"{ledger}/enter" in trainer.get(ledger).get_data(as_text=True)
    fields = fields_of(form_on(trainer.get(f"{ledger}/enter"), f"{ledger}/enter")) | {
        "minutes": "400", "kind": "knowledge", "course": "G1", "title": "直播课", "done_on": "2026-11-12",
        "reason": "签到表遗失"}
    assert trainer.post(f"{ledger}/enter", data=fields).status_code == 422  # no evidence
    entered = trainer.post(f"{ledger}/enter", data=fields | {"file": (io.BytesIO(a_picture(600, 400)), "a.jpg")})
    assert entered.location == "/staff/hours/adjustments/J000001"
    assert "你录入" in text_of(trainer.get(entered.location))
    assert "J000001" in text_of(reviewer.get("/staff/hours/adjustments"))
    form = form_on(reviewer.get(entered.location), "refuse")
    assert reviewer.post(f"{entered.location}/approve", data=fields_of(form)).status_code == 303
    assert minutes_credited(session, student.id) == 1300
    session.rollback()
    assert "签到表遗失" in text_of(learner.get("/hours"))
    learner.get("/language/en")
    reviewer.get("/language/en")
    for browser, pages in ((learner, ["/hours", here, "/hours/claims/H000001"]),
                           (reviewer, ["/staff/hours/claims", "/staff/hours/claims/H000001", entered.location,
                                       "/staff/hours/adjustments?state=decided", f"{ledger}/enter"])):
        assert ["%(" in text_of(answer) for answer in map(browser.get, pages)] == [False] * len(pages)
    other = sign_in(account_of(a_student("other")), app.test_client())
    assert other.get("/hours/claims/H000001").status_code == 404
