"""A date of an open window moves for everybody: who is concerned, who is told and what it breaks, then the press."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from enroll.accounts.permissions import Permission
from enroll.applications.forms.scheduling import MoveDateForm
from enroll.applications.lifecycle import APPLICATION
from enroll.applications.queries.affected import Affected, affected_by, told_among
from enroll.documents.sheets import Column, write_xlsx
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Problem, Refused
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.models import Window
from enroll.programmes.queries.windows import surroundings_of, window_by_code, working_calendar
from enroll.programmes.rules.timeline import move_conflicts, move_warnings
from enroll.programmes.rules.windows import DATE_LABELS, MOVABLE, OFFICE_DATES
from enroll.programmes.services.windows import against_moving, move_date
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.downloads import send_bytes
from enroll.web.language import translate
from enroll.web.moments import now
from enroll.web.once import once

rescheduling = Blueprint("rescheduling", __name__, url_prefix="/staff/windows")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 100  # people on the page; the list has them all


@rescheduling.get("/<code:code>/dates")
@requires(Permission.MANAGE_WINDOWS)
def dates(code: str) -> str:
    """What moving a date (?name= &to= &reason=) would do."""
    window, form = _window(code), _form()
    if request.args:
        form.validate()
    return _page(window, form)


@rescheduling.post("/<code:code>/dates/move")
@requires(Permission.MANAGE_WINDOWS)
def move(code: str) -> Any:
    window, form = _window(code), MoveDateForm()
    problems: tuple[Problem, ...] = ()
    if form.validate():
        def act() -> str:
            move_date(code, form.name.data, form.to.data, reason=form.reason.data or "", by=current_user.actor,
                      now=now(), seen_version=form.seen_version)
            flash(_("The date is moved for everybody."), "ok")
            return url_for("staff_windows.show", code=code)

        try:
            return once(form, act)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
            window = _window(code)
    return _page(window, form, problems), 422


@rescheduling.get("/<code:code>/dates/people.xlsx")
@requires(Permission.MANAGE_WINDOWS)
def people(code: str) -> Response:
    """Everybody whom the move concerns, with their own deadline before and after."""
    window, form = _window(code), _form()
    if not form.validate():
        abort(400)
    session, moved = db.session(), _moved(window, form)
    rows = affected_by(session, window, form.name.data, moved, working_calendar(session), now())
    titles = [_("Application"), _("Name"), _("State"), _("Own deadline now"), _("Own deadline then"), _("Is told")]
    told = _("no") if form.name.data in OFFICE_DATES else _("yes")
    table = [[one.application.reference, one.application.learner.legal_name,
              translate(APPLICATION.label(one.application.state).staff), one.before, one.after, told] for one in rows]
    name = f"{code}-{form.name.data}.xlsx"
    return send_bytes(write_xlsx([Column(one, 20) for one in titles], table, sheet_title=code, dated=now()),
                      media_type=XLSX, name=name)


def _form() -> Any:
    return MoveDateForm(request.args, meta={"csrf": False}) if request.args else MoveDateForm(formdata=None)


def _window(code: str) -> Window:
    found: Window = window_by_code(db.session(), code) or abort(404)
    return found if found.state == WindowState.PUBLISHED else abort(404)


def _moved(window: Window, form: MoveDateForm) -> Any:
    return replace(window.dates, **{form.name.data: form.to.data})


def _page(window: Window, form: Any, problems: tuple[Problem, ...] = ()) -> str:
    asked_for = form.name.data in MOVABLE and form.to.data is not None
    press = MoveDateForm(formdata=None, data={"name": form.name.data, "to": form.to.data, "reason": form.reason.data,
                                              "version": str(window.version)})
    if request.method == "POST":
        press.key.data = form.key.data
    shown = _effects(window, form) if asked_for else {}
    return render_template(
        "applications/staff/move_date.html", window=window, form=form, press=press, problems=problems,
        asked_for=asked_for, labels=APPLICATION.labels, date_labels=DATE_LABELS,
        **shown)


def _effects(window: Window, form: Any) -> dict[str, Any]:
    session, name, to = db.session(), form.name.data, form.to.data
    around, moved = surroundings_of(session, window), _moved(window, form)
    rows = affected_by(session, window, name, moved, around.calendar, now())
    before: datetime = getattr(window, name)
    against = [*against_moving(window, name, to, form.reason.data or "-", now()),
               *move_conflicts(window.dates, moved, around)]
    return {
        "name": name, "to_text": form.to._value(), "before": before, "to": to, "against": against,
        "warnings": move_warnings(window.dates, moved, around),
        "later": ngettext("%(num)s working day later", "%(num)s working days later",
                          around.calendar.between(local_day(before), local_day(to))),
        "rows": rows[:SHOWN], "number": len(rows), "told": told_among(rows, name),
        "own": sum(one.moves for one in rows), "by_state": _by_state(rows),
    }


def _by_state(rows: list[Affected]) -> list[tuple[str, int]]:
    states = [one.application.state for one in rows]
    return [(translate(APPLICATION.label(state).staff), states.count(state)) for state in dict.fromkeys(states)]
