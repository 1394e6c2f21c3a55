"""The learner's front page as it is served: which window can be reached stands on it, and on the desk the same."""

from datetime import timedelta

import pytest

from enroll.accounts.permissions import Role
from enroll.learners.models import Learner
from enroll.storage.database import transaction
from tests.builders.accounts import an_account
from tests.builders.courses import the_courses
from tests.builders.exams import a_window
from tests.builders.study import a_student, account_of, credited
from tests.conftest import NOON
from tests.pages import text_of


@pytest.fixture
def student(session):
    student = a_student()
    the_courses()
    return student


@pytest.mark.parametrize(("language", "words"), [("zh", "每天需要"), ("en", "Minutes a day needed")])
def test_home_and_desk_name_the_same_window_with_the_same_minutes_a_day(app, student, sign_in, language, words):
    window = a_window()
    credited(student, 1000, practice=400, at=NOON - timedelta(days=20))
    with transaction() as session:
        session.get_one(Learner, student.learner_id).reference = "L-ZHANGWEI"
    browser = sign_in(account_of(student))
    browser.get(f"/language/{language}")
    home = text_of(browser.get("/home"))
    assert window.code in home
    hours = text_of(browser.get("/hours"))
    browser = sign_in(an_account("banzhuren2", Role.ADVISER))
    browser.get(f"/language/{language}")
    desk = text_of(browser.get("/staff/learners/L-ZHANGWEI"))
    asked = next(part for part in home.split(words)[1:])[:20]
    assert f"{words}{asked}" in desk
    assert window.code in hours


def test_home_without_any_window_says_that_none_is_announced(student, sign_in):
    assert "暂未公布考期" in text_of(sign_in(account_of(student)).get("/home"))
