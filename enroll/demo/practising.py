"""The mock exams that are offered, and one learner who has practised: the wrong-answer book, the days, a paper done."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.demo.people import data
from enroll.foundation.actor import Actor
from enroll.foundation.clock import SHANGHAI
from enroll.questions.models import PracticeRound, QuizAttempt
from enroll.questions.queries.papers import editions_of
from enroll.questions.rules.papers import Section
from enroll.questions.rules.practice import Mode
from enroll.questions.services.attempts import save_answers
from enroll.questions.services.mocks import NewMock, add_mock, start_mock, submit_mock
from enroll.questions.services.practice import Wish, answer_question, keep_favourite_in, start_round
from enroll.storage.database import db, transaction

SOURCE = "演示默认值；正式试卷结构未见公开，以发证机构公布为准"
PAPERS = (
    ("MOCK-45", "mock_paper", "理论模拟卷（45 分钟）", "Theory mock paper (45 minutes)", 2),
    ("MOCK-120", "theory_paper", "理论全真卷（120 分钟）", "Theory mock paper, full length (120 minutes)", 1),
)
EVERY_FIFTH = 5
WHO = "zhangwei"


def lay_mock_exams(trainer: Actor, now: datetime, holds_from: date) -> None:
    for code, key, title, title_en, partial in PAPERS:
        paper = data()[key]
        sections = tuple(Section(one["type"], one["count"], one["points_each"], partial if "partial" in one else 0)
                         for one in paper["sections"])
        add_mock(NewMock(code, title, title_en, "CAIP", paper["minutes"], sections, holds_from, SOURCE), by=trainer,
                 now=now)


def practise(until: datetime) -> None:
    """Two evenings of one learner's practice with a mistake in every fifth question, and a mock exam with a few."""
    account = db.session.scalars(select(Account).where(Account.username == WHO)).one()
    me = account.actor_at(until)
    last = datetime.combine(until.astimezone(SHANGHAI).date(), datetime.min.time(), SHANGHAI)
    with transaction():
        for days_ago, mode, topic in ((2, Mode.MODULE, "G1-M1"), (1, Mode.WEAK, "")):
            evening = last - timedelta(days=days_ago) + timedelta(hours=20)
            _round(Wish(mode, topic, 10), me, evening)
        _mock("MOCK-45", me, last - timedelta(days=1) + timedelta(hours=21))


def _round(wish: Wish, me: Actor, now: datetime) -> None:
    token = start_round(wish, by=me, now=now)
    session = db.session()
    paper = session.scalars(select(PracticeRound.paper).where(PracticeRound.token == token)).one()
    for number, answer in enumerate(_answers(paper), start=1):
        answer_question(token, number, answer, by=me, now=now + timedelta(seconds=40 * number))
    keep_favourite_in(token, 2, True, by=me, now=now)


def _mock(code: str, me: Actor, now: datetime) -> None:
    token = start_mock(code, by=me, now=now, paper_number="202611")
    paper = db.session.scalars(select(QuizAttempt.paper).where(QuizAttempt.token == token)).one()
    given = {str(item["question"]): answer for item, answer in zip(paper, _answers(paper), strict=True)}
    save_answers(token, given, by=me, now=now + timedelta(minutes=30))
    submit_mock(token, given, by=me, now=now + timedelta(minutes=38))


def _answers(paper: list[dict[str, Any]]) -> list[list[str]]:
    """The right answers, and for every fifth question another."""
    said = editions_of(db.session(), [(item["question"], item["edition"]) for item in paper])
    answers = []
    for number, item in enumerate(paper, start=1):
        right = said[item["question"], item["edition"]].answer
        wrong = [key for key in item["options"] if key not in right][:1]
        answers.append(list(right) if number % EVERY_FIFTH else wrong)
    return answers




