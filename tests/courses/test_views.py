"""The learner's pages of study: who may, what is shown, and what happens when a button is pressed."""

import io
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine

from enroll.accounts.permissions import Role
from enroll.courses.models import PracticeFile, PracticeWork, StudySession
from enroll.courses.services.outline import attach_video
from enroll.courses.services.playing import study_lesson
from enroll.courses.services.practice import return_work
from enroll.courses.views import practice
from enroll.enrolments.lifecycle import EnrolmentState
from enroll.hours.models import LedgerEntry, UncountedTime
from enroll.hours.queries import minutes_credited
from enroll.hours.services.crediting import credit
from enroll.questions.models import BankQuestion, QuizAttempt
from enroll.storage import outbox
from enroll.storage.database import transaction
from enroll.storage.files import StoredFile, keep_stream
from enroll.web.uploads import MARK
from tests.builders.courses import OFFICE, REPORT, SOURCES, the_courses
from tests.builders.programmes import a_window
from tests.builders.study import a_colleague, a_person, a_student, account_of, credited, learner_of, minutes
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, soup, text_of

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


# Who may.

PAGES = ["/study", READING, VIDEO, QUIZ, PRACTICE, "/hours"]


@pytest.mark.parametrize("page", [*PAGES, "/hours/proof.pdf", "/hours/proof.png"])
def test_signed_out_one_is_asked_to_sign_in(client, page):
    answer = client.get(page)
    assert (answer.status_code, "/sign-in" in answer.location) == (303, True)


@pytest.mark.parametrize("page", PAGES)
def test_staff_have_no_study_of_their_own(session, sign_in, page):
    assert sign_in(a_person("trainer", Role.TRAINER)).get(page).status_code == 403


@pytest.mark.parametrize("page", ["/study", "/hours"])
def test_a_learner_without_an_enrolment_is_told_so(session, sign_in, page):
    answer = sign_in(a_person("fresh", Role.LEARNER)).get(page)
    assert answer.status_code == 200
    assert "还没有报读" in text_of(answer)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_reads_in_both_languages(me, page, language):
    me.get(f"/language/{language}")
    answer = me.get(page)
    assert answer.status_code == 200
    assert len(soup(answer).find_all("h1")) == 1
    text = text_of(answer)
    assert "%(" not in text
    assert ("Course hours" in text or "minutes" in text) is (language == "en")


@pytest.mark.parametrize(
    "page", ["/study/G1/G9-M1-L1", "/study/D1/G1-M1-L4", "/study/G1", "/hours/proof.pdf", f"{READING}/video",
             f"{QUIZ}/attempts/{'x' * 22}", f"{PRACTICE}/files/{'x' * 22}"],
)
def test_what_is_not_there_is_a_404(me, page):
    assert me.get(page).status_code == 404


# The map.

def test_the_map_shows_the_plan_with_ticks_and_the_lesson_to_go_on_with(me, student):
    study_lesson(student.id, "G1-M1-L1", NOON - timedelta(days=2), by=learner_of(student))
    page = me.get("/study")
    assert len(soup(page).select(".lesson--done")) == 1
    resume = soup(page).select_one(".hero .btn--primary")
    assert resume["href"] == READING
    assert "30 / 1,575" in text_of(page)


def test_the_map_says_which_window_can_be_reached(me, student):
    with transaction() as session:
        a_window(session, student.programme)
    assert "202701" in text_of(me.get("/study"))


def test_another_direction_is_chosen_and_an_unknown_one_refused(me, session, student):
    assert press(me, "/study", "/study/direction", direction=["D2"]).status_code == 303
    session.expire_all()
    assert student.direction_code == "D2"
    session.rollback()
    assert press(me, "/study", "/study/direction", direction=["D9"]).status_code == 422
    assert press(me, "/study", "/study/direction", direction=["D2"]).status_code == 409


def test_before_the_fee_is_paid_one_reads_and_nothing_counts(session, sign_in):
    student = a_student(state=EnrolmentState.PENDING_PAYMENT)
    the_courses()
    me = sign_in(account_of(student))
    page = me.get(READING)
    assert soup(page).select_one("[data-study]") is None
    assert "保密" in text_of(page)
    assert begin(me, READING).status_code == 409


# Timed study.

def begin(browser, lesson):
    token = soup(browser.get(lesson)).select_one("input[name=csrf_token]")["value"]
    return browser.post(f"{lesson}/sessions", data={"csrf_token": token})


def beat(browser, opened, seq, **fields):
    token = soup(browser.get("/study")).select_one("input[name=csrf_token]")["value"]
    return browser.post(opened["beats"], data={"csrf_token": token, "seq": seq, **fields})


def test_the_page_says_honestly_that_counting_needs_javascript_and_shows_the_text(me):
    page = me.get(READING)
    assert "JavaScript" in soup(page).find("noscript").get_text()
    assert soup(page).select_one("article li").get_text() == "保密"
    assert soup(page).select_one("[data-study]")["data-total"] == "1800"


def test_a_session_is_opened_counted_and_left(me, clock, session, student):
    opened = begin(me, READING).json
    assert (opened["room"], opened["heartbeat"], opened["left_today"]) == (1800, 30, 360 * 60)
    for number in range(1, 5):
        clock.set(NOON + timedelta(seconds=30 * number))
        heard = beat(me, opened, number, playing="y").json
    assert heard == {"state": "counting", "credited": 120, "why": "", "words": "", "check_left": 0, "back_to": None}
    left = beat(me, opened, 5, leaving="y").json
    assert (left["state"], left["why"]) == ("ended", "left")
    assert minutes_credited(session, student.id) == 2


def test_a_heartbeat_reads_and_writes_its_own_row_and_nothing_else(me, clock):
    opened = begin(me, READING).json
    token = soup(me.get("/study")).select_one("input[name=csrf_token]")["value"]
    for number in range(1, 4):
        clock.set(NOON + timedelta(seconds=30 * number))
        said = statements_of(lambda number=number: me.post(
            opened["beats"], data={"csrf_token": token, "seq": number, "playing": "y"}))
        assert len(said) <= 3, said


def statements_of(act):
    said = []

    def hear(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT")):
            said.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        act()
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    return said


@pytest.mark.parametrize(
    "fields",
    [{"seq": "0"}, {"seq": ""}, {"seq": "-1"}, {"seq": "abc"}, {"seq": "1e9"}, {"seq": "9" * 30}, {"seq": "１"},
     {"seq": "1", "media_to": "x"}, {"seq": "1", "media_from": "-5"}, {"seq": "\x00"}],
    ids=str,
)
def test_what_is_no_heartbeat_is_refused_and_earns_nothing(me, clock, session, fields):
    opened = begin(me, READING).json
    clock.set(NOON + timedelta(seconds=30))
    assert beat(me, opened, **fields).status_code == 422
    assert session.scalars(select(StudySession.seconds_credited)).one() == 0


def test_what_the_browser_says_about_time_is_not_heard(me, clock, session):
    opened = begin(me, READING).json
    clock.set(NOON + timedelta(seconds=30))
    heard = beat(me, opened, 1, playing="y", minutes="480", started_at="2020-01-01", seconds="99999", credited="1800")
    assert heard.json["credited"] == 30


def test_a_replayed_heartbeat_earns_once(me, clock):
    opened = begin(me, READING).json
    clock.set(NOON + timedelta(seconds=30))
    assert [beat(me, opened, 1, playing="y").json["credited"] for _ in range(5)] == [30] * 5


def test_another_person_s_session_and_an_unknown_one_are_the_same_404(me, app, sign_in, student):
    opened = begin(me, READING).json
    stranger = sign_in(account_of(a_student("stranger")), app.test_client())
    assert beat(stranger, opened, 1, playing="y").status_code == 404
    assert beat(me, {"beats": f"/study/sessions/{'x' * 22}"}, 1, playing="y").status_code == 404


def test_without_the_page_s_token_nothing_is_opened_or_counted(me, session):
    opened = begin(me, READING).json
    assert me.post(f"{READING}/sessions").status_code in (400, 419)
    assert me.post(opened["beats"], data={"seq": 1, "playing": "y"}).status_code in (400, 419)
    assert len(session.scalars(select(StudySession)).all()) == 1


def test_signed_out_no_session_is_opened(me, client, session):
    opened = begin(me, READING).json
    client.delete_cookie("enroll")
    assert client.post(opened["beats"], data={"seq": 1}).status_code in (303, 400, 419)
    assert session.scalars(select(StudySession.seq)).one() == 0


def test_an_older_page_is_told_in_words_that_another_one_counts_now(me, clock):
    first = begin(me, READING).json
    begin(me, "/study/D1/D1-M2-L1")
    clock.set(NOON + timedelta(seconds=30))
    heard = beat(me, first, 1, playing="y").json
    assert (heard["state"], heard["why"]) == ("ended", "newer_session")
    assert heard["words"]


def test_a_complete_lesson_is_shown_and_opens_no_session(me, student):
    study_lesson(student.id, "G1-M1-L4", NOON - timedelta(days=1), by=learner_of(student))
    assert soup(me.get(READING)).select_one("[data-study]") is None
    answer = begin(me, READING)
    assert (answer.status_code, answer.json["state"]) == (409, "refused")


def test_a_video_is_sent_in_parts(me, session):
    content = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 40
    stored = keep_stream(io.BytesIO(content), name="v.mp4", media_type="video/mp4", purpose="lesson_video", now=NOON)
    attach_video("G1-M1-L1", stored, seconds=60, by=OFFICE, now=NOON)
    assert soup(me.get(VIDEO)).find("video")["src"] == f"{VIDEO}/video"
    part = fetched(me, f"{VIDEO}/video", headers={"Range": "bytes=12-19"})
    assert (part.status_code, part.data, part.mimetype) == (206, content[12:20], "video/mp4")
    assert fetched(me, f"{VIDEO}/video").data == content
    assert fetched(me, f"{VIDEO}/video", headers={"Range": f"bytes={len(content)}-"}).status_code == 416


def fetched(browser, address, **more):
    """The whole answer, its file closed again."""
    answer = browser.get(address, **more)
    answer.get_data()
    answer.close()
    return answer


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


@pytest.mark.parametrize(
    ("name", "content", "deliverable"),
    [("a.pdf", b"MZ\x90\x00", REPORT), ("a.exe", b"MZ", REPORT), ("a.pdf", b"", REPORT), ("a.pdf", b"%PDF-", "no such"),
     ("", b"%PDF-", REPORT), ("a.pdf", b"<script>alert(1)</script>", REPORT)],
)
def test_a_file_that_does_not_fit_is_refused_and_nothing_is_kept(me, session, app, name, content, deliverable):
    answer = upload(me, name, content, deliverable)
    assert answer.status_code in (409, 422)
    assert soup(answer).select_one(".errsum")
    assert session.scalar(select(func.count(StoredFile.id))) == 0


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


@pytest.mark.parametrize("query", ["after=abc", "after=-1", "after=99999999999", "after=%00", "view=%00"])
def test_a_wild_question_is_a_400(me, query):
    assert me.get(f"/hours?{query}").status_code == 400


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
