"""Corrections as staff see them: the queue, and one beside its evidence and every document it would touch."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.corrections.forms import ApplyForm, RefusalForm
from enroll.corrections.lifecycle import CORRECTION, CorrectionState
from enroll.corrections.models import Correction
from enroll.corrections.queries import (
    correction_by_reference,
    corrections_in,
    facts_of,
    file_of,
    moves_of,
    touched_by,
    waiting,
)
from enroll.corrections.rules import EFFECTS, FIELD_NAMES, KIND_NAMES, Kind, Touched
from enroll.corrections.services import apply_correction, approve_correction, refuse_correction, reveal_numbers
from enroll.corrections.views import side_by_side
from enroll.foundation.problems import Refused
from enroll.foundation.words import N_
from enroll.programmes.queries.windows import working_calendar
from enroll.programmes.rules.working_days import days_left
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.components import Tab
from enroll.web.downloads import send_stored
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.notices import group_notice
from enroll.web.once import act_once, once

staff = Blueprint("corrections_staff", __name__, url_prefix="/staff/corrections")
SEES = (Permission.REVIEW_IDENTITY, Permission.LEAD_REVIEW, Permission.SEE_AUDIT)
DECIDES = (Permission.REVIEW_IDENTITY, Permission.LEAD_REVIEW)
S = CorrectionState
TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "requested": (N_("To be reviewed"), (S.REQUESTED,)), "approved": (N_("To be carried out"), (S.APPROVED,)),
    "ended": (N_("Dealt with"), (S.APPLIED, S.REFUSED, S.WITHDRAWN)),
}
TARGET_WORKING_DAYS = 3


@staff.get("")
@requires(*SEES)
def queue() -> Any:
    session, find = db.session(), asked("q", most=100)
    tab = asked("tab") if asked("tab") in TABS else "requested"
    page = corrections_in(session, TABS[tab][1], find, after=asked_number("after"))
    calendar, counts = working_calendar(session), waiting(session)
    rows = []
    for one in page.rows:
        due = calendar.deadline(one.requested_at, TARGET_WORKING_DAYS)
        rows.append((one, CORRECTION.label(one.state), due, days_left(due, now())))
    return render_template(
        "corrections/staff/queue.html", page=page, rows=rows, tab=tab, find=find, fields=FIELD_NAMES,
        tabs_of=[Tab(label, url_for(".queue", tab=code), sum(counts.get(one, 0) for one in of)
                     if code != "ended" else None, code == tab and not find) for code, (label, of) in TABS.items()],
        notice=_notice(rows, tab) if tab != "ended" and not find else "",
    )


@staff.get("/<ref:reference>")
@requires(*SEES)
def show(reference: str) -> Any:
    return _page(_correction(reference))


@staff.get("/<ref:reference>/files/<token:token>")
@requires(*SEES)
def picture(reference: str, token: str) -> Any:
    return send_stored(file_of(_correction(reference), token) or abort(404), inline=True)


@staff.post("/<ref:reference>/reveal")
@requires(Permission.REVEAL_IDENTITY)
def reveal(reference: str) -> Any:
    """The whole numbers, once, to be compared with the evidence; reading them is kept in the audit."""
    form, correction = ActForm(), _correction(reference)
    if not form.validate():
        return _page(correction), 422
    numbers: list[str] = []

    def act() -> str:
        numbers.extend(reveal_numbers(reference, by=current_user.actor, now=now()))
        return url_for(".show", reference=reference)

    act_once(form, act)
    return _page(_correction(reference), numbers=numbers)


@staff.post("/<ref:reference>/approve")
@requires(Permission.REVIEW_IDENTITY)
def approve(reference: str) -> Any:
    form = ActForm()
    return _act(reference, form, "", _("Approved. Another person carries it out."), lambda: approve_correction(
        reference, by=current_user.actor, now=now(), version=form.seen_version))


@staff.post("/<ref:reference>/refuse")
@requires(Permission.REVIEW_IDENTITY)
def refuse(reference: str) -> Any:
    form = RefusalForm()
    return _act(reference, form, "refuse_form", _("Refused. The learner reads your reason."),
                lambda: refuse_correction(reference, form.reason.data, by=current_user.actor, now=now(),
                                          version=form.seen_version))


@staff.post("/<ref:reference>/apply")
@requires(Permission.LEAD_REVIEW)
def carry_out(reference: str) -> Any:
    form = ApplyForm()
    return _act(reference, form, "apply_form", _("Carried out. What must still be done by hand stands below."),
                lambda: apply_correction(reference, by=current_user.actor, now=now(), version=form.seen_version,
                                         reason=form.reason.data or ""))


def _act(reference: str, form: ActForm, name: str, done: str, act: Callable[[], object]) -> Any:
    correction = _correction(reference)
    if not form.validate():
        return _page(correction, **{name: form} if name else {}), 422

    def press() -> str:
        act()
        flash(done, "ok")
        return url_for(".show", reference=reference)

    try:
        return once(form, press)
    except Refused as refused:
        problems = form.show_problems(refused.problems)
        return _page(_correction(reference), problems=problems, **{name: form} if name else {}), 409


def _page(correction: Correction, *, problems: Any = (), numbers: Any = (), **sent: Any) -> Any:
    session = db.session()
    forms: dict[str, Any] = {"approve_form": ActForm, "refuse_form": RefusalForm, "apply_form": ApplyForm}
    made = {name: sent.get(name) or kind(formdata=None) for name, kind in forms.items()}
    for form in made.values():
        form.version.data = str(correction.version)
    offers = {one.move.name: one for one in CORRECTION.offers(correction.state, current_user.actor,
                                                              facts_of(correction))}
    applied = correction.state == S.APPLIED
    touched = ([Touched(Kind(one["kind"]), one["reference"]) for one in correction.touched] if applied
               else touched_by(session, correction.learner_id, now()))
    return render_template(
        "corrections/staff/show.html", correction=correction, label=CORRECTION.label(correction.state), offers=offers,
        rows=side_by_side(correction), touched=[(KIND_NAMES[one.kind], EFFECTS[one.kind], one) for one in touched],
        applied=applied, moves=moves_of(session, correction.id), lifecycle=CORRECTION, problems=problems,
        numbers=numbers, may_reveal=current_user.actor.may(Permission.REVEAL_IDENTITY)
        and "id_number" in correction.changed, form=next(iter(sent.values()), None),
        due=working_calendar(session).deadline(correction.requested_at, TARGET_WORKING_DAYS), **made,
    )


def _correction(reference: str) -> Correction:
    return correction_by_reference(db.session(), reference) or abort(404)


def _notice(rows: Sequence[tuple[Correction, Any, datetime, int]], tab: str) -> str:
    """For the group of those who decide, or who carry out: masked names, what waits, by when, and the link."""
    head = _("Corrections to be decided, %(day)s:") if tab == "requested" else _(
        "Corrections to be carried out, %(day)s:")
    return group_notice(head, [(one.learner.called, one.reference, due) for one, _label, due, _left in rows],
                        "corrections_staff.queue")
