"""What stands beside every lesson, whatever its kind: one's own note."""

from typing import Any

from enroll.courses.forms import NoteForm
from enroll.courses.models.editions import Lesson
from enroll.courses.queries.notes import note_at
from enroll.enrolments.models import Enrolment
from enroll.storage.database import db


def note_beside(enrolment: Enrolment, lesson: Lesson, sent: NoteForm | None = None) -> dict[str, Any]:
    """The note's form, as it was sent where it was refused, and when the note was kept last."""
    kept = note_at(db.session(), enrolment.id, lesson.id)
    form = sent or NoteForm(formdata=None, note=kept.text if kept else "")
    return {"own_note": form, "kept_at": kept.changed_at if kept else None}
