"""Attendance of many at once: absent after the end, started online, and lists of the exam system."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.admission.forms.days import AbsentForm, ListForm
from enroll.admission.queries.days import still_open
from enroll.admission.services import lists
from enroll.admission.services.attendance import mark_absent, mark_started
from enroll.admission.services.tickets import Done
from enroll.admission.staff_views.days import found_sitting
from enroll.foundation.problems import Problem, Refused
from enroll.sittings.lifecycle import PART_NAMES, Part
from enroll.storage.database import db
from enroll.storage.imports import StagedImport, staged
from enroll.web.access import requires
from enroll.web.downloads import send_bytes
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.uploads import takes_files

pages = Blueprint("admission_attendance", __name__, url_prefix="/staff/admission")
MOST_BYTES = 5 * 1024 * 1024
ACTS = {"absent": mark_absent, "started": mark_started}


@pages.get("/<code:code>/record/<what>")
@requires(Permission.RUN_EXAMS)
def many(code: str, what: str) -> Any:
    return _many_page(code, what, AbsentForm(formdata=None))


@pages.post("/<code:code>/record/<what>")
@requires(Permission.RUN_EXAMS)
def record(code: str, what: str) -> Any:
    sitting, form, done = found_sitting(code), AbsentForm(), list[Done]()
    if what not in ACTS:
        abort(404)
    chosen = {one.reference for one in still_open(db.session(), sitting.id)} & set(form.booking.data or [])
    if not form.validate() or not chosen:
        return _many_page(code, what, form, nothing=True), 422

    def act() -> str:
        done.extend(ACTS[what](sorted(chosen), by=current_user.actor, now=now(), source="door"))
        return url_for("admission_staff.sitting", code=code)

    answer = once(form, act)
    return answer if not done else _results_page(code, done)


@pages.get("/<code:code>/list")
@requires(Permission.RUN_EXAMS)
def new_list(code: str) -> Any:
    return _list_page(code, ListForm(formdata=None))


@pages.post("/<code:code>/list")
@requires(Permission.RUN_EXAMS)
@takes_files(MOST_BYTES)
def upload(code: str) -> Any:
    found_sitting(code)
    form = ListForm()
    if not form.validate() or not form.file.data:
        form.file.errors = [*form.file.errors, _("Choose a file.")]
        return _list_page(code, form), 422
    content, name = form.file.data.read(), form.file.data.filename or "list.xlsx"

    def act() -> str:
        kept = lists.check_list(code, form.what.data, content, file_name=name, by=current_user.actor, now=now())
        return url_for("admission_attendance.preview", code=code, token=kept.token)

    try:
        return once(form, act)
    except Refused as refused:
        return _list_page(code, form, form.show_problems(refused.problems)), 422


@pages.get("/<code:code>/list/blank.xlsx")
@requires(Permission.RUN_EXAMS)
def blank(code: str) -> Any:
    found_sitting(code)
    return send_bytes(lists.blank_list(), media_type=lists.XLSX, name="attendance.xlsx")


@pages.get("/<code:code>/list/<token:token>")
@requires(Permission.RUN_EXAMS)
def preview(code: str, token: str) -> Any:
    return _preview_page(code, _found(code, token))


@pages.post("/<code:code>/list/<token:token>/apply")
@requires(Permission.RUN_EXAMS)
def apply(code: str, token: str) -> Any:
    _found(code, token)
    form, listed, done = ActForm(), lists.read_again(token), list[Done]()

    def act() -> str:
        done.extend(lists.apply_list(listed, by=current_user.actor, now=now()))
        if not done:
            flash(_("This very file has been applied before. Nothing was changed."), "info")
        return url_for("admission_staff.sitting", code=code)

    try:
        answer = once(form, act)
    except Refused as refused:
        return _preview_page(code, _found(code, token), refused.problems), 422
    return answer if not done else _results_page(code, done)


def _found(code: str, token: str) -> StagedImport:
    row = staged(db.session(), token)
    if row is None or row.subject != code or not row.kind.startswith("attendance:"):
        abort(404)
    return row


def _many_page(code: str, what: str, form: AbsentForm, *, nothing: bool = False) -> Any:
    sitting = found_sitting(code)
    if what not in ACTS or (what == "started" and not sitting.online):
        abort(404)
    people = still_open(db.session(), sitting.id)
    return render_template("admission/staff/record.html", sitting=sitting, part=PART_NAMES[Part(sitting.part)],
                           what=what, people=people, form=form, nothing=nothing, over=sitting.ends_at <= now())


def _results_page(code: str, done: list[Done]) -> Any:
    rows = [{"label": one.reference, "outcome": one.outcome, "problems": one.problems,
             "href": url_for("admission_staff.sitting", code=code, q=one.reference)} for one in done]
    counts = {outcome: sum(one.outcome == outcome for one in done) for outcome in ("done", "skipped", "refused")}
    return render_template("admission/staff/recorded.html", sitting=found_sitting(code), rows=rows, counts=counts)


def _list_page(code: str, form: ListForm, problems: tuple[Problem, ...] = ()) -> Any:
    return render_template("admission/staff/list.html", sitting=found_sitting(code), form=form, problems=problems,
                           most_bytes=MOST_BYTES)


def _preview_page(code: str, row: StagedImport, problems: tuple[Problem, ...] = ()) -> Any:
    faults = [(one["row"], one["column"], lists.fault_words(one)) for one in row.refused]
    return render_template("admission/staff/preview.html", sitting=found_sitting(code), row=row, faults=faults,
                           what=row.kind.removeprefix("attendance:"), form=ActForm(formdata=None), problems=problems)
