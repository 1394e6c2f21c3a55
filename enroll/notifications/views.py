"""The messages of whoever is signed in."""

from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask_login import current_user

from enroll.notifications import queries, services
from enroll.storage.database import db
from enroll.web.access import signed_in
from enroll.web.addresses import asked_number
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once

pages = Blueprint("notifications", __name__, url_prefix="/messages")


@pages.get("")
@signed_in
def inbox() -> Any:
    page = queries.messages_of(db.session(), current_user.account_id, after=asked_number("after"))
    return render_template("notifications/inbox.html", page=page, form=ActForm())


@pages.get("/<int(max=2000000000):message_id>")
@signed_in
def read(message_id: int) -> Any:
    message = queries.message_of(db.session(), current_user.account_id, message_id) or abort(404)
    shown = render_template("notifications/read.html", message=message)
    if message.read_at is None:
        services.mark_read(message_id, current_user.account_id, now=now())
    return shown


@pages.post("/read")
@signed_in
def read_all() -> Any:
    form = ActForm()
    if not form.validate_on_submit():
        abort(400)

    def act() -> str:
        services.mark_all_read(current_user.account_id, now=now())
        return url_for("notifications.inbox")

    return once(form, act)
