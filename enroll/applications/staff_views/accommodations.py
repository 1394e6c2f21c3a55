"""Accommodations as leads see them: the queue, one with its evidence, and the decision."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.applications.forms.accommodations import GrantForm, RefuseForm
from enroll.applications.lifecycle import ACCOMMODATION, AccommodationState
from enroll.applications.models import Accommodation
from enroll.applications.queries import accommodations as queries
from enroll.applications.services.accommodations import grant_accommodation, refuse_accommodation
from enroll.foundation.clock import local_day
from enroll.foundation.masking import mask_name
from enroll.foundation.problems import Problem, Refused
from enroll.foundation.words import N_
from enroll.programmes.queries.windows import working_calendar
from enroll.programmes.rules.arrangements import ACCOMMODATION_NAMES
from enroll.programmes.rules.working_days import days_left
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number, outside_url
from enroll.web.components import Tab
from enroll.web.downloads import send_stored
from enroll.web.forms import ActForm
from enroll.web.language import show_day, show_moment
from enroll.web.moments import now
from enroll.web.once import once

staff = Blueprint("accommodations_staff", __name__, url_prefix="/staff/accommodations")
S = AccommodationState
TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "requested": (N_("To be decided"), (S.REQUESTED,)), "granted": (N_("Granted"), (S.GRANTED,)),
    "ended": (N_("Ended"), (S.REFUSED, S.WITHDRAWN, S.REPLACED)),
}
TARGET_WORKING_DAYS = 3


@staff.get("")
@requires(Permission.LEAD_REVIEW)
def queue() -> Any:
    session, find = db.session(), asked("q")
    tab = asked("tab") if asked("tab") in TABS else "requested"
    page = queries.accommodations_in(session, list(S) if find else TABS[tab][1], find, after=asked_number("after"))
    calendar = working_calendar(session)
    rows = []
    for one in page.rows:
        due = min(calendar.deadline(one.requested_at, TARGET_WORKING_DAYS), one.application.window.seating_by)
        rows.append((one, ACCOMMODATION.label(one.state), due, days_left(due, now())))
    return render_template(
        "applications/staff/accommodations.html", page=page, rows=rows, tab=tab, find=find, names=ACCOMMODATION_NAMES,
        tabs=[Tab(label, url_for(".queue", tab=code), None, code == tab and not find)
              for code, (label, _states) in TABS.items()],
        notice=_notice(rows) if tab == "requested" and not find else "",
    )


@staff.get("/<ref:reference>")
@requires(Permission.LEAD_REVIEW)
def show(reference: str) -> Any:
    return _page(_found(reference))


@staff.get("/<ref:reference>/files/<token:token>")
@requires(Permission.LEAD_REVIEW)
def evidence(reference: str, token: str) -> Any:
    return send_stored(queries.file_of(_found(reference), token) or abort(404), inline=True)


@staff.post("/<ref:reference>/grant")
@requires(Permission.LEAD_REVIEW)
def grant(reference: str) -> Any:
    form = GrantForm(_found(reference).wishes)
    return _decided(reference, "grant_form", form, lambda: grant_accommodation(
        reference, form.wishes.data or [], form.asked_minutes, form.reason.data or "", by=current_user.actor,
        now=now(), seen_version=form.seen_version))


@staff.post("/<ref:reference>/refuse")
@requires(Permission.LEAD_REVIEW)
def refuse(reference: str) -> Any:
    _found(reference)
    form = RefuseForm()
    return _decided(reference, "refuse_form", form, lambda: refuse_accommodation(
        reference, form.reason.data or "", by=current_user.actor, now=now(), seen_version=form.seen_version))


def _decided(reference: str, name: str, form: ActForm, act: Callable[[], None]) -> Any:
    if not form.validate():
        return _page(_found(reference), **{name: form}), 422

    def press() -> str:
        act()
        flash(_("Decided. The learner has been told."), "ok")
        return url_for(".show", reference=reference)

    try:
        return once(form, press)
    except Refused as refused:
        problems = form.show_problems(refused.problems)
        return _page(_found(reference), problems, **{name: form}), 422


def _page(found: Accommodation, problems: tuple[Problem, ...] = (), **sent: Any) -> Any:
    version, session = str(found.version), db.session()
    facts = queries.accommodation_facts(found, now())
    offers = {one.move.name: one for one in ACCOMMODATION.offers(found.state, current_user.actor, facts)}
    standing = next((one for one in queries.accommodations_of(session, found.application_id)
                     if one.state == S.GRANTED and one.id != found.id), None)
    return render_template(
        "applications/staff/accommodation.html", one=found, label=ACCOMMODATION.label(found.state), problems=problems,
        names=ACCOMMODATION_NAMES, offers=offers, standing=standing, lifecycle=ACCOMMODATION,
        moves=queries.moves_of_accommodation(session, found.id), form=next(iter(sent.values()), None),
        grant_form=sent.get("grant_form") or GrantForm(found.wishes, formdata=None, data={
            "wishes": found.wishes, "minutes": found.minutes, "version": version}),
        refuse_form=sent.get("refuse_form") or RefuseForm(formdata=None, version=version),
        due=working_calendar(session).deadline(found.requested_at, TARGET_WORKING_DAYS),
    )


def _found(reference: str) -> Accommodation:
    return queries.accommodation_by_reference(db.session(), reference) or abort(404)


def _notice(rows: Any) -> str:
    """For the leads' group: masked names, by when, and the link; never what was asked for."""
    lines = [f"{one.reference} {mask_name(one.learner.called)} {_('by %(moment)s', moment=show_moment(due))}"
             for one, _label, due, _left in rows[:10]]
    if not lines:
        return ""
    head = _("Accommodations to be decided, %(day)s:", day=show_day(local_day(now())))
    return "\n".join([head, *lines, outside_url("accommodations_staff.queue")])
