"""The reason library: what reviewers choose from when they return or reject, kept by leads in both languages."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.applications.forms.reasons import ReasonForm
from enroll.applications.rules.items import ITEM_NAMES, Item
from enroll.applications.staff_views.listing import SEES, applications_staff
from enroll.foundation.problems import Problem, Refused
from enroll.foundation.words import Bilingual, Words, say
from enroll.learners.models import Reason
from enroll.learners.queries.consents import reason_of
from enroll.learners.queries.reasons import every_reason, wordings_of
from enroll.learners.rules.reasons import OUTCOMES
from enroll.learners.services.reasons import KEEPS, add_to_library, set_in_use, word_anew
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once

READS = (*SEES, Permission.MANAGE_SETTINGS)


@applications_staff.get("/reasons")
@requires(*READS)
def reasons() -> str:
    found = groupby(every_reason(db.session()), key=lambda one: one.item)
    return render_template(
        "applications/staff/reasons.html", act_form=ActForm(formdata=None), may_keep=_may_keep(), outcomes=OUTCOMES,
        groups=[(_name(item), list(rows)) for item, rows in found])


@applications_staff.route("/reasons/new", methods=["GET", "POST"])
@requires(*KEEPS)
def new_reason() -> Any:
    form, problems = ReasonForm(), tuple[Problem, ...]()
    if request.method == "POST" and form.validate():
        def act() -> str:
            add_to_library(form.item.data, form.outcome.data, form.words(), by=current_user.actor, now=now())
            flash(_("The reason is in the library."), "ok")
            return url_for(".reasons")

        try:
            return once(form, act)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
    return _page(form, None, problems), (422 if request.method == "POST" else 200)


@applications_staff.route("/reasons/<code:item>/<code:code>", methods=["GET", "POST"])
@requires(*READS)
def reason(item: str, code: str) -> Any:
    """One reason with every wording it had; kept anew by whoever may."""
    row = _found(item, code)
    form, problems = ReasonForm(row), tuple[Problem, ...]()
    if request.method == "POST":
        if not _may_keep():
            abort(403)
        if form.validate():
            def act() -> str:
                word_anew(item, code, form.outcome.data, form.words(), why=form.why.data or "",
                          by=current_user.actor, now=now(), seen_version=form.seen_version)
                flash(_("Kept. Decisions made before keep their words."), "ok")
                return url_for(".reason", item=item, code=code)

            try:
                return once(form, act)
            except Refused as refused:
                problems = form.show_problems(refused.problems)
    row = _found(item, code)
    stale = "moved_on" in {one.code for one in problems}
    if stale or request.method == "GET":
        form.version.data = str(row.version)
    return _page(form, row, problems), 409 if stale else 422 if request.method == "POST" else 200


@applications_staff.post("/reasons/<code:item>/<code:code>/retire", defaults={"in_use": False})
@applications_staff.post("/reasons/<code:item>/<code:code>/restore", defaults={"in_use": True})
@requires(*KEEPS)
def use_reason(item: str, code: str, in_use: bool) -> Any:
    """Out of use, or back: what was said with it stays readable."""
    row, form = _found(item, code), ActForm()
    if not form.validate_on_submit():
        return _page(ReasonForm(row, formdata=None), row, ()), 422

    def act() -> str:
        set_in_use(item, code, in_use, by=current_user.actor, now=now())
        flash(_("In use again.") if in_use else _("Out of use. Decisions made before keep their words."), "ok")
        return url_for(".reasons")

    try:
        return once(form, act)
    except Refused as refused:
        return _page(ReasonForm(row, formdata=None), _found(item, code), refused.problems), 422


def _page(form: ReasonForm, row: Reason | None, problems: Sequence[Problem]) -> str:
    return render_template(
        "applications/staff/reason.html", form=form, problems=problems, row=row, may_keep=_may_keep(),
        act_form=ActForm(formdata=None), item_name=_name(row.item) if row else "", outcomes=OUTCOMES,
        title=Bilingual(row.words_zh, row.words_en) if row else "",
        wordings=wordings_of(db.session(), row.id) if row else [])


def _name(item: str) -> Words:
    return say(ITEM_NAMES[Item(item)]) if item in set(Item) else say(item)


def _may_keep() -> bool:
    return any(current_user.actor.may(one) for one in KEEPS)


def _found(item: str, code: str) -> Reason:
    return reason_of(db.session(), item, code) or abort(404)
