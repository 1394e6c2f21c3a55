"""A learner's own note at a lesson: kept as often as one likes, the last one stands."""

from datetime import datetime

from enroll.courses.models.studying import LessonNote
from enroll.courses.queries.lessons import LessonKey, my_lesson
from enroll.courses.queries.notes import note_at
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NotFound
from enroll.storage.database import lock, transaction


def keep_note(key: LessonKey, text: str, *, by: Actor, now: datetime) -> None:
    """Keep the note of one's own at a lesson; an empty one takes it away. Raises NotFound for another's lesson."""
    with transaction() as session:
        found = my_lesson(session, by.account_id or 0, key)
        if found is None:
            raise NotFound("Lesson")
        enrolment, lesson = found
        lock(session, Enrolment, Enrolment.id == enrolment.id)
        note = note_at(session, enrolment.id, lesson.id)
        if note is None:
            session.add(LessonNote(enrolment_id=enrolment.id, lesson_id=lesson.id, text=text, changed_at=now))
        else:
            note.text, note.changed_at = text, now
