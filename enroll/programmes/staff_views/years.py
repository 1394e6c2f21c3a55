"""A whole year of windows planned at once, and one copied to another first day."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Problem, Refused
from enroll.programmes.forms.planning import FirstDayForm, YearForm
from enroll.programmes.models import Programme
from enroll.programmes.queries.programmes import programmes as all_programmes
from enroll.programmes.queries.windows import missing_in_year, remarks_on, window_by_code, windows_all
from enroll.programmes.rules.timeline import BARRING
from enroll.programmes.rules.windows import DATE_LABELS
from enroll.programmes.services.windows import copy_window, plan_year
from enroll.programmes.staff_views.planning import next_year, staff_windows
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.language import translate
from enroll.web.moments import now
from enroll.web.once import once

SHOWN = ("opens_at", "closes_at", "first_review_by", "correction_closes_at", "review_by", "payment_due_at",
         "resit_closes_at", "ticket_from", "scores_publish_at", "score_review_closes_at", "certificate_expected_on")


@staff_windows.route("/year", methods=["GET", "POST"])
@requires(Permission.MANAGE_WINDOWS)
def year() -> Any:
    """What a year lacks, with what stands against it (?year=…, else the next to plan); then all of it as drafts."""
    programme = _programme()
    if request.method == "GET" and "year" not in request.args:
        return redirect(url_for(".year", year=next_year(windows_all(db.session()), now())))
    asks = request.method == "GET"
    form = YearForm(request.args, meta={"csrf": False}) if asks else YearForm()
    valid, problems = form.validate(), tuple[Problem, ...]()
    if valid and not asks:
        def act() -> str:
            made = plan_year(programme.code, form.year.data or 0, by=current_user.actor, now=now())
            flash(ngettext("%(num)s draft made. Look at its remarks, then publish it.",
                           "%(num)s drafts made. Look at their remarks, then publish each.", len(made)), "ok")
            return url_for(".index")

        try:
            return once(form, act)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
    session = db.session()
    proposed = missing_in_year(session, _programme(), form.year.data or 0) if valid else []
    remarks = remarks_on(session, _programme(), proposed) if proposed else {}
    return render_template(
        "programmes/staff/year.html", form=form, make=YearForm(formdata=None) if asks else form,
        year=form.year.data if valid else None, proposed=proposed,
        remarks=remarks, barring=BARRING, shown=SHOWN, labels=DATE_LABELS, problems=problems,
    ), (422 if form.errors and request.method == "POST" else 200)


@staff_windows.post("/<code:code>/copy")
@requires(Permission.MANAGE_WINDOWS)
def copy(code: str) -> Any:
    """The same dates from another first day, as a draft."""
    if window_by_code(db.session(), code) is None:
        abort(404)
    form = FirstDayForm()
    starts_on = form.starts_on.data if form.validate() else None
    if starts_on is None:
        flash(_("Say on which day the exam of the copy begins."), "bad")
        return redirect(url_for(".show", code=code), 303)
    try:
        return once(form, lambda: url_for(".edit", code=copy_window(
            code, starts_on, by=current_user.actor, now=now())))
    except Refused as refused:
        for one in refused.problems:
            flash(translate(one), "bad")
        return redirect(url_for(".show", code=code), 303)


def _programme() -> Programme:
    return next((one for one in all_programmes(db.session()) if one.enrolment_open), None) or abort(404)
