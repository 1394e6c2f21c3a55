"""The choice of a direction, with what each leads to. Served here, after enrolments: its course tells what it leads
to."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.forms import DirectionForm
from enroll.courses.queries.plan import study_overview
from enroll.courses.rules.plan import CourseView
from enroll.enrolments.lifecycle import LIVE
from enroll.enrolments.models import Enrolment
from enroll.enrolments.queries.enrolments import own_enrolment
from enroll.enrolments.services.changing import change_direction
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Refused
from enroll.programmes.queries.programmes import rules_of
from enroll.programmes.rules.figures import Direction
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.language import translate
from enroll.web.moments import now
from enroll.web.once import once

directions = Blueprint("directions", __name__, url_prefix="/enrolment/<ref:reference>/direction")


@dataclass(frozen=True)
class Choice:
    """A direction that stood on the day of the enrolment; `course` is what it is studied by, where one is written."""

    code: str
    minutes: int
    stated: Direction | None
    course: CourseView | None


@directions.get("")
@requires(Permission.LEARN)
def choose(reference: str) -> Any:
    enrolment = _own(reference)
    return _page(enrolment, DirectionForm(version=enrolment.version, direction=enrolment.direction_code))


@directions.post("")
@requires(Permission.LEARN)
def chosen(reference: str) -> Any:
    enrolment, form = _own(reference), DirectionForm()
    form.offer((code, code) for code in enrolment.demands.direction_minutes)
    if not form.validate():
        return _page(enrolment, form), 422

    def act() -> str:
        change_direction(reference, form.direction.data, by=current_user.actor, now=now(),
                         seen_version=form.seen_version)
        flash(_("Your direction is changed. Everything you have studied still counts."), "ok")
        return url_for("enrolments.mine")

    try:
        return once(form, act)
    except Refused as refused:
        return _page(_own(reference), form, form.show_problems(refused.problems)), 422


def _own(reference: str) -> Enrolment:
    return own_enrolment(db.session(), current_user.account_id, reference) or abort(404)


def _page(enrolment: Enrolment, form: DirectionForm, problems: Any = ()) -> Any:
    if enrolment.state not in LIVE:
        abort(404)
    choices = _choices(enrolment)
    form.offer((one.code, translate(one.stated.name) if one.stated else one.code) for one in choices)
    return render_template("courses/direction.html", enrolment=enrolment, form=form, problems=problems, choices=choices)


def _choices(enrolment: Enrolment) -> list[Choice]:
    rules = rules_of(enrolment.programme, local_day(enrolment.enrolled_at))
    overview = study_overview(db.session(), enrolment.id)
    courses = {one.code: one for one in (overview.direction, *overview.others) if one is not None}
    return [Choice(code, minutes, rules.direction(code), courses.get(code))
            for code, minutes in enrolment.demands.direction_minutes.items()]
