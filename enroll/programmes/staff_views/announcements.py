"""Announcements: written, shown from their moment on, withdrawn."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Refused
from enroll.programmes.forms.settings import AnnouncementForm
from enroll.programmes.queries.windows import announcement, announcements_all
from enroll.programmes.services.announcements import add_announcement, confirm_announcement, withdraw_announcement
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once

staff_announcements = Blueprint("staff_announcements", __name__, url_prefix="/staff/announcements")
WRITES = (Permission.MANAGE_SETTINGS, Permission.MANAGE_WINDOWS)


@staff_announcements.get("")
@requires(*WRITES)
def index() -> Any:
    return _list()


@staff_announcements.route("/new", methods=["GET", "POST"])
@requires(*WRITES)
def new() -> Any:
    form = AnnouncementForm()
    problems: Any = ()
    if form.is_submitted() and form.validate():
        def act() -> str:
            add_announcement(form.title_zh.data, form.body_zh.data, form.publish_at.data, title_en=form.title_en.data,
                             body_en=form.body_en.data, pinned=form.pinned.data,
                             quotation=form.quotation.data or "", by=current_user.actor, now=now())
            flash(_("The announcement is kept."), "ok")
            return url_for(".index")

        try:
            return once(form, act)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
    return render_template("programmes/staff/announcement.html", form=form, problems=problems), (
        422 if form.errors or problems else 200)


@staff_announcements.post("/<int:number>/withdraw")
@requires(*WRITES)
def withdraw(number: int) -> Any:
    if announcement(db.session(), number) is None:
        abort(404)

    def act() -> str:
        withdraw_announcement(number, by=current_user.actor, now=now())
        flash(_("The announcement is withdrawn."), "ok")
        return url_for(".index")

    form = ActForm()
    return once(form, act) if form.validate() else abort(400)


@staff_announcements.post("/<int:number>/confirm")
@requires(*WRITES)
def confirm(number: int) -> Any:
    if announcement(db.session(), number) is None:
        abort(404)
    form = ActForm()
    form.validate()

    def act() -> str:
        confirm_announcement(number, by=current_user.actor, now=now())
        flash(_("The announcement is shown from its moment on."), "ok")
        return url_for(".index")

    try:
        return once(form, act)
    except Refused as refused:
        return _list(refused.problems), 409


def _list(problems: Any = ()) -> str:
    return render_template("programmes/staff/announcements.html", rows=announcements_all(db.session()),
                           act_form=ActForm(formdata=None), now=now(), problems=problems)
