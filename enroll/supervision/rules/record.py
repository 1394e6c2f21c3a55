"""The learning record as a document says it: every value finished, in Chinese with the Beijing day."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from enroll.foundation.clock import beijing
from enroll.foundation.minutes import shown_hours

SECTIONS_ZH = {"general": "通用部分", "direction": "专业方向"}
SOURCES_ZH = {"lesson": "在线学习", "quiz": "随堂测验", "practice": "实践作业", "live": "直播课", "outside": "申报学时",
              "manual": "人工录入", "opening": "转入", "doubt": "核实后计入", "dispute": "异议后计入",
              "reversal": "冲回"}
KINDS_ZH = {"knowledge": "知识", "practice": "实践"}
WORKS_ZH = {"draft": "未提交", "handed_in": "待批阅", "returned": "已退回", "accepted": "已通过"}
QUESTIONS_ZH = {"open": "待答复", "reopened": "待答复", "answered": "已答复", "closed": "已关闭"}


def record_values(record: Any, partner: tuple[str, str], now: datetime, *, demo: bool) -> dict[str, Any]:
    """What templates/documents/learning.typ asks for, of a LearningRecord; the partner by name and
    code."""
    enrolment, proof = record.enrolment, record.proof
    learner, unit = enrolment.learner, enrolment.demands.unit
    name, code = partner
    made = f"{beijing(now):%Y-%m-%d %H:%M}"
    return {
        "partner_name": name, "partner_code": code, "demo": demo, "number": enrolment.reference,
        "foot": " · ".join(part for part in (name, enrolment.reference, made) if part), "made": made,
        "name": learner.legal_name or learner.reference,
        "programme": {"zh": enrolment.programme.name_zh, "en": enrolment.programme.name_en},
        "enrolled": _day(enrolment.enrolled_at), "unit": str(unit),
        "hours": shown_hours(record.minutes, unit), "minutes": f"{record.minutes:,}",
        "practice": shown_hours(record.practice, unit), "required": str(enrolment.demands.required_hours),
        "proof": f"{proof.reference}（{_day(proof.issued_at)}）" if proof and proof.state == "issued" else "尚未出具",
        "courses": [[one.code, one.title, SECTIONS_ZH.get(one.section, one.section), str(one.knowledge),
                     str(one.practice), str(one.minutes)] for one in record.courses],
        "sources": [[SOURCES_ZH.get(source, source), KINDS_ZH.get(kind, kind), str(minutes)]
                    for source, kind, minutes in record.by_source],
        "lessons": [[one.code, one.title, f"{one.credited} / {one.minutes}", _day(one.completed_at)]
                    for one in record.lessons],
        "quizzes": _attempts(record.quizzes), "practised": _attempts(record.practised),
        "works": [[one.reference, one.lesson.title, WORKS_ZH.get(one.state, one.state), _day(one.handed_in_at)]
                  for one in record.works],
        "questions": [[one.reference, one.title, QUESTIONS_ZH.get(one.state, one.state), _day(one.asked_at)]
                      for one in record.questions],
    }


def _attempts(attempts: Iterable[Any]) -> list[list[str]]:
    return [[one.quiz.title, f"{one.points} / {one.full_points}", "通过" if one.passed else "未通过",
             _day(one.submitted_at)] for one in attempts]


def _day(moment: datetime | None) -> str:
    return f"{beijing(moment):%Y-%m-%d}" if moment else "–"
