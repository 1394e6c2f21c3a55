"""The learner's front page."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.clock import local_day
from enroll.home.queries import standing
from enroll.home.rules.journey import Link, StepState, journey
from enroll.home.rules.next_step import next_step
from enroll.storage.database import db
from enroll.web.access import requires, signed_in
from enroll.web.language import show_day
from enroll.web.moments import now, today

pages = Blueprint("home", __name__)


@dataclass(frozen=True)
class StepRow:
    """A step as the page shows it."""

    title: Any
    state: str
    href: str | None
    note: Any
    who: Any
    by: datetime | str | None  # a moment, or a day in words


@pages.get("/home")
@requires(Permission.LEARN)
def show() -> Any:
    found = standing(db.session(), current_user.account_id, now()) or abort(404)
    steps = journey(found.facts)
    first = next_step(found.facts)
    rows = [StepRow(step.title, step.state, _href(step.link), step.note, step.who, _by(step.by)) for step in steps]
    done = sum(step.state is StepState.DONE for step in steps)
    return render_template(
        "home/show.html",
        learner=found.learner,
        enrolment=found.enrolment,
        facts=found.facts,
        standing=found,
        rows=rows,
        done=done,
        first=first,
        first_href=_href(first.link),
        days_left=_days_left,
    )


@pages.get("/start")
@signed_in
def start() -> Any:
    """Where somebody lands after signing in: learners on their page, staff on theirs."""
    return redirect(url_for("desk.home" if current_user.is_staff else "home.show"), 303)


def _href(link: Link | None) -> str | None:
    if link is None or link.endpoint not in current_app.view_functions:
        return None
    return url_for(link.endpoint, **dict(link.values))  # type: ignore[arg-type]


def _by(due: datetime | date | None) -> datetime | str | None:
    """A moment as it is; a day is good until its end."""
    if due is None or isinstance(due, datetime):
        return due
    words: str = _("by %(moment)s", moment=show_day(due))
    return words


def _days_left(due: datetime | date) -> int:
    return ((local_day(due) if isinstance(due, datetime) else due) - today()).days
