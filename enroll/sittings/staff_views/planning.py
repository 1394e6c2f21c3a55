"""The exam office's sittings: what is planned, how full it is, who is booked."""

from typing import Any

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.documents.sheets import Column, write_xlsx
from enroll.foundation.masking import mask_phone
from enroll.foundation.problems import Problem, Refused
from enroll.programmes.queries.windows import next_window_for, window_by_code, windows_all
from enroll.sittings import queries
from enroll.sittings.forms import CapacityForm, ClosingForm, SittingForm, WhereForm
from enroll.sittings.lifecycle import BOOKING, PART_NAMES, Part
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.rules import PASSED_OVER_WORDS
from enroll.sittings.services import planning
from enroll.sittings.services.places import note_list_taken
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.downloads import send_bytes
from enroll.web.forms import ActForm
from enroll.web.language import translate
from enroll.web.moments import now
from enroll.web.once import once

pages = Blueprint("sittings_staff", __name__, url_prefix="/staff/sittings")
Problems = tuple[Problem, ...]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SEES = (Permission.MANAGE_WINDOWS, Permission.RUN_EXAMS, Permission.LEAD_REVIEW)


@pages.get("")
@requires(*SEES)
def index() -> str:
    session = db.session()
    windows = windows_all(session)
    code = asked("window")
    window = window_by_code(session, code) if code else next_window_for(session, now()) or next(iter(windows), None)
    if code and window is None:
        abort(404)
    rows = queries.sittings_of(session, window.id) if window is not None else []
    tabs = [{"label": one.code, "href": url_for(".index", window=one.code), "current": one is window, "count": None}
            for one in reversed(windows)]
    return render_template("sittings/staff/sittings.html", window=window, tabs=tabs, rows=rows, part_names=PART_NAMES,
                           waiting=queries.waiting_counts(session, window.id) if window is not None else {},
                           may_plan=current_user.actor.may(Permission.MANAGE_WINDOWS))


@pages.get("/new")
@requires(Permission.MANAGE_WINDOWS)
def new() -> str:
    session = db.session()
    where = WhereForm(request, windows_all(session), queries.sites_in_use(session))
    site, window = queries.site_by_code(session, asked("site")), window_by_code(session, asked("window"))
    form = SittingForm(site, formdata=None) if site and window and asked("part") in set(Part) else None
    return render_template("sittings/staff/new.html", where=where, form=form, place=site, window=window,
                           part=PART_NAMES.get(asked("part")))  # type: ignore[call-overload]


@pages.post("/new")
@requires(Permission.MANAGE_WINDOWS)
def add() -> Any:
    session = db.session()
    site, window = queries.site_by_code(session, asked("site")), window_by_code(session, asked("window"))
    if site is None or window is None or asked("part") not in set(Part):
        abort(404)
    form, part = SittingForm(site), Part(asked("part"))
    problems: Problems = ()
    site_code, window_code = site.code, window.code
    if form.validate_on_submit():
        try:
            return once(form, lambda: url_for(".show", code=planning.add_sitting(
                window_code, site_code, part, form.details, by=current_user.actor, now=now())))
        except Refused as refused:
            problems = form.show_problems(refused.problems)
    session = db.session()
    return render_template(
        "sittings/staff/new.html", where=None, form=form, problems=problems, part=PART_NAMES[part],
        place=queries.site_by_code(session, site_code), window=window_by_code(session, window_code),
    ), 422


@pages.get("/<code:code>")
@requires(*SEES)
def show(code: str) -> str:
    return _page(_sitting(code))


@pages.route("/<code:code>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_WINDOWS)
def edit(code: str) -> Any:
    sitting = _sitting(code)
    if request.method == "GET":
        return render_template("sittings/staff/edit.html", form=SittingForm.of(sitting), sitting=sitting)
    form = SittingForm(sitting.site, kept=[one.room.code for one in sitting.rooms])
    problems: Problems = ()
    if form.validate_on_submit():
        try:
            return once(form, lambda: _changed(code, planning.change_sitting, form.details, form))
        except Refused as refused:
            problems = form.show_problems(refused.problems)
    return render_template("sittings/staff/edit.html", form=form, sitting=_sitting(code), problems=problems), 422


@pages.post("/<code:code>/capacity")
@requires(Permission.MANAGE_WINDOWS)
def capacity(code: str) -> Any:
    _sitting(code)
    form = CapacityForm()
    problems: Problems = ()
    if form.validate_on_submit():
        try:
            return once(form, lambda: _changed(code, planning.change_capacity, form.capacity.data, form))
        except Refused as refused:
            problems = form.show_problems(refused.problems)
    return _page(_sitting(code), form, problems), 422


@pages.post("/<code:code>/close")
@requires(Permission.MANAGE_WINDOWS)
def close(code: str) -> Any:
    return _close_or_open(code, planning.close_sitting)


@pages.post("/<code:code>/open")
@requires(Permission.MANAGE_WINDOWS)
def open_again(code: str) -> Any:
    return _close_or_open(code, planning.open_sitting)


@pages.post("/<code:code>/list")
@requires(Permission.RUN_EXAMS, Permission.MANAGE_WINDOWS)
def take_list(code: str) -> Response:
    """Who is booked, as a spreadsheet with masked identifiers. That it was taken is on record."""
    sitting = _sitting(code)
    if not ActForm().validate_on_submit():
        abort(400)
    rows = [_as_row(number, one) for number, one in enumerate(queries.everybody_booked_in(db.session(), sitting.id), 1)]
    titles = [_("No."), _("Booking"), _("Name"), _("Document number"), _("Phone"), _("State"), _("Application")]
    content = write_xlsx([Column(title) for title in titles], rows, sheet_title=code, dated=now())
    note_list_taken(code, len(rows), by=current_user.actor, now=now())
    return send_bytes(content, media_type=XLSX, name=f"{code}.xlsx")


def _as_row(number: int, booking: Booking) -> list[Any]:
    learner = booking.learner
    phone = mask_phone(learner.account.phone) if learner.account.phone else ""
    return [number, booking.reference, learner.legal_name, learner.id_number_mask, phone,
            translate(BOOKING.label(booking.state).staff), booking.subject]


def _close_or_open(code: str, act: Any) -> Any:
    _sitting(code)
    form = ClosingForm()
    if not form.validate_on_submit():
        return _page(_sitting(code), closing=form), 422

    def press() -> str:
        act(code, by=current_user.actor, now=now(), reason=form.reason.data or "", seen_version=form.seen_version)
        return url_for(".show", code=code)

    return once(form, press)


def _sitting(code: str) -> Sitting:
    return queries.sitting_by_code(db.session(), code) or abort(404)


def _changed(code: str, service: Any, value: Any, form: ActForm) -> str:
    service(code, value, by=current_user.actor, now=now(), seen_version=form.seen_version)
    flash(_("The sitting was changed."), "ok")
    return url_for(".show", code=code)


def _page(sitting: Sitting, form: CapacityForm | None = None, problems: Problems = (), *,
          closing: ClosingForm | None = None) -> str:
    booked = queries.booked_in(db.session(), sitting.id, after=asked_number("after"))
    version = {"version": str(sitting.version)}
    return render_template(
        "sittings/staff/sitting.html", sitting=sitting, booked=booked, part=PART_NAMES[Part(sitting.part)],
        places=queries.places_in(db.session(), sitting.id), passed_words=PASSED_OVER_WORDS,
        capacity_form=form or CapacityForm(formdata=None, data={"capacity": sitting.capacity, **version}),
        closing_form=closing or ClosingForm(formdata=None, data=version), list_form=ActForm(formdata=None),
        problems=problems,
        labels=BOOKING.labels, may_plan=current_user.actor.may(Permission.MANAGE_WINDOWS),
        may_take_list=any(current_user.actor.may(one) for one in (Permission.RUN_EXAMS, Permission.MANAGE_WINDOWS)),
        older=url_for(".show", code=sitting.code, after=booked.after) if booked.after else "",
    )
