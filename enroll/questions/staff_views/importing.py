"""Bringing in a file of questions: upload, look at what it would do, take it in."""

from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Problem, Refused
from enroll.foundation.words import say
from enroll.questions.forms import FORMATS, ImportForm
from enroll.questions.queries.bank import topics
from enroll.questions.rules.questions import KIND_NAMES
from enroll.questions.services.importing import (
    KIND,
    XLSX,
    Wanted,
    apply_questions,
    as_workbook,
    check_questions,
    wanted_of,
)
from enroll.questions.staff_views.bank import bank_staff
from enroll.storage.database import db
from enroll.storage.imports import StagedImport, staged
from enroll.web.access import requires
from enroll.web.downloads import send_bytes
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.uploads import takes_files

MOST_BYTES = 5 * 1024 * 1024


@bank_staff.get("/import")
@requires(Permission.MANAGE_BANK)
def new_import() -> Any:
    return _upload_page(_form(ImportForm(formdata=None)))


@bank_staff.post("/import")
@requires(Permission.MANAGE_BANK)
@takes_files(MOST_BYTES)
def upload() -> Any:
    form = _form(ImportForm())
    if not form.validate() or not form.file.data:
        form.file.errors = form.file.errors if form.file.data else [_("Choose a file.")]
        return _upload_page(form), 422
    content, name = form.file.data.read(), form.file.data.filename or "questions"
    wanted = Wanted(form.format.data, form.topic.data or "", int(form.difficulty.data or 1))

    def act() -> str:
        kept = check_questions(content, wanted, file_name=name, by=current_user.actor, now=now())
        return url_for("bank_staff.preview", token=kept.token)

    try:
        return once(form, act)
    except Refused as refused:
        return _upload_page(form, form.show_problems(refused.problems)), 422


@bank_staff.get("/import/blank.xlsx")
@requires(Permission.MANAGE_BANK)
def blank() -> Any:
    return send_bytes(as_workbook([]), media_type=XLSX, name="questions.xlsx")


@bank_staff.get("/import/<token:token>")
@requires(Permission.MANAGE_BANK)
def preview(token: str) -> Any:
    return _preview_page(_staged(token))


@bank_staff.post("/import/<token:token>/apply")
@requires(Permission.MANAGE_BANK)
def apply(token: str) -> Any:
    _staged(token)
    form, counts = ActForm(), list[int]()
    form.validate()
    publish = request.form.get("into") == "use"

    def act() -> str:
        counts.append(apply_questions(token, publish=publish, by=current_user.actor, now=now()))
        return url_for("bank_staff.preview", token=token)

    try:
        answer = once(form, act)
    except Refused as refused:
        return _preview_page(_staged(token), refused.problems), 422
    if counts:
        flash(ngettext("%(num)s question was taken in.", "%(num)s questions were taken in.", counts[-1]), "ok")
    return answer


def _staged(token: str) -> StagedImport:
    row = staged(db.session(), token)
    if row is None or row.kind != KIND:
        abort(404)
    return row


def _form(form: ImportForm) -> ImportForm:
    form.offer(topics(db.session()))
    return form


def _upload_page(form: ImportForm, problems: tuple[Problem, ...] = ()) -> Any:
    return render_template("questions/staff/import.html", form=form, problems=problems, most_bytes=MOST_BYTES)


def _preview_page(row: StagedImport, problems: tuple[Problem, ...] = ()) -> Any:
    faults = [(one["row"], one["column"], say(one["message"], **one["values"])) for one in row.refused]
    return render_template("questions/staff/import_preview.html", row=row, faults=faults, problems=problems,
                           kinds=KIND_NAMES, format=FORMATS[wanted_of(row).format], form=ActForm(formdata=None))
