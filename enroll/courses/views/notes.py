"""One's own notes: kept at a lesson, found again and taken along on one page."""

from typing import Any

from flask import abort, flash, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.forms import NoteForm
from enroll.courses.queries.lessons import LessonKey, my_lesson
from enroll.courses.queries.notes import notes_of
from enroll.courses.services.notes import keep_note
from enroll.courses.views.study import courses, lesson_page
from enroll.hours.queries.standing import my_enrolment
from enroll.storage.database import again_if_crowded, db
from enroll.web.access import requires
from enroll.web.addresses import asked
from enroll.web.downloads import send_bytes
from enroll.web.language import show_moment
from enroll.web.moments import now
from enroll.web.once import once


@courses.get("/notes")
@requires(Permission.LEARN)
def notes() -> Any:
    session, words = db.session(), asked("q", most=80)
    enrolment = my_enrolment(session, current_user.account_id)
    if enrolment is None:
        return render_template("courses/not_enrolled.html")
    return render_template("courses/notes.html", notes=notes_of(session, enrolment.id, words), words=words)


@courses.get("/notes.md")
@requires(Permission.LEARN)
def notes_file() -> Any:
    """All notes as Markdown, for whoever wants to take them along."""
    enrolment = my_enrolment(db.session(), current_user.account_id) or abort(404)
    parts = [f"## {one.lesson.module.course.title} / {one.lesson.title}\n\n{one.text}\n"
             for one in notes_of(db.session(), enrolment.id)]
    return send_bytes("\n".join(parts).encode(), media_type="text/markdown", name="notes.md")


@courses.post("/<code:course>/<code:lesson>/note")
@requires(Permission.LEARN)
def note(course: str, lesson: str) -> Any:
    form, key = NoteForm(), LessonKey(course, lesson)
    found = my_lesson(db.session(), current_user.account_id, key) or abort(404)
    by_itself = request.headers.get("X-Requested-With") == "fetch"
    if not form.validate():
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return (jsonify(words=words), 422) if by_itself else (lesson_page(*found, note_form=form), 422)
    if by_itself:  # while one writes: the last one stands, however often it comes
        again_if_crowded(lambda: keep_note(key, form.note.data or "", by=current_user.actor, now=now()))
        return jsonify(words=_("Kept %(moment)s", moment=show_moment(now())))

    def act() -> str:
        keep_note(key, form.note.data or "", by=current_user.actor, now=now())
        return url_for("courses.lesson", course=course, lesson=lesson) + "#note"

    answer = once(form, act)
    flash(_("Your note is kept."), "ok")
    return answer
