"""What was true before our first day: bringing a list, looking at what it would do, confirming it."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.accounts.rules.contacts import contact_of_key
from enroll.foundation.problems import NotFound, Problem, Refused
from enroll.foundation.words import say
from enroll.handovers.forms import ListForm
from enroll.handovers.queries import lists_waiting, not_taken_over, people_of, waiting_for
from enroll.handovers.services.bringing import (
    MEDIA_TYPE,
    abandon_list,
    blank_list,
    check_list,
    confirm_list,
    kind_of,
)
from enroll.handovers.services.kinds import KINDS, Kind
from enroll.handovers.services.reminding import invite_again
from enroll.storage.database import db
from enroll.storage.imports import StagedImport, staged
from enroll.web.access import requires
from enroll.web.addresses import asked_number
from enroll.web.downloads import send_bytes
from enroll.web.forms import ActForm
from enroll.web.moments import now, real_now
from enroll.web.once import once
from enroll.web.uploads import takes_files

pages = Blueprint("handovers_staff", __name__, url_prefix="/staff/handovers")
MOST_BYTES = 5 * 1024 * 1024
SEES = tuple(dict.fromkeys(one for kind in KINDS.values() for one in (*kind.bring, *kind.confirm)))


@pages.get("")
@requires(*SEES, Permission.SEE_AUDIT)
def index() -> Any:
    session, actor = db.session(), current_user.actor
    lists = [row for row in lists_waiting(session) if _sees(kind_of(row))]
    return render_template(
        "handovers/staff/index.html",
        kinds=[(kind, any(actor.may(one) for one in kind.bring)) for kind in KINDS.values()],
        lists=[(row, kind_of(row), names) for row, names in zip(lists, people_of(session, lists), strict=True)],
        waiting=len(not_taken_over(session).rows), sees_people=actor.may(Permission.MANAGE_COHORTS),
    )


@pages.get("/<code:kind>")
@requires(*SEES)
def bring(kind: str) -> Any:
    return _upload_page(_mine(kind), ListForm(formdata=None))


@pages.post("/<code:kind>")
@requires(*SEES)
@takes_files(MOST_BYTES)
def upload(kind: str) -> Any:
    form, found = ListForm(), _mine(kind)
    if not form.validate() or not form.file.data:
        form.file.errors = [*form.file.errors, _("Choose a file.")]
        return _upload_page(found, form), 422
    content, name = form.file.data.read(), form.file.data.filename or "list.xlsx"

    def act() -> str:
        kept = check_list(found, content, file_name=name, by=current_user.actor, now=now())
        return url_for(".preview", token=kept.token)

    try:
        return once(form, act)
    except Refused as refused:
        return _upload_page(found, form, form.show_problems(refused.problems)), 422


@pages.get("/<code:kind>/blank.xlsx")
@requires(*SEES)
def blank(kind: str) -> Any:
    return send_bytes(blank_list(_mine(kind)), media_type=MEDIA_TYPE, name=f"{kind}.xlsx")


@pages.get("/lists/<token:token>")
@requires(*SEES, Permission.SEE_AUDIT)
def preview(token: str) -> Any:
    return _preview_page(*_list(token))


@pages.post("/lists/<token:token>/confirm")
@requires(*SEES)
def confirm(token: str) -> Any:
    return _decide(token, confirm_list, _("The list is confirmed and being written down."))


@pages.post("/lists/<token:token>/abandon")
@requires(*SEES)
def abandon(token: str) -> Any:
    return _decide(token, abandon_list, _("The list is put away; nothing of it was written down."))


@pages.get("/waiting")
@requires(Permission.MANAGE_COHORTS)
def waiting() -> Any:
    return _waiting_page()


@pages.post("/waiting/<ref:reference>/invite")
@requires(Permission.MANAGE_COHORTS)
def invite(reference: str) -> Any:
    form = ActForm()
    if not form.validate():
        return _waiting_page(), 422

    def act() -> str:
        invite_again(reference, by=current_user.actor, now=now(), real_now=real_now())
        flash(_("A new link is on its way; the one before no longer counts."), "ok")
        return url_for(".waiting")

    try:
        return once(form, act)
    except Refused as refused:
        return _waiting_page(refused.problems), 422


def _waiting_page(problems: tuple[Problem, ...] = ()) -> str:
    page = not_taken_over(db.session(), asked_number("after"))
    rows = [(row, contact_of_key(row.invitation.address).masked, row.invitation.expires_at <= real_now())
            for row in waiting_for(db.session(), page.rows)]
    return render_template("handovers/staff/waiting.html", rows=rows, after=page.after, before=page.before,
                           form=ActForm(formdata=None), problems=problems)


def _mine(key: str) -> Kind:
    """The kind somebody may bring; any other is not found."""
    kind = KINDS.get(key)
    if kind is None or not any(current_user.actor.may(one) for one in kind.bring):
        abort(404)
    return kind


def _sees(kind: Kind) -> bool:
    return any(current_user.actor.may(one) for one in (*kind.bring, *kind.confirm, Permission.SEE_AUDIT))


def _list(token: str) -> tuple[StagedImport, Kind]:
    row = staged(db.session(), token)
    try:
        kind = kind_of(row) if row else None
    except NotFound:
        kind = None
    if row is None or kind is None or not _sees(kind):
        abort(404)
    return row, kind


def _decide(token: str, decide: Any, done: str) -> Any:
    form, (row, kind) = ActForm(), _list(token)
    if not form.validate():
        return _preview_page(row, kind), 422

    def act() -> str:
        decide(token, by=current_user.actor, now=now())
        flash(done, "ok")
        return url_for(".preview", token=token)

    try:
        return once(form, act)
    except Refused as refused:
        return _preview_page(*_list(token), refused.problems), 422


def _upload_page(kind: Kind, form: ListForm, problems: tuple[Problem, ...] = ()) -> str:
    return render_template("handovers/staff/bring.html", kind=kind, form=form, problems=problems,
                           most_bytes=MOST_BYTES)


def _preview_page(row: StagedImport, kind: Kind, problems: tuple[Problem, ...] = ()) -> str:
    brought, confirmed = people_of(db.session(), [row])[0]
    actor = current_user.actor
    stands_open = row.applied_at is None and row.abandoned_at is None and row.applied_by_id is None
    return render_template(
        "handovers/staff/list.html", row=row, kind=kind, problems=problems, brought=brought, confirmed=confirmed,
        faults=[(one["row"], one["column"], say(one["message"], **one["values"])) for one in row.refused],
        waits=stands_open, being_written=row.applied_by_id is not None and row.applied_at is None,
        may_confirm=stands_open and not row.refused and any(actor.may(one) for one in kind.confirm or kind.bring)
        and not (kind.two_people and actor.account_id == row.uploaded_by_id),
        form=ActForm(formdata=None),
    )
