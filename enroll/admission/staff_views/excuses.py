"""Who asks to be excused from an exam: the queue, and one request with its evidence and its decision."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.admission.forms.excuses import ExcuseDecisionForm, ExcuseFilter
from enroll.admission.lifecycle import EXCUSE, ExcuseState
from enroll.admission.models import Excuse
from enroll.admission.queries import excuses as queries
from enroll.admission.rules.deciding import DECIDED_WITHIN
from enroll.admission.services import excuses as services
from enroll.foundation.problems import Problem, Refused
from enroll.foundation.words import N_
from enroll.programmes.queries.windows import working_calendar
from enroll.programmes.rules.working_days import days_left
from enroll.sittings.lifecycle import BOOKING, PART_NAMES, Part
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.components import Tab
from enroll.web.downloads import send_stored
from enroll.web.language import translate
from enroll.web.moments import now
from enroll.web.notices import group_notice
from enroll.web.once import once

pages = Blueprint("excuses_staff", __name__, url_prefix="/staff/excuses")
SEES = (Permission.RUN_EXAMS, Permission.LEAD_REVIEW, Permission.SEE_AUDIT)
S = ExcuseState
TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "asked": (N_("Not decided"), (S.ASKED,)), "ended": (N_("Decided"), (S.GRANTED, S.REFUSED, S.WITHDRAWN)),
}


@pages.get("")
@requires(*SEES)
def queue() -> Any:
    session, find = db.session(), asked("q", most=100)
    tab = asked("tab") if asked("tab") in TABS else "asked"
    page, waiting = queries.excuses_in(session, TABS[tab][1], find, after=asked_number("after")), queries.asked(session)
    calendar = working_calendar(session)
    due = {one.id: calendar.deadline(one.asked_at, DECIDED_WITHIN) for one in page.rows if one.state == S.ASKED}
    return render_template(
        "admission/staff/excuses.html", page=page, tab=tab, find=find, filter=ExcuseFilter(q=find), due=due,
        left={number: days_left(moment, now()) for number, moment in due.items()},
        rows=[(one, EXCUSE.label(one.state), PART_NAMES[Part(one.booking.part)]) for one in page.rows],
        tabs_of=[Tab(label, url_for(".queue", tab=code), waiting if code == "asked" else None,
                     code == tab and not find) for code, (label, _states) in TABS.items()],
        notice=_notice(page.rows, due) if tab == "asked" and not find else "",
    )


@pages.get("/<ref:reference>")
@requires(*SEES)
def show(reference: str) -> Any:
    return _page(_excuse(reference), ExcuseDecisionForm(formdata=None))


@pages.get("/<ref:reference>/evidence")
@requires(*SEES)
def evidence(reference: str) -> Any:
    return send_stored(_excuse(reference).file, inline=True)


@pages.post("/<ref:reference>/decide")
@requires(Permission.LEAD_REVIEW)
def decide(reference: str) -> Any:
    excuse, form = _excuse(reference), ExcuseDecisionForm()
    if not form.validate():
        return _page(excuse, form), 422

    def act() -> str:
        services.decide_excuse(reference, form.granted.data == "yes", form.reason.data or "", by=current_user.actor,
                               now=now(), version=form.seen_version)
        flash(_("Decided. The candidate reads your reason."), "ok")
        return url_for(".show", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _page(_excuse(reference), form, form.show_problems(refused.problems)), 409


def _page(excuse: Excuse, form: ExcuseDecisionForm, problems: tuple[Problem, ...] = ()) -> Any:
    session, booking = db.session(), excuse.booking
    facts = queries.facts_of(session, booking, now())
    offers = {one.move.name: one for one in EXCUSE.offers(excuse.state, current_user.actor, facts)}
    form.version.data = str(excuse.version)
    return render_template(
        "admission/staff/excuse.html", excuse=excuse, booking=booking, sitting=booking.sitting, offers=offers,
        label=EXCUSE.label(excuse.state), part=PART_NAMES[Part(booking.part)], form=form, problems=problems,
        attendance=BOOKING.label(booking.state), moves=queries.moves_of_excuse(session, excuse.id), lifecycle=EXCUSE,
        until=facts.asked_until, may_run=current_user.actor.may(Permission.RUN_EXAMS),
    )


def _excuse(reference: str) -> Excuse:
    return queries.excuse_by_reference(db.session(), reference) or abort(404)


def _notice(rows: Sequence[Excuse], due: Mapping[int, datetime]) -> str:
    """For the group of those who decide: masked names, which part, by when, and the link."""
    return group_notice(_("Requests to be excused, as of %(day)s:"), [
        (one.learner.called, f"{one.reference} {translate(PART_NAMES[Part(one.booking.part)])}", due[one.id])
        for one in rows if one.id in due], "excuses_staff.queue")
