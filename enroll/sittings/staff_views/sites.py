"""Exam sites and their rooms: what there is, added, changed, retired, taken into use again."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Problem, Refused
from enroll.sittings import queries
from enroll.sittings.forms import NewRoomForm, NewSiteForm, RetiringForm, RoomForm, SiteForm
from enroll.sittings.models import ExamRoom, ExamSite
from enroll.sittings.services import places
from enroll.sittings.staff_views.planning import SEES, pages
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once

Problems = tuple[Problem, ...]
Page = Callable[[Problems], Any]


@pages.get("/sites")
@requires(*SEES)
def sites() -> Any:
    """?retired=y shows those that are out of use as well."""
    session, retired = db.session(), asked("retired") == "y"
    known = queries.sites(session)
    rows = [one for one in known if retired or one.retired_at is None]
    return render_template("sittings/staff/sites.html", rows=rows, coming=queries.coming_by_site(session, now()),
                           retired=retired, out_of_use=sum(1 for one in known if one.retired_at), may_plan=_may_plan())


@pages.route("/sites/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_WINDOWS)
def new_site() -> Any:
    form = NewSiteForm(accessible=True) if request.method == "GET" else NewSiteForm()

    def page(problems: Problems) -> Any:
        return render_template("sittings/staff/site_form.html", form=form, site=None, problems=problems)

    def act() -> str:
        code = places.add_site(form.site(form.code.data or ""), by=current_user.actor, now=now())
        flash(_("The site was added. Add its rooms now."), "ok")
        return url_for(".site", code=code)

    return _asked_or_done(form, page, act)


@pages.get("/sites/<code:code>")
@requires(*SEES)
def site(code: str) -> Any:
    return _page(_site(code))


@pages.route("/sites/<code:code>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_WINDOWS)
def edit_site(code: str) -> Any:
    found = _site(code)
    form = SiteForm(obj=found) if request.method == "GET" else SiteForm()

    def page(problems: Problems) -> Any:
        return render_template("sittings/staff/site_form.html", form=form, site=_site(code), problems=problems)

    def act() -> str:
        places.change_site(code, form.site(code), by=current_user.actor, now=now(), seen_version=form.seen_version)
        flash(_("The site was changed. Tickets that are out keep the address they were printed with."), "ok")
        return url_for(".site", code=code)

    return _asked_or_done(form, page, act)


@pages.post("/sites/<code:code>/retire")
@requires(Permission.MANAGE_WINDOWS)
def retire_site(code: str) -> Any:
    form = RetiringForm()
    return _pressed(code, form, lambda: places.retire_site(
        code, by=current_user.actor, now=now(), reason=form.reason.data or "", seen_version=form.seen_version))


@pages.post("/sites/<code:code>/reopen")
@requires(Permission.MANAGE_WINDOWS)
def reopen_site(code: str) -> Any:
    form = ActForm()
    return _pressed(code, form, lambda: places.reopen_site(code, by=current_user.actor, now=now(),
                                                           seen_version=form.seen_version))


@pages.route("/sites/<code:code>/rooms/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_WINDOWS)
def new_room(code: str) -> Any:
    found = _site(code)
    form = NewRoomForm(accessible=found.accessible, across=6) if request.method == "GET" else NewRoomForm()

    def page(problems: Problems) -> Any:
        return render_template("sittings/staff/room_form.html", form=form, site=_site(code), room=None,
                               problems=problems)

    def act() -> str:
        places.add_room(code, form.room(form.code.data or ""), by=current_user.actor, now=now())
        flash(_("Room %(room)s was added.", room=form.code.data), "ok")
        return url_for(".site", code=code)

    return _asked_or_done(form, page, act)


@pages.route("/sites/<code:code>/rooms/<code:room>", methods=["GET", "POST"])
@requires(Permission.MANAGE_WINDOWS)
def edit_room(code: str, room: str) -> Any:
    found = _room(code, room)
    form = RoomForm(obj=found) if request.method == "GET" else RoomForm()

    def page(problems: Problems) -> Any:
        here = _room(code, room)
        return render_template("sittings/staff/room_form.html", form=form, site=here.site, room=here,
                               problems=problems, retiring=RetiringForm(formdata=None, version=str(here.version)))

    def act() -> str:
        places.change_room(code, room, form.room(room), by=current_user.actor, now=now(),
                           seen_version=form.seen_version)
        flash(_("Room %(room)s was changed.", room=room), "ok")
        return url_for(".site", code=code)

    return _asked_or_done(form, page, act)


@pages.post("/sites/<code:code>/rooms/<code:room>/retire")
@requires(Permission.MANAGE_WINDOWS)
def retire_room(code: str, room: str) -> Any:
    _room(code, room)
    form = RetiringForm()
    return _pressed(code, form, lambda: places.retire_room(
        code, room, by=current_user.actor, now=now(), reason=form.reason.data or "", seen_version=form.seen_version))


@pages.post("/sites/<code:code>/rooms/<code:room>/reopen")
@requires(Permission.MANAGE_WINDOWS)
def reopen_room(code: str, room: str) -> Any:
    _room(code, room)
    form = ActForm()
    return _pressed(code, form, lambda: places.reopen_room(code, room, by=current_user.actor, now=now(),
                                                           seen_version=form.seen_version))


def _asked_or_done(form: ActForm, page: Page, act: Callable[[], str]) -> Any:
    """The form as it is asked for; or what it does; or the form again with what stands against it."""
    if request.method == "GET":
        return page(())
    if not form.validate():
        return page(()), 422
    try:
        return once(form, act)
    except Refused as refused:
        return page(form.show_problems(refused.problems)), 422


def _pressed(code: str, form: ActForm, act: Callable[[], None]) -> Any:
    _site(code)
    typed = form if isinstance(form, RetiringForm) else None
    if not form.validate():
        return _page(_site(code), retiring=typed), 422

    def press() -> str:
        act()
        flash(_("Done."), "ok")
        return url_for(".site", code=code)

    try:
        return once(form, press)
    except Refused as refused:
        return _page(_site(code), form.show_problems(refused.problems), retiring=typed), 422


def _site(code: str) -> ExamSite:
    return queries.site_by_code(db.session(), code) or abort(404)


def _room(code: str, room: str) -> ExamRoom:
    return next((one for one in _site(code).rooms if one.code == room), None) or abort(404)


def _may_plan() -> bool:
    return bool(current_user.actor.may(Permission.MANAGE_WINDOWS))


def _page(found: ExamSite, problems: Problems = (), *, retiring: RetiringForm | None = None) -> Any:
    version = str(found.version)
    return render_template(
        "sittings/staff/site.html", site=found, problems=problems, may_plan=_may_plan(),
        coming=queries.coming_at(db.session(), found.id, now()), form=retiring,
        retiring=retiring or RetiringForm(formdata=None, version=version),
        act_forms={one.code: ActForm(formdata=None, version=str(one.version)) for one in found.rooms if one.retired_at},
        act_form=ActForm(formdata=None, version=version),
    )
