"""Applying in four pages: sittings, photo and details, check, done."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from enroll.accounts.permissions import Permission
from enroll.applications.forms.applying import ChooseForm, SubmitForm
from enroll.applications.lifecycle import ApplicationState
from enroll.applications.models import Application
from enroll.applications.queries.applicant import standing_of
from enroll.applications.queries.openings import Opening, opening_of, openings, own_enrolment_to_apply_with
from enroll.applications.queries.own import own_application, stand_of
from enroll.applications.queries.parts import past_of
from enroll.applications.services.drafting import begin_application, choose_sittings
from enroll.applications.services.submitting import submit as submit_application
from enroll.applications.views.checking import check_page, condition_rows, details_page
from enroll.applications.views.choosing import days_of, labels_of, places_of
from enroll.foundation.problems import Problem, Refused
from enroll.programmes.models import Window
from enroll.programmes.queries.windows import published_window
from enroll.programmes.rules.working_days import days_left
from enroll.sittings.lifecycle import PART_NAMES
from enroll.sittings.queries import sittings_of, waiting_counts
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked
from enroll.web.forms import ActForm
from enroll.web.language import show_second
from enroll.web.moments import now
from enroll.web.once import answered_before, once

applications = Blueprint("applications", __name__, url_prefix="/applications")
Problems = tuple[Problem, ...]


@applications.route("/new", methods=["GET", "POST"])
@requires(Permission.APPLY)
def begin() -> Any:
    """Page 1 before there is a draft: choosing sittings begins it. Without ?window= the window that is open."""
    opening = opening_for(asked("window", most=6))
    if opening is None:
        return answered_before(ActForm()) or redirect(url_for(".mine"), 303)
    learner_id, code = opening.enrolment.learner_id, opening.window.code
    if opening.live is not None and request.method == "GET":
        site, wait = asked("site", most=20) or None, asked("wait", most=40) or None
        return redirect(url_for(".choose", reference=opening.live, site=site, wait=wait), 303)
    form, problems = ChooseForm(opening.attempt.parts), opening.problems
    if request.method == "POST" and form.validate():
        def act() -> str:
            reference = begin_application(learner_id, code, by=current_user.actor, now=now())
            choose_sittings(reference, form.chosen, by=current_user.actor, now=now(), wait_for=form.wait_for)
            return url_for(".details", reference=reference)

        try:
            return once(form, act)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
    return _choose_page(form, opening.window, opening, problems), (422 if request.method == "POST" else 200)


@applications.route("/<ref:reference>/sittings", methods=["GET", "POST"])
@requires(Permission.APPLY)
def choose(reference: str) -> Any:
    """Page 1 of a draft."""
    application = draft(reference)
    if isinstance(application, Response):
        return application
    form = ChooseForm(application.parts, application.chosen, application.waiting or ())
    problems: Problems = ()
    if request.method == "POST" and form.validate():
        def act() -> str:
            choose_sittings(reference, form.chosen, by=current_user.actor, now=now(), seen_version=form.seen_version,
                            wait_for=form.wait_for)
            return url_for(".details", reference=reference)

        try:
            return once(form, act)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
            application = own(reference)
    form.version.data = form.version.data or str(application.version)
    past = past_of(db.session(), application.learner_id)
    opening = opening_of(past, application.enrolment, application.window, now())
    return _choose_page(form, application.window, opening, problems, reference), (
        422 if request.method == "POST" else 200)


@applications.get("/<ref:reference>/details")
@requires(Permission.APPLY)
def details(reference: str) -> Any:
    """Page 2: what is known of the person, and where each part of it is put right."""
    application = draft(reference)
    return application if isinstance(application, Response) else details_page(application)


@applications.get("/<ref:reference>/check")
@requires(Permission.APPLY)
def check(reference: str) -> Any:
    """Page 3: everything once more, the rules one by one, the consents and the declaration."""
    application = draft(reference)
    return application if isinstance(application, Response) else check_page(application)


@applications.post("/<ref:reference>/submit")
@requires(Permission.APPLY)
def submit(reference: str) -> Any:
    own(reference)
    form = SubmitForm(())
    problems: Problems = ()
    if form.validate_on_submit():
        def act() -> str:
            submit_application(reference, form.ticked, by=current_user.actor, now=now(),
                               seen_version=form.seen_version, network_address=request.remote_addr or "")
            return url_for(".done", reference=reference)

        try:
            return once(form, act)
        except Refused as refused:
            problems = refused.problems
    application = draft(reference)
    return application if isinstance(application, Response) else (check_page(application, form, problems), 422)


@applications.get("/<ref:reference>/done")
@requires(Permission.APPLY)
def done(reference: str) -> Any:
    """Page 4: the number, what comes next, and by when."""
    application = own(reference)
    if application.state == ApplicationState.DRAFT:
        return redirect(url_for(".check", reference=reference), 303)
    return render_template("applications/done.html", application=application, window=application.window,
                           standing=stand_of(db.session(), application), received=show_second(application.submitted_at))


def own(reference: str) -> Application:
    """This person's application; another's is not found, the same as an absent one."""
    return own_application(db.session(), current_user.account_id, reference) or abort(404)


def draft(reference: str) -> Application | Response:
    """This person's draft; what was submitted already leads to its own page."""
    application = own(reference)
    if application.state != ApplicationState.DRAFT:
        return redirect(url_for(".show", reference=reference), 303)
    return application


def opening_for(code: str) -> Opening | None:
    """The window to apply for, and what may be applied for in it; None where there is nothing for this person."""
    session = db.session()
    if not code:
        return next(iter(openings(session, current_user.account_id, now())), None)
    window = published_window(session, code) or abort(404)
    enrolment = own_enrolment_to_apply_with(session, current_user.account_id, window.programme_id)
    if enrolment is None:
        return None
    return opening_of(past_of(session, enrolment.learner_id), enrolment, window, now())


def _choose_page(
    form: ChooseForm, window: Window, opening: Opening, problems: Problems, reference: str = ""
) -> str:
    rows = sittings_of(db.session(), window.id)
    site, wait = asked("site", most=20), asked("wait", most=40)
    waiting = waiting_counts(db.session(), window.id) if any(one.seats_left <= 0 for one in rows) else {}
    standing = standing_of(db.session(), opening.enrolment, window, ruled_at=now())
    wait_in = [wait, *(chosen for part, chosen in form.chosen.items() if part in form.wait_for)]
    parts = {name: [one for one in rows if f"sitting_{one.part}" == name] for name in form.sitting_fields}
    if request.method == "GET" and wait:
        form.wait_in({f"sitting_{one.part}": one.code for one in rows if one.code == wait and one.seats_left <= 0})
    if request.method == "GET" and site:
        form.preselect({name: next((one.code for one in of if one.site.code == site and one.seats_left > 0), "")
                        for name, of in parts.items()})
    return render_template(
        "applications/choose.html", form=form, window=window, opening=opening, problems=problems, reference=reference,
        days={name: days_of(of, site, waiting, wait_in) for name, of in parts.items()}, labels=labels_of(rows),
        places=places_of(rows, site), parts=PART_NAMES, rules=condition_rows(standing.answers),
        left=days_left(opening.closes_at, now()),
    )
