"""The video and the attachments of a draft's lesson, and the same files for who previews it."""

from typing import Any

from flask import abort, flash, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.forms import AttachmentForm, VideoForm
from enroll.courses.queries.editions import attachment_of
from enroll.courses.rules.authoring import ATTACHED_MB
from enroll.courses.rules.practice import MB, MEDIA_TYPES, VIDEO_MB, extension
from enroll.courses.services import materials
from enroll.courses.staff_views.authoring import SEES, authoring
from enroll.courses.staff_views.writing import lesson_or_404, preview_page
from enroll.foundation.problems import NotFound, Problem, Refused
from enroll.foundation.text import clean_file_name
from enroll.storage.database import db
from enroll.storage.files import StoredFile, keep_stream
from enroll.web.access import requires
from enroll.web.downloads import send_large, send_media
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.uploads import takes_files

WRITES = Permission.MANAGE_COURSES
HEAD = 512


@authoring.post("/<code:course>/<int:number>/<code:lesson>/attachments")
@requires(WRITES)
@takes_files(ATTACHED_MB * MB)
def attach(course: str, number: int, lesson: str) -> Any:
    form = AttachmentForm()
    lesson_or_404(course, number, lesson)
    if not form.validate():
        return _back(course, number, lesson, attachment_form=form), 422
    return _kept(course, number, lesson, form, materials.attachment_faults, "attachment_form",
                 lambda stored: materials.attach_file(course, number, lesson, form.title.data or "", stored,
                                                      by=current_user.actor, now=now()))


@authoring.post("/<code:course>/<int:number>/<code:lesson>/attachments/<token:token>/remove")
@requires(WRITES)
def detach(course: str, number: int, lesson: str, token: str) -> Any:
    lesson_or_404(course, number, lesson)
    return _taken_off(course, number, lesson, lambda: materials.detach_file(
        course, number, lesson, token, by=current_user.actor, now=now()))


@authoring.get("/<code:course>/<int:number>/<code:lesson>/attachments/<token:token>")
@requires(*SEES)
def attachment(course: str, number: int, lesson: str, token: str) -> Any:
    _, found = lesson_or_404(course, number, lesson)
    return send_large(attachment_of(found, token) or abort(404))


@authoring.post("/<code:course>/<int:number>/<code:lesson>/video")
@requires(WRITES)
@takes_files(VIDEO_MB * MB)
def upload_video(course: str, number: int, lesson: str) -> Any:
    form = VideoForm()
    lesson_or_404(course, number, lesson)
    if not form.validate():
        return _back(course, number, lesson, video_form=form), 422
    return _kept(course, number, lesson, form, materials.video_faults, "video_form",
                 lambda stored: materials.set_video(course, number, lesson, stored, form.seconds.data or 0,
                                                    by=current_user.actor, now=now()))


@authoring.post("/<code:course>/<int:number>/<code:lesson>/video/remove")
@requires(WRITES)
def remove_video(course: str, number: int, lesson: str) -> Any:
    lesson_or_404(course, number, lesson)
    return _taken_off(course, number, lesson, lambda: materials.remove_video(
        course, number, lesson, by=current_user.actor, now=now()))


@authoring.get("/<code:course>/<int:number>/<code:lesson>/video")
@requires(*SEES)
def video(course: str, number: int, lesson: str) -> Any:
    _, found = lesson_or_404(course, number, lesson)
    return send_media(found.video or abort(404))


def _kept(course: str, number: int, lesson: str, form: Any, faults: Any, name: str, put: Any) -> Any:
    """Look at the file, keep it, lay it beside the lesson; what is wrong stands at its field."""
    sent = form.file.data
    file_name, head = clean_file_name(sent.filename or ""), sent.stream.read(HEAD)
    size = sent.stream.seek(0, 2)
    sent.stream.seek(0)
    found: tuple[Problem, ...] = faults(file_name, size, head)
    if found:
        return _back(course, number, lesson, form.show_problems(found), **{name: form}), 422
    stored: StoredFile = keep_stream(sent.stream, name=file_name, media_type=MEDIA_TYPES[extension(file_name)],
                                     purpose="lesson", now=now(), owner_id=current_user.account_id)

    def act() -> str:
        put(stored)
        return url_for("authoring.preview", course=course, number=number, lesson=lesson)

    try:
        answer = once(form, act)
    except Refused as refused:
        return _back(course, number, lesson, form.show_problems(refused.problems), **{name: form}), 422
    flash(_("%(name)s has arrived.", name=file_name), "ok")
    return answer


def _taken_off(course: str, number: int, lesson: str, take: Any) -> Any:
    form = ActForm()
    form.validate()

    def act() -> str:
        take()
        return url_for("authoring.preview", course=course, number=number, lesson=lesson)

    try:
        return once(form, act)
    except NotFound:
        abort(404)
    except Refused as refused:
        return _back(course, number, lesson, refused.problems), 409


def _back(course: str, number: int, lesson: str, problems: tuple[Problem, ...] = (), **forms: Any) -> Any:
    db.session.rollback()
    return preview_page(*lesson_or_404(course, number, lesson), problems, **forms)
