"""The learner's pages of study: who may, what is shown, and what happens when a button is pressed."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from enroll.accounts.permissions import Role
from enroll.courses.models.studying import StudySession
from enroll.courses.services.outline import attach_video
from enroll.courses.services.playing import study_lesson
from enroll.enrolments.lifecycle import EnrolmentState
from enroll.hours.queries.standing import minutes_credited
from enroll.storage.database import transaction
from enroll.storage.files import keep_stream
from tests.builders.courses import OFFICE, the_courses
from tests.builders.programmes import a_window
from tests.builders.study import a_person, a_student, account_of, learner_of
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


# Who may.

PAGES = ["/study", READING, VIDEO, QUIZ, PRACTICE, "/hours"]


@pytest.mark.one_database
def test_signed_out_one_is_asked_to_sign_in(client):
    for page in (*PAGES, "/hours/proof.pdf", "/hours/proof.png"):
        answer = client.get(page)
        assert (answer.status_code, "/sign-in" in answer.location) == (303, True), page


@pytest.mark.one_database
def test_staff_have_no_study_of_their_own(session, sign_in):
    trainer = sign_in(a_person("trainer", Role.TRAINER))
    assert {page: trainer.get(page).status_code for page in PAGES} == dict.fromkeys(PAGES, 403)


def test_a_learner_without_an_enrolment_is_told_so(session, sign_in):
    fresh = sign_in(a_person("fresh", Role.LEARNER))
    for page in ("/study", "/hours"):
        answer = fresh.get(page)
        assert answer.status_code == 200, page
        assert "还没有报读" in text_of(answer), page


def test_every_page_reads_in_both_languages(me):
    for language in ("zh", "en"):
        me.get(f"/language/{language}")
        for page in PAGES:
            answer = me.get(page)
            assert answer.status_code == 200, (page, language)
            assert len(soup(answer).find_all("h1")) == 1, (page, language)
            text = text_of(answer)
            assert "%(" not in text, (page, language)
            assert ("Course hours" in text or "minutes" in text) is (language == "en"), (page, language)


def test_what_is_not_there_is_a_404(me):
    pages = ["/study/G1/G9-M1-L1", "/study/D1/G1-M1-L4", "/study/G1", "/hours/proof.pdf", f"{READING}/video",
             f"{QUIZ}/attempts/{'x' * 22}", f"{PRACTICE}/files/{'x' * 22}"]
    assert {page: me.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)


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
    choice = me.get(f"/enrolment/{student.reference}/direction")
    assert [one["value"] for one in soup(choice).select("input[type=radio]")] == ["D1", "D2", "D3"]
    for told in ("行政", "专员", "先用熟", "当前方向", "已完成 0 / 225"):  # roles, path, and what one has of each
        assert told in text_of(choice), told


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
    return browser.post(f"{lesson}/sessions", data={"csrf_token": token_of(browser, lesson)})


def token_of(browser, lesson=READING):
    return soup(browser.get(lesson)).select_one("input[name=csrf_token]")["value"]


def beat(browser, opened, seq, token="", **fields):
    return browser.post(opened["beats"], data={"csrf_token": token or token_of(browser), "seq": seq, **fields})


def test_the_page_says_honestly_that_counting_needs_javascript_and_shows_the_text(me):
    page = me.get(READING)
    assert "JavaScript" in soup(page).find("noscript").get_text()
    assert soup(page).select_one("article li").get_text() == "保密"
    assert soup(page).select_one("[data-study]")["data-total"] == "1800"


def test_a_session_is_opened_counted_and_left(me, clock, session, student):
    opened, token = begin(me, READING).json, token_of(me)
    assert (opened["room"], opened["heartbeat"], opened["left_today"]) == (1800, 30, 360 * 60)
    for number in range(1, 5):
        clock.set(NOON + timedelta(seconds=30 * number))
        heard = beat(me, opened, number, token, playing="y").json
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


NO_HEARTBEATS = [
    {"seq": "0"}, {"seq": ""}, {"seq": "-1"}, {"seq": "abc"}, {"seq": "1e9"}, {"seq": "9" * 30}, {"seq": "１"},
    {"seq": "1", "media_to": "x"}, {"seq": "1", "media_from": "-5"}, {"seq": "\x00"},
]


def test_what_is_no_heartbeat_is_refused_and_earns_nothing(me, clock, session):
    opened = begin(me, READING).json
    clock.set(NOON + timedelta(seconds=30))
    for fields in NO_HEARTBEATS:
        assert beat(me, opened, **fields).status_code == 422, fields
        assert session.scalars(select(StudySession.seconds_credited)).one() == 0, fields
        session.rollback()


def test_what_the_browser_says_about_time_is_not_heard(me, clock, session):
    opened = begin(me, READING).json
    clock.set(NOON + timedelta(seconds=30))
    heard = beat(me, opened, 1, playing="y", minutes="480", started_at="2020-01-01", seconds="99999", credited="1800")
    assert heard.json["credited"] == 30


def test_a_replayed_heartbeat_earns_once(me, clock):
    opened, token = begin(me, READING).json, token_of(me)
    clock.set(NOON + timedelta(seconds=30))
    assert [beat(me, opened, 1, token, playing="y").json["credited"] for _ in range(5)] == [30] * 5


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


@pytest.mark.one_database
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


# Notes.

def test_a_note_is_kept_while_one_writes_at_every_kind_of_lesson(me, session, student):
    for here in (READING, QUIZ, PRACTICE):
        form = fields_of(form_on(me.get(here), f"{here}/note"))
        for words in ("先写一半", "写完了"):  # the same form again and again: nothing is typed in vain
            told = me.post(f"{here}/note", data=form | {"note": words}, headers={"X-Requested-With": "fetch"})
            assert (told.status_code, told.json["words"][:2]) == (200, "已于")
        assert soup(me.get(here)).select_one("#note textarea").get_text(strip=True) == "写完了"
        assert soup(me.get(here)).select_one(f"a[href*='lesson={here.split('/')[-1]}']") is not None  # ask about it
    long = me.post(f"{READING}/note", data=form | {"note": "长" * 20_001}, headers={"X-Requested-With": "fetch"})
    assert (long.status_code, "20" in long.json["words"]) == (422, True)
    assert me.post(f"{READING}/note", data={"note": "x"}, headers={"X-Requested-With": "fetch"}).status_code == 419
    assert text_of(me.get("/study/notes")).count("写完了") == 3
