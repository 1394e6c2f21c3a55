"""Cohorts: the list, a new one, one by itself with a notice for its group, closing."""

from datetime import datetime
from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission, Role
from enroll.accounts.queries import holders_of
from enroll.enrolments.forms import CohortForm
from enroll.enrolments.models import Cohort
from enroll.enrolments.queries.cohorts import cohort_by_code, cohorts_all, to_pay_in
from enroll.enrolments.rules import SOURCE_NAMES, CohortSource
from enroll.enrolments.services.cohorts import add_cohort, close_cohort
from enroll.enrolments.staff_views.enrolments import enrolments_staff
from enroll.foundation.masking import mask_name
from enroll.foundation.problems import Problem, Refused
from enroll.programmes.queries.programmes import programmes
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import outside_url
from enroll.web.forms import ActForm
from enroll.web.language import show_moment
from enroll.web.moments import now
from enroll.web.once import once


@enrolments_staff.get("/cohorts")
@requires(Permission.MANAGE_COHORTS)
def cohorts() -> Any:
    rows = [(row, _source(row.cohort)) for row in cohorts_all(db.session())]
    return render_template("enrolments/staff/cohorts.html", rows=rows)


@enrolments_staff.get("/cohorts/new")
@requires(Permission.MANAGE_COHORTS)
def new_cohort() -> Any:
    return _new_page(CohortForm(source=CohortSource.SELF.value, open_to_all=True))


@enrolments_staff.post("/cohorts/new")
@requires(Permission.MANAGE_COHORTS)
def create_cohort() -> Any:
    form = CohortForm()
    _offer(form)
    if not form.validate():
        return _new_page(form), 422

    def act() -> str:
        code = add_cohort(
            (form.code.data or "").upper(), form.name_zh.data or "", name_en=form.name_en.data or "",
            programme_code=form.programme.data, adviser=form.adviser.data, source=form.source.data,
            open_to_all=bool(form.open_to_all.data), by=current_user.actor, now=now())
        flash(_("The cohort is open."), "ok")
        return url_for("enrolments_staff.cohort", code=code)

    try:
        return once(form, act)
    except Refused as refused:
        return _new_page(form, form.show_problems(refused.problems)), 422


@enrolments_staff.get("/cohorts/<code:code>")
@requires(Permission.MANAGE_COHORTS)
def cohort(code: str) -> Any:
    found, session = _found(code), db.session()
    waiting = to_pay_in(session, found.id)
    return render_template("enrolments/staff/cohort.html", cohort=found, source=_source(found), waiting=waiting,
                           notice=_notice(found, waiting) if waiting else "")


@enrolments_staff.get("/cohorts/<code:code>/close")
@requires(Permission.MANAGE_COHORTS)
def ask_to_close(code: str) -> Any:
    found = _found(code)
    if found.closed_at is not None:
        abort(404)
    return render_template("enrolments/staff/close.html", cohort=found, form=ActForm())


@enrolments_staff.post("/cohorts/<code:code>/close")
@requires(Permission.MANAGE_COHORTS)
def close(code: str) -> Any:
    _found(code)

    def act() -> str:
        close_cohort(code, by=current_user.actor, now=now())
        flash(_("The cohort is closed. Its learners go on studying."), "ok")
        return url_for("enrolments_staff.cohort", code=code)

    return once(ActForm(), act)


def _found(code: str) -> Cohort:
    return cohort_by_code(db.session(), code) or abort(404)


def _source(cohort: Cohort) -> str:
    return SOURCE_NAMES[CohortSource(cohort.source)]


def _offer(form: CohortForm) -> None:
    session = db.session()
    open_ones = [one for one in programmes(session) if one.enrolment_open]
    form.offer(open_ones, holders_of(session, [Role.ADVISER], now()))


def _new_page(form: CohortForm, problems: tuple[Problem, ...] = ()) -> str:
    _offer(form)
    return render_template("enrolments/staff/cohort_new.html", form=form, problems=problems)


def _notice(cohort: Cohort, waiting: list[tuple[str, str, datetime | None]]) -> str:
    """A text for the cohort's chat group: masked names, what is due, by when, where."""
    head = _("%(cohort)s: the training fee is still to be paid. Study opens as soon as it is settled.",
             cohort=cohort.name_zh)
    lines = [_("%(name)s, by %(moment)s", name=mask_name(name), moment=show_moment(due)) if due else mask_name(name)
             for _reference, name, due in waiting]
    return "\n".join([head, *(f"- {line}" for line in lines), outside_url("enrolments.mine")])
