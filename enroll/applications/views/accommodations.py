"""Accommodations for one application: asked for with evidence, followed, withdrawn, asked again."""

from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.applications.forms.accommodations import AccommodationForm
from enroll.applications.lifecycle import ACCOMMODATION, LIVE, AccommodationState
from enroll.applications.models import Accommodation, Application
from enroll.applications.queries.accommodations import accommodations_of, file_of, offered_for, own_accommodation
from enroll.applications.rules.accommodations import may_be_asked
from enroll.applications.services.accommodations import ask_accommodation, withdraw_accommodation
from enroll.applications.views.applying import Problems, applications, own
from enroll.foundation.problems import Refused
from enroll.hours.services.evidence import LARGEST, keep_evidence
from enroll.programmes.rules.arrangements import ACCOMMODATION_NAMES
from enroll.storage.database import db
from enroll.storage.files import StoredFile
from enroll.web.access import requires
from enroll.web.downloads import send_stored
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.uploads import takes_files


@applications.get("/<ref:reference>/accommodations")
@requires(Permission.APPLY)
def accommodations(reference: str) -> Any:
    return _page(own(reference))


@applications.post("/<ref:reference>/accommodations")
@requires(Permission.APPLY)
@takes_files(2 * LARGEST)
def ask_for_accommodations(reference: str) -> Any:
    application = own(reference)
    form = AccommodationForm(offered_for(application)[0])
    if not form.validate():
        return _page(application, form), 422
    try:
        kept = [one for one in (_kept(form.evidence), _kept(form.more)) if one is not None]

        def act() -> str:
            ask_accommodation(reference, form.wishes.data or [], form.asked_minutes, form.why.data or "", kept,
                              by=current_user.actor, now=now())
            flash(_("Asked for. You hear from us within three working days."), "ok")
            return url_for(".accommodations", reference=reference)

        return once(form, act)
    except Refused as refused:
        return _page(own(reference), form, form.show_problems(refused.problems)), 422


@applications.post("/accommodations/<ref:reference>/withdraw")
@requires(Permission.APPLY)
def withdraw_accommodations(reference: str) -> Any:
    asked, form = _own(reference), ActForm()
    application = asked.application.reference

    def act() -> str:
        withdraw_accommodation(reference, by=current_user.actor, now=now(), seen_version=form.seen_version)
        flash(_("Withdrawn. You can ask again."), "ok")
        return url_for(".accommodations", reference=application)

    try:
        return once(form, act)
    except Refused as refused:
        return _page(own(application), problems=refused.problems), 422


@applications.get("/accommodations/<ref:reference>/files/<token:token>")
@requires(Permission.APPLY)
def accommodation_file(reference: str, token: str) -> Any:
    return send_stored(file_of(_own(reference), token) or abort(404), inline=True)


def _kept(field: Any) -> StoredFile | None:
    """An uploaded picture or PDF, looked over and kept; None where nothing was chosen. Raises Refused at its field."""
    upload = field.data
    if upload is None or not upload.filename:
        return None
    content = upload.read(LARGEST + 1)
    db.session.rollback()  # looking it over takes its time; the database need not wait for it
    return keep_evidence(content, upload.filename, purpose="accommodation", owner_id=current_user.account_id,
                         now=now(), field=field.name)


def _own(reference: str) -> Accommodation:
    return own_accommodation(db.session(), current_user.account_id, reference) or abort(404)


def _page(application: Application, form: AccommodationForm | None = None, problems: Problems = ()) -> Any:
    offered, most = offered_for(application)
    rows = accommodations_of(db.session(), application.id)
    against = may_be_asked(
        live=application.state in LIVE, waiting=any(one.state == AccommodationState.REQUESTED for one in rows),
        now=now(), until=application.window.seating_by, offered=bool(offered))
    live = {AccommodationState.REQUESTED, AccommodationState.GRANTED}
    return render_template(
        "applications/accommodations.html", application=application, problems=problems, names=ACCOMMODATION_NAMES,
        rows=[(one, ACCOMMODATION.label(one.state), ActForm(formdata=None, version=str(one.version))
               if one.state in live else None) for one in rows],
        form=form or AccommodationForm(offered, formdata=None), against=against, most=most, largest=LARGEST,
        until=application.window.seating_by,
    )
