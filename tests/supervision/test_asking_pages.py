"""Questions through the pages: a learner's own, and the queue of those who answer."""

import io
import re
from itertools import product

import pytest
from PIL import Image
from sqlalchemy import event, func, select

from enroll.accounts.permissions import Role
from enroll.storage.database import db
from enroll.storage.files import StoredFile, read_file
from enroll.supervision.models import LearnerQuestion, PublicAnswer
from enroll.supervision.services.asking import answer_question
from tests.builders.courses import the_courses
from tests.builders.following import TEXT, TITLE, a_followed, a_public_answer, a_trainer, asked, of, the_question
from tests.builders.pictures import a_picture
from tests.builders.study import a_person, account_of
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, soup, text_of

BAD = ["a\x00b", "x" * 5000]


@pytest.fixture
def trainer(session):
    return a_trainer()


@pytest.fixture
def student(trainer):
    return a_followed()


@pytest.fixture
def me(student, sign_in):
    return sign_in(account_of(student))


@pytest.fixture
def desk(app, trainer, sign_in):
    return sign_in(trainer, app.test_client())


def checked(me, **typed):
    """The check page, after the first page was filled in."""
    return press(me, "/questions/new", "/questions/check", **({"kind": "study", "title": TITLE, "text": TEXT} | typed))


def send(me, page, **typed):
    form = form_on(page, "/questions")
    return me.post("/questions", data=fields_of(form) | typed, content_type="multipart/form-data")


def test_a_question_is_checked_sent_and_read(me, session, student):
    page = checked(me)
    assert page.status_code == 200
    answer = send(me, page)
    assert answer.status_code == 303
    question = session.scalars(select(LearnerQuestion)).one()
    assert answer.location.endswith(f"/questions/{question.reference}")
    shown = text_of(me.get(answer.location))
    assert TITLE in shown
    assert TEXT in shown
    assert "jiangshi" in shown  # who answers, and by when
    assert TITLE in text_of(me.get("/questions"))


def test_what_was_answered_before_is_shown_before_sending_and_while_typing(me, student, trainer):
    a_public_answer(student, trainer)
    assert "一两句就够" in text_of(checked(me))
    assert "一两句就够" in me.get("/questions/similar", query_string={"q": "提示词背景要写多长"}).get_data(as_text=True)
    assert me.get("/questions/similar", query_string={"q": "退费要几天"}).get_data(as_text=True).strip() == ""
    assert me.get("/questions/similar").status_code == 204, "a part of a page, and nothing to show in it"


def test_the_answers_for_everybody_are_searched_and_name_nobody(me, student, trainer):
    a_public_answer(student, trainer)
    assert TITLE in text_of(me.get("/questions/faq"))
    assert TITLE in text_of(me.get("/questions/faq", query_string={"q": "背景"}))
    assert TITLE not in text_of(me.get("/questions/faq", query_string={"q": "退费"}))
    assert "张伟" not in me.get("/questions/faq", query_string={"q": "背景"}).get_data(as_text=True).split("<main")[1]


def test_a_question_asked_from_a_lesson_says_so(me, session, student):
    the_courses()
    form = form_on(me.get("/questions/new?lesson=G1-M1-L1"), "/questions/check")
    page = me.post("/questions/check", data=fields_of(form) | {"title": TITLE, "text": TEXT})
    assert "大模型能做什么" in text_of(page)
    send(me, page)
    assert session.scalars(select(LearnerQuestion.about)).one() == "G1-M1-L1 大模型能做什么"


def test_a_lesson_or_question_that_does_not_exist_is_passed_over(me):
    page = me.get("/questions/new?lesson=NOPE&item=999999")
    assert page.status_code == 200
    assert send(me, checked(me), lesson="NOPE", item="abc").status_code == 303


def test_what_cannot_be_kept_is_refused_and_nothing_is_asked(me, session):
    page = checked(me)
    for field, typed in product(("title", "text"), ("", *BAD)):
        assert checked(me, **{field: typed}).status_code == 422, (field, typed)
        assert send(me, page, **{field: typed}).status_code == 422, (field, typed)
        assert session.scalar(select(func.count(LearnerQuestion.id))) == 0, (field, typed)
        session.rollback()


def test_a_picture_is_written_anew_without_what_it_carried(me, session):
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    sent = a_picture(2400, 1200, exif=exif.tobytes())
    assert b"secret place" in sent
    send(me, checked(me), picture=(io.BytesIO(sent), "IMG.JPG"))
    kept = session.scalars(select(StoredFile).where(StoredFile.purpose == "question")).one()
    content = read_file(kept)
    assert b"secret place" not in content
    assert Image.open(io.BytesIO(content)).size == (1600, 800)
    session.rollback()
    page = me.get(f"/questions/{session.scalars(select(LearnerQuestion.reference)).one()}")
    address = soup(page).select_one("article img")["src"]
    session.rollback()
    picture = me.get(address)
    assert picture.content_type == "image/jpeg"
    assert "sandbox" in picture.headers["Content-Security-Policy"]


def test_what_is_no_picture_is_refused_beside_its_field(me, session):
    page = checked(me)
    for content in (b"%PDF-1.4", b"<svg onload=alert(1)>", b"\xff\xd8\xff\xe0broken"):
        answer = send(me, page, picture=(io.BytesIO(content), "x.jpg"))
        assert answer.status_code == 409, content
        assert soup(answer).select_one("#picture-e"), content
        assert TEXT in text_of(answer), content
        assert session.scalar(select(func.count(LearnerQuestion.id))) == 0, content
        session.rollback()


def test_sent_twice_it_is_one_question(me, session):
    form = fields_of(form_on(checked(me), "/questions"))
    first, second = (me.post("/questions", data=form) for _ in range(2))
    assert first.location == second.location
    assert session.scalar(select(func.count(LearnerQuestion.id))) == 1


def test_somebody_else_s_question_is_a_404_for_every_act(me, app, sign_in, student):
    reference = asked(student)
    stranger = sign_in(account_of(a_followed("stranger", "L000002")), app.test_client())
    token = fields_of(form_on(stranger.get("/questions/new"), "/questions/check"))["csrf_token"]
    assert stranger.get(f"/questions/{reference}").status_code == 404
    for act in ("add", "reopen", "close", "rate"):
        sent = {"csrf_token": token, "text": "x", "rating": "5"}
        assert stranger.post(f"/questions/{reference}/{act}", data=sent).status_code == 404


def test_the_asker_adds_reads_the_answer_rates_closes_and_asks_again(me, desk, student, trainer):
    reference = asked(student)
    here = f"/questions/{reference}"
    assert press(me, here, f"{here}/add", text="再补一句").status_code == 303
    answer_question(reference, "写清目的。", by=of(trainer), now=NOON)
    assert "写清目的。" in text_of(me.get(here))
    assert press(me, here, f"{here}/rate", rating="4").status_code == 303
    assert press(me, here, f"{here}/close").status_code == 303
    assert the_question(reference).state == "closed"
    assert press(me, here, f"{here}/reopen", text="还有一点").status_code == 303
    question = the_question(reference)
    assert (question.state, question.rating, len(question.posts)) == ("reopened", 4, 4)


def test_a_rating_that_is_none_of_the_five_is_refused(me, student, trainer):
    reference = asked(student)
    answer_question(reference, "好。", by=of(trainer), now=NOON)
    here = f"/questions/{reference}"
    for rating in ("", "0", "6", "abc", "5 "):
        assert press(me, here, f"{here}/rate", rating=rating).status_code == 422, rating


# Those who answer.

def test_a_trainer_answers_and_goes_on_to_the_next(desk, student):
    first, second = asked(student), asked(student, title="第二个问题")
    assert TITLE in text_of(desk.get("/staff/questions"))
    answer = press(desk, f"/staff/questions/{first}", f"{first}/answer", text="写清目的。")
    assert answer.location.endswith(second)
    assert the_question(first).state == "answered"
    assert TITLE in text_of(desk.get("/staff/questions?state=answered"))


def test_a_stale_answer_is_a_409_that_keeps_what_was_typed(desk, me, student, trainer):
    reference = asked(student)
    here = f"/staff/questions/{reference}"
    sent = fields_of(form_on(desk.get(here), f"{reference}/answer")) | {"text": "我写的答复"}
    answer_question(reference, "别人的答复", by=of(a_person("jiaowu", Role.TRAINER)), now=NOON)
    answer = desk.post(f"{here}/answer", data=sent)
    assert answer.status_code == 409
    assert len(the_question(reference).posts) == 2


def test_a_question_is_handed_on_and_closed_with_a_reason(desk, student, me):
    other, reference = a_person("jiaowu", Role.TRAINER), asked(student)
    here = f"/staff/questions/{reference}"
    assert press(desk, here, f"{reference}/hand_on", to="jiaowu").status_code == 303
    assert the_question(reference).owner_id == other.id
    assert press(desk, here, f"{reference}/hand_on", to="zhangwei").status_code == 409
    assert press(desk, here, f"{reference}/conclude", reason="").status_code == 422
    assert press(desk, here, f"{reference}/conclude", reason="与课程无关").status_code == 303
    assert "与课程无关" in text_of(me.get(f"/questions/{reference}"))


def test_an_answer_is_made_public_without_the_name_and_withdrawn(desk, student, trainer, session):
    reference = asked(student)
    answer_question(reference, "写清目的。", by=of(trainer), now=NOON)
    here = f"/staff/questions/{reference}"
    named = press(desk, here, f"{reference}/publish", answer="张伟，写清目的。")
    assert named.status_code == 409
    assert session.scalar(select(func.count(PublicAnswer.id))) == 0
    session.rollback()
    assert press(desk, here, f"{reference}/publish").status_code == 303
    assert session.scalars(select(PublicAnswer.withdrawn_at)).one() is None
    session.rollback()
    assert press(desk, here, f"{reference}/withdraw").status_code == 303
    assert session.scalars(select(PublicAnswer.withdrawn_at)).one() is not None


def test_an_adviser_answers_but_publishes_nothing(app, sign_in, student, trainer):
    reference = asked(student)
    answer_question(reference, "好。", by=of(trainer), now=NOON)
    adviser = sign_in(a_person("banzhuren9", Role.ADVISER), app.test_client())
    page = adviser.get(f"/staff/questions/{reference}")
    assert f"{reference}/publish" not in page.get_data(as_text=True)
    sent = fields_of(form_on(page, f"{reference}/answer")) | {"title": "a", "question": "b", "answer": "c"}
    assert adviser.post(f"/staff/questions/{reference}/publish", data=sent).status_code == 403


def test_the_queue_takes_any_address(desk, student):
    asked(student)
    for typed in ("=1+1", *BAD):
        for name in ("state", "kind", "whose"):
            answer = desk.get("/staff/questions", query_string={name: typed})
            assert answer.status_code in {200, 400}, (name, typed)
    assert desk.get("/staff/questions/Q999999").status_code == 404


def test_every_page_opens_in_both_languages(me, desk, student, trainer):
    reference = a_public_answer(student, trainer)
    waiting = asked(student)
    pages = {me: ["/questions", "/questions/new", "/questions/faq", f"/questions/{reference}", f"/questions/{waiting}"],
             desk: ["/staff/questions", "/staff/questions?whose=all&state=closed", f"/staff/questions/{reference}",
                    f"/staff/questions/{waiting}"]}  # fmt: skip
    for browser, language in product(pages, ("zh", "en")):
        browser.get(f"/language/{language}")
        for page in pages[browser]:
            answer = browser.get(page)
            assert answer.status_code == 200, (language, page)
            assert not re.search(r"%\(\w+\)", answer.get_data(as_text=True)), (language, page)


def test_no_list_asks_more_for_more_rows(me, desk, student, trainer):
    addresses = [(me, "/questions"), (me, "/questions/faq"), (desk, "/staff/questions"),
                 (desk, "/staff/questions?state=answered&whose=all")]

    def statements():
        counted = []
        for browser, address in addresses:
            asked_for = []

            def note(connection, cursor, statement, *rest, kept=asked_for):
                kept.append(statement)

            event.listen(db.engine, "before_cursor_execute", note)
            assert browser.get(address).status_code == 200
            event.remove(db.engine, "before_cursor_execute", note)
            counted.append(len([one for one in asked_for if one.startswith(("SELECT", "WITH"))]))
        return counted

    a_public_answer(student, trainer)
    asked(student)
    few = statements()
    for number in range(4):
        a_public_answer(student, trainer, title=f"问题{number}的内容")
        asked(student, title=f"等待{number}")
    assert statements() == few
    assert max(few) <= 10
