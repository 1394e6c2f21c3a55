"""Time that was not counted, disputed by its learner and decided by another person."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from enroll.accounts.permissions import Role
from enroll.courses.models.studying import LessonProgress
from enroll.courses.queries.lessons import LessonKey
from enroll.courses.rules.timing import Beat
from enroll.courses.services.disputes import dispute_stretch
from enroll.courses.services.study import hear, start_session
from enroll.foundation.problems import NotFound, Refused
from enroll.hours.models import HoursDispute, LedgerEntry, UncountedTime
from enroll.hours.queries.proofs import active_proof
from enroll.hours.queries.soundness import recompute
from enroll.hours.queries.standing import minutes_credited
from enroll.hours.rules.disputes import DisputeFacts, Stretch, fits_the_day, fits_the_lesson, may_be_disputed
from enroll.hours.services.disputes import decide_dispute, withdraw_dispute
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from tests.builders.courses import the_courses
from tests.builders.pictures import a_picture
from tests.builders.study import a_colleague, a_person, a_student, account_of, acting, credited, learner_of
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, text_of

SHORT = LessonKey("G1", "G1-M1-L5")


@pytest.fixture
def student(session):
    student = a_student()
    the_courses()
    return student


def with_a_gap(student, *, gap=300, key=SHORT):
    """Eleven minutes studied, then silence (its seconds are not counted), then the page is left; gives the stretch."""
    by = learner_of(student)
    opened = start_session(key, by=by, now=NOON, browser="Chrome", device="7")
    for number in range(1, 23):
        hear(opened.token, Beat(number, True), by=by, now=NOON + timedelta(seconds=30 * number))
    hear(opened.token, Beat(30, False), by=by, now=NOON + timedelta(seconds=660 + gap), leaving=True)
    number = db.session.scalar(select(UncountedTime.id).where(UncountedTime.reason == "gap"))
    db.session.rollback()
    return number


def test_what_may_be_disputed_and_until_when():
    def reasons(now=NOON, **facts):
        stretch = Stretch(**({"seconds": 300, "happened_at": NOON, "room": 5, "days": 14, "disputed": False} | facts))
        return {one.code for one in may_be_disputed(stretch, now)}

    assert reasons() == set()
    assert reasons(seconds=59) == {"under_a_minute"}
    assert reasons(room=0, disputed=True) == {"lesson_full", "disputed_before"}
    end = Stretch(300, NOON, 5, 14, False).until
    assert reasons(end - timedelta(seconds=1)) == set()
    assert reasons(end) == {"dispute_late"}
    assert reasons(NOON + timedelta(days=900), days=None) == set()
    assert fits_the_lesson(DisputeFacts(1, 5, 5, 5)) is fits_the_day(DisputeFacts(1, 5, 5, 5)) is None
    too_many = DisputeFacts(1, 6, 5, 5)
    assert (fits_the_lesson(too_many).code, fits_the_day(too_many).code) == ("lesson_full", "day_full")


def test_a_dispute_won_is_a_row_of_its_own_and_the_lesson_goes_on_from_there(session, student):
    number, by = with_a_gap(student), learner_of(student)
    reference = dispute_stretch(number, "断网了", None, by=by, now=NOON + timedelta(hours=1))
    found = session.scalars(select(HoursDispute)).one()
    assert (found.minutes, found.lesson_minutes, found.evidence["sessions"][0]["browser"]) == (5, 15, "Chrome")
    session.rollback()
    reviewer = a_colleague(Role.REVIEWER)
    with pytest.raises(Refused) as refused:  # 11 of 15 minutes are there: 4 fit
        decide_dispute(reference, "count", minutes=5, by=reviewer, now=NOON, reason="看过")
    assert refused.value.codes == {"lesson_full"}
    with pytest.raises(Refused) as refused:
        decide_dispute(reference, "count", by=reviewer, now=NOON, reason=" ")
    assert refused.value.codes == {"reason_missing"}
    decide_dispute(reference, "count", by=reviewer, now=NOON + timedelta(days=1), reason="服务器有心跳记录")
    outbox.deliver(NOON + timedelta(days=2))
    session.expire_all()
    entry = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id.desc())).first()
    assert (entry.source, entry.source_key, entry.minutes) == ("dispute", f"dispute:{reference}", 4)
    assert minutes_credited(session, student.id) == 15
    assert session.scalars(select(LessonProgress.completed_at)).one() is not None
    assert list(recompute(session)) == []
    with pytest.raises(Refused) as refused:
        decide_dispute(reference, "stand", by=reviewer, now=NOON, reason="再来")
    assert refused.value.codes == {"wrong_state"}


def test_one_stretch_has_one_dispute_and_it_is_the_learner_s_own(session, student):
    number, by = with_a_gap(student), learner_of(student)
    with pytest.raises(NotFound):
        dispute_stretch(number, "我的", None, by=learner_of(a_student("other")), now=NOON)
    with pytest.raises(Refused) as refused:
        dispute_stretch(number, "断网了", None, by=by, now=NOON + timedelta(days=40))
    assert refused.value.codes == {"dispute_late"}
    reference = dispute_stretch(number, "断网了", None, by=by, now=NOON)
    with pytest.raises(Refused) as refused:
        dispute_stretch(number, "断网了", None, by=by, now=NOON)
    assert refused.value.codes == {"disputed_before"}
    kept = dict(session.execute(select(HoursDispute.__table__)).mappings().one())
    with pytest.raises(IntegrityError):
        session.execute(insert(HoursDispute.__table__).values(kept | {"id": 99, "reference": "Y999999"}))
    session.rollback()
    with pytest.raises(NotFound):
        withdraw_dispute(reference, by=a_colleague(Role.REVIEWER), now=NOON)


def test_nobody_decides_about_their_own_disputed_time(session, student):
    reference = dispute_stretch(with_a_gap(student), "断网了", None, by=learner_of(student), now=NOON)
    account = account_of(student)
    with transaction() as inner:
        from_role = a_person("someone", Role.REVIEWER).grants[0]
        inner.add(type(from_role)(account_id=account.id, role="reviewer", from_at=from_role.from_at))
    db.session.expire_all()
    with pytest.raises(Refused) as refused:
        decide_dispute(reference, "count", by=acting(account_of(student)), now=NOON, reason="我的")
    assert refused.value.codes == {"own_record"}


@pytest.mark.parametrize("end", ["stand", "withdraw", "count"])
def test_the_proof_waits_for_the_answer_and_says_so(session, student, end, sign_in):
    by = learner_of(student)
    reference = dispute_stretch(with_a_gap(student), "断网了", None, by=by, now=NOON)
    credited(student, 1600)
    assert active_proof(session, student.id) is None
    session.rollback()
    page = sign_in(account_of(student)).get("/hours")
    assert "撤回异议后，学时证明随即出具" in text_of(page)
    if end == "withdraw":
        withdraw_dispute(reference, by=by, now=NOON)
    else:
        decide_dispute(reference, end, by=a_colleague(Role.REVIEWER), now=NOON, reason="看过记录")
    assert active_proof(session, student.id).minutes == (1615 if end == "count" else 1611)


def test_a_learner_disputes_through_the_pages_and_reads_the_answer(app, session, student, sign_in):
    number = with_a_gap(student)
    learner, reviewer = sign_in(account_of(student)), sign_in(a_person("reviewer", Role.REVIEWER), app.test_client())
    here = f"/hours/uncounted/{number}/dispute"
    assert here in learner.get("/hours?view=uncounted").get_data(as_text=True)
    sent = fields_of(form_on(learner.get(here), here))
    empty = learner.post(here, data=sent | {"words": " "})
    assert (empty.status_code, "请说明情况" in text_of(empty)) == (422, True)
    odd = learner.post(here, data=sent | {"words": "断网", "picture": (io.BytesIO(b"no picture"), "a.jpg")})
    assert (odd.status_code, "断网" in odd.get_data(as_text=True)) == (409, True)
    done = learner.post(here, data=sent | {"words": "断网<b>", "picture": (io.BytesIO(a_picture(600, 400)), "a.jpg")})
    assert done.location == "/hours/disputes/Y000001"
    assert "已提异议" in text_of(learner.get("/hours?view=uncounted"))
    assert "已提过异议" in text_of(learner.get(here))
    assert "断网<b>" in text_of(learner.get(done.location))
    assert learner.get(f"{done.location}/evidence").mimetype == "image/jpeg"

    assert "Y000001" in text_of(reviewer.get("/staff/hours/disputes"))
    page = reviewer.get("/staff/hours/disputes/Y000001")
    assert "断网<b>" in text_of(page)
    assert "Chrome" in text_of(page)
    assert reviewer.get("/staff/hours/disputes/Y000001/evidence").data[:2] == b"\xff\xd8"
    over = press(reviewer, "/staff/hours/disputes/Y000001", "stand", minutes="999", reason="x")
    assert over.status_code == 422
    answer = press(reviewer, "/staff/hours/disputes/Y000001", "stand", reason="当时没有任何心跳")
    assert answer.location == "/staff/hours/disputes"
    assert "Y000001" in text_of(reviewer.get("/staff/hours/disputes?state=decided"))
    assert "当时没有任何心跳" in text_of(learner.get("/hours/disputes/Y000001"))
    learner.get("/language/en")
    assert "stays uncounted" in text_of(learner.get("/hours/disputes/Y000001"))
    assert "您异议的时间仍不计入学时" in text_of(learner.get("/messages"))
    other = sign_in(account_of(a_student("other")), app.test_client())
    gone = [f"/hours/disputes/Y000001{part}" for part in ("", "/evidence")] + [here]
    assert [other.get(page).status_code for page in gone] == [404] * 3
    assert learner.get("/staff/hours/disputes").status_code == 403


def test_a_dispute_is_taken_back_once(session, student, sign_in):
    number = with_a_gap(student)
    learner = sign_in(account_of(student))
    press(learner, f"/hours/uncounted/{number}/dispute", words="断网")
    assert press(learner, "/hours/disputes/Y000001", "withdraw").status_code == 303
    assert "你已撤回" in text_of(learner.get("/hours/disputes/Y000001"))
    assert session.scalars(select(HoursDispute.state)).one() == "withdrawn"
