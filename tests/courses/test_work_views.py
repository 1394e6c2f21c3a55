"""Quizzes, practical work and one's own hours, through the pages."""

import io
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from enroll.accounts.permissions import Role
from enroll.courses.models.works import PracticeFile, PracticeWork
from enroll.courses.services.playing import study_lesson
from enroll.courses.services.practice import return_work
from enroll.courses.views import practice
from enroll.hours.models import LedgerEntry, UncountedTime
from enroll.hours.queries.standing import minutes_credited
from enroll.hours.services.crediting import credit
from enroll.questions.models import BankQuestion, QuizAttempt
from enroll.storage import outbox
from enroll.storage.database import transaction
from enroll.storage.files import StoredFile
from enroll.web.uploads import MARK
from tests.builders.courses import REPORT, SOURCES, the_courses
from tests.builders.study import a_colleague, a_student, account_of, credited, learner_of, minutes
from tests.conftest import NOON
from tests.pages import fetched, fields_of, form_on, press, soup, text_of

READING, QUIZ, PRACTICE = "/study/G1/G1-M1-L4", "/study/G1/G1-M1-Q", "/study/G1/G1-M2-P1"
VIDEO = "/study/G1/G1-M1-L1"


@pytest.fixture
def student(session):
    student = a_student()
    the_courses()
    return student


@pytest.fixture
def me(student, sign_in):
    return sign_in(account_of(student))


# Quizzes.

def attempt_page(me):
    return press(me, QUIZ, f"{QUIZ}/attempts").location


def right_answers(session):
    attempt = session.scalars(select(QuizAttempt).order_by(QuizAttempt.id.desc())).first()
    bank = {question.id: question.answer for question in session.scalars(select(BankQuestion))}
    answers = {f"q{item['question']}": bank[item["question"]] for item in attempt.paper}
    session.rollback()
    return answers


def test_a_quiz_is_begun_saved_without_a_script_and_handed_in(me, session, student):
    here = attempt_page(me)
    answers = right_answers(session)
    sent = me.post(f"{here}/save", data=fields(me.get(here)) | dict(list(answers.items())[:2]))
    assert sent.status_code == 303
    assert len(soup(me.get(here)).select(".qmap .is-done")) == 2
    done = me.post(f"{here}/submit", data=fields(me.get(here)) | answers)
    assert done.status_code == 303
    page = text_of(me.get(here))
    assert "100" in page
    assert "解析" in page
    assert minutes_credited(session, student.id) == 15


def fields(page):
    return fields_of(form_on(page, "submit"))


def test_no_answer_key_reaches_the_page_before_it_is_handed_in(me, session):
    here = attempt_page(me)
    page = me.get(here).get_data(as_text=True)
    for leak in ("解析", "explanation", "is-right", "is-wrong", "checked", "answer\"", "correct"):
        assert leak not in page
    for question in session.scalars(select(BankQuestion)):
        assert question.explanation not in page


def test_a_script_saves_and_is_told_when_it_is_too_late(me, clock, session):
    here = attempt_page(me)
    sent = fields(me.get(here)) | right_answers(session)
    fetch = {"X-Requested-With": "fetch"}
    assert me.post(f"{here}/save", data=sent, headers=fetch).json == {"saved": True}
    clock.set(NOON + timedelta(minutes=16))
    assert me.post(f"{here}/save", data=sent, headers=fetch).status_code == 409
    assert "100" in text_of(me.get(here))  # handed in with what was saved


def test_handing_in_with_nonsense_marks_the_rest(me, session):
    here = attempt_page(me)
    nonsense = {"q1": ["Z", "<script>"], "q999999": "A", "qx": "A", "q": "A", "q1 OR 1=1": "A", "points": "100"}
    assert me.post(f"{here}/submit", data=fields(me.get(here)) | nonsense).status_code == 303
    assert session.scalars(select(QuizAttempt.points)).one() == 0


def test_another_person_s_attempt_is_a_404_for_every_act(me, app, sign_in, session, student):
    here = attempt_page(me)
    stranger = sign_in(account_of(a_student("stranger")), app.test_client())
    token = soup(stranger.get("/study")).select_one("input[name=csrf_token]")["value"]
    assert stranger.get(here).status_code == 404
    for act in ("save", "submit"):
        assert stranger.post(f"{here}/{act}", data={"csrf_token": token}).status_code == 404
    assert session.scalars(select(QuizAttempt.submitted_at)).one() is None


def test_after_a_failed_attempt_the_page_says_when_the_next_one_opens(me):
    here = attempt_page(me)
    me.post(f"{here}/submit", data=fields(me.get(here)))
    page = me.get(QUIZ)
    assert "10:10" in text_of(page)
    with pytest.raises(AssertionError):
        form_on(page, "attempts")


def test_begun_twice_it_is_one_attempt(me, session):
    form = form_on(me.get(QUIZ), "attempts")
    sent = fields_of(form)
    answers = {me.post(f"{QUIZ}/attempts", data=sent).location for _ in range(3)}
    assert len(answers) == 1
    assert session.scalar(select(func.count(QuizAttempt.id))) == 1


# Practical work.

def upload(me, name="简报.pdf", content=b"%PDF-1.7 ....", deliverable=REPORT, **more):
    sent = fields_of(form_on(me.get(PRACTICE), "files")) | {"deliverable": deliverable}
    sent["file"] = (io.BytesIO(content), name)
    return me.post(f"{PRACTICE}/files", data={**sent, **more}, content_type="multipart/form-data")


def test_work_is_uploaded_with_a_receipt_and_handed_in(me, session, student):
    assert upload(me).status_code == 303
    assert upload(me, "来源.xlsx", b"PK\x03\x04....", SOURCES).status_code == 303
    page = me.get(PRACTICE)
    digest = session.scalars(select(StoredFile.sha256)).first()
    session.rollback()
    assert digest[:16] in str(soup(page))
    assert press(me, PRACTICE, "hand_in", note="用了两种工具").status_code == 303
    assert "等待讲师批阅" in text_of(me.get(PRACTICE))
    assert session.scalars(select(PracticeWork.state)).one() == "handed_in"


def test_what_is_missing_is_said_beside_the_form(me):
    upload(me)
    answer = press(me, PRACTICE, "hand_in", note="")
    assert answer.status_code == 409
    assert SOURCES in soup(answer).select_one(".errsum").get_text()


def test_a_file_that_does_not_fit_is_refused_and_nothing_is_kept(me, session, app):
    for name, content, deliverable in (
        ("a.pdf", b"MZ\x90\x00", REPORT), ("a.exe", b"MZ", REPORT), ("a.pdf", b"", REPORT),
        ("a.pdf", b"%PDF-", "no such"), ("", b"%PDF-", REPORT), ("a.pdf", b"<script>alert(1)</script>", REPORT),
    ):
        answer = upload(me, name, content, deliverable)
        assert answer.status_code in (409, 422), (name, content)
        assert soup(answer).select_one(".errsum"), (name, content)
        assert session.scalar(select(func.count(StoredFile.id))) == 0, (name, content)
        session.rollback()


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/x.pdf", "x.pdf"), ("gpj.\u202efdp.pdf", "gpj.fdp.pdf"), ("con.pdf", "con.pdf"),
     ("x" * 300 + ".pdf", "x" * 109 + ".pdf"), ("😀报告.pdf", "😀报告.pdf"), ("=1+1.pdf", "=1+1.pdf")],
)
def test_a_file_s_name_is_cleaned_and_offered_as_an_attachment(me, session, name, kept):
    upload(me, name)
    stored = session.scalars(select(StoredFile)).one()
    assert stored.name == kept
    session.rollback()
    answer = fetched(me, f"{PRACTICE}/files/{stored.token}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert quote(kept, safe="") in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.data == b"%PDF-1.7 ...."


def test_a_request_beyond_the_limit_is_a_413_and_leaves_nothing(me, session, monkeypatch):
    monkeypatch.setattr(practice.upload, MARK, 100_000)
    assert upload(me, content=b"%PDF-" + b"x" * 50_000).status_code == 303
    assert upload(me, content=b"%PDF-" + b"x" * 100_000).status_code == 413
    assert session.scalar(select(func.count(StoredFile.id))) == 1


def test_another_form_stays_small(me):
    token = soup(me.get("/study")).select_one("input[name=csrf_token]")["value"]
    answer = me.post("/study/direction", data={"csrf_token": token, "direction": "x" * 300_000})
    assert answer.status_code == 413


def test_a_file_is_taken_out_and_another_person_s_is_not_there(me, app, sign_in, session, student):
    upload(me)
    token = session.scalars(select(StoredFile.token)).one()
    session.rollback()
    stranger = sign_in(account_of(a_student("stranger")), app.test_client())
    assert stranger.get(f"{PRACTICE}/files/{token}").status_code == 404
    assert press(me, PRACTICE, f"files/{token}/remove").status_code == 303
    assert session.scalars(select(PracticeFile.removed_at)).one() == NOON


def test_returned_work_shows_the_comment_and_is_handed_in_again(me, session, student):
    upload(me)
    upload(me, "来源.xlsx", b"PK\x03\x04....", SOURCES)
    press(me, PRACTICE, "hand_in", note="")
    reference = session.scalars(select(PracticeWork.reference)).one()
    session.rollback()
    return_work(reference, {}, "来源不足 8 条", by=a_colleague(Role.TRAINER), now=NOON)
    assert "来源不足 8 条" in text_of(me.get(PRACTICE))
    assert press(me, PRACTICE, "hand_in", note="补充了").status_code == 303
    assert press(me, "/study", "/study/direction", direction=["D2"]).status_code == 303


# My hours.

def test_my_hours_show_every_entry_and_every_second_that_did_not_count_with_its_reason(me, session, student):
    study_lesson(student.id, "G1-M1-L4", NOON - timedelta(days=1), by=learner_of(student))
    with transaction() as inner:
        inner.add(UncountedTime(enrolment_id=student.id, lesson_code="G1-M1-L1", title="大模型", reason="gap",
                                seconds=95, happened_at=NOON))
    page = text_of(me.get("/hours"))
    assert "职场用AI的红线" in page
    assert "30 / 1,575" in page
    uncounted = text_of(me.get("/hours?view=uncounted"))
    assert "1:35" in uncounted
    assert "页面没有回应" in uncounted


def test_waiting_minutes_stand_apart_from_credited_ones(me, session):
    upload(me)
    upload(me, "来源.xlsx", b"PK\x03\x04....", SOURCES)
    press(me, PRACTICE, "hand_in", note="")
    page = text_of(me.get("/hours"))
    assert "0 / 1,575" in page
    assert "90 分钟" in page


def test_the_ledger_pages_by_key(me, session, student):
    by = learner_of(student)
    for number in range(35):
        credit(student.id, minutes(1, f"session:{number}:x"), by=by, now=NOON)
    page = me.get("/hours")
    older = soup(page).select_one(".pager a[rel=next]")["href"]
    assert len(soup(page).select("#entries tbody tr")) == 30
    assert len(soup(me.get(older)).select("#entries tbody tr")) == 5


def test_a_wild_question_is_a_400(me):
    wild = ["after=abc", "after=-1", "after=99999999999", "after=%00", "view=%00"]
    assert {query: me.get(f"/hours?{query}").status_code for query in wild} == dict.fromkeys(wild, 400)


def test_the_proof_is_being_prepared_and_then_there_as_pdf_and_picture(me, session, student):
    credited(student, 1600)
    assert "正在准备" in text_of(me.get("/hours"))
    assert me.get("/hours/proof.pdf").status_code == 404
    outbox.deliver(NOON)
    page = me.get("/hours")
    assert "P000001" in text_of(page)
    assert "/verify/" in str(soup(page))
    pdf = me.get("/hours/proof.pdf")
    assert (pdf.data[:5], "P000001.pdf" in pdf.headers["Content-Disposition"]) == (b"%PDF-", True)
    assert me.get("/hours/proof.png").data.startswith(b"\x89PNG")


def test_what_is_still_missing_is_named_with_what_to_do(me, student):
    credited(student, 1574)
    page = text_of(me.get("/hours"))
    assert re.search(r"还差 0\.1 学时（1 分钟）", page)
    assert "P0" not in page


def test_pages_say_nothing_of_the_ledger_of_others(me, app, sign_in, session, student):
    study_lesson(student.id, "G1-M1-L4", NOON - timedelta(days=1), by=learner_of(student))
    stranger = sign_in(account_of(a_student("stranger")), app.test_client())
    assert "职场用AI的红线" not in text_of(stranger.get("/hours"))
    assert len(session.scalars(select(LedgerEntry)).all()) == 1
