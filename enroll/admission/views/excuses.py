"""To be excused from an exam 缓考: asked for with evidence, looked at again, taken back while nobody has decided."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.admission.forms.excuses import AskForm
from enroll.admission.lifecycle import EXCUSE
from enroll.admission.models import Excuse
from enroll.admission.queries import excuses as queries
from enroll.admission.rules.excuses import against_asking
from enroll.admission.services import excuses as services
from enroll.admission.views.evidence import ACCEPTED, LARGEST, kept_upload
from enroll.foundation.problems import Problem, Refused
from enroll.sittings.lifecycle import BOOKING, PART_NAMES, Part
from enroll.sittings.models import Booking
from enroll.sittings.queries import own_booking
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.downloads import send_stored
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.uploads import takes_files

pages = Blueprint("excuses", __name__)


@pages.get("/bookings/<ref:reference>/excuse")
@requires(Permission.LEARN)
def ask(reference: str) -> Any:
    return _ask_page(_booking(reference), AskForm(formdata=None))


@pages.post("/bookings/<ref:reference>/excuse")
@requires(Permission.LEARN)
@takes_files(LARGEST)
def send(reference: str) -> Any:
    booking, form = _booking(reference), AskForm()
    if not form.validate():
        return _ask_page(booking, form), 422
    try:
        picture = kept_upload(form.picture.data, "excuse")
        answer = once(form, lambda: url_for(".show", reference=services.ask_excuse(
            reference, form.words.data or "", picture, by=current_user.actor, now=now())))
    except Refused as refused:
        return _ask_page(_booking(reference), form, form.show_problems(refused.problems)), 422
    flash(_("Your request has arrived. A review lead decides, and the answer comes as a message."), "ok")
    return answer


@pages.get("/excuses/<ref:reference>")
@requires(Permission.LEARN)
def show(reference: str) -> Any:
    return _page(_mine(reference))


@pages.get("/excuses/<ref:reference>/evidence")
@requires(Permission.LEARN)
def evidence(reference: str) -> Any:
    return send_stored(_mine(reference).file, inline=True)


@pages.post("/excuses/<ref:reference>/withdraw")
@requires(Permission.LEARN)
def withdraw(reference: str) -> Any:
    _mine(reference)
    form = ActForm()

    def act() -> str:
        services.withdraw_excuse(reference, by=current_user.actor, now=now(), version=form.seen_version)
        flash(_("Taken back. Nothing was decided."), "ok")
        return url_for(".show", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _page(_mine(reference), refused.problems), 409


def _booking(reference: str) -> Booking:
    return own_booking(db.session(), current_user.account_id, reference) or abort(404)


def _mine(reference: str) -> Excuse:
    return queries.own_excuse(db.session(), current_user.account_id, reference) or abort(404)


def _ask_page(booking: Booking, form: AskForm, problems: tuple[Problem, ...] = ()) -> Any:
    session = db.session()
    facts = queries.facts_of(session, booking, now())
    earlier = [(one, EXCUSE.label(one.state)) for one in queries.excuses_of_booking(session, booking.id)]
    return render_template(
        "admission/excuse_ask.html", booking=booking, sitting=booking.sitting, part=PART_NAMES[Part(booking.part)],
        label=BOOKING.label(booking.state), form=form, problems=problems, until=facts.asked_until, earlier=earlier,
        against=against_asking(facts), accepted=ACCEPTED, largest=LARGEST)


def _page(excuse: Excuse, problems: tuple[Problem, ...] = ()) -> Any:
    session, booking = db.session(), excuse.booking
    decided = [one for one in queries.moves_of_excuse(session, excuse.id) if one.move in ("grant", "refuse")]
    offers = {one.move.name: one for one in EXCUSE.offers(
        excuse.state, current_user.actor, queries.facts_of(session, booking, now()))}
    return render_template(
        "admission/excuse.html", excuse=excuse, booking=booking, part=PART_NAMES[Part(booking.part)],
        label=EXCUSE.label(excuse.state), attendance=BOOKING.label(booking.state), problems=problems,
        decided=decided[-1] if decided else None, withdrawable="withdraw" in offers,
        form=ActForm(formdata=None, version=str(excuse.version)))
