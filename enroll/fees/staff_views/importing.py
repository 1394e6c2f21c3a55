"""Bringing in a list of payments: upload, look at what it would do, record."""

from typing import Any

from flask import abort, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.fees.forms import PaymentsFileForm
from enroll.fees.services.grouping import Answered
from enroll.fees.services.importing import KIND, XLSX, apply_payments, blank_payments, check_payments, read_again
from enroll.fees.staff_views.lists import fees_staff
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

MOST_BYTES = 5 * 1024 * 1024


@fees_staff.get("/import")
@requires(Permission.MANAGE_FEES)
def new_import() -> Any:
    return _upload_page(PaymentsFileForm(formdata=None))


@fees_staff.post("/import")
@requires(Permission.MANAGE_FEES)
@takes_files(MOST_BYTES)
def upload() -> Any:
    form = PaymentsFileForm()
    if not form.validate() or not form.file.data:
        form.file.errors = [*form.file.errors, _("Choose a file.")]
        return _upload_page(form), 422
    content, name = form.file.data.read(), form.file.data.filename or "payments.xlsx"

    def act() -> str:
        kept = check_payments(content, file_name=name, by=current_user.actor, now=now())
        return url_for(".preview", token=kept.token)

    try:
        return once(form, act)
    except Refused as refused:
        return _upload_page(form, form.show_problems(refused.problems)), 422


@fees_staff.get("/import/blank.xlsx")
@requires(Permission.MANAGE_FEES)
def blank() -> Any:
    return send_bytes(blank_payments(), media_type=XLSX, name="payments.xlsx")


@fees_staff.get("/import/<token:token>")
@requires(Permission.MANAGE_FEES)
def preview(token: str) -> Any:
    return _preview_page(_staged(token))


@fees_staff.post("/import/<token:token>/apply")
@requires(Permission.MANAGE_FEES)
def apply(token: str) -> Any:
    _staged(token)
    form, file, answers = ActForm(), read_again(token), list[Answered]()
    if not form.validate():
        return _preview_page(_staged(token)), 422

    def act() -> str:
        answers.extend(apply_payments(file, by=current_user.actor, now=now()))
        return url_for(".preview", token=token)

    try:
        answer = once(form, act)
    except Refused as refused:
        return _preview_page(_staged(token), refused.problems), 422
    return answer if not answers else _answers_page(answers)


def _staged(token: str) -> StagedImport:
    row = staged(db.session(), token)
    if row is None or row.kind != KIND:
        abort(404)
    return row


def _upload_page(form: PaymentsFileForm, problems: tuple[Problem, ...] = ()) -> str:
    return render_template("fees/staff/import.html", form=form, problems=problems, most_bytes=MOST_BYTES)


def _preview_page(row: StagedImport, problems: tuple[Problem, ...] = ()) -> str:
    faults = [(one["row"], one["column"], say(one["message"], **one["values"])) for one in row.refused]
    return render_template("fees/staff/import_preview.html", row=row, faults=faults, problems=problems,
                           form=ActForm(formdata=None), sum=sum(one["amount_fen"] for one in row.accepted))


def _answers_page(answers: list[Answered]) -> str:
    rows = [{"label": one.reference, "outcome": "refused" if one.problems else "done", "problems": one.problems,
             "href": url_for(".show", reference=one.reference)} for one in answers]
    return render_template("fees/staff/imported.html", rows=rows, done=sum(not one.problems for one in answers))
