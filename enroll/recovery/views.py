"""For somebody without phone and e-mail: asking, following the request, and objecting from the old address."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from enroll.accounts.rules.contacts import read_contact
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NotFound, Problem, Refused
from enroll.recovery.forms import LostForm
from enroll.recovery.lifecycle import RECOVERY
from enroll.recovery.queries import recovery_by_token, recovery_to_object_to, terms_on
from enroll.recovery.services import Lost, ask_for_recovery, object_to
from enroll.storage.database import db
from enroll.web.access import public
from enroll.web.entering import phones_offered
from enroll.web.forms import ActForm
from enroll.web.language import language
from enroll.web.moments import now, real_now
from enroll.web.once import once
from enroll.web.throttle import limiter

lost = Blueprint("lost", __name__, url_prefix="/recover/lost")


@lost.get("")
@public
@limiter.limit("60 per minute")
def ask() -> str:
    return _ask_page(LostForm(formdata=None))


@lost.post("")
@public
@limiter.limit("6 per minute; 20 per hour")
def send() -> Any:
    form = LostForm()
    if not form.validate():
        return _ask_page(form), 422

    def act() -> str:
        contact = read_contact(form.contact.data or "", phones=phones_offered())
        if isinstance(contact, Problem):
            raise Refused(contact)
        said = Lost(form.name.data or "", contact, form.story.data or "", form.number.data or "", form.born.data,
                    language())
        return url_for(".follow", token=ask_for_recovery(said, place=request.remote_addr or "", now=now(),
                                                         real_now=real_now()))

    try:
        return once(form, act)
    except Refused as refused:
        return _ask_page(form, form.show_problems(refused.problems)), 422


@lost.get("/<token:token>")
@public
@limiter.limit("60 per minute")
def follow(token: str) -> str:
    """Where the request stands, in words that tell nothing of any account."""
    one = recovery_by_token(db.session(), token) or abort(404)
    waits = one.effective_at if one.state == "waiting" else None
    return render_template("recovery/follow.html", one=one, label=RECOVERY.label(one.state), waits=waits)


@lost.get("/object/<token:token>")
@public
@limiter.limit("60 per minute")
def objection(token: str) -> Any:
    one = recovery_to_object_to(db.session(), token)
    return render_template("recovery/object.html", one=one, form=ActForm(formdata=None), done=False), (
        200 if one else 404)


@lost.post("/object/<token:token>")
@public
@limiter.limit("20 per minute")
def stop(token: str) -> Any:
    form = ActForm()
    if not form.validate():
        abort(400)

    def act() -> str:
        object_to(token, now=now())
        flash(_("Stopped. Nothing is changed; your address stays as it is."), "ok")
        return url_for("accounts.sign_in")

    try:
        return once(form, act)
    except NotFound:
        return render_template("recovery/object.html", one=None, form=form, done=False), 404


def _ask_page(form: LostForm, problems: tuple[Problem, ...] = ()) -> str:
    terms = terms_on(db.session(), local_day(now()))
    return render_template("recovery/ask.html", form=form, problems=problems, terms=terms, phones=phones_offered())
