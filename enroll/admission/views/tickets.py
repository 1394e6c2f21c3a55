"""The learner's own ticket or confirmation, and the page of one booking."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.admission.lifecycle import EXCUSE, INCIDENT
from enroll.admission.models import Ticket
from enroll.admission.queries import tickets as queries
from enroll.admission.queries.excuses import excuses_of_booking, facts_of
from enroll.admission.queries.incidents import own_incidents
from enroll.admission.queries.notices import notices_for, versions_of
from enroll.admission.rules.excuses import against_asking
from enroll.admission.rules.incidents import KIND_NAMES as INCIDENT_KINDS
from enroll.admission.rules.incidents import Kind
from enroll.admission.rules.tickets import (
    KIND_NAMES,
    NUMBER,
    OnlineFigures,
    OnsiteFigures,
    TicketKind,
    online_notice,
    onsite_notice,
)
from enroll.admission.services.tickets import note_secret_shown
from enroll.foundation.words import Bilingual, Words, say
from enroll.learners.rules.numbers import id_type_as_printed
from enroll.programmes.rules.arrangements import ACCOMMODATION_NAMES
from enroll.sittings.lifecycle import BOOKING, PART_NAMES, Part
from enroll.sittings.queries import moves_of_booking, own_booking
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.downloads import send_stored
from enroll.web.forms import ActForm
from enroll.web.moments import now

pages = Blueprint("admission", __name__)


@pages.get("/tickets/<number>")
@requires(Permission.LEARN)
def ticket(number: str) -> Any:
    return _page(_own(number))


@pages.get("/tickets/<number>/image")
@requires(Permission.LEARN)
def image(number: str) -> Any:
    found = _own(number)
    return send_stored(found.image, inline=True) if found.image else abort(404)


@pages.get("/tickets/<number>/pdf")
@requires(Permission.LEARN)
def pdf(number: str) -> Any:
    found = _own(number)
    return send_stored(found.file) if found.file else abort(404)


@pages.post("/tickets/<number>/password")
@requires(Permission.LEARN)
def password(number: str) -> Any:
    """The exam password, on this one answer: pages are never cached, and that it was shown is on record."""
    found = _own(number)
    references = [part["booking"] for part in found.facts["parts"]]
    learner_id, shown_number = found.learner_id, found.number
    note_secret_shown(shown_number, learner_id, by=current_user.actor, now=now())
    return _page(_own(number), queries.secrets_of(db.session(), references))


@pages.get("/bookings/<ref:reference>")
@requires(Permission.LEARN)
def booking(reference: str) -> Any:
    session = db.session()
    found = own_booking(session, current_user.account_id, reference)
    if found is None:
        abort(404)
    mine = [one for one in queries.own_tickets(session, found.learner_id, found.window_id)
            if reference in [part["booking"] for part in one.facts["parts"]]]
    facts = facts_of(session, found, now())
    moves = [(BOOKING.label(one.to_state), one.made_at) for one in moves_of_booking(session, found.id)]
    return render_template(
        "admission/booking.html", booking=found, sitting=found.sitting, label=BOOKING.label(found.state),
        part=PART_NAMES[Part(found.part)], tickets=[(KIND_NAMES[TicketKind(one.kind)], one.number) for one in mine],
        incidents=[(one, INCIDENT.label(one.state), INCIDENT_KINDS[Kind(one.kind)])
                   for one in own_incidents(session, current_user.account_id, booking_id=found.id)],
        excuses=[(one, EXCUSE.label(one.state)) for one in excuses_of_booking(session, found.id)],
        excusable=not against_asking(facts), excuse_until=facts.asked_until,
        moves=moves, registered=found.state in {"confirmed", "ticketed"}, from_at=found.window.ticket_from,
    )


def _own(number: str) -> Ticket:
    found = queries.own_ticket(db.session(), current_user.account_id, number) if NUMBER.fullmatch(number) else None
    return found if found is not None else abort(404)


def _page(found: Ticket, secrets: list[tuple[str, str]] | None = None) -> Any:
    facts, kind = found.facts, TicketKind(found.kind)
    accesses = queries.accesses_of(db.session(), [part["booking"] for part in facts["parts"]])
    notice = onsite_notice(OnsiteFigures(*facts["figures"])) if kind is TicketKind.TICKET else online_notice(
        OnlineFigures(*facts["figures"]))
    newest = notices_for(db.session(), {part["sitting"] for part in facts["parts"]})
    printed = {(one["sitting"], one["number"]) for one in facts.get("notices", ())}
    others = [(KIND_NAMES[TicketKind(one.kind)], one.number)
              for one in queries.own_tickets(db.session(), found.learner_id, found.window_id) if one.id != found.id]
    return render_template(
        "admission/ticket.html", ticket=found, facts=facts, kind=KIND_NAMES[kind], online=kind != TicketKind.TICKET,
        programme=Bilingual(facts["programme_zh"], facts["programme_en"]), id_type=id_type_as_printed(facts["id_type"]),
        parts=[_part(one) for one in facts["parts"]], lines=notice, others=others, form=ActForm(),
        accesses=[(_name(one.part), one) for one in accesses], has_secret=any(one.has_secret for one in accesses),
        secrets=[(_name(part), secret) for part, secret in secrets or []],
        names=ACCOMMODATION_NAMES, versions=versions_of(db.session(), found),
        notices=[(one, datetime.fromisoformat(one["written_at"]), (one["sitting"], one["number"]) not in printed)
                 for one in newest],
        arrangements=[ACCOMMODATION_NAMES[one] for one in facts.get("arrangements", {}).get("codes", ())],
        image=url_for("admission.image", number=found.number) if found.image_id else "",
        pdf=url_for("admission.pdf", number=found.number) if found.file_id else "",
    )


def _part(part: dict[str, Any]) -> dict[str, Any]:
    names = [name for name in ("starts_at", "ends_at", "report_at") if name in part]
    moments: dict[str, Any] = {name: datetime.fromisoformat(part[name]) for name in names}
    return {**part, **moments, "name": _name(part["part"])}


def _name(part: str) -> Words:
    return say(PART_NAMES[Part(part)])
