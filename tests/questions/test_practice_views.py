"""Practice and its pages: whose they are, what they show and when."""


import pytest
from sqlalchemy import select

from enroll.questions.models import PracticeRound
from tests.builders.quizzes import a_bank, the_modules
from tests.builders.study import a_student, account_of
from tests.pages import press, soup, text_of


@pytest.fixture
def learner(session, sign_in):
    enrolment = a_student()
    the_modules()
    a_bank()
    return sign_in(account_of(enrolment))


def begun(learner, **wish):
    answer = press(learner, "/practice", "/practice", **({"mode": "module", "topic": "G1-M1", "size": "10"} | wish))
    assert answer.status_code == 303, text_of(answer)
    return answer.location


def right_of(session, place):
    token, number = place.rsplit("/", 2)[1:]
    found = session.scalar(select(PracticeRound).where(PracticeRound.token == token))
    item = found.paper[int(number) - 1]
    cards = {"single": ["A"], "multiple": ["A", "B"], "judge": ["T"]}
    return cards[session.get_one(type_of(), item["question"]).kind]


def type_of():
    from enroll.questions.models import BankQuestion
    return BankQuestion


def test_a_round_asks_one_question_a_screen_and_shows_why_after_the_answer(session, learner):
    place = begun(learner)
    before = learner.get(place)
    assert "解析" not in before.get_data(as_text=True)
    assert "正确答案" not in text_of(before)
    answered = press(learner, place, place, answer=right_of(session, place))
    assert answered.location == place
    after = text_of(learner.get(place))
    assert "解析：" in after
    assert "下一题" in after


def test_every_page_of_practice_is_there_and_says_that_it_is_no_study_time(session, learner):
    place = begun(learner)
    press(learner, place, place, answer=["T", "C"])
    for address in ("/practice", place.rsplit("/", 1)[0], "/practice/statistics", "/mock-exams"):
        page = learner.get(address)
        assert page.status_code == 200, address
        assert "不计入学时" in text_of(page), address
        assert len(soup(page).find_all("h1")) == 1
    assert learner.get("/practice/wrong").status_code == learner.get("/practice/favourites").status_code == 200
