"""Going on in a later window 转期: the window and its sittings, then what changes, then the press."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.applications.forms.applying import ChooseForm, TransferForm
from enroll.applications.lifecycle import APPLICATION
from enroll.applications.models import Application
from enroll.applications.queries.transfers import Record, Target, record_of, targets_for, transfer_facts
from enroll.applications.rules.transfers import FeeEffect
from enroll.applications.services.seating import STANDING
from enroll.applications.services.transferring import effects_of, transfer
from enroll.applications.views.applying import Problems, applications, own
from enroll.applications.views.choosing import days_of, places_of
from enroll.foundation.problems import Refused
from enroll.programmes.models import Window
from enroll.programmes.queries.windows import published_window
from enroll.sittings.lifecycle import LIVE, PART_NAMES
from enroll.sittings.models import Sitting
from enroll.sittings.queries import bookings_of, sittings_by_code, sittings_of, waiting_counts
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked
from enroll.web.moments import now
from enroll.web.once import answered_before, once


@dataclass(frozen=True)
class Desk:
    """From where it is asked: the learner's own pages, or the case's."""

    move: str
    layout: str
    choose: str
    check: str
    back: str
    top: tuple[str, str]
    after: str

    @property
    def by_office(self) -> bool:
        return self.move == "transfer_for_cause"


def _own_desk(reference: str) -> Desk:
    return Desk("transfer", "layout/learner.html", "applications.transfer_page", "applications.transfer_check",
                url_for("applications.show", reference=reference),
                (_("Exam registration"), url_for("applications.mine")), "applications.show")


@applications.get("/<ref:reference>/transfer")
@requires(Permission.APPLY)
def transfer_page(reference: str) -> Any:
    """Which window (?window=) and which of its sittings."""
    return choose_target(own(reference), _own_desk(reference))


@applications.route("/<ref:reference>/transfer/check", methods=["GET", "POST"])
@requires(Permission.APPLY)
def transfer_check(reference: str) -> Any:
    """What becomes of fee, attempt and seat, and the press that does it."""
    return check_target(own(reference), _own_desk(reference))


def choose_target(application: Application, desk: Desk) -> Any:
    record = record_of(db.session(), application)
    offer = _offer(application, record, desk)
    if offer is None:
        return redirect(desk.back, 303)
    targets = targets_for(db.session(), application, record, now())
    wanted = asked("window", most=6)
    chosen = next((one for one in targets if one.window.code == wanted), None) or next(
        (one for one in targets if not one.problems), None)
    form = ChooseForm(application.parts, formdata=request.args, meta={"csrf": False})
    seats = _seats_of(form, chosen) if chosen is not None and not chosen.problems else {}
    return render_template(
        "applications/transfer.html", application=application, desk=desk, against=offer, targets=targets,
        chosen=chosen, form=form, **seats)


def check_target(application: Application, desk: Desk) -> Any:
    asked_for: dict[str, Any] = {} if request.method == "POST" else {"formdata": request.args}
    form = TransferForm(application.parts, **asked_for)
    if application.state not in STANDING:
        return (answered_before(form) if request.method == "POST" else None) or redirect(desk.back, 303)
    window = published_window(db.session(), _code(form)) or abort(404)
    reference, problems = application.reference, tuple[Any, ...]()
    if request.method == "POST" and form.validate():
        def press() -> str:
            new = transfer(reference, window.code, form.chosen, wait_for=form.wait_for, told=form.told.data or "",
                           by=current_user.actor, now=now(), reason=form.reason.data or "",
                           seen_version=form.seen_version)
            flash(_("Transferred to window %(window)s. The new application no. is %(reference)s.", window=window.code,
                    reference=new), "ok")
            return url_for(desk.after, reference=new)

        try:
            return once(form, press)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
            db.session.expire_all()
    if not all(form.chosen.values()):
        return redirect(url_for(desk.choose, reference=reference, window=window.code), 303)
    return _check_page(application, window, form, desk, problems), 422 if request.method == "POST" else 200


def _check_page(
    application: Application, window: Window, form: TransferForm, desk: Desk, problems: Problems
) -> str:
    session = db.session()
    effects, known = effects_of(session, application, window, now()), sittings_by_code(session, form.chosen.values())
    form.version.data, form.told.data, form.window.data = str(application.version), effects.told, window.code
    before = {one.part: one for one in bookings_of(session, application.reference) if one.state in LIVE}
    return render_template(
        "applications/transfer_check.html", application=application, window=window, form=form, desk=desk,
        problems=problems, effects=effects, kinds=FeeEffect,
        rows=[(PART_NAMES[part], before.get(part), known.get(form.chosen.get(part, "")), part in form.wait_for)
              for part in PART_NAMES if part in application.parts])


def _seats_of(form: ChooseForm, target: Target) -> dict[str, Any]:
    """The sittings of a target window, as the first page of applying shows them."""
    rows = sittings_of(db.session(), target.window.id)
    site, wait = asked("site", most=20), asked("wait", most=40)
    full = any(one.seats_left <= 0 for one in rows)
    waiting = waiting_counts(db.session(), target.window.id) if full else {}
    form.wait_in({f"sitting_{one.part}": one.code for one in rows if one.code == wait and one.seats_left <= 0})
    wait_in = [wait, *(chosen for part, chosen in form.chosen.items() if part in form.wait_for)]
    parts: dict[str, list[Sitting]] = {name: [one for one in rows if f"sitting_{one.part}" == name]
                                       for name in form.sitting_fields}
    return {"days": {name: days_of(of, site, waiting, wait_in) for name, of in parts.items()},
            "places": places_of([one for of in parts.values() for one in of], site)}


def _offer(application: Application, record: Record, desk: Desk) -> Problems | None:
    """What stands against the move now; None where it is none of this state."""
    facts = transfer_facts(db.session(), application, record, now(), by_office=desk.by_office)
    offers = APPLICATION.offers(application.state, current_user.actor, facts)
    return next((one.problems for one in offers if one.move.name == desk.move), None)


def _code(form: TransferForm) -> str:
    code = str(form.window.data or "")
    return code if code.isascii() and code.isdigit() and len(code) == 6 else ""
