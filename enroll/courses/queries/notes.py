"""A learner's own notes at lessons."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enroll.courses.models.editions import Lesson, Module
from enroll.courses.models.studying import LessonNote

MOST_SHOWN = 200  # a note a lesson: a programme has fewer lessons


def note_at(session: Session, enrolment_id: int, lesson_id: int) -> LessonNote | None:
    return session.scalar(select(LessonNote).where(
        LessonNote.enrolment_id == enrolment_id, LessonNote.lesson_id == lesson_id))


def notes_of(session: Session, enrolment_id: int, text: str = "") -> Sequence[LessonNote]:
    """All notes of an enrolment that hold the words, in the order they were last changed."""
    whole = joinedload(LessonNote.lesson).joinedload(Lesson.module).joinedload(Module.course)
    wanted = select(LessonNote).where(LessonNote.enrolment_id == enrolment_id, LessonNote.text != "").options(whole)
    if text:
        wanted = wanted.where(LessonNote.text.icontains(text, autoescape=True))
    return session.scalars(wanted.order_by(LessonNote.changed_at.desc()).limit(MOST_SHOWN)).all()
