"""Study that looks unusual: the list, one with what was seen, the decision, and the list as a file."""

from itertools import pairwise
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.documents.sheets import Cell, Column, write_csv, write_xlsx
from enroll.foundation.problems import Refused
from enroll.hours.forms import AnomalyFilter, ReasonForm
from enroll.hours.lifecycle import ANOMALY
from enroll.hours.models import HoursAnomaly
from enroll.hours.queries.anomalies import anomalies, anomaly_by_reference, anomaly_history, entries_of
from enroll.hours.rules.anomalies import FIGURES, KIND_NAMES, AnomalyKind
from enroll.hours.rules.crediting import SOURCES
from enroll.hours.services.anomalies import anomaly_facts, decide_anomaly
from enroll.hours.staff_views.doubts import as_times
from enroll.hours.staff_views.tabs import SEES, TARGET_WORKING_DAYS, XLSX, hours_tabs, staff
from enroll.programmes.queries.windows import working_calendar
from enroll.programmes.rules.working_days import days_left
from enroll.storage.database import db
from enroll.storage.paging import page_by_id
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.downloads import send_bytes
from enroll.web.language import translate
from enroll.web.moments import now, today
from enroll.web.notices import group_notice
from enroll.web.once import once

DONE = {
    "pass": lambda: _("Noted as in order; nothing changes."),
    "doubt": lambda: _("The minutes are put in doubt; they wait for a decision there."),
    "reverse": lambda: _("The minutes are taken back; the learner sees both rows and your reason."),
}
MOST_EXPORTED = 5_000


@staff.get("/anomalies")
@requires(*SEES)
def anomaly_list() -> Any:
    session, decided, kind = db.session(), asked("state") == "decided", _kind()
    page = page_by_id(session, anomalies(decided=decided, kind=kind), HoursAnomaly.id, after=asked_number("after"),
                      descending=decided)
    calendar = working_calendar(session)
    rows = [(one, by, days_left(by, now())) for one in page.rows
            for by in [calendar.deadline(one.found_at, TARGET_WORKING_DAYS)]]
    lines = [(one.enrolment.learner.called, translate(KIND_NAMES[AnomalyKind(one.kind)]), by)
             for one, by, _left in rows]
    return render_template(
        "hours/staff/anomalies.html", page=page, rows=rows, decided=decided, kind=kind, tabs_of=hours_tabs("anomalies"),
        kinds=KIND_NAMES, filter=AnomalyFilter(request.args), label=lambda one: ANOMALY.label(one.state),
        notice="" if decided else group_notice(_("Unusual study to be looked at, %(day)s:"), lines,
                                               "hours_staff.anomaly_list"),
    )


@staff.get("/anomalies/export.csv", defaults={"kind": "csv"})
@staff.get("/anomalies/export.xlsx", defaults={"kind": "xlsx"})
@requires(*SEES)
def anomaly_export(kind: str) -> Any:
    """The list as it is filtered, with the figures of each."""
    wanted = anomalies(decided=asked("state") == "decided", kind=_kind()).order_by(HoursAnomaly.id)
    columns = [Column(title) for title in (_("Number"), _("Learner"), _("Enrolment no."), _("What was noticed"),
                                           _("Found"),
                                           _("Minutes"), _("State"))] + [Column(_("What was seen"), 60)]
    rows: list[list[Cell]] = [[one.reference, one.enrolment.learner.called, one.enrolment.reference,
             translate(KIND_NAMES[AnomalyKind(one.kind)]), one.found_at, one.minutes,
             translate(ANOMALY.label(one.state).staff),
             "; ".join(f"{translate(name)}: {value}" for name, value in _figures(one))]
            for one in db.session().scalars(wanted.limit(MOST_EXPORTED))]
    name = f"{_('Unusual study')}-{today().isoformat()}.{kind}"
    if kind == "csv":
        return send_bytes(write_csv(columns, rows), media_type="text/csv", name=name)
    content = write_xlsx(columns, rows, sheet_title=_("Unusual study"), dated=now())
    return send_bytes(content, media_type=XLSX, name=name)


@staff.get("/anomalies/<ref:reference>")
@requires(*SEES)
def anomaly(reference: str) -> Any:
    return _page(_anomaly(reference), ReasonForm())


@staff.post("/anomalies/<ref:reference>/pass")
@requires(Permission.REVIEW_HOURS)
def pass_anomaly(reference: str) -> Any:
    return _decide(reference, "pass")


@staff.post("/anomalies/<ref:reference>/doubt")
@requires(Permission.REVIEW_HOURS)
def doubt_anomaly(reference: str) -> Any:
    return _decide(reference, "doubt")


@staff.post("/anomalies/<ref:reference>/reverse")
@requires(Permission.REVIEW_HOURS)
def reverse_anomaly(reference: str) -> Any:
    return _decide(reference, "reverse")


def _decide(reference: str, move: str) -> Any:
    form, found = ReasonForm(), _anomaly(reference)
    if not form.validate():
        return _page(found, form), 422
    reason, seen = form.reason.data or "", form.seen_version

    def act() -> str:
        decide_anomaly(reference, move, by=current_user.actor, now=now(), reason=reason, version=seen)
        return url_for("hours_staff.anomaly_list")

    try:
        answer = once(form, act)
    except Refused as refused:
        return _page(_anomaly(reference), form, form.show_problems(refused.problems)), 409
    flash(DONE[move](), "ok")
    return answer


def _page(found: HoursAnomaly, form: ReasonForm, problems: Any = ()) -> Any:
    session, entries = db.session(), entries_of(db.session(), found)
    facts = anomaly_facts(session, found, entries)
    form.version.data = str(found.version)
    heard: list[int] = found.evidence.get("heard") or []
    return render_template(
        "hours/staff/anomaly.html", anomaly=found, enrolment=found.enrolment, learner=found.enrolment.learner,
        form=form, problems=problems, label=ANOMALY.label(found.state), what=KIND_NAMES[AnomalyKind(found.kind)],
        figures=_figures(found), sessions=[as_times(one) for one in found.evidence.get("sessions", [])],
        gaps=[f"{(later - earlier) / 1000:.3f}" for earlier, later in pairwise(heard)], entries=entries,
        sources=SOURCES, history=anomaly_history(session, found.id), lifecycle=ANOMALY,
        offers=ANOMALY.offers(found.state, current_user.actor, facts),
    )


def _figures(one: HoursAnomaly) -> list[tuple[str, Any]]:
    return [(label, one.evidence[name]) for name, label in FIGURES.items() if name in one.evidence]


def _kind() -> str:
    return asked("kind") if asked("kind") in set(AnomalyKind) else ""


def _anomaly(reference: str) -> HoursAnomaly:
    return anomaly_by_reference(db.session(), reference) or abort(404)
