"""Before a weighty act the password again, where it was given long ago; then the very same act goes on.

The question is asked on the act's own address and carries everything that was sent: one press answers it and acts,
with the key and the version of the first press.
"""

from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app, flash, render_template, request
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.forms import PresenceForm
from enroll.accounts.rules.sessions import presence_is_fresh
from enroll.accounts.services.sessions import prove_presence
from enroll.accounts.services.signing_in import check_own_password
from enroll.foundation.problems import Problem, Refused
from enroll.storage.database import again_if_crowded
from enroll.web.access import is_weighty
from enroll.web.addresses import own_path
from enroll.web.language import translate
from enroll.web.moments import now

NOT_CARRIED = {"csrf_token", "present_password"}


def init_app(app: Flask) -> None:
    app.before_request(ask_for_presence)


def ask_for_presence() -> Any:
    """None lets the request through. Sessions live in real time, wherever the demo's clock stands."""
    if request.method != "POST" or not is_weighty(current_app.view_functions.get(request.endpoint or "")):
        return None
    real_now = datetime.now(UTC)
    if presence_is_fresh(current_user.proved_at, real_now, current_app.config["PRESENCE_MINUTES"]):
        return None
    form = PresenceForm()
    if "present_password" not in request.form:
        return _page(PresenceForm(formdata=None)), 422
    if not form.validate():
        return _page(form), 422
    try:
        check_own_password(current_user.account_id, form.present_password.data or "",
                           network_address=request.remote_addr or "", real_now=real_now)
    except Refused as refused:
        return _page(form, _beside(form, refused)), 422
    cookie["_user_id"] = again_if_crowded(lambda: prove_presence(
        current_user.session_id, by=current_user.actor, now=now(), real_now=real_now))
    return None


def _beside(form: PresenceForm, refused: Refused) -> tuple[Problem, ...]:
    """What belongs to the password stands at its field; the wait after too many tries above the form."""
    mine = [one for one in refused.problems if one.field == "password"]
    form.present_password.errors = [*form.present_password.errors, *(translate(one) for one in mine)]
    return tuple(one for one in refused.problems if one not in mine)


def _page(form: PresenceForm, problems: tuple[Problem, ...] = ()) -> str:
    if request.files:
        flash(_("Choose the file again on the page itself; a file cannot wait here."), "warn")
    carried = [(name, value) for name in request.form if name not in NOT_CARRIED
               for value in request.form.getlist(name)]
    referrer = (request.referrer or "").removeprefix(request.host_url.rstrip("/"))
    return render_template("accounts/presence.html", form=form, carried=carried, problems=problems,
                           back=own_path(referrer, current_user.home), minutes=current_app.config["PRESENCE_MINUTES"])
