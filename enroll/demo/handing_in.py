"""A task that several have just handed in: what a trainer accepts in one go, after a look."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from enroll.courses.models.editions import Lesson, Module
from enroll.courses.queries.lessons import LessonKey
from enroll.courses.rules.practice import MEDIA_TYPES, Deliverable
from enroll.courses.services.practice import BroughtFile, hand_in_files
from enroll.demo.samples import KINDS, sample
from enroll.demo.supervising import actor_of
from enroll.storage.database import transaction
from enroll.storage.files import keep_file

TASK = LessonKey("G2", "G2-M3-P1")
WHOSE = ("gaopeng", "luoyan", "tangli", "yuanbo", "shilei", "tianhe")
SAME = {"tianhe": "shilei"}  # the trainer is told that one file came from two people


def a_batch(until: datetime) -> None:
    """Six works of one task, an hour apart, up to the demo's first moment; nothing where the data has no such task."""
    with transaction() as session:
        lesson = session.scalar(select(Lesson).join(Module).where(Lesson.code == TASK.lesson).options(
            joinedload(Lesson.module)).limit(1))
        if lesson is None:
            return
        for place, username in enumerate(WHOSE):
            moment = until - timedelta(hours=len(WHOSE) - place)
            hand_in_files(TASK, _files(lesson, username, moment), "用表格工具制作，名单为虚构。",
                          by=actor_of(username, moment), now=moment)


def _files(lesson: Lesson, username: str, now: datetime) -> list[BroughtFile]:
    brought = []
    for wanted in map(Deliverable.of, lesson.deliverables):
        kind = next(one for one in wanted.formats if one in KINDS)
        content = sample(kind, lesson.title, now, by=SAME.get(username, username))
        stored = keep_file(content, name=f"{lesson.code}-{username}.{kind}", media_type=MEDIA_TYPES[kind],
                           purpose="practice", owner_id=actor_of(username, now).account_id, now=now)
        brought.append(BroughtFile(wanted.name, stored, content[:64]))
    return brought
