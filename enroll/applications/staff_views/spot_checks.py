"""Spot checks: what was drawn and how that can be computed again, the second look, and the lead where two differ."""

from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.applications.lifecycle import SPOT_CHECK, SpotCheckState
from enroll.applications.models import SpotCheck
from enroll.applications.queries.people import called
from enroll.applications.queries.sampling import spot_check_by_reference, spot_check_history, spot_checks
from enroll.applications.rules.colleagues import lot_of
from enroll.applications.services.sampling import look_again, spot_check_facts
from enroll.applications.staff_views.listing import SEES, applications_staff
from enroll.foundation.problems import Problem, Refused
from enroll.foundation.words import N_
from enroll.programmes.queries.windows import working_calendar
from enroll.storage.database import db
from enroll.storage.paging import page_by_id
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.components import Tab
from enroll.web.forms import MoveForm
from enroll.web.moments import now
from enroll.web.notices import group_notice
from enroll.web.once import once

K = SpotCheckState
TABS = {"open": (N_("To be looked at again"), [K.OPEN]), "doubted": (N_("For the lead"), [K.DOUBTED]),
        "done": (N_("Done"), [K.UPHELD, K.SETTLED, K.REOPENED])}
LOOKED_AT_WITHIN = 3  # working days, for the notice


@applications_staff.get("/spot-checks")
@requires(*SEES)
def spot_check_list() -> str:
    tab = asked("tab") if asked("tab") in TABS else "open"
    page = page_by_id(db.session(), spot_checks(TABS[tab][1]), SpotCheck.id, after=asked_number("after"),
                      descending=tab == "done")
    calendar = working_calendar(db.session())
    lines = [(one.application.learner.legal_name, one.application.reference,
              calendar.deadline(one.drawn_at, LOOKED_AT_WITHIN)) for one in page.rows]
    tabs = [Tab(name, url_for(".spot_check_list", tab=key), None, key == tab) for key, (name, _states) in TABS.items()]
    return render_template(
        "applications/staff/spot_checks.html", page=page, tabs=tabs, tab=tab, called=called,
        label=lambda one: SPOT_CHECK.label(one.state),
        notice="" if tab == "done" else group_notice(_("Approvals to look at again, %(day)s:"), lines,
                                                     "applications_staff.spot_check_list"))


@applications_staff.get("/spot-checks/<ref:check>")
@requires(*SEES)
def spot_check(check: str) -> str:
    return _page(_found(check), MoveForm(formdata=None))


@applications_staff.post("/spot-checks/<ref:check>/agree", defaults={"move": "agree"})
@applications_staff.post("/spot-checks/<ref:check>/disagree", defaults={"move": "disagree"})
@requires(Permission.REVIEW_APPLICATIONS)
def look(check: str, move: str) -> Any:
    return _press(check, move)


@applications_staff.post("/spot-checks/<ref:check>/settle", defaults={"move": "settle"})
@applications_staff.post("/spot-checks/<ref:check>/reopen", defaults={"move": "reopen"})
@requires(Permission.LEAD_REVIEW)
def settle(check: str, move: str) -> Any:
    return _press(check, move)


def _press(check: str, move: str) -> Any:
    form = MoveForm()
    record = _found(check)
    if not form.validate_on_submit():
        return _page(record, form), 422

    def act() -> str:
        look_again(check, move, words=form.reason.data or "", by=current_user.actor, now=now(),
                   seen_version=form.seen_version)
        flash(_("Done."), "ok")
        return url_for(".spot_check_list")

    try:
        return once(form, act)
    except Refused as refused:
        code = 409 if "wrong_state" in refused.codes else 422
        return _page(_found(check), form, form.show_problems(refused.problems)), code


def _page(record: SpotCheck, form: MoveForm, problems: tuple[Problem, ...] = ()) -> str:
    if request.method == "GET" or not form.version.data:
        form.version.data = str(record.version)
    offers = SPOT_CHECK.offers(record.state, current_user.actor, spot_check_facts(record))
    return render_template(
        "applications/staff/spot_check.html", record=record, form=form, problems=problems, offers=offers,
        label=SPOT_CHECK.label(record.state), lot=lot_of(record.audit_digest), called=called,
        history=spot_check_history(db.session(), record.id), moves=SPOT_CHECK.moves)


def _found(check: str) -> SpotCheck:
    return spot_check_by_reference(db.session(), check) or abort(404)
