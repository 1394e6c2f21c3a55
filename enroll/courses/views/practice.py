"""A practical task: what is asked, the files with their receipts, handing in, and what the trainer said."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.forms import FileForm, HandInForm, NoteForm
from enroll.courses.lifecycle import PRACTICE_WORK, WorkState
from enroll.courses.models.editions import Lesson
from enroll.courses.models.works import PracticeWork
from enroll.courses.queries.lessons import LessonKey, my_lesson
from enroll.courses.queries.plan import study_overview
from enroll.courses.queries.practice import file_of, files_in_hand, files_of, moves_of, target_working_days, work_in
from enroll.courses.rules.plan import unmet_needs
from enroll.courses.rules.practice import MB, MEDIA_TYPES, VIDEO_MB, Deliverable, extension
from enroll.courses.services.practice import add_file, hand_in, remove_file, require_fitting_file
from enroll.courses.views.beside import note_beside
from enroll.documents.markdown import as_html
from enroll.enrolments.lifecycle import EnrolmentState
from enroll.enrolments.models import Enrolment
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Refused
from enroll.foundation.text import clean_file_name
from enroll.programmes.queries.windows import working_calendar
from enroll.storage.database import db
from enroll.storage.files import keep_stream
from enroll.storage.uploads import halves_of
from enroll.web.access import requires
from enroll.web.downloads import send_large
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.uploads import takes_files

practice = Blueprint("practice_work", __name__, url_prefix="/study/<code:course>/<code:lesson>")
HEAD = 512


@practice.post("/files")
@requires(Permission.LEARN)
@takes_files(VIDEO_MB * MB)
def upload(course: str, lesson: str) -> Any:
    form, key = FileForm(), LessonKey(course, lesson)
    found = my_lesson(db.session(), current_user.account_id, key) or abort(404)
    if not form.validate():
        return practice_page(*found, file_form=form), 422
    sent, wanted = form.file.data, form.deliverable.data or ""
    name, head = clean_file_name(sent.filename or ""), sent.stream.read(HEAD)
    size = sent.stream.seek(0, 2)
    sent.stream.seek(0)
    try:
        require_fitting_file(key, wanted, name, size, head, by=current_user.actor)
        stored = keep_stream(sent.stream, name=name, media_type=MEDIA_TYPES[extension(name)], purpose="practice",
                             now=now(), owner_id=current_user.account_id)
        answer = once(form, lambda: _added(key, wanted, stored, head))
    except Refused as refused:
        return practice_page(*_again(key), file_form=form, problems=form.show_problems(refused.problems)), 409
    flash(_("%(name)s has arrived. The receipt stands beside it.", name=name), "ok")
    return answer


@practice.post("/files/<token:token>/remove")
@requires(Permission.LEARN)
def remove(course: str, lesson: str, token: str) -> Any:
    form, key = ActForm(), LessonKey(course, lesson)
    my_lesson(db.session(), current_user.account_id, key) or abort(404)
    form.validate()

    def act() -> str:
        remove_file(key, token, by=current_user.actor, now=now())
        return url_for("courses.lesson", course=course, lesson=lesson) + "#files"

    return once(form, act)


@practice.get("/files/<token:token>")
@requires(Permission.LEARN)
def download(course: str, lesson: str, token: str) -> Any:
    session = db.session()
    enrolment, its_lesson = my_lesson(session, current_user.account_id, LessonKey(course, lesson)) or abort(404)
    work = work_in(session, enrolment.id, its_lesson.id) or abort(404)
    found = file_of(session, work.id, token) or abort(404)
    return send_large(found.file)


@practice.post("/hand_in")
@requires(Permission.LEARN)
def submit(course: str, lesson: str) -> Any:
    form, key = HandInForm(), LessonKey(course, lesson)
    found = my_lesson(db.session(), current_user.account_id, key) or abort(404)
    if not form.validate():
        return practice_page(*found, note_form=form), 422
    note, seen = form.note.data or "", form.seen_version

    def act() -> str:
        hand_in(key, note, by=current_user.actor, now=now(), version=seen)
        return url_for("courses.lesson", course=course, lesson=lesson)

    try:
        return once(form, act)
    except Refused as refused:
        return practice_page(*_again(key), note_form=form, problems=form.show_problems(refused.problems)), 409


def practice_page(
    enrolment: Enrolment, lesson: Lesson, *, file_form: FileForm | None = None, note_form: HandInForm | None = None,
    problems: Any = (), own_note: NoteForm | None = None,
) -> Any:
    session = db.session()
    work = work_in(session, enrolment.id, lesson.id)
    sent = file_form or note_form
    course = lesson.module.course
    file_form, note_form = file_form or FileForm(), note_form or HandInForm(note=work.note if work else "")
    wanted = [Deliverable.of(kept) for kept in lesson.deliverables]
    missing = unmet_needs(study_overview(session, enrolment.id), lesson.needs) if lesson.needs else ()
    can_add = (not missing and enrolment.state == EnrolmentState.ACTIVE
               and (work is None or work.state in ("draft", "returned")))
    file_form.offer([one.name for one in wanted] or [""])
    note_form.version.data = str(work.version) if work else ""
    return render_template(
        "courses/practice.html", lesson=lesson, missing=missing, course=course, work=work, wanted=wanted,
        label=PRACTICE_WORK.label(work.state) if work else None, files=files_in_hand(session, work.id) if work else (),
        handed_in=files_of(session, work) if work else (), history=moves_of(session, work.id) if work else (),
        form=sent, file_form=file_form, note_form=note_form, remove_form=ActForm(), problems=problems,
        target=_target(work), text=as_html(lesson.text), lifecycle=PRACTICE_WORK,
        can_add=can_add, largest=VIDEO_MB * MB, **note_beside(enrolment, lesson, own_note),
        halves=halves_of(session, current_user.account_id, f"{course.code}/{lesson.code}/") if can_add else (),
    )


def _target(work: PracticeWork | None) -> datetime | None:
    """When it should be marked at the latest; the trainers see the same."""
    if work is None or work.state != WorkState.HANDED_IN or work.handed_in_at is None:
        return None
    session = db.session()
    days = target_working_days(session, local_day(now()))
    return working_calendar(session).deadline(work.handed_in_at, days)


def _again(key: LessonKey) -> tuple[Enrolment, Lesson]:
    return my_lesson(db.session(), current_user.account_id, key) or abort(404)


def _added(key: LessonKey, wanted: str, stored: Any, head: bytes) -> str:
    add_file(key, wanted, stored, head, by=current_user.actor, now=now())
    return url_for("courses.lesson", course=key.course, lesson=key.lesson) + "#files"
