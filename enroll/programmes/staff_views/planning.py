"""Windows for the exam officer: every date, what stands against publishing, and the moves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.audit.models import AuditEntry
from enroll.audit.queries import acts_about
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Problem, Refused
from enroll.foundation.words import N_, say
from enroll.programmes.forms.planning import FirstDayForm, WindowForm
from enroll.programmes.lifecycle import WINDOW, WindowState
from enroll.programmes.models import Window
from enroll.programmes.queries.programmes import prices_at
from enroll.programmes.queries.programmes import programmes as all_programmes
from enroll.programmes.queries.windows import (
    proposal_for,
    surroundings_among,
    surroundings_of,
    window_by_code,
    windows_all,
    working_calendar,
)
from enroll.programmes.rules.timeline import BARRING, WindowFacts, timeline_warnings
from enroll.programmes.rules.windows import DATE_LABELS, milestone, standing
from enroll.programmes.services.windows import add_window, cancel_window, plan_window, publish_window
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked
from enroll.web.forms import MoveForm
from enroll.web.language import translate
from enroll.web.moments import now, today
from enroll.web.once import once

staff_windows = Blueprint("staff_windows", __name__, url_prefix="/staff/windows")
SEES = (Permission.MANAGE_WINDOWS, Permission.MANAGE_SETTINGS, Permission.SEE_AUDIT, Permission.LEAD_REVIEW)


@staff_windows.get("")
@requires(*SEES)
def index() -> Any:
    session, moment = db.session(), now()
    windows, calendar = windows_all(session), working_calendar(session)
    rows = [(one, standing(one.dates, moment), len(timeline_warnings(one.dates, surroundings_among(
        windows, one, calendar)))) for one in windows]
    return render_template("programmes/staff/windows.html", rows=rows, labels=WINDOW.labels, form=FirstDayForm(),
                           year=next_year(windows, moment),
                           may_plan=current_user.actor.may(Permission.MANAGE_WINDOWS))


@staff_windows.get("/<code:code>")
@requires(*SEES)
def show(code: str) -> Any:
    return _page(_window(code))


@staff_windows.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_WINDOWS)
def new() -> Any:
    """Propose all dates from the first exam day (?starts_on=…), then keep them as a draft."""
    form = WindowForm()
    programme = next((one for one in all_programmes(db.session()) if one.enrolment_open), None) or abort(404)
    if request.method == "GET":
        first: Any = FirstDayForm(request.args, meta={"csrf": False})
        if first.validate():
            form.show_dates(proposal_for(db.session(), programme, first.starts_on.data))
    elif form.validate():
        try:
            return once(form, lambda: url_for(".show", code=add_window(
                programme.code, form.dates(), note=form.note.data or "", by=current_user.actor, now=now())))
        except Refused as refused:
            form.show_problems(refused.problems)
    return render_template("programmes/staff/window_form.html", form=form, window=None, labels=DATE_LABELS), (
        422 if form.errors else 200)


@staff_windows.route("/<code:code>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_WINDOWS)
def edit(code: str) -> Any:
    """The dates of a draft; with ?proposed=1 those that follow from its first exam day by the holidays of now."""
    window = _window(code)
    form = WindowForm()
    if request.method == "GET":
        again = bool(asked("proposed"))
        form.show_dates(proposal_for(db.session(), window.programme, window.starts_on) if again else window.dates)
        form.note.data, form.version.data = window.note, str(window.version)
    elif form.validate():
        def act() -> str:
            plan_window(code, form.dates(), form.note.data or "", by=current_user.actor, now=now(),
                        seen_version=form.seen_version)
            return url_for(".show", code=code)

        try:
            return once(form, act)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
            return _form_page(form, window, problems), 422
    return _form_page(form, window), (422 if form.errors else 200)


@staff_windows.post("/<code:code>/publish")
@requires(Permission.MANAGE_WINDOWS)
def publish(code: str) -> Any:
    form = MoveForm()

    def act() -> str:
        publish_window(code, by=current_user.actor, now=now(), seen_version=form.seen_version)
        flash(_("The window is published; its terms are frozen."), "ok")
        return url_for(".show", code=code)

    return _try(code, form, act)


@staff_windows.get("/<code:code>/cancel")
@requires(Permission.MANAGE_WINDOWS)
def ask_cancel(code: str) -> Any:
    window = _window(code)
    return _cancel_page(window, MoveForm(version=window.version))


@staff_windows.post("/<code:code>/cancel")
@requires(Permission.MANAGE_WINDOWS)
def cancel(code: str) -> Any:
    form = MoveForm()

    def act() -> str:
        cancel_window(code, by=current_user.actor, now=now(), reason=form.reason.data or "",
                      seen_version=form.seen_version)
        flash(_("The window is cancelled. Applications are sorted out one by one."), "ok")
        return url_for(".show", code=code)

    _window(code)
    if not form.validate():
        return _cancel_page(_window(code), form), 422
    try:
        return once(form, act)
    except Refused as refused:
        return _cancel_page(_window(code), form, form.show_problems(refused.problems)), 422


def next_year(windows: Sequence[Window], moment: datetime) -> int:
    """The year to plan next: the one after the last that has windows, or this one."""
    return max((one.starts_on.year + 1 for one in windows[:1]), default=local_day(moment).year)


def _try(code: str, form: Any, act: Any) -> Any:
    _window(code)
    if not form.validate():
        return _page(_window(code)), 422
    try:
        return once(form, act)
    except Refused as refused:
        return _page(_window(code), form.show_problems(refused.problems)), 422


def _window(code: str) -> Window:
    found: Window = window_by_code(db.session(), code) or abort(404)
    return found


def _cancel_page(window: Window, form: MoveForm, problems: tuple[Problem, ...] = ()) -> str:
    return render_template("programmes/staff/window_cancel.html", window=window, form=form, problems=problems)


def _form_page(form: WindowForm, window: Window, problems: tuple[Problem, ...] = ()) -> str:
    return render_template("programmes/staff/window_form.html", form=form, window=window, labels=DATE_LABELS,
                           problems=problems)


def _page(window: Window, problems: tuple[Problem, ...] = ()) -> str:
    session, moment = db.session(), now()
    published = window.state == WindowState.PUBLISHED
    acts = acts_about(session, window.code)
    warnings = timeline_warnings(window.dates, surroundings_of(session, window))
    return render_template(
        "programmes/staff/window.html", window=window, stand=standing(window.dates, moment), problems=problems,
        dates=[(one, one.days_left(moment)) for one in (milestone(window.dates, name) for name in DATE_LABELS)],
        affected=current_app.extensions["affected_by_window"](session, window.id) if published else {},
        moved=sum(one.act.endswith("move_date") for one in acts), warnings=warnings,
        copy_form=FirstDayForm(formdata=None),
        offers=WINDOW.offers(window.state, current_user.actor, WindowFacts(
            window.dates, None, tuple(one for one in warnings if one.code in BARRING))),
        label=WINDOW.label(window.state), history=[_entry(one) for one in reversed(acts)],
        items=prices_at(session, today()),
        terms=window.agreed if window.terms else None,
        may_move=published,
        form=MoveForm(version=window.version), may_plan=current_user.actor.may(Permission.MANAGE_WINDOWS),
    )


ACTS = {
    "exam_window.begin": N_("Draft made"), "exam_window.plan": N_("Dates changed"),
    "exam_window.publish": N_("Window published"), "exam_window.cancel": N_("Cancel the window"),
    "exam_window.move_date": N_("Date moved for everybody"),
}


def _entry(act: AuditEntry) -> dict[str, Any]:
    moved = act.details.get("date")
    what = f"{translate(say(DATE_LABELS[moved]))}: " if moved in DATE_LABELS else ""
    return {"title": say(ACTS.get(act.act, act.act)), "at": act.at, "who": act.actor_name,
            "note": what + str(act.details.get("reason", "")), "kind": "bad" if act.act.endswith("cancel") else "ok"}
