"""The file of each exam window for an inspection: asked for, made by the worker, taken out with a row in the audit."""

from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from enroll.desk.queries import window_files as queries
from enroll.desk.services import window_files as services
from enroll.desk.staff_views.desk import pages
from enroll.foundation.problems import Refused
from enroll.programmes.models import Window
from enroll.programmes.queries.windows import window_by_code
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.downloads import send_stored
from enroll.web.forms import ActForm, Line, Needed
from enroll.web.moments import now
from enroll.web.once import once

SEES = services.ASKS


class WindowFileForm(ActForm):
    reason = Line(_l("What it is for"), [Needed(_l("Say what it is for."))], most=300)


@pages.get("/window-files")
@requires(*SEES)
def window_files() -> Any:
    session = db.session()
    return render_template("desk/window_files.html", windows=queries.windows_to_file(session),
                           newest=queries.newest_by_window(session))


@pages.get("/window-files/<code:code>")
@requires(*SEES)
def window_file(code: str) -> Any:
    return _page(code, WindowFileForm(formdata=None))


@pages.get("/window-files/<code:code>/progress")
@requires(*SEES)
def window_file_progress(code: str) -> Any:
    """The part of the page that goes on by itself."""
    return render_template("desk/_window_files.html", files=queries.files_of(db.session(), _window(code).id), code=code)


@pages.post("/window-files/<code:code>")
@requires(*SEES)
def ask_window_file(code: str) -> Any:
    _window(code)
    form = WindowFileForm()
    if not form.validate():
        return _page(code, form), 422

    def act() -> str:
        services.ask_file(code, form.reason.data or "", by=current_user.actor, now=now())
        flash(_("It is being put together; it stands below as soon as it is made."), "ok")
        return url_for("desk.window_file", code=code)

    try:
        return once(form, act)
    except Refused as refused:
        return _page(code, form, form.show_problems(refused.problems)), 422


@pages.get("/window-files/<code:code>/<token:token>")
@requires(*SEES)
def take_window_file(code: str, token: str) -> Any:
    found = queries.file_by_token(db.session(), code, token)
    if found is None or found.file is None:
        abort(404)
    stored, number = found.file, found.number
    answer = send_stored(stored)
    services.note_taken(code, number, by=current_user.actor, now=now())
    return answer


def _page(code: str, form: WindowFileForm, problems: Any = ()) -> Any:
    window = _window(code)
    return render_template("desk/window_file.html", window=window, code=code, form=form, problems=problems,
                           files=queries.files_of(db.session(), window.id))


def _window(code: str) -> Window:
    return window_by_code(db.session(), code) or abort(404)
