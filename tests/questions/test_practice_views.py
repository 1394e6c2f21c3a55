"""The learner's pages: whose they are, what they show and when, in both languages."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.questions.models import BankQuestion, PracticeRound, QuestionCard, QuizAttempt
from enroll.questions.rules.papers import GRACE
from tests.builders.quizzes import a_bank, a_mock_exam, the_modules
from tests.builders.study import a_person, a_student, account_of
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, soup, text_of

RIGHT = {"single": ["A"], "multiple": ["A", "B"], "judge": ["T"]}
WRONG = {"single": ["B"], "multiple": ["C"], "judge": ["F"]}


@pytest.fixture
def learner(session, sign_in):
    enrolment = a_student()
    the_modules()
    a_bank()
    a_mock_exam()
    return sign_in(account_of(enrolment))


def begun(learner, **wish):
    answer = press(learner, "/practice", "/practice", **({"mode": "module", "topic": "G1-M1", "size": "10"} | wish))
    assert answer.status_code == 303, text_of(answer)
    return answer.location


def kind_at(session, place):
    token, number = place.rsplit("/", 2)[1:]
    session.rollback()
    found = session.scalar(select(PracticeRound).where(PracticeRound.token == token))
    kind = session.get_one(BankQuestion, found.paper[int(number) - 1]["question"]).kind
    session.rollback()
    return kind


def mock_begun(learner, **typed):
    answer = press(learner, "/mock-exams", "/MOCK-1/begin", **typed)
    assert answer.status_code == 303, text_of(answer)
    return answer.location


def mock_answers(session, address, answers=RIGHT):
    session.rollback()
    attempt = session.scalar(select(QuizAttempt).where(QuizAttempt.token == address.rsplit("/", 1)[1]))
    kinds = {one.id: one.kind for one in session.scalars(select(BankQuestion))}
    given = {f"q{item['question']}": answers[kinds[item["question"]]] for item in attempt.paper}
    session.rollback()
    return given


def test_a_round_asks_one_question_a_screen_and_shows_why_after_the_answer(session, learner):
    place = begun(learner)
    before = learner.get(place).get_data(as_text=True)
    assert "解析" not in before
    assert "正确答案" not in before
    assert press(learner, place, place, answer=RIGHT[kind_at(session, place)]).location == place
    after = text_of(learner.get(place))
    assert "答对了" in after
    assert "解析：" in after
    assert "下一题" in after


def test_a_wrong_answer_is_said_kept_and_asked_again_from_the_book(session, learner):
    place = begun(learner)
    press(learner, place, place, answer=WRONG[kind_at(session, place)])
    assert "答错了" in text_of(learner.get(place))
    book = learner.get("/practice/wrong")
    assert "移出" in text_of(book)
    assert begun(learner, mode="book") != place
    press(learner, "/practice/wrong", "/leave")
    session.rollback()
    assert session.scalars(select(QuestionCard.in_book)).all() == [False]


def test_no_answer_is_asked_for_again_and_what_is_typed_stays(learner):
    place = begun(learner)
    page = press(learner, place, place)
    assert page.status_code == 422
    assert "请先选择答案" in text_of(page)


def test_the_star_keeps_a_question_and_takes_it_out(session, learner):
    place = begun(learner)
    for kept in (True, False):
        press(learner, place, "/favourite")
        session.rollback()
        assert session.scalars(select(QuestionCard.favourite)).all() == [kept]
    press(learner, place, "/favourite")
    assert press(learner, "/practice/favourites", "/leave").status_code == 303
    assert "还没有收藏" in text_of(learner.get("/practice/favourites"))


def test_every_page_is_there_in_both_languages_and_says_that_practice_is_no_study_time(session, learner):
    place = begun(learner)
    press(learner, place, place, answer=WRONG[kind_at(session, place)])
    pages = ["/practice", place.rsplit("/", 1)[0], "/practice/statistics", "/mock-exams", mock_begun(learner)]
    for language, words in (("zh", "不计入学时"), ("en", "do not count as course hours")):
        learner.get(f"/language/{language}")
        for address in [*pages, place, "/practice/wrong", "/practice/favourites"]:
            page = learner.get(address)
            assert page.status_code == 200, address
            assert len(soup(page).find_all("h1")) == 1, address
            assert words in text_of(page) or address not in pages[:4], address


def test_practice_is_closed_before_enrolment(session, sign_in):
    browser = sign_in(a_person("newcomer", Role.LEARNER))
    for address in ("/practice", "/mock-exams"):
        assert "练习尚未开放" in text_of(browser.get(address))
    for address in ("/practice/wrong", "/practice/favourites", "/practice/statistics"):
        assert browser.get(address).location.endswith("/practice")


def test_another_s_pages_are_404(session, learner, sign_in, app):
    place, paper = begun(learner), mock_begun(learner)
    stranger = sign_in(account_of(a_student("stranger")), app.test_client())
    form = fields_of(form_on(stranger.get("/practice"), "/practice"))
    for address in (place, place.rsplit("/", 1)[0], paper):
        assert stranger.get(address).status_code == 404
    for address in (place, f"{place}/favourite", f"{place}/compare", f"{paper}/save", f"{paper}/submit",
                    "/practice/wrong/G1-M1-single-0/leave", "/practice/favourites/G1-M1-single-0/leave"):
        assert stranger.post(address, data=form).status_code == 404, address
    assert learner.get(place.rsplit("/", 1)[0] + "/99").status_code == 404


@pytest.mark.parametrize("sent", [{"mode": "nonsense"}, {"size": "10000"}, {"size": "x"}, {"topic": "甲" * 5000}])
def test_a_round_that_nobody_offered_is_an_ordinary_one_or_refused(learner, sent):
    answer = press(learner, "/practice", "/practice", **sent)
    assert answer.status_code in {303, 409}


def test_the_goal_is_one_of_those_offered(session, learner):
    assert press(learner, "/practice", "/practice/goal", goal="20").status_code == 303
    assert "20 题" in text_of(learner.get("/practice"))
    assert press(learner, "/practice", "/practice/goal", goal="7").status_code == 422


# Mock exams.

def test_a_paper_shows_no_answer_before_it_is_handed_in_and_a_report_after(session, learner):
    address = mock_begun(learner, paper_number="202611")
    before = learner.get(address).get_data(as_text=True)
    assert "解析：" not in before
    assert "202611" in before
    done = press(learner, address, "/submit", **mock_answers(session, address))
    assert done.location == address
    report = text_of(learner.get(address))
    assert "28 / 28" in report
    assert "解析：" in report
    assert "不代表正式考试的结果" in report
    for word in ("及格", "合格", "通过"):
        assert word not in report


def test_saving_without_scripts_keeps_what_was_chosen_and_a_second_device_shows_it(session, learner, app, sign_in):
    address = mock_begun(learner)
    answers = mock_answers(session, address)
    first, second, *_ = answers.items()
    other = learner.get(address)  # a second device, opened before anything was saved
    stale = fields_of(form_on(other, "/submit"))
    assert press(learner, address, "/submit", **dict([first])).status_code == 303  # pressed on the wrong button: done
    session.rollback()
    assert session.scalar(select(QuizAttempt)).answers == {first[0][1:]: first[1]}
    assert learner.post(f"{address}/save", data=stale | dict([second])).status_code == 409


def test_a_stale_second_device_overwrites_nothing(session, learner):
    address = mock_begun(learner)
    first, second, *_ = mock_answers(session, address).items()
    stale = fields_of(form_on(learner.get(address), "/submit"))
    assert learner.post(f"{address}/save", data=stale | dict([first])).location == address
    assert learner.post(f"{address}/save", data=stale | dict([second]),
                        headers={"X-Requested-With": "fetch"}).json == {"saved": True}
    session.rollback()
    assert session.scalar(select(QuizAttempt)).answers == {key[1:]: chosen for key, chosen in (first, second)}
    checked = soup(learner.get(address)).find_all("input", checked=True)
    assert len(checked) == len(first[1]) + len(second[1])


def test_after_the_last_second_the_next_request_hands_the_paper_in(session, learner, clock):
    address = mock_begun(learner)
    stale = fields_of(form_on(learner.get(address), "/submit")) | mock_answers(session, address)
    end = NOON + timedelta(minutes=45) + GRACE
    clock.set(end - timedelta(seconds=1))
    assert learner.post(f"{address}/save", data=stale).status_code == 303
    clock.set(end)
    assert learner.post(f"{address}/save", data=stale, headers={"X-Requested-With": "fetch"}).status_code == 409
    report = learner.get(address)
    assert "28 / 28" in text_of(report)
    session.rollback()
    assert session.scalar(select(QuizAttempt.submitted_at)) == NOON + timedelta(minutes=45)


@pytest.mark.parametrize("sent", [{"w1": "{"}, {"w1": "7"}, {"w1": "[[1]]"}, {"q999": "A"}, {"q1": "\x00"}])
def test_nonsense_in_a_paper_is_left_out(session, learner, sent):
    address = mock_begun(learner)
    form = fields_of(form_on(learner.get(address), "/submit")) | sent
    assert learner.post(f"{address}/save", data=form).status_code == 303
    session.rollback()
    assert session.scalar(select(QuizAttempt)).answers == {}


def test_a_wrong_paper_number_is_said_and_an_unknown_exam_is_404(learner):
    page = press(learner, "/mock-exams", "/MOCK-1/begin", paper_number="abc")
    assert page.status_code == 422
    assert "卷号最多 8 位数字" in text_of(page)
    form = fields_of(form_on(learner.get("/mock-exams"), "/begin"))
    assert learner.post("/mock-exams/MOCK-9/begin", data=form).status_code == 404
