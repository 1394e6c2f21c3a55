"""Incidents as staff see them: the queue, the report from a sitting, and one with all that was added to it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.admission.forms.incidents import AddForm, AnswerForm, DecisionForm, IncidentFilter, ReportForm
from enroll.admission.lifecycle import INCIDENT, IncidentState
from enroll.admission.models import Incident
from enroll.admission.queries import incidents as queries
from enroll.admission.rules.deciding import DECIDED_WITHIN
from enroll.admission.rules.incidents import DECISION_NAMES, KIND_NAMES, NOTED_NAMES, Decision, Kind, Noted
from enroll.admission.services import incidents as services
from enroll.admission.staff_views.days import found_booking, found_sitting
from enroll.admission.views.evidence import ACCEPTED, LARGEST, kept_upload
from enroll.foundation.problems import Refused
from enroll.foundation.words import N_
from enroll.programmes.queries.windows import working_calendar
from enroll.programmes.rules.working_days import days_left
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.components import Tab
from enroll.web.downloads import send_stored
from enroll.web.language import translate
from enroll.web.moments import now
from enroll.web.notices import group_notice
from enroll.web.once import once
from enroll.web.uploads import takes_files

pages = Blueprint("incidents_staff", __name__, url_prefix="/staff/incidents")
SEES = (Permission.RUN_EXAMS, Permission.LEAD_REVIEW, Permission.SEE_AUDIT)
REPORTS = (Permission.RUN_EXAMS, Permission.LEAD_REVIEW)
S = IncidentState
TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "reported": (N_("Not decided"), (S.REPORTED,)), "appealed": (N_("Appeals"), (S.APPEALED,)),
    "ended": (N_("Decided"), (S.DECIDED, S.UPHELD, S.REVERSED)),
}


@pages.get("")
@requires(*SEES)
def queue() -> Any:
    session, find, sitting = db.session(), asked("q", most=100), asked("sitting", most=40)
    tab = asked("tab") if asked("tab") in TABS else "reported"
    page = queries.incidents_in(session, TABS[tab][1], find, sitting=sitting, after=asked_number("after"))
    counts, due = queries.counts_by_state(session), _due(page.rows)
    return render_template(
        "admission/staff/incidents.html", page=page, tab=tab, find=find, kinds=KIND_NAMES, decisions=DECISION_NAMES,
        rows=[(one, INCIDENT.label(one.state)) for one in page.rows], sitting=sitting, due=due,
        left={number: days_left(moment, now()) for number, moment in due.items()},
        filter=IncidentFilter(q=find, sitting=sitting), filtered=bool(find or sitting),
        tabs_of=[Tab(label, url_for(".queue", tab=code), sum(counts.get(one, 0) for one in states)
                     if code != "ended" else None, code == tab and not find) for code, (label, states) in TABS.items()],
        notice=_notice(page.rows, due) if tab != "ended" and not find else "",
    )


@pages.get("/new/<code:code>")
@requires(*REPORTS)
def new(code: str) -> Any:
    found_sitting(code)
    form = ReportForm(formdata=None, booking=asked("booking", most=20), happened_at=now().replace(second=0))
    return _new_page(code, form)


@pages.post("/new/<code:code>")
@requires(*REPORTS)
@takes_files(LARGEST)
def send(code: str) -> Any:
    found_sitting(code)
    form = ReportForm()
    if not form.validate():
        return _new_page(code, form), 422
    moment: datetime = form.happened_at.data
    report = services.Report(code, (form.booking.data or "").upper(), form.kind.data, moment, form.what.data or "",
                             form.place.data or "", form.done_about_it.data or "")
    try:
        picture = kept_upload(form.picture.data, "incident")
        answer = once(form, lambda: url_for(".show", reference=services.report_incident(
            report, picture, by=current_user.actor, now=now())))
    except Refused as refused:
        return _new_page(code, form, form.show_problems(refused.problems)), 422
    flash(_("On record. A review lead decides; the candidate is told and can state their case."), "ok")
    return answer


@pages.get("/<ref:reference>")
@requires(*SEES)
def show(reference: str) -> Any:
    return _page(_incident(reference))


@pages.get("/<ref:reference>/files/<token:token>")
@requires(*SEES)
def file(reference: str, token: str) -> Any:
    return send_stored(queries.file_of(_incident(reference), token, own=False) or abort(404), inline=True)


@pages.post("/<ref:reference>/add")
@requires(*REPORTS)
@takes_files(LARGEST)
def add(reference: str) -> Any:
    form = AddForm()
    return _act(reference, form, "add_form", _("Added."), lambda kept: services.add_to_incident(
        reference, Noted(form.what.data), form.text.data or "", kept, by=current_user.actor, now=now(),
        version=form.seen_version))


@pages.post("/<ref:reference>/decide")
@requires(Permission.LEAD_REVIEW)
def decide(reference: str) -> Any:
    form = DecisionForm()
    return _act(reference, form, "decision_form", _("Decided. The candidate reads your reason."),
                lambda _kept: services.decide_incident(reference, form.decision.data, form.reason.data or "",
                                                       by=current_user.actor, now=now(), version=form.seen_version))


@pages.post("/<ref:reference>/answer")
@requires(Permission.LEAD_REVIEW)
def answer(reference: str) -> Any:
    form = AnswerForm()
    return _act(reference, form, "answer_form", _("Answered. The candidate reads your reason."),
                lambda _kept: services.answer_appeal(reference, form.stands.data == "yes", form.reason.data or "",
                                                     by=current_user.actor, now=now(), version=form.seen_version))


def _act(reference: str, form: Any, name: str, done: str, act: Callable[[Any], None]) -> Any:
    incident = _incident(reference)
    if not form.validate():
        return _page(incident, **{name: form}), 422
    try:
        kept = kept_upload(form.picture.data, "incident") if "picture" in form else None

        def press() -> str:
            act(kept)
            flash(done, "ok")
            return url_for(".show", reference=reference)

        return once(form, press)
    except Refused as refused:
        problems = form.show_problems(refused.problems)
        return _page(_incident(reference), problems=problems, **{name: form}), 409


def _page(incident: Incident, *, problems: Any = (), **sent: Any) -> Any:
    session = db.session()
    forms: dict[str, Any] = {"add_form": AddForm, "decision_form": DecisionForm, "answer_form": AnswerForm}
    made = {name: sent.get(name) or kind(formdata=None) for name, kind in forms.items()}
    for form in made.values():
        form.version.data = str(incident.version)
    facts = queries.facts_of(session, incident, now())
    offers = {one.move.name: one for one in INCIDENT.offers(incident.state, current_user.actor, facts)}
    return render_template(
        "admission/staff/incident.html", incident=incident, sitting=incident.sitting, facts=facts, offers=offers,
        label=INCIDENT.label(incident.state), kind=KIND_NAMES[Kind(incident.kind)], problems=problems,
        decision=DECISION_NAMES[Decision(incident.decision)] if incident.decision else "", noted=NOTED_NAMES,
        moves=queries.moves_of_incident(session, incident.id), lifecycle=INCIDENT, accepted=ACCEPTED, largest=LARGEST,
        adds=incident.state in (S.REPORTED, S.APPEALED) and any(current_user.actor.may(one) for one in REPORTS),
        form=next(iter(sent.values()), None), may_run=current_user.actor.may(Permission.RUN_EXAMS), **made,
    )


def _new_page(code: str, form: ReportForm, problems: Any = ()) -> Any:
    sitting, reference = found_sitting(code), form.booking.data or ""
    booking = found_booking(code, reference) if reference and form.happened_at.raw_data is None else None
    return render_template("admission/staff/report.html", sitting=sitting, form=form, problems=problems,
                           booking=booking, accepted=ACCEPTED, largest=LARGEST)


def _incident(reference: str) -> Incident:
    return queries.incident_by_reference(db.session(), reference) or abort(404)


def _due(rows: Sequence[Incident]) -> dict[int, datetime]:
    """Until when each report is to be decided."""
    calendar = working_calendar(db.session())
    return {one.id: calendar.deadline(one.reported_at, DECIDED_WITHIN) for one in rows if one.state == S.REPORTED}


def _notice(rows: Sequence[Incident], due: Mapping[int, datetime]) -> str:
    """For the group of those who decide: masked names, what it is, by when, and the link."""
    return group_notice(_("Incidents to be decided, %(day)s:"), [
        (one.learner.called if one.learner else "",
         " ".join([one.reference, *([] if one.learner else [one.sitting.code]), translate(KIND_NAMES[Kind(one.kind)])]),
         due.get(one.id)) for one in rows], "incidents_staff.queue")
