"""Rooming 编排考场: what the rule would do, carried out, undone, frozen; the rooms as their desks stand."""

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.admission.forms.days import PlanForm, RoomingForm
from enroll.admission.queries import rooming as queries
from enroll.admission.queries.days import exam_rooms_of
from enroll.admission.rules.seats import ROOMING_ACT_NAMES, RoomingAct
from enroll.admission.services import seating
from enroll.admission.staff_views.days import found_sitting, pages
from enroll.applications.queries.accommodations import granted_for
from enroll.applications.rules.accommodations import Granted
from enroll.foundation.problems import Problem, Refused
from enroll.programmes.rules.arrangements import ACCESSIBLE_ROOM, ACCOMMODATION_NAMES
from enroll.sittings.lifecycle import PART_NAMES, BookingState, Part
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once


@pages.get("/<code:code>/rooming")
@requires(Permission.RUN_EXAMS)
def rooming(code: str) -> Any:
    """?preview=y shows what the rule would do, with &apart=y and &afresh=y."""
    return _page(code, preview=asked("preview") == "y", apart=asked("apart") == "y", afresh=asked("afresh") == "y")


@pages.post("/<code:code>/allocate")
@requires(Permission.RUN_EXAMS)
def allocate(code: str) -> Any:
    found_sitting(code)
    form = RoomingForm()
    if not form.validate():
        return _page(code, preview=True, apart=form.apart.data, afresh=form.afresh.data, form=form), 422

    def act() -> str:
        done = seating.allocate_seats(
            code, by=current_user.actor, now=now(), apart=form.apart.data, afresh=form.afresh.data,
            seen_version=form.seen_version, shown=form.shown.data or "", reason=form.reason.data or "")
        words = ngettext("%(num)s person has been given a seat.", "%(num)s people have been given a seat.", done.seated)
        flash(words, "ok" if not done.without else "warn")
        if done.without:
            flash(ngettext("%(num)s person has no seat: the rooms are full.",
                           "%(num)s people have no seat: the rooms are full.", done.without), "bad")
        return url_for("admission_staff.rooming", code=code)

    try:
        return once(form, act)
    except Refused as refused:
        rest = form.show_problems(refused.problems)
        return _page(code, rest, preview=True, apart=form.apart.data, afresh=form.afresh.data, form=form), 422


@pages.post("/<code:code>/rooming/undo")
@requires(Permission.RUN_EXAMS)
def undo_rooming(code: str) -> Any:
    def act(form: ActForm) -> None:
        people = seating.undo_last_step(code, by=current_user.actor, now=now(), seen_version=form.seen_version)
        flash(ngettext("Undone: %(num)s person sits as before.", "Undone: %(num)s people sit as before.", people), "ok")

    return _pressed(code, act)


@pages.post("/<code:code>/rooming/freeze")
@requires(Permission.RUN_EXAMS)
def freeze_rooming(code: str) -> Any:
    def act(form: ActForm) -> None:
        seating.freeze_rooming(code, by=current_user.actor, now=now(), seen_version=form.seen_version)
        flash(_("The rooming is frozen. From now on a seat changes with a reason only."), "ok")

    return _pressed(code, act)


def _pressed(code: str, act: Callable[[ActForm], None]) -> Any:
    found_sitting(code)
    form = ActForm()

    def press() -> str:
        act(form)
        return url_for("admission_staff.rooming", code=code)

    try:
        return once(form, press)
    except Refused as refused:
        return _page(code, refused.problems), 422


def _page(
    code: str, problems: tuple[Problem, ...] = (), *, preview: bool = False, apart: bool = False, afresh: bool = False,
    form: RoomingForm | None = None,
) -> Any:
    session, sitting = db.session(), found_sitting(code)
    bookings = queries.everybody_seated(session, sitting)
    granted = granted_for(session, {one.subject for one in bookings})
    standing = queries.rooming_of(session, sitting.id)
    version = str(standing.version if standing else 0)
    shown = queries.preview_of(session, sitting, apart=apart, afresh=afresh) if preview else None
    asking = form or RoomingForm(formdata=None, data={"apart": apart, "afresh": afresh})
    asking.shown.data, asking.version.data = shown.digest if shown else "", version
    steps = queries.steps_of(session, sitting.id)
    undone = {one.undoes_id for one in steps}
    return render_template(
        "admission/staff/rooming.html", sitting=sitting, part=PART_NAMES[Part(sitting.part)], rooming=standing,
        preview=shown, ask=PlanForm(formdata=None, data={"apart": apart, "afresh": afresh}), form=asking,
        charts=queries.charts_of(exam_rooms_of(sitting), bookings, granted), problems=problems,
        names=ACCOMMODATION_NAMES, misplaced=[one for one in bookings if one.room and not one.room.accessible
                                              and ACCESSIBLE_ROOM in granted.get(one.subject, Granted()).codes],
        seated=sum(1 for one in bookings if one.seat_no), expected=len(bookings),
        out=sum(1 for one in bookings if one.state != BookingState.CONFIRMED),
        steps=[(ROOMING_ACT_NAMES[RoomingAct(one.what)], one, one.id in undone) for one in steps],
        act_form=ActForm(formdata=None, version=version),
        undoable=standing is not None and standing.frozen_at is None and any(
            one.what in {"plan", "move"} and one.id not in undone for one in steps),
    )
