"""Marks from a file of the issuing body: upload, preview, apply or put away, check by sample, take back."""

from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Refused, problem
from enroll.foundation.words import say
from enroll.programmes.queries.windows import published_window
from enroll.results.forms import ApplyForm, PolicyForm, UploadForm
from enroll.results.queries.imports import StagedMarks, staged_marks
from enroll.results.queries.people import names_by_id
from enroll.results.queries.sampling import import_check, policies, policy_at
from enroll.results.rules.body_file import COLUMNS, Reading
from enroll.results.rules.sampling import CheckPolicy
from enroll.results.services.checking import accept_rest
from enroll.results.services.importing import (
    abandon_marks,
    apply_marks,
    bring_file,
    preview_marks,
    stage_marks,
    table_of,
    undo_marks,
)
from enroll.results.services.policies import set_check_policy
from enroll.results.staff_views.blueprint import results_staff, value_of
from enroll.storage.database import db
from enroll.storage.files import read_file
from enroll.web.access import requires
from enroll.web.forms import MoveForm
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.uploads import takes_files

LARGEST_FILE = 12 * 1024 * 1024
SHOWN = 300


@results_staff.get("/results/windows/<code:code>/import")
@requires(Permission.MAKE_RESULTS)
def bring(code: str) -> Any:
    return _bring_page(code, UploadForm())


@results_staff.post("/results/windows/<code:code>/import")
@requires(Permission.MAKE_RESULTS)
@takes_files(LARGEST_FILE)
def upload(code: str) -> Any:
    form = UploadForm()
    if not form.validate():
        return _bring_page(code, form), 422
    actor, token = current_user.actor, [""]
    try:
        file = bring_file(form.file.data.read(), form.file.data.filename or "marks.xlsx", by=actor, now=now())

        def act() -> str:
            staged = stage_marks(code, file, by=actor, now=now())
            token[0] = staged.token if staged.known else ""
            return url_for("results_staff.staged", token=staged.token)

        answer = once(form, act)
    except Refused as no:
        return _bring_page(code, form, form.show_problems(no.problems)), 422
    if token[0]:
        flash(_("This very file was entered before; nothing was changed."), "warn")
    return answer


@results_staff.get("/results/imports/<token:token>")
@requires(Permission.MAKE_RESULTS, Permission.CHECK_RESULTS)
def staged(token: str) -> Any:
    return _staged_page(_the(token), MoveForm())


@results_staff.post("/results/imports/<token:token>/apply")
@requires(Permission.MAKE_RESULTS)
def apply(token: str) -> Any:
    one, form = _the(token), ApplyForm()
    if not form.validate():
        return _staged_page(one, MoveForm(formdata=None)), 422
    table = table_of(read_file(one.file))
    done: list[int] = []

    def act() -> str:
        outcomes = apply_marks(token, form.digest.data or "", table, by=current_user.actor, now=now())
        done[:] = [sum(outcome.outcome == "done" for outcome in outcomes)]
        return url_for("results_staff.staged", token=token)

    answer = _once(token, form, act)
    if done:
        flash(ngettext("%(num)s mark entered.", "%(num)s marks entered.", done[0]), "ok")
    return answer


@results_staff.post("/results/imports/<token:token>/abandon")
@requires(Permission.MAKE_RESULTS)
def abandon(token: str) -> Any:
    one, form = _the(token), MoveForm()

    def act() -> str:
        abandon_marks(token, by=current_user.actor, now=now())
        return url_for("results_staff.window_page", code=one.row.subject)

    return _once(token, form, act)


@results_staff.post("/results/imports/<token:token>/undo")
@requires(Permission.MAKE_RESULTS)
def undo(token: str) -> Any:
    _the(token)
    form = MoveForm()

    def act() -> str:
        undo_marks(token, by=current_user.actor, now=now(), reason=form.reason.data or "")
        return url_for("results_staff.staged", token=token)

    return _once(token, form, act)


@results_staff.post("/results/imports/<token:token>/accept")
@requires(Permission.CHECK_RESULTS)
def accept(token: str) -> Any:
    one, form = _the(token), MoveForm()

    def act() -> str:
        accept_rest(one.row.sha256, by=current_user.actor, now=now(), reason=form.reason.data or "")
        return url_for("results_staff.staged", token=token)

    return _once(token, form, act)


@results_staff.get("/results/policies")
@requires(Permission.SEE_RESULTS, Permission.MANAGE_SETTINGS)
def policy() -> Any:
    stands = policy_at(db.session(), now())
    form = PolicyForm(near_points=stands.near_tenths // 10, sample_percent=stands.sample_percent,
                      sample_at_least=stands.sample_at_least)
    return _policy_page(form)


@results_staff.post("/results/policies")
@requires(Permission.MANAGE_SETTINGS)
def set_policy() -> Any:
    form = PolicyForm()
    if not form.validate():
        return _policy_page(form), 422
    wanted = CheckPolicy((form.near_points.data or 0) * 10, form.sample_percent.data or 0,
                         form.sample_at_least.data or 0)

    def act() -> str:
        set_check_policy(wanted, by=current_user.actor, now=now(), reason=form.reason.data or "")
        return url_for("results_staff.policy")

    try:
        return once(form, act)
    except Refused as no:
        return _policy_page(form, form.show_problems(no.problems)), 422


def _once(token: str, form: Any, act: Any) -> Any:
    if not form.validate():
        return _staged_page(_the(token), form if isinstance(form, MoveForm) else MoveForm(formdata=None)), 422
    try:
        return once(form, act)
    except Refused as no:
        sent = form if isinstance(form, MoveForm) else MoveForm(formdata=None)
        return _staged_page(_the(token), sent, form.show_problems(no.problems)), 409


def _the(token: str) -> StagedMarks:
    return staged_marks(db.session(), token) or abort(404)


def _bring_page(code: str, form: UploadForm, problems: tuple[Any, ...] = ()) -> str:
    window = published_window(db.session(), code) or abort(404)
    titles = " · ".join(" / ".join(titles) for titles, _required in COLUMNS.values())
    return render_template("results/staff/bring.html", window=window, form=form, problems=problems, titles=titles)


def _staged_page(one: StagedMarks, form: MoveForm, problems: tuple[Any, ...] = ()) -> str:
    """What was understood is shown to who brought the file, and to nobody else: it holds the first entries."""
    session = db.session()
    mine = one.row.uploaded_by_id == current_user.account_id
    reading = _reading(one) if mine and one.status == "checked" else Reading((), ())
    check = import_check(session, one.row.sha256, now()) if one.status == "applied" else None
    sittings = sorted({row.booking.sitting.code for row in check.rows}) if check else []
    return render_template(
        "results/staff/staged.html", staged=one, row=one.row, mine=mine, form=form, apply_form=ApplyForm(formdata=None),
        problems=problems, matched=[(match, value_of(match.entered)) for match in reading.matched[:SHOWN]],
        matched_count=len(reading.matched), refused=[(refused, problem(refused["code"], refused["text"], **refused[
            "values"])) for refused in one.row.refused], check=check, sittings=sittings, say=say,
        by=names_by_id(session, [one.row.uploaded_by_id])[one.row.uploaded_by_id],
        may_make=current_user.actor.may(Permission.MAKE_RESULTS),
        may_check=current_user.actor.may(Permission.CHECK_RESULTS) and (
            not mine or current_user.actor.may(Permission.ACT_ALONE)),
        alone=mine and current_user.actor.may(Permission.ACT_ALONE),
    )


def _reading(one: StagedMarks) -> Reading:
    return preview_marks(db.session(), one.row.subject, table_of(read_file(one.file)))


def _policy_page(form: PolicyForm, problems: tuple[Any, ...] = ()) -> str:
    rows = policies(db.session())
    return render_template(
        "results/staff/policies.html", form=form, rows=rows, problems=problems,
        names=names_by_id(db.session(), [row.set_by_id for row in rows]),
        may_set=current_user.actor.may(Permission.MANAGE_SETTINGS), stands=policy_at(db.session(), now()),
    )
