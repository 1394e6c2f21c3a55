"""Requests that no page of ours sends: odd questions in an address, odd bodies. A plain no, never an error.

On both databases: one of them refuses NUL, halves of pairs and large numbers where the other takes them.
"""

from typing import Any

from enroll.accounts.permissions import Role
from enroll.courses.services.quizzes import start_quiz
from enroll.web.throttle import limiter
from tests.architecture.the_sweeps import IN_TURN_AND_ALL, some
from tests.architecture.the_tree import refuse
from tests.builders.accounts import an_account
from tests.builders.courses import QUIZ, READING, the_courses
from tests.builders.study import a_student, account_of, learner_of
from tests.conftest import NOON

AWAY = "?after=garbage&page=abc&sort=nonsense&lang=xx&state=nonsense&tab=nonsense&part=x&site=x&window=x&file=x&zoom=x"
ODD_QUESTIONS = (AWAY, "?q=%00&state=%00", "?q=%ED%A0%80&after=99999999999999999999&fee=%00", "?q=" + "x" * 5000)
DEEP = "[" * 20_000
ODD_BODIES: list[dict[str, Any]] = [
    {"json": None}, {"json": [1] * 5000}, {"json": {"seq": {"a": []}}},
    {"data": DEEP, "content_type": "application/json"},
    {"data": b"\xff\x00", "content_type": "application/json"}, {"data": {"seq": "9" * 30}}, {"data": {"seq": "\0"}},
    {"data": {"seq": "abc", "media_from": "-1", "media_to": "1e9"}}, {"data": {"q1": ["A", "\0"], "q\u00b2": "A"}},
    {"data": {"q" + "9" * 40: "A", "q1": "x" * 5000}}, {"data": {f"q{one}": "A" for one in range(900)}},
    {"data": b"seq=%ED%A0%80&q1=%FF", "content_type": "application/x-www-form-urlencoded"},
]


def test_what_a_pages_own_program_sends_badly_is_refused_in_words(app, sign_in):
    student = a_student()
    the_courses()
    token = start_quiz(QUIZ, by=learner_of(student), now=NOON)
    browser = sign_in(account_of(student))
    study = f"/study/{READING.course}/{READING.lesson}/sessions"
    quiz = f"/study/{QUIZ.course}/{QUIZ.lesson}/attempts/{token}/save"
    app.config["WTF_CSRF_ENABLED"] = app.config["PROPAGATE_EXCEPTIONS"] = False
    beats = browser.post(study).get_json()["beats"]
    wrong = []
    for address in (study, beats, quiz):
        for body in ODD_BODIES:
            limiter.reset()
            answer = browser.post(address, headers={"X-Requested-With": "fetch"}, **body)
            if answer.status_code >= 500 or (address == beats and answer.status_code < 400):
                wrong.append(f"{address} answers {answer.status_code} to {str(body)[:80]}")
    refuse(wrong, "A body that no page of ours sends.")


@IN_TURN_AND_ALL
def test_an_odd_question_in_an_address_gets_a_page(app, sign_in, everything):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    browser, wrong = sign_in(an_account("everybody", *Role)), []
    for number, rule in enumerate(app.url_map.iter_rules()):
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.rule not in {"/readyz"}:
            for odd in some(ODD_QUESTIONS, number, everything):
                answer = browser.get(rule.rule + odd)
                answer.close()
                if answer.status_code >= 500:
                    wrong.append(f"{rule.rule}{odd[:60]} answers {answer.status_code}")
    refuse(wrong, "Whatever stands in an address, there is a page or a plain no.")
