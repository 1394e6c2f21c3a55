"""A general course with a lesson of every kind, and a direction."""

from enroll.accounts.permissions import Permission
from enroll.courses.queries.lessons import LessonKey
from enroll.courses.services.outline import NewCourse, NewLesson, NewModule, add_course
from enroll.foundation.actor import Actor
from tests.builders.quizzes import a_bank, a_quiz
from tests.conftest import NOON
from tests.worlds import built_once

OFFICE = Actor(None, "office", frozenset({Permission.MANAGE_COURSES}))
READING, VIDEO = LessonKey("G1", "G1-M1-L4"), LessonKey("G1", "G1-M1-L1")
QUIZ, PRACTICE = LessonKey("G1", "G1-M1-Q"), LessonKey("G1", "G1-M2-P1")
DIRECTION = LessonKey("D1", "D1-M2-L1")
REPORT, SOURCES = "简报 PDF（不超过3页）", "来源清单 XLSX（不少于8条，注明访问日期）"


@built_once
def the_courses(programme: str = "CAIP") -> None:
    """G1 with two modules, D1 with one; the quiz of G1-M1 has its questions. The programme is there already."""
    lesson = NewLesson
    general = NewCourse("G1", "AI职场通识", "general", [
        NewModule("G1-M1", "AI职场通识与合规", [
            lesson("G1-M1-L1", "大模型能做什么", "video", "knowledge", 30, text="# 大模型\n\n正文。"),
            lesson("G1-M1-L4", "职场用AI的红线", "reading", "knowledge", 30, text="## 红线\n\n- 保密"),
            lesson("G1-M1-L5", "短讲", "reading", "knowledge", 15, text="短。"),
            lesson("G1-M1-Q", "模块小测", "quiz", "knowledge", 15, quiz_code="G1-M1-Q"),
        ]),
        NewModule("G1-M2", "信息搜集", [
            lesson("G1-M2-P1", "实践：行业情报简报", "practice", "practice", 90, deliverables=[REPORT, SOURCES]),
        ]),
    ], title_en="AI basics", summary="先弄清大模型。")
    direction = NewCourse("D1", "专业方向一", "direction", [
        NewModule("D1-M2", "职业发展规划", [
            lesson("D1-M2-L1", "岗位地图", "reading", "knowledge", 30, text="岗位。"),
        ]),
    ], career={"suits": ["行政"], "roles": [{"title": "专员", "level": "起步", "needs": ["写作"]}], "path": ["先用熟"],
               "portfolio": ["一页纸"], "next_steps": []})
    other = NewCourse("D2", "专业方向二", "direction", [
        NewModule("D2-M2", "职业发展规划", [lesson("D2-M2-L1", "岗位地图", "reading", "knowledge", 30, text="岗位。")]),
    ])
    for course in (general, direction, other):
        add_course(programme, course, by=OFFICE, now=NOON)
    a_bank()
    a_quiz()
