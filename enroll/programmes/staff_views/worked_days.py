"""Holidays and worked weekend days, as the official notice comes out."""

from typing import Any

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Refused
from enroll.programmes.forms.settings import ConfirmHolidayForm, HolidayForm, WorkdayForm
from enroll.programmes.models import Holiday
from enroll.programmes.queries.windows import holiday_of, holidays, workdays
from enroll.programmes.services.settings import add_holiday, add_workday, confirm_holiday
from enroll.programmes.staff_views.dated_settings import SEES as SEES_SETTINGS
from enroll.programmes.staff_views.dated_settings import staff_settings
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.moments import now, today
from enroll.web.once import once

SEES = (Permission.MANAGE_SETTINGS, Permission.MANAGE_WINDOWS, Permission.SEE_AUDIT)
CHANGES = (Permission.MANAGE_SETTINGS, Permission.MANAGE_WINDOWS)


@staff_settings.get("/holidays")
@requires(*SEES)
def days() -> Any:
    return _page()


@staff_settings.post("/holidays")
@requires(*CHANGES)
def new_holiday() -> Any:
    form: Any = HolidayForm()
    return _try(form, lambda: add_holiday(
        form.title.data, form.from_on.data, form.until_on.data, confirmed=form.confirmed.data,
        note=form.note.data or "", by=current_user.actor, now=now()), holiday_form=form)


@staff_settings.post("/holidays/<int:number>/confirm")
@requires(*CHANGES)
def confirm(number: int) -> Any:
    form: Any = ConfirmHolidayForm(prefix=f"h{number}-")
    holiday_of(db.session(), number)
    return _try(form, lambda: confirm_holiday(
        number, form.from_on.data, form.until_on.data, note=form.note.data or "", by=current_user.actor, now=now()),
        confirm_form=form)


@staff_settings.post("/workdays")
@requires(*CHANGES)
def new_workday() -> Any:
    form: Any = WorkdayForm()
    return _try(form, lambda: add_workday(
        form.on.data, confirmed=form.confirmed.data, by=current_user.actor, now=now()), workday_form=form)


def _try(form: Any, act: Any, **forms: Any) -> Any:
    if not form.validate():
        return _page(**forms), 422

    def whole() -> str:
        act()
        flash(_("Saved."), "ok")
        return url_for(".days")

    try:
        return once(form, whole)
    except Refused as refused:
        return _page(problems=form.show_problems(refused.problems), **forms), 422


def _page(holiday_form: Any = None, workday_form: Any = None, confirm_form: Any = None, problems: Any = ()) -> str:
    session, sent = db.session(), {confirm_form._prefix: confirm_form} if confirm_form else {}
    rows = [(one, sent.get(f"h{one.id}-") or _as_it_stands(one)) for one in holidays(session, today())]
    return render_template("programmes/staff/days.html", rows=rows, workdays=workdays(session, today()),
                           holiday_form=holiday_form or HolidayForm(None), problems=problems,
                           form=holiday_form or workday_form or confirm_form,
                           workday_form=workday_form or WorkdayForm(None),
                           sees_settings=any(current_user.actor.may(one) for one in SEES_SETTINGS))


def _as_it_stands(holiday: Holiday) -> ConfirmHolidayForm:
    data = {"from_on": holiday.from_on, "until_on": holiday.until_on, "note": holiday.note}
    return ConfirmHolidayForm(None, prefix=f"h{holiday.id}-", data=data)
