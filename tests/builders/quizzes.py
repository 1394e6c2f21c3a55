"""A small bank and the quizzes that draw from it."""

from datetime import datetime
from typing import Any

from enroll.accounts.permissions import Permission
from enroll.foundation.actor import Actor
from enroll.questions.rules.papers import Section
from enroll.questions.rules.questions import NewQuestion
from enroll.questions.services.bank import NewQuiz, NewTopic, add_questions, add_quiz, name_topics
from enroll.questions.services.mocks import NewMock, add_mock
from tests.conftest import NOON
from tests.worlds import built_once

BANKER = Actor(None, "bank", frozenset({Permission.MANAGE_BANK}))


@built_once
def a_bank(topic: str = "G1-M1", *, single: int = 6, multiple: int = 2, judge: int = 2) -> None:
    """The right answer of a single question is A, of a multiple one A and B, of a judgement T."""
    made = [_question(topic, "single", number, ("A",)) for number in range(single)]
    made += [_question(topic, "multiple", number, ("A", "B")) for number in range(multiple)]
    made += [_question(topic, "judge", number, ("T",)) for number in range(judge)]
    add_questions(made, by=BANKER, now=NOON)


@built_once
def a_quiz(code: str = "G1-M1-Q", *, topic: str = "G1-M1", now: datetime = NOON, **changes: Any) -> None:
    made: dict[str, Any] = {"code": code, "title": "模块小测", "pass_percent": 60, "minutes": 15, "topic": topic,
                            "count": 5, "cool_down_minutes": 10}
    add_quiz(NewQuiz(**(made | changes)), by=BANKER, now=now)


@built_once
def a_mock_paper(code: str = "mock_paper") -> None:
    blueprint = (Section("single", 4, 4), Section("multiple", 2, 4, 2), Section("judge", 2, 2))
    a_quiz(code, topic="", section="general", count=0, minutes=45, blueprint=blueprint)


@built_once
def the_modules(programme: str = "CAIP") -> None:
    """Two general modules, and one of each of two directions."""
    name_topics([
        NewTopic("G1-M1", programme, "general", "G1", "通识与合规"),
        NewTopic("G1-M2", programme, "general", "G1", "信息搜集"),
        NewTopic("D1-M1", programme, "direction", "D1", "方向一"),
        NewTopic("D2-M1", programme, "direction", "D2", "方向二"),
    ], by=BANKER, now=NOON)


@built_once
def a_mock_exam(code: str = "MOCK-1", **changes: Any) -> None:
    """Four questions with one answer, two with more than one, two judgements; 45 minutes, 28 points."""
    made: dict[str, Any] = {
        "code": code, "title": "模拟卷", "title_en": "Mock paper", "programme": "CAIP", "minutes": 45,
        "sections": (Section("single", 4, 4), Section("multiple", 2, 4, 2), Section("judge", 2, 2)),
        "holds_from": NOON.date(), "source": "演示默认值",
    }
    add_mock(NewMock(**(made | changes)), by=BANKER, now=NOON)


def _question(topic: str, kind: str, number: int, answer: tuple[str, ...]) -> NewQuestion:
    options = {} if kind == "judge" else {key: f"选项{key}{number}" for key in "ABCD"}
    return NewQuestion(
        code=f"{topic}-{kind}-{number}", kind=kind, topic=topic, section="general", stem=f"{kind}题{number}？",
        options=options, answer=answer, explanation=f"解析：{kind}{number}",
    )
