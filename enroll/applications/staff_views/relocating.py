"""Closing a sitting and moving its people: who moves, who stays and why, then the press."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.applications.forms.reviewing import RelocateForm
from enroll.applications.services.relocating import ENDED, MOVED, STAYS, Row, close_and_move, relocation
from enroll.foundation.problems import Problem, Refused
from enroll.sittings.lifecycle import BOOKING, PART_NAMES, Part
from enroll.sittings.models import Sitting
from enroll.sittings.queries import sitting_by_code, sittings_of
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked
from enroll.web.language import show_moment
from enroll.web.moments import now
from enroll.web.once import act_once

relocating = Blueprint("relocating", __name__, url_prefix="/staff/sittings")
OUTCOMES = {MOVED: _l("Moves"), ENDED: _l("Waiting ends"), STAYS: _l("Stays")}


@relocating.route("/<code:code>/move", methods=["GET", "POST"])
@requires(Permission.MANAGE_WINDOWS)
def move(code: str) -> Any:
    """Choose where to (?target=…), look at each row, then do it."""
    sitting: Sitting = sitting_by_code(db.session(), code) or abort(404)
    form, problems = RelocateForm(_targets(sitting)), tuple[Problem, ...]()
    if request.method == "POST" and form.validate():
        rows: list[Row] = []

        def act() -> str:
            rows[:] = close_and_move(code, form.target.data, reason=form.reason.data or "", by=current_user.actor,
                                     now=now(), seen_version=form.seen_version)
            return request.path

        try:
            act_once(form, act)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
        else:
            return _page(sitting_by_code(db.session(), code) or abort(404), form, rows, done=True)
    elif request.method == "GET":
        form.target.data = asked("target", most=40)
    found = sitting_by_code(db.session(), code) or abort(404)
    target = sitting_by_code(db.session(), form.target.data or "")
    return _page(found, form, relocation(db.session(), found, target), problems), (
        422 if request.method == "POST" else 200)


def _targets(sitting: Sitting) -> list[tuple[str, str]]:
    return [(one.code, f"{one.code} · {one.site.name} · {show_moment(one.starts_at)} · {one.seats_left}")
            for one in sittings_of(db.session(), sitting.window_id, Part(sitting.part))
            if one.id != sitting.id and one.closed_at is None]


def _page(
    sitting: Sitting, form: RelocateForm, rows: list[Row], problems: tuple[Problem, ...] = (), *, done: bool = False
) -> str:
    form.version.data = str(sitting.version)
    return render_template(
        "applications/staff/relocate.html", sitting=sitting, form=form, rows=rows, problems=problems, done=done,
        outcomes=OUTCOMES, labels=BOOKING.labels, part=PART_NAMES[Part(sitting.part)],
        moving=sum(one.outcome == MOVED for one in rows), chosen=form.target.data,
    )
