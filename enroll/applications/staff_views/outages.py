"""Outages: recorded with what fell into them, confirmed by another person, with what became of each deadline."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.applications.forms.scheduling import OutageForm
from enroll.applications.lifecycle import OUTAGE, OutageState
from enroll.applications.models import Outage
from enroll.applications.queries.outages import (
    Fallen,
    effects_of,
    fallen_into,
    grace_hours,
    outage_by_reference,
    outages,
    still_to_do,
)
from enroll.applications.queries.people import called
from enroll.applications.rules.deadlines import EXTENDED_NAMES
from enroll.applications.rules.outages import OUTCOME_WORDS, proposed_end
from enroll.applications.services.outages import REPORTERS, confirm_outage, dismiss_outage, facts_of, report_outage
from enroll.foundation.problems import Problem, Refused
from enroll.programmes.rules.windows import DATE_LABELS
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.forms import MoveForm
from enroll.web.moments import now
from enroll.web.once import once

outages_staff = Blueprint("outages_staff", __name__, url_prefix="/staff/outages")
SEES = (*REPORTERS, Permission.SEE_AUDIT)
NAMES = {**EXTENDED_NAMES, **DATE_LABELS}
SHOWN = 100


@outages_staff.get("")
@requires(*SEES)
def index() -> str:
    may = any(current_user.actor.may(one) for one in REPORTERS)
    return render_template("applications/staff/outages.html", rows=outages(db.session()), labels=OUTAGE.labels,
                           may_report=may, called=called)


@outages_staff.get("/new")
@requires(*REPORTERS)
def new() -> str:
    """The form; with ?began_at= and ?ended_at= what fell into it, before anything is recorded."""
    form: Any = OutageForm(request.args, meta={"csrf": False}) if request.args else OutageForm(formdata=None)
    if request.args:
        form.validate()
    return _form_page(form)


@outages_staff.post("/record")
@requires(*REPORTERS)
def report() -> Any:
    form, problems = OutageForm(), tuple[Problem, ...]()
    if form.validate():
        def act() -> str:
            reference = report_outage(form.began_at.data, form.ended_at.data, form.what.data or "",
                                      extends_to=form.extends_to.data, by=current_user.actor, now=now())
            flash(_("The outage is recorded. Another person confirms it; until then no deadline moves."), "ok")
            return url_for(".show", reference=reference)

        try:
            return once(form, act)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
    return _form_page(form, problems), 422


@outages_staff.get("/<ref:reference>")
@requires(*SEES)
def show(reference: str) -> str:
    return _page(_outage(reference))


@outages_staff.post("/<ref:reference>/confirm")
@requires(Permission.LEAD_REVIEW)
def confirm(reference: str) -> Any:
    form = MoveForm()
    return _act(reference, form, _("Confirmed. Everybody concerned is told."), lambda: confirm_outage(
        reference, by=current_user.actor, now=now(), reason=form.reason.data or "", seen_version=form.seen_version))


@outages_staff.post("/<ref:reference>/dismiss")
@requires(Permission.LEAD_REVIEW)
def dismiss(reference: str) -> Any:
    form = MoveForm()
    return _act(reference, form, _("Dismissed. No deadline has moved."), lambda: dismiss_outage(
        reference, reason=form.reason.data or "", by=current_user.actor, now=now(), seen_version=form.seen_version))


def _act(reference: str, form: MoveForm, said: str, act: Callable[[], None]) -> Any:
    _outage(reference)
    problems: tuple[Problem, ...] = ()
    if form.validate():
        def press() -> str:
            act()
            flash(said, "ok")
            return url_for(".show", reference=reference)

        try:
            return once(form, press)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
    return _page(_outage(reference), form, problems), 422


def _outage(reference: str) -> Outage:
    return outage_by_reference(db.session(), reference) or abort(404)


def _form_page(form: Any, problems: tuple[Problem, ...] = ()) -> str:
    session, began_at, ended_at = db.session(), form.began_at.data, form.ended_at.data
    looked = began_at is not None and ended_at is not None and began_at < ended_at
    proposed = proposed_end(began_at, ended_at, grace_hours(session, now())) if looked else None
    press = OutageForm(formdata=None, data={"began_at": began_at, "ended_at": ended_at, "what": form.what.data,
                                            "extends_to": form.extends_to.data or proposed})
    if request.method == "POST":
        press.key.data = form.key.data
        press.extends_to.errors = form.extends_to.errors
    fallen = fallen_into(session, began_at, ended_at) if looked else []
    return render_template("applications/staff/outage_form.html", form=form, press=press, problems=problems,
                           looked=looked, proposed=proposed, names=NAMES, **_counted(fallen))


def _page(outage: Outage, form: MoveForm | None = None, problems: tuple[Problem, ...] = ()) -> str:
    session = db.session()
    reported = outage.state == OutageState.REPORTED
    fallen = fallen_into(session, outage.began_at, outage.ended_at) if reported else (
        still_to_do(session, outage) if outage.state == OutageState.CONFIRMED else [])
    press = form or MoveForm(formdata=None)
    press.version.data = str(outage.version)
    return render_template(
        "applications/staff/outage.html", outage=outage, label=OUTAGE.label(outage.state), reported=reported,
        offers=OUTAGE.offers(outage.state, current_user.actor, facts_of(outage, now())), form=press,
        problems=problems, reporter=called(outage.reported_by), effects=effects_of(session, outage.id),
        outcomes=OUTCOME_WORDS, names=NAMES,
        **_counted(fallen))


def _counted(fallen: list[Fallen]) -> dict[str, Any]:
    people = [one for one in fallen if one.learner_id is not None]
    return {"windows": [one for one in fallen if one.learner_id is None], "people": people[:SHOWN],
            "number": len(people)}
