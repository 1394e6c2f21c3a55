"""What is there before anybody comes: the organisation of the demonstration data, its staff, and 35 hours to study.

The hours are real ones: 180 minutes by the clock, a quiz, and practical tasks that a trainer accepts; fewer and longer
lessons than the demonstration has, so that a journey posts hundreds of heartbeats and not thousands.
"""

from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.courses.services.outline import NewCourse, NewLesson, NewModule, add_course, attach_video
from enroll.demo import ground
from enroll.foundation.actor import Actor
from enroll.storage.database import db
from enroll.storage.files import keep_file
from enroll.storage.passwords import hashed
from tests.builders.quizzes import a_bank, a_quiz

PASSWORD = "kettle spoon river nine"
WINDOWS = {"202701", "202703"}
FILM = Path(ground.__file__).parent / "media" / "G1-M1-L1.mp4"
FILM_SECONDS = 30


def lay_ground() -> None:
    """Rules, prices, days, texts, staff, windows, sites with their sittings, courses: through the services."""
    ground.lay_organisation()
    ground.lay_prices_and_days()
    ground.lay_programmes()
    ground.lay_staff(hashed(PASSWORD))
    ground.lay_texts()
    office = _office(ground.FOUNDED)
    ground.lay_cohorts(office)
    for published_at, code in list(ground.windows(office)):
        if code in WINDOWS:
            ground.publish(code, _office(published_at), published_at)
    ground.lay_sites(office)
    _lay_courses(office["jiaowu"])


def _office(at: datetime) -> dict[str, Actor]:
    found = {str(one.username): one.actor_at(at) for one in db.session.scalars(select(Account))}
    db.session.rollback()
    return found


def _lay_courses(trainer: Actor) -> None:
    now = ground.FOUNDED
    a_bank()
    a_quiz()
    for course in (_general(), _direction()):
        add_course("CAIP", course, by=trainer, now=now)
    film = keep_file(FILM.read_bytes(), name=FILM.name, media_type="video/mp4", purpose="lesson", now=now)
    attach_video("G1-M1-L1", film, seconds=FILM_SECONDS, by=trainer, now=now)


def _general() -> NewCourse:
    return NewCourse("G1", "AI职场通识", "general", [
        NewModule("G1-M1", "通识与合规", [
            NewLesson("G1-M1-L1", "大模型能做什么", "video", "knowledge", 45, text="# 大模型\n\n正文。"),
            NewLesson("G1-M1-L2", "职场用AI的红线", "reading", "knowledge", 90, text="## 红线\n\n- 保密"),
            NewLesson("G1-M1-Q", "模块小测", "quiz", "knowledge", 15, quiz_code="G1-M1-Q"),
        ]),
        NewModule("G1-M2", "综合实践", [
            NewLesson("G1-M2-P1", "实践：行业情报", "practice", "practice", 480, deliverables=["简报 PDF"]),
            NewLesson("G1-M2-P2", "实践：智能体", "practice", "practice", 480, deliverables=["说明 PDF"]),
            NewLesson("G1-M2-P3", "实践：数字人", "practice", "practice", 240, deliverables=["说明 PDF"]),
        ]),
    ], title_en="AI basics", summary="先弄清大模型。")  # fmt: skip


def _direction() -> NewCourse:
    return NewCourse("D1", "办公与运营提效", "direction", [
        NewModule("D1-M1", "岗位实务", [
            NewLesson("D1-M1-L1", "岗位地图", "reading", "knowledge", 45, text="岗位。"),
            NewLesson("D1-M1-P1", "实践：岗位方案", "practice", "practice", 180, deliverables=["方案 PDF"]),
        ]),
    ], title_en="Office", career={"suits": [], "roles": [], "path": [], "portfolio": [], "next_steps": []})  # fmt: skip
