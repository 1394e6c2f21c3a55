"""What was reported about oneself on an exam day: read, answered with one's own words, appealed."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.admission.forms.incidents import AppealForm, StatementForm
from enroll.admission.lifecycle import INCIDENT, IncidentState
from enroll.admission.models import Incident
from enroll.admission.queries import incidents as queries
from enroll.admission.rules.incidents import DECISION_NAMES, KIND_NAMES, Decision, Kind, Noted
from enroll.admission.services import incidents as services
from enroll.admission.views.evidence import ACCEPTED, LARGEST, kept_upload
from enroll.foundation.problems import Refused
from enroll.sittings.lifecycle import PART_NAMES, Part
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.downloads import send_stored
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.uploads import takes_files

pages = Blueprint("incidents", __name__, url_prefix="/incidents")


@pages.get("")
@requires(Permission.LEARN)
def mine() -> Any:
    rows = [(one, INCIDENT.label(one.state), KIND_NAMES[Kind(one.kind)])
            for one in queries.own_incidents(db.session(), current_user.account_id)]
    return render_template("admission/incidents.html", rows=rows)


@pages.get("/<ref:reference>")
@requires(Permission.LEARN)
def show(reference: str) -> Any:
    return _page(_mine(reference))


@pages.get("/<ref:reference>/files/<token:token>")
@requires(Permission.LEARN)
def file(reference: str, token: str) -> Any:
    return send_stored(queries.file_of(_mine(reference), token, own=True) or abort(404), inline=True)


@pages.post("/<ref:reference>/statement")
@requires(Permission.LEARN)
@takes_files(LARGEST)
def state(reference: str) -> Any:
    form = StatementForm()
    return _act(reference, form, "statement_form", _("Your statement is on file; whoever decides reads it."),
                lambda kept: services.state_ones_case(reference, form.text.data or "", kept, by=current_user.actor,
                                                      now=now(), version=form.seen_version))


@pages.post("/<ref:reference>/appeal")
@requires(Permission.LEARN)
def appeal(reference: str) -> Any:
    form = AppealForm()
    return _act(reference, form, "appeal_form", _("Your appeal has arrived. Somebody else looks at it, and answers."),
                lambda _kept: services.appeal(reference, form.reason.data or "", by=current_user.actor, now=now(),
                                              version=form.seen_version))


def _act(reference: str, form: Any, name: str, done: str, act: Callable[[Any], None]) -> Any:
    incident = _mine(reference)
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
        return _page(_mine(reference), problems=form.show_problems(refused.problems), **{name: form}), 409


def _page(incident: Incident, *, problems: Any = (), **sent: Any) -> Any:
    session = db.session()
    forms: dict[str, Any] = {"statement_form": StatementForm, "appeal_form": AppealForm}
    made = {name: sent.get(name) or kind(formdata=None) for name, kind in forms.items()}
    for form in made.values():
        form.version.data = str(incident.version)
    offers = {one.move.name: one for one in INCIDENT.offers(
        incident.state, current_user.actor, queries.facts_of(session, incident, now()))}
    reasons = [(INCIDENT.moves[one.move].label, one) for one in queries.moves_of_incident(session, incident.id)
               if one.move in INCIDENT.moves]
    return render_template(
        "admission/incident.html", incident=incident, sitting=incident.sitting, offers=offers, problems=problems,
        label=INCIDENT.label(incident.state), kind=KIND_NAMES[Kind(incident.kind)], reasons=reasons,
        part=PART_NAMES[Part(incident.sitting.part)], open=incident.state == IncidentState.REPORTED,
        decision=DECISION_NAMES[Decision(incident.decision)] if incident.decision else "",
        statements=[post for post in incident.posts if post.what == Noted.STATEMENT], accepted=ACCEPTED,
        largest=LARGEST, form=next(iter(sent.values()), None), **made,
    )


def _mine(reference: str) -> Incident:
    return queries.own_incident(db.session(), current_user.account_id, reference) or abort(404)
