"""Trainers mark practical work: the oldest first, within bounds, never their own."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from enroll.accounts.models import RoleGrant
from enroll.accounts.permissions import Role
from enroll.courses.models.works import PracticeWork
from enroll.courses.queries import practice
from enroll.courses.services.practice import add_file, hand_in
from enroll.hours.queries.standing import minutes_credited
from enroll.storage.database import transaction
from enroll.storage.files import StoredFile, keep_stream
from tests.builders.courses import PRACTICE, REPORT, SOURCES, the_courses
from tests.builders.study import a_person, a_student, account_of, learner_of
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, soup, text_of

QUEUE = "/staff/practical"
FULL = {"points_0": "40", "points_1": "25", "points_2": "20", "points_3": "10"}


def handed_in(student, at=NOON):
    by = learner_of(student)
    for name, content, what in [("简报.pdf", b"%PDF-1.7", REPORT), ("来源.xlsx", b"PK\x03\x04", SOURCES)]:
        stored = keep_stream(io.BytesIO(content), name=name, media_type="application/pdf", purpose="practice", now=at)
        add_file(PRACTICE, what, stored, content, by=by, now=at)
    return hand_in(PRACTICE, "请看", by=by, now=at)


@pytest.fixture
def student(session):
    student = a_student()
    the_courses()
    return student


@pytest.fixture
def desk(session, sign_in):
    return sign_in(a_person("trainer", Role.TRAINER))


@pytest.mark.one_database
def test_only_trainers_mark(session, student, sign_in):
    reference = handed_in(student)
    for role in (Role.LEARNER, Role.REVIEWER, Role.FINANCE, Role.ADMINISTRATOR, Role.AUDITOR):
        browser = sign_in(a_person(f"a-{role}"[:12], role))
        for page in (QUEUE, f"{QUEUE}/{reference}"):
            assert browser.get(page).status_code == 403, (role, page)


def test_the_queue_shows_the_oldest_first_with_the_day_it_was_promised(desk, student):
    second = a_student("second")
    newer, older = handed_in(student, NOON), handed_in(second, NOON - timedelta(days=2))
    page = desk.get(QUEUE)
    rows = [link.get_text() for link in soup(page).select("tbody th a")]
    assert rows == [older, newer]
    assert "11月25日" in text_of(page)  # three working days after Sunday the 22nd
    assert "张*" in soup(page).find("textarea").get_text()


def test_every_list_has_an_answer(desk, student):
    handed_in(student)
    asked = ["", "?state=returned", "?state=accepted", "?state=nonsense", "?course=G1", "?after=1", "?after=99"]
    assert {query: desk.get(QUEUE + query).status_code for query in asked} == dict.fromkeys(asked, 200)


def test_an_empty_queue_says_so(desk):
    assert "没有待批阅的作业" in text_of(desk.get(QUEUE))


def test_accepting_credits_and_opens_the_next_one(desk, session, student):
    reference, other = handed_in(student), handed_in(a_student("second"), NOON + timedelta(minutes=1))
    answer = press(desk, f"{QUEUE}/{reference}", "accept", **FULL, comment="很好")
    assert answer.location.endswith(other)
    assert minutes_credited(session, student.id) == 90


def test_without_another_one_it_goes_back_to_the_queue(desk, session, student):
    reference = handed_in(student)
    assert press(desk, f"{QUEUE}/{reference}", "accept", **FULL).location == QUEUE


def test_returning_needs_a_comment_and_keeps_what_was_typed(desk, session, student):
    reference = handed_in(student)
    here = f"{QUEUE}/{reference}"
    sent = fields_of(form_on(desk.get(here), "accept")) | {"points_0": "12", "comment": ""}
    answer = desk.post(f"{here}/return", data=sent)
    assert answer.status_code == 409
    assert soup(answer).select_one("#points_0")["value"] == "12"
    sent = fields_of(form_on(answer, "accept")) | {"comment": "来源不足 8 条"}
    assert desk.post(f"{here}/return", data=sent).status_code == 303
    assert session.scalars(select(PracticeWork.state)).one() == "returned"


def test_points_out_of_bounds_are_said_beside_their_field(desk, session, student):
    reference, student_id = handed_in(student), student.id
    for points in ("41", "-1", "abc", "１０", "1e1", "", "9" * 40, "\x00", "10.5"):
        answer = press(desk, f"{QUEUE}/{reference}", "accept", **(FULL | {"points_0": points}))
        assert answer.status_code == 409, points
        assert soup(answer).select_one("#points_0-e"), points
        assert minutes_credited(session, student_id) == 0, points


def test_a_comment_nobody_can_read_is_refused(desk, session, student):
    reference = handed_in(student)
    for comment in ("x" * 5000, "a\x00b", "\u202eabc"):
        assert press(desk, f"{QUEUE}/{reference}", "accept", **FULL, comment=comment).status_code == 422, comment
        assert session.scalars(select(PracticeWork.state)).one() == "handed_in", comment
        session.rollback()


def test_a_stale_page_is_a_409_and_changes_nothing(desk, session, student):
    reference = handed_in(student)
    here = f"{QUEUE}/{reference}"
    sent = fields_of(form_on(desk.get(here), "accept")) | FULL
    assert desk.post(f"{here}/accept", data=sent | {"version": "1"}).status_code == 409
    assert session.scalars(select(PracticeWork.state)).one() == "handed_in"


def test_the_same_press_twice_credits_once(desk, session, student):
    reference = handed_in(student)
    here = f"{QUEUE}/{reference}"
    sent = fields_of(form_on(desk.get(here), "accept")) | FULL
    answers = [desk.post(f"{here}/accept", data=sent).status_code for _ in range(3)]
    assert answers == [303] * 3
    assert minutes_credited(session, student.id) == 90


def test_files_are_downloaded_as_attachments_and_only_of_their_work(desk, session, student):
    reference, other = handed_in(student), handed_in(a_student("second"))
    token = session.scalars(select(StoredFile.token).order_by(StoredFile.id)).first()
    session.rollback()
    answer = desk.get(f"{QUEUE}/{reference}/files/{token}")
    assert answer.get_data() == b"%PDF-1.7"
    answer.close()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert desk.get(f"{QUEUE}/{other}/files/{token}").status_code == 404


def test_what_is_not_there_is_a_404(desk):
    pages = [f"{QUEUE}/W999999", f"{QUEUE}/W000001/files/{'x' * 22}", f"{QUEUE}/nonsense"]
    assert {page: desk.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)


def test_one_s_own_work_shows_why_it_cannot_be_marked(session, student, sign_in):
    reference = handed_in(student)
    with transaction() as inner:
        inner.add(RoleGrant(account_id=account_of(student).id, role="trainer", from_at=NOON - timedelta(days=9)))
    session.expire_all()
    page = sign_in(account_of(student)).get(f"{QUEUE}/{reference}")
    assert soup(page).select_one("form[action$=accept]") is None
    assert soup(page).select_one(".why")


def test_both_languages_and_decided_work(desk, student):
    reference = handed_in(student)
    press(desk, f"{QUEUE}/{reference}", "accept", **FULL, comment="很好")
    for language, word in (("zh", "已通过"), ("en", "Work accepted")):
        desk.get(f"/language/{language}")
        for page in (QUEUE, f"{QUEUE}?state=accepted", f"{QUEUE}/{reference}"):
            answer = desk.get(page)
            assert answer.status_code == 200
            assert len(soup(answer).find_all("h1")) == 1
        assert word in text_of(answer)


def test_a_long_queue_pages_in_the_order_of_handing_in(desk, session, student, monkeypatch):
    monkeypatch.setattr(practice, "PAGE_SIZE", 3)
    references = [handed_in(a_student(f"s{number}"), NOON - timedelta(minutes=number)) for number in range(5)]
    first = desk.get(QUEUE)
    shown = [link.get_text() for link in soup(first).select("tbody th a")]
    rest = desk.get(soup(first).select_one(".pager a[rel=next]")["href"])
    shown += [link.get_text() for link in soup(rest).select("tbody th a")]
    assert shown == references[::-1]
