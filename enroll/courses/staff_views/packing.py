"""A course as a zip: taken out of an edition, and brought in again with its preview."""

from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.forms import CourseFileForm
from enroll.courses.rules.packing import MOST_PACKED
from enroll.courses.services.packing import (
    KIND,
    ZIP,
    abandon_course,
    apply_course,
    check_course,
    export_course,
)
from enroll.courses.staff_views.authoring import SEES, authoring, edition_or_404
from enroll.foundation.problems import Problem, Refused
from enroll.foundation.words import say
from enroll.storage.database import db
from enroll.storage.imports import StagedImport, staged
from enroll.web.access import requires
from enroll.web.downloads import send_bytes
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.uploads import takes_files

WRITES = Permission.MANAGE_COURSES


@authoring.get("/<code:course>/<int:number>/export.zip")
@requires(*SEES)
def export(course: str, number: int) -> Any:
    edition = edition_or_404(course, number)
    return send_bytes(export_course(db.session(), edition), media_type=ZIP, name=f"{edition.reference}.zip")


@authoring.get("/import")
@requires(WRITES)
def new_import() -> Any:
    return _upload_page(CourseFileForm(formdata=None))


@authoring.post("/import")
@requires(WRITES)
@takes_files(MOST_PACKED)
def upload() -> Any:
    form = CourseFileForm()
    if not form.validate():
        return _upload_page(form), 422
    content, name = form.file.data.read(), form.file.data.filename or "course.zip"

    def act() -> str:
        kept = check_course(content, file_name=name, by=current_user.actor, now=now())
        return url_for("authoring.import_preview", token=kept.token)

    return once(form, act)


@authoring.get("/import/<token:token>")
@requires(WRITES)
def import_preview(token: str) -> Any:
    return _preview_page(_staged(token))


@authoring.post("/import/<token:token>/apply")
@requires(WRITES)
def apply_import(token: str) -> Any:
    _staged(token)
    form = ActForm()
    form.validate()

    def act() -> str:
        return url_for("authoring.show", course=apply_course(token, by=current_user.actor, now=now()))

    try:
        answer = once(form, act)
    except Refused as refused:
        return _preview_page(_staged(token), refused.problems), 422
    flash(_("Taken in as a draft. Look at it, then publish it."), "ok")
    return answer


@authoring.post("/import/<token:token>/abandon")
@requires(WRITES)
def abandon_import(token: str) -> Any:
    _staged(token)
    form = ActForm()
    form.validate()

    def act() -> str:
        abandon_course(token, by=current_user.actor, now=now())
        return url_for("authoring.index")

    try:
        return once(form, act)
    except Refused as refused:
        return _preview_page(_staged(token), refused.problems), 409


def _staged(token: str) -> StagedImport:
    row = staged(db.session(), token)
    if row is None or row.kind != KIND:
        abort(404)
    return row


def _upload_page(form: CourseFileForm) -> Any:
    return render_template("courses/staff/course_import.html", form=form, most_bytes=MOST_PACKED)


def _preview_page(row: StagedImport, problems: tuple[Problem, ...] = ()) -> Any:
    faults = [(one["file"], one["row"], one["column"], say(one["message"], **one["values"])) for one in row.refused]
    return render_template("courses/staff/course_import_preview.html", row=row, faults=faults, problems=problems,
                           form=ActForm(formdata=None))
