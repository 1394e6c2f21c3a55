"""Following an application: the list, its page, correcting, withdrawing, giving up."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from enroll.accounts.permissions import Permission
from enroll.applications.forms.applying import CorrectForm, LeaveForm
from enroll.applications.lifecycle import ApplicationState
from enroll.applications.models import Application, ReturnedItem
from enroll.applications.queries.applicant import standing_for
from enroll.applications.queries.corrections import open_items, returned_items
from enroll.applications.queries.facts import BEGUN
from enroll.applications.queries.openings import openings
from enroll.applications.queries.own import history_of, own_applications, positions_of, stand_of
from enroll.applications.queries.parts import past_of
from enroll.applications.queries.people import files_in_force, texts_at
from enroll.applications.queries.signatures import signature_asked_by
from enroll.applications.queries.transfers import passages_of, was_transferred
from enroll.applications.queries.versions import photo_submitted
from enroll.applications.services.leaving import give_up, withdraw
from enroll.applications.services.money import quote_of
from enroll.applications.services.seating import STANDING
from enroll.applications.services.submitting import resubmit as resubmit_application
from enroll.applications.views.applying import Problems, applications, own
from enroll.applications.views.checking import condition_rows, sitting_rows
from enroll.applications.views.telling import (
    OVER,
    card_of,
    correction_rows,
    names_in_order,
    next_step_of,
    sentences,
    timeline_of,
)
from enroll.fees.rules import Cause
from enroll.foundation.problems import Refused
from enroll.learners.models import ConsentText
from enroll.programmes.rules.working_days import days_left
from enroll.sittings.lifecycle import BOOKING, PART_NAMES, SEATED
from enroll.sittings.rules import PASSED_OVER_WORDS
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked
from enroll.web.downloads import send_stored
from enroll.web.language import show_second
from enroll.web.moments import now, real_now
from enroll.web.once import once

MAY_WITHDRAW = {ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.RETURNED}


@applications.get("")
@requires(Permission.APPLY)
def mine() -> str:
    session, moment = db.session(), now()
    found = own_applications(session, current_user.account_id)
    past = past_of(session, found[0].learner_id) if found else None
    cards = [card_of(one, moment, past) for one in positions_of(session, found, past)] if past else []
    return render_template("applications/mine.html", cards=cards, parts=PART_NAMES,
                           openings=openings(session, current_user.account_id, moment, past))


@applications.get("/<ref:reference>")
@requires(Permission.APPLY)
def show(reference: str) -> str:
    application = own(reference)
    session, moment = db.session(), now()
    history = history_of(session, application.id)
    state = ApplicationState(application.state)
    passages = passages_of(session, application.id) if was_transferred(history) else ()
    gone_on = next((one.to_reference for one in passages if one.from_reference == reference), "")
    past = past_of(session, application.learner_id) if state in OVER and not gone_on else None
    dates = past.dates(application.window, resit=application.resit) if past else None
    standing = stand_of(session, application, history, dates)
    draft, begun = state == ApplicationState.DRAFT, any(one.state in BEGUN for one in standing.bookings)
    rules = condition_rows(standing_for(session, application, moment).answers) if draft else []
    returned = open_items(session, application.id) if state == ApplicationState.RETURNED else ()
    asked_by = signature_asked_by(session, application, real_now()) if draft else ""
    return render_template(
        "applications/show.html", application=application, window=application.window, standing=standing,
        step=next_step_of(standing, moment, past, asked_by, gone_on),
        timeline=timeline_of(history, current_user.account_id),
        returned=sentences(returned), fine=names_in_order(returned),
        rejected=sentences(returned_items(session, application.id, outcome="reject"))
        if state == ApplicationState.REJECTED else [],
        parts=PART_NAMES, booking_labels=BOOKING.labels, may_withdraw=state in MAY_WITHDRAW,
        may_give_up=state == ApplicationState.APPROVED and not begun, begun=begun,
        may_reseat=state in STANDING and moment < application.window.seating_by,
        passed_words=PASSED_OVER_WORDS, passages=passages, rules=rules,
        chosen=sitting_rows(application) if draft else (), received=show_second(application.submitted_at),
        may_transfer=state in STANDING and moment < application.window.seating_by,
    )


@applications.get("/<ref:reference>/photo")
@requires(Permission.APPLY)
def photo(reference: str) -> Response:
    """The photo that goes with the application, for its own learner; ?submitted=y the one handed in with it."""
    application = own(reference)
    if asked("submitted") == "y":
        return send_stored(photo_submitted(db.session(), application.id) or abort(404), inline=True)
    found = files_in_force(db.session(), application.learner_id).get("photo") or abort(404)
    return send_stored(found.file, inline=True)


@applications.get("/<ref:reference>/correct")
@requires(Permission.APPLY)
def correct(reference: str) -> Any:
    """What was returned, what is in order, and where each item is put right."""
    application = own(reference)
    if application.state != ApplicationState.RETURNED:
        return redirect(url_for(".show", reference=reference), 303)
    return _correct_page(application)


@applications.post("/<ref:reference>/resubmit")
@requires(Permission.APPLY)
def resubmit(reference: str) -> Any:
    application = own(reference)
    form = _correct_form(open_items(db.session(), application.id), texts_at(db.session(), now()))
    problems: Problems = ()
    if form.validate_on_submit():
        def act() -> str:
            resubmit_application(reference, form.answers, consents=form.ticked, by=current_user.actor, now=now(),
                                 seen_version=form.seen_version, network_address=request.remote_addr or "")
            flash(_("Submitted again; received at %(moment)s (Beijing time).", moment=show_second(now())), "ok")
            return url_for(".show", reference=reference)

        try:
            return once(form, act)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
    application = own(reference)
    if application.state != ApplicationState.RETURNED:
        return redirect(url_for(".show", reference=reference), 303)
    return _correct_page(application, form, problems), 422


@applications.route("/<ref:reference>/withdraw", methods=["GET", "POST"])
@requires(Permission.APPLY)
def withdraw_page(reference: str) -> Any:
    """What withdrawing means, and the press that does it. It cannot be undone."""
    return _leave(reference, "applications/withdraw.html", lambda form: withdraw(
        reference, by=current_user.actor, now=now(), reason=form.reason.data or "", seen_version=form.seen_version))


@applications.route("/<ref:reference>/give_up", methods=["GET", "POST"])
@requires(Permission.APPLY)
def give_up_page(reference: str) -> Any:
    """What giving up means, with the refund there would be now, and the press that does it."""
    return _leave(reference, "applications/give_up.html", lambda form: give_up(
        reference, by=current_user.actor, now=now(), reason=form.reason.data or "",
        expected_fen=form.expected_fen.data or 0, seen_version=form.seen_version))


def _leave(reference: str, template: str, act: Callable[[LeaveForm], None]) -> Any:
    application = own(reference)
    form = LeaveForm()
    problems: Problems = ()
    if request.method == "POST" and form.validate():
        def press() -> str:
            act(form)
            return url_for(".show", reference=reference)

        try:
            return once(form, press)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
            application = own(reference)
    standing = stand_of(db.session(), application)
    offered = quote_of(standing.fee, application, Cause.WITHDRAWN, now())
    form.version.data = str(application.version)
    form.expected_fen.data = offered.amount_fen if offered else 0
    form.expected_fen.raw_data = None
    seated = any(one.state in SEATED for one in standing.bookings)
    return render_template(template, application=application, window=application.window, form=form, problems=problems,
                           offered=offered, standing=standing, seated=seated), (
        422 if request.method == "POST" else 200)


def _correct_form(items: Sequence[ReturnedItem], texts: Sequence[ConsentText]) -> CorrectForm:
    named = [one.item for one in items]
    return CorrectForm(named, [one for one in texts if one.kind == "declaration"] if "declaration" in named else ())


def _correct_page(application: Application, form: CorrectForm | None = None, problems: Problems = ()) -> str:
    session = db.session()
    items, texts = open_items(session, application.id), texts_at(session, now())
    form = form or _correct_form(items, texts)
    form.version.data = form.version.data or str(application.version)
    return render_template(
        "applications/correct.html", application=application, window=application.window, form=form,
        texts={f"{one.code}.{one.version}": one for one in texts}, problems=problems,
        rows=correction_rows(application, form.answers, items), fine=names_in_order(items),
        left=days_left(application.correct_by, now()) if application.correct_by else None,
    )
