"""Exceptions to rules of entry: proposed by a lead, decided by a second person; the hours are never among them."""

from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.applications.forms.excepting import DecideExceptionForm, ProposeForm
from enroll.applications.queries.excepting import (
    exception_by_reference,
    exception_history,
    exceptions_in,
    exceptions_waiting,
)
from enroll.applications.queries.people import called
from enroll.applications.rules.excepting import DECIDED_WITHIN
from enroll.applications.services.excepting import decide_exception, propose_exception
from enroll.applications.staff_views.listing import SEES, applications_staff
from enroll.enrolments.lifecycle import RULE_EXCEPTION
from enroll.enrolments.models import RuleException
from enroll.enrolments.rules import EXCEPTABLE_NAMES, Exceptable, ExceptionFacts
from enroll.foundation.problems import Problem, Refused
from enroll.foundation.words import N_
from enroll.programmes.queries.windows import windows_published, working_calendar
from enroll.programmes.rules.working_days import days_left
from enroll.storage.database import db
from enroll.storage.paging import page_by_id
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.components import Tab
from enroll.web.forms import ActForm
from enroll.web.language import translate
from enroll.web.moments import now
from enroll.web.notices import group_notice
from enroll.web.once import once

TABS = {"waiting": N_("Not decided"), "decided": N_("Decided")}


@applications_staff.get("/exceptions")
@requires(*SEES)
def exceptions() -> str:
    tab = asked("tab") if asked("tab") in TABS else "waiting"
    waits, session, calendar = tab == "waiting", db.session(), working_calendar(db.session())
    page = page_by_id(session, exceptions_in(waiting=waits), RuleException.id, after=asked_number("after"),
                      descending=not waits)
    rows = [(one, RULE_EXCEPTION.label(one.state), due, days_left(due, now())) for one in page.rows
            for due in [calendar.deadline(one.proposed_at, DECIDED_WITHIN)]]
    lines = [(one.learner.legal_name, f"{one.reference} {translate(EXCEPTABLE_NAMES[Exceptable(one.rule)])}", due)
             for one, _label, due, _left in rows]
    tabs = [Tab(name, url_for(".exceptions", tab=key), exceptions_waiting(session) if key == "waiting" else None,
                key == tab) for key, name in TABS.items()]
    return render_template(
        "applications/staff/exceptions.html", rows=rows, page=page, tab=tab, tabs=tabs, names=EXCEPTABLE_NAMES,
        called=called, may_propose=current_user.actor.may(Permission.LEAD_REVIEW),
        notice=group_notice(_("Exceptions to be decided, %(day)s:"), lines, "applications_staff.exceptions")
        if waits else "")


@applications_staff.route("/exceptions/new", methods=["GET", "POST"])
@requires(Permission.LEAD_REVIEW)
def new_exception() -> Any:
    moment = now()
    form = ProposeForm([one.code for one in windows_published(db.session()) if one.seating_by > moment])
    if request.method == "GET":
        form.learner.data, form.window.data = asked("learner", most=20), asked("window", most=6)
    problems = tuple[Problem, ...]()
    if request.method == "POST" and form.validate():
        def act() -> str:
            reference = propose_exception((form.learner.data or "").strip(), form.window.data, Exceptable(
                form.rule.data), form.reason.data or "", by=current_user.actor, now=moment)
            flash(_("Proposed. A second person decides."), "ok")
            return url_for(".rule_exception", proposal=reference)

        try:
            return once(form, act)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
    return render_template("applications/staff/exception_new.html", form=form, problems=problems), (
        422 if request.method == "POST" else 200)


@applications_staff.get("/exceptions/<ref:proposal>")
@requires(*SEES)
def rule_exception(proposal: str) -> str:
    return _page(_found(proposal), DecideExceptionForm(formdata=None))


@applications_staff.post("/exceptions/<ref:proposal>/decide")
@requires(Permission.REVIEW_APPLICATIONS)
def decide_rule_exception(proposal: str) -> Any:
    _found(proposal)
    form = DecideExceptionForm()
    return _press(proposal, form, form.decision.data or "", form.reason.data or "")


@applications_staff.post("/exceptions/<ref:proposal>/withdraw")
@requires(Permission.LEAD_REVIEW)
def withdraw_rule_exception(proposal: str) -> Any:
    _found(proposal)
    return _press(proposal, ActForm(), "withdraw", "")


def _press(proposal: str, form: ActForm, move: str, reason: str) -> Any:
    sent = form if isinstance(form, DecideExceptionForm) else DecideExceptionForm(formdata=None)
    if not form.validate():
        return _page(_found(proposal), sent), 422

    def act() -> str:
        decide_exception(proposal, move, reason=reason, by=current_user.actor, now=now(),
                         seen_version=form.seen_version)
        flash(_("Done."), "ok")
        return url_for(".rule_exception", proposal=proposal)

    try:
        return once(form, act)
    except Refused as refused:
        return _page(_found(proposal), sent, form.show_problems(refused.problems)), 409


def _page(one: RuleException, form: DecideExceptionForm, problems: tuple[Problem, ...] = ()) -> str:
    facts = ExceptionFacts(one.learner.account_id, one.proposed_by_id)
    take_back = ActForm(formdata=None)
    form.version.data = take_back.version.data = str(one.version)
    return render_template(
        "applications/staff/exception.html", one=one, form=form, take_back=take_back, problems=problems,
        label=RULE_EXCEPTION.label(one.state), rule=EXCEPTABLE_NAMES[Exceptable(one.rule)], called=called,
        offers={offer.move.name: offer for offer in RULE_EXCEPTION.offers(one.state, current_user.actor, facts)},
        moves=exception_history(db.session(), one.id), lifecycle=RULE_EXCEPTION)


def _found(reference: str) -> RuleException:
    return exception_by_reference(db.session(), reference) or abort(404)
